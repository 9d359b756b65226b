// What must every device of a board do that nobody touches, on whatever wire it hangs?
//
// The part of each contract that needs no hand at the far end, so that it also runs on a bench:
//   node dist/tests/contract/board-any.test.js --bench kiosk.toml
// What needs hands (cards, codes, doors, slips) is `motcua doctor --attended`.
import sharp from "sharp";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FaultError } from "../../src/core/faults.js";
import { silentLog } from "../../src/core/log.js";
import type { Board, BoardWiring, DeviceName } from "../../src/hal/board.js";
import type { Camera } from "../../src/hal/camera/camera.js";
import type { Device, Supervised } from "../../src/hal/device.js";
import { INPUT_LINES, OUTPUT_LINES } from "../../src/hal/lines/lines.js";
import { openBoard } from "../../src/hal/open-board.js";
import { eventually, systemClock } from "./wires.js";

const READY_WITHIN_MS = 60_000;
const REOPENINGS = 3;

export interface BoardUnderTest {
  readonly name: string;
  readonly wiring: () => Promise<BoardWiring>;
  readonly close: () => Promise<void>;
}

const isReady = (device: Supervised<Device>): boolean => device.status.state === "ready";

const within = (value: number, [least, most]: readonly [number, number], what: string): void =>
  assert.ok(value >= least && value <= most, `${what}: ${value} is not within ${least} … ${most}`);

const picture = async (camera: Supervised<Camera>): Promise<void> => {
  for (let count = 0; count < 2; count += 1) {
    const { jpeg } = await camera.use((open) => open.still());
    const { format, width = 0, height = 0 } = await sharp(jpeg).metadata();
    assert.is(format, "jpeg");
    assert.ok(width >= 320 && height >= 240, `${width} × ${height}`);
  }
  const stop = new AbortController();
  let frames = 0;
  await camera.use((open) =>
    open.preview(
      () => {
        frames += 1;
        if (frames === 3) stop.abort(new Error("seen enough"));
      },
      { widthPx: 640, heightPx: 480, framesPerSecond: 4, frameWithinMs: 20_000 },
      stop.signal,
    ),
  );
  assert.is(frames, 3);
};

/** A wait that nobody ends is given up at once, and the device serves the next one. */
const givenUp = async (wait: (signal: AbortSignal) => Promise<unknown>): Promise<void> => {
  const leave = new AbortController();
  const reason = new Error("the citizen left");
  const waiting = wait(leave.signal).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  leave.abort(reason);
  assert.is(await waiting, reason);
};

const VERBS: Readonly<Record<DeviceName, (board: Board) => Promise<void>>> = {
  printer: (board) =>
    board.printer.use(async (printer) => {
      assert.ok(printer.widthDots === 384 || printer.widthDots === 576);
      const { paper } = await printer.status();
      assert.ok(["enough", "low", "out", "unknown"].includes(paper));
      printer.watch(() => {})();
    }),
  chipReader: async (board) => {
    for (let count = 0; count < 2; count += 1)
      await givenUp((signal) => board.chipReader.use((reader) => reader.waitForCard(signal)));
  },
  codeReader: (board) => board.codeReader.use(async (reader) => reader.onCode(() => {})()),
  documentCamera: (board) => picture(board.documentCamera),
  faceCamera: (board) => picture(board.faceCamera),
  scanner: (board) =>
    board.scanner.use(async (scanner) => {
      if (!scanner.fitted) return;
      assert.ok(["ejected", "takeOut"].includes(await scanner.giveBack()));
    }),
  lines: (board) =>
    board.lines.use(async (lines) => {
      for (const line of INPUT_LINES) assert.type(await lines.read(line), "boolean");
      for (const line of OUTPUT_LINES) {
        await lines.set(line, true);
        await lines.set(line, false);
      }
    }),
  power: (board) =>
    board.power.use(async (power) => {
      const { batteryFraction, batteryVolts, mains } = await power.read();
      within(batteryFraction, [0, 1], "charge");
      within(batteryVolts, [2.5, 4.6], "volts of one lithium cell");
      assert.type(mains, "boolean");
    }),
  climate: (board) =>
    board.climate.use(async (climate) => {
      const { celsius, relativeHumidity } = await climate.read();
      within(celsius, [-40, 125], "°C");
      within(relativeHumidity, [0, 100], "% humidity");
    }),
  motion: (board) =>
    board.motion.use(async (motion) => {
      const reading = await motion.read();
      if (reading === null) return;
      const { x, y, z } = reading.acceleration;
      within(Math.hypot(x, y, z), [0.8, 1.2], "g at rest");
    }),
  fan: (board) =>
    board.fan.use(async (fan) => {
      const reading = await fan.read();
      if (reading === null) return;
      within(reading.celsius, [0, 100], "°C of the processor");
      within(reading.percent, [0, 100], "% of full speed");
    }),
  backlight: (board) =>
    board.backlight.use(async (light) => {
      const percent = await light.read();
      if (percent === null) return;
      await light.set(0);
      await light.set(percent);
      within((await light.read()) ?? -1, [percent - 5, percent + 5], "% of full light");
    }),
  speaker: (board) =>
    board.speaker.use(async (speaker) => {
      await speaker.setVolume(0.2);
      const speaking = speaker.say("Một hai ba.", "vi");
      await speaker.stop();
      await speaking;
      speaker.resetVolume();
    }),
};

const DEVICES = Object.keys(VERBS) as DeviceName[];

/** Registers and runs the suite. */
export const anyBoardSuite = (under: BoardUnderTest): void => {
  const test = suite(`any board: ${under.name}`);
  let board: Board;
  test.before(async () => {
    board = openBoard({ wiring: await under.wiring(), clock: systemClock(), log: silentLog });
  });
  test.after(async () => {
    await board.close();
    await under.close();
  });
  for (const name of DEVICES) {
    test(`${name}: comes up, does its work, and says that it is well`, async () => {
      await eventually(`${name} is ready`, () => isReady(board[name]), READY_WITHIN_MS);
      await VERBS[name](board);
      assert.is(await board[name].use((device: Device) => device.health()), null);
    });
    test(`${name}: comes back ${REOPENINGS} times when it is opened anew, and works as before`, async () => {
      for (let count = 0; count < REOPENINGS; count += 1) {
        await board[name].restart("the contract");
        await eventually(`${name} is back`, () => isReady(board[name]), READY_WITHIN_MS);
      }
      await VERBS[name](board);
    });
  }
  test("after the end nothing answers, at once and with a named fault; a second end is none", async () => {
    await board.close();
    for (const name of DEVICES) {
      const thrown = await board[name]
        .use(async (device: Device) => device.health())
        .then(
          () => null,
          (error: unknown) => error,
        );
      assert.ok(thrown instanceof FaultError, name);
    }
    await board.close();
  });
  test.run();
};
