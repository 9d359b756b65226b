// What stands before the first citizen comes: clock, log, store, device key and board?
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type HeldDeviceKey, manifestReader, openDeviceKey } from "../acts/device-key.js";
import { reconcileTickets } from "../acts/numbering.js";
import { reconcilePayments } from "../acts/paying.js";
import { settlePowerOff } from "../acts/power-loss.js";
import { bootIdOf } from "../acts/power-off.js";
import { RecordedVoices } from "../acts/recorded-voices.js";
import { reconcileSubmissions } from "../acts/submitting.js";
import { type KioskConfig, voicesFolder } from "../config.js";
import { SystemClock } from "../core/clock.js";
import type { Log } from "../core/log.js";
import type { Board, BoardWiring } from "../hal/board.js";
import { openBoard } from "../hal/open-board.js";
import { type LogWriter, openLog } from "../ops/log.js";
import type { LoopWatch } from "../ops/loop-watch.js";
import type { ServiceManager } from "../ops/service-manager.js";
import { watchStart } from "../ops/start-watch.js";
import { packageRoot } from "../package-root.js";
import { loadCatalogue } from "../procedures/catalogue.js";
import type { Catalogue } from "../procedures/procedure.js";
import type { ReadManifest } from "../store/record.js";
import { openStore } from "../store/sqlite-store.js";
import type { Store } from "../store/store.js";
import { ClockFloor } from "../sync/clock-floor.js";

/** Everything the runtime is given; plain data, so that it can cross to another process. */
export interface KioskSettings {
  readonly config: KioskConfig;
  readonly stateDir: string;
  readonly wiring: BoardWiring;
  /** Empty: no broker; submissions wait in the queue. */
  readonly linkUrl: string;
  /** Where the local portal keeps its public key and takes enrolments. */
  readonly portalDir: string;
}

export interface Ground extends KioskSettings {
  /** `performance.now()` of the start. */
  readonly startedAt: number;
  readonly catalogue: Catalogue;
  readonly clock: SystemClock;
  readonly writer: LogWriter;
  readonly log: Log;
  /** Null: nobody asks whether the loop still turns. */
  readonly watch: LoopWatch | null;
  readonly storeFolder: string;
  readonly deviceKey: HeldDeviceKey;
  readonly readManifest: ReadManifest;
  readonly store: Store;
  /** How many acts were found open that an earlier run had begun. */
  readonly settled: number;
  readonly bootId: string;
  readonly board: Board;
  /** The clock's floor is not raised any more. */
  readonly leaveFloor: () => void;
}

/** systemd-timesyncd leaves this mark once time came from a server. */
const TIME_SYNCED = "/run/systemd/timesync/synchronized";

const builtAtMs = (): number => statSync(fileURLToPath(import.meta.url)).mtimeMs;

/** `manager`: whoever started this process wants to hear how it is; null: nobody. */
export const layGround = (settings: KioskSettings, manager: ServiceManager | null): Ground => {
  const startedAt = performance.now();
  const { config, stateDir } = settings;
  mkdirSync(stateDir, { recursive: true });
  const catalogue = loadCatalogue([
    join(packageRoot(), "dist", "src", "procedures", "data"),
    ...config.procedures.folders,
  ]);
  const logFile = join(stateDir, "log", "kiosk.log");
  const writer = openLog(logFile, config.log.level);
  const floor = new ClockFloor(join(stateDir, "clock"), builtAtMs());
  const isSimulated = config.board.kind === "simulated";
  const clock = new SystemClock({
    get floorMs() {
      return floor.epochMs;
    },
    synchronised: () => isSimulated || existsSync(TIME_SYNCED),
  });
  const storeFolder = join(stateDir, "store");
  const watch = manager === null ? null : watchStart({ manager, clock, logFile, storeFolder });
  const during: LoopWatch["during"] = (part, act) => (watch === null ? act() : watch.during(part, act));
  const log: Log = (event, fields) => during("disk of the log", () => writer.log(event, fields));
  if (clock.wall().trust === "floor") log("clock.suspect", { wallMs: Date.now(), floorMs: floor.epochMs });
  const leaveFloor = floor.follow(clock);

  const deviceKey = openDeviceKey({ stateDir, config: config.deviceKey, clock, log });
  const readManifest = manifestReader(deviceKey);
  const store = during("store", () =>
    openStore({
      dir: storeFolder,
      clock,
      log,
      limitBytes: config.store.quotaMegabytes * 1_048_576,
      readManifest,
      around: (act) => during("store", act),
    }),
  );
  const settled = reconcileSubmissions(store) + reconcilePayments(store);
  reconcileTickets(store);
  // The simulated board starts with each runtime.
  const bootId = isSimulated ? randomUUID() : bootIdOf();
  settlePowerOff(store.journal, bootId);
  const board = openBoard({
    wiring: settings.wiring,
    clock,
    log,
    speechFolder: join(stateDir, "speech"),
    recorded: new RecordedVoices(voicesFolder(config, stateDir), catalogue.procedures).of,
  });
  return {
    ...settings,
    ...{ startedAt, catalogue, clock, writer, log, watch, leaveFloor },
    ...{ storeFolder, deviceKey, readManifest, store, settled, bootId, board },
  };
};
