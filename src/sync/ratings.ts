// Which counts of content and discontent citizens has the portal not been told for certain?
//
// A broker's acknowledgement is no proof: with each change all counts of the last week are told again, and those of a
// longer time without a link with them.
import type { Clock } from "../core/clock.js";
import type { Rating, Store } from "../store/store.js";
import { type RatingsMessage, topics } from "./protocol/messages.js";
import { encode, MAX_RATED_GROUPS } from "./protocol/validate.js";
import type { OpenWire } from "./protocol/wire.js";

export interface RatingsParts {
  readonly store: Pick<Store, "ratingsAfter" | "meta">;
  readonly kioskId: string;
  readonly clock: Clock;
}

type RatedDay = RatingsMessage["days"][number];

const TOLD = "ratings.toldThrough";
const REPEATED_DAYS = 7;
const DAY_MS = 24 * 3_600_000;
const LOCAL_OFFSET_MS = 7 * 3_600_000;

const grouped = (ratings: readonly Rating[]): readonly RatedDay[] => {
  const groups = new Map<string, { day: string; procedure: string; faces: number[] }>();
  for (const { day, procedureCode, stars, count } of ratings) {
    const name = `${day} ${procedureCode}`;
    const group = groups.get(name) ?? { day, procedure: procedureCode, faces: [0, 0, 0, 0, 0] };
    group.faces[stars - 1] = count;
    groups.set(name, group);
  }
  return [...groups.values()] as unknown as readonly RatedDay[];
};

export class RatingsTeller {
  readonly #parts: RatingsParts;
  #last = "";

  constructor(parts: RatingsParts) {
    this.#parts = parts;
  }

  /** Says nothing when the same was said already. Stops at what the wire does not take; the next occasion goes on. */
  async tell(wire: OpenWire): Promise<void> {
    const { store, kioskId, clock } = this.#parts;
    const days = grouped(store.ratingsAfter(store.meta.get(TOLD) ?? ""));
    const same = JSON.stringify(days);
    if (days.length === 0 || same === this.#last) return;
    for (let from = 0; from < days.length; from += MAX_RATED_GROUPS) {
      const message: RatingsMessage = { v: 1, days: days.slice(from, from + MAX_RATED_GROUPS) };
      if (!(await wire.publish(topics.ratings(kioskId), encode(message)).catch(() => false))) return;
    }
    this.#last = same;
    const { epochMs, trust } = clock.wall();
    // By a clock that nobody set, a day could be passed over for good.
    if (trust !== "trusted") return;
    const old = new Date(epochMs + LOCAL_OFFSET_MS - REPEATED_DAYS * DAY_MS).toISOString().slice(0, 10);
    if (old > (store.meta.get(TOLD) ?? "")) store.meta.set(TOLD, old);
  }
}
