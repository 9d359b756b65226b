// The UPS says that mains is gone, in the middle of a visit: who may end it, and what is left when the kiosk goes off?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { settlePowerOff, watchPowerLoss } from "../../src/acts/power-loss.js";
import { Stories, type Story } from "./visit-story.js";

const HOLD_MS = 60_000;
const BOOT = "9e1b6f6c-0000-4000-8000-000000000001";

const stories = await Stories.open();

interface Watched {
  offs: number;
  readonly stop: () => void;
}

const watched = (story: Story, holdMs = HOLD_MS): Watched => {
  const { board, visit, disk, clock } = story.world.on;
  const seen: { offs: number; stop: () => void } = { offs: 0, stop: () => {} };
  seen.stop = watchPowerLoss({
    ...{ board, visit, journal: disk.journal, clock, holdMs, bootId: BOOT },
    log: () => {},
    off: () => {
      seen.offs += 1;
    },
  });
  return seen;
};

const setLost = (story: Story, lost: boolean): void =>
  story.world.board.control.lines.setInput("powerLost", lost);

test("mains back within the hold time: who is there ends the visit with a slip, staff were told", () =>
  stories.tell({}, async (story) => {
    const power = watched(await story.settled());
    await story.to("papers.place");
    setLost(story, true);
    await story.staffIsTold("lines", "power.failing");
    setLost(story, false);
    await story.staffSeesReady("lines");
    await story.to("slip.taking");
    assert.equal(story.books, { submissions: 1, prints: ["done"], slips: 1, unfinished: 0 });
    await story.finish();
    await story.until("in service", () => story.screen("attract").outOfService === null);
    await story.wait(2 * HOLD_MS);
    assert.is(power.offs, 0);
    power.stop();
  }));

test("from the edge on nobody begins, and the first screen says why", () =>
  stories.tell({}, async (story) => {
    const power = watched(await story.settled());
    setLost(story, true);
    await story.until("out of service", () => story.screen("attract").outOfService === "power.failing");
    await story.citizenIsTold("power.failing");
    story.world.on.send({ type: "WAKE" });
    story.screen("attract");
    power.stop();
  }));

test("mains stays away: the visit is wiped, nothing half is kept, and the machine is told to go off once", () =>
  stories.tell({}, async (story) => {
    const power = watched(await story.settled());
    await story.to("papers.place");
    setLost(story, true);
    await story.until("the visit is over", () => story.step === "goodbye");
    await story.until("the first screen", () => story.step === "attract");
    assert.is(power.offs, 0, "whoever stood there is told first");
    await story.citizenIsTold("power.failing");
    await story.until("switching off", () => power.offs === 1);
    assert.equal(story.books, { submissions: 0, prints: [], slips: 0, unfinished: 1 });
    await story.wait(2 * HOLD_MS);
    assert.is(power.offs, 1);
    power.stop();
  }));

test("what is sealed stays: sealing and printing that run are waited for before the kiosk goes", () =>
  stories.tell({}, async (story) => {
    // So short that it is over while the kiosk seals, or waits for the portal's answer.
    const power = watched(await story.settled(), 1_600);
    await story.to("submitting");
    setLost(story, true);
    await story.until("switching off", () => power.offs === 1);
    const { submissions, prints } = story.books;
    assert.is(submissions, 1);
    assert.ok(
      prints.every((result) => result === "done"),
      prints.join(),
    );
    power.stop();
  }));

test("a lamp that flickers and a contact that bounces switch nothing off and fill no journal", () =>
  stories.tell({}, async (story) => {
    const power = watched(await story.settled());
    const { journal } = story.world.on.disk;
    const { lines } = story.world.board.control;
    const before = journal.verify();
    for (let dip = 0; dip < 20; dip++) {
      lines.bounce("powerLost", true, 7);
      await story.wait(700);
      lines.bounce("powerLost", false, 7);
      await story.wait(700);
    }
    await story.wait(2 * HOLD_MS);
    assert.is(power.offs, 0);
    assert.equal(journal.verify(), before);
    power.stop();
  }));

test("a kiosk that starts without mains hears of it without an edge", () =>
  stories.tell({}, async (story) => {
    await story.settled();
    setLost(story, true);
    await story.wait(5_000);
    const power = watched(story);
    await story.until("switching off", () => power.offs === 1);
    power.stop();
  }));

test("the next start knows by the boot whether the machine really went off", () =>
  stories.tell({}, async (story) => {
    await story.settled();
    const { journal } = story.world.on.disk;
    journal.intent("powerOff", "machine", { bootId: BOOT, visitOpen: false });
    assert.is(settlePowerOff(journal, "another boot"), 1);
    assert.equal(journal.open("powerOff"), []);
    const second = journal.intent("powerOff", "machine", { bootId: BOOT, visitOpen: false });
    assert.is(settlePowerOff(journal, BOOT), 1);
    assert.throws(() => journal.outcome(second, "done"), /settled as failed/);
    assert.is(settlePowerOff(journal, BOOT), 0);
  }));

test.run();
