// Which bytes of a TrueType font does a PDF need to draw these characters? (ISO/IEC 14496-22)
//
// Glyphs get new numbers, hints go (they are for screens of old, and need tables that would have to come along).
// A subsetter of our own because it runs in one go, gives the same bytes each time, and keeps ụ one glyph.

const COMPOSITE_MORE = 0x0020;
const COMPOSITE_HINTED = 0x0100;
const COMPOSITE_WORDS = 0x0001;
const COMPOSITE_SCALE = 0x0008;
const COMPOSITE_XY = 0x0040;
const COMPOSITE_MATRIX = 0x0080;

interface Component {
  readonly glyph: number;
  /** Of the component's glyph number, from the start of the outline. */
  readonly at: number;
}

export class TrueTypeFont {
  readonly #view: DataView;
  readonly #tables = new Map<string, { readonly at: number; readonly length: number }>();
  readonly #glyphOf: ReadonlyMap<number, number>;
  readonly unitsPerEm: number;
  readonly ascent: number;
  readonly descent: number;
  readonly capHeight: number;
  readonly box: readonly [number, number, number, number];

  /** Of a font that travels with the program: what is wrong with it throws RangeError or TypeError. */
  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let index = 0; index < this.#view.getUint16(4); index++) {
      const at = 12 + 16 * index;
      const tag = Buffer.from(bytes.subarray(at, at + 4)).toString("latin1");
      this.#tables.set(tag, { at: this.#view.getUint32(at + 8), length: this.#view.getUint32(at + 12) });
    }
    const head = this.#table("head").at;
    const hhea = this.#table("hhea").at;
    this.unitsPerEm = this.#view.getUint16(head + 18);
    this.box = [36, 38, 40, 42].map((at) => this.#view.getInt16(head + at)) as [
      number,
      number,
      number,
      number,
    ];
    this.ascent = this.#view.getInt16(hhea + 4);
    this.descent = this.#view.getInt16(hhea + 6);
    this.capHeight = this.#view.getInt16(this.#table("OS/2").at + 88);
    this.#glyphOf = this.#readCharacters();
  }

  #table(tag: string): { readonly at: number; readonly length: number } {
    const table = this.#tables.get(tag);
    if (table === undefined) throw new TypeError(`the font has no table ${tag}`);
    return table;
  }

  #bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, length);
  }

  /** Format 4 of the Unicode encodings: the whole basic plane, all that Vietnamese needs. */
  #readCharacters(): ReadonlyMap<number, number> {
    const view = this.#view;
    const { at } = this.#table("cmap");
    const found = new Map<number, number>();
    for (let index = 0; index < view.getUint16(at + 2); index++) {
      const table = at + view.getUint32(at + 4 + 8 * index + 4);
      if (view.getUint16(table) !== 4) continue;
      const segments = view.getUint16(table + 6) / 2;
      const [ends, starts] = [table + 14, table + 16 + 2 * segments];
      const [deltas, ranges] = [starts + 2 * segments, starts + 4 * segments];
      for (let segment = 0; segment < segments; segment++) {
        const range = view.getUint16(ranges + 2 * segment);
        const start = view.getUint16(starts + 2 * segment);
        for (let character = start; character <= view.getUint16(ends + 2 * segment); character++) {
          const raw =
            range === 0 ? character : view.getUint16(ranges + 2 * segment + range + 2 * (character - start));
          const glyph = raw === 0 ? 0 : (raw + view.getUint16(deltas + 2 * segment)) & 0xffff;
          if (glyph !== 0 && character !== 0xffff) found.set(character, glyph);
        }
      }
      return found;
    }
    throw new TypeError("the font has no Unicode table");
  }

  /** Undefined: the font does not have it. */
  glyphOf(codePoint: number): number | undefined {
    return this.#glyphOf.get(codePoint);
  }

  /** In units of the em. */
  advanceOf(glyph: number): number {
    const { at } = this.#table("hmtx");
    const metrics = this.#view.getUint16(this.#table("hhea").at + 34);
    return this.#view.getUint16(at + 4 * Math.min(glyph, metrics - 1));
  }

  #bearingOf(glyph: number): number {
    const { at } = this.#table("hmtx");
    const metrics = this.#view.getUint16(this.#table("hhea").at + 34);
    return glyph < metrics
      ? this.#view.getInt16(at + 4 * glyph + 2)
      : this.#view.getInt16(at + 4 * metrics + 2 * (glyph - metrics));
  }

  #outline(glyph: number): Uint8Array {
    const { at } = this.#table("loca");
    const long = this.#view.getInt16(this.#table("head").at + 50) === 1;
    const place = (index: number): number =>
      long ? this.#view.getUint32(at + 4 * index) : 2 * this.#view.getUint16(at + 2 * index);
    return this.#bytes(this.#table("glyf").at + place(glyph), place(glyph + 1) - place(glyph));
  }

  /** A font of glyph 0 and these, in this order, then the parts that they are put together from. */
  subset(glyphs: readonly number[]): Uint8Array {
    const all = [0, ...glyphs.filter((glyph) => glyph !== 0)];
    const numberOf = new Map(all.map((glyph, index) => [glyph, index]));
    const outlines: Uint8Array[] = [];
    for (let index = 0; index < all.length; index++) {
      const outline = withoutHints(this.#outline(all[index] ?? 0));
      const view = new DataView(outline.buffer, outline.byteOffset, outline.byteLength);
      for (const { glyph, at } of componentsOf(outline)) {
        const known = numberOf.get(glyph) ?? all.length;
        if (known === all.length) {
          all.push(glyph);
          numberOf.set(glyph, known);
        }
        view.setUint16(at, known);
      }
      outlines.push(outline);
    }
    return this.#assemble(all, outlines);
  }

  #assemble(glyphs: readonly number[], outlines: readonly Uint8Array[]): Uint8Array {
    const padded = outlines.map((outline) => Buffer.concat([outline, Buffer.alloc(-outline.length & 3)]));
    const loca = Buffer.alloc(4 * (glyphs.length + 1));
    let at = 0;
    for (const [index, outline] of padded.entries()) {
      loca.writeUInt32BE(at, 4 * index);
      at += outline.length;
    }
    loca.writeUInt32BE(at, 4 * glyphs.length);
    const hmtx = Buffer.alloc(4 * glyphs.length);
    for (const [index, glyph] of glyphs.entries()) {
      hmtx.writeUInt16BE(this.advanceOf(glyph), 4 * index);
      hmtx.writeInt16BE(this.#bearingOf(glyph), 4 * index + 2);
    }
    const copy = (tag: string): Buffer => {
      const table = this.#table(tag);
      return Buffer.from(this.#bytes(table.at, table.length));
    };
    const [head, hhea, maxp] = [copy("head"), copy("hhea"), copy("maxp")];
    head.writeUInt32BE(0, 8);
    head.writeInt16BE(1, 50);
    hhea.writeUInt16BE(glyphs.length, 34);
    maxp.writeUInt16BE(glyphs.length, 4);
    // No program, no storage, no functions: maxZones 1 and zeros (the table's clause "maxp").
    if (maxp.length >= 32) {
      maxp.writeUInt16BE(1, 14);
      maxp.fill(0, 16, 28);
    }
    return fontFile({ glyf: Buffer.concat(padded), head, hhea, hmtx, loca, maxp });
  }
}

const isComposite = (outline: Uint8Array): boolean => ((outline[0] ?? 0) & 0x80) !== 0;

const componentLength = (flags: number): number => {
  const offsets = (flags & COMPOSITE_WORDS) === 0 ? 2 : 4;
  const scales =
    (flags & COMPOSITE_SCALE) !== 0
      ? 2
      : (flags & COMPOSITE_XY) !== 0
        ? 4
        : (flags & COMPOSITE_MATRIX) !== 0
          ? 8
          : 0;
  return 4 + offsets + scales;
};

const componentsOf = (outline: Uint8Array): readonly Component[] => {
  if (outline.length === 0 || !isComposite(outline)) return [];
  const view = new DataView(outline.buffer, outline.byteOffset, outline.byteLength);
  const found: Component[] = [];
  let flags = COMPOSITE_MORE;
  for (let at = 10; (flags & COMPOSITE_MORE) !== 0; at += componentLength(flags)) {
    flags = view.getUint16(at);
    found.push({ glyph: view.getUint16(at + 2), at: at + 2 });
  }
  return found;
};

/** A copy. */
const withoutHints = (outline: Uint8Array): Uint8Array => {
  if (outline.length === 0) return new Uint8Array(0);
  const copy = Uint8Array.from(outline);
  const view = new DataView(copy.buffer);
  if (!isComposite(outline)) {
    const instructions = 10 + 2 * view.getInt16(0);
    const length = view.getUint16(instructions);
    view.setUint16(instructions, 0);
    copy.copyWithin(instructions + 2, instructions + 2 + length);
    return copy.slice(0, copy.length - length);
  }
  let end = 10;
  for (const { at } of componentsOf(outline)) {
    const flags = view.getUint16(at - 2);
    view.setUint16(at - 2, flags & ~COMPOSITE_HINTED);
    end = at - 2 + componentLength(flags);
  }
  return copy.slice(0, end);
};

const checksum = (table: Buffer): number => {
  let sum = 0;
  for (let at = 0; at + 4 <= table.length; at += 4) sum = (sum + table.readUInt32BE(at)) >>> 0;
  return sum;
};

/** Tables in the order of their names, each on a multiple of four bytes. */
const fontFile = (tables: Readonly<Record<string, Buffer>>): Uint8Array => {
  const entries = Object.entries(tables).map(([tag, table]) => ({
    tag,
    length: table.length,
    padded: Buffer.concat([table, Buffer.alloc(-table.length & 3)]),
  }));
  const power = 2 ** Math.floor(Math.log2(entries.length));
  const directory = Buffer.alloc(12 + 16 * entries.length);
  directory.writeUInt32BE(0x0001_0000, 0);
  directory.writeUInt16BE(entries.length, 4);
  directory.writeUInt16BE(16 * power, 6);
  directory.writeUInt16BE(Math.log2(power), 8);
  directory.writeUInt16BE(16 * (entries.length - power), 10);
  let at = directory.length;
  let headAt = 0;
  for (const [index, { tag, length, padded }] of entries.entries()) {
    directory.write(tag, 12 + 16 * index, "latin1");
    directory.writeUInt32BE(checksum(padded), 16 + 16 * index);
    directory.writeUInt32BE(at, 20 + 16 * index);
    directory.writeUInt32BE(length, 24 + 16 * index);
    if (tag === "head") headAt = at;
    at += padded.length;
  }
  const file = Buffer.concat([directory, ...entries.map(({ padded }) => padded)]);
  file.writeUInt32BE((0xb1b0_afba - checksum(file)) >>> 0, headAt + 8);
  return file;
};
