// How is a field of a form heard and filled in by ear?
//
// Choices are chosen from a list, digits and dates are typed, places are chosen from lists. Letters are chosen one by
// one, which is slow: an officer who types is offered beside it.
import { SIGNS_AT_DESK, SIGNS_AT_DESK_WORDS } from "../../core/drawn-signature.js";
import { PLACES, placeNamed, shortName } from "../../core/places.js";
import type { CitizenEvent } from "../../flows/events.js";
import type { FieldView } from "../../flows/view.js";
import { joinAddress, splitAddress } from "../address.js";
import { shownDate } from "../format.js";
import { pick, type Say, text } from "../speech.js";
import {
  type Alphabet,
  type Ask,
  closes,
  type Deed,
  type EarContext,
  type EarItem,
  letterwise,
  note,
  opens,
  press,
  words,
} from "./items.js";

const LONGEST_WORDS = 200;
const LONGEST_DIGITS = 15;
const DATE_DIGITS = 8;

export type SetField = (key: string, value: string) => CitizenEvent;

export const fieldMenu = (key: string): string => `field:${key}`;
const partMenu = (key: string, part: "province" | "commune"): string => `${fieldMenu(key)}:${part}`;

/** A drawing is nothing to hear: that there is one is. */
const signedInWords = (value: string): Say =>
  value === SIGNS_AT_DESK ? pick(SIGNS_AT_DESK_WORDS) : text("form.signed");

/** The value as it is said to one pair of ears: a number digit by digit. */
export const valueInWords = ({ choices, value, kind }: FieldView): Say => {
  if (kind === "signature") return signedInWords(value);
  const choice = choices.find((each) => each.value === value);
  if (choice !== undefined) return pick(choice.label);
  return kind === "digits" || kind === "phone" ? letterwise(value) : words(shownDate(value));
};

const doubts = ({ doubtful, mendedFrom, unread, fromHand }: FieldView): readonly Say[] => {
  if (unread === true) return [text("ear.unread")];
  if (fromHand === true) return [text("papers.fromHand")];
  return doubtful || mendedFrom !== undefined ? [text("form.doubtful")] : [];
};

const about = (field: FieldView): readonly Say[] => [
  pick(field.label),
  ...(field.error === null ? [] : [pick(field.error)]),
  text(field.required ? "form.required" : "form.optional"),
  ...(field.hint === null ? [] : [pick(field.hint)]),
  ...doubts(field),
  ...(field.value === "" ? [text("form.empty")] : []),
];

export const fieldItem = (field: FieldView): EarItem => ({
  id: `field-${field.key}`,
  says: about(field),
  ...(field.value === "" ? {} : { own: valueInWords(field) }),
  deed: { do: "open", menu: fieldMenu(field.key) },
});

const reading = (field: FieldView): readonly EarItem[] =>
  field.value === ""
    ? []
    : [
        {
          id: "read",
          says: [text("ear.read")],
          deed: { do: "read", own: valueInWords(field) },
        },
      ];

const officer = (): EarItem => press("ear.officerTypes", { type: "CALL_OFFICER" });

const spelling = (ask: Ask): EarItem => ({
  id: "spell",
  says: [text("ear.spell")],
  deed: { do: "enter", ask },
});

const ALPHABETS: Readonly<Record<FieldView["kind"], Alphabet>> = {
  text: "words",
  multiline: "words",
  address: "words",
  choice: "words",
  signature: "words",
  date: "digits",
  digits: "digits",
  phone: "phone",
  email: "email",
};

const lengthOf = ({ kind }: FieldView): number => {
  if (kind === "date") return DATE_DIGITS;
  return kind === "digits" || kind === "phone" ? LONGEST_DIGITS : LONGEST_WORDS;
};

const askOf = (field: FieldView, done: (value: string) => Deed): Ask => ({
  label: pick(field.label),
  alphabet: ALPHABETS[field.kind],
  length: lengthOf(field),
  exact: field.kind === "date",
  date: field.kind === "date",
  own: true,
  value: field.kind === "date" ? "" : field.value,
  done,
});

/** What is filled in leads back to the screen's list, where the field now says so. */
const filled =
  (field: FieldView, set: SetField) =>
  (value: string): Deed => ({ do: "sendAndBack", event: set(field.key, value) });

const choiceItems = (field: FieldView, set: SetField): readonly EarItem[] =>
  field.choices.map(({ value, label }) => ({
    id: `choice-${value}`,
    says: [pick(label)],
    ...(value === field.value ? { own: text("ear.chosen") } : {}),
    deed: filled(field, set)(value),
  }));

const suggestions = (field: FieldView, set: SetField): readonly EarItem[] =>
  (field.suggestions ?? []).map((suggestion) => ({
    id: `suggestion-${suggestion.vi}`,
    says: [pick(suggestion)],
    deed: filled(field, set)(suggestion.vi),
  }));

const placeItem = (key: "address.province" | "address.commune", value: string, menu: string): EarItem => ({
  ...opens(key, menu),
  says: value === "" ? [text(key), text("form.empty")] : [text(key)],
  ...(value === "" ? {} : { own: words(value) }),
});

const addressItems = (field: FieldView, set: SetField): readonly EarItem[] => {
  const parts = splitAddress(field.value);
  const line = (value: string): Deed => ({
    do: "sendAndBack",
    event: set(field.key, joinAddress({ ...parts, line: value })),
  });
  return [
    placeItem("address.province", parts.province, partMenu(field.key, "province")),
    placeItem("address.commune", parts.commune, partMenu(field.key, "commune")),
    {
      id: "address.line",
      says: parts.line === "" ? [text("address.line"), text("form.empty")] : [text("address.line")],
      ...(parts.line === "" ? {} : { own: words(parts.line) }),
      deed: { do: "enter", ask: { ...askOf(field, line), label: text("address.line"), value: parts.line } },
    },
    officer(),
  ];
};

const entering = (field: FieldView, set: SetField): readonly EarItem[] => {
  const ask = askOf(field, filled(field, set));
  if (field.kind === "date" || field.kind === "digits" || field.kind === "phone")
    return [{ id: "enter", says: [text("ear.enter")], deed: { do: "enter", ask } }];
  return [spelling(ask), officer()];
};

/** Who does not see the box is not asked to draw in it. */
const signatureItems = (field: FieldView, set: SetField): readonly EarItem[] => [
  { id: "desk", says: [text("form.signAtDesk")], deed: filled(field, set)(SIGNS_AT_DESK) },
  ...(field.value === "" || field.value === SIGNS_AT_DESK
    ? []
    : [{ id: "again", says: [text("form.signAgain")], deed: filled(field, set)("") }]),
];

/** To say yes to what was read of handwriting is to fill in the same. */
const handRight = (field: FieldView, set: SetField): readonly EarItem[] =>
  field.fromHand === true
    ? [{ id: "right", says: [text("papers.handRight")], deed: filled(field, set)(field.value) }]
    : [];

const itemsOf = (field: FieldView, set: SetField): readonly EarItem[] => {
  if (field.kind === "signature") return signatureItems(field, set);
  if (field.kind === "choice") return choiceItems(field, set);
  if (field.kind === "address") return addressItems(field, set);
  return [...suggestions(field, set), ...entering(field, set)];
};

/** One place after the other, as they stand in the list of the law; digits jump (ten at a time). */
const placeItems = (
  field: FieldView,
  set: SetField,
  part: "province" | "commune",
  places: readonly { readonly code: string; readonly name: string }[],
): readonly EarItem[] => {
  const parts = splitAddress(field.value);
  const now = parts[part];
  return places.map((place) => ({
    id: `place-${place.code}`,
    says: [words(shortName(place))],
    ...(place.name === now ? { own: text("ear.chosen") } : {}),
    deed: {
      do: "sendAndBack",
      event: set(
        field.key,
        joinAddress(
          part === "province"
            ? { ...parts, province: place.name, commune: place.name === now ? parts.commune : "" }
            : { ...parts, commune: place.name },
        ),
      ),
    },
  }));
};

const partItems = (
  field: FieldView,
  set: SetField,
  part: "province" | "commune",
  context: EarContext,
): readonly EarItem[] => {
  const parts = splitAddress(field.value);
  if (part === "province")
    return [note("title", text("address.province")), ...placeItems(field, set, part, PLACES), closes()];
  const { code = "" } = placeNamed(PLACES, parts.province) ?? {};
  const communes = context.communes(code);
  const spelt = (value: string): Deed => ({
    do: "sendAndBack",
    event: set(field.key, joinAddress({ ...parts, commune: value.replaceAll(",", " ") })),
  });
  return [
    note("title", text("address.commune")),
    ...placeItems(field, set, part, communes),
    // No list of this province's communes was imported.
    ...(communes.length === 0
      ? [
          spelling({ ...askOf(field, spelt), label: text("address.commune"), value: parts.commune }),
          officer(),
        ]
      : []),
    closes(),
  ];
};

/** The list behind a field, or behind one part of an address; null when the menu is of no field here. */
export const fieldList = (
  fields: readonly FieldView[],
  menu: string,
  set: SetField,
  context: EarContext,
): readonly EarItem[] | null => {
  for (const field of fields) {
    if (menu === fieldMenu(field.key))
      return [
        { id: "title", says: about(field), ...(field.value === "" ? {} : { own: valueInWords(field) }) },
        ...handRight(field, set),
        ...itemsOf(field, set),
        ...reading(field),
        closes(),
      ];
    for (const part of ["province", "commune"] as const)
      if (menu === partMenu(field.key, part)) return partItems(field, set, part, context);
  }
  return null;
};
