// Of what is the list that a screen is to the ear?
import type { CitizenEvent, Wishes } from "../../flows/events.js";
import { type Say, text, type Words } from "../speech.js";
import type { TextKey } from "../texts/texts.js";

/** Which characters an entry takes. "words": Vietnamese letters and tones. */
export type Alphabet = "digits" | "phone" | "code" | "email" | "words";

/** Something to be typed, with digits or by choosing each character. */
export interface Ask {
  readonly label: Say;
  readonly alphabet: Alphabet;
  /** At most so many characters; `exact`: not fewer either. */
  readonly length: number;
  readonly exact: boolean;
  /** Eight digits, day first, that must be a day. */
  readonly date: boolean;
  /** What is typed is the citizen's own: without headphones it is counted, not repeated. */
  readonly own: boolean;
  /** What stands there before. */
  readonly value: string;
  readonly done: (value: string) => Deed;
}

/** What choosing an item does. */
export type Deed =
  | { readonly do: "send"; readonly event: CitizenEvent }
  /** Sends, and the list that led here is shown again. */
  | { readonly do: "sendAndBack"; readonly event: CitizenEvent }
  | { readonly do: "open"; readonly menu: string }
  | { readonly do: "back" }
  | { readonly do: "enter"; readonly ask: Ask }
  /** Says what is the citizen's own, who asks for it. */
  | { readonly do: "read"; readonly own: Say }
  | { readonly do: "wish"; readonly wish: Partial<Wishes> }
  /** Kept until the screen is another. */
  | { readonly do: "draft"; readonly key: string; readonly value: string }
  /** Not yet: says why. */
  | { readonly do: "say"; readonly words: Say };

export interface EarItem {
  /** The same for the same thing, so that the place in the list is kept while values change. */
  readonly id: string;
  readonly says: readonly Say[];
  /** The citizen's own: said to headphones, or to who asks. */
  readonly own?: Say;
  readonly deed?: Deed;
}

/** What is known besides the view. */
export interface EarContext {
  /** Of `Deed` "draft". */
  readonly drafts: Readonly<Record<string, string>>;
  readonly communes: (province: string) => readonly { readonly code: string; readonly name: string }[];
}

export const note = (id: string, ...says: readonly Say[]): EarItem => ({ id, says });

export const noteOf = (key: TextKey, words: Words = {}): EarItem => note(key, text(key, words));

export const press = (key: TextKey, event: CitizenEvent, id: string = key): EarItem => ({
  id,
  says: [text(key)],
  deed: { do: "send", event },
});

export const opens = (key: TextKey, menu: string): EarItem => ({
  id: key,
  says: [text(key)],
  deed: { do: "open", menu },
});

export const closes = (): EarItem => ({ id: "back", says: [text("ear.back")], deed: { do: "back" } });

/** A label with the citizen's own beside it; choosing it reads it out. */
export const ownItem = (id: string, label: Say, own: Say): EarItem => ({
  id,
  says: [label],
  own,
  deed: { do: "read", own },
});

/** Words that are not of a catalogue; their sound is not kept. */
export const words =
  (said: string): Say =>
  () =>
    said === "" ? [] : [{ text: said, keep: false }];

/** Character by character. */
export const letterwise = (value: string): Say => words([...value].join(", "));
