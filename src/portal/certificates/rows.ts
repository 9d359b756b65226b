// Which certificates were issued to whom, and which are revoked?
import { FaultError } from "../../core/faults.js";
import type { PortalDb } from "../db/portal-db.js";
import type { RevocationReason, Revoked } from "./revocation-list.js";

export type CertificateRole = "kiosk" | "portal" | "broker";

export interface NewCertificate {
  /** Upper-case hex. */
  readonly serial: string;
  readonly name: string;
  readonly role: CertificateRole;
  readonly asked: "byHand" | "overSession";
  /** SHA-256 of the SPKI. */
  readonly keyHash: Buffer;
  /** PEM, the holder's own alone. */
  readonly certificate: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly issuedAtMs: number;
}

export interface CertificateRow extends NewCertificate {
  readonly revokedAtMs: number | null;
  readonly reason: RevocationReason | null;
}

const COLUMNS = `serial, name, role, asked, key_hash AS keyHash, certificate, from_ms AS fromMs, to_ms AS toMs,
  issued_at_ms AS issuedAtMs, revoked_at_ms AS revokedAtMs, reason`;

export class CertificateRows {
  readonly #db: PortalDb;

  constructor(db: PortalDb) {
    this.#db = db;
  }

  add(row: NewCertificate): void {
    this.#db
      .prepare(`INSERT INTO certificates
        (serial, name, role, asked, key_hash, certificate, from_ms, to_ms, issued_at_ms) VALUES
        (@serial, @name, @role, @asked, @keyHash, @certificate, @fromMs, @toMs, @issuedAtMs)`)
      .run(row);
  }

  /** Newest first. */
  all(): readonly CertificateRow[] {
    return this.#db.prepare(`SELECT ${COLUMNS} FROM certificates ORDER BY id DESC`).all() as CertificateRow[];
  }

  ofName(name: string): readonly CertificateRow[] {
    return this.all().filter((row) => row.name === name);
  }

  ofKey(name: string, keyHash: Buffer): CertificateRow | undefined {
    return this.#db
      .prepare(`SELECT ${COLUMNS} FROM certificates WHERE name = ? AND key_hash = ? ORDER BY id DESC`)
      .get(name, keyHash) as CertificateRow | undefined;
  }

  /** The newest one is revoked: nothing more over a session, until somebody issues one by hand. */
  isBarred(name: string): boolean {
    const [newest] = this.ofName(name);
    return newest !== undefined && newest.revokedAtMs !== null;
  }

  issuedSince(name: string, sinceMs: number): number {
    return this.ofName(name).filter((row) => row.issuedAtMs >= sinceMs).length;
  }

  /** Marks all that is not revoked yet of that name, or the one with that serial number. Returns what it marked. */
  revoke(nameOrSerial: string, reason: RevocationReason, atMs: number): readonly CertificateRow[] {
    const found = this.all().filter(
      ({ name, serial }) => name === nameOrSerial || serial === nameOrSerial.toUpperCase(),
    );
    if (found.length === 0)
      throw new FaultError(
        "keys.unusable",
        `no certificate was issued to "${nameOrSerial}", and none has that number`,
      );
    const marked = found.filter(({ revokedAtMs }) => revokedAtMs === null);
    const mark = this.#db.prepare("UPDATE certificates SET revoked_at_ms = ?, reason = ? WHERE serial = ?");
    for (const { serial } of marked) mark.run(Math.round(atMs), reason, serial);
    return marked;
  }

  revoked(): readonly Revoked[] {
    return this.all().flatMap(({ serial, revokedAtMs, reason }) =>
      revokedAtMs === null ? [] : [{ serial, atMs: revokedAtMs, reason: reason ?? "unspecified" }],
    );
  }

  /** Both or neither; nobody else writes meanwhile. */
  together<T>(act: () => T): T {
    return this.#db.transaction(act).immediate();
  }
}
