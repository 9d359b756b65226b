// Kiosk, portal and broker are killed and the line is the worst there is: do the books agree with an onlooker?
//
// MOTCUA_CHAOS_MINUTES: how long (a third of one by default). MOTCUA_CHAOS_SEED: which moments.
// MOTCUA_CHAOS_ORACLE: the folder of the onlooker's log; best on another disk.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Entry, hearOnlooker, judge, type Seen } from "./oracle.js";
import { type SoakReport, soak } from "./soak.js";

const {
  MOTCUA_CHAOS_MINUTES: minutesText,
  MOTCUA_CHAOS_SEED: seedText,
  MOTCUA_CHAOS_ORACLE: oracleFolder = "",
} = process.env;
const MINUTES = Number(minutesText ?? 0.33);
const SEED = Number(seedText ?? 20_261_122);

const again = `MOTCUA_CHAOS_SEED=${SEED} MOTCUA_CHAOS_MINUTES=${MINUTES} node dist/tests/run.js chaos/`;

const counted = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(", ");

const summary = (report: SoakReport): string =>
  [
    `soak of ${MINUTES} min, seed ${SEED}; the onlooker's log on ${report.apart ? "another" : "the same"} file system`,
    `  killed -9: ${counted(report.kills)}; line: ${counted(report.weathers)}; ${report.connections} connections`,
    `  sealed ${report.seen.sealed.size}, enqueued ${report.seen.enqueued.size}, at the portal ${report.entries.length}, receipts seen ${report.seen.receipts.size}`,
    `  ${Math.round(report.carriedBytes / 1024)} KB carried, ${Math.round(report.drainSeconds)} s to drain; ${report.problems.length} problems`,
    "",
  ].join("\n");

/** Each way in which books can be wrong, done to the true ones: the oracle must name it. */
const forgeries = ({
  onlooker,
  seen,
  entries,
}: SoakReport): readonly (readonly [RegExp, Seen, readonly Entry[]])[] => {
  const [first, second] = entries.filter(({ submission }) => seen.enqueued.has(submission));
  // As a portal would have said it that took the same submission in once more.
  const takenTwice = entries.map(({ submission, receipt }) => `taken ${submission} ${receipt}\n`).join("");
  if (first === undefined || second === undefined) return assert.unreachable("too little arrived") as never;
  const others = entries.filter((entry) => entry !== first);
  const changed = (part: Partial<Entry>) => [...others, { ...first, ...part }];
  return [
    [/books twice/, seen, [...entries, { ...first, slipNumber: "x", receipt: "y" }]],
    [/took it in twice/, hearOnlooker(onlooker + takenTwice), entries],
    [/is lost/, seen, others],
    [
      /other hashes/,
      seen,
      changed({ sha256: [...first.sha256].reverse().map((hash) => hash.replace(/^./, "g")) }),
    ],
    [/another slip number/, seen, changed({ slipNumber: "other" })],
    [/receipt/, seen, changed({ receipt: "other" })],
    [/nobody sealed it/, { ...seen, sealed: new Map() }, entries],
    [/receipt twice/, seen, changed({ receipt: second.receipt })],
  ];
};

test(`a soak of ${MINUTES} minutes: every id once, hashes equal, receipts equal`, async () => {
  try {
    const report = await soak({ seed: SEED, minutes: MINUTES, oracleFolder });
    process.stdout.write(summary(report));
    assert.equal(report.problems, []);
    assert.ok(report.entries.length > 0 && report.seen.receipts.size > 0, "nothing arrived");
    for (const [expected, seen, entries] of forgeries(report)) {
      const problems = judge(seen, entries, report.receiptAtKiosk);
      assert.ok(
        problems.some((problem) => expected.test(problem)),
        `a forgery was not noticed: ${expected}`,
      );
    }
  } catch (thrown) {
    process.stdout.write(`once more: ${again}\n`);
    throw thrown;
  }
});

test.run();
