// How do a kiosk's request and the portal's answer travel as QR codes, as lines that are pasted, or on a stick?
//
// A parcel is a list of things, each a type, a length and bytes. On a stick it is PEM (RFC 7468). As codes it is cut
// into lines of QR's alphanumeric signs: MQ1/KIND/ID/NUMBER/OF/base45/ (RFC 9285); ID is the start of the SHA-256 of
// the whole, so that lines of two parcels are never mixed and a wrong sign is found. The last stroke keeps a space that
// base45 may end with. Nothing in a parcel is secret.
import { createHash } from "node:crypto";

const LABELS = {
  request: "CERTIFICATE REQUEST",
  device: "MOTCUA DEVICE KEY",
  certificate: "CERTIFICATE",
  portalKeys: "MOTCUA PORTAL KEYS",
  operations: "PUBLIC KEY",
  sealRequest: "MOTCUA SEAL REQUEST",
  sealCertificate: "MOTCUA SEAL CERTIFICATE",
} as const;
export type ThingKind = keyof typeof LABELS;
const KINDS = Object.keys(LABELS) as ThingKind[];

export interface Thing {
  readonly kind: ThingKind;
  /** DER; of "portalKeys" JSON. */
  readonly bytes: Uint8Array;
}
export type Parcel = readonly Thing[];

/** "R": a kiosk asks; "A": the portal answers. */
export type Direction = "R" | "A";

const HEAD_BYTES = 3;
const ID_SIGNS = 8;
const MOST_LINES = 99;
const MOST_BYTES = 32_768;
const SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const LINE = /^MQ1\/([RA])\/([0-9A-F]{8})\/(\d{1,2})\/(\d{1,2})\/([0-9A-Z $%*+./:-]+)\/$/;
const PEM = /-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----/g;

const packed = (parcel: Parcel): Buffer =>
  Buffer.concat(
    parcel.map(({ kind, bytes }) => {
      const head = Buffer.alloc(HEAD_BYTES);
      head.writeUInt8(KINDS.indexOf(kind) + 1, 0);
      head.writeUInt16BE(bytes.length, 1);
      return Buffer.concat([head, bytes]);
    }),
  );

const unpacked = (bytes: Buffer): Parcel | null => {
  const things: Thing[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + HEAD_BYTES > bytes.length) return null;
    const kind = KINDS[bytes.readUInt8(at) - 1];
    const end = at + HEAD_BYTES + bytes.readUInt16BE(at + 1);
    if (kind === undefined || end > bytes.length) return null;
    things.push({ kind, bytes: new Uint8Array(bytes.subarray(at + HEAD_BYTES, end)) });
    at = end;
  }
  return things.length === 0 ? null : things;
};

const idOf = (bytes: Uint8Array): string =>
  createHash("sha256").update(bytes).digest("hex").slice(0, ID_SIGNS).toUpperCase();

/** What two people compare over the telephone: SHA-256 of the whole parcel, 16 bytes in groups of four. */
export const fingerprintOf = (parcel: Parcel): string =>
  (
    createHash("sha256").update(packed(parcel)).digest("hex").slice(0, 32).toUpperCase().match(/.{4}/g) ?? []
  ).join(" ");

const base45 = (bytes: Uint8Array): string => {
  let text = "";
  for (let at = 0; at < bytes.length; at += 2) {
    const high = bytes[at] ?? 0;
    const low = bytes[at + 1];
    const value = low === undefined ? high : high * 256 + low;
    text += (SIGNS[value % 45] ?? "") + (SIGNS[Math.floor(value / 45) % 45] ?? "");
    if (low !== undefined) text += SIGNS[Math.floor(value / 2025)] ?? "";
  }
  return text;
};

/** Null: not base45. */
const fromBase45 = (text: string): Buffer | null => {
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 3) {
    const digits = [...text.slice(at, at + 3)].map((sign) => SIGNS.indexOf(sign));
    const value = digits.reduce((sum, digit, place) => sum + digit * 45 ** place, 0);
    const isLast = digits.length === 2;
    if (digits.length < 2 || digits.includes(-1) || value > (isLast ? 0xff : 0xffff)) return null;
    bytes.push(...(isLast ? [value] : [value >> 8, value & 0xff]));
  }
  return Buffer.from(bytes);
};

/** Lines of at most `longest` signs, the same number of bytes in each but the last. */
export const linesOf = (direction: Direction, parcel: Parcel, longest: number): readonly string[] => {
  const bytes = packed(parcel);
  const head = `MQ1/${direction}/${idOf(bytes)}/99/99//`.length;
  // An even number of bytes, so that three signs are two of them.
  const most = 2 * Math.floor((longest - head) / 3);
  const count = Math.ceil(bytes.length / most);
  if (count > MOST_LINES) throw new Error(`${bytes.length} bytes do not fit ${MOST_LINES} codes`);
  const each = 2 * Math.ceil(bytes.length / count / 2);
  return Array.from({ length: count }, (_line, index) => {
    const part = bytes.subarray(index * each, (index + 1) * each);
    return `MQ1/${direction}/${idOf(bytes)}/${index + 1}/${count}/${base45(part)}/`;
  });
};

/** Puts lines together, in any order and as often as they come. */
export class Gathering {
  readonly #direction: Direction;
  readonly #parts = new Map<number, Buffer>();
  #id = "";
  #count = 0;

  constructor(direction: Direction) {
    this.#direction = direction;
  }

  /** "foreign": no line of such a parcel; "damaged": all are there and do not fit. */
  take(text: string): "foreign" | "damaged" | "more" | "whole" {
    const [, direction, id = "", number = "0", of = "0", payload = ""] = LINE.exec(text.trim()) ?? [];
    const part = fromBase45(payload);
    const [at, count] = [Number(number), Number(of)];
    if (direction !== this.#direction || part === null || at < 1 || at > count) return "foreign";
    // Another parcel begins: what was gathered of the one before is of no use.
    if (id !== this.#id || count !== this.#count) this.#parts.clear();
    this.#id = id;
    this.#count = count;
    this.#parts.set(at, part);
    if (this.#parts.size < count) return "more";
    if (this.parcel !== null) return "whole";
    this.#parts.clear();
    return "damaged";
  }

  get progress(): { readonly have: number; readonly of: number } {
    return { have: this.#parts.size, of: this.#count };
  }

  /** Null until it is whole. */
  get parcel(): Parcel | null {
    if (this.#count === 0 || this.#parts.size < this.#count) return null;
    const bytes = Buffer.concat(
      [...this.#parts].sort(([one], [other]) => one - other).map(([, part]) => part),
    );
    return idOf(bytes) === this.#id ? unpacked(bytes) : null;
  }
}

export const pemOf = (kind: ThingKind, bytes: Uint8Array): string => {
  const lines =
    Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${LABELS[kind]}-----\n${lines.join("\n")}\n-----END ${LABELS[kind]}-----\n`;
};

export const fileOf = (parcel: Parcel): string =>
  parcel.map(({ kind, bytes }) => pemOf(kind, bytes)).join("");

/** PEM blocks, or lines of codes in any order. Null: neither. */
export const parcelIn = (text: string, direction: Direction): Parcel | null => {
  if (text.length > MOST_BYTES) return null;
  const blocks = [...text.matchAll(PEM)].flatMap(([, label = "", body = ""]) => {
    const kind = KINDS.find((name) => LABELS[name] === label);
    return kind === undefined ? [] : [{ kind, bytes: new Uint8Array(Buffer.from(body, "base64")) }];
  });
  if (blocks.length > 0) return blocks;
  const gathering = new Gathering(direction);
  for (const line of text.split("\n")) gathering.take(line);
  return gathering.parcel;
};

export const thingsOf = (parcel: Parcel, kind: ThingKind): readonly Uint8Array[] =>
  parcel.filter((thing) => thing.kind === kind).map(({ bytes }) => bytes);
