// How does the runtime run as a process of its own, so that kill -9 takes it and nothing else?
//
// Started by the launcher with the path of a settings file; says `ready` or `failed` over IPC. It ends on
// SIGTERM, on SIGINT and when the launcher is gone.
import { readFileSync } from "node:fs";
import { EXIT_SWITCHED_OFF } from "./acts/power-off.js";
import type { KioskSettings } from "./kiosk/ground.js";
import { startKiosk } from "./kiosk.js";
import type { ServiceManager } from "./ops/service-manager.js";

/** `supervised`: the launcher has a service manager that wants to hear of this process. */
export interface ProcessSettings extends KioskSettings {
  readonly supervised?: { readonly watchdogMs: number | null };
}

export type KioskMessage =
  | { readonly type: "ready"; readonly screenUrl: string; readonly screenPort: number }
  | { readonly type: "failed"; readonly message: string }
  /** For the service manager, which hears the launcher alone. */
  | { readonly type: "notify"; readonly assignments: readonly string[] };

const tell = (message: KioskMessage): Promise<void> =>
  new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(message, () => resolve());
  });

const managerBehind = ({ supervised }: ProcessSettings): ServiceManager | null =>
  supervised === undefined
    ? null
    : {
        tell: (...assignments) => void tell({ type: "notify", assignments }),
        watchdogMs: supervised.watchdogMs,
        fd: null,
        close: () => {},
      };

const main = async (): Promise<void> => {
  const file = process.argv[2];
  if (file === undefined) throw new Error("kiosk process: no settings file was given");
  const settings = JSON.parse(readFileSync(file, "utf8")) as ProcessSettings;
  const kiosk = await startKiosk(settings, managerBehind(settings));
  let stopping = false;
  const stop = (reason: string, exitCode = 0): void => {
    if (stopping) return;
    stopping = true;
    // A device that hangs must not keep the process: the store is closed first, the rest has 5 s.
    setTimeout(() => process.exit(1), 5_000).unref();
    kiosk.stop(reason).then(
      () => process.exit(exitCode),
      () => process.exit(1),
    );
  };
  process.on("SIGTERM", () => stop("SIGTERM"));
  process.on("SIGINT", () => stop("SIGINT"));
  void kiosk.restartAsked.then(() => stop("operations asked for a restart"));
  void kiosk.powerOffAsked.then(() => stop("mains is gone", EXIT_SWITCHED_OFF));
  process.on("disconnect", () => stop("the launcher is gone"));
  await tell({ type: "ready", screenUrl: kiosk.screenUrl, screenPort: kiosk.screenPort });
};

try {
  await main();
} catch (error) {
  await tell({ type: "failed", message: error instanceof Error ? error.message : String(error) });
  process.exit(1);
}
