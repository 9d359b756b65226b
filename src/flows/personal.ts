// Which personal values does a visit hold, and how are they dropped?
import { Pii } from "../core/pii.js";
import type { CardKey, CitizenRecord, Identity } from "./citizen.js";
import type { LookupResult } from "./effects.js";
import type { CapturedPage, Difference, StoredAnswer, UsedCopy } from "./paper.js";
import type { Texted } from "./phone-code.js";

/** What was typed instead of showing the QR; dates yyyy-MM-dd. */
export interface TypedCard {
  readonly number: string;
  readonly birthDate: string;
  readonly expiryDate: string;
}

export interface HeldPaper {
  readonly pages: readonly CapturedPage[];
  /** Read fields that the citizen changed. */
  readonly corrected: Readonly<Record<string, string>>;
  /** A stored copy that takes the paper's place; there are no pages then. */
  readonly copy: UsedCopy | null;
}

/** Everything personal of one visit. INVARIANT: nothing outside of this object holds a personal value. */
export interface Personal {
  readonly typedCard: TypedCard | null;
  readonly card: {
    readonly key: Pii<CardKey>;
    readonly citizen: Pii<CitizenRecord>;
    readonly source: "qr" | "typed" | "mrz";
  } | null;
  readonly identity: Identity | null;
  /** Form fields that the citizen touched, also those emptied. */
  readonly edits: Readonly<Record<string, string>>;
  readonly papers: Readonly<Record<string, HeldPaper>>;
  readonly lookupCode: string | null;
  readonly found: Extract<LookupResult, { found: true }> | null;
  /** The stored copy that is asked for now. */
  readonly wanted: { readonly lookupCode: string; readonly answer: StoredAnswer | null } | null;
  /** The code that is on the citizen's phone. */
  readonly texted: Texted | null;
  /** While it is looked at. */
  readonly typedCode: string | null;
  /** As the last look at everything found them. */
  readonly differences: readonly Difference[];
}

const NOTHING: Personal = {
  typedCard: null,
  card: null,
  identity: null,
  edits: {},
  papers: {},
  lookupCode: null,
  found: null,
  wanted: null,
  texted: null,
  typedCode: null,
  differences: [],
};

const NO_PAPER: HeldPaper = { pages: [], corrected: {}, copy: null };

export const noPersonal = (): Pii<Personal> => new Pii(NOTHING);

export const changed = (personal: Pii<Personal>, change: Partial<Personal>): Pii<Personal> =>
  personal.map((old) => ({ ...old, ...change }));

export const paperOf = (personal: Personal, paperId: string): HeldPaper =>
  personal.papers[paperId] ?? NO_PAPER;

export const withPaper = (personal: Pii<Personal>, paperId: string, paper: HeldPaper): Pii<Personal> =>
  personal.map((old) => ({ ...old, papers: { ...old.papers, [paperId]: paper } }));

export const dropPage = (page: CapturedPage): void => {
  page.jpeg.drop();
  page.text.drop();
  page.words.drop();
  page.fields.drop();
  page.checks.drop();
};

/** Empties every wrapper, so that whoever still holds one holds nothing. */
export const dropPersonal = (personal: Pii<Personal>): void => {
  if (personal.dropped) return;
  const { card, identity, papers } = personal.reveal();
  card?.key.drop();
  card?.citizen.drop();
  identity?.citizen.drop();
  identity?.portrait?.drop();
  for (const paper of Object.values(papers)) paper.pages.forEach(dropPage);
  personal.drop();
};
