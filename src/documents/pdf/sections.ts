// Where does each object of a file stand, in each of its revisions? (ISO 32000-1, 7.5.4–7.5.8)
//
// Nothing is repaired: a reader that mends a broken table sees another document than one that does not, and a
// signature would hold for whichever is convenient.
import { inflateSync } from "node:zlib";
import { isArray, isDict, isName, type PdfDict, PdfRef, PdfStream, type PdfValue } from "./objects.js";
import { PdfSyntaxError, SyntaxReader } from "./syntax.js";

export type Entry =
  | { readonly kind: "free" }
  | { readonly kind: "at"; readonly offset: number; readonly generation: number }
  | { readonly kind: "packed"; readonly stream: number; readonly index: number };

export interface Section {
  /** Where `startxref` points. */
  readonly at: number;
  readonly kind: "table" | "stream";
  readonly entries: ReadonlyMap<number, Entry>;
  readonly trailer: PdfDict;
}

const MAX_SECTIONS = 500;
const MAX_OBJECTS = 500_000;
const MAX_INFLATED = 64 * 1024 * 1024;

const fail: (what: string) => never = (what) => {
  throw new PdfSyntaxError(what);
};

/** Undoes FlateDecode, with the PNG "up" family of predictors; nothing else is used for structure. */
export const inflateStructure = ({ dict, raw }: PdfStream): Uint8Array => {
  const filter = dict.get("Filter");
  const only = isArray(filter) && filter.length === 1 ? filter[0] : filter;
  if (only === undefined || only === null) return raw;
  if (!isName(only, "FlateDecode")) return fail("a structure stream with an unknown filter");
  let data: Uint8Array;
  try {
    data = inflateSync(raw, { maxOutputLength: MAX_INFLATED });
  } catch {
    return fail("a compressed stream is damaged or too large");
  }
  const given = dict.get("DecodeParms");
  const parms = isArray(given) ? given[0] : given;
  if (!isDict(parms)) return data;
  const predictor = parms.get("Predictor") ?? 1;
  if (predictor === 1) return data;
  const columns = parms.get("Columns") ?? 1;
  if (
    typeof predictor !== "number" ||
    predictor < 10 ||
    typeof columns !== "number" ||
    columns < 1 ||
    columns > 64
  )
    return fail("a structure stream with an unknown predictor");
  if ((parms.get("Colors") ?? 1) !== 1 || (parms.get("BitsPerComponent") ?? 8) !== 8)
    return fail("a structure stream with an unknown predictor");
  return undoPng(data, columns);
};

const undoPng = (data: Uint8Array, columns: number): Uint8Array => {
  const rows = Math.floor(data.length / (columns + 1));
  const out = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const tag = data[row * (columns + 1)];
    for (let column = 0; column < columns; column++) {
      const to = row * columns + column;
      const value = data[row * (columns + 1) + 1 + column] ?? 0;
      const up = row === 0 ? 0 : (out[to - columns] ?? 0);
      const left = column === 0 ? 0 : (out[to - 1] ?? 0);
      if (tag === 0) out[to] = value;
      else if (tag === 1) out[to] = value + left;
      else if (tag === 2) out[to] = value + up;
      else return fail("a structure stream with an unknown predictor");
    }
  }
  return out;
};

/** A stream's object at `offset`: `N G obj << >> stream … endstream endobj`. */
export interface ReadObject {
  readonly number: number;
  readonly generation: number;
  readonly value: PdfValue;
  /** Behind what was parsed, data of streams left out of the count. */
  readonly parsed: number;
}

/**
 * The object whose header stands exactly at `offset`. `lengthOf` answers a stream's length where that is a
 * reference of its own. Throws `PdfSyntaxError`.
 */
export const readObjectAt = (
  bytes: Uint8Array,
  offset: number,
  lengthOf: (ref: PdfRef) => number,
): ReadObject => {
  const reader = new SyntaxReader(bytes, offset);
  const number = reader.wholeNumber();
  const generation = reader.wholeNumber();
  reader.expect("obj");
  const value = reader.value();
  const parsed = reader.at - offset;
  if (isDict(value) && reader.take("stream")) {
    const raw = streamData(bytes, reader, value, lengthOf);
    return { number, generation, value: new PdfStream(value, raw), parsed };
  }
  reader.expect("endobj");
  return { number, generation, value, parsed };
};

const streamData = (
  bytes: Uint8Array,
  reader: SyntaxReader,
  entries: PdfDict,
  lengthOf: (ref: PdfRef) => number,
): Uint8Array => {
  if (bytes[reader.at] === 13) reader.at += 1;
  if (bytes[reader.at] !== 10) reader.fail("no line end behind `stream`");
  reader.at += 1;
  const given = entries.get("Length");
  const length = given instanceof PdfRef ? lengthOf(given) : given;
  if (
    typeof length !== "number" ||
    !Number.isInteger(length) ||
    length < 0 ||
    reader.at + length > bytes.length
  )
    return reader.fail("a stream's length is wrong");
  const raw = bytes.subarray(reader.at, reader.at + length);
  reader.at += length;
  reader.expect("endstream");
  reader.expect("endobj");
  return raw;
};

const tableSection = (bytes: Uint8Array, at: number): Section => {
  const reader = new SyntaxReader(bytes, at);
  reader.expect("xref");
  const entries = new Map<number, Entry>();
  while (!reader.take("trailer")) {
    const from = reader.wholeNumber();
    const count = reader.wholeNumber();
    for (let index = 0; index < count; index++) {
      const offset = reader.wholeNumber();
      const generation = reader.wholeNumber();
      const used = reader.take("n");
      if (!used) reader.expect("f");
      if (entries.has(from + index)) reader.fail(`object ${from + index} stands twice in one table`);
      entries.set(from + index, used ? { kind: "at", offset, generation } : { kind: "free" });
      if (entries.size > MAX_OBJECTS) reader.fail("too many objects");
    }
  }
  const trailer = reader.value();
  if (!isDict(trailer)) return reader.fail("no trailer");
  // A hybrid file shows two documents to two kinds of readers.
  if (trailer.has("XRefStm")) reader.fail("a hybrid cross-reference table is not supported");
  return { at, kind: "table", entries, trailer };
};

const field = (rows: Uint8Array, at: number, width: number): number => {
  let value = 0;
  for (let index = 0; index < width; index++) value = value * 256 + (rows[at + index] ?? 0);
  return value;
};

const streamEntry = (kind: number, second: number, third: number): Entry => {
  if (kind === 1) return { kind: "at", offset: second, generation: third };
  if (kind === 2) return { kind: "packed", stream: second, index: third };
  return kind === 0 ? { kind: "free" } : fail("a cross-reference stream with an unknown kind of entry");
};

const streamSection = (bytes: Uint8Array, at: number): Section => {
  const { value } = readObjectAt(bytes, at, () =>
    fail("a cross-reference stream needs its length in itself"),
  );
  if (!(value instanceof PdfStream) || !isName(value.dict.get("Type"), "XRef"))
    return fail("startxref points to nothing that is a cross-reference section");
  const widths = value.dict.get("W");
  if (!isArray(widths) || widths.length !== 3) return fail("a cross-reference stream without widths");
  const [a, b, c] = widths.map((width) =>
    typeof width === "number" && Number.isInteger(width) && width >= 0 && width <= 6
      ? width
      : fail("bad widths"),
  ) as [number, number, number];
  const size = value.dict.get("Size");
  const index = value.dict.get("Index") ?? [0, size ?? 0];
  if (!isArray(index) || index.length % 2 === 1) return fail("a cross-reference stream with a bad index");
  const rows = inflateStructure(value);
  const entries = new Map<number, Entry>();
  let row = 0;
  for (let pair = 0; pair < index.length; pair += 2) {
    const [from, count] = [index[pair], index[pair + 1]];
    if (typeof from !== "number" || typeof count !== "number")
      return fail("a cross-reference stream with a bad index");
    for (let item = 0; item < count; item++, row++) {
      const start = row * (a + b + c);
      if (start + a + b + c > rows.length || a + b + c === 0)
        return fail("a cross-reference stream is too short");
      const kind = a === 0 ? 1 : field(rows, start, a);
      if (entries.has(from + item)) return fail(`object ${from + item} stands twice in one table`);
      entries.set(from + item, streamEntry(kind, field(rows, start + a, b), field(rows, start + a + b, c)));
      if (entries.size > MAX_OBJECTS) return fail("too many objects");
    }
  }
  return { at, kind: "stream", entries, trailer: value.dict };
};

/** `startxref N %%EOF` at the very end; only line ends may follow. */
const startOfLast = (bytes: Uint8Array): number => {
  const tail = Buffer.from(bytes.subarray(Math.max(0, bytes.length - 64))).toString("latin1");
  const match = /startxref\s+(\d{1,12})\s+%%EOF[\r\n]*$/.exec(tail);
  return match === null
    ? fail("it does not end with startxref and %%EOF (cut off, or something follows)")
    : Number(match[1]);
};

/** Newest first. Throws `PdfSyntaxError`. */
export const readSections = (bytes: Uint8Array): readonly Section[] => {
  if (Buffer.from(bytes.subarray(0, 5)).toString("latin1") !== "%PDF-")
    return fail("it does not begin with %PDF-");
  const sections: Section[] = [];
  let objects = 0;
  for (let at: number | null = startOfLast(bytes); at !== null; ) {
    const here: number = at;
    // Each section lies before the one that points to it, so that a chain can have no ring.
    if (here >= (sections.at(-1)?.at ?? bytes.length))
      return fail("a cross-reference section points forward");
    const isTable = Buffer.from(bytes.subarray(here, here + 4)).toString("latin1") === "xref";
    const section: Section = isTable ? tableSection(bytes, here) : streamSection(bytes, here);
    sections.push(section);
    objects += section.entries.size;
    if (sections.length > MAX_SECTIONS || objects > MAX_OBJECTS) return fail("too many revisions or objects");
    const previous: PdfValue | undefined = section.trailer.get("Prev");
    if (
      previous !== undefined &&
      (typeof previous !== "number" || !Number.isInteger(previous) || previous < 0)
    )
      return fail("a bad /Prev");
    at = typeof previous === "number" ? previous : null;
  }
  return sections;
};
