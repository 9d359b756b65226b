// What does a reading of the citizen card give?
import type { CardField } from "../procedures/procedure.js";
import type { Portrait } from "./lds/dg2.js";

export type CheckVerdict = "passed" | "failed" | "notSupported" | "notTrusted" | "notDone";

export interface CardFile {
  readonly name:
    | "EF.COM"
    | "DG1"
    | "DG2"
    | "DG11"
    | "DG12"
    | "DG13"
    | "EF.SOD"
    | "DG14"
    | "DG15"
    | "EF.CardAccess"
    | "EF.CardSecurity";
  readonly length: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

export interface CardReading {
  readonly access: "BAC" | "PACE";
  /** "BAC", or PACE with its mapping, cipher and group. */
  readonly variant: string;
  /** Why PACE was not used, when it was not. */
  readonly downgrade: string | null;
  readonly files: readonly CardFile[];
  /** What the card announces and this reading does not have, with the reason: "DG3", "tag 7E". */
  readonly unread: readonly { readonly name: string; readonly reason: string }[];
  readonly checks: readonly {
    readonly name: string;
    readonly verdict: CheckVerdict;
    readonly evidence: string;
  }[];
  /** yyyy-MM-dd dates. Personal: wrap it at once. */
  readonly citizen: Readonly<Partial<Record<CardField, string>>>;
  readonly portrait: Portrait | null;
  /** Further face images of the same person; most cards have none. */
  readonly morePortraits: readonly Portrait[];
  /** Which of the offered expiry dates opened the card. */
  readonly expiryUsed: string;
}

/** Stages as the screen shows them; fractions are of all bytes expected. */
export interface CardProgress {
  readonly stage: "opening" | "reading";
  readonly fraction: number;
}
