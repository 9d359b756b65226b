// What did a later revision change that a signature on an earlier one does not allow?
//
// Allowed: one more signature's field, the notices giving way to the copy statement, the metadata telling so.
// Everything else is forbidden, whatever it looks like: replaced contents, pages put in or taken out, annotations
// laid over the page, scripts, other metadata (the known "shadow" attacks all end here).

import type { PdfFile } from "../pdf/file.js";
import { isName, type PdfDict, PdfRef, PdfStream, type PdfValue, textOf } from "../pdf/objects.js";
import { inflateStructure } from "../pdf/sections.js";
import { NOTICE_NAME, STAMP_FLAGS, STATEMENT_NAME } from "../stamp.js";
import { statementContents } from "../wording.js";
import { readXmp, withoutStatement } from "../xmp.js";
import { Sameness } from "./same.js";

type Box = readonly [number, number, number, number];

const boxOf = (file: PdfFile, value: PdfValue | undefined): Box | null => {
  const given = file.array(value);
  if (given?.length !== 4 || !given.every((side) => typeof side === "number")) return null;
  return given as unknown as Box;
};

const sameBox = (a: Box | null, b: Box | null): boolean =>
  a !== null && b !== null && a.every((side, index) => Math.abs(side - (b[index] ?? Number.NaN)) < 0.01);

const isInside = (inner: Box, outer: Box | null): boolean =>
  outer !== null &&
  inner[0] >= outer[0] &&
  inner[1] >= outer[1] &&
  inner[2] <= outer[2] &&
  inner[3] <= outer[3];

const hasNoArea = (box: Box): boolean => box[0] === box[2] && box[1] === box[3];

const onlyHas = (value: PdfDict, ...keys: readonly string[]): boolean =>
  [...value.keys()].every((key) => keys.includes(key));

const WIDGET_KEYS = [
  "Type",
  "Subtype",
  "FT",
  "T",
  "V",
  "F",
  "P",
  "Rect",
  "AP",
  "Ff",
  "NM",
  "DA",
  "MK",
  "Lock",
  "SV",
];
const STAMP_KEYS = ["Type", "Subtype", "Rect", "P", "NM", "Contents", "F", "AP"];
const FORM_KEYS = ["Fields", "SigFlags"];
/** Judged by rules of their own, or (DSS, Extensions) shown to nobody. */
const CATALOG_APART = new Set(["Metadata", "AcroForm", "DSS", "Extensions"]);

const xmpOf = (file: PdfFile): Uint8Array => {
  const stream = file.stream(file.catalog.get("Metadata"));
  return stream === null || stream.raw.length > 1_000_000 ? new Uint8Array(0) : inflateStructure(stream);
};

/** Which stamp of ours an annotation is. */
const stampKind = (
  file: PdfFile,
  annotation: PdfDict | null,
  page: number,
): "notice" | "statement" | null => {
  if (annotation === null || !isName(annotation.get("Subtype"), "Stamp")) return null;
  const label = textOf(file.get(annotation.get("NM")));
  if (label === `${NOTICE_NAME}-${page}`) return "notice";
  return label === `${STATEMENT_NAME}-${page}` ? "statement" : null;
};

export interface PageStamp {
  readonly kind: "notice" | "statement";
  readonly contents: string;
}

/** The stamps of each page, as a reader lists them. */
export const stampsOf = (file: PdfFile): readonly (readonly PageStamp[])[] =>
  file.pages().map(({ dict: page }, index) =>
    (file.array(page.get("Annots")) ?? []).flatMap((item) => {
      const annotation = file.dict(item);
      const kind = stampKind(file, annotation, index + 1);
      return kind === null ? [] : [{ kind, contents: textOf(file.get(annotation?.get("Contents"))) ?? "" }];
    }),
  );

class Changes {
  readonly #before: PdfFile;
  readonly #after: PdfFile;
  readonly #sameness: Sameness;
  readonly #found: string[] = [];
  readonly #newFields = new Set<number>();

  constructor(before: PdfFile, after: PdfFile) {
    this.#before = before;
    this.#after = after;
    this.#sameness = new Sameness(before, after);
  }

  all(): readonly string[] {
    const [before, after] = [this.#before.pages(), this.#after.pages()];
    if (
      before.length !== after.length ||
      before.some(({ ref }, index) => ref.number !== after[index]?.ref.number)
    ) {
      this.#found.push(`pages were added, taken out or exchanged (${before.length}, then ${after.length})`);
      return this.#found;
    }
    for (const [index, { ref }] of before.entries()) this.#sameness.settle(ref, after[index]?.ref ?? ref);
    this.#trailer();
    this.#form();
    this.#catalog();
    for (const [index, { dict: page }] of before.entries())
      this.#page(page, after[index]?.dict ?? new Map(), index + 1);
    this.#metadata();
    return this.#found;
  }

  #expect(holds: boolean, what: string): void {
    if (!holds) this.#found.push(what);
  }

  #trailer(): void {
    const [before, after] = [this.#before.trailer, this.#after.trailer];
    this.#expect(
      this.#before.catalogRef.number === this.#after.catalogRef.number &&
        this.#sameness.same(before.get("Info"), after.get("Info")),
      "the trailer names another catalog or other document information",
    );
  }

  #entries(before: PdfDict, after: PdfDict, apart: ReadonlySet<string>, what: string): void {
    for (const key of new Set([...before.keys(), ...after.keys()]))
      if (!apart.has(key))
        this.#expect(this.#sameness.same(before.get(key), after.get(key)), `${what}: /${key} was changed`);
  }

  #catalog(): void {
    this.#entries(this.#before.catalog, this.#after.catalog, CATALOG_APART, "catalog");
  }

  #form(): void {
    const before = this.#before.dict(this.#before.catalog.get("AcroForm"));
    const after = this.#after.dict(this.#after.catalog.get("AcroForm"));
    if (after === null) {
      this.#expect(before === null, "the form with the signatures was taken out");
      return;
    }
    if (before === null)
      this.#expect(onlyHas(after, ...FORM_KEYS), "a form was added that holds more than signatures");
    else this.#entries(before, after, new Set(FORM_KEYS), "form");
    const old = this.#before.array(before?.get("Fields")) ?? [];
    const now = this.#after.array(after.get("Fields")) ?? [];
    this.#expect(old.length <= now.length, "a field was taken out");
    for (const [index, field] of now.entries()) {
      if (index < old.length) this.#expect(this.#sameness.same(old[index], field), "a field was changed");
      else this.#newField(field);
    }
  }

  #newField(field: PdfValue): void {
    const entries = this.#after.dict(field);
    const isSignature =
      field instanceof PdfRef &&
      entries !== null &&
      isName(entries.get("FT"), "Sig") &&
      isName(entries.get("Subtype"), "Widget") &&
      onlyHas(entries, ...WIDGET_KEYS);
    this.#expect(isSignature, "a field was added that is no plain signature");
    if (isSignature) this.#newFields.add(field.number);
  }

  #page(before: PdfDict, after: PdfDict, number: number): void {
    this.#entries(before, after, new Set(["Annots"]), `page ${number}`);
    const old = this.#before.array(before.get("Annots")) ?? [];
    const now = this.#after.array(after.get("Annots")) ?? [];
    this.#expect(old.length <= now.length, `page ${number}: an annotation was taken out`);
    const reserved = this.#noticeBox(old, number);
    for (const [index, item] of now.entries()) {
      if (index >= old.length) this.#newAnnotation(item, reserved, number);
      else if (!this.#isStatement(old[index], item, number))
        this.#expect(this.#sameness.same(old[index], item), `page ${number}: an annotation was changed`);
    }
  }

  /** Where pictures of signatures may stand: on the stamp's own ground, never on the paper. */
  #noticeBox(annotations: readonly PdfValue[], number: number): Box | null {
    for (const item of annotations) {
      const annotation = this.#before.dict(item);
      if (stampKind(this.#before, annotation, number) !== null)
        return boxOf(this.#before, annotation?.get("Rect"));
    }
    return null;
  }

  #newAnnotation(item: PdfValue, reserved: Box | null, number: number): void {
    const isField = item instanceof PdfRef && this.#newFields.has(item.number);
    this.#expect(isField, `page ${number}: an annotation was added`);
    const box = boxOf(this.#after, this.#after.dict(item)?.get("Rect"));
    this.#expect(
      !isField || (box !== null && (hasNoArea(box) || isInside(box, reserved))),
      `page ${number}: a signature's picture lies over the page`,
    );
  }

  /** The one exchange that is allowed: our notice for our statement, at the same place. */
  #isStatement(before: PdfValue | undefined, after: PdfValue, number: number): boolean {
    const [old, now] = [this.#before.dict(before), this.#after.dict(after)];
    if (old === null || now === null || !(before instanceof PdfRef) || !(after instanceof PdfRef))
      return false;
    if (before.number !== after.number || stampKind(this.#before, old, number) !== "notice") return false;
    if (stampKind(this.#after, now, number) !== "statement" || !onlyHas(now, ...STAMP_KEYS)) return false;
    return (
      now.get("F") === STAMP_FLAGS &&
      sameBox(boxOf(this.#before, old.get("Rect")), boxOf(this.#after, now.get("Rect"))) &&
      this.#isPlainForm(now)
    );
  }

  /** Clipped to its own box: no matrix, no box larger than the annotation. */
  #isPlainForm(annotation: PdfDict): boolean {
    const looks = this.#after.dict(annotation.get("AP"));
    if (looks === null || !onlyHas(looks, "N")) return false;
    const form = this.#after.get(looks.get("N"));
    if (!(form instanceof PdfStream) || form.dict.has("Matrix")) return false;
    return boxOf(this.#after, form.dict.get("BBox")) !== null && !form.dict.has("OC");
  }

  #metadata(): void {
    const [before, after] = [xmpOf(this.#before), xmpOf(this.#after)];
    const [old, now] = [readXmp(before).statement, readXmp(after).statement];
    if (old === null && now !== null) {
      this.#expect(withoutStatement(after) === withoutStatement(before), "the metadata was changed");
      return;
    }
    this.#expect(
      withoutStatement(before, false) === withoutStatement(after, false),
      "the metadata was changed",
    );
  }
}

/** Empty: nothing that is forbidden. English, technical. Throws `PdfSyntaxError`. */
export const forbiddenChanges = (before: PdfFile, after: PdfFile): readonly string[] =>
  new Changes(before, after).all();

/** The copy statement, when the metadata has one and every page shows it and no page the notice. */
export const shownStatement = (file: PdfFile): ReturnType<typeof readXmp>["statement"] => {
  const { statement } = readXmp(xmpOf(file));
  if (statement === null) return null;
  const expected = statementContents(statement);
  const shown = stampsOf(file).every(
    (stamps) => stamps.length === 1 && stamps[0]?.kind === "statement" && stamps[0].contents === expected,
  );
  return shown ? statement : null;
};

/** Also one that is on some pages only, or that the metadata does not bear out. */
export const showsAnyStatement = (file: PdfFile): boolean =>
  stampsOf(file).some((stamps) => stamps.some(({ kind }) => kind === "statement"));

export const scanOf = (file: PdfFile): ReturnType<typeof readXmp>["scan"] => readXmp(xmpOf(file)).scan;
