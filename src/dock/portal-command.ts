// How does `motcua portal` run the reference portal alone?
import { existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { SystemClock } from "../core/clock.js";
import { openLog } from "../ops/log.js";
import { startPortal } from "../portal/portal.js";

export interface PortalCommandOptions {
  /** State folder of the kiosk whose broker and enrolments are used. */
  readonly state: string;
  readonly broker?: string;
  readonly port: number;
  /** Where technicians' sticks appear. */
  readonly courier?: string;
  /** One of several on this folder. */
  readonly replica?: string;
}

interface Io {
  readonly stdout: NodeJS.WritableStream;
}

/** Where the launcher that runs on this state folder has its broker. */
const brokerOf = (stateDir: string): string => {
  const file = join(stateDir, "run", "broker.url");
  if (!existsSync(file))
    throw new Error(
      `no broker is known on ${stateDir}; name one with --broker mqtt://HOST:PORT, or start the kiosk with --no-portal`,
    );
  return readFileSync(file, "utf8").trim();
};

/** Resolves with 0 after SIGINT or SIGTERM. */
export const portalUntilStopped = async (options: PortalCommandOptions, io: Io): Promise<number> => {
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  const dir = join(options.state, "portal");
  const { replica } = options;
  // Replicas share the folder, and a log is written by one process.
  const file = replica === undefined ? "portal.log" : `portal-${basename(replica)}.log`;
  const writer = openLog(join(dir, "log", file), "info");
  const portal = await startPortal({
    dir,
    brokerUrl: options.broker ?? brokerOf(options.state),
    port: options.port,
    ...(options.courier !== undefined && { courier: { folder: resolve(options.courier) } }),
    ...(replica !== undefined && { replica }),
    clock: new SystemClock({ floorMs: 0, synchronised: () => true }),
    log: writer.log,
  });
  const hint = `nobody can log in yet: npx motcua portal account add NAME --role administrator --state ${options.state}\n`;
  io.stdout.write(`portal ${portal.url}\n${portal.hasAccounts ? "" : hint}ready\n`);
  await stopped;
  await portal.close();
  writer.close();
  return 0;
};
