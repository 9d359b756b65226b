// Who looked at which personal data, and did what, when and from where?

import { type ChainHead, type ChainVerdict, chainHash, walkChain } from "../../store/chain.js";
import type { PortalDb } from "../db/portal-db.js";

export interface AuditEntry {
  /** An account, "api:NAME", "kiosk:ID", "holder" (by a slip's code), "courier" (a stick) or "command line". */
  readonly who: string;
  /** "" where there is none. */
  readonly role: string;
  readonly address: string;
  readonly act: string;
  /** Number of the application that it is about. */
  readonly application: number | null;
  /** What else it is about: the address that was called, or a copy's name. */
  readonly subject: string;
  readonly detail: string;
}

export interface AuditRow extends AuditEntry {
  readonly id: number;
  readonly atMs: number;
}

export interface AuditFilter {
  readonly who: string | null;
  readonly application: number | null;
}

const COLUMNS = "id, at_ms AS atMs, who, role, address, act, application, subject, detail";

const columnsOf = (row: AuditRow) => [
  row.id,
  row.atMs,
  row.who,
  row.role,
  row.address,
  row.act,
  row.application,
  row.subject,
  row.detail,
];

export class Audit {
  readonly #db: PortalDb;
  readonly #append: (entry: AuditEntry) => void;

  constructor(db: PortalDb, nowMs: () => number) {
    this.#db = db;
    const insert =
      db.prepare(`INSERT INTO audit (id, at_ms, who, role, address, act, application, subject, detail,
      hash) VALUES (@id, @atMs, @who, @role, @address, @act, @application, @subject, @detail, @hash)`);
    const setHead = db.prepare("UPDATE audit_head SET rows = ?, hash = ?");
    // At once: the portal and the command line may write at the same time.
    this.#append = db.transaction((entry: AuditEntry) => {
      const before = this.#head();
      const row = { ...entry, id: before.rows + 1, atMs: Math.round(nowMs()) };
      const hash = chainHash(before.hash, columnsOf(row));
      insert.run({ ...row, hash });
      setHead.run(row.id, hash);
    }).immediate;
  }

  /** On the disk when it returns. Throws when it can not be written: then nothing may be shown or done. */
  write(entry: AuditEntry): void {
    this.#append(entry);
  }

  /** Newest first. */
  read({ who, application }: AuditFilter, limit: number, offset: number): readonly AuditRow[] {
    return this.#db
      .prepare(`SELECT ${COLUMNS} FROM audit WHERE (CAST(@who AS TEXT) IS NULL OR who = @who)
        AND (CAST(@application AS BIGINT) IS NULL OR application = @application) ORDER BY id DESC LIMIT @limit OFFSET @offset`)
      .all({ who, application, limit, offset }) as AuditRow[];
  }

  /** Walks the whole chain. */
  verify(): ChainVerdict {
    return this.#db.transaction((): ChainVerdict => {
      const rows = this.#db.prepare(`SELECT ${COLUMNS}, hash FROM audit ORDER BY id`).iterate();
      return walkChain(this.#head(), rows as IterableIterator<AuditRow & { hash: Buffer }>, columnsOf);
    })();
  }

  /** Lower-case hex: noted elsewhere, it shows later that the chain was not made anew. */
  headHash(): string {
    return this.#head().hash.toString("hex");
  }

  #head(): ChainHead {
    return this.#db.prepare("SELECT rows, hash FROM audit_head").get() as ChainHead;
  }
}
