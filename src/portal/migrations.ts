// Which steps lead to the portal's schema?
import type { Migration } from "../store/database.js";

/** In the portal's folder. */
export const PORTAL_DATABASE = "portal.db";

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
  {
    // A certification is work under way and may hold what is half signed; only a copy is ever given out.
    version: 2,
    readableBy: 1,
    sql: `
      CREATE TABLE certifications (
        id TEXT PRIMARY KEY,
        application INTEGER NOT NULL REFERENCES applications (id),
        paper INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('open', 'officerSigned', 'done', 'abandoned')),
        book TEXT NOT NULL,
        register_number TEXT NOT NULL,
        statement TEXT NOT NULL,
        draft TEXT,
        portal_key_id TEXT,
        pending TEXT,
        pending_until_ms INTEGER,
        started_at_ms INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE UNIQUE INDEX certifications_by_number ON certifications (book, register_number)
        WHERE state <> 'abandoned';
      CREATE UNIQUE INDEX certifications_under_way ON certifications (application, paper)
        WHERE state IN ('open', 'officerSigned');
      CREATE TABLE certification_journal (
        id INTEGER PRIMARY KEY,
        certification TEXT NOT NULL REFERENCES certifications (id),
        at_ms INTEGER NOT NULL,
        entry TEXT NOT NULL CHECK (entry IN ('intent', 'outcome', 'note')),
        intent INTEGER REFERENCES certification_journal (id),
        what TEXT NOT NULL,
        detail TEXT NOT NULL
      ) STRICT;
      CREATE TABLE copies (
        id TEXT PRIMARY KEY REFERENCES certifications (id),
        application INTEGER NOT NULL REFERENCES applications (id),
        paper INTEGER NOT NULL,
        lookup_hash BLOB NOT NULL,
        holder_hash BLOB,
        title TEXT NOT NULL,
        paper_class TEXT NOT NULL,
        pages INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        sha256 BLOB NOT NULL,
        statement TEXT NOT NULL,
        signatures TEXT NOT NULL,
        file TEXT NOT NULL,
        portal_key_id TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('current', 'revoked')),
        certified_at_ms INTEGER NOT NULL,
        revoked_at_ms INTEGER,
        revocation_reason TEXT
      ) STRICT;
      CREATE INDEX copies_by_lookup ON copies (lookup_hash);
      CREATE INDEX copies_by_application ON copies (application);
      CREATE INDEX copies_by_sha256 ON copies (sha256);
      CREATE TABLE reuses (
        application INTEGER NOT NULL REFERENCES applications (id),
        paper INTEGER NOT NULL,
        result TEXT NOT NULL CHECK (result IN ('attached', 'notFound', 'notTheirs', 'revoked')),
        copy TEXT REFERENCES copies (id),
        PRIMARY KEY (application, paper)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE deliveries (
        id INTEGER PRIMARY KEY,
        copy TEXT NOT NULL REFERENCES copies (id),
        way TEXT NOT NULL CHECK (way IN ('mail', 'wallet', 'walletRevocation')),
        key TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'delivered', 'failed')),
        attempts INTEGER NOT NULL DEFAULT 0,
        queued_at_ms INTEGER NOT NULL,
        next_at_ms INTEGER NOT NULL,
        settled_at_ms INTEGER,
        detail TEXT NOT NULL DEFAULT '',
        UNIQUE (copy, way)
      ) STRICT;
      CREATE INDEX deliveries_waiting ON deliveries (next_at_ms) WHERE state IN ('queued', 'sending');
      CREATE TABLE lookup_attempts (
        lookup_hash BLOB PRIMARY KEY,
        since_ms INTEGER NOT NULL,
        count INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    // Commands are records: no row is ever deleted, and places in a sequence are kept even apart from them.
    version: 3,
    readableBy: 1,
    sql: `
      CREATE TABLE order_sequences (kiosk TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE orders (
        id TEXT PRIMARY KEY,
        kiosk TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        command TEXT NOT NULL,
        asked_by TEXT NOT NULL,
        issued_at_ms INTEGER NOT NULL,
        expires_at_ms INTEGER NOT NULL,
        stage TEXT NOT NULL
          CHECK (stage IN ('sent', 'received', 'started', 'done', 'failed', 'refused')),
        detail TEXT,
        envelope TEXT NOT NULL,
        UNIQUE (kiosk, sequence)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE order_events (
        id INTEGER PRIMARY KEY,
        "order" TEXT NOT NULL REFERENCES orders (id),
        at_ms INTEGER NOT NULL,
        stage TEXT NOT NULL,
        detail TEXT
      ) STRICT;
      CREATE TABLE past_figures (
        kiosk TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        sample TEXT NOT NULL,
        PRIMARY KEY (kiosk, at_ms)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE past_dropped (kiosk TEXT PRIMARY KEY, samples INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      CREATE INDEX order_events_by_order ON order_events ("order");
    `,
  },
  {
    // Who is who at the desk, and what each has done. The audit only grows: triggers refuse anything else.
    version: 4,
    readableBy: 1,
    sql: `
      CREATE TABLE accounts (
        name TEXT PRIMARY KEY,
        full_name TEXT NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('officer', 'agency', 'operations', 'administrator')),
        password TEXT NOT NULL,
        disabled INTEGER NOT NULL DEFAULT 0,
        must_change INTEGER NOT NULL DEFAULT 1,
        made_up INTEGER NOT NULL DEFAULT 0,
        created_at_ms INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE sessions (
        token_hash BLOB PRIMARY KEY,
        account TEXT NOT NULL REFERENCES accounts (name),
        started_at_ms INTEGER NOT NULL,
        seen_at_ms INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX sessions_by_account ON sessions (account);
      CREATE TABLE login_attempts (
        key BLOB PRIMARY KEY,
        failures INTEGER NOT NULL,
        last_at_ms INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE audit (
        id INTEGER PRIMARY KEY,
        at_ms INTEGER NOT NULL,
        who TEXT NOT NULL,
        role TEXT NOT NULL,
        address TEXT NOT NULL,
        act TEXT NOT NULL,
        application INTEGER,
        subject TEXT NOT NULL,
        detail TEXT NOT NULL,
        hash BLOB NOT NULL
      ) STRICT;
      CREATE INDEX audit_by_who ON audit (who);
      CREATE INDEX audit_by_application ON audit (application);
      CREATE TABLE audit_head (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        rows INTEGER NOT NULL,
        hash BLOB NOT NULL
      ) STRICT;
      INSERT INTO audit_head (only, rows, hash) VALUES (1, 0, zeroblob(32));
      CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit only grows'); END;
      CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit only grows'); END;
      ALTER TABLE decisions ADD COLUMN decided_by TEXT;
      ALTER TABLE certification_journal ADD COLUMN done_by TEXT;
    `,
  },
  {
    // Certificates for the broker: a row each, never deleted; what is revoked stands in the list for good.
    version: 5,
    readableBy: 1,
    sql: `
      CREATE TABLE certificates (
        id INTEGER PRIMARY KEY,
        serial TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('kiosk', 'portal', 'broker')),
        asked TEXT NOT NULL CHECK (asked IN ('byHand', 'overSession')),
        key_hash BLOB NOT NULL,
        certificate TEXT NOT NULL,
        from_ms INTEGER NOT NULL,
        to_ms INTEGER NOT NULL,
        issued_at_ms INTEGER NOT NULL,
        revoked_at_ms INTEGER,
        reason TEXT
      ) STRICT;
      CREATE INDEX certificates_by_name ON certificates (name);
    `,
  },
  {
    // Counts so far as the kiosks tell them; nobody's name is anywhere near.
    version: 6,
    readableBy: 1,
    sql: `
      CREATE TABLE ratings (
        kiosk TEXT NOT NULL,
        day TEXT NOT NULL,
        procedure_code TEXT NOT NULL,
        stars INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
        count INTEGER NOT NULL,
        PRIMARY KEY (day, kiosk, procedure_code, stars)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX applications_by_time ON applications (taken_at_ms);
    `,
  },
  {
    // The queue of each place. A kiosk names a ticket by day and label for ever; a counter has one ticket at a time.
    // Of opinions on results two things are kept apart: that an application has said its own, without time or order,
    // and the counts of a month, without applications.
    version: 7,
    readableBy: 1,
    sql: `
      CREATE TABLE queue_places (place TEXT PRIMARY KEY, revision INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE queue_kiosks (
        kiosk TEXT PRIMARY KEY,
        place TEXT NOT NULL,
        heard_at_ms INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE queue_services (
        place TEXT NOT NULL,
        service TEXT NOT NULL,
        title_vi TEXT NOT NULL,
        title_en TEXT NOT NULL,
        minutes REAL NOT NULL,
        PRIMARY KEY (place, service)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE queue_groups (
        place TEXT NOT NULL,
        grp TEXT NOT NULL,
        title_vi TEXT NOT NULL,
        title_en TEXT NOT NULL,
        PRIMARY KEY (place, grp)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE queue_counters (
        place TEXT NOT NULL,
        counter TEXT NOT NULL,
        account TEXT NOT NULL UNIQUE,
        services TEXT NOT NULL,
        day TEXT NOT NULL,
        PRIMARY KEY (place, counter)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE queue_tickets (
        id INTEGER PRIMARY KEY,
        place TEXT NOT NULL,
        kiosk TEXT NOT NULL,
        day TEXT NOT NULL,
        label TEXT NOT NULL,
        letters TEXT NOT NULL,
        number INTEGER NOT NULL,
        service TEXT NOT NULL,
        grp TEXT,
        taken_at_ms INTEGER NOT NULL,
        due_at_ms INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'called', 'served', 'absent')),
        counter TEXT,
        calls INTEGER NOT NULL DEFAULT 0,
        called_at_ms INTEGER,
        ended_at_ms INTEGER,
        UNIQUE (kiosk, day, label)
      ) STRICT;
      CREATE INDEX queue_tickets_of_day ON queue_tickets (place, day, state);
      CREATE UNIQUE INDEX queue_one_at_a_counter ON queue_tickets (place, day, counter) WHERE state = 'called';
      CREATE TABLE queue_events (
        id INTEGER PRIMARY KEY,
        ticket INTEGER NOT NULL REFERENCES queue_tickets (id),
        at_ms INTEGER NOT NULL,
        what TEXT NOT NULL,
        counter TEXT,
        done_by TEXT NOT NULL
      ) STRICT;
      CREATE INDEX queue_events_by_ticket ON queue_events (ticket);
      CREATE TABLE result_opinions_given (mark BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
      CREATE TABLE result_opinions (
        month TEXT NOT NULL,
        procedure_code TEXT NOT NULL,
        stars INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
        count INTEGER NOT NULL,
        PRIMARY KEY (month, procedure_code, stars)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    // A fee for each application that costs something, and each transfer that the bank tells of, once.
    version: 8,
    readableBy: 1,
    sql: `
      CREATE TABLE fees (
        reference TEXT PRIMARY KEY,
        kiosk TEXT NOT NULL,
        submission TEXT NOT NULL,
        slip_number TEXT NOT NULL,
        procedure_code TEXT NOT NULL,
        amount_vnd INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('open', 'paid', 'paidAtDesk')),
        made_at_ms INTEGER NOT NULL,
        offered_until_ms INTEGER,
        settled_at_ms INTEGER,
        settled_by TEXT,
        desk_receipt TEXT UNIQUE,
        declared_vnd INTEGER,
        UNIQUE (kiosk, submission)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX fees_by_settlement ON fees (settled_at_ms);
      CREATE TABLE fee_payments (
        id INTEGER PRIMARY KEY,
        bank_transaction TEXT NOT NULL UNIQUE,
        digest BLOB NOT NULL,
        fee TEXT REFERENCES fees (reference),
        amount_vnd INTEGER NOT NULL,
        paid_at_ms INTEGER NOT NULL,
        heard_at_ms INTEGER NOT NULL,
        result TEXT NOT NULL
          CHECK (result IN ('settled', 'settledLate', 'wrongAmount', 'unknownReference', 'paidAgain')),
        words TEXT NOT NULL,
        handled_at_ms INTEGER,
        handled_by TEXT,
        handled_note TEXT
      ) STRICT;
      CREATE INDEX fee_payments_by_fee ON fee_payments (fee);
      CREATE INDEX fee_payments_to_handle ON fee_payments (id) WHERE handled_at_ms IS NULL AND result <> 'settled';
    `,
  },
  {
    // Codes that went to citizens' phones; of number and code a keyed hash each.
    version: 9,
    readableBy: 1,
    sql: `
      CREATE TABLE sms_codes (
        kiosk TEXT NOT NULL,
        reference TEXT NOT NULL,
        phone_mark BLOB NOT NULL,
        code_mark BLOB NOT NULL,
        report_token TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL CHECK (state IN ('sending', 'taken', 'notTaken', 'delivered', 'failed')),
        sent_at_ms INTEGER NOT NULL,
        expires_at_ms INTEGER NOT NULL,
        wrong_tries INTEGER NOT NULL,
        last_try TEXT,
        proven_at_ms INTEGER,
        used_by TEXT,
        PRIMARY KEY (kiosk, reference)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX sms_codes_by_number ON sms_codes (phone_mark, sent_at_ms);
      CREATE INDEX sms_codes_by_kiosk ON sms_codes (kiosk, sent_at_ms);
    `,
  },
];
