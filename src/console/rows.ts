// How does text become rows of a fixed width?

/** "chosen" and "head" are drawn inverse where the terminal can; both can be told from their text alone. */
export interface Row {
  readonly text: string;
  readonly look?: "chosen" | "head" | "alarm";
}

export const row = (text: string, look?: Row["look"]): Row =>
  look === undefined ? { text: clean(text) } : { text: clean(text), look };

/** What a broker or a device said must not steer the terminal; one letter is one code unit (NFC). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
export const clean = (text: string): string => text.normalize("NFC").replace(/[\x00-\x1f\x7f-\x9f]+/g, " ");

/** Cut to `width`, with a sign that something is missing. */
export const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;

/** At most `most` lines of words; the last says when something is missing. */
export const wrapped = (text: string, width: number, most = Number.POSITIVE_INFINITY): readonly string[] => {
  const lines: string[] = [];
  let line = "";
  for (const word of clean(text).split(" ").filter(Boolean)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length <= width) line = longer;
    else {
      if (line !== "") lines.push(line);
      line = cut(word, width);
    }
  }
  if (line !== "") lines.push(line);
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), cut(`${lines.slice(most - 1).join(" ")} …`, width)];
};

export const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNITS = { vi: ["phút", "giờ", "ngày"], en: ["min", "h", "d"] } as const;

/** Minutes at the finest: a row that changes each second costs a slow line its time. */
export const since = (seconds: number | null, language: "vi" | "en"): string => {
  const [minutes, hours, days] = UNITS[language];
  if (seconds === null) return "–";
  if (seconds < MINUTE) return `<1 ${minutes}`;
  if (seconds < 2 * HOUR) return `${Math.floor(seconds / MINUTE)} ${minutes}`;
  return seconds < 2 * DAY
    ? `${Math.floor(seconds / HOUR)} ${hours}`
    : `${Math.floor(seconds / DAY)} ${days}`;
};

const LOCAL_OFFSET_MS = 7 * HOUR * 1_000;

/** Viet Nam has one time and no summer time: the zone of the terminal does not matter. */
export const localTime = (epochMs: number): string => new Date(epochMs + LOCAL_OFFSET_MS).toISOString();

/** The rows from which `at` is seen: the window of `height` over `count` rows. */
export const windowTop = (at: number, count: number, height: number): number =>
  Math.max(0, Math.min(at - Math.floor(height / 2), count - height));
