// Does a wrong kiosk.toml say every mistake at once, each with key, value and remedy?
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError, defaultConfig, loadConfig, parseConfig } from "../../src/config.js";

const problemsOf = (toml: string) => {
  try {
    parseConfig(toml, "kiosk.toml");
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("accepted");
};

test("an empty file is a whole simulated kiosk", () => {
  const config = defaultConfig();
  assert.is(config.board.kind, "simulated");
  assert.is(config.screen.port, 8800);
  assert.is(config.visit.idleSeconds, 45);
});

test("every problem at once, with key, value and remedy", () => {
  const error = problemsOf(
    '[kiosk]\nid = "x y"\n[screen]\nport = 99999\nhost = "0.0.0.0"\n[visit]\nidle = 3\n[links]\nurl = "u"\n',
  );
  const byKey = new Map(error.problems.map((problem) => [problem.key, problem]));
  assert.equal([...byKey.keys()].sort(), ["kiosk.id", "links", "screen.host", "screen.port", "visit.idle"]);
  assert.is(byKey.get("screen.port")?.value, "99999");
  assert.match(byKey.get("screen.port")?.remedy ?? "", /whole number from 0 to 65535/);
  assert.match(byKey.get("visit.idle")?.remedy ?? "", /no such setting/);
  assert.is(error.message.split("\n").length, 5);
});

test("a key on a token needs library, token and PIN file together; their paths are taken from the file's folder", () => {
  const error = problemsOf('[deviceKey]\nmodule = "/usr/lib/token.so"\nlabel = ""\n');
  const byKey = new Map(error.problems.map(({ key, remedy }) => [key, remedy]));
  assert.match(byKey.get("deviceKey.label") ?? "", /1 to 100 letters/);
  const lone = problemsOf('[deviceKey]\ntoken = "kiosk"\n');
  assert.equal(
    lone.problems.map(({ key }) => key),
    ["deviceKey.module", "deviceKey.pinFile"],
  );
  assert.match(lone.message, /deviceKey\.pinFile = \(missing\): should be set, since token is/);
  const dir = mkdtempSync(join(tmpdir(), "motcua-config-"));
  try {
    const file = join(dir, "kiosk.toml");
    writeFileSync(file, '[deviceKey]\nmodule = "/lib/t.so"\ntoken = "kiosk"\npinFile = "token.pin"\n');
    const { deviceKey } = loadConfig(file);
    assert.equal(deviceKey, {
      ...{ module: "/lib/t.so", token: "kiosk", label: "device", pinFile: join(dir, "token.pin") },
    });
  } finally {
    rmSync(dir, { recursive: true });
  }
  assert.is(defaultConfig().deviceKey.module, "");
});

test("broken TOML names line and column", () => {
  const error = problemsOf('[kiosk]\nid = "VH01\n');
  assert.match(error.message, /kiosk\.toml: line 2, column \d+/);
});

test("a hardware board needs its ports", () => {
  const error = problemsOf('[board]\nkind = "hardware"\n[board.printer]\nport = "usb"\n[board.chipReader]\n');
  const keys = error.problems.map((problem) => problem.key);
  assert.ok(keys.includes("board.printer.port"));
  assert.ok(keys.includes("board.chipReader.port"));
  assert.ok(keys.includes("board.codeReader"));
});

test("a chip reader is a port, a bus or a reader of PC/SC; a printer is no reader of PC/SC", () => {
  const keysOf = (printer: string, reader: string) =>
    problemsOf(
      `[board]\nkind = "hardware"\n[board.printer]\nport = "${printer}"\n[board.chipReader]\nport = "${reader}"\n`,
    ).problems.map((problem) => problem.key);
  for (const right of ["pcsc:", "pcsc:ACS ACR1252 Dual Reader", "i2c:1", "serial:/dev/ttyUSB0"]) {
    assert.not.ok(keysOf("pcsc:", right).includes("board.chipReader.port"), right);
    assert.ok(keysOf("pcsc:", right).includes("board.printer.port"));
  }
  for (const wrong of ["pcsc", "smartcard:", "i2c:", ""]) {
    assert.ok(keysOf("file:/dev/usb/lp0", wrong).includes("board.chipReader.port"), wrong);
  }
});

test("a file that is missing says so; relative folders start at the file", () => {
  const folder = mkdtempSync(join(tmpdir(), "motcua-config-"));
  try {
    assert.throws(() => loadConfig(join(folder, "none.toml")), /no such file/);
    const file = join(folder, "kiosk.toml");
    writeFileSync(file, '[procedures]\nfolders = ["mine"]\n');
    assert.equal(loadConfig(file).procedures.folders, [join(folder, "mine")]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("any text is either a configuration or a ConfigError", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json().map((json) => `kiosk = ${json}`),
      ),
      (toml) => {
        try {
          parseConfig(toml, "f");
        } catch (error) {
          assert.instance(error, ConfigError);
        }
      },
    ),
    { numRuns: 500 },
  );
});

test("scanner, camera ids and the code reader's ways are set by their tables, and wrong ones are said", () => {
  const hardware = (more: string) =>
    parseConfig(
      `[board]\nkind = "hardware"\n[board.printer]\nport = "file:/dev/usb/lp0"\n[board.chipReader]\nport = "i2c:1"\n${more}`,
      "kiosk.toml",
    );
  const { board } = hardware(
    '[board.codeReader]\nport = "serial:/dev/ttyUSB0:auto"\nfallback = "camera:face"\n' +
      '[board.documentCamera]\ncamera = "imx477"\n[board.scanner]\ndevice = "usb:04c5:132b"\n',
  );
  assert.is(board.kind, "hardware");
  if (board.kind !== "hardware") return;
  assert.is(board.codeReader.suffix, "auto");
  assert.is(board.documentCamera.camera, "imx477");
  assert.is(board.scanner.dpi, 300);
  assert.is(hardware('[board.codeReader]\nport = "camera:document"\n').board.kind, "hardware");
  for (const [wrong, said] of [
    ['[board.codeReader]\nport = "camera:ceiling"\n', /camera:document/],
    ['[board.codeReader]\nport = "camera:face"\nsuffix = "dot"\n', /crlf/],
    ['[board.codeReader]\nport = "camera:face"\n[board.scanner]\ndpi = 5000\n', /75 to 600/],
    ['[board.codeReader]\nport = "camera:face"\n[board.faceCamera]\ncamera = ""\n', /list-cameras/],
  ] as const)
    assert.throws(() => hardware(wrong), said);
});

test.run();
