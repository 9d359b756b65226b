// What does the file say of itself to programs? (XMP, ISO 16684-1; ISO 19005-2, 6.6.2)
//
// Our own properties are declared in the file, as PDF/A asks. The copy statement comes in with the officer's
// revision; its properties are declared from the start, so that the declaration never changes.
import type { Bilingual } from "../core/faults.js";
import { plainText } from "./pdf/objects.js";
import type { CopyStatement, Scan } from "./scan.js";
import { isoVietnam } from "./wording.js";

const NAMESPACE = "urn:motcua:scan:1#";
const PREFIX = "motcua";

/** Property, and what it holds. */
const SCAN_PROPERTIES = {
  Kiosk: "The kiosk that scanned",
  Place: "Where the kiosk stood",
  ScannedAt: "Time of the scan, with offset",
  ClockTrust: "How far the kiosk's clock was to be trusted",
  Submission: "UUID of the submission",
  Pages: "Number of scanned pages",
  LookupCode: "Text of the code on every page",
} as const;

const STATEMENT_PROPERTIES = {
  RegisterNumber: "Number in the register of certifications",
  Book: "Number of the register's book",
  CertifiedOn: "Date of certification, yyyy-MM-dd",
  Authority: "The authority that certified",
  OfficerName: "Who certified",
  OfficerPosition: "The position of who certified",
} as const;

const escapeXml = (text: string): string =>
  text
    .normalize("NFC")
    // XML 1.0 has no place for most controls and for lone surrogates.
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");

const unescapeXml = (text: string): string =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

const property = (tag: string, value: string): string => `   <${tag}>${escapeXml(value)}</${tag}>`;

const alternatives = (tag: string, { vi, en }: Bilingual): string =>
  [
    `   <${tag}><rdf:Alt>`,
    `    <rdf:li xml:lang="x-default">${escapeXml(vi)}</rdf:li>`,
    `    <rdf:li xml:lang="vi">${escapeXml(vi)}</rdf:li>`,
    `    <rdf:li xml:lang="en">${escapeXml(en)}</rdf:li>`,
    `   </rdf:Alt></${tag}>`,
  ].join("\n");

const description = (namespaces: string, lines: readonly string[]): string =>
  [`  <rdf:Description rdf:about="" ${namespaces}>`, ...lines, "  </rdf:Description>"].join("\n");

/** ISO 19005-2, 6.6.2.3.2: what our namespace and its properties are. */
const extensionSchema = (): string => {
  const properties = Object.entries({ ...SCAN_PROPERTIES, ...STATEMENT_PROPERTIES }).map(([key, what]) =>
    [
      '      <rdf:li rdf:parseType="Resource">',
      `       <pdfaProperty:name>${key}</pdfaProperty:name>`,
      "       <pdfaProperty:valueType>Text</pdfaProperty:valueType>",
      "       <pdfaProperty:category>external</pdfaProperty:category>",
      `       <pdfaProperty:description>${what}</pdfaProperty:description>`,
      "      </rdf:li>",
    ].join("\n"),
  );
  return [
    "   <pdfaExtension:schemas><rdf:Bag>",
    '    <rdf:li rdf:parseType="Resource">',
    "     <pdfaSchema:schema>Scan at a kiosk and its certification</pdfaSchema:schema>",
    `     <pdfaSchema:namespaceURI>${NAMESPACE}</pdfaSchema:namespaceURI>`,
    `     <pdfaSchema:prefix>${PREFIX}</pdfaSchema:prefix>`,
    "     <pdfaSchema:property><rdf:Seq>",
    ...properties,
    "     </rdf:Seq></pdfaSchema:property>",
    "    </rdf:li>",
    "   </rdf:Bag></pdfaExtension:schemas>",
  ].join("\n");
};

const AIIM = "http://www.aiim.org/pdfa/ns";
const OWN = `xmlns:${PREFIX}="${NAMESPACE}"`;

const packet = (descriptions: readonly string[]): Uint8Array =>
  Buffer.from(
    [
      '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>',
      '<x:xmpmeta xmlns:x="adobe:ns:meta/">',
      ' <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
      ...descriptions,
      " </rdf:RDF>",
      "</x:xmpmeta>",
      '<?xpacket end="w"?>',
      "",
    ].join("\n"),
  );

interface About {
  readonly title: Bilingual;
  readonly createdAtMs: number;
  readonly tool: string;
}

const basics = ({ title, createdAtMs, tool }: About): readonly string[] => {
  const created = isoVietnam(createdAtMs);
  return [
    description(`xmlns:pdfaid="${AIIM}/id/"`, [
      property("pdfaid:part", "2"),
      property("pdfaid:conformance", "B"),
    ]),
    description('xmlns:dc="http://purl.org/dc/elements/1.1/"', [
      property("dc:format", "application/pdf"),
      alternatives("dc:title", title),
    ]),
    description('xmlns:xmp="http://ns.adobe.com/xap/1.0/"', [
      property("xmp:CreatorTool", tool),
      property("xmp:CreateDate", created),
      property("xmp:ModifyDate", created),
      property("xmp:MetadataDate", created),
    ]),
  ];
};

/** The packet of a file that is no kiosk's scan. */
export const plainXmp = (about: About): Uint8Array => packet(basics(about));

export const scanXmp = (scan: Scan): Uint8Array => {
  const { kiosk, scannedAt, submission, pages, lookupCode } = scan;
  const values: Readonly<Record<keyof typeof SCAN_PROPERTIES, string | null>> = {
    Kiosk: kiosk.id,
    Place: kiosk.place.vi,
    ScannedAt: isoVietnam(scannedAt.epochMs),
    ClockTrust: scannedAt.trust,
    Submission: submission,
    Pages: String(pages.length),
    LookupCode: lookupCode,
  };
  return packet([
    ...basics({ title: scan.title, createdAtMs: scannedAt.epochMs, tool: "motcua" }),
    description(
      `xmlns:pdfaExtension="${AIIM}/extension/" xmlns:pdfaSchema="${AIIM}/schema#" xmlns:pdfaProperty="${AIIM}/property#"`,
      [extensionSchema()],
    ),
    description(
      OWN,
      Object.entries(values).flatMap(([key, value]) => (value === null ? [] : [own(key, value)])),
    ),
  ]);
};

const own = (key: string, value: string): string => property(`${PREFIX}:${key}`, value);

/** The packet with the copy statement in it, and with the time of this change; all else stays, byte for byte. */
export const withStatement = (xmp: Uint8Array, statement: CopyStatement, atMs: number): Uint8Array => {
  const { registerNumber, book, date, authority, officer } = statement;
  const values: Readonly<Record<keyof typeof STATEMENT_PROPERTIES, string>> = {
    RegisterNumber: registerNumber,
    Book: book,
    CertifiedOn: date,
    Authority: authority,
    OfficerName: officer.name,
    OfficerPosition: officer.position,
  };
  const added = description(
    OWN,
    Object.entries(values).map(([key, value]) => own(key, value)),
  );
  const text = Buffer.from(xmp).toString("utf8");
  return Buffer.from(
    text
      .replaceAll(/<xmp:(ModifyDate|MetadataDate)>[^<]*</g, `<xmp:$1>${isoVietnam(atMs)}<`)
      .replace(/ *<\/rdf:RDF>/, (end) => `${added}\n${end}`),
  );
};

export interface ReadXmp {
  readonly scan: Readonly<Record<keyof typeof SCAN_PROPERTIES, string>> | null;
  readonly statement: CopyStatement | null;
}

/** Our properties out of a packet; each must stand exactly once. */
export const readXmp = (xmp: Uint8Array): ReadXmp => {
  const text = Buffer.from(xmp).toString("utf8");
  const find = (key: string): string | null => {
    const found = [...text.matchAll(new RegExp(`<${PREFIX}:${key}>([^<]{0,2000})</${PREFIX}:${key}>`, "g"))];
    return found.length === 1 ? plainText(unescapeXml(found[0]?.[1] ?? "")) : null;
  };
  const collect = <Key extends string>(keys: Readonly<Record<Key, string>>): Record<Key, string> | null => {
    const entries = Object.keys(keys).map((key) => [key, find(key)] as const);
    if (entries.some(([key, value]) => value === null && key !== "LookupCode")) return null;
    return Object.fromEntries(entries.map(([key, value]) => [key, value ?? ""])) as Record<Key, string>;
  };
  const stated = collect(STATEMENT_PROPERTIES);
  return {
    scan: collect(SCAN_PROPERTIES),
    statement:
      stated === null
        ? null
        : {
            registerNumber: stated.RegisterNumber,
            book: stated.Book,
            date: stated.CertifiedOn,
            authority: stated.Authority,
            officer: { name: stated.OfficerName, position: stated.OfficerPosition },
          },
  };
};

/**
 * A packet as text for comparison: without the times of change, and (unless told otherwise) without the block that
 * `withStatement` puts in.
 */
export const withoutStatement = (xmp: Uint8Array, leaveOut = true): string => {
  const text = Buffer.from(xmp)
    .toString("utf8")
    .replaceAll(/<xmp:(ModifyDate|MetadataDate)>[^<]{0,40}</g, "<xmp:$1><");
  if (!leaveOut) return text;
  const start = text.lastIndexOf(`  <rdf:Description rdf:about="" ${OWN}>\n   <${PREFIX}:RegisterNumber>`);
  const end = text.indexOf("  </rdf:Description>\n", start);
  return start < 0 || end < 0
    ? text
    : text.slice(0, start) + text.slice(end + "  </rdf:Description>\n".length);
};
