// Which steps lead to the kiosk's schema?
//
// Forward only. A released step is never edited: a change is a new step, readable by the program before it.
// `manifest`, `documents` and `payload` are what waits for the portal; they become NULL at acceptance, so the
// rows that stay for look-ups are narrow. One row, one INSERT: each further table or index is a page a commit.
// A look-up by the slip's code is one citizen's act over some thousands of narrow rows: it scans.
import type { Migration } from "./database.js";

export const KIOSK_MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    readableBy: 1,
    sql: `
      CREATE TABLE submissions (
        sequence INTEGER PRIMARY KEY,
        submission_id TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL,
        procedure_code TEXT NOT NULL,
        slip_number TEXT NOT NULL,
        lookup_hash BLOB NOT NULL,
        bytes INTEGER NOT NULL,
        enqueued_at_ms INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        detail TEXT,
        settled_at_ms INTEGER,
        status_revision INTEGER NOT NULL DEFAULT 0,
        status_state TEXT,
        receipt_number TEXT,
        appointment TEXT,
        status_as_of_ms INTEGER,
        manifest BLOB,
        documents TEXT,
        payload BLOB
      ) STRICT;
      CREATE TABLE journal (
        id INTEGER PRIMARY KEY,
        at_ms INTEGER NOT NULL,
        entry TEXT NOT NULL CHECK (entry IN ('intent', 'outcome', 'note')),
        intent INTEGER,
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        data TEXT NOT NULL,
        hash BLOB NOT NULL
      ) STRICT;
      CREATE TABLE journal_head (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        rows INTEGER NOT NULL,
        hash BLOB NOT NULL
      ) STRICT;
      INSERT INTO journal_head (only, rows, hash) VALUES (1, 0, zeroblob(32));
      CREATE TABLE intents (
        id INTEGER PRIMARY KEY REFERENCES journal (id),
        result TEXT
      ) STRICT;
      CREATE INDEX intents_open ON intents (id) WHERE result IS NULL OR result = 'inDoubt';
      CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE tickets (day TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE ratings (
        day TEXT NOT NULL,
        procedure_code TEXT NOT NULL,
        stars INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
        count INTEGER NOT NULL,
        PRIMARY KEY (day, procedure_code, stars)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    // What the portal has to be told of each queue number. In `tickets` the last number stands by day and letters.
    version: 2,
    readableBy: 1,
    sql: `
      CREATE TABLE taken_tickets (
        day TEXT NOT NULL,
        label TEXT NOT NULL,
        letters TEXT NOT NULL,
        number INTEGER NOT NULL,
        service TEXT NOT NULL,
        grp TEXT,
        at_ms INTEGER NOT NULL,
        wall_trust TEXT NOT NULL,
        told INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (day, label)
      ) STRICT, WITHOUT ROWID;
    `,
  },
];
