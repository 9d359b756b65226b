// The card reader is gone, mute or refuses: who is told what, where a card is asked for, and is there another way?
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { FaultCode } from "../../src/core/faults.js";
import type { World } from "../storm/world.js";
import { Stories } from "./visit-story.js";

interface ReaderFault {
  readonly code: FaultCode;
  begin(world: World): void;
  end(world: World): void;
}

const FAULTS: readonly ReaderFault[] = [
  {
    code: "chipReader.absent",
    begin: ({ board }) => board.control.chipReader.setPlugged(false),
    end: ({ board }) => board.control.chipReader.setPlugged(true),
  },
  {
    code: "chipReader.silent",
    begin: ({ board }) => {
      board.parts.chipReader.quirks.mute = true;
    },
    end: ({ board }) => {
      board.parts.chipReader.quirks.mute = false;
    },
  },
  {
    // Every command is answered with the chip's error frame.
    code: "chipReader.failed",
    begin: ({ board }) => {
      board.parts.chipReader.quirks.errorFrames = Number.MAX_SAFE_INTEGER;
    },
    end: ({ board }) => {
      board.parts.chipReader.quirks.errorFrames = 0;
    },
  },
];

const stories = await Stories.open();

for (const fault of FAULTS) {
  test(`${fault.code} before a card is asked for: told at once, and again tried when it is back`, () =>
    stories.tell({}, async (story) => {
      await (await story.settled()).to("procedure");
      fault.begin(story.world);
      await story.staffIsTold("chipReader", fault.code);
      await story.to("identify.failed");
      assert.is(story.screen("identify").fault, fault.code);
      await story.citizenIsTold(fault.code);
      assert.equal(story.books, { submissions: 0, prints: [], slips: 0, unfinished: 0 });
      fault.end(story.world);
      await story.staffSeesReady("chipReader");
      await story.to("slip.taking");
      assert.equal(story.books, { submissions: 1, prints: ["done"], slips: 1, unfinished: 0 });
      await story.finish();
    }));

  for (const step of ["identify.card.laying", "identify.card.reading"])
    test(`${fault.code} at ${step}: the screen says so within its time, and the visit goes on when it is back`, () =>
      stories.tell({}, async (story) => {
        await (await story.settled()).to(step);
        fault.begin(story.world);
        await story.until("the screen says so", () => story.step === "identify.failed");
        const told = story.screen("identify").fault;
        assert.ok(
          told === fault.code || told === "chipReader.absent" || told === "chipReader.silent",
          `${told}`,
        );
        if (told !== null) await story.citizenIsTold(told);
        await story.staffIsTold("chipReader", fault.code);
        fault.end(story.world);
        await story.staffSeesReady("chipReader");
        await story.to("slip.taking");
        assert.equal(story.books, { submissions: 1, prints: ["done"], slips: 1, unfinished: 0 });
        await story.finish();
      }));

  test(`${fault.code} for good: where the QR is enough the visit goes on with it, as "claimed"`, () =>
    stories.tell({}, async (story) => {
      await (await story.settled()).to("procedure");
      fault.begin(story.world);
      await story.to("identify.failed");
      assert.ok(story.screen("identify").canSkipChip);
      await story.to("slip.taking");
      assert.equal(story.books, { submissions: 1, prints: ["done"], slips: 1, unfinished: 0 });
      await story.finish();
    }));

  test(`${fault.code} for good: where the chip is needed nothing is handed in, and nothing stays`, () =>
    stories.tell({ errand: { procedureCode: "1.004194" } }, async (story) => {
      await (await story.settled()).to("procedure");
      fault.begin(story.world);
      await story.to("identify.failed");
      assert.not.ok(story.screen("identify").canSkipChip);
      await story.finish();
      assert.equal(story.books, { submissions: 0, prints: [], slips: 0, unfinished: 0 });
      assert.is(story.world.on.visit.state.open, false);
    }));
}

test.run();
