// Who is called next?
//
// Priority with ageing, in one number: a ticket is due when it was taken, less the head start of its group, and the
// earliest due is called first. So somebody with priority goes before all who came up to a head start earlier, and
// nobody waits for ever: whoever comes later than a head start after me can never go before me, however many come.
// Among those of one group the earlier goes first. The order needs no memory of what was called: two counters and two
// replicas that ask the same rows get the same answer.

export interface PriorityRule {
  /** Minutes that any group has before those without. */
  readonly headStartMinutes: number;
  /** Other minutes for some groups. */
  readonly headStarts: Readonly<Record<string, number>>;
}

/** About the wait of an ordinary morning: priority goes to the front, and an hour's wait outweighs it. */
export const PRIORITY_RULE: PriorityRule = { headStartMinutes: 60, headStarts: {} };

const MINUTE_MS = 60_000;

export const headStartMs = ({ headStartMinutes, headStarts }: PriorityRule, group: string | null): number =>
  group === null ? 0 : (headStarts[group] ?? headStartMinutes) * MINUTE_MS;

export const dueMs = (rule: PriorityRule, takenAtMs: number, group: string | null): number =>
  takenAtMs - headStartMs(rule, group);

interface Due {
  readonly id: number;
  readonly dueAtMs: number;
  readonly takenAtMs: number;
}

/** The same as ORDER BY due_at_ms, taken_at_ms, id. */
export const before = (a: Due, b: Due): number =>
  a.dueAtMs - b.dueAtMs || a.takenAtMs - b.takenAtMs || a.id - b.id;
