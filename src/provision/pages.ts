// What stands on one page of the set-up at 80 × 24, and what does a key do there? (No I/O.)
import type { Key } from "../console/keyboard.js";
import type { Space } from "../console/panels.js";
import { cut, type Row, row, wrapped } from "../console/rows.js";
import type { SetupWords } from "../console/setup-words.js";
import type { Asked, Choice, Codes, Question } from "./talk.js";

export interface Page {
  rows(space: Space): readonly Row[];
  /** What the keys do. */
  readonly keys: string;
  press(key: Key): void;
  /** Takes the whole screen, without header and keys. */
  readonly isWhole?: boolean;
  /** Escape is this page's own; elsewhere it leads to the list of steps. */
  readonly takesEscape?: boolean;
}

/** What a page does with what came of it. */
export interface Way<R> {
  done(result: R): void;
  changed(): void;
}

const LONGEST = 120;
/** Options stay in sight; what is above them scrolls. */
const MOST_OPTIONS = 12;

const wrap = (lines: readonly string[], width: number): readonly Row[] =>
  lines.flatMap((line) => {
    // Columns stay columns where they fit.
    if (line.length <= width - 2) return [row(` ${line}`)];
    const indent = /^ */.exec(line)?.[0] ?? "";
    const parts = wrapped(line, width - 2 - indent.length);
    return parts.length === 0 ? [row("")] : parts.map((part) => row(` ${indent}${part}`));
  });

const moved = (value: number, by: number, most: number): number => Math.max(0, Math.min(value + by, most));

/** Lines above what is asked, with a sign where some are out of sight. */
class Scroll {
  #top = 0;
  #height = 1;
  #count = 0;

  rows(lines: readonly string[], words: SetupWords, { width, height }: Space): readonly Row[] {
    const all = wrap(lines, width);
    this.#count = all.length;
    this.#height = Math.max(1, height);
    this.#top = moved(this.#top, 0, Math.max(0, all.length - this.#height));
    if (all.length <= this.#height) return all;
    const isMore = this.#top + this.#height < all.length;
    const shown = all.slice(this.#top, this.#top + this.#height - 1);
    return [...shown, row(` ${isMore ? words.text("more") : "↑"} PgUp PgDn`)];
  }

  press(key: Key): boolean {
    const by = { pageUp: -1, pageDown: 1 }[key as string];
    if (by === undefined) return false;
    this.#top = moved(
      this.#top,
      by * Math.max(1, this.#height - 2),
      Math.max(0, this.#count - this.#height + 1),
    );
    return true;
  }
}

export const choicePage = <V extends string>(
  { label, help = [], options, initial }: Choice<V>,
  words: SetupWords,
  way: Way<V>,
): Page => {
  let at = Math.max(
    0,
    options.findIndex(({ value }) => value === initial),
  );
  const scroll = new Scroll();
  return {
    keys: words.text("keysChoose"),
    rows: ({ width, height }) => {
      const shown = Math.min(options.length, MOST_OPTIONS, Math.max(2, height - 3));
      const top = moved(at - Math.floor(shown / 2), 0, options.length - shown);
      const list = options.slice(top, top + shown).map((option, index) => {
        const chosen = top + index === at;
        const text = cut(`${chosen ? "›" : " "} ${option.label}`, width);
        return row(chosen ? text.padEnd(width) : text, chosen ? "chosen" : undefined);
      });
      const above =
        help.length === 0
          ? []
          : [...scroll.rows(help, words, { width, height: height - shown - 3 }), row("")];
      return [...above, row(` ${cut(label, width - 1)}`), ...list];
    },
    press: (key) => {
      const by = { up: -1, down: 1, home: -options.length, end: options.length }[key as string];
      if (by !== undefined) at = moved(at, by, options.length - 1);
      const chosen = options[at];
      if (key === "enter" && chosen !== undefined) return way.done(chosen.value);
      if (by !== undefined || scroll.press(key)) way.changed();
    },
  };
};

export const askPage = (question: Question, words: SetupWords, way: Way<string>): Page => {
  const { label, help = [], initial, secret = false, longest = LONGEST, wrong } = question;
  let typed = initial;
  // The first sign that is typed begins anew; a correction begins with the delete key.
  let isFresh = true;
  let problem = "";
  const scroll = new Scroll();
  const enter = (): void => {
    const text = secret ? typed : typed.normalize("NFC").trim();
    problem = wrong(text) ?? "";
    if (problem === "") way.done(text);
    else way.changed();
  };
  return {
    keys: words.text("keysAsk"),
    rows: ({ width, height }) => {
      const shown = secret ? "*".repeat(typed.length) : typed;
      const tail = shown.length > width - 5 ? `…${shown.slice(shown.length - width + 6)}` : shown;
      return [
        ...scroll.rows(help, words, { width, height: height - 7 }),
        ...(help.length === 0 ? [] : [row("")]),
        ...wrap([`${label}:`], width),
        row(` > ${tail}_`),
        row(""),
        ...wrap(problem === "" ? [] : [`! ${problem}`], width).map((each) => ({
          ...each,
          look: "alarm" as const,
        })),
      ];
    },
    press: (key) => {
      if (key === "enter") return enter();
      if (key === "backspace") typed = typed.slice(0, -1);
      else if (typeof key !== "string") {
        const before = isFresh ? "" : typed;
        typed = before.length < longest ? before + key.char : before;
      } else if (!scroll.press(key)) return;
      isFresh = false;
      problem = "";
      way.changed();
    },
  };
};

export const tellPage = (
  title: string,
  lines: readonly string[],
  words: SetupWords,
  way: Way<void>,
): Page => {
  const scroll = new Scroll();
  return {
    takesEscape: true,
    keys: words.text("keysTell"),
    rows: ({ width, height }) => [
      row(` ${cut(title, width - 1)}`),
      row(""),
      ...scroll.rows(lines, words, { width, height: height - 2 }),
    ],
    press: (key) => {
      if (key === "enter" || key === "escape") return way.done();
      const turn = { up: "pageUp", down: "pageDown" }[key as string] as Key | undefined;
      if (scroll.press(turn ?? key)) way.changed();
    },
  };
};

/** The code on the left, all its rows; words on the right. */
export const codesPage = ({ pictures, dark, lines }: Codes, words: SetupWords, way: Way<void>): Page => {
  let at = 0;
  let isDark = false;
  return {
    ...{ isWhole: true, takesEscape: true },
    keys: "",
    rows: ({ width }) => {
      const picture = (isDark ? dark : pictures)[at] ?? [];
      const wide = picture[0]?.length ?? 0;
      const beside = [
        words.text("code", String(at + 1), String(pictures.length)),
        "",
        ...lines,
        "",
        ...words.text("keysCodes").split("  "),
      ].flatMap((line) => (line === "" ? [""] : wrapped(line, width - wide - 2)));
      return picture.map((line, index) => ({ text: `${line.padEnd(wide)} ${beside[index] ?? ""}` }));
    },
    press: (key) => {
      if (key === "enter" || key === "escape") return way.done();
      const char = typeof key === "string" ? "" : key.char;
      if (char === "i") isDark = !isDark;
      else if (char === "n" || char === " " || key === "down" || key === "pageDown")
        at = (at + 1) % pictures.length;
      else if (char === "p" || key === "up" || key === "pageUp")
        at = (at + pictures.length - 1) % pictures.length;
      else return;
      way.changed();
    },
  };
};

export const collectPage = (
  { label, help = [] }: Asked,
  taken: (line: string) => { readonly enough: boolean; readonly said: string },
  words: SetupWords,
  way: Way<void>,
): Page => {
  let typed = "";
  let said = "";
  return {
    keys: words.text("keysAsk"),
    rows: ({ width }) => [
      ...wrap(help, width),
      row(""),
      row(` ${label}:`),
      row(` > ${typed.length > width - 5 ? `…${typed.slice(typed.length - width + 6)}` : typed}_`),
      row(""),
      row(` ${cut(said, width - 1)}`),
    ],
    press: (key) => {
      if (key === "backspace") typed = typed.slice(0, -1);
      else if (key === "enter") {
        const { enough, said: answer } = taken(typed);
        typed = "";
        said = answer;
        if (enough) return way.done();
      } else if (typeof key !== "string") typed += key.char;
      else return;
      way.changed();
    },
  };
};
