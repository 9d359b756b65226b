// How is text put into a page so that it stays text?

/** Markup that is safe as it is; only `html` and `raw` make it. */
export class Markup {
  constructor(readonly text: string) {}
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escapeText = (text: string): string => text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);

type Piece = string | number | Markup | null | undefined | readonly Piece[];

const render = (piece: Piece): string => {
  if (piece === null || piece === undefined) return "";
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === "object") return piece.map(render).join("");
  return escapeText(String(piece));
};

/** Everything put in is escaped, unless it is markup itself. */
export const html = (strings: TemplateStringsArray, ...pieces: readonly Piece[]): Markup =>
  new Markup(strings.map((text, place) => text + render(pieces[place])).join(""));

/** For constants of the program only. */
export const raw = (text: string): Markup => new Markup(text);
