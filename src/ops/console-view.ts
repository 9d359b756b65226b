// What does the technician's console show of a kiosk beyond its status, and nothing of the citizen?
import { existsSync, readFileSync } from "node:fs";
import type { Clock } from "../core/clock.js";
import { type Bilingual, type FaultCode, technicianRemedy } from "../core/faults.js";
import type { Board, DeviceName } from "../hal/board.js";
import type { OutboxState, Store } from "../store/store.js";
import type { PinGate } from "./pin.js";
import { DEVICE_NAMES, type KioskStatus } from "./status.js";

/** Certificates are files: not read at each look; an update moves on by itself. */
const VERSIONS_MS = 10_000;
/** More rows than these nobody reads on a serial line; how many there are is told beside. */
const HELD_ROWS = 100;

export interface LastFault {
  readonly fault: FaultCode;
  readonly detail: string;
  readonly remedy: Bilingual;
  /** Since it began. */
  readonly ageSeconds: number;
}

export interface HeldReport {
  readonly sequence: number;
  readonly state: "quarantined" | "rejected";
  readonly reason: string | null;
  readonly bytes: number;
  readonly ageSeconds: number;
  readonly attempts: number;
}

export interface CertificateReport {
  readonly name: string;
  readonly serial: string;
  /** Epoch ms. */
  readonly untilMs: number;
}

export interface Versions {
  readonly program: string;
  /** Of the image; 0: it has no number. */
  readonly build: number;
  /** How far an update is, in a few words; null: none was ever offered. */
  readonly update: string | null;
  readonly node: string;
  /** "simulated", or what the board calls itself. */
  readonly board: string;
  /** Of the store's tables. */
  readonly schema: number;
  readonly certificates: readonly CertificateReport[];
}

export interface ConsoleView extends KioskStatus {
  /** Clock of `sinceMs`. */
  readonly monotonicMs: number;
  readonly lastFaults: Readonly<Partial<Record<DeviceName, LastFault>>>;
  readonly connection: {
    /** Without user and password; null: none is configured. */
    readonly broker: string | null;
    readonly sinceSeconds: number;
    /** Since the runtime started. */
    readonly losses: number;
    /** The portal's last word about a submission; null: none since the runtime started. */
    readonly heardSecondsAgo: number | null;
  };
  readonly states: Readonly<Partial<Record<OutboxState, number>>>;
  readonly held: readonly HeldReport[];
  readonly versions: Versions;
  /** `problem`: the file of the PIN can not be used. */
  readonly pin: { readonly holder: string | null; readonly problem: string | null };
}

/** Where the kernel tells the board's name on device-tree machines; ends with a zero byte. */
const MODEL_FILE = "/proc/device-tree/model";

export const boardName = (kind: "simulated" | "hardware"): string => {
  if (kind === "simulated") return kind;
  const model = existsSync(MODEL_FILE) ? readFileSync(MODEL_FILE, "utf8").replaceAll("\0", "").trim() : "";
  return model === "" ? kind : model;
};

interface WatchedLink {
  readonly state: string;
  watch(listener: (state: string) => void): () => void;
  watchStatus(listener: () => void): () => void;
}

export interface ConsoleViewParts {
  readonly board: Board;
  readonly store: Store;
  readonly link: WatchedLink;
  /** Empty: none. */
  readonly linkUrl: string;
  readonly gate: PinGate;
  readonly versions: () => Versions;
  readonly status: () => KioskStatus;
  readonly clock: Clock;
}

/** Host and port only: the address may hold a password. */
export const brokerAddress = (url: string): string | null => {
  if (url === "") return null;
  try {
    const { protocol, host } = new URL(url);
    return `${protocol}//${host}`;
  } catch {
    return "(not an address)";
  }
};

/** Remembers from when it is made what the status alone does not say: faults that went, losses, last words. */
export class ConsoleViews {
  readonly #parts: ConsoleViewParts;
  readonly #faults = new Map<DeviceName, Omit<LastFault, "ageSeconds"> & { readonly atMs: number }>();
  readonly #stops: (() => void)[];
  #losses = 0;
  #linkState: string;
  #linkSinceMs: number;
  #heardAtMs: number | null = null;
  #versions: { readonly is: Versions; readonly atMs: number } | null = null;

  constructor(parts: ConsoleViewParts) {
    this.#parts = parts;
    const { board, link, clock } = parts;
    this.#linkState = link.state;
    this.#linkSinceMs = clock.monotonicMs();
    const stopDevices = DEVICE_NAMES.map((device) =>
      board[device].watch((status) => {
        if (status.state !== "faulted" && status.state !== "absent") return;
        const { code, detail } = status.fault;
        const remedy = technicianRemedy(status.fault);
        this.#faults.set(device, { fault: code, detail, remedy, atMs: status.sinceMs });
      }),
    );
    this.#stops = [
      ...stopDevices,
      link.watch((state) => this.#linkIs(state)),
      link.watchStatus(() => {
        this.#heardAtMs = clock.monotonicMs();
      }),
    ];
  }

  view(): ConsoleView {
    const { clock, status, store, linkUrl } = this.#parts;
    const nowMs = clock.monotonicMs();
    const ago = (atMs: number): number => Math.max(0, Math.round((nowMs - atMs) / 1_000));
    const { states, rows } = store.outbox.held(HELD_ROWS);
    const wallMs = clock.wall().epochMs;
    return {
      ...status(),
      monotonicMs: Math.round(nowMs),
      lastFaults: Object.fromEntries(
        [...this.#faults].map(([device, { atMs, ...fault }]) => [
          device,
          { ...fault, ageSeconds: ago(atMs) },
        ]),
      ),
      connection: {
        broker: brokerAddress(linkUrl),
        sinceSeconds: ago(this.#linkSinceMs),
        losses: this.#losses,
        heardSecondsAgo: this.#heardAtMs === null ? null : ago(this.#heardAtMs),
      },
      states,
      held: rows.map(({ enqueuedAtMs, ...row }) => ({
        ...row,
        ageSeconds: Math.max(0, Math.round((wallMs - enqueuedAtMs) / 1_000)),
      })),
      versions: this.#versionsAt(nowMs),
      pin: this.#pin(),
    };
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  #versionsAt(nowMs: number): Versions {
    if (this.#versions === null || nowMs - this.#versions.atMs >= VERSIONS_MS)
      this.#versions = { is: this.#parts.versions(), atMs: nowMs };
    return this.#versions.is;
  }

  #linkIs(state: string): void {
    if (state === this.#linkState) return;
    if (this.#linkState === "up") this.#losses += 1;
    // Trying again is no change to a technician: it is down since it was lost.
    const wasDown = this.#linkState !== "up" && state !== "up";
    this.#linkState = state;
    if (!wasDown) this.#linkSinceMs = this.#parts.clock.monotonicMs();
  }

  #pin(): ConsoleView["pin"] {
    try {
      return { holder: this.#parts.gate.holder(), problem: null };
    } catch (thrown) {
      return { holder: null, problem: thrown instanceof Error ? thrown.message : String(thrown) };
    }
  }
}
