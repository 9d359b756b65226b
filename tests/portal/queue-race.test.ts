// Does each number go to one counter, with officers at several replicas on one PostgreSQL?
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect } from "./on-postgres.js";
import { Postgres } from "./postgres.js";
import { clockAt, DAY, MINUTE_MS, MORNING_MS, PLACE, queueOn, ticketOf } from "./queue-rig.js";

const RACE = fileURLToPath(new URL("./queue-race-process.js", import.meta.url));
const COUNTERS = ["1", "2", "3"];
const NUMBERS = 90;

interface Racer {
  readonly child: ChildProcess;
  readonly called: string[];
  readonly ready: Promise<void>;
  readonly ended: Promise<number | null>;
}

const start = (postgres: Postgres, counter: string): Racer => {
  const child = spawn(process.execPath, [RACE, JSON.stringify(postgres.settings), counter], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const called: string[] = [];
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line === "ready") resolve();
      else called.push(line);
    });
  });
  return { child, called, ready: Promise.race([ready, ended.then(() => undefined)]), ended };
};

test("three officers at three replicas: every number once, each counter one at a time", () =>
  Postgres.with(async (postgres) => {
    const db = connect(postgres);
    const { queue, tell } = queueOn(db, clockAt(MORNING_MS + 600 * MINUTE_MS));
    const labels = Array.from({ length: NUMBERS }, (_, place) =>
      ticketOf(place + 1, {
        group: place % 4 === 0 ? "elderly" : null,
        service: place % 3 === 0 ? "land" : "general",
      }),
    );
    tell(labels);
    tell(labels.slice(10, 20));
    const racers = COUNTERS.map((counter) => start(postgres, counter));
    await Promise.all(racers.map(({ ready }) => ready));
    for (const { child } of racers) child.stdin?.write("go\n");
    assert.equal(await Promise.all(racers.map(({ ended }) => ended)), [0, 0, 0]);
    const called = racers.flatMap((racer) => racer.called);
    assert.equal(
      [...called].sort(),
      labels.map(({ label }) => label),
      "each once, and none left",
    );
    const [events] = await postgres.query(
      "SELECT count(*)::int AS calls, count(DISTINCT ticket)::int AS tickets FROM queue_events WHERE what = 'called'",
    );
    assert.equal(events, { calls: NUMBERS, tickets: NUMBERS });
    assert.equal(queue.rows.waiting(PLACE, DAY), []);
    assert.is(queue.rows.called(PLACE, DAY).length, 0, "the last one at each counter was served");
    // The database itself holds a counter to one.
    const second = await postgres
      .query("UPDATE queue_tickets SET state = 'called', counter = '1' WHERE label IN ('A001', 'A002')")
      .catch((thrown: Error) => thrown.message);
    assert.match(String(second), /queue_one_at_a_counter/);
    db.close();
  }));

test.run();
