// How does a reading outlive a lifted card and a chip that dropped its session?
import { FaultError } from "../core/faults.js";
import type { Card } from "../hal/chip-reader/chip-reader.js";
import { type Channel, PlainChannel } from "./access/channel.js";
import type { RandomSource } from "./access/integers.js";
import { KeyRing } from "./access/key-ring.js";
import type { AccessKey } from "./access/keys.js";
import { type Access, Opener } from "./access/open.js";
import type { Answer, Command } from "./apdu.js";
import type { ReadingHabit, ReadingHabits } from "./lds/reading-habits.js";
import type { SecureMessaging } from "./secure-messaging.js";

export interface SessionOptions {
  readonly card: Card;
  readonly key: AccessKey;
  readonly random: RandomSource;
  readonly signal?: AbortSignal;
  /** What cards taught that were read before this one. */
  readonly habits?: ReadingHabits;
  /** Waits for the card to be laid down again; without it a lifted card ends the reading. */
  readonly cardAgain?: (signal: AbortSignal) => Promise<Card>;
}

/** A person who lifts the card this often needs help more than another try. */
const MAX_LOSSES = 5;
/** A chip that drops its session this often will not be read. */
const MAX_REOPENS = 16;

export class CardSession {
  readonly #options: SessionOptions;
  readonly #opener: Opener;
  #card: Card;
  #access: Access | null = null;
  #first: Access | null = null;
  /** No command was sent since the card was activated. */
  #fresh = true;
  #losses = 0;
  #reopens = 0;
  #epoch = 0;
  #apdus = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#card = options.card;
    this.#opener = new Opener(new KeyRing(options.key), options.random);
  }

  /** Changes whenever access was established: what was selected before is not any more. */
  get epoch(): number {
    return this.#epoch;
  }

  get apdus(): number {
    return this.#apdus;
  }

  /** The most that one READ BINARY can bring. Only known while access is established. */
  get maxReadBytes(): number {
    return this.#access?.channel.maxReadBytes ?? this.access.channel.maxReadBytes;
  }

  /** How the card was opened the first time. */
  get access(): Access {
    if (this.#first === null) throw new Error("the session was never opened");
    return this.#first;
  }

  /** Establishes access where there is none. */
  async ensureOpen(): Promise<Channel> {
    if (this.#access !== null) return this.#access.channel;
    if (this.#reopens > MAX_REOPENS) {
      throw new FaultError("card.unreadable", `the chip dropped its session ${this.#reopens} times`);
    }
    const plain = new PlainChannel(this.#card, () => this.#countApdu(), this.#options.signal);
    const fresh = this.#fresh;
    this.#fresh = false;
    const access = await this.#opener.open(plain, fresh);
    this.#access = access;
    this.#first ??= access;
    this.#epoch += 1;
    return access.channel;
  }

  /**
   * Goes on under the keys of chip authentication. A session that has to be opened again after that runs under
   * the access keys: `epoch` tells, and whoever wants the stronger keys authenticates the chip once more.
   */
  restart(messaging: SecureMessaging): void {
    if (this.#access === null) throw new Error("there is no session whose keys could change");
    this.#access.channel.restart(messaging);
  }

  /** Gives up a session whose answers do not verify any more; the next command opens the card anew. */
  abandon(): void {
    this.#access = null;
    this.#reopens += 1;
  }

  async send(command: Command): Promise<Answer> {
    const channel = await this.ensureOpen();
    const answer = await channel.send(command);
    if (!answer.sessionAlive) {
      this.#access = null;
      this.#reopens += 1;
    }
    return answer;
  }

  /** Waits for a card that left to come back; anything else than "card.lost" is thrown again. */
  async recover(error: unknown): Promise<void> {
    if (!(error instanceof FaultError) || error.code !== "card.lost") throw error;
    const { cardAgain, signal } = this.#options;
    this.#losses += 1;
    if (cardAgain === undefined || this.#losses > MAX_LOSSES) throw error;
    this.#access = null;
    await this.#card.release();
    this.#card = await cardAgain(signal ?? new AbortController().signal);
    this.#fresh = true;
  }

  recall(): ReadingHabit | null {
    return this.#options.habits?.recall(this.access.cardAccess) ?? null;
  }

  note(habit: ReadingHabit): void {
    this.#options.habits?.note(this.access.cardAccess, habit);
  }

  #countApdu(): void {
    this.#apdus += 1;
  }
}
