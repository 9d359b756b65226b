// Which kinds of values is a PDF made of? (ISO 32000-1, 7.3)

/** Letters of the name as latin-1, without the slash. */
export class PdfName {
  constructor(readonly text: string) {}
}

export class PdfString {
  constructor(
    readonly bytes: Uint8Array,
    /** Where its token stands in the file that it was read from, delimiters included; −1: it was not read. */
    readonly start = -1,
    readonly end = -1,
  ) {}
}

export class PdfRef {
  constructor(
    readonly number: number,
    readonly generation = 0,
  ) {}
}

export class PdfStream {
  constructor(
    readonly dict: PdfDict,
    /** As it stands in the file, filters not undone. */
    readonly raw: Uint8Array,
  ) {}
}

/** Written as it is: room for what is filled in later. */
export class PdfVerbatim {
  constructor(readonly text: string) {}
}

export type PdfDict = ReadonlyMap<string, PdfValue>;
export type PdfArray = readonly PdfValue[];
export type PdfValue =
  | null
  | boolean
  | number
  | PdfName
  | PdfString
  | PdfRef
  | PdfStream
  | PdfVerbatim
  | PdfArray
  | PdfDict;

export const name = (text: string): PdfName => new PdfName(text);

export const dict = (entries: Readonly<Record<string, PdfValue>>): PdfDict =>
  new Map(Object.entries(entries));

export const isDict = (value: PdfValue | undefined): value is PdfDict => value instanceof Map;

export const isArray = (value: PdfValue | undefined): value is PdfArray => Array.isArray(value);

export const isName = (value: PdfValue | undefined, text: string): boolean =>
  value instanceof PdfName && value.text === text;

/** A text string: UTF-16BE with its mark (7.9.2.2), or PDFDocEncoding where ASCII is enough. */
export const textString = (text: string): PdfString => {
  if (/^[\x20-\x7e]*$/.test(text)) return new PdfString(Buffer.from(text, "latin1"));
  const bytes = Buffer.from(`\ufeff${text}`, "utf16le");
  return new PdfString(bytes.swap16());
};

/** The text of a text string, as far as readers agree on it. */
export const textOf = (value: PdfValue | undefined): string | null => {
  if (!(value instanceof PdfString)) return null;
  const { bytes } = value;
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return Buffer.from(bytes.subarray(2, bytes.length - (bytes.length % 2)))
      .swap16()
      .toString("utf16le");
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    return Buffer.from(bytes.subarray(3)).toString("utf8");
  return Buffer.from(bytes).toString("latin1");
};

/** D:YYYYMMDDHHmmSS+07'00' (7.9.4): Vietnam's time, which knows no summer. */
export const dateString = (epochMs: number): PdfString => {
  const digits = new Date(epochMs + VIETNAM_OFFSET_MS).toISOString().replaceAll(/\D/g, "").slice(0, 14);
  return new PdfString(Buffer.from(`D:${digits}+07'00'`, "latin1"));
};

export const VIETNAM_OFFSET_MS = 7 * 3_600_000;

const DATE = /^D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:Z|([+-])(\d\d)'(\d\d)'?)?/;

/** Epoch ms; null when it is no full date. Without an offset it is taken for UTC. */
export const dateOf = (value: PdfValue | undefined): number | null => {
  const match = DATE.exec(textOf(value) ?? "");
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const sign = match[7] === "-" ? 1 : -1;
  const offset = match[7] === undefined ? 0 : sign * (Number(match[8]) * 60 + Number(match[9])) * 60_000;
  const at = Date.UTC(year, month - 1, day, hour, minute, second) + offset;
  return Number.isFinite(at) ? at : null;
};

/** A stranger's text for a line of ours: no controls, and nothing that turns the writing direction of what follows. */
export const plainText = (text: string): string =>
  text
    .normalize("NFC")
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, " ")
    .slice(0, 500);
