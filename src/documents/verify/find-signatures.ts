// Which signatures does a file show, and which of its bytes does each one cover? (ISO 32000-1, 12.8.1)
import { PdfFile } from "../pdf/file.js";
import {
  dateOf,
  isArray,
  isName,
  type PdfDict,
  PdfName,
  PdfRef,
  PdfString,
  plainText,
  textOf,
} from "../pdf/objects.js";
import { PdfSyntaxError } from "../pdf/syntax.js";

const MAX_SIGNATURES = 40;
const MAX_DEPTH = 8;

export interface FoundSignature {
  readonly field: string;
  readonly subFilter: string;
  /** Of the signature dictionary; null when it says nothing that can be read. */
  readonly claimedAtMs: number | null;
  readonly cms: Uint8Array;
  /** Why the bytes that it covers are not one whole revision; null: they are. */
  readonly gap: string | null;
  /** The bytes of its revision: everything up to here. */
  readonly end: number;
  /** What was hashed. */
  readonly covered: readonly Uint8Array[];
  /** The file as it was when it was signed; null when `gap` says why there is none. */
  readonly revision: PdfFile | null;
}

const signatureFields = (file: PdfFile): readonly (readonly [string, PdfDict])[] => {
  const found: [string, PdfDict][] = [];
  const seen = new Set<number>();
  const visit = (value: unknown, prefix: string, inherited: boolean, depth: number): void => {
    if (depth > MAX_DEPTH || !(value instanceof PdfRef) || seen.has(value.number)) return;
    seen.add(value.number);
    const field = file.dict(value);
    if (field === null) return;
    const own = textOf(file.get(field.get("T")));
    const path = own === null ? prefix : prefix === "" ? own : `${prefix}.${own}`;
    const isSignature = field.has("FT") ? isName(file.get(field.get("FT")), "Sig") : inherited;
    const signature = file.dict(field.get("V"));
    if (isSignature && signature !== null) found.push([plainText(path), signature]);
    if (found.length > MAX_SIGNATURES) throw new PdfSyntaxError("it has too many signatures");
    for (const kid of file.array(field.get("Kids")) ?? []) visit(kid, path, isSignature, depth + 1);
  };
  const form = file.dict(file.catalog.get("AcroForm"));
  for (const field of file.array(form?.get("Fields")) ?? []) visit(field, "", false, 0);
  return found;
};

type Range = readonly [number, number, number, number];

const rangeOf = (file: PdfFile, signature: PdfDict): Range | null => {
  const given = file.get(signature.get("ByteRange"));
  if (!isArray(given) || given.length !== 4) return null;
  return given.every((value) => typeof value === "number" && Number.isSafeInteger(value) && value >= 0)
    ? (given as unknown as Range)
    : null;
};

/** Null: the range leaves out this signature's own digits and nothing else. */
const gapIn = (file: PdfFile, signature: PdfDict, [start, first, second, length]: Range): string | null => {
  const contents = signature.get("Contents");
  if (start !== 0) return "the signed bytes do not begin with the file";
  if (second + length > file.bytes.length) return "the signed bytes end behind the file";
  if (!(contents instanceof PdfString) || contents.start !== first || contents.end !== second)
    return "more than the signature itself is left out of what is signed";
  const digits = Buffer.from(file.bytes.subarray(first + 1, second - 1)).toString("latin1");
  if (!/^[0-9A-Fa-f]*$/.test(digits)) return "something hides in the signature's place";
  return null;
};

const revisionOf = (file: PdfFile, end: number): PdfFile | null => {
  if (end === file.bytes.length) return file;
  try {
    const revision = new PdfFile(file.bytes.subarray(0, end));
    // What came later has to build on exactly this state.
    return file.sections.some(({ at }) => at === revision.newest.at) ? revision : null;
  } catch (error) {
    if (error instanceof PdfSyntaxError) return null;
    throw error;
  }
};

const describe = (file: PdfFile, field: string, signature: PdfDict): FoundSignature => {
  const subFilter = file.get(signature.get("SubFilter"));
  const contents = signature.get("Contents");
  const range = rangeOf(file, signature);
  const gap = range === null ? "its byte range is no range" : gapIn(file, signature, range);
  const common = {
    field,
    subFilter: subFilter instanceof PdfName ? subFilter.text : "",
    claimedAtMs: dateOf(file.get(signature.get("M"))),
    cms: contents instanceof PdfString ? contents.bytes : new Uint8Array(0),
  };
  if (range === null || gap !== null) return { ...common, gap, end: 0, covered: [], revision: null };
  const [, first, second, length] = range;
  const end = second + length;
  const revision = revisionOf(file, end);
  return {
    ...common,
    gap: revision === null ? "the signed bytes are not one whole revision of the file" : null,
    end,
    covered: [file.bytes.subarray(0, first), file.bytes.subarray(second, end)],
    revision,
  };
};

/** In the order of their revisions; those that cover no revision come last. Throws `PdfSyntaxError`. */
export const findSignatures = (file: PdfFile): readonly FoundSignature[] =>
  signatureFields(file)
    .map(([field, signature]) => describe(file, field, signature))
    .sort((a, b) => (a.revision === null ? Infinity : a.end) - (b.revision === null ? Infinity : b.end));
