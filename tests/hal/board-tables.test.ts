// Could a kiosk be built from the wiring tables of board/ as they are written?
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "smol-toml";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { z } from "zod";
import { parseConfig } from "../../src/config.js";
import type { BoardWiring } from "../../src/hal/board.js";
import { curveProblem, DEFAULT_CURVE } from "../../src/hal/fan/curve.js";
import { INPUT_LINES, OUTPUT_LINES } from "../../src/hal/lines/lines.js";
import { parseAddress } from "../../src/hal/port/address.js";

const FOLDER = fileURLToPath(new URL("../../../board/", import.meta.url));
const TABLES = readdirSync(FOLDER).filter((name) => name.endsWith(".toml"));

const camera = z.strictObject({
  camera: z.string().min(4),
  commandDir: z.string(),
  widthPx: z.int().min(640),
  heightPx: z.int().min(480),
  deadlineMs: z.int().min(5_000),
});
const port = z.string().refine((address) => parseAddress(address).kind.length > 0);
const line = z.enum([...INPUT_LINES, ...OUTPUT_LINES]);
const wiring: z.ZodType<BoardWiring> = z.strictObject({
  printer: z.strictObject({
    port,
    widthDots: z.union([z.literal(384), z.literal(576)]),
    model: z.enum(["epson", "generic"]),
  }),
  chipReader: z.strictObject({ port }),
  codeReader: z.strictObject({ port }),
  documentCamera: camera,
  faceCamera: camera,
  scanner: z.strictObject({
    device: z.string().min(4),
    commandDir: z.string(),
    dpi: z.int().min(150).max(600),
    mode: z.enum(["color", "gray"]),
    maxSheets: z.int().min(1),
    deadlineMs: z.int().min(5_000),
  }),
  lines: z.strictObject({
    bus: z.literal("gpio"),
    chip: z.string().min(1),
    chips: z.partialRecord(line, z.string().min(1)).exactOptional(),
    offsets: z.record(line, z.int().min(-1).max(31)),
    activeLow: z.array(line),
    debounceMs: z.int().min(1).max(100),
  }),
  i2c: z.strictObject({ bus: z.string().regex(/^\d+$/) }),
  motion: z.strictObject({ sensor: z.literal("lis3dh") }),
  fan: z.strictObject({
    device: z.string().regex(/^(hwmon|cooling|watch):pwmfan$/),
    zone: z.string().endsWith("-thermal"),
    curve: z
      .array(z.strictObject({ celsius: z.number(), percent: z.number() }))
      .refine((curve) => curveProblem(curve) === null)
      .prefault([...DEFAULT_CURVE]),
  }),
  backlight: z.strictObject({ device: z.enum(["auto", "none"]) }),
  speaker: z.strictObject({ player: z.enum(["espeak-ng", "none"]) }),
});

/** Chip and offset of each header pin that a wiring may use: I2C's, the console's UART and the cameras' are not there. */
const RASPBERRY_PI = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27];
const on = (chip: string, offsets: readonly number[]) => offsets.map((offset) => `${chip} ${offset}`);
const HEADERS: Readonly<Record<string, readonly string[]>> = {
  "radxa-rock-5b.toml": [
    ...on("gpio1", [9, 10, 11, 12, 13, 15, 31]),
    ...on("gpio3", [4, 7, 9, 10, 11, 13, 14, 15, 16, 17]),
    ...on("gpio4", [10, 11, 20, 21, 22]),
  ],
  "raspberry-pi-4.toml": on("pinctrl-bcm2711", RASPBERRY_PI),
  "raspberry-pi-5.toml": on("pinctrl-rp1", RASPBERRY_PI),
};

test("there is a table for each supported board", () => {
  assert.equal(TABLES, Object.keys(HEADERS));
});

for (const name of TABLES)
  test(`${name} wires every device, with no pin used twice and two cameras apart`, () => {
    const text = readFileSync(join(FOLDER, name), "utf8");
    const { board } = z.strictObject({ board: wiring }).parse(parse(text));
    const { chip, chips = {}, offsets } = board.lines;
    const pins = Object.entries(offsets)
      .filter(([, offset]) => offset >= 0)
      .map(([line, offset]) => `${chips[line] ?? chip} ${offset}`);
    assert.is(pins.length, INPUT_LINES.length + OUTPUT_LINES.length);
    assert.is(new Set(pins).size, pins.length);
    assert.equal(
      pins.filter((pin) => HEADERS[name]?.includes(pin) !== true),
      [],
    );
    assert.is.not(board.documentCamera.camera, board.faceCamera.camera);
    assert.is(new Set([board.printer.port, board.chipReader.port, board.codeReader.port]).size, 3);
  });

for (const name of TABLES)
  test(`${name} is a board that kiosk.toml takes`, () => {
    const text = readFileSync(join(FOLDER, name), "utf8");
    const config = parseConfig(`board.kind = "hardware"\n${text}`, name);
    assert.is(config.board.kind, "hardware");
  });

test.run();
