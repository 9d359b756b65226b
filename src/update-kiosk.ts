// What does the runtime do about updates: keep what comes, say how it is, and let nobody in while one is installed?
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { KioskConfig } from "./config.js";
import type { Clock } from "./core/clock.js";
import type { FaultCode } from "./core/faults.js";
import type { Log } from "./core/log.js";
import type { UpdateHandlers } from "./ops/control-socket.js";
import { packageBuild } from "./package-root.js";
import { readabilityOf } from "./store/database.js";
import { KIOSK_MIGRATIONS } from "./store/migrations.js";
import { DATABASE } from "./store/opening.js";
import type { Store } from "./store/store.js";
import { RELEASE_SUFFIX } from "./sync/protocol/release.js";
import type { UpdateMessage } from "./sync/protocol/update.js";
import { releaseKeys } from "./update/bundle.js";
import { UpdateJournal } from "./update/journal.js";
import type { Running } from "./update/judge.js";
import { Keeper, type UpdateStatus } from "./update/keeper.js";
import type { Proof } from "./update/machine.js";
import { Rauc } from "./update/rauc.js";

export const updateFolder = (stateDir: string): string => join(stateDir, "update");

/** What RAUC's system.conf calls this machine; empty: it is not there, and no release is for it. */
const compatibleOf = (conf: string): string =>
  existsSync(conf) ? (/^\s*compatible\s*=\s*(.+?)\s*$/m.exec(readFileSync(conf, "utf8"))?.[1] ?? "") : "";

/** The schema that this program writes. */
export const OWN_SCHEMA = KIOSK_MIGRATIONS.at(-1) ?? { version: 1, readableBy: 1 };

/** Reads RAUC's configuration once, the store at each use. */
export const runningOf = (stateDir: string, config: KioskConfig): Running => {
  const path = join(stateDir, "store", DATABASE);
  return {
    build: packageBuild(),
    compatible: compatibleOf(config.update.raucConfig),
    knowsSchema: OWN_SCHEMA.version,
    get store() {
      return existsSync(path)
        ? readabilityOf(path)
        : { schema: OWN_SCHEMA.version, readableBy: OWN_SCHEMA.readableBy };
    },
  };
};

export const raucOf = ({ update }: KioskConfig): Rauc =>
  new Rauc({ command: update.rauc, conf: update.raucConfig });

export const keeperOf = (stateDir: string, config: KioskConfig, clock: Clock, log: Log): Keeper => {
  const running = runningOf(stateDir, config);
  return new Keeper({
    journal: new UpdateJournal(updateFolder(stateDir), clock),
    installer: raucOf(config),
    keys: () => releaseKeys(config.update.keys),
    running: () => running,
    clock,
    log,
  });
};

export interface KioskUpdatesParts {
  readonly stateDir: string;
  readonly config: KioskConfig;
  readonly store: Pick<Store, "journal" | "meta" | "damage">;
  readonly clock: Clock;
  readonly log: Log;
}

/** The house as it stands once the visit is there. */
export interface UpdateHouse {
  readonly busy: () => boolean;
  readonly screenAnswers: () => boolean;
  readonly printerAnswers: () => boolean;
  readonly closeFor: (fault: { readonly code: FaultCode; readonly detail: string } | null) => void;
}

const NOTED_KEY = "update.noted";
const LOOK_MS = 5_000;
/** Longer than any slot takes from one sign of progress to the next. */
const LEASE_MS = 15 * 60_000;

const FAULT_OF: Readonly<Partial<Record<string, FaultCode>>> = {
  fellBack: "update.fellBack",
  refused: "update.refused",
};

export const reportOf = ({
  step,
  runs,
  build,
  version,
  fraction,
  reason,
  sinceMs,
  wallTrust,
}: UpdateStatus): UpdateMessage => ({
  ...{ v: 1, runs, build, version, sinceMs, wallTrust, step: step ?? "none" },
  fraction: fraction === null ? null : Number(fraction.toFixed(3)),
  reason: reason?.slice(0, 200) ?? null,
});

/** Numbers beside the figures of the machine. */
export const updateFigures = ({
  runs,
  build,
  fraction,
}: UpdateStatus): Readonly<Record<string, number | null>> => ({
  build: runs,
  ...(build !== null && { updateBuild: build }),
  ...(fraction !== null && { updateFraction: Number(fraction.toFixed(3)) }),
});

export class KioskUpdates implements UpdateHandlers {
  readonly keeper: Keeper;
  readonly #parts: KioskUpdatesParts;
  readonly #startedMs: number;
  #house: UpdateHouse | null = null;
  #synced = false;
  #chain: string | null | undefined;
  #lease: unknown = null;
  #timer: unknown;

  constructor(parts: KioskUpdatesParts) {
    const { stateDir, config, clock, log } = parts;
    this.#parts = parts;
    this.#startedMs = clock.wall().epochMs;
    this.keeper = keeperOf(stateDir, config, clock, log);
    this.keeper.watch(() => this.#mirror());
    this.#mirror();
    this.#look();
  }

  moveIn(house: UpdateHouse): void {
    this.#house = house;
  }

  /** For the link: while this is true it asks for nothing. */
  readonly busy = (): boolean => this.#house?.busy() ?? true;

  readonly report = (): UpdateMessage => reportOf(this.keeper.status());

  /** The portal was there. */
  linkIs(state: string): void {
    if (state === "up") this.#synced = true;
  }

  /** For ops, as a device's condition. */
  condition(): { readonly device: string; readonly fault: FaultCode | null; readonly sinceMs: number } {
    const { step, sinceMs } = this.keeper.status();
    const { clock } = this.#parts;
    const agoMs = Math.max(0, clock.wall().epochMs - sinceMs);
    return { device: "update", fault: FAULT_OF[step ?? ""] ?? null, sinceMs: clock.monotonicMs() - agoMs };
  }

  /** One line for telemetry and the console's panel of versions; null: no update was ever offered. */
  line(): string | null {
    const { step, build, fraction } = this.keeper.status();
    if (step === null || build === null) return null;
    return `${step} ${build}${fraction === null ? "" : ` (${Math.round(fraction * 100)} %)`}`;
  }

  status(): UpdateStatus {
    return this.keeper.status();
  }

  hold(fraction: number | null): void {
    const house = this.#house;
    if (house === null) throw new Error("the kiosk is starting");
    const { clock } = this.#parts;
    if (this.#lease === null && house.busy()) throw new Error("a citizen is at the kiosk");
    if (this.#lease === null)
      house.closeFor({ code: "update.installing", detail: "a new program is being installed" });
    else clock.clearTimeout(this.#lease);
    this.#lease = clock.setTimeout(() => this.letGo(), LEASE_MS);
    this.keeper.installing(fraction);
  }

  letGo(): void {
    if (this.#lease === null) return;
    this.#parts.clock.clearTimeout(this.#lease);
    this.#lease = null;
    this.#house?.closeFor(null);
    this.keeper.installing(null);
  }

  proof(): Proof {
    const house = this.#house;
    return {
      screen: house?.screenAnswers() ?? false,
      storeProblem: this.#storeProblem(),
      printer: house?.printerAnswers() ?? false,
      synced: this.#synced,
    };
  }

  async take(bundle: string): Promise<void> {
    const manifest = `${bundle}${RELEASE_SUFFIX}`;
    if (!existsSync(manifest))
      throw new Error(`${manifest} is not there: a bundle needs its manifest beside it`);
    await this.keeper.takeFile(bundle, readFileSync(manifest));
  }

  close(): void {
    this.#parts.clock.clearTimeout(this.#timer);
    if (this.#lease !== null) this.#parts.clock.clearTimeout(this.#lease);
  }

  /** The chain is walked once a start: it takes a second where there are many rows. */
  #storeProblem(): string | null {
    const { store } = this.#parts;
    try {
      if (this.#chain === undefined) {
        const chain = store.journal.verify();
        this.#chain = chain.ok ? null : `its journal is broken at row ${chain.brokenAt}`;
      }
      const damage = store.damage();
      // What was damaged before this program started says nothing about it.
      return this.#chain ?? (damage !== null && damage.sinceMs >= this.#startedMs ? damage.fault : null);
    } catch (thrown) {
      return thrown instanceof Error ? thrown.message : String(thrown);
    }
  }

  #look(): void {
    this.#timer = this.#parts.clock.setTimeout(() => {
      this.keeper.look();
      this.#look();
    }, LOOK_MS);
  }

  /** What commands and keeper wrote, also into the hash-chained journal, each entry once. */
  #mirror(): void {
    const { store, stateDir, clock, log } = this.#parts;
    try {
      const noted = Number(store.meta.get(NOTED_KEY) ?? 0);
      const all = new UpdateJournal(updateFolder(stateDir), clock).entries();
      // A journal that was set aside begins at 1 again.
      const from = (all.at(-1)?.seq ?? 0) < noted ? 0 : noted;
      for (const { seq, entry, step, build, reason } of all.filter((each) => each.seq > from)) {
        store.journal.note("update", String(build), {
          seq,
          entry,
          step,
          ...(reason !== undefined && { reason }),
        });
        store.meta.set(NOTED_KEY, String(seq));
        if (entry === "after")
          log("update.step", { step, build, ...(reason !== undefined && { detail: reason }) });
      }
    } catch (thrown) {
      // A full disk, say: noted at the next occasion.
      log("update.step", {
        step: "notNoted",
        build: 0,
        detail: thrown instanceof Error ? thrown.message : "",
      });
    }
  }
}
