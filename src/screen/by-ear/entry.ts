// How is something typed with the few keys of a keypad, by ear alone?
//
// Digit keys type digits. Without them, or for letters, "next" and "previous" walk the characters (each is spoken)
// and "select" takes the one they stand on; with none under them, "select" says: done. Marks of Vietnamese are letters
// of the alphabet here, tones are put on the syllable that was spelled.
import type { EarKey } from "../../flows/protocol.js";
import { type Say, text } from "../speech.js";
import { setTone, type Tone } from "../syllable.js";
import type { TextKey } from "../texts/texts.js";
import { typedDate } from "./identify.js";
import { type Alphabet, type Ask, letterwise, words } from "./items.js";

const DIGITS = [..."0123456789"];
const LATIN = [..."abcdefghijklmnopqrstuvwxyz"];
/** In the order of the Vietnamese alphabet, then the letters of foreign names. */
const VIETNAMESE = [..."aăâbcdđeêghiklmnoôơpqrstuưvxyfjwz"];
const TONES: readonly (readonly [Tone, TextKey])[] = [
  ["acute", "keyboard.acute"],
  ["grave", "keyboard.grave"],
  ["hook", "keyboard.hook"],
  ["tilde", "keyboard.tilde"],
  ["dot", "keyboard.dot"],
];

interface Choice {
  readonly says: Say;
  /** What stands there after it was taken. */
  readonly apply: (typed: string) => string;
  /** It changes what stands there already: that is what is said then. */
  readonly changes?: true;
}

const character = (letter: string): Choice => ({
  says: words(letter),
  apply: (typed) => typed + (typed === "" ? letter.toUpperCase() : letter),
});
const literal = (letter: string): Choice => ({ says: words(letter), apply: (typed) => typed + letter });
const SPACE: Choice = { says: text("keyboard.space"), apply: (typed) => `${typed} ` };

const ALPHABETS: Readonly<Record<Alphabet, readonly Choice[]>> = {
  digits: DIGITS.map(literal),
  phone: [...DIGITS, "+"].map(literal),
  code: [...DIGITS, ...LATIN.map((letter) => letter.toUpperCase()), "-", ":"].map(literal),
  email: [...LATIN, ...DIGITS, "@", ".", "-", "_"].map(literal),
  words: [
    ...VIETNAMESE.map(character),
    SPACE,
    ...TONES.map(
      ([tone, key]): Choice => ({ says: text(key), apply: (typed) => setTone(typed, tone), changes: true }),
    ),
    ...[...DIGITS, ",", ".", "/", "-"].map(literal),
  ],
};

/** Behind the characters. */
const VERBS = [
  ["done", "keyboard.hide"],
  ["erase", "keyboard.erase"],
  ["back", "ear.back"],
] as const satisfies readonly (readonly [string, TextKey])[];

export interface Entry {
  readonly ask: Ask;
  readonly typed: string;
  /** The character or verb that the keys stand on; null: none. */
  readonly at: number | null;
}

export interface EntryStep {
  /** Null: it is over. */
  readonly entry: Entry | null;
  readonly says: readonly Say[];
  /** What was entered, when it was. */
  readonly value?: string;
}

export const beginEntry = (ask: Ask): EntryStep => ({
  entry: { ask, typed: ask.value, at: null },
  says: [ask.label, ...howTo(ask)],
});

const howTo = ({ alphabet, date }: Ask): readonly Say[] => {
  if (date) return [text("ear.enterDate"), text("ear.enterWithout")];
  return alphabet === "digits" || alphabet === "phone"
    ? [text("ear.enterDigits"), text("ear.enterWithout")]
    : [text("ear.spellHow")];
};

/** What is typed so far: to one pair of ears, or where it is nobody's secret, itself; else how much it is. */
const soFar = ({ ask, typed }: Entry, whole: boolean): Say => {
  if (typed === "") return text("form.empty");
  if (ask.own && !whole) return text("ear.typed", { count: typed.length });
  return ask.alphabet === "words" ? words(typed) : letterwise(typed);
};

const take = (entry: Entry, { says, apply, changes }: Choice, whole: boolean): EntryStep => {
  const { ask } = entry;
  const typed = apply(entry.typed);
  if (typed.length > ask.length) return { entry: { ...entry, at: null }, says: [text("ear.full")] };
  const next = { ...entry, typed, at: null };
  const heard = changes === true || (ask.own && !whole) ? soFar(next, whole) : says;
  return {
    entry: next,
    says: ask.exact && typed.length === ask.length ? [heard, text("ear.full")] : [heard],
  };
};

const done = (entry: Entry): EntryStep => {
  const { ask, typed } = entry;
  if (ask.exact && typed.length < ask.length)
    return { entry, says: [text("ear.missing", { missing: ask.length - typed.length })] };
  if (typed.trim() === "") return { entry, says: [text("form.empty")] };
  if (!ask.date) return { entry: null, says: [], value: typed.trim() };
  const date = typedDate(typed);
  if (date === null) return { entry: { ...entry, typed: "", at: null }, says: [text("form.badDate")] };
  return { entry: null, says: [], value: date };
};

const erase = (entry: Entry, whole: boolean): EntryStep => {
  const next = { ...entry, typed: entry.typed.slice(0, -1), at: null };
  return { entry: next, says: [text("ear.erased"), soFar(next, whole)] };
};

const choose = (entry: Entry, whole: boolean): EntryStep => {
  const choices = ALPHABETS[entry.ask.alphabet];
  if (entry.at === null) return done(entry);
  const choice = choices[entry.at];
  if (choice !== undefined) return take(entry, choice, whole);
  const [verb] = VERBS[entry.at - choices.length] ?? ["back"];
  if (verb === "done") return done({ ...entry, at: null });
  return verb === "erase" ? erase(entry, whole) : { entry: null, says: [text("ear.left")] };
};

const move = (entry: Entry, step: 1 | -1): EntryStep => {
  const choices = ALPHABETS[entry.ask.alphabet];
  const count = choices.length + VERBS.length;
  // From nowhere: forwards to the first character, backwards to "done".
  const from = entry.at ?? (step === 1 ? -1 : choices.length + 1);
  const at = (from + step + count) % count;
  const choice = choices[at];
  const verb = VERBS[at - choices.length];
  return {
    entry: { ...entry, at },
    says: [choice?.says ?? text(verb?.[1] ?? "ear.back")],
  };
};

/** `whole`: headphones are in, what is typed may be repeated. Keys that an entry does not know say what is typed. */
export const entryKey = (entry: Entry, key: EarKey, whole: boolean): EntryStep => {
  switch (key) {
    case "next":
      return move(entry, 1);
    case "previous":
      return move(entry, -1);
    case "select":
      return choose(entry, whole);
    case "erase":
      return erase(entry, whole);
    case "back":
      return { entry: null, says: [text("ear.left")] };
    case "repeat":
    case "volume":
    case "pace":
      return { entry, says: [entry.ask.label, soFar(entry, whole)] };
    default:
      return take(entry, literal(key), whole);
  }
};
