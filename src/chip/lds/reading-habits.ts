// What did cards of one kind teach about reading them, so that the next one is not asked the same again?
//
// Safe to be wrong about: a smaller chunk and SELECT in place of a short identifier are understood by every chip,
// they only cost time. A kind is known by its EF.CardAccess, which is the same for all cards of one make and says
// nothing of the holder; cards without it are of no known kind, and nothing is remembered of them.
import { createHash } from "node:crypto";

export interface ReadingHabit {
  /** `null`: the largest that the session's cipher allows. */
  readonly chunkBytes: number | null;
  /** Whether READ BINARY by short identifier works. */
  readonly shortIds: boolean;
}

/** Makes of card at one kiosk; the one that was not seen for longest goes first. */
const MAX_KINDS = 32;
/** After so many cards the best is tried once more: one bad contact must not slow a make for ever. */
const CARDS_UNTIL_RETRIED = 20;

export class ReadingHabits {
  readonly #kinds = new Map<string, { readonly habit: ReadingHabit; recalled: number }>();

  /** `null` for a kind that nothing is known of, or that is to be tried anew. */
  recall(cardAccess: Uint8Array | null): ReadingHabit | null {
    const kind = kindOf(cardAccess);
    const known = kind === null ? undefined : this.#kinds.get(kind);
    if (kind === null || known === undefined) return null;
    known.recalled += 1;
    if (known.recalled <= CARDS_UNTIL_RETRIED) return known.habit;
    this.#kinds.delete(kind);
    return null;
  }

  note(cardAccess: Uint8Array | null, habit: ReadingHabit): void {
    const kind = kindOf(cardAccess);
    if (kind === null) return;
    const recalled = this.#kinds.get(kind)?.recalled ?? 0;
    this.#kinds.delete(kind);
    if (habit.chunkBytes === null && habit.shortIds) return;
    const [oldest] = this.#kinds.keys();
    if (this.#kinds.size === MAX_KINDS && oldest !== undefined) this.#kinds.delete(oldest);
    this.#kinds.set(kind, { habit, recalled });
  }
}

const kindOf = (cardAccess: Uint8Array | null): string | null =>
  cardAccess === null ? null : createHash("sha256").update(cardAccess).digest("hex");
