// Does a storm of faults over visits lose nothing, do nothing twice, hang nowhere and leave nothing behind?
//
// MOTCUA_LONG=1: all thousand visits. MOTCUA_STORM_VISITS, MOTCUA_STORM_SEED: others. MOTCUA_STORM_ONLY=N: the
// N-th visit of the seed alone; MOTCUA_STORM_FROM=N: from the N-th on.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { CHUNK, type ChunkReport, plansOf, runVisits, shrink } from "./storm.js";
import { type Deck, makeDeck } from "./world.js";

const {
  MOTCUA_LONG: long,
  MOTCUA_STORM_VISITS: visits,
  MOTCUA_STORM_SEED: seedText,
  MOTCUA_STORM_ONLY: only,
  MOTCUA_STORM_FROM: fromText,
} = process.env;

const SEED = Number(seedText ?? 7);
const FROM = Number(only ?? fromText ?? 0);
const COUNT = only !== undefined ? 1 : Number(visits ?? (long === "1" ? 1_000 : 200));
/** The usual run ends here, on a busy machine earlier than it would like; asked-for visits all run. */
const BUDGET_MS =
  long === "1" || visits !== undefined || only !== undefined ? Number.POSITIVE_INFINITY : 20_000;
/** What a kiosk's life may leave in memory, caches of the engine included. */
const GROWTH_BYTES = 24 * 1_048_576;

const collectGarbage = ((): (() => void) => {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
})();

const heapBytes = (): number => {
  collectGarbage();
  return process.memoryUsage().heapUsed;
};

const replayOf = (index: number): string =>
  `MOTCUA_STORM_SEED=${SEED} MOTCUA_STORM_ONLY=${index} node dist/tests/storm/storm.test.js`;

const counted = (names: readonly string[]): string =>
  [...new Set(names)]
    .sort()
    .map((name) => `${names.filter((other) => other === name).length} ${name}`)
    .join(", ");

/** What happened, to whom, and the least script that still does it. */
const explain = async (deck: Deck, { records, problems }: ChunkReport): Promise<string> => {
  const lines: string[] = [];
  for (const problem of problems) {
    lines.push(problem);
    const index = Number(/^visit (\d+)/.exec(problem)?.[1]);
    const record = records.find(({ plan }) => plan.index === index);
    if (record === undefined) continue;
    lines.push(`  happened: ${record.happened.join(" | ")}`, `  screens: ${record.trail.join(" > ")}`);
    lines.push(`  replay: ${replayOf(index)}`);
    const alone = await runVisits({ deck, seed: SEED, plans: [record.plan] });
    if (alone.problems.length === 0) {
      const first = records[0]?.plan.index ?? 0;
      lines.push(
        `  not alone; with those before it: MOTCUA_STORM_FROM=${first} MOTCUA_STORM_VISITS=${CHUNK}`,
      );
    } else {
      const least = await shrink(deck, SEED, record.plan);
      lines.push(`  least script: ${JSON.stringify(least.faults)}`);
    }
  }
  return lines.join("\n");
};

const escaped: string[] = [];
process.on("unhandledRejection", (error) => {
  escaped.push(`unhandled rejection: ${error instanceof Error ? error.stack : String(error)}`);
});

test(`${COUNT} visits of seed ${SEED} with faults on every wire`, async () => {
  const exit = process.exit;
  process.exit = ((code?: number) => {
    throw new Error(`process.exit(${code}) was called`);
  }) as typeof process.exit;
  const started = performance.now();
  const deck = await makeDeck(6);
  const names: string[] = [];
  const sums = { visits: 0, finished: 0, submissions: 0, slips: 0, simulatedSeconds: 0, faults: 0 };
  let heapAfterFirst = 0;
  try {
    for (let at = FROM; at < FROM + COUNT; at += CHUNK) {
      if (performance.now() - started > BUDGET_MS) break;
      const plans = plansOf(SEED, at, Math.min(FROM + COUNT, at + CHUNK));
      const report = await runVisits({ deck, seed: SEED, plans });
      if (report.problems.length > 0) assert.unreachable(await explain(deck, report));
      assert.equal(escaped, []);
      const happened = report.records.flatMap((record) => record.happened);
      names.push(...happened);
      sums.visits += report.records.length;
      sums.finished += report.records.filter(({ finished }) => finished).length;
      sums.submissions += report.submissions;
      sums.slips += report.slips;
      sums.simulatedSeconds += report.simulatedSeconds;
      sums.faults += happened.length;
      if (heapAfterFirst === 0) heapAfterFirst = heapBytes();
    }
  } finally {
    process.exit = exit;
  }
  const growth = heapBytes() - heapAfterFirst;
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  process.stdout.write(
    `storm of seed ${SEED}: ${sums.visits} visits, ${sums.finished} to the end, ${sums.faults} faults, ` +
      `${sums.submissions} submissions, ${sums.slips} slips, ${(sums.simulatedSeconds / 3_600).toFixed(1)} h ` +
      `simulated in ${seconds} s, heap ${(growth / 1_048_576).toFixed(1)} MB more than after the first kiosk\n` +
      `${counted(names)}\n`,
  );
  assert.ok(growth < GROWTH_BYTES, `the heap grew by ${growth} bytes`);
  if (only === undefined) {
    assert.ok(sums.submissions > sums.visits / 3, "most people hand something in");
    assert.ok(sums.faults > sums.visits, "a storm has faults");
  }
});

test("the same seed is the same storm, step by step", async () => {
  const deck = await makeDeck(2);
  const plans = plansOf(SEED, 0, 6);
  const [first, second] = [
    await runVisits({ deck, seed: SEED, plans }),
    await runVisits({ deck, seed: SEED, plans }),
  ];
  const told = ({ records, simulatedSeconds }: ChunkReport) => ({
    simulatedSeconds,
    visits: records.map(({ trail, happened, seconds }) => ({ trail, happened, seconds })),
  });
  assert.equal(told(second), told(first));
});

test.run();
