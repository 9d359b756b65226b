// Which letters inside a number are digits?
//
// Only by the form of the number: a date, twelve digits of a personal number, a code of a letter and a one, a number
// of square metres. A digit never becomes another.
import type { LineToCorrect } from "./correct.js";
import { changed, SUREST, type Token, tokensOf } from "./tokens.js";

const AS_DIGIT: Readonly<Record<string, string>> = {
  ...{ O: "0", o: "0", Q: "0", D: "0", I: "1", l: "1", i: "1", "|": "1", "!": "1", S: "5", s: "5" },
  ...{ B: "8", Z: "2", z: "2" },
};
const DIGIT = "[0-9OoQDIli|!SsBZz]";
const DATE = new RegExp(`^(${DIGIT}{1,2})([/.-])(${DIGIT}{1,2})\\2(${DIGIT}{4})$`);
const PERSONAL = new RegExp(`^${DIGIT}{12}$`);
/** At most so many letters: more is another thing. */
const MOST_LETTERS = 3;

const digitsOf = (text: string): string => [...text].map((letter) => AS_DIGIT[letter] ?? letter).join("");

const isDay = (day: number, month: number, year: number): boolean =>
  month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();

const mended = ({ core }: Token): string | null => {
  const letters = core.match(/[^0-9/.-]/g)?.length ?? 0;
  if (letters === 0 || letters > MOST_LETTERS) return null;
  const date = DATE.exec(core);
  if (date !== null) {
    const [, day = "", mark = "", month = "", year = ""] = date.map((part) => digitsOf(part));
    const [d, m, y] = [Number(day), Number(month), Number(year)];
    return y >= 1900 && y < 2100 && isDay(d, m, y) ? [day, month, year].join(mark) : null;
  }
  return PERSONAL.test(core) ? digitsOf(core) : null;
};

/** "K†", "D1†": a dagger stands on no paper, and a narrow one after a capital is read as one. */
const withoutDagger = (token: Token): Token | null =>
  /^[A-ZĐ]{1,2}\d?$/.test(token.core) && /^[†‡]/.test(token.tail)
    ? { ...token, core: `${token.core}1`, tail: token.tail.slice(1) }
    : null;

/**
 * "m?" after a number: the raised 2 is read as this and that, or, in poor light, not at all: land is not measured in
 * metres. A plain 2 may be what is printed.
 */
const asSquareMetres = (token: Token, before: Token | undefined, after: Token | undefined): Token | null => {
  if (token.core !== "m" || !/\d$/.test(before?.core ?? "")) return null;
  if (/^[?°”"’*]/.test(token.tail)) return { ...token, core: "m²", tail: token.tail.slice(1) };
  return token.tail === "" && after?.lower === "đất" ? { ...token, core: "m²" } : null;
};

export const correctNumbers = ({ words, line }: LineToCorrect): void => {
  const tokens = tokensOf(words, line);
  for (const [place, token] of tokens.entries()) {
    const sign = withoutDagger(token) ?? asSquareMetres(token, tokens[place - 1], tokens[place + 1]);
    if (token.word.correction !== undefined) continue;
    if (sign !== null)
      words[token.index] = changed(sign, sign.core, { correction: "pattern", surest: SUREST.sign });
    const core = sign === null ? mended(token) : null;
    if (core !== null && core !== token.core)
      words[token.index] = changed(token, core, { correction: "pattern", surest: SUREST.pattern });
  }
};
