// With which pair does the next connection go, and what does its end mean for the pairs?
//
// A trial is a connection like any other, with "next" in place of "current": a broker that takes the certificate's
// name as the client's id would end the old session for a second one beside it. Only when it was up are the files
// switched; the pair before stays until the new one has held for a while.
import type { Clock } from "../../core/clock.js";
import type { Log } from "../../core/log.js";
import type { Journal } from "../../store/store.js";
import type { Pair, Pairs } from "./pairs.js";
import { type Refusal, refusalOf } from "./refusal.js";

export interface PairChoiceParts {
  readonly pairs: Pairs;
  readonly clock: Clock;
  readonly log: Log;
  readonly journal: Pick<Journal, "note">;
}

/** A trial may fail for the network's sake this often before the pair is thought to be at fault. */
const TRIALS = 3;

export class PairChoice {
  readonly #parts: PairChoiceParts;
  /** Serial numbers that the broker said no to, since the last yes to any. */
  readonly #refused = new Set<string>();
  #trialWanted = false;
  #failedTrials = 0;
  #hurry = false;

  constructor(parts: PairChoiceParts) {
    this.#parts = parts;
    for (const name of ["current", "next", "previous"] as const) {
      const damage = parts.pairs.damage(name);
      if (damage !== null) parts.log("link.certificate", { step: "damaged", detail: damage });
    }
  }

  /** The next connection is to be made with the pair that is new. */
  wantTrial(): void {
    this.#trialWanted = true;
    this.#hurry = true;
  }

  /** True once after each of: a trial was wanted, a trial failed. The way back is then not waited for. */
  takeHurry(): boolean {
    const hurry = this.#hurry;
    this.#hurry = false;
    return hurry;
  }

  /** Null: there is no pair at all. */
  offer(): Pair | null {
    const { pairs, clock } = this.#parts;
    const nowMs = clock.wall().epochMs;
    const [next, current, previous] = (["next", "current", "previous"] as const).map((name) =>
      pairs.get(name),
    );
    const works = (pair: Pair | null | undefined): pair is Pair =>
      pair !== null && pair !== undefined && !this.#refused.has(pair.serial) && nowMs <= pair.toMs;
    if (this.#trialWanted && next) return next;
    const found = [current, next, previous].find(works);
    if (found !== undefined) return found;
    // None is known to work: all of them again, in turn.
    this.#refused.clear();
    return current ?? next ?? previous ?? null;
  }

  /** The connection with this pair was up: subscribed, and its birth acknowledged. */
  came({ name, serial }: Pair): void {
    const { pairs } = this.#parts;
    this.#refused.clear();
    if (name === "next") {
      this.#trialWanted = false;
      this.#failedTrials = 0;
      this.#note("switching", serial);
      pairs.promote();
      this.#note("switched", serial);
    } else if (name === "previous") {
      const lost = pairs.get("current")?.serial ?? "damaged";
      this.#note("fallingBack", serial, `instead of ${lost}`);
      pairs.fallBack();
      this.#note("fellBack", serial);
    }
  }

  /** A connection with it has held for a while. */
  held(pair: Pair): void {
    const { pairs } = this.#parts;
    const previous = pairs.get("previous");
    if (previous === null || pairs.get("current")?.serial !== pair.serial) return;
    this.#note("lettingGo", previous.serial, `${pair.serial} has proven itself`);
    pairs.prove();
    this.#note("letGo", previous.serial);
  }

  /** Why the connection with `pair` never came up, as far as trust is concerned; null: the network. */
  failed(pair: Pair | null, thrown: unknown): Refusal | null {
    const refusal = refusalOf(thrown, pair, this.#parts.clock.wall().epochMs);
    if (pair?.name === "next" && this.#trialWanted) this.#trialFailed(pair, refusal, thrown);
    else if (pair !== null && refusal?.isOfPair === true) this.#refused.add(pair.serial);
    return refusal;
  }

  #trialFailed(pair: Pair, refusal: Refusal | null, thrown: unknown): void {
    this.#trialWanted = false;
    this.#hurry = true;
    this.#failedTrials += 1;
    const why = refusal?.detail ?? (thrown instanceof Error ? thrown.message : String(thrown));
    this.#note("trialFailed", pair.serial, why);
    const isRefused = refusal?.isOfPair === true && refusal.code !== "clock.untrusted";
    if (!isRefused && this.#failedTrials < TRIALS) return;
    this.#failedTrials = 0;
    this.#note("dropping", pair.serial);
    this.#parts.pairs.dropNext();
    this.#note("dropped", pair.serial);
  }

  #note(step: string, serial: string, detail?: string): void {
    const { log, journal } = this.#parts;
    log("link.certificate", { step, serial, ...(detail !== undefined && { detail }) });
    journal.note(`certificate.${step}`, serial, detail === undefined ? {} : { detail: detail.slice(0, 200) });
  }
}
