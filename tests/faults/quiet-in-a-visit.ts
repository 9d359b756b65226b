// What is the story of a fault that the citizen must not even notice?
import * as assert from "uvu/assert";
import type { FaultCode } from "../../src/core/faults.js";
import type { DeviceName } from "../../src/hal/board.js";
import type { World } from "../storm/world.js";
import type { Stories } from "./visit-story.js";

export interface QuietFault {
  readonly device: DeviceName;
  readonly code: FaultCode;
  begin(world: World): void;
  end(world: World): void;
}

/** Where lamps are lit, edges count or the battery is asked. */
export const QUIET_STEPS = ["attract", "identify.card.laying", "papers.place", "slip.printing"] as const;

export const goesUnnoticed = (
  stories: Stories,
  { device, code, begin, end }: QuietFault,
  at: string,
): Promise<void> =>
  stories.tell({}, async (story) => {
    await (await story.settled()).to(at);
    begin(story.world);
    story.citizenIsNotTold(code);
    await story.to("slip.taking");
    story.citizenIsNotTold(code);
    await story.staffIsTold(device, code);
    assert.equal(story.books, { submissions: 1, prints: ["done"], slips: 1, unfinished: 0 });
    end(story.world);
    await story.staffSeesReady(device);
    await story.finish();
  });
