// How does `motcua courier` reach what waits: through the runtime that holds the store, or on the store itself?
//
// One process alone writes to a store. A runtime that runs is asked over its control socket, and does the work
// while it serves; without one the store is opened here, and its lock keeps a runtime from starting meanwhile.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { manifestReader, openDeviceKey } from "./acts/device-key.js";
import type { KioskConfig } from "./config.js";
import { SystemClock } from "./core/clock.js";
import { type Log, silentLog } from "./core/log.js";
import { askKiosk, isKioskRunning } from "./ops/control-socket.js";
import type { ReadManifest } from "./store/record.js";
import { openStore } from "./store/sqlite-store.js";
import type { Store } from "./store/store.js";
import {
  type AcknowledgeReport,
  type CourierProgress,
  type ExportReport,
  KioskCourier,
} from "./sync/courier/courier.js";
import { type DeviceKey, OPS_PUBLIC_KEY_FILE } from "./sync/protocol/keys.js";

export interface CourierOptions {
  readonly act: CourierProgress["act"];
  /** Absolute: a running kiosk has its own working folder. */
  readonly stick: string;
  readonly state: string;
  readonly config: KioskConfig;
  readonly json: boolean;
}

interface Io {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

const PROGRESS_MS = 1000;
/** A full store on a slow stick takes an hour or two. */
const LONGEST_MS = 12 * 3_600_000;

/** A key whose file is gone neither commands nor answers. */
export const portalKeys = (files: readonly string[]): readonly string[] =>
  files.filter((file) => existsSync(file)).map((file) => readFileSync(file, "utf8"));

export interface CourierHouse {
  readonly store: Store;
  readonly device: DeviceKey;
  readonly readManifest?: ReadManifest;
  readonly config: KioskConfig;
  readonly clock: SystemClock;
  readonly log: Log;
}

export const makeCourier = ({ config, ...parts }: CourierHouse): KioskCourier =>
  new KioskCourier({
    ...parts,
    kioskId: config.kiosk.id,
    portalKeys: () => portalKeys(config.commands.keys),
  });

type Report = ExportReport | AcknowledgeReport;

interface Work {
  readonly report: Promise<Report>;
  readonly progress: () => Promise<CourierProgress | null>;
  readonly close: () => void;
}

const throughRuntime = ({ act, stick, state }: CourierOptions): Work => ({
  report: askKiosk<Report>(state, { ask: "courier", act, stick }, LONGEST_MS),
  progress: () => askKiosk<CourierProgress | null>(state, { ask: "courierProgress" }),
  close: () => {},
});

/** On a laptop the local portal is believed, as the launcher has it. */
const keysOf = (config: KioskConfig, state: string): KioskConfig =>
  config.board.kind !== "simulated"
    ? config
    : {
        ...config,
        commands: { keys: [...config.commands.keys, join(state, "portal", OPS_PUBLIC_KEY_FILE)] },
      };

const onStore = ({ act, stick, state, config }: CourierOptions): Work => {
  const clock = new SystemClock({ floorMs: 0, synchronised: () => true });
  const dir = join(state, "store");
  if (!existsSync(dir)) throw new Error(`there is no kiosk's store in ${state}`);
  const limitBytes = config.store.quotaMegabytes * 1_048_576;
  const device = openDeviceKey({ stateDir: state, config: config.deviceKey, clock, log: silentLog });
  const readManifest = manifestReader(device);
  const store = openStore({ dir, clock, log: silentLog, limitBytes, readManifest });
  const close = (): void => {
    store.close();
    device.close();
  };
  try {
    const courier = makeCourier({
      store,
      device,
      readManifest,
      config: keysOf(config, state),
      clock,
      log: silentLog,
    });
    return {
      report: act === "export" ? courier.export(stick) : courier.acknowledge(stick),
      progress: async () => courier.progress,
      close,
    };
  } catch (thrown) {
    close();
    throw thrown;
  }
};

const exported = (report: ExportReport): string => {
  const { submissions, bytes, sequences, bundles, unreadable } = report;
  const lines =
    sequences === null
      ? ["nothing waits: no bundle was made"]
      : [
          `${submissions} submissions (numbers ${sequences[0]} to ${sequences[1]}, ${bytes} bytes) in motcua/${bundles.join(", motcua/")}`,
          "they still wait here, too, until the portal's answer comes by stick or link",
        ];
  return [...lines, ...unreadable.map((id) => `left out, damaged in the store: ${id}`)].join("\n");
};

const DISBELIEF: Readonly<Record<string, string>> = {
  unreadable: "the answer is damaged; let the portal answer once more",
  notSignedByPortal: "no key that [commands] keys names has signed it",
  badShape: "signed, but not understood: are portal and kiosk of the same version?",
};

const acknowledged = (report: AcknowledgeReport): string =>
  [
    `${report.answers} answers: ${report.acknowledged} submissions acknowledged, ${report.statuses} statuses; ${report.waiting} still wait`,
    ...report.removed.map((name) => `taken off the stick, all of it is settled: motcua/${name}`),
    ...report.refused.map(
      ({ bundle, problem }) => `not believed: motcua/${bundle}: ${DISBELIEF[problem] ?? problem}`,
    ),
  ].join("\n");

/** 0: done; 1: something was left out or not believed. Throws with one line when it can not be done at all. */
export const courierCommand = async (options: CourierOptions, io: Io): Promise<number> => {
  const work = (await isKioskRunning(options.state)) ? throughRuntime(options) : onStore(options);
  const tick = setInterval(() => {
    work
      .progress()
      .then((now) => now && io.stderr.write(`${now.act}: ${now.done} of ${now.total}, ${now.bytes} bytes\n`))
      // The answer to the work itself says what is wrong.
      .catch(() => {});
  }, PROGRESS_MS);
  try {
    const report = await work.report;
    const text = "bundles" in report ? exported(report) : acknowledged(report);
    io.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${text}\n`);
    const left = "bundles" in report ? report.unreadable : report.refused;
    return left.length === 0 ? 0 : 1;
  } finally {
    clearInterval(tick);
    work.close();
  }
};
