// What does the house see when no broker is configured at all?
import { FaultError } from "../core/faults.js";
import type { Link } from "./link.js";

/** A link that is down and stays down: submissions wait in the queue, as on a kiosk that a courier empties. */
export const offlineLink = (): Link => ({
  state: "down",
  watch: () => () => undefined,
  watchStatus: () => () => undefined,
  whenStatus: async () => null,
  lookUp: async () => {
    throw new FaultError("link.down", "no broker is configured");
  },
  findStoredCopy: async () => {
    throw new FaultError("link.down", "no broker is configured");
  },
  askFee: async () => {
    throw new FaultError("link.down", "no broker is configured");
  },
  watchFee: () => () => undefined,
  close: async () => undefined,
});
