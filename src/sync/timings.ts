// How long does the link wait for what, and why so long?

export interface LinkTimings {
  /** A broker that takes longer to say hello is on a link that would not carry a chunk either. */
  readonly connectTimeoutMs: number;
  /** A window of the smallest chunks over 2 KB/s must fit. */
  readonly publishTimeoutMs: number;
  /** The portal checks, opens and commits before it answers; a large submission takes seconds. */
  readonly replyTimeoutMs: number;
  /** First and largest ceiling of the wait between connections. */
  readonly reconnectBaseMs: number;
  readonly reconnectCapMs: number;
  /** A connection that held this long starts the next waits from the base again. */
  readonly steadyAfterMs: number;
  /** A submission that got no answer stands back this long, so that others go first. */
  readonly coolMs: number;
  /** Births, deaths and faults are told at once; figures need no more than this. */
  readonly telemetryMs: number;
  /** What was refused by a reason code is tried again this often: rights and limits get repaired. */
  readonly quarantineRetryMs: number;
  readonly lookupTimeoutMs: number;
  /** A certificate lives for months: whether its time has come is looked at this often. */
  readonly certificateCheckMs: number;
  /** A portal that gave none, or a pair that was refused: asked for again after this. */
  readonly certificateAgainMs: number;
  /** A new pair whose connection held this long has proven itself; the one before goes. */
  readonly certificateProvenMs: number;
  /** How often it is looked whether the next slice of an update may be asked for. */
  readonly updateLookMs: number;
}

export const LINK_TIMINGS: LinkTimings = {
  connectTimeoutMs: 20_000,
  publishTimeoutMs: 45_000,
  replyTimeoutMs: 15_000,
  reconnectBaseMs: 500,
  reconnectCapMs: 30_000,
  steadyAfterMs: 10_000,
  coolMs: 10_000,
  telemetryMs: 300_000,
  quarantineRetryMs: 3_600_000,
  lookupTimeoutMs: 5_000,
  certificateCheckMs: 3_600_000,
  certificateAgainMs: 6 * 3_600_000,
  certificateProvenMs: 60_000,
  updateLookMs: 2_000,
};
