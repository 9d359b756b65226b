// How do values become the bytes of a PDF, whole or as an update that leaves every byte before it alone?
//
// ISO 32000-1, 7.5. What ISO 19005-2, 6.1 asks on top is always kept: one EOL after `obj`, before `endobj` and
// around stream data, lengths that are right, hexadecimal strings of even length, an ID in the trailer.
import {
  type PdfDict,
  PdfName,
  PdfRef,
  PdfStream,
  PdfString,
  type PdfValue,
  PdfVerbatim,
} from "./objects.js";

const latin1 = (text: string): Uint8Array => Buffer.from(text, "latin1");

const writeName = ({ text }: PdfName): string =>
  `/${text.replaceAll(/[^!-~]|[#%()/<>[\]{}]/g, (character) => `#${character.charCodeAt(0).toString(16).padStart(2, "0")}`)}`;

/** Four decimals are a seven-thousandth of a millimetre; PDF has no exponents. */
const writeNumber = (value: number): string =>
  Number.isInteger(value) ? String(value) : value.toFixed(4).replace(/0+$/, "").replace(/\.$/, "");

const writeEntries = (entries: PdfDict): string =>
  `<<${[...entries].map(([key, value]) => `${writeName(new PdfName(key))} ${writeValue(value)}`).join("\n")}>>`;

/** Everything but streams, which only stand as objects of their own. */
const writeValue = (value: PdfValue): string => {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return writeNumber(value);
  if (value instanceof PdfName) return writeName(value);
  if (value instanceof PdfString) return `<${Buffer.from(value.bytes).toString("hex")}>`;
  if (value instanceof PdfRef) return `${value.number} ${value.generation} R`;
  if (value instanceof PdfVerbatim) return value.text;
  if (value instanceof PdfStream) throw new TypeError("a stream has to be an object of its own");
  if (value instanceof Map) return writeEntries(value);
  return `[${(value as readonly PdfValue[]).map(writeValue).join(" ")}]`;
};

interface Trailer {
  readonly root: PdfRef;
  readonly id: readonly [PdfString, PdfString];
  /** Entries that go on from the revision before (`Info`). */
  readonly others?: PdfDict;
}

/** What an update has to know of the file that it goes behind. */
export interface Before {
  readonly bytes: Uint8Array;
  /** Offset of its newest cross-reference section. */
  readonly xrefAt: number;
  readonly xrefKind: "table" | "stream";
  /** One more than its highest object number. */
  readonly size: number;
}

const HEADER = latin1("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n");

export class PdfWriter {
  readonly #before: Before | null;
  readonly #chunks: Uint8Array[] = [];
  readonly #offsets = new Map<number, { readonly at: number; readonly generation: number }>();
  #length = 0;
  #next: number;

  constructor(before: Before | null = null) {
    this.#before = before;
    this.#next = before?.size ?? 1;
    this.#push(before?.bytes ?? HEADER);
    const last = before?.bytes.at(-1);
    if (before !== null && last !== 0x0a && last !== 0x0d) this.#push(latin1("\n"));
  }

  #push(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#length += bytes.length;
  }

  /** A number that nothing has yet. */
  reserve(): PdfRef {
    this.#next += 1;
    return new PdfRef(this.#next - 1);
  }

  add(value: PdfValue, at = this.reserve()): PdfRef {
    this.#offsets.set(at.number, { at: this.#length, generation: at.generation });
    this.#push(latin1(`${at.number} ${at.generation} obj\n`));
    if (value instanceof PdfStream) {
      this.#push(latin1(`${writeEntries(new Map([...value.dict, ["Length", value.raw.length]]))}\nstream\n`));
      this.#push(value.raw);
      this.#push(latin1("\nendstream\nendobj\n"));
    } else this.#push(latin1(`${writeValue(value)}\nendobj\n`));
    return at;
  }

  /** The whole file. */
  end(trailer: Trailer): Uint8Array {
    const entries = new Map<string, PdfValue>([
      ...(trailer.others ?? []),
      ["Size", this.#next],
      ["Root", trailer.root],
      ["ID", trailer.id],
      ...(this.#before === null ? [] : ([["Prev", this.#before.xrefAt]] as const)),
    ]);
    const at = this.#length;
    if (this.#before?.xrefKind === "stream") this.#endWithStream(entries);
    else this.#endWithTable(entries);
    this.#push(latin1(`startxref\n${at}\n%%EOF\n`));
    return Buffer.concat(this.#chunks, this.#length);
  }

  #numbers(): readonly number[] {
    return [...this.#offsets.keys()].sort((a, b) => a - b);
  }

  #endWithTable(trailer: PdfDict): void {
    const line = (offset: number, generation: number, kind: "n" | "f"): string =>
      `${String(offset).padStart(10, "0")} ${String(generation).padStart(5, "0")} ${kind} \n`;
    const sections = runs(this.#before === null ? [0, ...this.#numbers()] : this.#numbers());
    const text = sections.map(({ from, count }) => {
      const lines = Array.from({ length: count }, (_, index) => {
        const entry = this.#offsets.get(from + index);
        return entry === undefined ? line(0, 65_535, "f") : line(entry.at, entry.generation, "n");
      });
      return `${from} ${count}\n${lines.join("")}`;
    });
    this.#push(latin1(`xref\n${text.join("")}trailer\n${writeEntries(trailer)}\n`));
  }

  /** A table may not follow a stream (7.5.8.4 has it only the other way round). */
  #endWithStream(trailer: PdfDict): void {
    const self = this.reserve();
    this.#offsets.set(self.number, { at: this.#length, generation: 0 });
    const numbers = this.#numbers();
    const rows = Buffer.alloc(numbers.length * 7);
    for (const [index, number] of numbers.entries()) {
      const entry = this.#offsets.get(number);
      rows.writeUInt8(1, index * 7);
      rows.writeUInt32BE(entry?.at ?? 0, index * 7 + 1);
      rows.writeUInt16BE(entry?.generation ?? 0, index * 7 + 5);
    }
    const entries = new Map<string, PdfValue>([
      ...trailer,
      ["Size", this.#next],
      ["Type", new PdfName("XRef")],
      ["W", [1, 4, 2]],
      ["Index", runs(numbers).flatMap(({ from, count }) => [from, count])],
    ]);
    this.add(new PdfStream(entries, rows), self);
  }
}

const runs = (numbers: readonly number[]): readonly { from: number; count: number }[] => {
  const found: { from: number; count: number }[] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last !== undefined && last.from + last.count === number) last.count += 1;
    else found.push({ from: number, count: 1 });
  }
  return found;
};
