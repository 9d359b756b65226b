// Where do values stand that have no label: the authority, the place and date, the signer, a serial number?

import { belowPlace, type Segment, type Token } from "./layout.js";
import { type Located, type Page, upToNextLabel } from "./locate.js";
import { editDistance, fold, slipsAllowed } from "./match.js";
import type { FieldRule, Finder } from "./rule.js";

const textOf = (tokens: readonly Token[]): string => tokens.map(({ text }) => text).join(" ");
const isCapitals = (text: string): boolean => {
  const letters = text.match(/\p{L}/gu) ?? [];
  return (
    letters.length > 2 && letters.filter((letter) => /\p{Lu}/u.test(letter)).length >= 0.8 * letters.length
  );
};
const middleOf = ({ box }: Segment): number => box.x + box.w / 2;

/** How the names of those who issue papers begin, folded. */
const AUTHORITY =
  /^(?:uy ban nhan dan|ubnd|cong an|so |bo |truong |phong |tong cuc|cuc |chi cuc|bao hiem|hoi dong|van phong|trung tam)/;

/** The upper left of a letter: above its number, in capitals; the last authority named there issues. */
const authority = (page: Page): readonly Located[] => {
  const { segments, labels } = page;
  const number = labels.find(({ label }) => label.phrase === "so")?.segment;
  if (number === undefined) return [];
  const right = Math.max(...segments.map(({ box }) => box.x + box.w));
  const head = segments
    .filter((segment) => segment.box.x < right * 0.4 && segment.box.y + segment.box.h / 2 < number.box.y)
    .filter((segment) => isCapitals(textOf(upToNextLabel(page, segment, 0))))
    .sort((a, b) => a.box.y - b.box.y);
  const from = head.findLastIndex(({ folded }) => AUTHORITY.test(folded.join(" ")));
  const named = from < 0 ? [] : head.slice(from);
  return named.length === 0
    ? []
    : [{ tokens: named.flatMap((segment) => upToNextLabel(page, segment, 0)), segments: named }];
};

/** Words before the date: a place's name, and a comma. */
const MOST_PLACE_WORDS = 6;

/** "Bình Phú, ngày 05 tháng 8 năm 2021": in running text dates have other words before them. */
const placeDate = ({ segments }: Page, rule: FieldRule): readonly Located[] =>
  segments.flatMap((segment) => {
    const { tokens } = segment;
    const from = tokens.findIndex(
      ({ folded }, index) =>
        folded.startsWith("ng") && rule.validate(textOf(tokens.slice(index, index + 6))) !== null,
    );
    const before = textOf(tokens.slice(0, from))
      .split(/\s+/)
      .slice(-MOST_PLACE_WORDS - 1);
    const isPlace = from > 0 && before.length <= MOST_PLACE_WORDS && /[,.]$/.test(before.at(-1) ?? "");
    return isPlace ? [{ tokens: tokens.slice(from, from + 6), segments: [segment] }] : [];
  });

const SIGNERS = [
  "chủ tịch",
  "phó chủ tịch",
  "kt. chủ tịch",
  "giám đốc",
  "phó giám đốc",
  "trưởng phòng",
  "phó trưởng phòng",
  "hiệu trưởng",
  "trưởng công an",
  "tm. ủy ban nhân dân",
].map(fold);

/** Room for signature and seal, in letter heights. */
const SIGNATURE_REACH = 16;

const isSigner = ({ folded }: Segment): boolean => {
  const text = folded.join(" ");
  return SIGNERS.some((title) => editDistance(text, title, slipsAllowed(title)) <= slipsAllowed(title));
};

/** The last office named at the foot, and the names under it; a seal's letters are no name. */
const signer = ({ segments }: Page, rule: FieldRule): readonly Located[] => {
  const offices = segments.filter((segment) => isSigner(segment)).sort((a, b) => b.box.y - a.box.y);
  const [office] = offices;
  if (office === undefined) return [];
  const widened = { ...office.box, x: office.box.x - office.box.w, w: office.box.w * 3 };
  return belowPlace(segments, widened, SIGNATURE_REACH * office.height)
    .filter((segment) => Math.abs(middleOf(segment) - middleOf(office)) < 8 * office.height)
    .filter(({ tokens }) => {
      const value = rule.validate(textOf(tokens));
      return value !== null && value.trust >= 0.76;
    })
    .map((segment) => ({ tokens: segment.tokens, segments: [segment] }));
};

const anywhere = ({ segments }: Page, rule: FieldRule): readonly Located[] =>
  segments
    .filter(({ tokens }) => rule.validate(textOf(tokens)) !== null)
    .map((segment) => ({ tokens: segment.tokens, segments: [segment] }));

const FINDERS: Readonly<Record<Finder, (page: Page, rule: FieldRule) => readonly Located[]>> = {
  authority,
  placeDate,
  signer,
  anywhere,
};

export const findUnlabelled = (page: Page, rule: FieldRule): readonly Located[] =>
  rule.find === undefined ? [] : FINDERS[rule.find](page, rule);
