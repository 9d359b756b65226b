// How does a reader behind PC/SC (pcsc-lite's pcscd) serve as the kiosk's chip reader?
import type { Clock } from "../../../core/clock.js";
import { type Fault, FaultError, toFault } from "../../../core/faults.js";
import type { Log } from "../../../core/log.js";
import type { Card, ChipReader } from "../chip-reader.js";
import { Turn } from "../turn.js";
import { parseContactlessAtr } from "./atr.js";
import { STATE } from "./protocol.js";
import { chooseReader } from "./reader-name.js";
import { PcscError, PcscService } from "./service.js";

export interface PcscOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** A reader's name, or a part of it that no other has; `null`: the one that there is. */
  readonly reader: string | null;
  /** For a service that is not at its usual place. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Starting the process and the add-on takes half a second on a small board. */
const START_WITHIN_MS = 8_000;
/** Waiting-time extensions of a card, one after the other, as with any reader. */
const EXCHANGE_WITHIN_MS = 12_000;
/** A reader's driver may try every bit rate at power-up. */
const CONNECT_WITHIN_MS = 8_000;
const QUICK_WITHIN_MS = 5_000;
/** PC/SC ends the wait itself after this; the rest is for a card that still has the turn before it. */
const WAIT_MS = 30_000;
const WAIT_WITHIN_MS = WAIT_MS + EXCHANGE_WITHIN_MS + QUICK_WITHIN_MS;
/** Between two tries with a card that does not start: it is being laid down, or lies askew. */
const PAUSE_MS = 150;
const MUTE_TRIES = 5;
/** The counter in the upper half of a state changes with each card that comes or goes. */
const UNKNOWN_STATE = 0;

/** PC/SC part 3, section 3.2.2.1.3: commands that the reader itself answers. */
const GET_UID = Uint8Array.of(0xff, 0xca, 0x00, 0x00, 0x00);
const GET_ATS_HISTORY = Uint8Array.of(0xff, 0xca, 0x01, 0x00, 0x00);
const STATUS_BYTES = 2;
const UID_LENGTHS = [4, 7, 10];
/** Of a type B card: application data, protocol info, MBLI. */
const TYPE_B_HISTORY_BYTES = 8;

/** Throws `FaultError` "chipReader.absent" when package, service or reader is missing. */
export const openPcsc = async (options: PcscOptions, signal?: AbortSignal): Promise<ChipReader> => {
  const { clock, log, reader, env } = options;
  const service = new PcscService({ clock, env });
  try {
    const names = await service.ask({ verb: "readers" }, { withinMs: START_WITHIN_MS, signal });
    const name = chooseReader(names, reader);
    log("device.state", { device: "chipReader", state: "identified", detail: `PC/SC reader "${name}"` });
    return new PcscReader(service, name, clock);
  } catch (thrown) {
    await service.close();
    throw asOpeningFault(thrown);
  }
};

/** Where pcscd listens; who may connect may use it, unless polkit says otherwise. */
const SERVICE_SOCKET = "/run/pcscd/pcscd.comm";

/** Newer services ask polkit who may use them, and have no word of their own for "not you". */
const asOpeningFault = (thrown: unknown): unknown => {
  if (!(thrown instanceof PcscError) || thrown.kind !== "failed") return asFault(thrown);
  const detail = `the PC/SC service refuses (${thrown.message}); may this user use it (polkit)?`;
  return new FaultError("chipReader.absent", detail, { why: { kind: "denied", at: SERVICE_SOCKET } });
};

/** What PC/SC said, in the words of the kiosk. Anything else stays what it is. */
const asFault = (thrown: unknown): unknown => {
  if (!(thrown instanceof PcscError)) return thrown;
  switch (thrown.kind) {
    case "noPackage":
      return new FaultError("chipReader.absent", `PC/SC is not built in: ${thrown.message}`);
    case "noService":
      return new FaultError("chipReader.absent", "no PC/SC service: is pcscd installed and running?", {
        why: { kind: "commandMissing", at: "pcscd" },
      });
    case "noReader":
      return new FaultError("chipReader.absent", `the PC/SC reader is gone (${thrown.message})`, {
        why: { kind: "missing", at: "pcsc:" },
      });
    case "inUse":
      return new FaultError("chipReader.failed", "another program holds the card in this PC/SC reader", {
        why: { kind: "busy", at: SERVICE_SOCKET },
      });
    case "cardGone":
    case "cardMute":
      return new FaultError("card.lost", thrown.message);
    case "failed":
      return new FaultError("chipReader.failed", thrown.message);
  }
};

const isCardless = (thrown: unknown): thrown is PcscError =>
  thrown instanceof PcscError && (thrown.kind === "cardGone" || thrown.kind === "cardMute");

class PcscReader implements ChipReader {
  readonly #service: PcscService;
  readonly #name: string;
  readonly #clock: Clock;
  readonly #waits = new Turn();
  readonly #exchanges = new Turn();
  /** The one connected card; an older object of it is lost. */
  #card: PcscCard | null = null;

  #reset = false;

  constructor(service: PcscService, name: string, clock: Clock) {
    this.#service = service;
    this.#name = name;
    this.#clock = clock;
  }

  async health(): Promise<Fault | null> {
    if (this.#service.gone !== null) return toFault(this.#service.gone);
    // An ask at work finds out by itself.
    if (this.#service.busy) return null;
    try {
      await this.#requireReader();
      return null;
    } catch (thrown) {
      return toFault(asFault(thrown), "chipReader.silent");
    }
  }

  async close(): Promise<void> {
    this.#card = null;
    await this.#service.close();
  }

  waitForCard(signal: AbortSignal): Promise<Card> {
    return this.#waits.take(async () => {
      try {
        await this.#letGo();
        return await this.#poll(signal);
      } catch (thrown) {
        throw await this.#judgeWait(thrown);
      }
    }, signal);
  }

  /** A service or a reader that vanished shows as any error of the call that was waiting. */
  async #judgeWait(thrown: unknown): Promise<unknown> {
    if (!(thrown instanceof PcscError) || thrown.kind !== "failed") return asFault(thrown);
    try {
      await this.#requireReader();
      return asFault(thrown);
    } catch (worse) {
      return asFault(worse);
    }
  }

  async #poll(signal: AbortSignal): Promise<Card> {
    let state = UNKNOWN_STATE;
    let mute = 0;
    // Our own card lost its power when it was let go; one that lay there before us may be in the middle of something.
    let reset = !this.#reset;
    this.#reset = true;
    for (;;) {
      const request = { verb: "wait", reader: this.#name, state, withinMs: WAIT_MS } as const;
      state = await this.#service.ask(request, { withinMs: WAIT_WITHIN_MS, signal });
      if ((state & (STATE.unknown | STATE.unavailable)) !== 0) throw new PcscError("noReader", "unplugged");
      if ((state & STATE.present) !== 0) {
        const card = await this.#connect(reset, signal);
        if (card !== null) return card;
        mute += 1;
        if (mute >= MUTE_TRIES) throw new FaultError("card.unreadable", "the card does not start");
        await this.#clock.sleep(PAUSE_MS, signal);
        state = UNKNOWN_STATE;
      } else {
        mute = 0;
        reset = false;
      }
    }
  }

  /** `null`: the card is not there any more, or does not start. */
  async #connect(reset: boolean, signal: AbortSignal): Promise<Card | null> {
    try {
      const request = { verb: "connect", reader: this.#name, reset } as const;
      const atr = await this.#service.ask(request, { withinMs: CONNECT_WITHIN_MS, signal });
      return await this.#identify(atr, signal);
    } catch (thrown) {
      await this.#disconnect();
      if (isCardless(thrown)) return null;
      throw thrown;
    }
  }

  /** A card with contacts has another answer to reset, and the same application: it may serve. */
  async #identify(atr: Uint8Array, signal: AbortSignal): Promise<Card> {
    const contactless = parseContactlessAtr(atr);
    if (contactless?.kind === "memory") {
      throw new FaultError("card.notCitizen", "a contactless memory card, without ISO/IEC 14443-4");
    }
    const uid = await this.#askReader(GET_UID, signal);
    const history = await this.#askReader(GET_ATS_HISTORY, signal);
    const typeB = history === null && contactless?.historicalBytes.length === TYPE_B_HISTORY_BYTES;
    const known = uid !== null && UID_LENGTHS.includes(uid.length);
    const card = new PcscCard(this, known ? uid : new Uint8Array(), typeB ? "B" : "A");
    this.#card = card;
    return card;
  }

  /** `null` when the reader does not know. */
  async #askReader(apdu: Uint8Array, signal: AbortSignal): Promise<Uint8Array | null> {
    const answer = await this.#service.ask(
      { verb: "transmit", apdu },
      { withinMs: EXCHANGE_WITHIN_MS, signal },
    );
    const done = answer.at(-2) === 0x90 && answer.at(-1) === 0x00;
    return done ? answer.slice(0, -STATUS_BYTES) : null;
  }

  /** The whole way of one APDU; a second caller waits until the first has its answer. */
  exchange(card: PcscCard, apdu: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    return this.#exchanges.take(async () => {
      if (this.#card !== card) throw new FaultError("card.lost", "the card was let go");
      try {
        const options = { withinMs: EXCHANGE_WITHIN_MS, signal };
        const answer = await this.#service.ask({ verb: "transmit", apdu }, options);
        // Some drivers call an exchange done whose card left in the middle.
        if (answer.length < STATUS_BYTES) throw new PcscError("cardGone", "an answer without a status word");
        return answer;
      } catch (thrown) {
        // The card's state is unknown now: only a new connection makes it known.
        if (this.#card === card) this.#card = null;
        throw await this.#judge(thrown, signal);
      }
    }, signal);
  }

  /** A failed exchange is the card's as long as its reader is still there: drivers differ in what they call it. */
  async #judge(thrown: unknown, signal?: AbortSignal): Promise<unknown> {
    if (signal?.aborted === true || !(thrown instanceof PcscError)) return thrown;
    try {
      await this.#requireReader();
      await this.#disconnect();
      return new FaultError("card.lost", thrown.message);
    } catch (worse) {
      return asFault(worse);
    }
  }

  /** Throws when PC/SC does not know the reader any more. */
  async #requireReader(): Promise<void> {
    const names = await this.#service.ask({ verb: "readers" }, { withinMs: QUICK_WITHIN_MS });
    if (!names.includes(this.#name)) throw new PcscError("noReader", "unplugged");
  }

  /** Never throws. */
  async release(card: PcscCard): Promise<void> {
    if (this.#card !== card) return;
    await this.#letGo();
  }

  async #letGo(): Promise<void> {
    this.#card = null;
    await this.#disconnect();
  }

  /** Never throws. In turn behind an APDU that was given up and is still with the card. */
  async #disconnect(): Promise<void> {
    const withinMs = EXCHANGE_WITHIN_MS + QUICK_WITHIN_MS;
    await this.#service.ask({ verb: "disconnect" }, { withinMs }).catch(() => {});
  }
}

class PcscCard implements Card {
  readonly #reader: PcscReader;

  constructor(
    reader: PcscReader,
    readonly uid: Uint8Array,
    readonly type: "A" | "B",
  ) {
    this.#reader = reader;
  }

  transceive(commandApdu: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    return this.#reader.exchange(this, commandApdu, signal);
  }

  release(): Promise<void> {
    return this.#reader.release(this);
  }
}
