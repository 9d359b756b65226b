// How long does this kiosk wait before it connects again, so that the fleet does not come back all at once?
import type { Store } from "../store/store.js";
import { Backoff, comebackSpreadMs } from "./protocol/backoff.js";
import type { LinkTimings } from "./timings.js";

const FLEET_KEY = "link.fleet";

export interface ComebackParts {
  readonly meta: Store["meta"];
  readonly timings: Pick<LinkTimings, "reconnectBaseMs" | "reconnectCapMs" | "steadyAfterMs">;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
}

export class Comeback {
  readonly #parts: ComebackParts;
  readonly #backoff: Backoff;

  constructor(parts: ComebackParts) {
    const { reconnectBaseMs, reconnectCapMs } = parts.timings;
    this.#parts = parts;
    this.#backoff = new Backoff(reconnectBaseMs, reconnectCapMs, parts.random);
    // Kept over a restart: a kiosk may come up while the broker is away.
    const fleet = Number(parts.meta.get(FLEET_KEY) ?? 0);
    this.#backoff.spreadOver(comebackSpreadMs(Number.isFinite(fleet) ? fleet : 0));
  }

  /** The portal says how many kiosks there are. */
  fleetIs(fleet: number): void {
    const { meta } = this.#parts;
    this.#backoff.spreadOver(comebackSpreadMs(fleet));
    if (meta.get(FLEET_KEY) !== String(fleet)) meta.set(FLEET_KEY, String(fleet));
  }

  /** After a connection, or a try for one, that lasted so long. */
  waitMs(lastedMs: number): number {
    if (lastedMs >= this.#parts.timings.steadyAfterMs) this.#backoff.reset();
    return this.#backoff.nextMs();
  }
}
