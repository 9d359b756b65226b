// How is the emulated machine switched on, what does it print, and what does it answer?
//
// Its clock counts instructions (`-icount`): a slow or busy host makes a run longer, and no limit of the product
// runs out for that. A nanosecond an instruction is about one core of a Raspberry Pi 3.
import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { JsonLines, type JsonObject } from "../../../src/hal/port/json-lines.js";
import { socketPort } from "../../../src/hal/port/socket.js";

export interface MachineParts {
  /** Of what is made once. */
  readonly folder: string;
  /** Of this run: its disks. */
  readonly run: string;
  readonly screenPort: number;
  /** Unix sockets at the far ends of the UARTs ttyS0, ttyS1, ttyS2. */
  readonly serial: readonly [string, string, string];
}

/** What the board says of itself (world.ts). */
export interface Facts {
  readonly machine: string;
  readonly node: string;
  readonly bootId: string;
  readonly uptimeSeconds: number;
  readonly watchdog: string;
  readonly watchdogHeldByInit: boolean;
}

/** Seconds of the board's own time. */
export interface ColdStart {
  /** From systemd's start until the runtime said that it is ready: it serves the first screen. */
  readonly toReady: number;
  /** The middle of three `node -e 0`, while the kiosk idles. */
  readonly bareNode: number;
}

const TAIL = 4_000;

const disk = (file: string, id: string, readonly: boolean): readonly string[] => [
  "-drive",
  `file=${file},if=none,id=${id},format=raw${readonly ? ",readonly=on" : ""}`,
  "-device",
  `virtio-blk-pci,drive=${id}`,
];

const words = ({ folder, run, screenPort, serial }: MachineParts): readonly string[] => [
  ...["-M", "virt", "-cpu", "cortex-a72", "-m", "2048", "-nodefaults", "-display", "none"],
  ...["-accel", "tcg,tb-size=512", "-icount", "shift=0,sleep=on,align=off", "-rtc", "clock=vm"],
  ...["-serial", "stdio", "-device", "i6300esb", "-action", "watchdog=reset"],
  ...disk(join(folder, "root.img"), "root", true),
  ...disk(join(folder, "package.img"), "package", true),
  ...disk(join(run, "data.img"), "data", false),
  ...serial.flatMap((path, at) => ["-chardev", `socket,id=wire${at},path=${path},reconnect=1`]),
  ...["-chardev", "null,id=wire3"],
  ...[
    "-device",
    `pci-serial-4x,${serial.map((_, at) => `chardev${at + 1}=wire${at},`).join("")}chardev4=wire3`,
  ],
  ...["-netdev", `user,id=net,hostfwd=tcp:127.0.0.1:${screenPort}-10.0.2.15:8800`],
  ...["-device", "virtio-net-pci,netdev=net,romfile="],
  ...["-kernel", join(folder, "kernel", "vmlinuz"), "-initrd", join(run, "first.gz")],
  // Nobody else will start a kernel that has stopped: that is the watchdog's work.
  ...["-append", "console=ttyAMA0 quiet panic=0 systemd.show_status=0"],
];

export class Machine {
  readonly #process: ChildProcess;
  readonly #log: string;
  #exited: string | null = null;

  constructor(parts: MachineParts) {
    this.#log = join(parts.run, "console.log");
    const log = createWriteStream(this.#log);
    // However this program ends, the machine ends with it.
    this.#process = spawn("setpriv", ["--pdeathsig", "KILL", "qemu-system-aarch64", ...words(parts)], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process.stdout?.pipe(log);
    this.#process.stderr?.pipe(log);
    this.#process.once("error", (error) => {
      this.#exited = error.message;
    });
    this.#process.once("exit", (code, signal) => {
      this.#exited = signal ?? `exit code ${code}`;
    });
  }

  /** Null while it runs. */
  get exited(): string | null {
    return this.#exited;
  }

  /** The newest of what the kernel and systemd's journal printed. */
  get tail(): string {
    return readFileSync(this.#log, "utf8").slice(-TAIL);
  }

  async off(): Promise<void> {
    if (this.#exited !== null) return;
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill("SIGKILL");
    await ended;
  }
}

/** Where the board's own program (world.ts) calls in, and what it may be asked. */
export class Questions {
  readonly #server: Server;
  readonly #waiting = new Map<number, (answer: unknown) => void>();
  #wire: JsonLines | null = null;
  #next = 1;

  constructor() {
    this.#server = createServer((socket) => {
      // What the board was asked before it started anew, nobody answers any more.
      this.#forget();
      this.#wire = new JsonLines(socketPort(socket, "board"), ({ id, result }: JsonObject) => {
        this.#waiting.get(Number(id))?.(result);
        this.#waiting.delete(Number(id));
      });
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  #forget(): void {
    for (const answer of [...this.#waiting.values()]) answer(null);
    this.#waiting.clear();
  }

  /** Null when the board has not called, starts anew, or gives nothing within `limitMs` of this machine's time. */
  async ask<T>(act: string, words: readonly string[], limitMs: number): Promise<T | null> {
    if (this.#wire === null) return null;
    const id = this.#next++;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(null), limitMs);
      this.#waiting.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer as T);
      });
      void this.#wire?.send({ id, act, words }).catch(() => {});
    });
  }

  close(): void {
    this.#forget();
    this.#server.close();
  }
}
