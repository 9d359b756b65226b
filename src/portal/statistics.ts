// How many applications came in a time, how long did they take, and how content were the citizens?
import type { Clock } from "../core/clock.js";
import { localDay, localMinute } from "./appointments.js";
import type { PortalDb } from "./db/portal-db.js";
import type { FeeRows } from "./fees/fee-rows.js";
import { type OpinionSums, opinionsOver } from "./opinion-sums.js";
import { addFaces, type Faces, NO_FACES, type RatedGroup, type Ratings } from "./ratings.js";
import type { ApplicationState } from "./register.js";

/** Days in Asia/Ho_Chi_Minh, yyyy-MM-dd, both included. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

export interface Figures {
  readonly taken: number;
  /** Neither ready nor refused yet. */
  readonly open: number;
  /** Of those, the ones whose appointment has passed. */
  readonly overdue: number;
  readonly ready: number;
  readonly refused: number;
  /** Of those with an answer, the ones that had it after their appointment. */
  readonly late: number;
  /** Days from taking in to the first answer, with week-ends; null before there is one. */
  readonly medianDays: number | null;
  readonly faces: Faces;
}

export interface ProcedureFigures extends Figures {
  readonly code: string;
  readonly title: string;
}

export interface KioskFigures extends Figures {
  readonly kiosk: string;
}

/** What came in on one day: by transfer, and at the desk. */
export interface FeeDay {
  /** yyyy-MM-dd. */
  readonly day: string;
  readonly transfers: number;
  readonly transferredVnd: number;
  readonly atDesk: number;
  readonly atDeskVnd: number;
}

export interface PortalStatistics {
  readonly period: Period;
  readonly all: Figures;
  /** The most frequent first. */
  readonly procedures: readonly ProcedureFigures[];
  readonly kiosks: readonly KioskFigures[];
  /** After the result; the faces above are of after the visit. */
  readonly results: OpinionSums;
  /** In their order; days without a fee are left out. */
  readonly fees: readonly FeeDay[];
}

const DAY_MS = 24 * 3_600_000;

interface Row {
  readonly id: number;
  readonly kiosk: string;
  readonly code: string;
  readonly title: string;
  readonly state: ApplicationState;
  readonly appointment: string | null;
  readonly takenAtMs: number;
}

/** Adds up one group. */
class Tally {
  readonly title: string;
  readonly #counts = { taken: 0, open: 0, overdue: 0, ready: 0, refused: 0, late: 0 };
  readonly #tookDays: number[] = [];
  #faces: Faces = NO_FACES;

  constructor(title: string) {
    this.title = title;
  }

  count({ state, appointment, takenAtMs }: Row, answeredAtMs: number | undefined, now: string): void {
    const counts = this.#counts;
    counts.taken += 1;
    if (state === "ready") counts.ready += 1;
    else if (state === "refused") counts.refused += 1;
    else {
      counts.open += 1;
      if (appointment !== null && now > appointment) counts.overdue += 1;
      return;
    }
    if (answeredAtMs === undefined) return;
    this.#tookDays.push((answeredAtMs - takenAtMs) / DAY_MS);
    if (appointment !== null && localMinute(answeredAtMs) > appointment) counts.late += 1;
  }

  rate(faces: Faces): void {
    this.#faces = addFaces(this.#faces, faces);
  }

  figures(): Figures {
    const sorted = [...this.#tookDays].sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    const median =
      sorted.length % 2 === 1
        ? (sorted[middle] ?? null)
        : sorted.length === 0
          ? null
          : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
    return { ...this.#counts, medianDays: median, faces: this.#faces };
  }
}

const startMs = (day: string): number => Date.parse(`${day}T00:00:00+07:00`);

const of = (groups: Map<string, Tally>, name: string, title = name): Tally => {
  const known = groups.get(name) ?? new Tally(title);
  groups.set(name, known);
  return known;
};

const rateAll = (
  rated: readonly RatedGroup[],
  into: { readonly all: Tally; readonly procedures: Map<string, Tally>; readonly kiosks: Map<string, Tally> },
): void => {
  for (const { kiosk, procedure, faces } of rated) {
    into.all.rate(faces);
    of(into.procedures, procedure).rate(faces);
    of(into.kiosks, kiosk).rate(faces);
  }
};

export class Statistics {
  readonly #db: PortalDb;
  readonly #ratings: Ratings;
  readonly #clock: Clock;
  readonly #fees: FeeRows;

  constructor(db: PortalDb, ratings: Ratings, clock: Clock, fees: FeeRows) {
    this.#db = db;
    this.#ratings = ratings;
    this.#clock = clock;
    this.#fees = fees;
  }

  /** Applications count on the day on which they were taken in. */
  over(period: Period): PortalStatistics {
    const now = localMinute(this.#clock.wall().epochMs);
    const answered = this.#firstAnswers(startMs(period.from));
    const groups = {
      all: new Tally(""),
      procedures: new Map<string, Tally>(),
      kiosks: new Map<string, Tally>(),
    };
    for (const row of this.#rows(period)) {
      const at = answered.get(row.id);
      groups.all.count(row, at, now);
      of(groups.procedures, row.code, row.title).count(row, at, now);
      of(groups.kiosks, row.kiosk).count(row, at, now);
    }
    rateAll(this.#ratings.over(period.from, period.to), groups);
    const results = opinionsOver(this.#db, period);
    const byFrequency = (a: Figures, b: Figures): number => b.taken - a.taken;
    return {
      ...{ period, results },
      all: groups.all.figures(),
      procedures: [...groups.procedures]
        .map(([code, tally]) => ({ code, title: tally.title, ...tally.figures() }))
        .sort(byFrequency),
      kiosks: [...groups.kiosks].map(([kiosk, tally]) => ({ kiosk, ...tally.figures() })).sort(byFrequency),
      fees: this.#feesBy(period),
    };
  }

  /** Counted on the day on which the portal heard of it. */
  #feesBy({ from, to }: Period): readonly FeeDay[] {
    const days = new Map<string, FeeDay>();
    for (const { settledAtMs, amountVnd, state } of this.#fees.settledBetween(
      startMs(from),
      startMs(to) + DAY_MS,
    )) {
      const day = localDay(settledAtMs);
      const known = days.get(day) ?? { day, transfers: 0, transferredVnd: 0, atDesk: 0, atDeskVnd: 0 };
      days.set(
        day,
        state === "paid"
          ? { ...known, transfers: known.transfers + 1, transferredVnd: known.transferredVnd + amountVnd }
          : { ...known, atDesk: known.atDesk + 1, atDeskVnd: known.atDeskVnd + amountVnd },
      );
    }
    return [...days.values()];
  }

  /** The newest first, so that a procedure goes by its newest name. */
  #rows({ from, to }: Period): Iterable<Row> {
    return this.#db
      .prepare(`SELECT id, kiosk, procedure_code AS code, procedure_title AS title, state, appointment,
        taken_at_ms AS takenAtMs FROM applications WHERE taken_at_ms >= ? AND taken_at_ms < ? ORDER BY id DESC`)
      .iterate(startMs(from), startMs(to) + DAY_MS) as IterableIterator<Row>;
  }

  /** When each application was first ready or refused. */
  #firstAnswers(sinceMs: number): ReadonlyMap<number, number> {
    const rows = this.#db
      .prepare(`SELECT application, min(at_ms) AS atMs FROM decisions
        WHERE action IN ('ready', 'refuse') AND at_ms >= ? GROUP BY application`)
      .iterate(sinceMs) as IterableIterator<{ application: number; atMs: number }>;
    const first = new Map<number, number>();
    for (const { application, atMs } of rows) first.set(application, atMs);
    return first;
  }
}
