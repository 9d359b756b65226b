// What is asked for, and what is handed over, when a PDF gets one more signature?
//
// Deferred: `prepareSignature` writes the revision with room for the signature and tells the digest; the CMS may be
// made elsewhere (a token at the officer's desk, another machine, `buildCms`), and comes back to `finish`.
import type { Fault } from "../core/faults.js";
import type { CopyStatement } from "./scan.js";

/** A picture of the signature on a page; points, from the page's lower left corner. */
export interface SignatureAppearance {
  /** From 0. */
  readonly page: number;
  readonly rect: readonly [left: number, bottom: number, right: number, top: number];
  readonly lines: readonly string[];
}

export interface SignatureOrder {
  /** A new field, unique in the file: "KioskSeal", "Officer", "Agency". Letters, digits, dashes. */
  readonly fieldName: string;
  /** Who signs, for readers that show it before they look into the certificate. */
  readonly signer: string;
  readonly reason: string;
  readonly location?: string;
  /** The claimed time (/M); a time that is proven needs a timestamp. Epoch ms. */
  readonly signedAtMs: number;
  /** The officer's revision: on every page the notice "not certified" gives way to this. */
  readonly statement?: CopyStatement;
  /** Absent: no picture; the statement and the notice are what people see. */
  readonly appearance?: SignatureAppearance;
  /** Room for the CMS, bytes; 12,000 when absent (two long chains and a timestamp). */
  readonly reserveBytes?: number;
}

/** The part of a prepared signature that can be kept (JSON) while the CMS is made elsewhere. */
export interface SignaturePlace {
  /** The gap is [second, third): `<`, hexadecimal digits, `>`. */
  readonly byteRange: readonly [number, number, number, number];
}

export interface PreparedSignature extends SignaturePlace {
  /** The whole file; the signature's place is filled with zeros. */
  readonly pdf: Uint8Array;
  /** SHA-256 over the byte range: what the CMS's message-digest has to say. */
  readonly digest: Uint8Array;
  /** The signed file. Throws `FaultError` "document.unreadable" when the CMS does not fit or signs another digest. */
  finish(cms: Uint8Array): Uint8Array;
}

/** Answers the DER of an RFC 3161 token over the SHA-256 of a signature's value. Throws "timestamp.unavailable". */
export type Timestamper = (sha256: Uint8Array) => Promise<Uint8Array>;

export interface BuiltCms {
  /** DER of the ContentInfo. */
  readonly cms: Uint8Array;
  readonly level: "B-B" | "B-T";
  /** Why it is B-B although a timestamp was wanted. */
  readonly withoutTimestamp?: Fault;
}
