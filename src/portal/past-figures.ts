// What did the kiosks measure while nobody could hear them?

import type { TelemetryMessage } from "../sync/protocol/messages.js";
import { decode } from "../sync/protocol/validate.js";
import type { PortalDb } from "./db/portal-db.js";

/** Two weeks at a sample every 5 minutes. */
const KEPT_PER_KIOSK = 4032;
const SHOWN = 1000;

export class PastFigures {
  readonly #db: PortalDb;

  constructor(db: PortalDb) {
    this.#db = db;
  }

  /** Known by kiosk and time: a batch that comes twice changes nothing but the count of what was dropped. */
  keep(kiosk: string, payload: Uint8Array): void {
    const message = decode("past", payload);
    if (!message.ok) return;
    const { samples, dropped } = message.value;
    this.#db
      .transaction(() => {
        const insert = this.#db.prepare(
          "INSERT INTO past_figures (kiosk, at_ms, sample) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        );
        let fresh = 0;
        for (const sample of samples)
          fresh += insert.run(kiosk, Math.round(sample.atMs), JSON.stringify(sample)).changes;
        this.#db
          .prepare(`DELETE FROM past_figures WHERE kiosk = ? AND at_ms < (SELECT at_ms FROM past_figures
            WHERE kiosk = ? ORDER BY at_ms DESC LIMIT 1 OFFSET ?)`)
          .run(kiosk, kiosk, KEPT_PER_KIOSK - 1);
        if (fresh === 0 || dropped === 0) return;
        this.#db
          .prepare(`INSERT INTO past_dropped (kiosk, samples) VALUES (?, ?)
            ON CONFLICT (kiosk) DO UPDATE SET samples = past_dropped.samples + excluded.samples`)
          .run(kiosk, dropped);
      })
      .immediate();
  }

  /** Newest first. */
  of(kiosk: string): readonly TelemetryMessage[] {
    const rows = this.#db
      .prepare("SELECT sample FROM past_figures WHERE kiosk = ? ORDER BY at_ms DESC LIMIT ?")
      .pluck()
      .all(kiosk, SHOWN) as string[];
    return rows.map((sample) => JSON.parse(sample) as TelemetryMessage);
  }

  /** Samples lost for good, by kiosk. */
  dropped(): ReadonlyMap<string, number> {
    const rows = this.#db.prepare("SELECT kiosk, samples FROM past_dropped").all() as {
      kiosk: string;
      samples: number;
    }[];
    return new Map(rows.map(({ kiosk, samples }) => [kiosk, samples]));
  }
}
