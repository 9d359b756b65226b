// Could a kiosk be built from the wiring tables of board/ as they are written?
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "smol-toml";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { z } from "zod";
import type { BoardWiring } from "../../src/hal/board.js";
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
    offsets: z.record(line, z.int().min(-1).max(27)),
    activeLow: z.array(line),
    debounceMs: z.int().min(1).max(100),
  }),
  i2c: z.strictObject({ bus: z.string().regex(/^\d+$/) }),
  speaker: z.strictObject({ player: z.enum(["espeak-ng", "none"]) }),
});

/** Header pins that other tables use: I2C 1 and the console's UART. */
const TAKEN = [2, 3, 14, 15];

test("there is a table for each supported board", () => {
  assert.equal(TABLES, ["raspberry-pi-4.toml", "raspberry-pi-5.toml"]);
});

for (const name of TABLES)
  test(`${name} wires every device, with no pin used twice and two cameras apart`, () => {
    const { board } = z
      .strictObject({ board: wiring })
      .parse(parse(readFileSync(join(FOLDER, name), "utf8")));
    const pins = Object.values(board.lines.offsets).filter((pin) => pin >= 0);
    assert.is(new Set(pins).size, pins.length);
    assert.equal(
      pins.filter((pin) => TAKEN.includes(pin)),
      [],
    );
    assert.is.not(board.documentCamera.camera, board.faceCamera.camera);
    assert.is(new Set([board.printer.port, board.chipReader.port, board.codeReader.port]).size, 3);
  });

test.run();
