// Does a page begin as every paper of the state begins, and is its issuer a body that there is?
import { PROVINCES } from "../../core/provinces.js";
import { findLabel, fold } from "../fields/match.js";
import type { ReadField, Word } from "../reader.js";
import type { Check } from "./check.js";
import { finding, say } from "./finding.js";
import { placeKey, provinceToday } from "./merger.js";
import type { PageInput } from "./page-checks.js";

/** Decree 30/2020/NĐ-CP annex I; both places of the tone are right. */
const HEADING = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM";
const MOTTO = "Độc lập Tự do Hạnh phúc";

/** Cards and sheets whose fronts bear the heading in fine print or not at all. */
const WITHOUT: ReadonlySet<string> = new Set([
  "unknown",
  "healthInsuranceCard",
  "vehicleRegistration",
  "landUseCertificate",
]);
/** A page that is read worse than this has lost more than its heading. */
const WELL_READ = 0.8;
/** A letter that is read this surely stands there. */
const SURE_LETTER = 0.93;

interface Found {
  readonly words: readonly Word[];
  readonly y: number;
  readonly x: number;
}

const find = ({ lines, words }: PageInput, label: string): Found | null => {
  for (const { from, to } of lines) {
    const own = words.slice(from, to);
    const found = findLabel(
      own.map(({ text }) => fold(text)),
      label,
    );
    if (found === null) continue;
    const part = own.slice(found.from, found.to).filter(({ text }) => /\p{L}/u.test(text));
    const [first] = part;
    if (first !== undefined) return { words: part, y: first.box.y, x: first.box.x };
  }
  return null;
};

const letters = (text: string): string =>
  text
    .normalize("NFC")
    .replaceAll(/\p{L}+/gu, (word) => word.toLocaleLowerCase("vi").replace("oà", "òa"))
    .replaceAll(/[^\p{L}]/gu, "");

/** A surely read word that the wording does not have. */
const misspelt = (found: Found, wording: string): Word | undefined => {
  const right = new Set(wording.split(" ").map(letters));
  return found.words.find(({ text, confidence }) => {
    const parts = text.split(/[^\p{L}]+/u).filter((part) => part !== "");
    return confidence >= SURE_LETTER && parts.length === 1 && !right.has(letters(text));
  });
};

const heading = (input: PageInput): readonly Check[] => {
  const mean =
    input.words.reduce((sum, { confidence }) => sum + confidence, 0) / Math.max(1, input.words.length);
  if (WITHOUT.has(input.paperClass) || (input.pageNumber ?? 0) > 0 || mean < WELL_READ) return [];
  const [state, motto] = [find(input, HEADING), find(input, MOTTO)];
  if (state === null && motto === null)
    return [
      finding(
        "heading.motto",
        "unsure",
        say("Không thấy Quốc hiệu và Tiêu ngữ.", "The national heading and motto were not found."),
      ),
    ];
  const odd =
    (state === null ? undefined : misspelt(state, HEADING)) ??
    (motto === null ? undefined : misspelt(motto, MOTTO));
  if (odd !== undefined)
    return [
      finding(
        "heading.motto",
        "unsure",
        say(
          `Quốc hiệu hoặc Tiêu ngữ có chữ lạ: “${odd.text}”.`,
          `An odd word in the national heading or motto: “${odd.text}”.`,
        ),
        odd.box,
      ),
    ];
  if (state !== null && motto !== null && motto.y < state.y)
    return [
      finding(
        "heading.motto",
        "unsure",
        say("Tiêu ngữ đứng trên Quốc hiệu.", "The motto stands above the national heading."),
        motto.words[0]?.box ?? null,
      ),
    ];
  return [
    finding(
      "heading.motto",
      "pass",
      say("Có Quốc hiệu và Tiêu ngữ.", "National heading and motto are there."),
    ),
  ];
};

/** Every name that a province has had since 1976, as keys. */
const isProvince = (key: string): boolean => {
  const [today] = provinceToday(key);
  return today !== key || KNOWN.has(key);
};

const KNOWN: ReadonlySet<string> = new Set(
  [...PROVINCES.values(), "Huế", "Hồ Chí Minh"].map((name) => placeKey(name.replace(/^Thành phố /, ""))),
);

const ISSUER = /^(registrationPlace|issuer|issuedBy|issuingBody|authority|agency|issuePlace)$/;

/** The province at the end of an issuing body's name. */
const provinceIn = ({ value }: ReadField): string | null => {
  const found = /(?:tỉnh|thành phố|tp\.?)\s+([^,;()]+)$/iu.exec(value.trim())?.[1];
  return found === undefined ? null : found.trim();
};

const issuer = ({ fields }: PageInput): readonly Check[] =>
  fields.flatMap((field): readonly Check[] => {
    const province = ISSUER.test(field.key) ? provinceIn(field) : null;
    if (province === null || field.confidence < SURE_LETTER) return [];
    const key = placeKey(province);
    // A city may be one within a province: "thành phố Tam Kỳ".
    if (isProvince(key) || !/tỉnh\s/iu.test(field.value)) return [];
    return [
      finding(
        "issuer.known",
        "unsure",
        say(`Không có tỉnh nào tên “${province}”.`, `There is no province named “${province}”.`),
        field.box,
      ),
    ];
  });

export const checkHeading = (input: PageInput): readonly Check[] => [...heading(input), ...issuer(input)];
