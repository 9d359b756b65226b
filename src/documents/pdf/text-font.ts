// How is a font put into a PDF so that what is copied out of it is what was written, whatever the letters?
//
// ISO 32000-1, 9.7 and 9.10.3. Each character has a code of its own, and ToUnicode says which; a character that the
// font lacks is drawn as its replacement sign, and still copied as itself.
import { deflateSync } from "node:zlib";
import { dict, name, type PdfRef, PdfStream, PdfString, type PdfValue } from "./objects.js";
import type { TrueTypeFont } from "./true-type.js";
import type { PdfWriter } from "./write.js";

const REPLACEMENTS = [0xfffd, 0x25a1, 0x3f];
/** Of a ToUnicode section (Adobe Technical Note 5014). */
const MAX_PER_SECTION = 100;

export const deflated = (data: Uint8Array, entries: Readonly<Record<string, PdfValue>> = {}): PdfStream =>
  new PdfStream(dict({ ...entries, Filter: name("FlateDecode") }), deflateSync(data, { level: 9 }));

const hex = (value: number): string => value.toString(16).padStart(4, "0");

const utf16 = (codePoint: number): string =>
  Buffer.from(String.fromCodePoint(codePoint), "utf16le").swap16().toString("hex");

/** Unpaired surrogates and controls are nothing that can be written. */
const isWritable = (codePoint: number): boolean =>
  codePoint >= 0x20 &&
  !(codePoint >= 0x7f && codePoint < 0xa0) &&
  !(codePoint >= 0xd800 && codePoint < 0xe000);

export class TextFont {
  readonly #font: TrueTypeFont;
  readonly #name: string;
  readonly #replacement: number;
  /** Code by code point; codes count from 1. */
  readonly #codes = new Map<number, number>();

  /** `name` is the PostScript name. */
  constructor(font: TrueTypeFont, postScriptName: string) {
    this.#font = font;
    this.#name = postScriptName;
    const known = REPLACEMENTS.find((codePoint) => font.glyphOf(codePoint) !== undefined);
    this.#replacement = font.glyphOf(known ?? 0x20) ?? 0;
  }

  #glyph(codePoint: number): number {
    return this.#font.glyphOf(codePoint) ?? this.#replacement;
  }

  #characters(text: string): readonly number[] {
    return [...text.normalize("NFC")].map((character) => character.codePointAt(0) ?? 0).filter(isWritable);
  }

  /** The operand of `Tj`; "" when nothing of the text can be written. */
  encode(text: string): string {
    const codes = this.#characters(text).map((codePoint) => {
      const known = this.#codes.get(codePoint) ?? this.#codes.size + 1;
      // Codes have two bytes; 65,535 different characters are more than Unicode's basic plane holds letters.
      if (known > 0xffff) return 1;
      this.#codes.set(codePoint, known);
      return known;
    });
    return codes.length === 0 ? "" : `<${codes.map(hex).join("")}>`;
  }

  /** In the unit of `size`. */
  width(text: string, size: number): number {
    const units = this.#characters(text).reduce(
      (sum, codePoint) => sum + this.#font.advanceOf(this.#glyph(codePoint)),
      0,
    );
    return (units / this.#font.unitsPerEm) * size;
  }

  /** Writes the font with what was encoded until now. */
  embed(writer: PdfWriter, at: PdfRef): PdfRef {
    const points = [...this.#codes.keys()];
    const glyphs = [...new Set(points.map((codePoint) => this.#glyph(codePoint)))];
    const numberOf = new Map(glyphs.map((glyph, index) => [glyph, index + 1]));
    const map = Buffer.alloc(2 * (points.length + 1));
    for (const [index, codePoint] of points.entries())
      map.writeUInt16BE(numberOf.get(this.#glyph(codePoint)) ?? 0, 2 * (index + 1));
    const file = this.#font.subset(glyphs);
    const fontName = name(`${tagOf(points)}+${this.#name}`);
    const descendant = dict({
      Type: name("Font"),
      Subtype: name("CIDFontType2"),
      BaseFont: fontName,
      CIDSystemInfo: dict({ Registry: ascii("Adobe"), Ordering: ascii("Identity"), Supplement: 0 }),
      FontDescriptor: writer.add(
        this.#descriptor(fontName, writer.add(deflated(file, { Length1: file.length }))),
      ),
      DW: 1_000,
      W: [1, points.map((codePoint) => this.#thousandths(this.#font.advanceOf(this.#glyph(codePoint))))],
      CIDToGIDMap: writer.add(deflated(map)),
    });
    return writer.add(
      dict({
        Type: name("Font"),
        Subtype: name("Type0"),
        BaseFont: fontName,
        Encoding: name("Identity-H"),
        DescendantFonts: [writer.add(descendant)],
        ToUnicode: writer.add(deflated(Buffer.from(toUnicode(points), "latin1"))),
      }),
      at,
    );
  }

  #thousandths(units: number): number {
    return Math.round((units * 1_000) / this.#font.unitsPerEm);
  }

  #descriptor(fontName: PdfValue, file: PdfRef): PdfValue {
    const { box, ascent, descent, capHeight } = this.#font;
    return dict({
      Type: name("FontDescriptor"),
      FontName: fontName,
      // Symbolic: codes are this file's own.
      Flags: 4,
      FontBBox: box.map((units) => this.#thousandths(units)),
      ItalicAngle: 0,
      Ascent: this.#thousandths(ascent),
      Descent: this.#thousandths(descent),
      CapHeight: this.#thousandths(capHeight),
      StemV: 80,
      FontFile2: file,
    });
  }
}

const ascii = (text: string): PdfValue => new PdfString(Buffer.from(text, "latin1"));

const toUnicode = (points: readonly number[]): string => {
  const lines = points.map((codePoint, index) => `<${hex(index + 1)}> <${utf16(codePoint)}>`);
  const sections: string[] = [];
  for (let from = 0; from < lines.length; from += MAX_PER_SECTION) {
    const part = lines.slice(from, from + MAX_PER_SECTION);
    sections.push(`${part.length} beginbfchar\n${part.join("\n")}\nendbfchar\n`);
  }
  return [
    "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n",
    "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n",
    "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n",
    "1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n",
    ...sections,
    "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n",
  ].join("");
};

/** Six letters that differ between two subsets of one font in a file (9.6.4). */
const tagOf = (points: readonly number[]): string => {
  let hash = 2_166_136_261;
  for (const point of points) hash = Math.imul(hash ^ point, 16_777_619) >>> 0;
  return Array.from({ length: 6 }, (_, index) =>
    String.fromCharCode(65 + (Math.floor(hash / 26 ** index) % 26)),
  ).join("");
};
