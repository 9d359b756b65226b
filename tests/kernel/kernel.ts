// What can a test do to the emulated kernel's chips and buses, and what does it hear from them?
//
// Only inside `withPrivateKernel`: it mounts over /sys/class/gpio and /dev of its own namespace.
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Level } from "../../src/hal/lines/line-bus.js";
import { buildEmulator } from "./build.js";
import { privateFolder } from "./namespace.js";

export interface GpioChip {
  readonly base: number;
  readonly lines: number;
  readonly label: string;
}

/** `null`: no acknowledge. "stuck": the clock line stays low, and the adapter gives up. */
export type I2cAnswer = Uint8Array | null | "stuck";

export interface I2cFarEnd {
  transfer(address: number, write: Uint8Array, readLength: number): Promise<I2cAnswer> | I2cAnswer;
}

export const ENXIO = 6;
export const EREMOTEIO = 121;
const READY_WITHIN_MS = 10_000;

const PLACE = `
set -e
mount -t tmpfs none /sys/class
mkdir /sys/class/gpio
mount --bind "$1/files/gpio" /sys/class/gpio
mkdir "$1/dev"
mount --rbind /dev "$1/dev"
mount -t tmpfs none /dev
for node in "$1"/dev/*; do ln -s "$node" "/dev/\${node##*/}"; done
for bus in 0 1 2 3; do ln -sfn "$1/files/i2c-$bus" "/dev/i2c-$bus"; done
`;

/** One emulator process. It ends with its stdin, so with this process at the latest. */
export class EmulatedKernel {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #buses = new Map<number, I2cFarEnd>();
  readonly #outputs = new Set<(pin: number, level: Level) => void>();
  readonly #synced = new Map<number, () => void>();
  /** How an adapter says "no acknowledge": ENXIO by the kernel's rule, EREMOTEIO on bcm2835. */
  nackErrno = ENXIO;
  #next = 1;
  #ready: () => void = () => {};

  private constructor(folder: string) {
    this.#process = spawn(buildEmulator(), [join(folder, "files")]);
    this.#process.stderr.pipe(process.stderr);
    this.#process.stdin.on("error", () => {});
    createInterface({ input: this.#process.stdout }).on("line", (line) => this.#hear(line));
  }

  static async start(): Promise<EmulatedKernel> {
    const folder = privateFolder();
    mkdirSync(join(folder, "files"));
    const kernel = new EmulatedKernel(folder);
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("the emulator did not start")), READY_WITHIN_MS);
      kernel.#ready = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    const placed = spawnSync("sh", ["-c", PLACE, "sh", folder], { encoding: "utf8" });
    if (placed.status !== 0) throw new Error(`mounting failed: ${placed.stderr}`);
    return kernel;
  }

  addChip({ base, lines, label }: GpioChip): void {
    this.#tell(`chip ${base} ${lines} ${label}`);
  }

  removeChip(base: number): void {
    this.#tell(`unchip ${base}`);
  }

  /** The level that somebody outside puts on a pin. */
  setLevel(pin: number, level: Level): void {
    this.#tell(`level ${pin} ${level}`);
  }

  /** A driver of the kernel uses the pin. */
  setBusy(pin: number, busy: boolean): void {
    this.#tell(`busy ${pin} ${busy ? 1 : 0}`);
  }

  /** Opening the files is refused, as to a user outside the group gpio. */
  setDenied(denied: boolean): void {
    this.#tell(`deny ${denied ? 1 : 0}`);
  }

  /** Every level that is driven, also one that repeats. Returns the unsubscribe. */
  onOutput(listener: (pin: number, level: Level) => void): () => void {
    this.#outputs.add(listener);
    return () => this.#outputs.delete(listener);
  }

  addBus(bus: number, farEnd: I2cFarEnd): void {
    this.#buses.set(bus, farEnd);
    this.#tell(`bus ${bus}`);
  }

  removeBus(bus: number): void {
    this.#tell(`unbus ${bus}`);
  }

  /** A driver of the kernel owns the address. */
  claimAddress(bus: number, address: number, claimed: boolean): void {
    this.#tell(`claim ${bus} ${address} ${claimed ? 1 : 0}`);
  }

  /** Resolves when everything told so far has happened and everything that happened was heard. */
  sync(): Promise<void> {
    const id = this.#next++;
    return new Promise((resolve) => {
      this.#synced.set(id, resolve);
      this.#tell(`sync ${id}`);
    });
  }

  /** The mounts are the namespace's and end with it. */
  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.stdin.end();
    await ended;
  }

  #tell(line: string): void {
    this.#process.stdin.write(`${line}\n`);
  }

  #hear(line: string): void {
    const [word, ...rest] = line.split(" ");
    if (word === "ready") this.#ready();
    else if (word === "synced") this.#synced.get(Number(rest[0]))?.();
    else if (word === "out")
      for (const listener of [...this.#outputs]) listener(Number(rest[0]), rest[1] === "1" ? 1 : 0);
    else if (word === "xfer") void this.#transfer(rest);
  }

  async #transfer([id, bus, address, hex, length]: string[]): Promise<void> {
    const write = new Uint8Array(Buffer.from(hex === "-" ? "" : (hex ?? ""), "hex"));
    const answer = await this.#buses.get(Number(bus))?.transfer(Number(address), write, Number(length));
    if (answer === "stuck") return;
    if (answer === null || answer === undefined) this.#tell(`fail ${id} ${this.nackErrno}`);
    else this.#tell(`done ${id} ${Buffer.from(answer).toString("hex") || "-"}`);
  }
}
