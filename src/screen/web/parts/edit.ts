// What does a key do to the input that has the focus?
//
// The screen's keys and the hardware's go the same way: the new value is set on the element and announced
// as an input event, so that React hears of it as of any typing, and the caret stays where people expect it.
import type { Wishes } from "../../../flows/events.js";
import { setTone, type Tone } from "../../syllable.js";
import { telex } from "../../telex.js";
import { vni } from "../../vni.js";

export type Editable = HTMLInputElement | HTMLTextAreaElement;
export type Edit = (before: string) => string;

export const focusedEditable = (): Editable | null => {
  const element = document.activeElement;
  return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element : null;
};

const setValue = (element: Editable, value: string): void => {
  // React overlays `value` on the element; the class's own setter is the one that counts as typing.
  const proto = element instanceof HTMLInputElement ? HTMLInputElement : HTMLTextAreaElement;
  Object.getOwnPropertyDescriptor(proto.prototype, "value")?.set?.call(element, value);
  element.dispatchEvent(new Event("input", { bubbles: true }));
};

/** Replaces the text before the caret (without a selection) by what `edit` makes of it. */
export const applyEdit = (element: Editable, edit: Edit): void => {
  const from = element.selectionStart ?? element.value.length;
  const to = element.selectionEnd ?? from;
  const before = edit(element.value.slice(0, from));
  const value = before + element.value.slice(to);
  if (element.maxLength >= 0 && value.length > element.maxLength && value.length > element.value.length)
    return;
  setValue(element, value);
  element.setSelectionRange(before.length, before.length);
};

const METHODS = { telex, vni } as const;

/** `method` null: the letter as it is. */
export const typeLetter =
  (letter: string, method: Wishes["typing"] | null): Edit =>
  (before) =>
    method === null ? before + letter : METHODS[method](before, letter);

/** Whether the method makes something of this key. */
export const isComposed = (key: string, method: Wishes["typing"]): boolean =>
  /^[a-z]$/i.test(key) || (method === "vni" && /^\d$/.test(key));

export const typeTone =
  (tone: Tone): Edit =>
  (before) =>
    setTone(before, tone);

/** Takes off the last character, or all that is selected. */
export const erase = (element: Editable): void => {
  const selected = element.selectionStart !== element.selectionEnd;
  applyEdit(element, (before) => (selected ? before : [...before].slice(0, -1).join("")));
};

export const clear = (element: Editable): void => {
  setValue(element, "");
};
