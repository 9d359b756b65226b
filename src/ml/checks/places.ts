// Do two writings of an address or a place of origin mean the same place?
import type { Bilingual } from "../../core/faults.js";
import { say } from "./finding.js";
import { placeKey, provinceToday } from "./merger.js";

export interface PlaceMatch {
  readonly result: "same" | "variant" | "different";
  /** Null for "same" and "different". */
  readonly reason: Bilingual | null;
  /** A variant that the merger or a shorter writing fully explains. */
  readonly explained: boolean;
}

/** What a part of an address is called, long and short; only the name itself is compared. */
const KINDS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ["province", /^(tỉnh|t\.)\s*/u],
  ["city", /^(thành phố|tp\.?)\s*/u],
  ["district", /^(quận|huyện|thị xã|q\.|h\.|tx\.?)\s*/u],
  ["ward", /^(phường|xã|thị trấn|đặc khu|p\.|x\.|tt\.?)\s*/u],
];

interface Part {
  readonly kind: string | null;
  readonly key: string;
}

const partOf = (text: string): Part => {
  const plain = text.normalize("NFC").toLocaleLowerCase("vi").trim();
  const kind = KINDS.find(([, pattern]) => pattern.test(plain));
  const key = placeKey(kind === undefined ? plain : plain.replace(kind[1], ""));
  // "Quận 1" keeps its number; the city is written in many ways.
  const city = ["hcm", "hochiminh", "saigon"].includes(key) ? "hochiminh" : key;
  return { kind: kind?.[0] ?? null, key: city };
};

const COUNTRY = new Set(["vietnam", "conghoaxahoichunghiavietnam"]);

const partsOf = (place: string): readonly Part[] =>
  place
    .split(/[,;]|\s[-–]\s(?=(?:tỉnh|thành phố|huyện|quận|xã|phường|tp)\b)/iu)
    .map(partOf)
    .filter(({ key }) => key !== "" && !COUNTRY.has(key));

const MERGED = say(
  "tên tỉnh trước và sau sắp xếp năm 2025",
  "the province before and after the merger of 2025",
);
const SHORTER = say("một bên viết gọn hơn", "one is written shorter");
const MOVED = say("xã, phường có thể đã đổi tên năm 2025", "the commune may have been renamed in 2025");

const DIFFERENT: PlaceMatch = { result: "different", reason: null, explained: false };

const isWithin = (few: readonly Part[], many: readonly Part[]): boolean =>
  few.every(({ key }) => many.some((part) => part.key === key));

/** Order matters only for the province, which stands last. Symmetric. */
export const comparePlaces = (one: string, other: string): PlaceMatch => {
  const [a, b] = [partsOf(one), partsOf(other)];
  const [lastA, lastB] = [a.at(-1), b.at(-1)];
  if (lastA === undefined || lastB === undefined)
    return { result: a.length === b.length ? "same" : "different", reason: null, explained: false };
  if (a.length === b.length && a.every(({ key }, i) => key === b[i]?.key))
    return { result: "same", reason: null, explained: false };
  const today = provinceToday(lastB.key);
  const renamed = lastA.key !== lastB.key;
  if (!provinceToday(lastA.key).some((key) => today.includes(key))) return DIFFERENT;
  const [few, many] =
    a.length <= b.length ? [a.slice(0, -1), b.slice(0, -1)] : [b.slice(0, -1), a.slice(0, -1)];
  if (isWithin(few, many)) return { result: "variant", reason: renamed ? MERGED : SHORTER, explained: true };
  // Districts ended with the merger and most communes were joined: an address without a district is a new one.
  const isNew = (parts: readonly Part[]) => !parts.some(({ kind }) => kind === "district");
  return isNew(few) === isNew(many) && !renamed
    ? DIFFERENT
    : { result: "variant", reason: MOVED, explained: false };
};
