// How is one value of a settings file changed so that every other byte of it stays?
//
// A technician's comments, order and unknown keys are the technician's. The text is cut into statements (TOML 1.0)
// and only the wanted ones are rewritten; then both texts are parsed and compared, so that a file written in a form
// that is not understood here is refused instead of damaged.
import { isDeepStrictEqual } from "node:util";
import { parse } from "smol-toml";

export type TomlValue = string | readonly string[];
export type Path = readonly string[];

/** The file is TOML, yet not one that can be changed here; the message names the key and what to do. */
export class NotEditable extends Error {
  override readonly name = "NotEditable";
}

interface Statement {
  readonly kind: "table" | "tables" | "value";
  /** Of the table, or of the value with its table's. */
  readonly path: Path;
  /** Offsets: of the statement's line, and of what stands after its line end. */
  readonly start: number;
  readonly end: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

const BARE = /[A-Za-z0-9_-]+/y;
const SPACE = /[ \t]*/y;
const BASIC = /"(?:[^"\\\n]|\\.)*"/y;
const LITERAL = /'[^'\n]*'/y;
const LONG_BASIC = /"""(?:[^\\]|\\[\s\S])*?"{3,5}/y;
const LONG_LITERAL = /'''[\s\S]*?'{3,5}/y;

const at = (pattern: RegExp, text: string, from: number): string | null => {
  pattern.lastIndex = from;
  return pattern.exec(text)?.[0] ?? null;
};

const skipSpace = (text: string, from: number): number => from + (at(SPACE, text, from)?.length ?? 0);

/** `a."b c".d` from there on. */
const keyAt = (text: string, from: number): { readonly path: Path; readonly end: number } => {
  const path: string[] = [];
  let here = skipSpace(text, from);
  for (;;) {
    const quoted = at(BASIC, text, here) ?? at(LITERAL, text, here);
    const part = quoted ?? at(BARE, text, here) ?? "";
    const [first] = part;
    path.push(quoted === null ? part : first === '"' ? (JSON.parse(part) as string) : part.slice(1, -1));
    here = skipSpace(text, here + part.length);
    if (text[here] !== ".") return { path, end: here };
    here = skipSpace(text, here + 1);
  }
};

/** Where a value ends, comments and the line's end apart. */
const valueEndAt = (text: string, from: number): number => {
  let depth = 0;
  let end = from;
  for (let here = from; here < text.length; ) {
    const sign = text[here] ?? "";
    const string =
      sign === '"' || sign === "'"
        ? (at(LONG_BASIC, text, here) ??
          at(LONG_LITERAL, text, here) ??
          at(BASIC, text, here) ??
          at(LITERAL, text, here))
        : null;
    if (string !== null) {
      here += string.length;
      end = here;
      continue;
    }
    if (sign === "#") {
      here = lineEndAt(text, here);
      continue;
    }
    if (sign === "\n" && depth === 0) return end;
    if (sign === "[" || sign === "{") depth += 1;
    if (sign === "]" || sign === "}") depth -= 1;
    here += 1;
    if (!/\s/.test(sign)) end = here;
  }
  return end;
};

/** Offset of the line feed, or of the text's end. */
const lineEndAt = (text: string, from: number): number => {
  const found = text.indexOf("\n", from);
  return found < 0 ? text.length : found;
};

const afterLine = (text: string, from: number): number => Math.min(text.length, lineEndAt(text, from) + 1);

const statementsOf = (text: string): readonly Statement[] => {
  const found: Statement[] = [];
  let table: Path = [];
  for (let start = 0; start < text.length; ) {
    const here = skipSpace(text, start);
    const sign = text[here] ?? "\n";
    if (sign === "#" || sign === "\n" || sign === "\r") {
      start = afterLine(text, here);
      continue;
    }
    if (sign === "[") {
      const isArray = text[here + 1] === "[";
      const { path, end: valueEnd } = keyAt(text, here + (isArray ? 2 : 1));
      table = path;
      const end = afterLine(text, valueEnd);
      found.push({ kind: isArray ? "tables" : "table", path, start, end, valueStart: here, valueEnd });
      start = end;
      continue;
    }
    const key = keyAt(text, here);
    const valueStart = skipSpace(text, key.end + 1);
    const valueEnd = valueEndAt(text, valueStart);
    const end = afterLine(text, valueEnd);
    found.push({ kind: "value", path: [...table, ...key.path], start, end, valueStart, valueEnd });
    start = end;
  }
  return found;
};

const same = (one: Path, other: Path): boolean =>
  one.length === other.length && one.every((part, index) => part === other[index]);

const written = (value: TomlValue): string =>
  typeof value === "string"
    ? JSON.stringify(value)
    : `[${value.map((each) => JSON.stringify(each)).join(", ")}]`;

const withNewLine = (text: string): string => (text === "" || text.endsWith("\n") ? text : `${text}\n`);

const setOne = (before: string, path: Path, value: TomlValue): string => {
  const text = withNewLine(before);
  const statements = statementsOf(text);
  const there = statements.find(({ kind, path: found }) => kind === "value" && same(found, path));
  if (there !== undefined)
    return `${text.slice(0, there.valueStart)}${written(value)}${text.slice(there.valueEnd)}`;
  const table = path.slice(0, -1);
  const line = `${path.at(-1)} = ${written(value)}\n`;
  const header = statements.findIndex(({ kind, path: found }) => kind === "table" && same(found, table));
  if (header < 0) return `${text}${text === "" ? "" : "\n"}[${table.join(".")}]\n${line}`;
  let last = header;
  while (statements[last + 1]?.kind === "value") last += 1;
  const place = statements[last]?.end ?? text.length;
  return `${text.slice(0, place)}${line}${text.slice(place)}`;
};

type Tree = Record<string, unknown>;

const withValue = (tree: Tree, [first = "", ...rest]: Path, value: TomlValue): Tree => {
  if (rest.length === 0) return { ...tree, [first]: value };
  const inner = tree[first];
  return {
    ...tree,
    [first]: withValue(typeof inner === "object" && inner !== null ? (inner as Tree) : {}, rest, value),
  };
};

/** smol-toml's tables have no prototype; compared is what they say. */
const plain = (text: string): Tree => JSON.parse(JSON.stringify(parse(text))) as Tree;

const parsed = (text: string): Tree | null => {
  try {
    return plain(text);
  } catch {
    return null;
  }
};

/** Throws `NotEditable`; `text` must be TOML. */
export const setValue = (text: string, path: Path, value: TomlValue): string => {
  const after = setOne(text, path, value);
  const got = parsed(after);
  const wanted = withValue(plain(text), path, value);
  if (got !== null && isDeepStrictEqual(got, wanted)) return after;
  throw new NotEditable(
    `${path.join(".")} is written in a form that can not be changed here; write it as [${path.slice(0, -1).join(".")}] with ${path.at(-1)} = … below`,
  );
};

/** From the table's first line to the last line of its values and of those below it: what stands after is another's. */
const without = (text: string, name: string): { readonly text: string; readonly place: number } => {
  const statements = statementsOf(text);
  let place = text.length;
  let kept = text;
  for (const { path, start, end } of [...statements].reverse())
    if (path[0] === name) {
      kept = kept.slice(0, start) + kept.slice(end);
      place = start;
    }
  // What stood between two of its lines, comments too, was its own.
  const own = statements.filter(({ path }) => path[0] === name);
  const [first] = own;
  const last = own.at(-1);
  if (first === undefined || last === undefined) return { text, place };
  const among = statements.filter(({ start }) => start > first.start && start < last.start);
  if (among.every(({ path }) => path[0] === name))
    return { text: text.slice(0, first.start) + text.slice(last.end), place: first.start };
  return { text: kept, place };
};

/** Puts `table` (TOML text with all of `name` and nothing else) in the place of the old one. Throws `NotEditable`. */
export const replaceTable = (before: string, name: string, table: string): string => {
  const text = withNewLine(before);
  const { text: rest, place } = without(text, name);
  const head = rest.slice(0, place);
  const gap = head === "" || head.endsWith("\n\n") ? "" : "\n";
  const tail = rest.slice(place);
  const after = `${head}${gap}${withNewLine(table)}${tail === "" || tail.startsWith("\n") ? "" : "\n"}${tail}`;
  const got = parsed(after);
  const wanted = { ...plain(text), [name]: plain(table)[name] };
  if (got !== null && isDeepStrictEqual(got, wanted)) return after;
  throw new NotEditable(
    `[${name}] is written in a form that can not be changed here; move its tables to the end of the file`,
  );
};
