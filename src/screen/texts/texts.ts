// What does the screen say, in both languages, written and spoken?
//
// `speech` stands where the ear needs other words than the eye; without it the text is spoken.
import type { Language } from "../../flows/events.js";
import en from "./en.json" with { type: "json" };
import vi from "./vi.json" with { type: "json" };

export interface Entry {
  readonly text: string;
  readonly speech?: string;
}

type Source = typeof vi;
export type TextKey = {
  [Group in keyof Source]: `${Group}.${keyof Source[Group] & string}`;
}[keyof Source];

type Catalogue = { readonly [Group in keyof Source]: { readonly [Key in keyof Source[Group]]: Entry } };
type Reverse = { readonly [Group in keyof typeof en]: { readonly [Key in keyof (typeof en)[Group]]: Entry } };

/** A key that one language lacks, either way, does not compile. */
export const CATALOGUES: Readonly<Record<Language, Catalogue & Reverse>> = { vi, en };
