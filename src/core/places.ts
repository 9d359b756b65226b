// Which provinces are there since July 2025, and which places does somebody mean who types without marks?
//
// Names and two-digit codes: Decision 19/2025/QĐ-TTg, in force since 1 July 2025; districts ended that day. Compared
// in November 2026 with a list that others had taken from the National Statistics Office: all 34 are the same.
// These are not the three-digit codes of birth registration in the citizen's number (provinces.ts).
import provinces from "./places.json" with { type: "json" };

export interface Place {
  /** Two digits for a province, five for a commune. */
  readonly code: string;
  /** With its kind: "Thành phố Hà Nội", "Xã Bình Phú". */
  readonly name: string;
}

export interface Commune extends Place {
  readonly province: string;
}

export const PLACES: readonly Place[] = provinces;

const KIND = /^(thanh pho|tinh|xa|phuong|dac khu|tp) /;

/** Small letters without marks, single spaces: "Hà Nội" and "ha  noi" are the same. */
export const bare = (text: string): string =>
  text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[đĐ]/g, "d")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, " ")
    .trim();

/** The name without its kind: "Hà Nội". */
export const shortName = ({ name }: Place): string =>
  name.replace(/^(Thành phố|Tỉnh|Xã|Phường|Đặc khu) /, "");

const rank = (place: Place, wanted: string): number | null => {
  const whole = bare(place.name);
  const short = bare(shortName(place));
  if (short === wanted || whole === wanted) return 0;
  if (short.startsWith(wanted)) return 1;
  if (whole.startsWith(wanted)) return 2;
  if (` ${short}`.includes(` ${wanted}`)) return 3;
  const initials = short.replace(/(\w)\w* ?/g, "$1");
  if (wanted.length > 1 && initials.startsWith(wanted)) return 4;
  return short.includes(wanted) ? 5 : null;
};

/** The places that fit what is typed, the likeliest first, `limit` at most; all of them for nothing typed. */
export const placesLike = <P extends Place>(
  places: readonly P[],
  typed: string,
  limit: number,
): readonly P[] => {
  const wanted = bare(typed).replace(KIND, "");
  if (wanted === "") return places.slice(0, limit);
  return places
    .flatMap((place) => {
      const found = rank(place, wanted);
      return found === null ? [] : [{ place, found }];
    })
    .sort((a, b) => a.found - b.found)
    .slice(0, limit)
    .map(({ place }) => place);
};

/** The one place of that name, with or without its kind and marks. */
export const placeNamed = <P extends Place>(places: readonly P[], name: string): P | undefined => {
  const wanted = bare(name);
  return (
    places.find((place) => bare(place.name) === wanted) ??
    places.find((place) => bare(shortName(place)) === wanted.replace(KIND, ""))
  );
};
