// The kiosk can not speak: is the visit silent but whole, and does it speak again?
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { SoundTrouble } from "../../src/hal/sim/sound-sim.js";
import { Stories } from "./visit-story.js";

const stories = await Stories.open();
const WHOLE = { submissions: 1, prints: ["done"], slips: 1, unfinished: 0 };

const TROUBLES: readonly (readonly [SoundTrouble, RegExp])[] = [
  ["noVoice", /espeak-ng/],
  ["noPlayer", /aplay/],
  ["noDevice", /sound|audio/],
  ["busy", /use|hold/],
  ["hangs", /use|hold/],
];

for (const [trouble, remedy] of TROUBLES) {
  test(`${trouble} from the start: staff learns what is missing, the visit is silent and whole`, () =>
    stories.tell({}, async (story) => {
      const { sound } = story.world.board;
      sound.trouble = trouble;
      await story.staffIsTold("speaker", "speaker.absent");
      assert.match(story.world.on.console, remedy);
      await story.to("slip.taking");
      story.citizenIsNotTold("speaker.absent");
      assert.equal(sound.heard, []);
      assert.equal(story.books, WHOLE);
      await story.finish();
    }));

  test(`${trouble} in the middle: nobody waits for a voice; when it is back it speaks again`, () =>
    stories.tell({}, async (story) => {
      const { sound } = story.world.board;
      await (await story.settled()).to("identify.card.laying");
      await story.citizenHearsSomething();
      sound.trouble = trouble;
      await story.to("papers.place");
      await story.staffIsTold("speaker", "speaker.absent");
      story.citizenIsNotTold("speaker.absent");
      sound.trouble = "none";
      await story.staffSeesReady("speaker");
      await story.to("slip.taking");
      await story.citizenHearsSomething();
      assert.equal(story.books, WHOLE);
      await story.finish();
    }));
}

test("a kiosk that can not serve says so to who comes near, in Vietnamese", () =>
  stories.tell({}, async (story) => {
    await story.settled();
    story.world.disk.trouble = "full";
    await story.until("closed", () => story.screen("attract").outOfService === "store.full");
    story.world.board.control.lines.setInput("presence", true);
    await story.citizenHears("store.full");
  }));

test.run();
