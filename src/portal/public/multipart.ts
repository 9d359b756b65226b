// What did a browser put into a form with a file (RFC 7578)?
//
// For whole bodies of bounded size. A form of ours has few fields; anything odd is no form of ours.

export interface FormPart {
  readonly name: string;
  /** Null for a field that is no file. */
  readonly fileName: string | null;
  readonly bytes: Uint8Array;
}

const MAX_PARTS = 16;
const HEADER_END = Buffer.from("\r\n\r\n");

/** RFC 2046, 5.1.1: at most 70 characters. */
export const boundaryOf = (contentType: string | undefined): string | undefined => {
  const match = /^multipart\/form-data;.*\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70})(?=[\s;]|$))/i.exec(
    contentType ?? "",
  );
  return match?.[1] ?? match?.[2];
};

const partOf = (bytes: Buffer): FormPart | undefined => {
  const headerEnd = bytes.indexOf(HEADER_END);
  if (headerEnd < 0) return undefined;
  const header = bytes.subarray(0, headerEnd).toString("utf8");
  const disposition = /^content-disposition:\s*form-data;(.*)$/im.exec(header)?.[1] ?? "";
  const name = /(?:^|[;\s])name="([^"]*)"/.exec(disposition)?.[1];
  if (name === undefined) return undefined;
  const fileName = /(?:^|[;\s])filename="([^"]*)"/.exec(disposition)?.[1] ?? null;
  return { name, fileName, bytes: bytes.subarray(headerEnd + HEADER_END.length) };
};

/** Undefined when the body is not a whole form. */
export const parseForm = (body: Buffer, boundary: string): readonly FormPart[] | undefined => {
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  // The first delimiter has no line before it.
  const first = body.indexOf(delimiter.subarray(2));
  if (first !== 0) return undefined;
  const parts: FormPart[] = [];
  for (let at = delimiter.length - 2; parts.length <= MAX_PARTS; ) {
    const after = body.subarray(at, at + 2).toString("latin1");
    if (after === "--") return parts;
    const next = body.indexOf(delimiter, at);
    if (after !== "\r\n" || next < 0) return undefined;
    const part = partOf(body.subarray(at + 2, next));
    if (part === undefined) return undefined;
    parts.push(part);
    at = next + delimiter.length;
  }
  return undefined;
};
