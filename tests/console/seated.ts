// Who sits at the console in a test, and is anything of a citizen ever sent there?
import * as assert from "uvu/assert";
import { type ConsoleSeat, type ConsoleWish, sitDown } from "./console-pty.js";
import { type KioskRig, SENTINEL } from "./kiosk-rig.js";

/** Sits down, acts, gets up; then nothing that was sent, on any frame, may have been personal. */
export const seatedAt = async (
  rig: KioskRig,
  wish: Partial<ConsoleWish>,
  act: (seat: ConsoleSeat) => Promise<void>,
  personal = SENTINEL,
): Promise<void> => {
  const seat = sitDown({ args: ["console", "--state", rig.stateDir, "--lang", "en"], ...wish });
  try {
    await act(seat);
  } finally {
    await seat.close();
  }
  assert.not.match(seat.sent(), SENTINEL);
  assert.not.match(seat.sent(), personal);
};
