// Do the numbers on a page have the form that their issuer gives them, and say what the rest of the page says?
import { contradictions, parseCitizenNumber, type Sex } from "../../core/citizen-number.js";
import { parseMrzDate } from "../../core/dates.js";
import { type Mrz, parseMrz } from "../../core/mrz.js";
import type { KnownPaperClass } from "../../core/paper-class.js";
import type { PageCode, ReadField } from "../reader.js";
import type { CheckId } from "./catalogue.js";
import type { Check } from "./check.js";
import { finding, say } from "./finding.js";
import { compareNames } from "./names.js";
import type { PageInput } from "./page-checks.js";
import { personsOf } from "./persons.js";

/** Below this a field's reading may have slipped, and what contradicts it is no more than a doubt. */
export const SURE = 0.8;

export const doubted = (...fields: readonly (ReadField | undefined)[]): "fail" | "unsure" =>
  fields.every((field) => field === undefined || field.confidence >= SURE) ? "fail" : "unsure";

const asSex = (value: string | undefined): Sex | null =>
  value === "Nam" ? "Nam" : value === "Nữ" ? "Nữ" : null;

const CONTRADICTION: Readonly<Record<string, readonly [CheckId, vi: string, en: string]>> = {
  "year of birth differs": [
    "number.birth",
    "Năm sinh trong số định danh khác ngày sinh ghi trên giấy.",
    "The year in the personal number is not the year of birth on the paper.",
  ],
  "sex differs": [
    "number.sex",
    "Giới tính trong số định danh khác giới tính ghi trên giấy.",
    "The sex in the personal number is not the sex on the paper.",
  ],
  "no province has its code": [
    "number.province",
    "Không tỉnh nào có mã ở đầu số định danh này.",
    "No province has the code at the head of this personal number.",
  ],
};

/** The twelve digits of each person on the page against that person's birth and sex. */
const citizenNumbers = (input: PageInput): readonly Check[] =>
  personsOf(input.fields).flatMap(({ traits }): readonly Check[] => {
    const { number: field, birthDate, sex } = traits;
    const number = field === undefined ? null : parseCitizenNumber(field.value);
    if (field === undefined || number === null) return [];
    const birth = birthDate?.value ?? String(number.birthYear);
    const wrong = contradictions(number, { birthDate: birth, sex: asSex(sex?.value) });
    if (wrong.length === 0)
      return [
        finding(
          "number.birth",
          "pass",
          say(
            "Số định danh khớp với người ghi trên giấy.",
            "The personal number fits the person on the paper.",
          ),
          field.box,
        ),
      ];
    return wrong.flatMap((why) => {
      const [id, vi, en] = CONTRADICTION[why] ?? [];
      if (id === undefined || vi === undefined || en === undefined) return [];
      const other = id === "number.birth" ? birthDate : id === "number.sex" ? sex : undefined;
      return [finding(id, doubted(field, other), say(vi, en), field.box)];
    });
  });

const PLATE = /^\d{2}[A-ZĐ]{1,2}\d?[-–\s]?\d{3}[.\s]?\d{2}$|^\d{2}[A-ZĐ]{1,2}\d?[-–\s]?\d{4}$/u;

/**
 * Circular 04/2020/TT-BTP (civil status), Decree 30/2020/NĐ-CP annex I (offices' papers), Decision 346/QĐ-BHXH
 * (insurance), Circular 12/2017/TT-BGTVT (licences), Circular 58/2020/TT-BCA (plates). Wider than these where offices
 * are.
 */
const PATTERNS: Readonly<Partial<Record<KnownPaperClass, Readonly<Record<string, RegExp>>>>> = {
  birthCertificate: { number: /^\d{1,5}(\s?[/.-]\s?[\dA-ZĐ-]+){0,4}$/u, personalNumber: /^\d{12}$/ },
  marriageCertificate: { number: /^\d{1,5}(\s?[/.-]\s?[\dA-ZĐ-]+){0,4}$/u },
  decision: { number: /^\d{1,6}\s?\/\s?(\d{4}\s?\/\s?)?QĐ?D?[-\s]?[A-ZĐ\d&.-]*$/u },
  confirmationLetter: { number: /^\d{1,6}(\s?\/\s?[\dA-ZĐ.&-]+){1,4}$/u },
  householdConfirmation: { number: /^\d{1,6}(\s?\/\s?[\dA-ZĐ.&-]+){0,4}$/u },
  drivingLicence: { number: /^\d{12}$|^[A-Z]{2}\d{6,10}$/, licenceNumber: /^\d{12}$|^[A-Z]{2}\d{6,10}$/ },
  healthInsuranceCard: {
    number: /^([A-Z]{2}\d)?\s?[\d\s]{10,14}$/,
    insuranceNumber: /^([A-Z]{2}\d)?\s?[\d\s]{10,14}$/,
    cardNumber: /^([A-Z]{2}\d)?\s?[\d\s]{10,14}$/,
  },
  vehicleRegistration: { plate: PLATE, plateNumber: PLATE },
};

/** Only a doubt: a slip of the reading breaks a pattern as easily as a wrong hand does. */
const patterns = ({ fields, paperClass }: PageInput): readonly Check[] => {
  if (paperClass === "unknown") return [];
  const wanted = PATTERNS[paperClass] ?? {};
  return fields.flatMap(({ key, value, confidence, box }): readonly Check[] => {
    const pattern = wanted[key];
    if (pattern === undefined || value === "" || confidence < SURE || pattern.test(value)) return [];
    return [
      finding(
        "number.pattern",
        "unsure",
        say(
          `Số “${value}” không theo mẫu số của loại giấy này.`,
          `“${value}” is not how this kind of paper is numbered.`,
        ),
        box,
      ),
    ];
  });
};

const zoneOf = ({ kind, text }: PageCode): Mrz | null => {
  if (kind !== "mrz") return null;
  try {
    return parseMrz(text);
  } catch {
    // No zone of any known format: nothing to check.
    return null;
  }
};

const zones = (input: PageInput): readonly Check[] =>
  input.codes.flatMap((code): readonly Check[] => {
    const mrz = zoneOf(code);
    if (mrz === null) return [];
    const holds = mrz.failedChecks.length === 0;
    const sentence = holds
      ? say(
          "Các số kiểm tra của vùng đọc máy đều đúng.",
          "Every check digit of the machine-readable zone holds.",
        )
      : say(
          "Số kiểm tra của vùng đọc máy không khớp.",
          `Check digits do not hold: ${mrz.failedChecks.join(", ")}.`,
        );
    const digits = finding("mrz.digits", holds ? "pass" : "fail", sentence, code.box);
    const said: CodeSays = {
      number: mrz.citizenNumber,
      name: mrz.citizenNumber === null ? null : `${mrz.surname} ${mrz.givenNames}`,
      birthDate: parseMrzDate(mrz.birthDate, input.today ?? "2099-12-31"),
    };
    return [digits, ...(holds ? codeAgainstPrint(code, said, input) : [])];
  });

interface CodeSays {
  readonly number: string | null;
  readonly name: string | null;
  /** yyyy-MM-dd. */
  readonly birthDate: string | null;
}

const codeDiffers = (code: PageCode, what: readonly [vi: string, en: string], field: ReadField): Check =>
  finding(
    "code.field",
    doubted(field),
    say(`Mã trên giấy và chữ in khác nhau về ${what[0]}.`, `Code and print differ in the ${what[1]}.`),
    field.box ?? code.box,
  );

const codeAgainstPrint = (code: PageCode, said: CodeSays, { fields }: PageInput): readonly Check[] => {
  const [holder] = personsOf(fields);
  if (holder === undefined) return [];
  const { number, fullName, birthDate } = holder.traits;
  const found: Check[] = [];
  if (number !== undefined && said.number !== null && number.value !== said.number)
    found.push(codeDiffers(code, ["số định danh", "personal number"], number));
  if (
    fullName !== undefined &&
    said.name !== null &&
    compareNames(fullName.value, said.name).result === "different"
  )
    found.push(codeDiffers(code, ["họ tên", "name"], fullName));
  const born = birthDate?.value ?? "";
  if (birthDate !== undefined && said.birthDate !== null && born.length === 10 && born !== said.birthDate)
    found.push(codeDiffers(code, ["ngày sinh", "birth date"], birthDate));
  if (found.length > 0 || (number === undefined && fullName === undefined)) return found;
  const agree = say("Mã trên giấy khớp với chữ in.", "Code and print agree.");
  return [finding("code.field", "pass", agree, code.box)];
};

/** As on the citizen card: number|old number|name|ddMMyyyy|sex|address|issue date; other codes say what they like. */
const cardCodes = (input: PageInput): readonly Check[] =>
  input.codes.flatMap((code): readonly Check[] => {
    const [number = "", , name = "", birth = ""] = code.kind === "qr" ? code.text.split("|") : [];
    const day = /^(\d\d)(\d\d)(\d{4})$/.exec(birth);
    if (!/^\d{12}$/.test(number) || day === null) return [];
    return codeAgainstPrint(code, { number, name, birthDate: `${day[3]}-${day[2]}-${day[1]}` }, input);
  });

export const checkNumbers = (input: PageInput): readonly Check[] => [
  ...citizenNumbers(input),
  ...patterns(input),
  ...zones(input),
  ...cardCodes(input),
];
