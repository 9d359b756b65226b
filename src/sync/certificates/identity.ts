// What does the link need to know of the kiosk's certificates, in a handful of calls?
import type { Clock } from "../../core/clock.js";
import { FaultError } from "../../core/faults.js";
import type { Log } from "../../core/log.js";
import type { Journal } from "../../store/store.js";
import type { CertificateMessage } from "../protocol/messages.js";
import type { OpenWire, WireTls } from "../protocol/wire.js";
import { PairChoice } from "./pair-choice.js";
import type { Pair, Pairs } from "./pairs.js";
import type { Refusal } from "./refusal.js";
import { Rotation, type RotationParts, type RotationTimings } from "./rotation.js";

export interface CertificateOptions extends Pick<RotationParts, "pairs" | "makeRequest" | "sign" | "atRest"> {
  readonly pairs: Pairs;
  /** PEM of the authorities that a broker's certificate must come from; undefined: the ones that Node knows. */
  readonly authority: () => Buffer | undefined;
}

export interface IdentityParts extends CertificateOptions {
  readonly kioskId: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly journal: Pick<Journal, "note">;
  readonly timings: RotationTimings & { readonly certificateProvenMs: number };
}

/** What one connection shows to the broker. */
export interface Offer {
  readonly pair: Pair | null;
  readonly tls: WireTls;
}

export class Identity {
  readonly #parts: IdentityParts;
  readonly #choice: PairChoice;
  readonly #rotation: Rotation;
  #proving: unknown = null;

  constructor(parts: IdentityParts) {
    this.#parts = parts;
    this.#choice = new PairChoice(parts);
    this.#rotation = new Rotation({ ...parts, choice: this.#choice });
  }

  /** Read anew for each connection: what a technician installs needs no restart. */
  offer(): Offer {
    const pair = this.#choice.offer();
    const ca = this.#parts.authority();
    return {
      pair,
      tls: {
        ...(ca !== undefined && { ca }),
        ...(pair !== null && { cert: Buffer.from(pair.chainPem), key: Buffer.from(pair.keyPem) }),
      },
    };
  }

  /** The connection is up. */
  came({ pair }: Offer): void {
    if (pair === null) return;
    const { clock, timings } = this.#parts;
    this.#guarded(() => this.#choice.came(pair));
    const held = () => this.#guarded(() => this.#choice.held(pair));
    this.#proving = clock.setTimeout(held, timings.certificateProvenMs);
  }

  /** The connection never came up: the fault to show, where trust is to blame; otherwise what was thrown. */
  failed({ pair }: Offer, thrown: unknown): unknown {
    const refusals: Refusal[] = [];
    this.#guarded(() => {
      const found = this.#choice.failed(pair, thrown);
      if (found !== null) refusals.push(found);
    });
    const [refusal] = refusals;
    return refusal === undefined ? thrown : new FaultError(refusal.code, refusal.detail, { cause: thrown });
  }

  /** Until the pair in use runs out, negative after; nothing without one. */
  figures(): Readonly<Record<string, number>> {
    const current = this.#parts.pairs.get("current");
    if (current === null) return {};
    const leftMs = current.toMs - this.#parts.clock.wall().epochMs;
    return { certificateLeftSeconds: Math.floor(leftMs / 1000) };
  }

  /** Null: it is gone. */
  connected(wire: OpenWire | null): void {
    if (wire === null) this.#parts.clock.clearTimeout(this.#proving);
    this.#rotation.connected(wire);
  }

  portalIs(online: boolean): void {
    this.#rotation.portalIs(online);
  }

  answered(message: CertificateMessage): void {
    this.#rotation.answered(message);
  }

  takeHurry(): boolean {
    return this.#choice.takeHurry();
  }

  /** A full disk refuses the journal's line, and with it the step: the connection that empties the queue goes on. */
  #guarded(act: () => void): void {
    try {
      act();
    } catch (thrown) {
      const detail = thrown instanceof Error ? thrown.message : String(thrown);
      this.#parts.log("link.certificate", { step: "failed", detail });
    }
  }

  async close(): Promise<void> {
    this.#parts.clock.clearTimeout(this.#proving);
    await this.#rotation.close();
  }
}
