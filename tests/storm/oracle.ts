// Was anything lost or done twice? (Believes the portal's books, the paper in the slot and what people were told.)
import { join } from "node:path";
import Database from "better-sqlite3";
import type { VisitRecord } from "./storm.js";
import type { World } from "./world.js";

const DRAIN_WITHIN_MS = 4 * 3_600_000;

interface PrintIntent {
  readonly id: number;
  readonly subject: string;
  readonly result: string | null;
  /** Of the last outcome. */
  readonly detail: string;
}

/** Every print that was ever meant, as the journal has it. */
const printIntents = (world: World): readonly PrintIntent[] => {
  const db = new Database(join(world.storeDir, "motcua.db"), { readonly: true });
  try {
    return db
      .prepare(`SELECT journal.id AS id, subject, intents.result AS result, coalesce((SELECT data FROM journal AS o
          WHERE o.intent = journal.id AND o.entry = 'outcome' ORDER BY o.id DESC LIMIT 1), '') AS detail
        FROM journal JOIN intents USING (id) WHERE kind = 'print' ORDER BY journal.id`)
      .all() as PrintIntent[];
  } finally {
    db.close();
  }
};

const countOf = <T>(items: readonly T[], item: T): number => items.filter((other) => other === item).length;

const repeated = (items: readonly string[]): readonly string[] =>
  [...new Set(items)].filter((item) => countOf(items, item) > 1);

type Problem = (text: string) => void;

const judgeSubmissions = async (
  world: World,
  records: readonly VisitRecord[],
  problem: Problem,
): Promise<number> => {
  const { outbox, journal } = world.on.disk;
  const drained = await world.clock.run(() => outbox.stats().queued === 0, DRAIN_WITHIN_MS);
  const { queued, quarantined } = outbox.stats();
  if (!drained || quarantined > 0) problem(`the queue does not empty: ${queued} wait, ${quarantined} apart`);
  const applications = world.portal.applications();
  const numbers = applications.map(({ slipNumber }) => slipNumber);
  for (const number of repeated(numbers)) problem(`${number} is at the portal twice`);
  const contents = applications.flatMap(({ documents }) => documents.slice(0, 1).map(({ sha256 }) => sha256));
  for (const content of repeated(contents)) problem(`a content is at the portal twice: ${content}`);
  for (const { plan, told, happened, trail } of records) {
    for (const number of told.numbers)
      if (!numbers.includes(number)) problem(`visit ${plan.index}: ${number} is lost (${trail.join(" > ")})`);
    // Whoever saw the kiosk die before it said "submitted" begins again; that is one more.
    const again = happened.filter((name) => name === "power cut").length;
    if (told.numbers.size > 1 + again) problem(`visit ${plan.index}: told ${[...told.numbers].join()}`);
  }
  const verdict = journal.verify();
  if (!verdict.ok) problem(`journal broken at ${verdict.brokenAt}: ${verdict.reason}`);
  for (const open of journal.open("submit")) problem(`submission ${open.subject} has no outcome`);
  return applications.length;
};

const judgePaper = (
  world: World,
  records: readonly VisitRecord[],
  isSure: boolean,
  problem: Problem,
): number => {
  const slips = world.board.control.printer.slips.filter(({ complete }) => complete);
  const printed = slips.map((slip) => world.slips.numberOn(slip));
  const intents = printIntents(world);
  const denied = records.flatMap(({ told }) => told.denied);
  const whole = printed.filter((number) => number !== null);
  for (const number of new Set(whole)) {
    const count = countOf(whole, number);
    const asked = countOf(denied, number);
    // Queue numbers begin again each day.
    if (!number.startsWith("K01-")) continue;
    if (count > 1 + asked) problem(`${number} was printed ${count} times, denied ${asked} times`);
    const possible = intents.filter(
      ({ subject, result, detail }) =>
        subject === number && !(result === "failed" && !detail.includes("nobody")),
    );
    if (count > possible.length)
      problem(`${number}: ${count} slips, ${possible.length} prints that may have been`);
  }
  for (const { subject, result } of intents)
    if (isSure && result === "done" && subject.startsWith("K01-") && !whole.includes(subject))
      problem(`${subject} counts as printed and is not there`);
  for (const { plan, told } of records)
    for (const number of isSure ? told.missed : [])
      problem(`visit ${plan.index}: the screen said "take ${number}", the slot is empty`);
  return whole.length;
};

/** Empties the queue first, then compares all books. */
export const judge = async (
  world: World,
  records: readonly VisitRecord[],
  model: "epson" | "generic",
  problem: Problem,
): Promise<{ readonly submissions: number; readonly slips: number }> => ({
  submissions: await judgeSubmissions(world, records, problem),
  // A clone that says "idle" may be wrong; only a process id is a promise.
  slips: judgePaper(world, records, model === "epson", problem),
});
