// Do lines behave through the real node-libgpiod, where a kernel has no sysfs GPIO any more?
//
// The binding and the driver are the real ones; the calls of libgpiod beneath end in a file (libgpiod/far-end.c),
// because a GPIO character device can not be made without a kernel that has GPIO.
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openCdevBus } from "../../src/hal/lines/cdev-bus.js";
import { openLines } from "../../src/hal/lines/driver.js";
import type { Level } from "../../src/hal/lines/line-bus.js";
import { openLineBus } from "../../src/hal/lines/open-bus.js";
import { linesSuite, OFFSETS } from "../contract/lines-suite.js";
import { assertFault, eventually, systemClock } from "../contract/wires.js";
import { buildLibgpiod, missingForLibgpiod } from "./build.js";
import { type PinWorld, type Soldering, solder } from "./kernel-lines.js";

const STATE = "MOTCUA_GPIOD_STATE";
const LOG = "MOTCUA_GPIOD_LOG";
const LABEL = "gpio3";
/** gpio3 is the second chip of 32 lines. */
const BASE = 32;
const BYTES = 1 + 64 * 4;
const clock = systemClock();

/** The far end's file, from this side. */
class GpiodWorld implements PinWorld {
  readonly #fd = openSync(process.env[STATE] ?? "", "r+");
  readonly #listeners = new Set<(pin: number, level: Level) => void>();
  #heard = 0;

  setPresent(present: boolean): void {
    this.#put(0, present);
  }

  setLevel(pin: number, level: Level): void {
    this.#put(1 + pin * 4, level === 1);
  }

  setBusy(pin: number, busy: boolean): void {
    this.#put(1 + pin * 4 + 3, busy);
  }

  /** As when the process that held the pins was killed. */
  letGo(): void {
    for (let pin = 0; pin < 64; pin++) this.#put(1 + pin * 4 + 2, false);
  }

  onOutput(listener: (pin: number, level: Level) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async sync(): Promise<void> {
    const log = readFileSync(process.env[LOG] ?? "", "utf8")
      .trim()
      .split("\n")
      .filter((line) => line !== "");
    for (const line of log.slice(this.#heard)) {
      const [pin, level] = line.split(" ");
      for (const listener of [...this.#listeners]) listener(Number(pin), level === "1" ? 1 : 0);
    }
    this.#heard = log.length;
  }

  close(): void {
    closeSync(this.#fd);
  }

  #put(at: number, on: boolean): void {
    writeSync(this.#fd, Uint8Array.of(on ? 1 : 0), 0, 1, at);
  }
}

const suite = (): void => {
  const world = new GpiodWorld();
  world.setPresent(true);
  let soldering: Soldering | null = null;

  linesSuite(test, {
    open: async (sim) => {
      world.setPresent(true);
      world.letGo();
      soldering?.unsolder();
      soldering = await solder(world, BASE, sim, OFFSETS);
      return openCdevBus(LABEL, clock);
    },
    arrive: async () => soldering?.arrive(),
    pull: async () => world.setPresent(false),
    // The levels are looked at every 20 ms.
    grainMs: 25,
  });

  const open = async (offsets: Record<string, number>, chips: Record<string, string> = {}) => {
    world.setPresent(true);
    world.letGo();
    const wiring = { bus: "gpio-cdev", chip: LABEL, chips, offsets };
    return openLines({ ...(await openLineBus(wiring, clock)), activeLow: [], debounceMs: 5, clock });
  };

  test("a kernel without sysfs GPIO gets its lines from the character device, of both chips", async () => {
    const wiring = { bus: "gpio", chip: LABEL, chips: { buzzer: "gpio0" }, offsets: { door: 4, buzzer: 4 } };
    world.letGo();
    const lines = await openLines({
      ...(await openLineBus(wiring, clock)),
      activeLow: [],
      debounceMs: 5,
      clock,
    });
    const edges: boolean[] = [];
    lines.onEdge(({ value }) => edges.push(value));
    world.setLevel(BASE + 4, 1);
    await eventually("the door", () => edges.length === 1);
    await world.sync();
    const driven: string[] = [];
    const unwatch = world.onOutput((pin, level) => driven.push(`${pin} ${level}`));
    await lines.set("buzzer", true);
    await world.sync();
    assert.equal(driven, ["4 1"]);
    unwatch();
    await lines.close();
  });

  test("a chip that is not there is refused with the labels of those that are", async () => {
    await assertFault("lines.absent", /labelled "pinctrl-rp1"; there are: gpio0, gpio3/, () =>
      openCdevBus("pinctrl-rp1", clock),
    );
    world.setPresent(false);
    await assertFault("lines.absent", /there is none/, () => openCdevBus(LABEL, clock));
    world.setPresent(true);
  });

  test("a pin that is held or missing is named, and can be had once it is free", async () => {
    world.setBusy(BASE + 17, true);
    await assertFault("lines.absent", /pin 17 of gpio3: .*another program/, () => open({ door: 17 }));
    world.setBusy(BASE + 17, false);
    await (await open({ door: 17 })).close();
    await assertFault("lines.absent", /pin 99 of gpio3: the chip has 32 pins/, () => open({ door: 99 }));
  });

  test("reopening again and again, with the collector at work, keeps the pins claimed", async () => {
    const collect = (globalThis as { gc?: () => void }).gc;
    for (let round = 0; round < 20; round++) {
      const lines = await open({ door: 17, cardLamp: 5 });
      collect?.();
      await new Promise((resolve) => setImmediate(resolve));
      world.setLevel(BASE + 17, round % 2 === 0 ? 1 : 0);
      assert.is(await lines.read("door"), round % 2 === 0);
      await lines.set("cardLamp", true);
      await lines.close();
    }
  });

  test.after(() => world.close());
  test.run();
};

const preloaded = (): void => {
  const missing = missingForLibgpiod();
  if (missing !== null) {
    process.stdout.write(`skipped: the GPIO character device's binding needs ${missing}\n`);
    test("without the package the fault says how to install it", async () => {
      await assertFault("lines.absent", /npm rebuild node-libgpiod|no GPIO/, () => openCdevBus("x", clock));
    });
    test.run();
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "motcua-gpiod-"));
  const env = { [STATE]: join(folder, "state"), [LOG]: join(folder, "log"), LD_PRELOAD: buildLibgpiod() };
  writeFileSync(env[STATE] ?? "", new Uint8Array(BYTES));
  writeFileSync(env[LOG] ?? "", "");
  const words = ["--enable-source-maps", "--expose-gc", fileURLToPath(import.meta.url)];
  const { status } = spawnSync(process.execPath, words, {
    stdio: "inherit",
    timeout: 120_000,
    killSignal: "SIGKILL",
    env: { ...process.env, ...env },
  });
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = status ?? 1;
};

if (process.env[STATE] === undefined) preloaded();
else suite();
