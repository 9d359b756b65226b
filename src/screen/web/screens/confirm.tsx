// Does the citizen mean it? (The code shows intent; it is read off the same screen.)
import { useEffect, useRef, useState } from "react";
import { DigitPad } from "../parts/digit-pad.js";
import { Frame } from "../parts/frame.js";
import { DoubtIcon } from "../parts/icons.js";
import { useVisit } from "../visit.js";
import type { ScreenProps } from "./screen-of.js";

export const Confirm = ({ screen }: ScreenProps<"confirm">) => {
  const { send, text } = useVisit();
  const { code, wrong } = screen;
  const [typed, setTyped] = useState("");
  const input = useRef<HTMLInputElement>(null);
  // A refused try starts over, with the same digits or fresh ones.
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever the runtime shows a code anew
  useEffect(() => setTyped(""), [code, wrong]);
  const submit = () => {
    if (typed.length !== code.length) return;
    send({ type: "TYPE_CODE", code: typed });
    setTyped("");
  };
  return (
    <Frame
      title={text("confirm.title")}
      lead={text("confirm.lead")}
      ownFocus
      next={{ label: text("confirm.submit"), onPress: submit, disabled: typed.length !== code.length }}
      dock={<DigitPad />}
    >
      <p className="code">
        <span>{text("confirm.code")}</span>
        <b>{code}</b>
      </p>
      <label className="code-typed">
        <span>{text("confirm.typed")}</span>
        <input
          ref={input}
          value={typed}
          placeholder={"•".repeat(code.length)}
          inputMode="none"
          autoComplete="off"
          // biome-ignore lint/a11y/noAutofocus: typing is all there is to do here
          autoFocus
          aria-invalid={wrong && typed === ""}
          onBlur={() =>
            requestAnimationFrame(() => document.activeElement === document.body && input.current?.focus())
          }
          onChange={(event) => setTyped(event.target.value.replace(/\D/g, "").slice(0, code.length))}
          onKeyDown={(event) => {
            if (event.key === "Enter") submit();
          }}
        />
      </label>
      {wrong && typed === "" && (
        <p className="field-error" role="alert">
          <DoubtIcon /> {text("confirm.wrong")}
        </p>
      )}
    </Frame>
  );
};
