// Which key of a keypad, or of a keyboard, means what in a visit by ear?
//
// A USB number pad is a keyboard to the browser. Its own keys begin the visit by ear at the first screen; elsewhere
// its star does, so that whoever types a number with it is left alone.
import type { EarKey } from "../../flows/protocol.js";

const KEYS: Readonly<Record<string, EarKey>> = {
  NumpadAdd: "next",
  ArrowRight: "next",
  ArrowDown: "next",
  NumpadSubtract: "previous",
  ArrowLeft: "previous",
  ArrowUp: "previous",
  NumpadEnter: "select",
  Enter: "select",
  Space: "select",
  NumpadMultiply: "repeat",
  F1: "repeat",
  NumpadDecimal: "volume",
  PageUp: "volume",
  NumpadDivide: "pace",
  PageDown: "pace",
  Backspace: "erase",
  Delete: "erase",
  Escape: "back",
};

const TOGGLE = "NumpadMultiply";

const meant = ({ code, key, shiftKey }: KeyboardEvent): EarKey | null => {
  if (code === "Tab") return shiftKey ? "previous" : "next";
  // Without NumLock a number pad's 8 says "ArrowUp": the digit is what is printed on it.
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(code)?.[1] ?? (/^[0-9]$/.test(key) ? key : undefined);
  return (digit as EarKey | undefined) ?? KEYS[code] ?? null;
};

export interface EarKeyParts {
  /** The visit is done by ear. */
  readonly on: boolean;
  readonly resting: boolean;
  readonly press: (key: EarKey) => void;
}

/** Returns what takes the keys away again. */
export const installEarKeys = ({ on, resting, press }: EarKeyParts): (() => void) => {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const begins = resting ? event.code.startsWith("Numpad") : event.code === TOGGLE;
    if (!on && !begins) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    // A key that is held down would run through the list.
    const key = event.repeat ? null : on ? meant(event) : "repeat";
    if (key !== null) press(key);
  };
  // Before any screen's own keys.
  document.addEventListener("keydown", onKeyDown, { capture: true });
  return () => document.removeEventListener("keydown", onKeyDown, { capture: true });
};
