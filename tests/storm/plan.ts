// Who comes, for what, and what goes wrong meanwhile: one visit of a storm, as data?
import { Random } from "../../src/dock/rehearsal/random.js";
import type { Language } from "../../src/flows/events.js";
import type { Screen } from "../../src/flows/view.js";
import { planFault, type ScriptedFault } from "../../src/hal/sim/fault-storm.js";
import { FAULTS_BY_NAME } from "./faults.js";

export interface VisitPlan {
  readonly index: number;
  readonly what: "apply" | "ticket" | "lookUp";
  readonly procedureCode: string;
  readonly language: Language;
  readonly holder: number;
  readonly stopsAt: Screen["name"] | null;
  readonly walksAwayAt: Screen["name"] | null;
  readonly impatient: boolean;
  /** Of everything that the person decides on the way. */
  readonly seed: number;
  readonly faults: readonly ScriptedFault[];
}

/** Names or beginnings of the visit's states; "" is any. */
const STEPS = [
  "attract",
  "language",
  "procedure",
  "identify.showQr",
  "identify.typed",
  "identify.card.laying",
  "identify.card.reading",
  "form",
  "papers.place",
  "papers.capturing",
  "papers.review",
  "check",
  "confirm",
  "submitting",
  "slip.printing",
  "slip.printing",
  "slip.printing",
  "slip.taking",
  "slip.inDoubt",
  "ticket.printing",
  "lookup",
  "rate",
  "goodbye",
] as const;

const PROCEDURES = ["2.000815", "1.004873", "1.004194"] as const;
const LEAVES_AT = ["identify", "form", "papers", "check", "confirm", "slip", "rate", "procedure"] as const;
const MOST_FAULTS = 6;

/** The seed of one visit: neighbours and neighbouring seeds have nothing in common. */
const seedOf = (seed: number, index: number): number => (seed * 1_000_003 + index * 7_919) >>> 0;

export const planVisit = (seed: number, index: number): VisitPlan => {
  const dice = new Random(seedOf(seed, index));
  const what = dice.chance(0.12) ? "ticket" : dice.chance(0.06) ? "lookUp" : "apply";
  return {
    index,
    what,
    procedureCode: dice.pick(PROCEDURES),
    language: dice.pick(["vi", "en"] as const),
    holder: dice.between(0, 100),
    stopsAt: dice.chance(0.06) ? dice.pick(LEAVES_AT) : null,
    walksAwayAt: dice.chance(0.08) ? dice.pick(LEAVES_AT) : null,
    impatient: dice.chance(0.2),
    seed: dice.between(0, 0x7fff_ffff),
    faults: Array.from({ length: dice.between(0, MOST_FAULTS + 1) }, () =>
      planFault(dice, [...FAULTS_BY_NAME.values()], STEPS),
    ),
  };
};
