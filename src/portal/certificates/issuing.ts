// Who gets a certificate for the broker, and what stands in the audit before they have it?
//
// By hand: whoever may write the portal's folder. Over a session: only a kiosk that is enrolled, for its own name (the
// broker lets it speak on its own topics alone), with its device key's word for it, and not while it is revoked.
import { createHash, createPublicKey, verify, X509Certificate } from "node:crypto";
import { FaultError } from "../../core/faults.js";
import type { Log } from "../../core/log.js";
import { issueCertificate } from "../../documents/certificates.js";
import { pemOf } from "../../documents/seal-key.js";
import {
  type CertificateMessage,
  type CertificateReason,
  certificateProof,
} from "../../sync/protocol/messages.js";
import { decode } from "../../sync/protocol/validate.js";
import { Audit } from "../access/audit.js";
import type { PortalDb } from "../db/portal-db.js";
import { hasAuthority, readAuthority } from "./authority.js";
import { type CertificateRequest, readRequest } from "./request.js";
import { type RevocationReason, writeRevocationList } from "./revocation-list.js";
import { type CertificateRole, CertificateRows } from "./rows.js";

export interface IssuingParts {
  /** The portal's folder. */
  readonly dir: string;
  readonly db: PortalDb;
  readonly nowMs: () => number;
  readonly log: Log;
}

export interface IssueByHand {
  /** A kiosk's id, "portal…", or what a broker is called; the certificate's common name. */
  readonly name: string;
  readonly role: CertificateRole;
  /** PKCS#10, DER. */
  readonly csr: Uint8Array;
  readonly days?: number;
  /** For a broker: DNS names and IPv4 addresses. */
  readonly hosts?: readonly string[];
}

export interface Issued {
  readonly serial: string;
  /** PEM, the holder's own first. */
  readonly chain: string;
  readonly toMs: number;
}

const DAY_MS = 86_400_000;
const BACKDATED_MS = 3_600_000;
/** A kiosk may stand in a depot for months; it renews itself after eight. */
export const DAYS: Readonly<Record<CertificateRole, number>> = { kiosk: 365, portal: 730, broker: 730 };
/** RFC 5280, 4.2.1.12: clientAuth and serverAuth. A kiosk's certificate can not play the broker. */
const USAGE: Readonly<Record<CertificateRole, string>> = {
  kiosk: "1.3.6.1.5.5.7.3.2",
  portal: "1.3.6.1.5.5.7.3.2",
  broker: "1.3.6.1.5.5.7.3.1",
};
/** A kiosk that asks more often than this a day is in a loop. */
const MOST_A_DAY = 6;
/** An old answer that holds for less is of no use to who asks. */
const WORTH_MS = DAY_MS;

class NotGiven extends Error {
  constructor(readonly reason: CertificateReason) {
    super(reason);
  }
}

const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

const proves = (publicKeyPem: string, kiosk: string, csr: Uint8Array, proof: Uint8Array): boolean => {
  try {
    return verify(null, certificateProof(kiosk, csr), createPublicKey(publicKeyPem), proof);
  } catch {
    return false;
  }
};

export class Issuing {
  readonly rows: CertificateRows;
  readonly #parts: IssuingParts;
  readonly #audit: Audit;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: IssuingParts) {
    this.#parts = parts;
    this.rows = new CertificateRows(parts.db);
    this.#audit = new Audit(parts.db, parts.nowMs);
  }

  /** Throws "keys.unusable" with what is wrong. */
  async byHand({ name, role, csr, days, hosts }: IssueByHand): Promise<Issued> {
    const request = await readRequest(csr);
    if (role !== "broker" && request.commonName !== name)
      throw new FaultError("keys.unusable", `the request is for "${request.commonName}", not for "${name}"`);
    const asked = { name, role, asked: "byHand" } as const;
    return this.#issue(request, asked, "command line", days ?? DAYS[role], hosts);
  }

  /** The answer to a kiosk; null: to what can not be understood there is none. One after the other. */
  answer(
    kiosk: string,
    payload: Uint8Array,
    publicKeyOf: (kiosk: string) => string | undefined,
  ): Promise<CertificateMessage | null> {
    const answer = this.#turn.then(() => this.#answer(kiosk, payload, publicKeyOf));
    this.#turn = answer.catch(() => {});
    return answer;
  }

  /** Returns the serial numbers; the broker has to be told to read the list again. Throws "keys.unusable". */
  async revoke(nameOrSerial: string, reason: RevocationReason): Promise<readonly string[]> {
    const { nowMs } = this.#parts;
    readAuthority(this.#parts.dir);
    const marked = this.rows.together(() => {
      const rows = this.rows.revoke(nameOrSerial, reason, nowMs());
      for (const { serial, name } of rows)
        this.#write("command line", "certificate.revoked", name, `${serial} ${reason}`);
      return rows;
    });
    // Also when nothing was marked: a cut may have come between the rows and the list.
    await this.writeList();
    return marked.map(({ serial }) => serial);
  }

  /** Writes the broker's list from the rows. Returns its path. */
  writeList(): Promise<string> {
    const { dir, nowMs } = this.#parts;
    return writeRevocationList(dir, readAuthority(dir), this.rows.revoked(), nowMs());
  }

  async #answer(
    kiosk: string,
    payload: Uint8Array,
    publicKeyOf: (kiosk: string) => string | undefined,
  ): Promise<CertificateMessage | null> {
    const { log } = this.#parts;
    const message = decode("certificateWish", payload);
    if (!message.ok) {
      log("portal.certificate", { kiosk, result: message.problem });
      return null;
    }
    const { id, csr, proof } = message.value;
    try {
      const issued = await this.#forSession(
        kiosk,
        Buffer.from(csr, "base64"),
        Buffer.from(proof, "base64"),
        publicKeyOf(kiosk),
      );
      log("portal.certificate", { kiosk, result: "issued", serial: issued.serial });
      return { v: 1, id, chain: issued.chain, reason: null };
    } catch (thrown) {
      if (!(thrown instanceof NotGiven)) throw thrown;
      log("portal.certificate", { kiosk, result: thrown.reason });
      this.#write(`kiosk:${kiosk}`, "certificate.notGiven", kiosk, thrown.reason);
      return { v: 1, id, chain: null, reason: thrown.reason };
    }
  }

  async #forSession(
    kiosk: string,
    csr: Uint8Array,
    proof: Uint8Array,
    publicKeyPem: string | undefined,
  ): Promise<Issued> {
    const { dir, nowMs } = this.#parts;
    if (publicKeyPem === undefined) throw new NotGiven("unknownKiosk");
    if (!proves(publicKeyPem, kiosk, csr, proof)) throw new NotGiven("badProof");
    const request = await readRequest(csr).catch(() => {
      throw new NotGiven("badRequest");
    });
    if (request.commonName !== kiosk) throw new NotGiven("badRequest");
    if (this.rows.isBarred(kiosk)) throw new NotGiven("revoked");
    if (!hasAuthority(dir)) throw new NotGiven("noAuthority");
    const known = this.rows.ofKey(kiosk, sha256(request.publicKey));
    if (known !== undefined && known.revokedAtMs === null && known.toMs > nowMs() + WORTH_MS)
      return this.#chained(known.serial, known.certificate, known.toMs);
    if (this.rows.issuedSince(kiosk, nowMs() - DAY_MS) >= MOST_A_DAY) throw new NotGiven("tooMany");
    const asked = { name: kiosk, role: "kiosk", asked: "overSession" } as const;
    return this.#issue(request, asked, `kiosk:${kiosk}`, DAYS.kiosk);
  }

  async #issue(
    { publicKey }: CertificateRequest,
    asked: {
      readonly name: string;
      readonly role: CertificateRole;
      readonly asked: "byHand" | "overSession";
    },
    who: string,
    days: number,
    hosts?: readonly string[],
  ): Promise<Issued> {
    const { dir, nowMs } = this.#parts;
    const authority = readAuthority(dir);
    const issuedAtMs = Math.round(nowMs());
    const authorityEndMs = Date.parse(new X509Certificate(authority.certificate).validTo);
    // No certificate outlives who signed it.
    const toMs = Math.min(issuedAtMs + days * DAY_MS, authorityEndMs);
    if (toMs <= issuedAtMs)
      throw new FaultError("keys.unusable", "the authority's own certificate has run out");
    const validity = { fromMs: issuedAtMs - BACKDATED_MS, toMs };
    const der = await issueCertificate(authority, {
      ...{ subject: { commonName: asked.name }, publicKey, validity },
      extendedKeyUsage: [USAGE[asked.role]],
      ...(hosts !== undefined && { hosts }),
    });
    const certificate = pemOf([der]);
    const serial = new X509Certificate(certificate).serialNumber;
    this.rows.together(() => {
      // Whoever was revoked while this was being signed gets nothing.
      if (asked.asked === "overSession" && this.rows.isBarred(asked.name)) throw new NotGiven("revoked");
      const span = { fromMs: validity.fromMs, toMs };
      this.rows.add({ ...asked, ...span, serial, keyHash: sha256(publicKey), certificate, issuedAtMs });
      this.#write(who, "certificate.issued", asked.name, `${serial} ${asked.role}`);
    });
    return this.#chained(serial, certificate, toMs);
  }

  #chained(serial: string, certificate: string, toMs: number): Issued {
    return { serial, chain: certificate + pemOf([readAuthority(this.#parts.dir).certificate]), toMs };
  }

  #write(who: string, act: string, subject: string, detail: string): void {
    this.#audit.write({ who, role: "", address: "", act, application: null, subject, detail });
  }
}
