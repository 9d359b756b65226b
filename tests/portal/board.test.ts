// Who sees the board, and does it hear of what another replica called?
import { createHash } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FaultError } from "../../src/core/faults.js";
import { BoardAccess } from "../../src/portal/queue/board-access.js";
import { BoardFeed, type BoardState } from "../../src/portal/queue/board-feed.js";
import { BoardVoice, callWords } from "../../src/portal/queue/board-voice.js";
import { testClock } from "../store/fixtures.js";
import { until } from "../sync/rig.js";
import { withHeld } from "./holdings.js";
import { clockAt, MINUTE_MS, MORNING_MS, PLACE, queueOn, ticketOf } from "./queue-rig.js";

const LIMIT_MS = 60_000;

test("this machine, the networks that are named, and whoever has the token; nobody else", () => {
  const none = new BoardAccess({});
  assert.equal(
    ["127.0.0.1", "::1", "::ffff:127.0.0.1", "192.168.1.7", "unknown", ""].map((from) =>
      none.admits(from, "x"),
    ),
    [true, true, true, false, false, false],
  );
  const tokenSha256 = createHash("sha256").update("hall-display").digest("hex");
  const some = new BoardAccess({ from: ["192.168.1.0/24", "fd00::/8"], tokenSha256 });
  assert.equal(
    ["192.168.1.7", "::ffff:192.168.1.7", "192.168.2.7", "fd00::7", "fe80::7"].map((from) =>
      some.admits(from, ""),
    ),
    [true, true, false, true, false],
  );
  assert.equal(
    ["hall-display", "hall-displa", ""].map((token) => some.admits("203.0.113.9", token)),
    [true, false, false],
  );
  for (const wrong of ["192.168.1.0/33", "somewhere", "10.0.0.0/x"])
    assert.throws(
      () => new BoardAccess({ from: [wrong] }),
      (thrown: unknown) => thrown instanceof FaultError && thrown.detail.includes(wrong),
    );
});

test("letter by letter; one sound for one call", async () => {
  assert.is(callWords("A012", "3"), "Mời số A, 0, 1, 2, đến quầy 3.");
  const voice = new BoardVoice();
  const [once, again] = await Promise.all([voice.say("A012", "3"), voice.say("A012", "3")]);
  assert.ok(once !== null && once === again);
});

test("a call at one replica is on the board of the other", () =>
  withHeld(async ({ db }) => {
    const clock = clockAt(MORNING_MS + 60 * MINUTE_MS);
    const [here, there] = [queueOn(db, clock), queueOn(db, clock)];
    here.tell([ticketOf(1), ticketOf(2)]);
    const feed = new BoardFeed(there.queue, testClock);
    const seen: BoardState[] = [];
    const stop = feed.watch(PLACE, (event, data) => {
      if (event === "state") seen.push(data as BoardState);
    });
    assert.equal([seen.length, seen[0]?.now.length, seen[0]?.waiting[0]?.people], [1, 0, 2]);
    here.queue.open({ place: PLACE, counter: "3", account: "thu", services: ["general"] });
    here.queue.callNext({ place: PLACE, counter: "3", by: "thu", current: 0 });
    await until("it is seen", () => seen.at(-1)?.now[0]?.label === "A001", LIMIT_MS);
    assert.equal(seen.at(-1)?.waiting[0], { title: "Chứng thực", people: 1 });
    stop();
    assert.is(feed.watching, 0);
    feed.close();
  }));

test.run();
