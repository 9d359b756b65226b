// How does `npm start` bring a kiosk up, say where it is, and take it down again?
import { accessSync, constants, mkdirSync } from "node:fs";
import { join } from "node:path";
import { switchOff } from "../acts/power-off.js";
import { type KioskConfig, wiringOf } from "../config.js";
import { openServiceManager, type ServiceManager } from "../ops/service-manager.js";
import { makeDeck, makeIssuer } from "./deck.js";
import type { DeskAccount } from "./desk-accounts.js";
import { Hands } from "./hands.js";
import { readCode, slipPng } from "./paper.js";
import { samplePapers } from "./samples.js";
import { startDock } from "./server.js";
import { Stack } from "./stack.js";

export interface RunOptions {
  readonly config: KioskConfig;
  readonly stateDir: string;
  /** Null: the ports of the configuration; 0: any free ones. */
  readonly port: number | null;
  readonly withPortal: boolean;
  readonly io: { readonly stdout: NodeJS.WritableStream; readonly stderr: NodeJS.WritableStream };
}

interface Running {
  readonly addresses: readonly (readonly [name: string, url: string])[];
  readonly deskAccounts?: readonly DeskAccount[];
  /** Resolves when the runtime wants to be started anew by what supervises it, or the machine switched off. */
  readonly ended: Promise<"restart" | "powerOff">;
  stop(): Promise<void>;
}

const ensureWritable = (folder: string): void => {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(
      `can not write to ${folder} (${code ?? String(error)}); give a folder of yours with --state DIR`,
    );
  }
};

type Manager = ServiceManager | null;

/** Enough for the sentence on stderr that says why. */
const END_AFTER_MS = 500;

const runHardware = async (options: RunOptions, manager: Manager): Promise<Running> => {
  const { board } = options.config;
  if (board.kind !== "hardware") throw new Error("not a hardware board");
  // Only here: beside a simulated board the runtime is a process of its own, and loading it twice costs half a second.
  const { startKiosk } = await import("../kiosk.js");
  const settings = {
    config: options.config,
    stateDir: options.stateDir,
    wiring: wiringOf(board),
    linkUrl: options.config.link.url,
    portalDir: join(options.stateDir, "portal"),
  };
  const kiosk = await startKiosk(settings, manager).catch((thrown: unknown) => {
    // What it had opened until then would keep the process, and whatever started it would wait for it.
    setTimeout(() => process.exit(1), END_AFTER_MS).unref();
    throw thrown;
  });
  return {
    addresses: [["screen", kiosk.screenUrl]],
    ended: Promise.race([
      kiosk.restartAsked.then(() => "restart" as const),
      kiosk.powerOffAsked.then(() => "powerOff" as const),
    ]),
    stop: () => kiosk.stop("stopped"),
  };
};

const runSimulated = async (options: RunOptions, manager: Manager): Promise<Running> => {
  const { config, port } = options;
  const screenPort = port ?? config.screen.port;
  const dockPort = port === null ? config.dock.port : port === 0 ? 0 : port + 1;
  const portalPort = port === null ? config.portal.port : port === 0 ? 0 : port + 2;
  const deck = makeDeck(makeIssuer(options.stateDir));
  const stack = await Stack.start({
    config,
    stateDir: options.stateDir,
    screenPort,
    portalPort,
    withPortal: options.withPortal,
    manager,
  });
  try {
    const hands = new Hands({
      control: stack.control,
      scanner: config.board.kind === "simulated" && config.board.scanner,
      speaker: config.board.kind === "simulated" && config.board.speaker,
      deck: await deck,
      samples: samplePapers(),
      power: {
        state: () => stack.power,
        switchedOff: () => stack.switchedOff,
        cut: () => stack.cutPower(),
        restore: () => stack.restorePower(),
      },
      link: stack.link,
      addresses: { screen: stack.screenUrl, portal: stack.portalUrl },
      deskAccounts: stack.portalUrl === null ? [] : stack.deskAccounts,
      slipPng,
      readCode,
    });
    stack.onEvent((line) => {
      options.io.stderr.write(`${line}\n`);
      hands.changed();
    });
    const dock = await startDock(hands, { port: dockPort });
    const portal = stack.portalUrl;
    return {
      addresses: [
        ["screen", stack.screenUrl],
        ["dock", dock.url],
        ...(portal === null ? [] : [["portal", portal] as const]),
      ],
      ...(portal !== null && { deskAccounts: stack.deskAccounts }),
      // The launcher itself starts the runtime again.
      ended: new Promise(() => undefined),
      stop: async () => {
        manager?.tell("STOPPING=1");
        await dock.close();
        await stack.stop();
      },
    };
  } catch (error) {
    await stack.stop();
    throw error;
  }
};

/** Resolves with the exit code after SIGINT or SIGTERM: 0 when everything ended cleanly. */
export const runUntilStopped = async (options: RunOptions): Promise<number> => {
  ensureWritable(options.stateDir);
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve());
  });
  const manager = await openServiceManager(process.env, process.pid);
  try {
    const isHardware = options.config.board.kind === "hardware";
    const running = await (isHardware ? runHardware : runSimulated)(options, manager);
    for (const [name, url] of running.addresses) options.io.stdout.write(`${name} ${url}\n`);
    for (const { name, role, password } of running.deskAccounts ?? [])
      options.io.stdout.write(`login ${name} ${password} (${role}, made up)\n`);
    options.io.stdout.write("ready\n");
    const why = await Promise.race([stopped, running.ended]);
    await running.stop();
    // Only now: the store is closed, and what waits in it is whole.
    if (why === "powerOff") await switchOff(options.config.power.offCommand);
    return 0;
  } finally {
    manager?.close();
  }
};
