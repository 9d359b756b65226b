// How does a test lay a simulated chip before the reading without a reader between them?
import { FaultError } from "../../src/core/faults.js";
import type { Card } from "../../src/hal/chip-reader/chip-reader.js";
import type { CardFarEnd } from "../../src/hal/sim/far-ends.js";

/** Activates the chip anew and connects it; the card leaves after `leaveAfter` commands. */
export const layDown = (farEnd: CardFarEnd, leaveAfter = Number.POSITIVE_INFINITY): Card => {
  farEnd.reset();
  let commands = 0;
  return {
    uid: farEnd.uid,
    type: farEnd.type,
    transceive: (commandApdu) => {
      if (commandApdu.length > 261) throw new Error(`${commandApdu.length} bytes are no short command`);
      commands += 1;
      if (commands > leaveAfter) return Promise.reject(new FaultError("card.lost", "the test lifted it"));
      const answer = farEnd.respond(commandApdu);
      if (answer.length > 258) throw new Error(`${answer.length} bytes are no short answer`);
      return Promise.resolve(answer);
    },
    release: () => Promise.resolve(),
  };
};
