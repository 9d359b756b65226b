// When does the kiosk get itself a new certificate, and how, without disturbing anybody?
//
// At two thirds of the lifetime (and up to a tenth later, so that a fleet that was enrolled on one day does not ask
// in one hour) a new key is made and asked for over the session that the old one opened. What comes back is tried
// when nobody is at the kiosk (pair-choice.ts). Each step is found in the files again after a cut: a key without an
// answer is asked for again, an answer without a trial is tried.
import { createHash } from "node:crypto";
import { type Clock, withDeadline } from "../../core/clock.js";
import type { Log } from "../../core/log.js";
import type { Journal } from "../../store/store.js";
import { type CertificateMessage, certificateProof } from "../protocol/messages.js";
import type { OpenWire } from "../protocol/wire.js";
import { Questions } from "../questions.js";
import type { PairChoice } from "./pair-choice.js";
import type { Pair, Pairs } from "./pairs.js";

export interface RotationTimings {
  readonly certificateCheckMs: number;
  readonly certificateAgainMs: number;
  readonly lookupTimeoutMs: number;
}

export interface RotationParts {
  readonly pairs: Pairs;
  readonly choice: PairChoice;
  readonly kioskId: string;
  /** A PKCS#10 request (DER) for this key, signed by it. */
  readonly makeRequest: (privateKeyPem: string, kioskId: string) => Promise<Uint8Array>;
  /** With the device key that the portal enrolled. */
  readonly sign: (bytes: Uint8Array) => Uint8Array;
  /** Resolves when nobody uses the kiosk; rejects with the signal. */
  readonly atRest: (signal: AbortSignal) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  readonly journal: Pick<Journal, "note">;
  readonly timings: RotationTimings;
}

const DUE_FRACTION = 2 / 3;
const JITTER_FRACTION = 1 / 10;
/** Somebody may stay for hours, and the certificate run out meanwhile: then the trial waits no longer. */
const REST_LIMIT_MS = 12 * 3_600_000;

/** When a pair's time has come, epoch ms. The jitter comes from the serial number: the same at each look. */
export const dueMs = ({ serial, fromMs, toMs }: Pick<Pair, "serial" | "fromMs" | "toMs">): number => {
  const jitter = createHash("sha256").update(serial).digest().readUInt32BE(0) / 2 ** 32;
  return fromMs + (toMs - fromMs) * (DUE_FRACTION + JITTER_FRACTION * jitter);
};

export class Rotation {
  readonly #parts: RotationParts;
  readonly #questions: Questions<CertificateMessage>;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #wire: OpenWire | null = null;
  #portalOnline = false;
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  #woken = new AbortController();

  constructor(parts: RotationParts) {
    this.#parts = parts;
    this.#questions = new Questions(parts.clock, parts.kioskId);
    this.#done = this.#loop();
  }

  /** Null: it is gone. */
  connected(wire: OpenWire | null): void {
    this.#wire = wire;
    if (wire === null) this.#portalOnline = false;
    // The portal's retained presence may have come before.
    else this.#woken.abort();
  }

  portalIs(online: boolean): void {
    this.#portalOnline = online;
    if (online) this.#woken.abort();
  }

  answered(message: CertificateMessage): void {
    this.#questions.answered(message);
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error("the link was closed"));
    this.#woken.abort();
    await this.#done;
  }

  async #loop(): Promise<void> {
    const { clock, timings, log } = this.#parts;
    while (!this.#stop.signal.aborted) {
      // Before the step: what happens during it is looked at after it.
      this.#woken = new AbortController();
      await this.#step().catch((thrown: unknown) => {
        this.#later();
        const detail = thrown instanceof Error ? thrown.message : String(thrown);
        if (!this.#stop.signal.aborted) log("link.certificate", { step: "failed", detail });
      });
      if (this.#stop.signal.aborted) return;
      await clock.sleep(timings.certificateCheckMs, this.#woken.signal).catch(() => {});
    }
  }

  async #step(): Promise<void> {
    const { pairs, clock } = this.#parts;
    const wire = this.#wire;
    if (wire === null || !this.#portalOnline || clock.monotonicMs() < this.#notBeforeMs) return;
    if (pairs.get("next") === null) {
      const current = pairs.get("current");
      const { epochMs, trust } = clock.wall();
      // A clock that stands at its floor says nothing about when.
      if (current === null || trust === "floor" || epochMs < dueMs(current)) return;
      if (!(await this.#ask(wire))) return;
    }
    await this.#tryNext(wire);
  }

  /** False: the portal gave none. */
  async #ask(wire: OpenWire): Promise<boolean> {
    const { pairs, kioskId, makeRequest, sign, timings } = this.#parts;
    this.#note("asking");
    const csr = await makeRequest(pairs.requestKey(), kioskId);
    const proof = sign(certificateProof(kioskId, csr));
    const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
    const answer = await this.#questions.ask(
      wire,
      {
        kind: "certificate",
        body: { csr: base64(csr), proof: base64(proof) },
        what: "the portal's answer to a request for a certificate",
        timeoutMs: timings.lookupTimeoutMs,
      },
      this.#stop.signal,
    );
    if (answer.chain === null) {
      this.#note("notGiven", answer.reason ?? "");
      this.#later();
      return false;
    }
    const pair = pairs.keepNext(answer.chain, kioskId);
    this.#note("received", pair.serial);
    return true;
  }

  async #tryNext(wire: OpenWire): Promise<void> {
    const { clock, choice, atRest } = this.#parts;
    await withDeadline(clock, REST_LIMIT_MS, "a quiet moment", atRest, this.#stop.signal).catch(() => {});
    if (this.#stop.signal.aborted || !wire.isOpen) return;
    // Should the trial fail, the next one is not at once.
    this.#later();
    this.#note("trying", this.#parts.pairs.get("next")?.serial ?? "");
    choice.wantTrial();
    await wire.close();
  }

  #later(): void {
    const { clock, timings } = this.#parts;
    this.#notBeforeMs = clock.monotonicMs() + timings.certificateAgainMs;
  }

  #note(step: string, detail = ""): void {
    const { log, journal, kioskId } = this.#parts;
    log("link.certificate", { step, ...(detail !== "" && { detail }) });
    journal.note(`certificate.${step}`, kioskId, detail === "" ? {} : { detail });
  }
}
