// How do the pins and the I2C bus of the emulated board's kernel reach the simulated world on the machine outside?
//
// Runs on the board, as root, beside the product. gpio-sim's own sysfs is what is soldered to the chip
// (Documentation/admin-guide/gpio/gpio-sim.rst); the I2C adapter asks for each transfer at /dev/i2c-far-end.
import { execFile, execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { promisify } from "node:util";
import { SystemClock } from "../../../src/core/clock.js";
import { I2cNackError } from "../../../src/hal/i2c/i2c-wire.js";
import { socketI2cWire } from "../../../src/hal/i2c/socket-wire.js";
import type { Level } from "../../../src/hal/lines/line-bus.js";
import { JsonLines, type JsonObject } from "../../../src/hal/port/json-lines.js";
import { openPort } from "../../../src/hal/port/open.js";
import { type PinWorld, solder } from "../../kernel/kernel-lines.js";
import { relay } from "../../kernel/relay.js";
import type { ColdStart } from "./machine.js";
import { LAID } from "./tray.js";

const LOOK_MS = 25;
const ENXIO = 6;
const ETIMEDOUT = 110;
const EIO = 5;
const LONGEST_TRANSFER = 8_192;
const QUESTION_HEAD = 8;
const ANSWER_HEAD = 6;

const run = promisify(execFile);

const word = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`the environment has no ${name}`);
  return value;
};

/** The pins of gpio-sim's chip, from the side of what is soldered to them. */
class GpioSimWorld implements PinWorld {
  readonly #folder: string;
  readonly #outputs: readonly number[];
  readonly #listeners = new Set<(pin: number, level: Level) => void>();
  readonly #shown = new Map<number, Level>();

  constructor(platform: string, outputs: readonly number[]) {
    const folder = readdirSync(platform)
      .map((name) => `${platform}/${name}`)
      .find((path) => existsSync(`${path}/sim_gpio0`));
    if (folder === undefined) throw new Error(`${platform} has no chip`);
    this.#folder = folder;
    this.#outputs = outputs;
    // The attribute does not tell of changes (no sysfs_notify in gpio-sim.c).
    setInterval(() => this.#look(), LOOK_MS);
  }

  setLevel(pin: number, level: Level): void {
    writeFileSync(`${this.#folder}/sim_gpio${pin}/pull`, level === 1 ? "pull-up" : "pull-down");
  }

  onOutput(listener: (pin: number, level: Level) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async sync(): Promise<void> {
    this.#look();
  }

  #look(): void {
    for (const pin of this.#outputs) {
      const level = readFileSync(`${this.#folder}/sim_gpio${pin}/value`, "utf8").trim() === "1" ? 1 : 0;
      if (this.#shown.get(pin) === level) continue;
      this.#shown.set(pin, level);
      for (const listener of [...this.#listeners]) listener(pin, level);
    }
  }
}

const serveLines = async (host: string): Promise<void> => {
  const offsets = JSON.parse(word("BOARD_LINES")) as Record<string, number>;
  const outputs = Object.entries(offsets)
    .filter(([name]) => /Lamp$|^buzzer$/.test(name))
    .map(([, offset]) => offset);
  const cabinet = await openPort(`tcp:${host}:${word("BOARD_LINES_PORT")}`);
  const world = new GpioSimWorld("/sys/devices/platform/gpio-sim.0", outputs);
  await solder(world, 0, { attach: (port) => relay(port, cabinet) }, offsets);
};

const errnoOf = (thrown: unknown): number => {
  if (thrown instanceof I2cNackError) return ENXIO;
  return thrown instanceof Error && thrown.name === "TimeoutError" ? ETIMEDOUT : EIO;
};

const serveBus = async (host: string): Promise<void> => {
  const clock = new SystemClock({ floorMs: 0, synchronised: () => true });
  const wire = socketI2cWire(await openPort(`tcp:${host}:${word("BOARD_I2C_PORT")}`), clock);
  const device: FileHandle = await open("/dev/i2c-far-end", "r+");
  const question = Buffer.alloc(QUESTION_HEAD + LONGEST_TRANSFER);
  for (;;) {
    await device.read(question, 0, question.length, null);
    const [number, address, written, wanted] = [0, 2, 4, 6].map((at) => question.readUInt16LE(at)) as [
      number,
      number,
      number,
      number,
    ];
    const write = Uint8Array.from(question.subarray(QUESTION_HEAD, QUESTION_HEAD + written));
    const answer = Buffer.alloc(ANSWER_HEAD + wanted);
    answer.writeUInt16LE(number, 4);
    await wire
      .transfer(address, write, wanted)
      .then((bytes) => answer.set(bytes, ANSWER_HEAD))
      .catch((thrown: unknown) => answer.writeInt32LE(-errnoOf(thrown), 0));
    // ESTALE: the kernel no longer waits for this one.
    await device.write(answer).catch(() => {});
  }
};

const microsecondsOf = async (words: readonly string[]): Promise<number> =>
  Number((await run("systemctl", ["show", "--value", ...words], { encoding: "utf8" })).stdout.trim());

/** Of the board's own time, seconds: from systemd's start to a runtime that is ready, and the middle of three `node -e 0`. */
const coldStart = async (): Promise<ColdStart> => {
  const from = await microsecondsOf(["--property=UserspaceTimestampMonotonic"]);
  const to = await microsecondsOf(["--property=ActiveEnterTimestampMonotonic", "motcua.service"]);
  const starts: number[] = [];
  for (let i = 0; i < 3; i += 1) {
    const started = performance.now();
    await run(process.execPath, ["-e", "0"]);
    starts.push((performance.now() - started) / 1_000);
  }
  return { toReady: (to - from) / 1e6, bareNode: starts.sort((a, b) => a - b)[1] ?? 0 };
};

/** What the machine outside may ask of this one. */
const ACTS: Readonly<Record<string, (words: readonly string[]) => Promise<unknown>>> = {
  facts: async () => ({
    machine: execFileSync("uname", ["-srm"], { encoding: "utf8" }).trim(),
    node: `${process.version} ${process.arch}`,
    bootId: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
    uptimeSeconds: Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]),
    watchdog: readFileSync("/sys/class/watchdog/watchdog0/identity", "utf8").trim(),
    watchdogHeldByInit: readdirSync("/proc/1/fd").some((fd) => {
      try {
        return /^\/dev\/watchdog/.test(readlinkSync(`/proc/1/fd/${fd}`));
      } catch {
        return false;
      }
    }),
  }),
  run: async ([command = "", ...words]) =>
    run(command, words, { encoding: "utf8", timeout: 120_000 }).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (thrown: { code?: unknown; stdout?: string; stderr?: string }) => ({
        code: thrown.code ?? null,
        stdout: `${thrown.stdout ?? ""}${thrown.stderr ?? ""}`,
      }),
    ),
  /** The process that systemd holds for the runtime; "0": none. */
  runtime: async () => {
    const words = ["show", "--property=MainPID", "--value", "motcua.service"];
    return (await run("systemctl", words, { encoding: "utf8" })).stdout.trim();
  },
  lay: async ([laid]) => (laid === "yes" ? writeFileSync(LAID, "") : rmSync(LAID, { force: true })),
  coldStart,
  stop: async ([pid = ""]) => process.kill(Number(pid), "SIGSTOP"),
  /** The kernel stops dead; nobody feeds the watchdog any more. */
  hang: async () => run("modprobe", ["kernel-hang"]),
};

const serveQuestions = async (host: string): Promise<void> => {
  const answer = async ({ id, act, words }: JsonObject): Promise<void> => {
    const doIt = typeof act === "string" ? ACTS[act] : undefined;
    const result = await doIt?.(Array.isArray(words) ? words.map(String) : []).catch(String);
    await wire.send({ id, result: result ?? null });
  };
  const port = await openPort(`tcp:${host}:${word("BOARD_QUESTIONS_PORT")}`);
  // Without the machine outside this board is of no use; systemd starts the world anew.
  port.onClose(() => process.exit(1));
  const wire = new JsonLines(port, (request) => void answer(request));
  await wire.send({ hello: "board" });
};

const host = word("BOARD_HOST");
await serveLines(host);
await serveQuestions(host);
await serveBus(host);
