// What stands in the place of the scanner in a kiosk that has none?
import { FaultError } from "../../core/faults.js";
import type { Scanner } from "./scanner.js";

export const noScanner = (): Scanner => ({
  fitted: false,
  scan: async () => {
    throw new FaultError("scanner.absent", "this kiosk has no scanner: [board.scanner] device is none");
  },
  giveBack: async () => "takeOut",
  health: async () => null,
  close: async () => {},
});
