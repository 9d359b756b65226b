// What does a key of a hardware keyboard write? (The same as on the screen's keys.)
import type { KeyboardEvent } from "react";
import type { Wishes } from "../../../flows/events.js";
import { applyEdit, isComposed, typeLetter } from "./edit.js";

/** True when the key was composed, unless an input method is at work. */
export const composeHardware = (
  event: KeyboardEvent<HTMLInputElement | HTMLTextAreaElement>,
  method: Wishes["typing"],
): boolean => {
  if (event.nativeEvent.isComposing || event.ctrlKey || event.altKey || event.metaKey) return false;
  if (!isComposed(event.key, method)) return false;
  applyEdit(event.currentTarget, typeLetter(event.key, method));
  return true;
};
