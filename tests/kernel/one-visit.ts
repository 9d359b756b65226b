// Does a whole visit go through, whatever wires the kiosk's drivers have?

import type { DeckCard } from "../../src/dock/hands.js";
import { readCode, slipPng } from "../../src/dock/paper.js";
import { Citizen, type VisitRecord } from "../../src/dock/rehearsal/citizen.js";
import { PageClient } from "../../src/dock/rehearsal/page-client.js";
import { Random } from "../../src/dock/rehearsal/random.js";
import type { SimControl } from "../../src/hal/sim/far-ends.js";

export interface VisitParts {
  readonly screenUrl: string;
  readonly control: SimControl;
  readonly card: DeckCard;
  /** JPEG or PNG. */
  readonly paper: Uint8Array;
  readonly procedureCode: string;
  /** Told of each screen as it changes, with its stage: "papers.review". */
  readonly atScreen?: (name: string) => void;
  /** How long one screen may stay; a machine that is emulated needs minutes. */
  readonly stepLimitMs?: number;
}

export interface VisitSeen extends VisitRecord {
  /** The look-up code that the last screen told, and those on the whole slips that came out since the visit began. */
  readonly lookupCode: string | null;
  readonly printedCodes: readonly (string | null)[];
}

export const oneVisit = async (parts: VisitParts): Promise<VisitSeen> => {
  const { control, card, paper, procedureCode, atScreen = () => {}, stepLimitMs } = parts;
  const page = new PageClient(parts.screenUrl);
  let lookupCode: string | null = null;
  // What citizens before left lying is not theirs.
  const earlier = control.printer.slips.length;
  const whole = () => control.printer.slips.slice(earlier).filter(({ complete }) => complete);
  const citizen = new Citizen(
    {
      page,
      control,
      random: new Random(8),
      slipLies: () => whole().length > 0,
      atScreen: ({ screen }) => {
        if (screen.name === "slip") lookupCode = screen.lookupCode;
        atScreen("stage" in screen ? `${screen.name}.${screen.stage}` : screen.name);
      },
      ...(stepLimitMs === undefined ? {} : { stepLimitMs }),
    },
    { language: "vi", procedureCode, card, paper, leavesAt: null },
  );
  try {
    const record = await citizen.visit();
    const printedCodes = await Promise.all(whole().map(async (slip) => readCode(await slipPng(slip))));
    return { ...record, lookupCode, printedCodes };
  } finally {
    page.close();
  }
};
