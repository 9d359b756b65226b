// Every device that can not be reached says why in both languages: path, group, package or key, never "check the cable" alone.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { CauseKind } from "../../src/core/causes.js";
import {
  FAULTS,
  type Fault,
  type FaultCode,
  isFaultCode,
  technicianRemedy,
  toFault,
} from "../../src/core/faults.js";
import { silentLog } from "../../src/core/log.js";
import { openLibcamera } from "../../src/hal/camera/libcamera.js";
import { openClimate } from "../../src/hal/climate/sht31.js";
import { openLines } from "../../src/hal/lines/driver.js";
import { openLineBus } from "../../src/hal/lines/open-bus.js";
import { openMotion, RestingAttitude } from "../../src/hal/motion/driver.js";
import { openI2cWire, openReaderAt } from "../../src/hal/open-reader.js";
import { openPort } from "../../src/hal/port/open.js";
import { openPower } from "../../src/hal/power/driver.js";
import { openSane } from "../../src/hal/scanner/sane.js";
import { chooseScanner } from "../../src/hal/scanner/which-scanner.js";
import { I2cBusSim } from "../../src/hal/sim/i2c-sim.js";
import { openEspeak } from "../../src/hal/speaker/espeak.js";
import { systemClock } from "../contract/wires.js";
import { runCommand } from "../wire/command.js";
import { directWire } from "./board-bench.js";

const clock = systemClock();
const folder = mkdtempSync(join(tmpdir(), "motcua-causes-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;
/** A folder with one command in it: a shell script, or a file that may not be run. */
const commandDir = (name: string, script: string | null, mode = 0o755): string => {
  made += 1;
  const dir = join(folder, `bin${made}`);
  mkdirSync(dir);
  if (script !== null) writeFileSync(join(dir, name), `#!/bin/sh\n${script}\n`, { mode });
  return dir;
};

const faultOf = async (
  open: () => Promise<{ close(): Promise<void> }>,
  absent: FaultCode,
): Promise<Fault> => {
  try {
    await (await open()).close();
  } catch (thrown) {
    return toFault(thrown, absent);
  }
  throw new Error("it was opened");
};

/** The general advice is what a technician reads of a part of which nothing is known. */
const assertCaused = (fault: Fault, kind: CauseKind, names: RegExp, what: string): void => {
  assert.is(fault.why?.kind, kind, `${what}: ${fault.code}: ${fault.detail}`);
  const { part, technician } = FAULTS[fault.code];
  const absent = `${part}.absent`;
  const general = [technician, ...(isFaultCode(absent) ? [FAULTS[absent].technician] : [])];
  const remedy = technicianRemedy(fault);
  for (const language of ["vi", "en"] as const) {
    assert.match(remedy[language], names, what);
    assert.not.ok(
      general.some((text) => text[language] === remedy[language]),
      what,
    );
  }
  assert.not.equal(remedy.vi, remedy.en);
  assert.not.match(`${fault.detail} ${remedy.vi} ${remedy.en}`, /\n\s+at |undefined|\[object/, what);
};

const camera = (part: "documentCamera" | "faceCamera", dir: string) => () =>
  openLibcamera({
    part,
    clock,
    wiring: { camera: "imx477", commandDir: dir, widthPx: 640, heightPx: 480, deadlineMs: 2_000 },
  });

const listOf = (...rows: readonly string[]) => `printf '%s\\n' ${rows.map((row) => `'${row}'`).join(" ")}`;
const TWO_OTHERS = listOf(
  "0 : ov5647 [1x1] (/base/i2c@1/ov5647@36)",
  "1 : ov9281 [1x1] (/base/i2c@2/ov9281@60)",
);
const TWO_ALIKE = listOf(
  "0 : imx477 [1x1] (/base/i2c@1/imx477@1a)",
  "1 : imx477 [1x1] (/base/i2c@2/imx477@1a)",
);

const CAMERA: readonly (readonly [script: string | null, mode: number, kind: CauseKind, names: RegExp])[] = [
  [null, 0, "commandMissing", /bin\d+\/libcamera-still.*rpicam-apps.*board\.\w+Camera\.commandDir/],
  ["exit 0", 0o644, "commandDenied", /chmod 755 .*libcamera-still/],
  [
    "echo 'open /dev/media3: Permission denied' >&2; exit 1",
    0o755,
    "denied",
    /\/dev\/media3.*usermod -aG video/,
  ],
  ["echo 'Failed to acquire: Device or resource busy' >&2; exit 1", 0o755, "busy", /fuser -v \/dev\/media0/],
  [TWO_OTHERS, 0o755, "wrongDevice", /imx477.*board\.\w+Camera\.camera/],
  [TWO_ALIKE, 0o755, "ambiguous", /imx477.*board\.\w+Camera\.camera/],
];

for (const part of ["documentCamera", "faceCamera"] as const)
  test(`${part}: command, permission, busy, another camera`, async () => {
    for (const [script, mode, kind, names] of CAMERA) {
      const dir = commandDir("libcamera-still", script, mode);
      const fault = await faultOf(camera(part, dir), `${part}.absent`);
      assertCaused(fault, kind, names, `${part} ${kind}`);
    }
  });

const scanner =
  (dir: string, device = "fujitsu") =>
  () =>
    openSane({
      clock,
      wiring: { device, commandDir: dir, dpi: 200, mode: "gray", maxSheets: 5, deadlineMs: 2_000 },
    });

const FUJITSU = "fujitsu:fi:libusb:001:004\\tFujitsu\\tfi-65F\\n";
const CANON = "canon_dr:libusb:001:005\\tCanon\\tP-208\\n";
const sane = (listed: string, otherwise: string) =>
  `case "$1" in --formatted*) printf '${listed}';; *) echo 'scanimage: ${otherwise}' >&2; exit 1;; esac`;
const cannotOpen = (why: string) => sane(FUJITSU, `open of device fujitsu failed: ${why}`);

const SCANNER: readonly (readonly [script: string | null, mode: number, kind: CauseKind, names: RegExp])[] = [
  [null, 0, "commandMissing", /scanimage.*sane-utils.*board\.scanner\.commandDir/],
  ["exit 0", 0o644, "commandDenied", /chmod 755 .*scanimage/],
  [sane("", "none"), 0o755, "missing", /fujitsu.*board\.scanner\.device/],
  [sane(CANON, "none"), 0o755, "wrongDevice", /fujitsu.*board\.scanner\.device/],
  [sane(FUJITSU + FUJITSU, "none"), 0o755, "ambiguous", /fujitsu.*board\.scanner\.device/],
  [cannotOpen("Device busy"), 0o755, "busy", /fuser -v \/dev\/bus\/usb\/001\/004/],
  [cannotOpen("Access to resource has been denied"), 0o755, "denied", /001\/004.*usermod -aG scanner/],
];

test("scanner: command, permission, busy, another scanner, several", async () => {
  // The machine's own scanimage must not stand in.
  const { PATH: path } = process.env;
  process.env["PATH"] = folder;
  for (const [script, mode, kind, names] of SCANNER) {
    const fault = await faultOf(scanner(commandDir("scanimage", script, mode)), "scanner.absent");
    assertCaused(fault, kind, names, `scanner ${kind}`);
  }
  process.env["PATH"] = path;
});

test("scanner: SANE passes over what it may not open; the USB node says whose it is", async () => {
  const sysfs = join(folder, "usb");
  mkdirSync(join(sysfs, "1-1"), { recursive: true });
  for (const [file, text] of Object.entries({
    idVendor: "04c5",
    idProduct: "132b",
    busnum: "1",
    devnum: "4",
  }))
    writeFileSync(join(sysfs, "1-1", file), `${text}\n`);
  const choice = await chooseScanner([], "usb:04c5:132b", sysfs, async () => false);
  assert.ok("problem" in choice);
  assert.equal(choice.why, { kind: "denied", at: "/dev/bus/usb/001/004" });
});

const SPEAKER: readonly (readonly [player: string, mode: number, kind: CauseKind, names: RegExp])[] = [
  ["exit 0", 0o644, "commandDenied", /chmod 755 .*aplay.*board\.speaker\.command/],
  ["echo 'aplay: main: audio open error: Device or resource busy' >&2; exit 1", 0o755, "busy", /default/],
  ["echo 'aplay: audio open error: Permission denied' >&2; exit 1", 0o755, "denied", /usermod -aG audio/],
  [
    "echo 'aplay: audio open error: No such file or directory' >&2; exit 1",
    0o755,
    "noAudioDevice",
    /aplay -L/,
  ],
];

test("speaker: commands, permission, busy, no sound device", async () => {
  const voiceless = await faultOf(
    () => openEspeak({ clock, commandDir: commandDir("espeak-ng", null) }),
    "speaker.absent",
  );
  assertCaused(voiceless, "commandMissing", /espeak-ng: .*\(espeak-ng\)/, "speaker commandMissing");
  for (const [script, mode, kind, names] of SPEAKER) {
    const player = join(commandDir("aplay", script, mode), "aplay");
    const fault = await faultOf(() => openEspeak({ clock, player }), "speaker.absent");
    assertCaused(fault, kind, names, `speaker ${kind}`);
  }
});

/** Sends back what it gets, as a modem or a console does. */
const withEcho = async (work: (address: string) => Promise<void>): Promise<void> => {
  const path = join(folder, "echo.sock");
  const server = createServer((socket) => socket.on("error", () => {}).pipe(socket));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  await work(`unix:${path}`);
  server.close();
};

test("chip reader: no path, a folder, another device, no bus", async () => {
  const at = (address: string) =>
    faultOf(() => openReaderAt(address, { clock, log: silentLog }), "chipReader.absent");
  const key = /board\.chipReader\.port/;
  assertCaused(
    await at("serial:/nonexistent"),
    "missing",
    /\/nonexistent.*board\.chipReader\.port/,
    "no path",
  );
  assertCaused(await at(`serial:${folder}`), "directory", key, "a folder");
  assertCaused(await at("serial:/dev/null"), "notADevice", key, "no line");
  assertCaused(await at("i2c:77"), "missing", /\/dev\/i2c-77/, "no bus");
  await withEcho(async (address) => {
    const fault = await at(address);
    assert.is(fault.code, "chipReader.wrongDevice");
    assertCaused(fault, "wrongDevice", /echo\.sock.*board\.chipReader\.port/, "an echo");
  });
});

test("sensors: no bus, no chip that acknowledges", async () => {
  const open = {
    power: (wire: Parameters<typeof openPower>[0]["wire"]) => openPower({ wire, clock }),
    climate: (wire: Parameters<typeof openPower>[0]["wire"]) => openClimate({ wire, clock }),
    motion: (wire: Parameters<typeof openPower>[0]["wire"]) =>
      openMotion({ wire, clock, rest: new RestingAttitude() }),
  } as const;
  for (const part of ["power", "climate", "motion"] as const) {
    const absent = `${part}.absent` as const;
    const busless = await faultOf(async () => open[part](await openI2cWire("77", clock)), absent);
    assertCaused(busless, "missing", /\/dev\/i2c-77.*board\.i2c\.bus/, `${part} without a bus`);
    const alone = await faultOf(() => open[part](directWire(new I2cBusSim([]))), absent);
    assertCaused(alone, "noAcknowledge", /0x\d\d.*i2cdetect -y.*board\.i2c\.bus/, `${part} without a chip`);
  }
});

test("lines: no chip of that label", async () => {
  for (const bus of ["gpio-sysfs", "gpio-cdev"]) {
    const wiring = { bus, chip: "pinctrl-nowhere", offsets: { door: 17 } };
    const fault = await faultOf(
      async () => openLines({ ...(await openLineBus(wiring, clock)), activeLow: [], debounceMs: 20, clock }),
      "lines.absent",
    );
    assertCaused(fault, "missing", /board\.lines/, bus);
  }
});

test("printer and code reader: no path, a plain file", async () => {
  const plain = join(folder, "plain");
  writeFileSync(plain, "");
  for (const part of ["printer", "codeReader"] as const)
    for (const [path, kind] of [
      ["/nonexistent/lp0", "missing"],
      [plain, "notADevice"],
    ] as const) {
      const fault = await faultOf(() => openPort(`file:${path}`), `${part}.absent`);
      assertCaused(fault, kind, new RegExp(`${path}.*board\\.${part}\\.port`), `${part} ${kind}`);
    }
});

test("on the command line it is one line with the fault's name and the remedy", async () => {
  const { code, stderr } = await runCommand(
    ["chip", "read", "--reader", "serial:/nonexistent", "--can", "123456"],
    {
      env: { MOTCUA_SETUP: "done" },
    },
  );
  assert.is(code, 1);
  assert.match(
    stderr,
    /^motcua chip read: serial:\/nonexistent: chipReader\.absent: .*board\.chipReader\.port/,
  );
  assert.not.match(stderr, /program error|\n\s+at /i);
  assert.is(stderr.trimEnd().split("\n").length, 1);
});

test.run();
