// What does a PDF hold, read strictly and with bounds on time and memory?
import {
  isArray,
  isDict,
  isName,
  type PdfArray,
  type PdfDict,
  PdfRef,
  PdfStream,
  type PdfValue,
} from "./objects.js";
import { type Entry, inflateStructure, readObjectAt, readSections, type Section } from "./sections.js";
import { PdfSyntaxError, SyntaxReader } from "./syntax.js";

const MAX_PAGES = 5_000;
/** A crafted file can let every entry point at one huge object: what is parsed in all is bounded. */
const PARSE_FACTOR = 4;
const PARSE_BASE = 1_000_000;

export interface FoundPage {
  readonly ref: PdfRef;
  readonly dict: PdfDict;
}

const fail: (what: string) => never = (what) => {
  throw new PdfSyntaxError(what);
};

/** One state of a file: what a reader sees whose last byte is the last of `bytes`. */
export class PdfFile {
  readonly bytes: Uint8Array;
  readonly sections: readonly Section[];
  readonly #entries = new Map<number, Entry>();
  readonly #cache = new Map<number, PdfValue>();
  readonly #packed = new Map<number, readonly (readonly [number, PdfValue])[]>();
  readonly #opening = new Set<number>();
  #budget: number;

  /** Throws `PdfSyntaxError` when it is no PDF, is damaged, encrypted or of a kind that is not supported. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#budget = PARSE_BASE + PARSE_FACTOR * bytes.length;
    this.sections = readSections(bytes);
    for (const section of [...this.sections].reverse())
      for (const [number, entry] of section.entries) this.#entries.set(number, entry);
    if (this.sections.some(({ trailer }) => trailer.has("Encrypt"))) fail("it is encrypted");
  }

  /** What `startxref` points to. */
  get newest(): Section {
    return this.sections[0] ?? fail("there is no cross-reference section");
  }

  get trailer(): PdfDict {
    return this.newest.trailer;
  }

  get size(): number {
    let highest = 0;
    for (const number of this.#entries.keys()) highest = Math.max(highest, number);
    return highest + 1;
  }

  get objectNumbers(): readonly number[] {
    return [...this.#entries.keys()];
  }

  /** Follows references until there is something else; null for what is not there. */
  get(value: PdfValue | undefined): PdfValue {
    let current = value ?? null;
    for (let hops = 0; current instanceof PdfRef; hops++) {
      if (hops > 16) fail("references in a ring");
      current = this.#object(current);
    }
    return current;
  }

  dict(value: PdfValue | undefined): PdfDict | null {
    const found = this.get(value);
    return isDict(found) ? found : null;
  }

  array(value: PdfValue | undefined): PdfArray | null {
    const found = this.get(value);
    return isArray(found) ? found : null;
  }

  stream(value: PdfValue | undefined): PdfStream | null {
    const found = this.get(value);
    return found instanceof PdfStream ? found : null;
  }

  get catalogRef(): PdfRef {
    const root = this.trailer.get("Root");
    return root instanceof PdfRef ? root : fail("the trailer names no catalog");
  }

  get catalog(): PdfDict {
    const found = this.dict(this.catalogRef);
    return found !== null && isName(found.get("Type"), "Catalog") ? found : fail("there is no catalog");
  }

  /** In reading order. */
  pages(): readonly FoundPage[] {
    const found: FoundPage[] = [];
    const seen = new Set<number>();
    const visit = (value: PdfValue | undefined, depth: number): void => {
      if (!(value instanceof PdfRef) || seen.has(value.number) || depth > 32)
        fail("the page tree is damaged");
      seen.add(value.number);
      const node = this.dict(value);
      if (node === null) fail("the page tree is damaged");
      const kids = this.array(node.get("Kids"));
      if (kids === null) {
        if (!isName(node.get("Type"), "Page")) fail("the page tree is damaged");
        found.push({ ref: value, dict: node });
      } else for (const kid of kids) visit(kid, depth + 1);
      if (found.length > MAX_PAGES) fail(`it has more than ${MAX_PAGES} pages`);
    };
    visit(this.catalog.get("Pages"), 0);
    return found;
  }

  #object(ref: PdfRef): PdfValue {
    const entry = this.#entries.get(ref.number);
    if (entry === undefined || entry.kind === "free") return null;
    if (entry.kind === "at" && entry.generation !== ref.generation) return null;
    const known = this.#cache.get(ref.number);
    if (known !== undefined) return known;
    if (this.#opening.has(ref.number)) return fail("an object needs itself to be read");
    this.#opening.add(ref.number);
    try {
      const value = entry.kind === "at" ? this.#at(ref, entry.offset) : this.#inStream(ref.number, entry);
      this.#cache.set(ref.number, value);
      return value;
    } finally {
      this.#opening.delete(ref.number);
    }
  }

  #spend(amount: number): void {
    this.#budget -= amount;
    if (this.#budget < 0) fail("it is built to keep a reader busy");
  }

  #at(ref: PdfRef, offset: number): PdfValue {
    const lengthOf = (length: PdfRef): number => {
      const value = this.get(length);
      return typeof value === "number" ? value : fail("a stream's length is wrong");
    };
    const read = readObjectAt(this.bytes, offset, lengthOf);
    this.#spend(read.parsed);
    if (read.number !== ref.number || read.generation !== ref.generation)
      return fail(`object ${ref.number} is not where the table says`);
    return read.value;
  }

  #inStream(number: number, entry: Extract<Entry, { kind: "packed" }>): PdfValue {
    let packed = this.#packed.get(entry.stream);
    if (packed === undefined) {
      if (this.#entries.get(entry.stream)?.kind !== "at") return fail("an object stream is missing");
      packed = this.#unpack(entry.stream);
      this.#packed.set(entry.stream, packed);
    }
    const found = packed[entry.index];
    return found?.[0] === number ? found[1] : fail(`object ${number} is not where the table says`);
  }

  #unpack(number: number): readonly (readonly [number, PdfValue])[] {
    const stream = this.stream(new PdfRef(number, 0));
    const [count, first] = [stream?.dict.get("N"), stream?.dict.get("First")];
    if (stream === null || !isName(stream.dict.get("Type"), "ObjStm"))
      return fail("an object stream is missing");
    if (typeof count !== "number" || typeof first !== "number") return fail("an object stream is damaged");
    const data = inflateStructure(stream);
    this.#spend(Math.floor(data.length / 16));
    const head = new SyntaxReader(data, 0);
    const places: [number, number][] = [];
    for (let index = 0; index < count; index++) places.push([head.wholeNumber(), head.wholeNumber()]);
    return places.map(([object, at]) => {
      const reader = new SyntaxReader(data, first + at);
      const value = reader.value();
      this.#spend(reader.at - first - at);
      return [object, value] as const;
    });
  }
}
