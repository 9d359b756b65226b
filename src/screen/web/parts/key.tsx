// How does one key of the screen's keyboards press without taking the focus from the input?
import type { ReactNode } from "react";

export interface KeyProps {
  readonly children: ReactNode;
  readonly name?: string;
  readonly kind?: "letter" | "viet" | "tone" | "tool" | "wide" | "done";
  readonly pressed?: boolean;
  readonly onPress: () => void;
}

export const Key = ({ children, name, kind = "letter", pressed, onPress }: KeyProps) => (
  <button
    type="button"
    className={`key key-${kind}`}
    // A hardware keyboard types by itself; Tab need not walk through forty keys.
    tabIndex={-1}
    aria-label={name}
    aria-pressed={pressed}
    onPointerDown={(event) => event.preventDefault()}
    onMouseDown={(event) => event.preventDefault()}
    onClick={onPress}
  >
    {children}
  </button>
);
