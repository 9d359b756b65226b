// How impatient is a link that a soak wears out in seconds instead of days?
import type { LinkTimings } from "../../src/sync/timings.js";

export const WORN: Partial<LinkTimings> = {
  connectTimeoutMs: 6_000,
  // Two chunks of 8 KB over 2 KB/s, and twice 800 ms.
  publishTimeoutMs: 12_000,
  replyTimeoutMs: 5_000,
  reconnectBaseMs: 50,
  reconnectCapMs: 800,
  coolMs: 500,
  telemetryMs: 2_000,
  quarantineRetryMs: 2_000,
};
