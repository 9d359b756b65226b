// Which certificates shall the broker refuse, as a file that it reads?
//
// RFC 5280, 5. The list runs out with the authority and no sooner: mosquitto reads it at its start and when it is
// told (SIGHUP), and a list that ran out would lock out every kiosk of the fleet in the same second.
import { existsSync, readFileSync } from "node:fs";
import * as asn1js from "asn1js";
import * as pkijs from "pkijs";
import { bufferOf, derOf, parseCertificate } from "../../documents/asn1.js";
import type { SigningAuthority } from "../../documents/certificates.js";
import { writeFileDurably } from "../../store/durable-file.js";
import { authorityFiles, REVOCATION_LIST, signingKeyOf } from "./authority.js";

/** RFC 5280, 5.3.1; those that make sense here. */
export const REVOCATION_REASONS = {
  unspecified: 0,
  keyCompromise: 1,
  superseded: 4,
  cessationOfOperation: 5,
} as const;
export type RevocationReason = keyof typeof REVOCATION_REASONS;

export interface Revoked {
  /** Hex. */
  readonly serial: string;
  readonly atMs: number;
  readonly reason: RevocationReason;
}

const REASON_CODE = "2.5.29.21";
const CRL_NUMBER = "2.5.29.20";
const BACKDATED_MS = 3_600_000;
const SECOND_MS = 1000;

const time = (epochMs: number): pkijs.Time => {
  const value = new Date(epochMs);
  return new pkijs.Time({ type: value.getUTCFullYear() < 2050 ? 0 : 1, value });
};

const entryOf = ({ serial, atMs, reason }: Revoked): pkijs.RevokedCertificate => {
  const code = new asn1js.Enumerated({ value: REVOCATION_REASONS[reason] });
  return new pkijs.RevokedCertificate({
    userCertificate: new asn1js.Integer({ valueHex: bufferOf(Buffer.from(serial, "hex")) }),
    revocationDate: time(atMs),
    // RFC 5280, 5.3.1: "unspecified" is said by leaving the reason out.
    ...(reason !== "unspecified" && {
      crlEntryExtensions: new pkijs.Extensions({
        extensions: [new pkijs.Extension({ extnID: REASON_CODE, critical: false, extnValue: code.toBER() })],
      }),
    }),
  });
};

const PEM = /-----BEGIN X509 CRL-----([^-]+)-----END X509 CRL-----/;

/** When the list in a PEM text was made, epoch ms; null: it can not be read. */
const madeAt = (pem: string): number | null => {
  const base64 = PEM.exec(pem)?.[1];
  if (base64 === undefined) return null;
  try {
    const { result } = asn1js.fromBER(bufferOf(Buffer.from(base64, "base64")));
    return new pkijs.CertificateRevocationList({ schema: result }).thisUpdate.value.getTime();
  } catch {
    return null;
  }
};

const listOf = async (
  authority: SigningAuthority,
  revoked: readonly Revoked[],
  thisUpdateMs: number,
): Promise<Uint8Array> => {
  const issuer = parseCertificate(authority.certificate);
  const number = new asn1js.Integer({ value: Math.floor(thisUpdateMs / SECOND_MS) });
  const list = new pkijs.CertificateRevocationList();
  list.version = 1;
  list.issuer = issuer.subject;
  list.thisUpdate = time(thisUpdateMs);
  list.nextUpdate = issuer.notAfter;
  // RFC 5280, 5.1.2.6: absent, not empty.
  if (revoked.length > 0) list.revokedCertificates = revoked.map(entryOf);
  list.crlExtensions = new pkijs.Extensions({
    extensions: [new pkijs.Extension({ extnID: CRL_NUMBER, critical: false, extnValue: number.toBER() })],
  });
  await list.sign(await signingKeyOf(authority), "SHA-256");
  return derOf(list);
};

const pemOfList = (der: Uint8Array): string => {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN X509 CRL-----\n${lines.join("\n")}\n-----END X509 CRL-----\n`;
};

/** Writes the whole list; a cut leaves the one before. Returns its path. */
export const writeRevocationList = async (
  portalDir: string,
  authority: SigningAuthority,
  revoked: readonly Revoked[],
  nowMs: number,
): Promise<string> => {
  const { folder, revocationList } = authorityFiles(portalDir);
  const before = existsSync(revocationList) ? madeAt(readFileSync(revocationList, "utf8")) : null;
  // Back-dated for brokers with late clocks; later than the one before, so that OpenSSL, holding both, prefers it.
  const thisUpdateMs = Math.max(nowMs - BACKDATED_MS, before === null ? 0 : before + SECOND_MS);
  const list = await listOf(authority, revoked, thisUpdateMs);
  writeFileDurably(folder, REVOCATION_LIST, Buffer.from(pemOfList(list)), 0o644);
  return revocationList;
};
