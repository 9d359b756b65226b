// Does a whole day of visits lose nothing, double nothing and hang nowhere?
//
// Real drivers, store, broker and portal, each in its own process; citizens who see the screen's own
// messages; an oracle that only believes the portal's books, the paper in the slot and what citizens were told.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultConfig } from "../../config.js";
import type { View } from "../../flows/view.js";
import { makeDeck, makeIssuer } from "../deck.js";
import type { DeckCard } from "../hands.js";
import { readCode, slipPng } from "../paper.js";
import { samplePapers } from "../samples.js";
import { Stack } from "../stack.js";
import { Citizen, type VisitRecord } from "./citizen.js";
import { PageClient } from "./page-client.js";
import { drained } from "./portal-rows.js";
import { Random } from "./random.js";
import { makeWhole, planCut, planTrouble } from "./trouble.js";

export interface RehearseOptions {
  readonly visits: number;
  readonly seed: number;
  readonly faults: boolean;
  readonly cuts: boolean;
  readonly json: boolean;
}

interface Io {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

export interface RehearsalReport {
  readonly seed: number;
  readonly visits: number;
  readonly finished: number;
  readonly abandoned: number;
  /** Told "submitted" and not at the portal. */
  readonly lost: number;
  /** At the portal more than once, by number or by content. */
  readonly doubled: number;
  /** Whole slips of one number beyond the first that no citizen asked for. */
  readonly slipsDoubled: number;
  readonly hangs: number;
  readonly p50Seconds: number;
  readonly p95Seconds: number;
  readonly cuts: number;
  readonly faults: number;
  readonly submissionsAtPortal: number;
  readonly slipsPrinted: number;
  readonly notes: readonly string[];
}

const PROCEDURES = ["2.000815", "1.004873", "1.004194"] as const;

const quantile = (sorted: readonly number[], fraction: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? 0;

/** The slips in the slot by the number that their look-up codes were told with. */
class Slot {
  readonly #codes: { readonly code: string | null; readonly complete: boolean }[] = [];
  readonly #numberOf = new Map<string, string>();
  readonly #reading = new Set<Promise<void>>();

  constructor(stack: Stack) {
    stack.control.printer.onSlip((slip) => {
      const reading = slipPng(slip)
        .then(readCode)
        .then((code) => {
          this.#codes.push({ code, complete: slip.complete });
        });
      this.#reading.add(reading);
      void reading.finally(() => this.#reading.delete(reading));
    });
  }

  learn(view: View): void {
    if (view.screen.name === "slip") this.#numberOf.set(view.screen.lookupCode, view.screen.number);
  }

  async settled(): Promise<void> {
    await Promise.all(this.#reading);
  }

  #countOf(number: string): number {
    return this.#codes.filter(
      ({ code, complete }) => complete && code !== null && this.#numberOf.get(code) === number,
    ).length;
  }

  lies(number: string): boolean {
    return this.#countOf(number) > 0;
  }

  /** Whole slips beyond one, less those that a citizen asked for. */
  surplus(saidNo: readonly string[]): number {
    return [...new Set(this.#numberOf.values())].reduce((sum, number) => {
      const asked = saidNo.filter((other) => other === number).length;
      return sum + Math.max(0, this.#countOf(number) - 1 - asked);
    }, 0);
  }

  get printed(): number {
    return this.#codes.filter(({ complete }) => complete).length;
  }
}

/** Brings cut processes back; bounded, so that a process that can not start is a failure and not a wait. */
const performCut = async (stack: Stack, what: "runtime" | "portal" | "broker"): Promise<void> => {
  if (what === "runtime") {
    stack.cutPower();
    await stack.restorePower();
  } else if (what === "portal") {
    stack.killPortal();
    await stack.startPortal();
  } else {
    stack.broker.kill("SIGKILL");
    await stack.broker.restart();
  }
};

interface Day {
  readonly stack: Stack;
  readonly page: PageClient;
  readonly slot: Slot;
  readonly deck: readonly DeckCard[];
  readonly papers: readonly Uint8Array[];
  readonly options: RehearseOptions;
  cuts: number;
  faults: number;
  readonly notes: string[];
}

const oneVisit = async (day: Day, index: number): Promise<VisitRecord> => {
  const { stack, page, slot, deck, papers, options } = day;
  const random = new Random(options.seed * 1_000_003 + index);
  const plan = {
    language: random.pick(["vi", "en"] as const),
    procedureCode: random.pick(PROCEDURES),
    card: random.pick(deck),
    paper: random.pick(papers),
    leavesAt: random.chance(0.1)
      ? random.pick(["identify", "form", "papers", "check", "confirm"] as const)
      : null,
  };
  const trouble = options.faults && random.chance(0.7) ? planTrouble(stack, random) : null;
  const cut = options.cuts && random.chance(0.6) ? planCut(random) : null;
  const pending: Promise<void>[] = [];
  let troubled = false;
  let wasCut = false;
  const later = (ms: number, work: () => void | Promise<void>): void => {
    pending.push(new Promise((resolve) => setTimeout(resolve, ms)).then(work));
  };
  const atScreen = (view: View): void => {
    slot.learn(view);
    if (trouble !== null && !troubled && view.screen.name === trouble.at) {
      troubled = true;
      day.faults += 1;
      trouble.begin();
      const { end } = trouble;
      if (end !== null) later(trouble.lastsMs, end);
    }
    if (cut !== null && !wasCut && view.screen.name === cut.at) {
      wasCut = true;
      day.cuts += 1;
      later(cut.afterMs, () => performCut(stack, cut.what));
    }
  };
  const citizen = new Citizen(
    { page, control: stack.control, random, slipLies: (number) => slot.lies(number), atScreen },
    plan,
  );
  const record = await citizen.visit();
  for (const result of await Promise.allSettled(pending))
    if (result.status === "rejected") day.notes.push(`visit ${index + 1}: ${String(result.reason)}`);
  makeWhole(stack);
  if (record.hang !== null)
    day.notes.push(
      `visit ${index + 1} hung (${trouble?.what ?? "no fault"}, ${cut?.what ?? "no cut"}): ${record.hang}`,
    );
  return record;
};

const judge = async (day: Day, records: readonly VisitRecord[]): Promise<RehearsalReport> => {
  const { stack, slot, options } = day;
  await slot.settled();
  const told = new Set(records.flatMap((record) => record.told));
  const rows = await drained(stack, told);
  const numbers = rows.map(({ slipNumber }) => slipNumber);
  const lost = [...told].filter((number) => !numbers.includes(number));
  const contents = rows.map(({ sha256 }) => sha256.join());
  const seconds = records.map((record) => record.seconds).sort((a, b) => a - b);
  const twicePerVisit = records.reduce((sum, record) => sum + Math.max(0, record.told.length - 1), 0);
  return {
    seed: options.seed,
    visits: records.length,
    finished: records.filter(({ outcome }) => outcome === "finished").length,
    abandoned: records.filter(({ outcome }) => outcome === "abandoned").length,
    lost: lost.length,
    doubled:
      numbers.length - new Set(numbers).size + (contents.length - new Set(contents).size) + twicePerVisit,
    slipsDoubled: slot.surplus(records.flatMap((record) => record.saidNo)),
    hangs: records.filter(({ outcome }) => outcome === "hung").length,
    p50Seconds: Number(quantile(seconds, 0.5).toFixed(2)),
    p95Seconds: Number(quantile(seconds, 0.95).toFixed(2)),
    cuts: day.cuts,
    faults: day.faults,
    submissionsAtPortal: rows.length,
    slipsPrinted: slot.printed,
    notes: [...day.notes, ...lost.map((number) => `lost: ${number}`)],
  };
};

const reportText = (report: RehearsalReport): string =>
  [
    `seed ${report.seed}: ${report.visits} visits, ${report.finished} finished, ${report.abandoned} abandoned`,
    `lost ${report.lost}, doubled ${report.doubled}, slips doubled ${report.slipsDoubled}, hangs ${report.hangs}`,
    `${report.faults} faults, ${report.cuts} cuts, ${report.submissionsAtPortal} submissions at the portal, ${report.slipsPrinted} slips`,
    `machine time p50 ${report.p50Seconds} s, p95 ${report.p95Seconds} s`,
    ...report.notes.map((note) => `note: ${note}`),
    "",
  ].join("\n");

export const rehearsal = async (
  options: RehearseOptions,
  onVisit: (done: number) => void,
): Promise<RehearsalReport> => {
  const stateDir = mkdtempSync(join(tmpdir(), "motcua-rehearsal-"));
  const deck = await makeDeck(makeIssuer(stateDir));
  const stack = await Stack.start({
    config: defaultConfig(),
    stateDir,
    screenPort: 0,
    portalPort: 0,
    withPortal: true,
  });
  const page = new PageClient(stack.screenUrl);
  try {
    const papers = await Promise.all(
      samplePapers()
        .slice(0, 2)
        .map((sample) => sample.render()),
    );
    const day: Day = {
      stack,
      page,
      slot: new Slot(stack),
      deck,
      papers,
      options,
      cuts: 0,
      faults: 0,
      notes: [],
    };
    const records: VisitRecord[] = [];
    for (let index = 0; index < options.visits; index += 1) {
      records.push(await oneVisit(day, index));
      onVisit(index + 1);
    }
    return await judge(day, records);
  } finally {
    page.close();
    await stack.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
};

export const rehearse = async (options: RehearseOptions, io: Io): Promise<number> => {
  const report = await rehearsal(options, (done) => {
    if (io.stderr.isTTY === true) io.stderr.write(`\rvisit ${done} of ${options.visits}`);
  });
  if (io.stderr.isTTY === true) io.stderr.write("\n");
  io.stdout.write(options.json ? `${JSON.stringify(report)}\n` : reportText(report));
  return report.lost + report.doubled + report.slipsDoubled + report.hangs > 0 ? 1 : 0;
};
