// What do the bench and a process full of simulated kiosks say to each other?

export interface KioskSeed {
  readonly id: string;
  /** Ed25519, PKCS#8 PEM. */
  readonly deviceKeyPem: string;
  /** For mutual TLS: PEM. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

export interface KiosksStart {
  readonly url: string;
  readonly kiosks: readonly KioskSeed[];
  /** PEM of the broker's authority. */
  readonly caPem?: string;
  readonly portalKeysFile: string;
  /** Bytes of each page of a submission. */
  readonly pageBytes: readonly number[];
}

export type Order =
  | { readonly type: "start"; readonly start: KiosksStart }
  /** `each`: that many at every kiosk. */
  | { readonly type: "enqueue"; readonly each: number }
  /** That many in all, as fast as they are taken in: at most `atOnce` without a receipt. */
  | { readonly type: "stream"; readonly count: number; readonly atOnce: number; readonly untilMs: number }
  | { readonly type: "stop" };

/** Told every half second; what happened since the last one. Times are epoch milliseconds. */
export interface Figures {
  readonly up: number;
  readonly tries: readonly number[];
  readonly cameUp: readonly number[];
  /** From the outbox to the stored receipt. */
  readonly receipts: readonly { readonly atMs: number; readonly tookMs: number }[];
  readonly enqueued: number;
  readonly residentBytes: number;
}
