// How does the reference portal run as a process beside the kiosk, so that kill -9 takes it and nothing else?
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SystemClock } from "./core/clock.js";
import { openLog } from "./ops/log.js";
import type { MadeUpAccount } from "./portal/access/accounts.js";
import { startPortal } from "./portal/portal.js";

export interface PortalSettings {
  readonly dir: string;
  readonly brokerUrl: string;
  readonly port: number;
  readonly madeUpAccounts?: readonly MadeUpAccount[];
}

const tell = (message: object): Promise<void> =>
  new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(message, () => resolve());
  });

const main = async (): Promise<void> => {
  const settings = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as PortalSettings;
  const clock = new SystemClock({ floorMs: 0, synchronised: () => true });
  const writer = openLog(join(settings.dir, "log", "portal.log"), "info");
  const portal = await startPortal({ ...settings, clock, log: writer.log });
  const stop = (): void => {
    setTimeout(() => process.exit(1), 5_000).unref();
    portal.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  for (const signal of ["SIGTERM", "SIGINT", "disconnect"] as const) process.on(signal, stop);
  await tell({ type: "ready", url: portal.url, port: Number(new URL(portal.url).port) });
};

try {
  await main();
} catch (error) {
  await tell({ type: "failed", message: error instanceof Error ? error.message : String(error) });
  process.exit(1);
}
