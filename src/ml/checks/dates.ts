// Can the dates on a page all be true?
import type { PaperClass } from "../../core/paper-class.js";
import type { Box, ReadField } from "../reader.js";
import type { Check } from "./check.js";
import { dateFromWords } from "./date-words.js";
import { finding, say } from "./finding.js";
import { doubted } from "./numbers.js";
import type { PageInput } from "./page-checks.js";
import { personsOf } from "./persons.js";

const BIRTH = /birth(Date|Year)$/i;
const EXPIRY = /(expir|validTo|validUntil)/i;
/** When an office wrote the paper; nothing on it is younger, save its term. */
const ISSUE = /^(issue|issued|registration|decision|signing|signed|marriage|paper)(Date|On)$/i;

const shown = (date: string): string => date.split("-").reverse().join("/");

const isDate = ({ value }: ReadField): boolean => /^\d{4}(-\d\d-\d\d)?$/.test(value);

const before = (a: string, b: string): boolean => {
  const length = Math.min(a.length, b.length);
  return a.slice(0, length) < b.slice(0, length);
};

const order = ({ fields }: PageInput): readonly Check[] => {
  const dated = fields.filter(isDate);
  const issued = dated.filter(({ key }) => ISSUE.test(key));
  const late = dated.filter(({ key }) => BIRTH.test(key));
  const ends = dated.filter(({ key }) => EXPIRY.test(key));
  const reversed = (early: ReadField, next: ReadField): readonly Check[] =>
    before(next.value, early.value)
      ? [
          finding(
            "date.order",
            doubted(early, next),
            say(
              `${next.label.vi} (${shown(next.value)}) trước ${early.label.vi.toLowerCase()} (${shown(early.value)}).`,
              `${next.label.en} (${shown(next.value)}) is before ${early.label.en.toLowerCase()} (${shown(early.value)}).`,
            ),
            next.box,
          ),
        ]
      : [];
  const found = issued.flatMap((issue) => [
    ...late.flatMap((birth) => reversed(birth, issue)),
    ...ends.flatMap((end) => reversed(issue, end)),
  ]);
  if (found.length > 0 || issued.length === 0 || late.length + ends.length === 0) return found;
  return [finding("date.order", "pass", say("Các ngày theo đúng thứ tự.", "The dates are in order."))];
};

const againstToday = ({ fields, today }: PageInput): readonly Check[] =>
  today === undefined
    ? []
    : fields.filter(isDate).flatMap((field): readonly Check[] => {
        if (EXPIRY.test(field.key))
          return before(field.value, today)
            ? [
                finding(
                  "date.expired",
                  doubted(field),
                  say(
                    `Giấy hết hạn ngày ${shown(field.value)}.`,
                    `The paper ended on ${shown(field.value)}.`,
                  ),
                  field.box,
                ),
              ]
            : [];
        return (BIRTH.test(field.key) || ISSUE.test(field.key)) && before(today, field.value)
          ? [
              finding(
                "date.future",
                doubted(field),
                say(
                  `${field.label.vi} (${shown(field.value)}) còn ở tương lai.`,
                  `${field.label.en} (${shown(field.value)}) is in the future.`,
                ),
                field.box,
              ),
            ]
          : [];
      });

const DIGITS = /(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})/g;
const iso = (match: RegExpExecArray | RegExpMatchArray): string =>
  `${match[3]}-${(match[2] ?? "").padStart(2, "0")}-${(match[1] ?? "").padStart(2, "0")}`;

interface PrintedLine {
  readonly text: string;
  readonly box: Box;
  readonly confidence: number;
}

const printedLines = ({ lines, words }: PageInput): readonly PrintedLine[] =>
  lines.map(({ from, to, box }) => {
    const own = words.slice(from, to);
    return {
      text: own.map(({ text }) => text).join(" "),
      box,
      confidence: Math.min(1, ...own.map(({ confidence }) => confidence)),
    };
  });

const plain = (text: string): string => text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();

/** A date in words belongs to the digits on its line or up to two lines above. */
const inWords = (input: PageInput): readonly Check[] => {
  const lines = printedLines(input);
  return lines.flatMap((line, index): readonly Check[] => {
    // The year's last words may stand on the next line; its first two stand by the month.
    if (!/\bthang .*\bnam (mot|hai)\b/.test(plain(line.text))) return [];
    const words = dateFromWords(`${line.text} ${lines[index + 1]?.text ?? ""}`);
    if (words === null) return [];
    const near = lines.slice(Math.max(0, index - 2), index + 1).toReversed();
    const digits = near.flatMap(({ text }) => [...text.matchAll(DIGITS)].map(iso));
    if (digits.length === 0) return [];
    if (digits.includes(words))
      return [
        finding(
          "date.words",
          "pass",
          say("Ngày bằng chữ khớp bằng số.", "Words and digits give one date."),
          line.box,
        ),
      ];
    const sure = Math.min(line.confidence, ...near.map(({ confidence }) => confidence)) > WORDS_SURE;
    return [
      finding(
        "date.words",
        sure ? "fail" : "unsure",
        say(
          `Ngày bằng chữ là ${shown(words)}, bằng số là ${shown(digits[0] ?? "")}.`,
          `In words it is ${shown(words)}, in digits ${shown(digits[0] ?? "")}.`,
        ),
        line.box,
      ),
    ];
  });
};

/** Of the least sure word on the lines. */
const WORDS_SURE = 0.6;

interface Gap {
  readonly least: number;
  readonly most: number;
}

/** Years between a parent's birth and a child's: beyond `least` impossible, beyond `most` worth a look. */
const PARENTS: Readonly<Record<string, Gap>> = {
  mother: { least: 12, most: 58 },
  father: { least: 12, most: 85 },
};

const parents = ({ fields }: PageInput): readonly Check[] => {
  const persons = personsOf(fields);
  const child = persons.find(({ role }) => role === "")?.traits.birthDate;
  if (child === undefined || !isDate(child)) return [];
  return persons.flatMap(({ role, traits }): readonly Check[] => {
    const gap = PARENTS[role];
    const born = traits.birthDate;
    if (gap === undefined || born === undefined || !isDate(born)) return [];
    const years = Number(child.value.slice(0, 4)) - Number(born.value.slice(0, 4));
    if (years >= gap.least + 3 && years <= gap.most) return [];
    const who = role === "mother" ? say("Mẹ", "The mother") : say("Cha", "The father");
    return [
      finding(
        "age.parents",
        years < gap.least ? doubted(child, born) : "unsure",
        say(`${who.vi} ${years} tuổi khi sinh con.`, `${who.en} was ${years} when the child was born.`),
        born.box,
      ),
    ];
  });
};

interface AgeRule {
  readonly on: RegExp;
  readonly role: string;
  readonly least: number;
  readonly law: string;
}

/** Law on marriage and family 52/2014/QH13 article 8; on road traffic order 36/2024/QH15 article 59. */
const AGES: Readonly<Partial<Record<PaperClass, readonly AgeRule[]>>> = {
  marriageCertificate: [
    { on: ISSUE, role: "husband", least: 20, law: "52/2014/QH13" },
    { on: ISSUE, role: "wife", least: 18, law: "52/2014/QH13" },
  ],
  drivingLicence: [{ on: ISSUE, role: "", least: 16, law: "36/2024/QH15" }],
  diploma: [{ on: /^graduationYear$/, role: "", least: 15, law: "43/2019/QH14" }],
};

const ages = ({ fields, paperClass }: PageInput): readonly Check[] =>
  (AGES[paperClass] ?? []).flatMap(({ on, role, least, law }): readonly Check[] => {
    const birth = personsOf(fields).find((person) => person.role === role)?.traits.birthDate;
    const day = fields.find((field) => on.test(field.key) && isDate(field));
    if (birth === undefined || day === undefined || !isDate(birth)) return [];
    const whole = Math.min(birth.value.length, day.value.length) === 10;
    const years = Number(day.value.slice(0, 4)) - Number(birth.value.slice(0, 4));
    const age = whole && day.value.slice(5) < birth.value.slice(5) ? years - 1 : years;
    if (age >= least) return [];
    return [
      finding(
        "age.rule",
        doubted(birth, day),
        say(
          `Mới ${age} tuổi khi giấy được cấp, luật ${law} đòi ${least}.`,
          `Aged ${age} when it was issued; law ${law} wants ${least}.`,
        ),
        birth.box,
      ),
    ];
  });

export const checkDates = (input: PageInput): readonly Check[] => [
  ...order(input),
  ...againstToday(input),
  ...inWords(input),
  ...parents(input),
  ...ages(input),
];
