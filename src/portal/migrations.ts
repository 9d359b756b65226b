// Which steps lead to the portal's schema?
import type { Migration } from "../store/database.js";

export const PORTAL_MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    readableBy: 1,
    sql: `
      CREATE TABLE kiosks (
        id TEXT PRIMARY KEY,
        public_key_pem TEXT NOT NULL,
        enrolled_at_ms INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE incoming (
        kiosk TEXT NOT NULL,
        submission TEXT NOT NULL,
        manifest BLOB NOT NULL,
        bad_hashes INTEGER NOT NULL DEFAULT 0,
        started_at_ms INTEGER NOT NULL,
        PRIMARY KEY (kiosk, submission)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE applications (
        id INTEGER PRIMARY KEY,
        kiosk TEXT NOT NULL,
        submission TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        procedure_code TEXT NOT NULL,
        procedure_title TEXT NOT NULL,
        slip_number TEXT NOT NULL,
        lookup_hash BLOB NOT NULL,
        portal_key_id TEXT NOT NULL,
        manifest BLOB NOT NULL,
        documents TEXT NOT NULL,
        receipt_number TEXT NOT NULL UNIQUE,
        appointment TEXT,
        state TEXT NOT NULL,
        revision INTEGER NOT NULL,
        seen_revision INTEGER NOT NULL DEFAULT 0,
        taken_at_ms INTEGER NOT NULL,
        UNIQUE (kiosk, submission)
      ) STRICT;
      CREATE INDEX applications_by_lookup ON applications (lookup_hash);
      CREATE INDEX applications_by_appointment ON applications (appointment);
      CREATE TABLE receipts (day TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE decisions (
        id INTEGER PRIMARY KEY,
        application INTEGER NOT NULL REFERENCES applications (id),
        at_ms INTEGER NOT NULL,
        action TEXT NOT NULL,
        note TEXT NOT NULL
      ) STRICT;
      CREATE TABLE looks (
        id INTEGER PRIMARY KEY,
        application INTEGER NOT NULL REFERENCES applications (id),
        at_ms INTEGER NOT NULL,
        what TEXT NOT NULL
      ) STRICT;
    `,
  },
];
