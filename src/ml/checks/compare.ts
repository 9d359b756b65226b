// Do the papers of a visit agree with the card, with the form and with each other?
import type { Bilingual } from "../../core/faults.js";
import type { PaperClass } from "../../core/paper-class.js";
import type { ReadField } from "../reader.js";
import type { Check } from "./check.js";
import { say } from "./finding.js";
import { type PaperPerson, personsOf, TRAITS, type Trait } from "./persons.js";
import { checkSheets, type Sheet } from "./sheets.js";
import { type Agreement, CHECK_OF, compareValues, meaningOf } from "./values.js";

/** A form field of a procedure, as far as it is compared (`FormField` of the procedures fits). */
export interface ComparedField {
  readonly key: string;
  readonly kind: string;
  readonly label: Bilingual;
  /** Card field. */
  readonly fromCard?: string;
  /** `paperId.fieldName`. */
  readonly fromPaper?: string;
}

export interface ComparedPaper {
  readonly paperId: string;
  readonly title: Bilingual;
  readonly paperClass: PaperClass;
  /** Of all its pages. */
  readonly fields: readonly ReadField[];
  /** Of all its pages; repeated in the answer with the paper's id, so that one list says all. */
  readonly checks: readonly Check[];
  readonly sheets?: readonly Sheet[];
}

export interface Comparison {
  /** By card field, dates yyyy-MM-dd; null when nobody identified. */
  readonly citizen: Readonly<Partial<Record<string, string>>> | null;
  /** How sure the citizen's data are: "claimed" data that differ make an "unsure", not a "fail". */
  readonly identityLevel: "claimed" | "chipRead" | "genuine" | "notCloned" | "holderPresent" | null;
  /** What was typed or taken over, by form key. */
  readonly values: Readonly<Record<string, string>>;
  readonly fields: readonly ComparedField[];
  readonly papers: readonly ComparedPaper[];
  /** yyyy-MM-dd. */
  readonly today: string;
}

/** One value with where it stands. */
interface Said {
  readonly value: string;
  /** The source as the sentence names it. */
  readonly source: Bilingual;
  /** Below `SURE` a difference may be a slip of the reading. */
  readonly confidence: number;
  readonly paperId?: string;
  readonly box?: ReadField["box"];
}

/** Below this a field is read with doubt, and so is what contradicts it. */
const SURE = 0.8;
/** A difference of one mark or digit needs a surer reading than a different word. */
const SURE_OF_A_MARK = 0.92;

const CARD = say("thẻ căn cước", "the citizen card");
const FORM = say("tờ khai", "the form");

const verdictOf = (match: Agreement, a: Said, b: Said, weak: boolean): Check["verdict"] => {
  if (match.result === "same" || match.explained) return "pass";
  if (match.result === "variant" || weak) return "unsure";
  const sure = match.near ? SURE_OF_A_MARK : SURE;
  return Math.min(a.confidence, b.confidence) >= sure ? "fail" : "unsure";
};

const sentenceOf = (label: Bilingual, a: Said, b: Said, match: Agreement): Bilingual => {
  if (match.result === "same")
    return say(
      `${label.vi}: ${a.source.vi} và ${b.source.vi} khớp nhau.`,
      `${label.en}: ${a.source.en} and ${b.source.en} agree.`,
    );
  const why = match.reason === null ? say("", "") : say(` (${match.reason.vi})`, ` (${match.reason.en})`);
  return say(
    `${label.vi}: ${a.source.vi} ghi “${a.value}”, ${b.source.vi} ghi “${b.value}”${why.vi}.`,
    `${label.en}: ${a.source.en} says “${a.value}”, ${b.source.en} says “${b.value}”${why.en}.`,
  );
};

interface Pair {
  readonly key: string;
  readonly label: Bilingual;
  readonly a: Said;
  readonly b: Said;
  /** One of the sides is only claimed. */
  readonly weak: boolean;
  /** Of the form's field, where one of the sides is the form. */
  readonly formKey?: string;
}

const judge = ({ key, label, a, b, weak, formKey }: Pair): Check => {
  const meaning = meaningOf(key);
  const match = compareValues(meaning, a.value, b.value);
  const place = a.box != null ? a : b;
  return {
    id: CHECK_OF[meaning],
    verdict: verdictOf(match, a, b, weak),
    sentence: sentenceOf(label, a, b, match),
    page: null,
    box: place.box ?? null,
    ...(place.paperId === undefined ? {} : { paperId: place.paperId }),
    ...(formKey === undefined ? {} : { formKey }),
  };
};

const isWeak = (level: Comparison["identityLevel"]): boolean => level === null || level === "claimed";

const onPaper = (paper: ComparedPaper, field: ReadField): Said => ({
  value: field.value,
  source: paper.title,
  confidence: field.confidence,
  paperId: paper.paperId,
  box: field.box,
});

const typed = (value: string): Said => ({ value, source: FORM, confidence: 1 });
const onCard = (value: string): Said => ({ value, source: CARD, confidence: 1 });

/** What a form key holds is said by where it comes from; a key of its own may have any name. */
const keyOf = (field: ComparedField): string =>
  field.fromCard ?? field.fromPaper?.split(".").at(-1) ?? field.key;

const againstForm = (visit: Comparison): readonly Check[] =>
  visit.fields.flatMap((field): readonly Check[] => {
    const value = visit.values[field.key];
    if (value === undefined || value === "") return [];
    const common = { key: keyOf(field), label: field.label, b: typed(value), formKey: field.key };
    const card = field.fromCard === undefined ? undefined : visit.citizen?.[field.fromCard];
    const [paperId, name] = field.fromPaper?.split(".") ?? [];
    const paper = visit.papers.find((one) => one.paperId === paperId);
    const read = paper?.fields.find(({ key }) => key === name);
    return [
      ...(card === undefined || card === ""
        ? []
        : [judge({ ...common, a: onCard(card), weak: isWeak(visit.identityLevel) })]),
      ...(paper === undefined || read === undefined || read.value === ""
        ? []
        : [judge({ ...common, a: onPaper(paper, read), weak: false })]),
    ];
  });

type Traits = PaperPerson["traits"];

const agree = (trait: Trait, a: string | undefined, b: string | undefined): Agreement["result"] | null =>
  a === undefined || b === undefined || a === "" || b === ""
    ? null
    : compareValues(meaningOf(trait), a, b).result;

/** Two descriptions of perhaps one person, by trait. */
type Described = Readonly<Partial<Record<Trait, string | undefined>>>;

const described = (traits: Traits): Described =>
  Object.fromEntries(TRAITS.map((trait) => [trait, traits[trait]?.value]));

/**
 * One person, when the number is the same; or, where one has none, when name and birth do not speak against it and
 * one of them is the same. A number that differs by one digit beside the same name and birth is a slip or a change,
 * and no other person.
 */
const isOnePerson = (a: Described, b: Described): boolean => {
  const number = agree("number", a.number, b.number);
  const name = agree("fullName", a.fullName, b.fullName);
  const birth = agree("birthDate", a.birthDate, b.birthDate);
  if (number === "same") return true;
  if (number === "different") return name === "same" && birth === "same";
  return (name === "same" || name === "variant") && birth !== "different";
};

const againstCard = (visit: Comparison, paper: ComparedPaper): readonly Check[] => {
  const { citizen, identityLevel } = visit;
  if (citizen === null) return [];
  const card: Described = Object.fromEntries(TRAITS.map((trait) => [trait, citizen[trait]]));
  const persons = personsOf(paper.fields);
  const holder = persons.find(({ traits }) => isOnePerson(described(traits), card));
  if (holder === undefined) return someoneElse(paper, persons, card);
  return TRAITS.flatMap((trait) => {
    const field = holder.traits[trait];
    const value = card[trait];
    if (field === undefined || value === undefined || value === "") return [];
    const old = citizen["oldNumber"];
    const known = trait === "number" && old !== undefined && field.value.length === old.length ? old : value;
    const pair = { key: trait, label: field.label, a: onPaper(paper, field), b: onCard(known) };
    return [judge({ ...pair, weak: isWeak(identityLevel) })];
  });
};

/** A paper of a child or a spouse is usual; an officer is told, no more. */
const someoneElse = (
  paper: ComparedPaper,
  persons: readonly PaperPerson[],
  card: Described,
): readonly Check[] => {
  const field = persons[0]?.traits.fullName;
  if (field === undefined || card.fullName === undefined) return [];
  const sentence = say(
    `${paper.title.vi} ghi tên “${field.value}”, không phải người đang nộp.`,
    `${paper.title.en} names “${field.value}”, not the person who hands it in.`,
  );
  return [
    { id: "compare.name", verdict: "unsure", sentence, page: null, box: field.box, paperId: paper.paperId },
  ];
};

const betweenPapers = (one: ComparedPaper, other: ComparedPaper): readonly Check[] =>
  personsOf(one.fields).flatMap((person) => {
    const twin = personsOf(other.fields).find(({ traits }) =>
      isOnePerson(described(traits), described(person.traits)),
    );
    if (twin === undefined) return [];
    return TRAITS.flatMap((trait) => {
      const [a, b] = [person.traits[trait], twin.traits[trait]];
      if (a === undefined || b === undefined) return [];
      return [judge({ key: trait, label: a.label, a: onPaper(one, a), b: onPaper(other, b), weak: false })];
    });
  });

/** Papers beyond this are not compared with each other; a visit has a handful. */
const MOST_PAPERS = 24;

/** Pure; never throws. The papers' own checks first, then what comparing them says. */
export const comparePapers = (visit: Comparison): readonly Check[] => {
  const papers = visit.papers.slice(0, MOST_PAPERS);
  return [
    ...visit.papers.flatMap(({ paperId, checks }) => checks.map((check) => ({ ...check, paperId }))),
    ...papers.flatMap((paper) => checkSheets(paper.paperId, paper.sheets ?? [])),
    ...papers.flatMap((paper) => againstCard(visit, paper)),
    ...againstForm(visit),
    ...papers.flatMap((one, index) => papers.slice(index + 1).flatMap((other) => betweenPapers(one, other))),
  ];
};
