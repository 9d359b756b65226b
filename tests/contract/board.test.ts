// Does the whole board come up over its wires, and does each device come and go without touching the rest?
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import type { Board, DeviceName } from "../../src/hal/board.js";
import type { DeviceStatus } from "../../src/hal/device.js";
import { openBoard } from "../../src/hal/open-board.js";
import type { SimControl } from "../../src/hal/sim/far-ends.js";
import { I2cBusSim, type I2cChip } from "../../src/hal/sim/i2c-sim.js";
import { Pn532I2cFace } from "../../src/hal/sim/pn532-i2c-face.js";
import { Pn532Sim } from "../../src/hal/sim/pn532-sim.js";
import { createSimBoard, type SimBoard } from "../../src/hal/sim/sim-board.js";
import { SocketPlug } from "../../src/hal/sim/socket-plug.js";
import { assertFault, eventually, systemClock } from "./wires.js";

const DEVICES = [
  "printer",
  "chipReader",
  "codeReader",
  "documentCamera",
  "faceCamera",
  "scanner",
  "lines",
  "power",
  "climate",
  "motion",
  "speaker",
] as const satisfies readonly DeviceName[];
/** Every device is asked ten times a second, so that what happens is seen soon. */
const QUICK = Object.fromEntries(DEVICES.map((name) => [name, 100]));
const RUNTIME = fileURLToPath(new URL("./board-runtime.js", import.meta.url));

interface Bench {
  readonly dir: string;
  readonly sim: SimBoard;
  readonly board: Board;
}

const withFolder = async (work: (dir: string) => Promise<void>): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), "motcua-board-"));
  try {
    await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
};

const onBench = (work: (bench: Bench) => Promise<void>): Promise<void> =>
  withFolder(async (dir) => {
    const sim = await createSimBoard({ dir, widthDots: 576, model: "epson", scanner: true });
    const board = openBoard({
      wiring: sim.wiring,
      clock: systemClock(),
      log: silentLog,
      healthEveryMs: QUICK,
    });
    try {
      await allReady(board);
      await work({ dir, sim, board });
    } finally {
      await board.close();
      await sim.close();
    }
  });

const codeOf = (status: DeviceStatus): string => ("fault" in status ? status.fault.code : status.state);
const allReady = (board: Board) =>
  eventually(
    "every device is ready",
    () => DEVICES.every((name) => board[name].status.state === "ready"),
    15_000,
  );

/** Every state of every device but `name` while `work` runs. */
const othersDuring = async (board: Board, name: DeviceName, work: () => Promise<void>): Promise<string[]> => {
  const seen: string[] = [];
  const unwatch = DEVICES.filter((other) => other !== name).map((other) =>
    board[other].watch((status) => {
      if (status.state !== "ready") seen.push(`${other}: ${codeOf(status)}`);
    }),
  );
  await work();
  for (const stop of unwatch) stop();
  return seen;
};

const PLUGS: Readonly<
  Record<Exclude<DeviceName, "speaker" | "fan" | "backlight">, (control: SimControl, on: boolean) => void>
> = {
  printer: (control, on) => control.printer.setPlugged(on),
  chipReader: (control, on) => control.chipReader.setPlugged(on),
  codeReader: (control, on) => control.codeReader.setPlugged(on),
  documentCamera: (control, on) => control.cameras.setPlugged("document", on),
  faceCamera: (control, on) => control.cameras.setPlugged("face", on),
  scanner: (control, on) => control.scanner.setPlugged(on),
  lines: (control, on) => control.lines.setPlugged(on),
  power: (control, on) => control.power.setAnswering(on),
  climate: (control, on) => control.climate.setAnswering(on),
  motion: (control, on) => control.motion.setAnswering(on),
};

/** Camera commands of the board in `dir` that run now. */
const commandsOf = (dir: string): string[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8");
      } catch {
        return ""; // It ended in between.
      }
    })
    .filter((line) => line.includes(dir) && line.includes("libcamera-still"));

const picturesOf = (pid: number): string[] =>
  [existsSync("/dev/shm") ? "/dev/shm" : tmpdir()].flatMap((folder) =>
    readdirSync(folder).filter((name) => name.startsWith(`motcua-still-${pid}-`)),
  );

test("every device comes up over its own wire and does its work", () =>
  onBench(async ({ sim, board }) => {
    await board.lines.use((lines) => lines.set("trayLamp", true));
    const { outputs } = sim.control.lines;
    assert.is(
      Object.entries(outputs)
        .filter(([, on]) => on)
        .join(),
      "trayLamp,true",
    );
    assert.is((await board.power.use((power) => power.read())).mains, true);
    assert.ok((await board.climate.use((climate) => climate.read())).celsius > 0);
    const codes: string[] = [];
    await board.codeReader.use(async (reader) => reader.onCode((text) => codes.push(text)));
    sim.control.codeReader.show("K01-000123");
    await eventually("the code", () => codes.length === 1);
    assert.equal(codes, ["K01-000123"]);
    assert.is((await board.printer.use((printer) => printer.status())).fault, null);
    assert.ok((await board.documentCamera.use((camera) => camera.still())).jpeg.length > 10_000);
    assert.ok((await board.faceCamera.use((camera) => camera.still())).jpeg.length > 1_000);
    sim.control.scanner.load([(await board.faceCamera.use((camera) => camera.still())).jpeg]);
    assert.is(await board.scanner.use((scanner) => scanner.scan(() => {})), 1);
    assert.is(sim.control.scanner.takePapers(), 1);
    await board.speaker.use((speaker) => speaker.say("xin chào", "vi"));
  }));

test("each device that is pulled out is absent alone, and serves again when it is back", () =>
  onBench(async ({ sim, board }) => {
    for (const name of Object.keys(PLUGS) as (keyof typeof PLUGS)[]) {
      const others = await othersDuring(board, name, async () => {
        PLUGS[name](sim.control, false);
        // A camera is asked seldom; a citizen who wants a picture finds out first.
        if (name === "documentCamera")
          await assertFault(`${name}.absent`, /./, () => board[name].use((c) => c.still()));
        await eventually(`${name} is absent`, () => board[name].status.state === "absent", 8_000);
        assert.is(codeOf(board[name].status), `${name}.absent`);
        await eventually(`the ${name}'s grace is over`, () => !board[name].status.inGrace, 8_000);
        const asked = performance.now();
        await assertFault(`${name}.absent`, /./, () => board[name].use<unknown>((device) => device.health()));
        assert.ok(performance.now() - asked < 2_000, "the standing fault comes at once");
        PLUGS[name](sim.control, true);
        await eventually(`${name} is ready again`, () => board[name].status.state === "ready", 8_000);
      });
      assert.equal(others, [], `while the ${name} was out`);
    }
  }));

test("a runtime that is killed leaves lamps and paper, and the next one takes all wires over", () =>
  withFolder(async (dir) => {
    const sim = await createSimBoard({ dir, widthDots: 384, model: "generic" });
    sim.control.cameras.stall("document");
    const runtime = spawn(process.execPath, [RUNTIME, JSON.stringify(sim.wiring)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = new Promise((resolve) => runtime.once("exit", resolve));
    await new Promise((resolve) => runtime.stdout.once("data", resolve));
    await eventually("it takes a picture", () => commandsOf(dir).some((line) => line.includes("--output")));
    runtime.kill("SIGKILL");
    await exited;
    await eventually("its camera command is gone", () => commandsOf(dir).length === 0);
    assert.is(picturesOf(runtime.pid ?? 0).length, 1);
    assert.is(new Map(Object.entries(sim.control.lines.outputs)).get("cardLamp"), true);
    const board = openBoard({
      wiring: sim.wiring,
      clock: systemClock(),
      log: silentLog,
      healthEveryMs: QUICK,
    });
    await allReady(board);
    assert.equal(picturesOf(runtime.pid ?? 0), [], "its half-taken picture is removed");
    assert.is(new Map(Object.entries(sim.control.lines.outputs)).get("cardLamp"), false);
    await board.close();
    await sim.close();
  }));

test("a stalled camera is reopened, and nobody else notices", () =>
  withFolder(async (dir) => {
    const sim = await createSimBoard({ dir, widthDots: 576, model: "epson" });
    const wiring = { ...sim.wiring, documentCamera: { ...sim.wiring.documentCamera, deadlineMs: 600 } };
    const board = openBoard({ wiring, clock: systemClock(), log: silentLog, healthEveryMs: QUICK });
    await allReady(board);
    const others = await othersDuring(board, "documentCamera", async () => {
      sim.control.cameras.stall("document");
      await assertFault("documentCamera.stalled", /600 ms/, () =>
        board.documentCamera.use((camera) => camera.still()),
      );
      await eventually("it is open again", () => board.documentCamera.status.state === "ready");
    });
    assert.equal(others, []);
    await board.close();
    await sim.close();
  }));

test("a storm of lost acknowledges takes power and climate down and gives them back, and nothing else", () =>
  onBench(async ({ sim, board }) => {
    const others: string[] = [];
    for (const name of ["printer", "chipReader", "codeReader", "lines"] as const)
      board[name].watch((status) => {
        if (status.state !== "ready") others.push(`${name}: ${codeOf(status)}`);
      });
    const both = () => [board.power, board.climate].map((device) => device.status.state);
    for (let round = 0; round < 12; round++) {
      sim.control.power.setAnswering(round % 2 === 1);
      sim.control.climate.setAnswering(round % 2 === 1);
      await new Promise((resolve) => setTimeout(resolve, 40 * (round % 4)));
    }
    sim.control.climate.corrupt(4);
    await eventually("both are back", () => both().every((state) => state === "ready"), 8_000);
    assert.equal(others, []);
  }));

test("a chip reader on the I2C bus comes up by its address there", () =>
  withFolder(async (dir) => {
    const sim = await createSimBoard({ dir, widthDots: 576, model: "epson" });
    const face = new Pn532I2cFace(new Pn532Sim(systemClock()));
    const chip: I2cChip = {
      address: 0x24,
      transfer: async (write, length) => {
        if (write.length > 0) await face.write(write);
        return length === 0 ? new Uint8Array() : face.read(length);
      },
    };
    const bus = new I2cBusSim([chip]);
    const plug = new SocketPlug(join(dir, "i2c-2.sock"), (port) => bus.attach(port));
    await plug.setPlugged(true);
    const wiring = { ...sim.wiring, chipReader: { port: `i2c:unix:${plug.path}` } };
    const board = openBoard({ wiring, clock: systemClock(), log: silentLog });
    await allReady(board);
    await board.close();
    await plug.setPlugged(false);
    await sim.close();
  }));

test("a board without any wire starts all the same, every device absent with its own fault", () =>
  withFolder(async (dir) => {
    const sim = await createSimBoard({ dir, widthDots: 576, model: "epson", scanner: true });
    await sim.close();
    const wiring = { ...sim.wiring, lines: { ...sim.wiring.lines, bus: "gpio" }, i2c: { bus: "250" } };
    const board = openBoard({ wiring, clock: systemClock(), log: silentLog });
    const wired = DEVICES.filter((name) => name !== "speaker");
    await eventually(
      "all are absent",
      () => wired.every((name) => board[name].status.state === "absent"),
      10_000,
    );
    for (const name of wired) assert.is(codeOf(board[name].status), `${name}.absent`);
    assert.is(board.speaker.status.state, "ready");
    await board.close();
  }));

test("two boards can not share a folder; one that was killed leaves a folder that serves again", () =>
  withFolder(async (dir) => {
    const options = { dir, widthDots: 576, model: "epson" } as const;
    const first = await createSimBoard(options);
    await createSimBoard(options).then(
      () => assert.unreachable("two boards in one folder"),
      (thrown) => assert.match(String(thrown), /another simulated board/),
    );
    const board = openBoard({ wiring: first.wiring, clock: systemClock(), log: silentLog });
    await allReady(board);
    await board.close();
    await first.close();
    const second = await createSimBoard(options);
    assert.ok(existsSync(join(dir, "lines.sock")));
    await second.close();
    assert.not.ok(existsSync(join(dir, "lines.sock")));
    await second.close();
  }));

test("a folder whose path is too long for a socket gets a short one, which is removed at the end", () =>
  withFolder(async (dir) => {
    const sim = await createSimBoard({ dir: join(dir, "x".repeat(120)), widthDots: 576, model: "epson" });
    const path = sim.wiring.lines.bus.replace("unix:", "");
    assert.ok(Buffer.byteLength(path) <= 100);
    assert.ok(existsSync(path));
    await sim.close();
    assert.not.ok(existsSync(join(path, "..")));
  }));

test.run();
