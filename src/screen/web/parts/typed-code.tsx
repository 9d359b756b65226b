// Where do the digits of a code stand while they are typed?
import { useRef } from "react";
import { DoubtIcon } from "./icons.js";

export interface TypedCodeProps {
  readonly label: string;
  readonly length: number;
  readonly typed: string;
  readonly onTyped: (typed: string) => void;
  readonly onDone: () => void;
  /** What was wrong with the last one; undefined: nothing. */
  readonly wrong: string | undefined;
}

export const TypedCode = ({ label, length, typed, onTyped, onDone, wrong }: TypedCodeProps) => {
  const input = useRef<HTMLInputElement>(null);
  const shown = wrong !== undefined && typed === "" ? wrong : undefined;
  return (
    <>
      <label className="code-typed">
        <span>{label}</span>
        <input
          ref={input}
          value={typed}
          placeholder={"•".repeat(length)}
          inputMode="none"
          autoComplete="off"
          // biome-ignore lint/a11y/noAutofocus: typing is all there is to do here
          autoFocus
          aria-invalid={shown !== undefined}
          onBlur={() =>
            requestAnimationFrame(() => document.activeElement === document.body && input.current?.focus())
          }
          onChange={(event) => onTyped(event.target.value.replace(/\D/g, "").slice(0, length))}
          onKeyDown={(event) => {
            if (event.key === "Enter") onDone();
          }}
        />
      </label>
      {shown !== undefined && (
        <p className="field-error" role="alert">
          <DoubtIcon /> {shown}
        </p>
      )}
    </>
  );
};
