// How does one more signature get into a PDF, the bytes before it untouched, the CMS perhaps made elsewhere?
//
// An incremental update (ISO 32000-1, 7.5.6 and 12.8.1; ISO 19005-2, 6.4.3). The officer's revision redefines the
// notice annotations as the copy statement under their own object numbers: no page, no list of annotations and no
// content changes, so there is little that a check between two revisions has to allow.
import { createHash } from "node:crypto";
import { FaultError } from "../core/faults.js";
import { openTextFont } from "./build-pdf.js";
import { messageDigestOf } from "./cms-parts.js";
import { PdfFile } from "./pdf/file.js";
import {
  dateString,
  dict,
  isArray,
  name,
  type PdfArray,
  type PdfDict,
  PdfRef,
  PdfStream,
  PdfString,
  type PdfValue,
  PdfVerbatim,
  plainText,
  textOf,
  textString,
} from "./pdf/objects.js";
import { PdfSyntaxError } from "./pdf/syntax.js";
import { PdfWriter } from "./pdf/write.js";
import type { CopyStatement } from "./scan.js";
import type { PreparedSignature, SignatureOrder, SignaturePlace } from "./signing.js";
import { appearance, drawLines, drawStatement, NOTICE_NAME, type Rect, stampAnnotation } from "./stamp.js";
import { withStatement } from "./xmp.js";

const DEFAULT_RESERVE = 12_000;
/** Characters of one value: what still can be read in the box. */
const MAX_STATEMENT = 120;
/** ISO 19005-2, 6.1.13: no string has more than 32,767 bytes. */
const MAX_RESERVE = 32_000;
/** As wide as a file of ten gigabytes needs. */
const RANGE_DIGITS = 10;
const RANGE_ROOM = `[0 ${Array.from({ length: 3 }, () => " ".repeat(RANGE_DIGITS)).join(" ")}]`;
/** Print and Locked. */
const WIDGET_FLAGS = 4 | 128;
/** SignaturesExist and AppendOnly (12.7.2). */
const SIG_FLAGS = 3;

const fail: (what: string, cause?: unknown) => never = (what, cause) => {
  throw new FaultError("document.unreadable", what, { cause });
};

const rectOf = (value: PdfValue): Rect | null => {
  if (!isArray(value) || value.length !== 4 || !value.every((side) => typeof side === "number")) return null;
  return value as unknown as Rect;
};

interface Notice {
  readonly ref: PdfRef;
  readonly rect: Rect;
  readonly page: PdfRef;
}

/** The notice of each page. */
const findNotices = (file: PdfFile): readonly Notice[] =>
  file.pages().map(({ ref: page, dict: entries }, index) => {
    for (const item of file.array(entries.get("Annots")) ?? []) {
      const annotation = file.dict(item);
      const rect = rectOf(file.get(annotation?.get("Rect")));
      if (
        textOf(annotation?.get("NM"))?.startsWith(`${NOTICE_NAME}-`) &&
        item instanceof PdfRef &&
        rect !== null
      )
        return { ref: item, rect, page };
    }
    return fail(
      `page ${index + 1} carries no kiosk's notice: it is no scan of a kiosk, or is certified already`,
    );
  });

/** As it will be read again: one line each, nothing empty. */
const cleaned = (statement: CopyStatement): CopyStatement => {
  const clean = (what: string, text: string): string => {
    const line = plainText(text).trim();
    if (line === "" || line.length > MAX_STATEMENT) fail(`the copy statement's ${what} is empty or too long`);
    return line;
  };
  const { registerNumber, book, date, authority, officer } = statement;
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) fail("the copy statement's date is not yyyy-MM-dd");
  return {
    registerNumber: clean("number", registerNumber),
    book: clean("book", book),
    date,
    authority: clean("authority", authority),
    officer: { name: clean("officer", officer.name), position: clean("position", officer.position) },
  };
};

class Update {
  readonly file: PdfFile;
  readonly writer: PdfWriter;
  /** The catalog as far as it was changed; null: it was not. */
  #catalog: PdfDict | null = null;

  constructor(file: PdfFile) {
    const { newest } = file;
    this.file = file;
    this.writer = new PdfWriter({
      bytes: file.bytes,
      xrefAt: newest.at,
      xrefKind: newest.kind,
      size: Math.max(file.size, Number(file.trailer.get("Size") ?? 0)),
    });
  }

  certify(given: CopyStatement, atMs: number): void {
    const statement = cleaned(given);
    const notices = findNotices(this.file);
    const font = openTextFont();
    const drawn = notices.map(({ rect }) => drawStatement(font, rect, statement));
    const fontRef = font.embed(this.writer, this.writer.reserve());
    for (const [index, { ref, rect, page }] of notices.entries()) {
      const text = drawn[index];
      if (text === undefined) continue;
      const form = this.writer.add(appearance(text.content, rect, fontRef));
      this.writer.add(stampAnnotation(text, { rect, page, pageNumber: index + 1 }, form), ref);
    }
    const metadata = this.file.catalog.get("Metadata");
    const stream = this.file.stream(metadata);
    if (!(metadata instanceof PdfRef) || stream === null || stream.dict.has("Filter"))
      fail("it has no metadata of a kiosk");
    const entries = dict({ Type: name("Metadata"), Subtype: name("XML") });
    this.writer.add(new PdfStream(entries, withStatement(stream.raw, statement, atMs)), metadata);
  }

  addSignature(order: SignatureOrder, reserve: number): void {
    const value = this.writer.add(signatureDictionary(order, reserve));
    const page =
      this.file.pages()[order.appearance?.page ?? 0] ?? fail("there is no such page for the signature");
    const widget = this.writer.reserve();
    const rect: Rect = order.appearance?.rect ?? [0, 0, 0, 0];
    this.writer.add(
      dict({
        Type: name("Annot"),
        Subtype: name("Widget"),
        FT: name("Sig"),
        T: textString(order.fieldName),
        V: value,
        F: WIDGET_FLAGS,
        P: page.ref,
        Rect: [...rect],
        ...(order.appearance === undefined
          ? {}
          : { AP: dict({ N: this.#look(order.appearance.lines, rect) }) }),
      }),
      widget,
    );
    this.#addToPage(page.ref, page.dict, widget);
    this.#addToForm(widget, order.fieldName);
  }

  #look(lines: readonly string[], rect: Rect): PdfRef {
    const font = openTextFont();
    const content = drawLines(font, rect, lines);
    return this.writer.add(appearance(content, rect, font.embed(this.writer, this.writer.reserve())));
  }

  #addToPage(ref: PdfRef, page: PdfDict, widget: PdfRef): void {
    const annotations = page.get("Annots");
    const list: PdfArray = [...(this.file.array(annotations) ?? []), widget];
    if (annotations instanceof PdfRef) this.writer.add(list, annotations);
    else this.writer.add(new Map([...page, ["Annots", list]]), ref);
  }

  #addToForm(widget: PdfRef, fieldName: string): void {
    const given = this.file.catalog.get("AcroForm");
    const form = this.file.dict(given) ?? new Map<string, PdfValue>();
    const fields = this.file.array(form.get("Fields")) ?? [];
    if (fields.some((field) => textOf(this.file.dict(field)?.get("T")) === fieldName))
      fail(`there is a field "${fieldName}" already`);
    const next = new Map<string, PdfValue>([
      ...form,
      ["Fields", [...fields, widget]],
      ["SigFlags", SIG_FLAGS],
    ]);
    if (given instanceof PdfRef) this.writer.add(next, given);
    else this.#catalog = new Map([...this.file.catalog, ["AcroForm", this.writer.add(next)]]);
  }

  end(change: string): Uint8Array {
    const { catalogRef, trailer, bytes } = this.file;
    if (this.#catalog !== null) this.writer.add(this.#catalog, catalogRef);
    const given = trailer.get("ID");
    const now = new PdfString(createHash("sha256").update(bytes).update(change).digest().subarray(0, 16));
    const first = isArray(given) && given[0] instanceof PdfString ? given[0] : now;
    const info = trailer.get("Info");
    return this.writer.end({
      root: catalogRef,
      id: [first, now],
      ...(info === undefined ? {} : { others: new Map([["Info", info]]) }),
    });
  }
}

const signatureDictionary = (order: SignatureOrder, reserve: number): PdfDict =>
  dict({
    Type: name("Sig"),
    Filter: name("Adobe.PPKLite"),
    SubFilter: name("ETSI.CAdES.detached"),
    ByteRange: new PdfVerbatim(RANGE_ROOM),
    Contents: new PdfVerbatim(`<${"0".repeat(2 * reserve)}>`),
    Name: textString(order.signer),
    Reason: textString(order.reason),
    ...(order.location === undefined ? {} : { Location: textString(order.location) }),
    M: dateString(order.signedAtMs),
  });

/** SHA-256 of what a byte range covers. */
export const digestOf = (
  pdf: Uint8Array,
  { byteRange: [, first, second, length] }: SignaturePlace,
): Uint8Array =>
  new Uint8Array(
    createHash("sha256")
      .update(pdf.subarray(0, first))
      .update(pdf.subarray(second, second + length))
      .digest(),
  );

/** Writes a CMS into its place, whatever it signs. Throws "document.unreadable" when it does not fit. */
export const placeCms = (
  pdf: Uint8Array,
  { byteRange: [, first, second] }: SignaturePlace,
  cms: Uint8Array,
): void => {
  const room = (second - first - 2) / 2;
  if (pdf[first] !== 0x3c || pdf[second - 1] !== 0x3e) fail("there is no room for a signature at that place");
  if (cms.length > room) fail(`the signature has ${cms.length} bytes, the room ${room}`);
  Buffer.from(pdf.buffer, pdf.byteOffset, pdf.length).write(
    Buffer.from(cms).toString("hex"),
    first + 1,
    "latin1",
  );
};

/** The signed file. Throws "document.unreadable" when the CMS does not fit or signs another digest. */
export const finishSignature = (pdf: Uint8Array, place: SignaturePlace, cms: Uint8Array): Uint8Array => {
  if (Buffer.compare(messageDigestOf(cms), digestOf(pdf, place)) !== 0) fail("the CMS signs another digest");
  const signed = new Uint8Array(pdf);
  placeCms(signed, place, cms);
  return signed;
};

const fillRange = (pdf: Buffer, from: number, reserve: number): SignaturePlace => {
  const first = pdf.indexOf(`<${"0".repeat(2 * reserve)}>`, from, "latin1");
  const second = first + 2 * reserve + 2;
  const byteRange = [0, first, second, pdf.length - second] as const;
  const text = byteRange.slice(1).map((value) => String(value).padEnd(RANGE_DIGITS));
  pdf.write(`[0 ${text.join(" ")}]`, pdf.lastIndexOf(RANGE_ROOM, first, "latin1"), "latin1");
  return { byteRange };
};

const checkOrder = ({ fieldName }: SignatureOrder, reserve: number): void => {
  if (!/^[A-Za-z0-9-]{1,60}$/.test(fieldName)) fail(`"${fieldName}" is no name of a field`);
  if (!Number.isInteger(reserve) || reserve < 1_000 || reserve > MAX_RESERVE)
    fail(`room for a signature is 1,000 to ${MAX_RESERVE} bytes`);
};

/** One more revision with room for a signature. Throws `FaultError` "document.unreadable". */
export const prepareSignature = (pdf: Uint8Array, order: SignatureOrder): PreparedSignature => {
  const reserve = order.reserveBytes ?? DEFAULT_RESERVE;
  checkOrder(order, reserve);
  try {
    const update = new Update(new PdfFile(pdf));
    if (order.statement !== undefined) update.certify(order.statement, order.signedAtMs);
    update.addSignature(order, reserve);
    const whole = Buffer.from(update.end(`${order.fieldName} ${order.signedAtMs}`));
    const place = fillRange(whole, pdf.length, reserve);
    return {
      ...place,
      pdf: whole,
      digest: digestOf(whole, place),
      finish: (cms) => finishSignature(whole, place, cms),
    };
  } catch (error) {
    if (error instanceof PdfSyntaxError) return fail(error.message, error);
    throw error;
  }
};
