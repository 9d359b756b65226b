// How does one machine hold a whole kiosk: board, broker, portal and runtime, each a process to cut?
//
// The far ends of the wires live here, in the launcher: kill -9 of the runtime leaves paper, cards and
// lamps as they were, as a power cut does.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openDeviceKey } from "../acts/device-key.js";
import { EXIT_SWITCHED_OFF } from "../acts/power-off.js";
import { sealFolder } from "../acts/sealing.js";
import type { KioskConfig } from "../config.js";
import { SystemClock } from "../core/clock.js";
import { silentLog } from "../core/log.js";
import { openSealKey } from "../documents/seal-key.js";
import { createSimBoard, type SimBoard } from "../hal/sim/sim-board.js";
import type { KioskMessage, ProcessSettings } from "../kiosk-process.js";
import type { ServiceManager } from "../ops/service-manager.js";
import { enrolByFile } from "../portal/enrolment.js";
import { requestSealByFile } from "../portal/seals.js";
import { loadPortalKeys, OPS_PUBLIC_KEY_FILE } from "../sync/protocol/keys.js";
import { type Broker, startMosquitto } from "./broker.js";
import { type Child, startChild } from "./child.js";
import { type DeskAccount, type DeskAccounts, deskAccounts } from "./desk-accounts.js";
import { type LinkProxy, startLinkProxy } from "./link-proxy.js";

export interface StackOptions {
  readonly config: KioskConfig;
  readonly stateDir: string;
  readonly screenPort: number;
  readonly portalPort: number;
  readonly withPortal: boolean;
  /** Further arguments of the runtime's Node, e.g. for a heap snapshot. */
  readonly runtimeArguments?: readonly string[];
  /** Hears of the runtime through the launcher; left out or null: there is none. */
  readonly manager?: ServiceManager | null;
}

interface KioskReady {
  readonly type: "ready";
  readonly screenUrl: string;
  readonly screenPort: number;
}
interface PortalReady {
  readonly type: "ready";
  readonly url: string;
  readonly port: number;
}

const KIOSK_PROCESS = fileURLToPath(new URL("../kiosk-process.js", import.meta.url));
const PORTAL_PROCESS = fileURLToPath(new URL("../portal-process.js", import.meta.url));
const READY_WITHIN_MS = 30_000;

export class Stack {
  readonly control: SimBoard["control"];
  readonly broker: Broker;
  readonly link: LinkProxy;
  readonly #options: StackOptions;
  readonly #closeBoard: () => Promise<void>;
  readonly #settingsFile: string;
  readonly #listeners = new Set<(line: string) => void>();
  #settings: ProcessSettings;
  #kiosk: Child<KioskReady> | null = null;
  #portal: Child<PortalReady> | null = null;
  #portalPort: number;
  readonly #accounts: DeskAccounts;
  #wanted = false;
  #switchedOff = false;
  #starting: Promise<void> | null = null;

  private constructor(
    options: StackOptions,
    parts: {
      readonly board: Awaited<ReturnType<typeof createSimBoard>>;
      readonly broker: Broker;
      readonly link: LinkProxy;
      readonly accounts: DeskAccounts;
    },
  ) {
    this.#options = options;
    this.control = parts.board.control;
    this.#closeBoard = () => parts.board.close();
    this.broker = parts.broker;
    this.link = parts.link;
    this.#accounts = parts.accounts;
    this.#portalPort = options.portalPort;
    this.#settingsFile = join(options.stateDir, "run", "kiosk.json");
    this.#settings = {
      config: {
        ...options.config,
        screen: { ...options.config.screen, port: options.screenPort },
        // As a technician would at the installation: the local portal may command.
        commands: {
          keys: [...options.config.commands.keys, join(options.stateDir, "portal", OPS_PUBLIC_KEY_FILE)],
        },
      },
      stateDir: options.stateDir,
      wiring: parts.board.wiring,
      linkUrl: parts.link.url,
      portalDir: join(options.stateDir, "portal"),
      ...(options.manager && { supervised: { watchdogMs: options.manager.watchdogMs } }),
    };
  }

  /** Starts everything; on failure whatever had started is ended again. */
  static async start(options: StackOptions): Promise<Stack> {
    const { config, stateDir } = options;
    if (config.board.kind !== "simulated") throw new Error("a stack is for the simulated board only");
    for (const folder of ["run", "wires", "broker", "portal"])
      mkdirSync(join(stateDir, folder), { recursive: true });
    // As at an installation: the kiosk's public key is enrolled before its first submission.
    const clock = new SystemClock({ floorMs: 0, synchronised: () => true });
    const deviceKey = openDeviceKey({ stateDir, config: config.deviceKey, clock, log: silentLog });
    enrolByFile(join(stateDir, "portal"), config.kiosk.id, deviceKey.publicKeyPem);
    deviceKey.close();
    const seal = openSealKey(sealFolder(stateDir));
    // The portal answers a request that is newer than its answer: the same key asks once.
    if (seal.key() === null)
      requestSealByFile(join(stateDir, "portal"), config.kiosk.id, await seal.request(config.kiosk.id));
    // Kiosk and portal start side by side; the kiosk seals to this key from its first minute.
    loadPortalKeys(join(stateDir, "portal"));
    const accounts = await deskAccounts(join(stateDir, "run"));
    const board = await createSimBoard({
      dir: join(stateDir, "wires"),
      widthDots: config.board.paper,
      model: config.board.model,
      scanner: config.board.scanner,
      speaker: config.board.speaker,
    });
    const broker = await startMosquitto({ dir: join(stateDir, "broker") }).catch(async (error: unknown) => {
      await board.close();
      throw error;
    });
    writeFileSync(join(stateDir, "run", "broker.url"), `${broker.url}\n`);
    const link = await startLinkProxy(broker.url);
    const stack = new Stack(options, { board, broker, link, accounts });
    // Should the launcher die of a fault of its own, nothing that it started may outlive it.
    process.on("exit", stack.#onExit);
    // Both are waited for: one that fails must not leave the other starting behind our back.
    const starts = await Promise.allSettled([
      stack.restorePower(),
      options.withPortal ? stack.startPortal() : Promise.resolve(),
    ]);
    for (const start of starts) {
      if (start.status === "fulfilled") continue;
      await stack.stop();
      throw start.reason;
    }
    return stack;
  }

  readonly #onExit = (): void => {
    this.#wanted = false;
    this.#kiosk?.kill();
    this.#portal?.kill();
    void this.broker.kill("SIGKILL");
  };

  get screenUrl(): string {
    return this.#kiosk?.ready.screenUrl ?? `http://127.0.0.1:${this.#settings.config.screen.port}/`;
  }

  get portalUrl(): string | null {
    return this.#portal?.ready.url ?? null;
  }

  /** Made up; for trying the desk out. */
  get deskAccounts(): readonly DeskAccount[] {
    return this.#accounts.shown;
  }

  get kioskPid(): number | null {
    return this.#kiosk?.pid ?? null;
  }

  /** By itself, when mains was gone; mains that is back starts it. */
  get switchedOff(): boolean {
    return this.#switchedOff;
  }

  get power(): "on" | "off" | "starting" {
    if (this.#starting !== null) return "starting";
    return this.#kiosk === null ? "off" : "on";
  }

  /** Lines about processes that ended or came back. */
  onEvent(listener: (line: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #say(line: string): void {
    for (const listener of this.#listeners) listener(line);
  }

  /** Starts the runtime, on the port it had before. */
  restorePower(): Promise<void> {
    this.#wanted = true;
    this.#switchedOff = false;
    this.#starting ??= this.#boot()
      .then(() => this.#say("runtime: ready"))
      .finally(() => {
        this.#starting = null;
      });
    return this.#starting;
  }

  async #boot(): Promise<void> {
    if (this.#kiosk !== null) return;
    writeFileSync(this.#settingsFile, JSON.stringify(this.#settings), { mode: 0o600 });
    const kiosk = await startChild<KioskReady>(KIOSK_PROCESS, [this.#settingsFile], {
      what: "the kiosk",
      timeoutMs: READY_WITHIN_MS,
      nodeArguments: this.#options.runtimeArguments ?? [],
      onMessage: (message) => this.#relay(message as KioskMessage),
    });
    this.#kiosk = kiosk;
    const { config } = this.#settings;
    this.#settings = {
      ...this.#settings,
      config: { ...config, screen: { ...config.screen, port: kiosk.ready.screenPort } },
    };
    void kiosk.ended.then((how) => {
      if (this.#kiosk === kiosk) this.#kiosk = null;
      if (how === `exit code ${EXIT_SWITCHED_OFF}`) {
        this.#wanted = false;
        this.#switchedOff = true;
        this.#say("runtime: switched itself off, mains is gone");
      }
      if (this.#wanted) this.#say(`runtime: ended (${how})`);
      if (this.#wanted) void this.restorePower().catch((error: unknown) => this.#say(String(error)));
    });
  }

  /** A runtime that stops is started again here: that the whole stops is the launcher's to say. */
  #relay(message: KioskMessage): void {
    if (message.type === "notify" && !message.assignments.includes("STOPPING=1"))
      this.#options.manager?.tell(...message.assignments);
  }

  /** kill -9 of the runtime; it stays off until `restorePower`. */
  cutPower(): void {
    this.#wanted = false;
    this.#kiosk?.kill();
    this.#kiosk = null;
    this.#say("runtime: power cut");
  }

  async startPortal(): Promise<void> {
    if (this.#portal !== null) return;
    const settings = {
      dir: join(this.#options.stateDir, "portal"),
      brokerUrl: this.broker.url,
      port: this.#portalPort,
      madeUpAccounts: this.#accounts.madeUp,
    };
    const file = join(this.#options.stateDir, "run", "portal.json");
    writeFileSync(file, JSON.stringify(settings), { mode: 0o600 });
    this.#portal = await startChild<PortalReady>(PORTAL_PROCESS, [file], {
      what: "the portal",
      timeoutMs: READY_WITHIN_MS,
    });
    this.#portalPort = this.#portal.ready.port;
  }

  killPortal(): void {
    this.#portal?.kill();
    this.#portal = null;
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    await this.#starting?.catch(() => undefined);
    await Promise.all([this.#kiosk?.stop(), this.#portal?.stop()]);
    this.#kiosk = null;
    this.#portal = null;
    await this.link.close();
    await this.broker.close();
    await this.#closeBoard();
    process.off("exit", this.#onExit);
  }
}
