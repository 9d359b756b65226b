// What is at the far end of every wire of a kiosk that has no hardware?
//
// It lives in another process than the runtime, so that `kill -9` of the runtime leaves paper, card and
// lamps as they were. The wires are Unix sockets, and a folder with a `libcamera-still` for the cameras.

import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Clock, SystemClock } from "../../core/clock.js";
import type { BoardWiring } from "../board.js";
import { DEFAULT_CURVE } from "../fan/curve.js";
import { KEY_LINES } from "../lines/lines.js";
import type { BytePort } from "../port/byte-port.js";
import { CameraSim, type ComposeFrame } from "./camera-sim.js";
import type { SimControl } from "./far-ends.js";
import { ClimateSim, I2cBusSim, MotionSim, PowerSim } from "./i2c-sim.js";
import { LinesSim } from "./lines-sim.js";
import { Pn532Sim } from "./pn532-sim.js";
import { PrinterSim } from "./printer-sim.js";
import { ScannerSim } from "./scanner-sim.js";
import { SheetFeederSim } from "./sheet-feeder-sim.js";
import { SocketPlug } from "./socket-plug.js";
import { SoundSim } from "./sound-sim.js";
import { type SysfsControl, SysfsSim } from "./sysfs-sim.js";

export interface SimBoardOptions {
  /** Made when it is missing; the sockets and the camera command lie in it. */
  readonly dir: string;
  readonly widthDots: 384 | 576;
  readonly model: "epson" | "generic";
  /** A sheet-fed scanner is fitted. */
  readonly scanner?: boolean;
  /** It has a loudspeaker: what it says is kept for who listens at the far end. */
  readonly speaker?: boolean;
}

export interface SimBoard {
  readonly control: SimControl & { readonly cooling: SysfsControl };
  readonly wiring: BoardWiring;
  /** Pulls every wire. Safe to call twice. */
  close(): Promise<void>;
}

const WIRES = [
  "printer",
  "chip-reader",
  "code-reader",
  "lines",
  "i2c",
  "camera",
  "scanner",
  "speaker",
] as const;
export type WireName = (typeof WIRES)[number];

/** sockaddr_un holds 108 bytes with the final zero (unix(7)). */
const LONGEST_SOCKET_PATH_BYTES = 100;
/** Name, wire, and the program with its first words. */
const COMMANDS = [
  ["libcamera-still", "camera", "libcamera-still", []],
  ["libcamera-vid", "camera", "libcamera-vid", []],
  ["scanimage", "scanner", "scanimage", []],
  ["espeak-ng", "speaker", "sound-program", ["espeak-ng"]],
  ["aplay", "speaker", "sound-program", ["aplay"]],
] as const;

/** Pins as on the Raspberry Pi 4 table of board/. */
const LINES = {
  offsets: {
    door: 17,
    presence: 27,
    helpButton: 22,
    headphones: 23,
    powerLost: 4,
    keyPrevious: 24,
    keyNext: 25,
    keySelect: 12,
    keyRepeat: 16,
    keyVolume: 20,
    keyPace: 21,
    cardLamp: 5,
    trayLamp: 6,
    slipLamp: 13,
    officerLamp: 19,
    buzzer: 26,
  },
  activeLow: ["helpButton", "headphones", "powerLost", ...KEY_LINES],
} as const;

/** Rejects with an `Error` when another board runs in `dir` or the folder can not be written. */
export const createSimBoard = async (options: SimBoardOptions): Promise<SimBoard> => {
  const folder = await socketFolder(options.dir);
  const { widthDots, model } = options;
  const parts = makeParts({ widthDots, model });
  const plugs = makePlugs(parts, (wire, attach) => new SocketPlug(join(folder.path, `${wire}.sock`), attach));
  const sys = join(folder.path, "sys");
  const sysfs = new SysfsSim(sys);
  const close = async () => {
    sysfs.close();
    await Promise.all(WIRES.map((wire) => plugs[wire].setPlugged(false)));
    if (folder.temporary) await rm(folder.path, { recursive: true, force: true });
  };
  try {
    const commandDir = await writeCommands(folder.path, plugs);
    for (const wire of WIRES) await plugs[wire].setPlugged(true);
    return {
      control: { ...makeControl(parts, plugs), cooling: sysfs.control },
      wiring: {
        ...makeWiring(options, plugs, commandDir),
        fan: { device: "hwmon:pwmfan", zone: "cpu-thermal", curve: DEFAULT_CURVE, sys },
        backlight: { device: "panel", sys },
      },
      close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
};

interface Folder {
  readonly path: string;
  readonly temporary: boolean;
}

/** The wanted folder, or a short one for the sockets where its path is too long for them. */
const socketFolder = async (dir: string): Promise<Folder> => {
  await mkdir(dir, { recursive: true });
  const longest = Math.max(...WIRES.map((wire) => Buffer.byteLength(join(dir, `${wire}.sock`))));
  if (longest <= LONGEST_SOCKET_PATH_BYTES) return { path: dir, temporary: false };
  return { path: await mkdtemp(join(tmpdir(), "motcua-board-")), temporary: true };
};

export interface Parts {
  readonly printer: PrinterSim;
  readonly chipReader: Pn532Sim;
  readonly codeReader: ScannerSim;
  readonly lines: LinesSim;
  readonly power: PowerSim;
  readonly climate: ClimateSim;
  readonly motion: MotionSim;
  readonly i2c: I2cBusSim;
  readonly cameras: CameraSim;
  readonly scanner: SheetFeederSim;
  readonly speaker: SoundSim;
}

export interface PartsOptions extends Omit<SimBoardOptions, "dir"> {
  /** The world's own time, whatever clock the runtime believes in; the machine's when left out. */
  readonly clock?: Clock;
  /** Left out: paper is burnt as fast as the bytes come. */
  readonly rowsPerSecond?: number;
  readonly compose?: ComposeFrame;
}

export const makeParts = ({ compose, clock, ...printer }: PartsOptions): Parts => {
  const time = clock ?? new SystemClock({ floorMs: 0, synchronised: () => true });
  const power = new PowerSim();
  const climate = new ClimateSim();
  const motion = new MotionSim();
  return {
    printer: new PrinterSim({ ...printer, clock: time }),
    chipReader: new Pn532Sim(time),
    codeReader: new ScannerSim(),
    lines: new LinesSim(LINES),
    power,
    climate,
    motion,
    i2c: new I2cBusSim([...power.chips, ...climate.chips, ...motion.chips]),
    cameras: new CameraSim(compose),
    scanner: new SheetFeederSim(),
    speaker: new SoundSim(time),
  };
};

/** One wire's plug; `SocketPlug` is one. */
export type Plug = Pick<SocketPlug, "path" | "setPlugged">;
export type Plugs = Readonly<Record<WireName, Plug>>;

export const makePlugs = (
  parts: Parts,
  makePlug: (wire: WireName, attach: (port: BytePort) => void) => Plug,
): Plugs => {
  const plug = (wire: WireName, part: { attach(port: BytePort): void }) =>
    makePlug(wire, (port) => part.attach(port));
  return {
    printer: plug("printer", parts.printer),
    "chip-reader": plug("chip-reader", parts.chipReader),
    "code-reader": plug("code-reader", parts.codeReader),
    lines: plug("lines", parts.lines),
    i2c: plug("i2c", parts.i2c),
    camera: plug("camera", parts.cameras),
    scanner: plug("scanner", parts.scanner),
    speaker: plug("speaker", parts.speaker),
  };
};

/** The parts' own handles; pulling a plug also takes the wire away, as with a USB cable. */
export const makeControl = (parts: Parts, plugs: Plugs): SimControl => {
  const wire = (name: WireName, plugged: boolean) => {
    // It can only fail when somebody takes the folder away; then the device stays absent.
    plugs[name].setPlugged(plugged).catch(() => {});
  };
  return {
    printer: withPlug(parts.printer.control, (plugged) => {
      parts.printer.control.setPlugged(plugged);
      wire("printer", plugged);
    }),
    chipReader: withPlug(parts.chipReader.control, (plugged) => {
      parts.chipReader.control.setPlugged(plugged);
      wire("chip-reader", plugged);
    }),
    codeReader: withPlug(parts.codeReader.control, (plugged) => {
      parts.codeReader.control.setPlugged(plugged);
      wire("code-reader", plugged);
    }),
    lines: withPlug(parts.lines.control, (plugged) => wire("lines", plugged)),
    cameras: parts.cameras.control,
    scanner: parts.scanner.control,
    speaker: parts.speaker,
    power: parts.power.control,
    climate: parts.climate.control,
    motion: parts.motion.control,
  };
};

/** The same handle with another `setPlugged`. A proxy, because the handle's getters must stay getters. */
const withPlug = <C extends object>(
  control: C,
  setPlugged: (plugged: boolean) => void,
): C & { setPlugged(plugged: boolean): void } =>
  new Proxy(control, {
    get: (part, name) => {
      if (name === "setPlugged") return setPlugged;
      const value: unknown = Reflect.get(part, name, part);
      return typeof value === "function" ? value.bind(part) : value;
    },
  }) as C & { setPlugged(plugged: boolean): void };

/** The board's commands: scripts that start the simulated programs on their wires. */
const writeCommands = async (folder: string, plugs: Plugs): Promise<string> => {
  const commandDir = join(folder, "bin");
  await mkdir(commandDir, { recursive: true });
  for (const [name, wire, file, first] of COMMANDS) {
    const program = fileURLToPath(new URL(`./${file}.js`, import.meta.url));
    const words = [process.execPath, program, plugs[wire].path, ...first].map(quoted).join(" ");
    await writeFile(join(commandDir, name), `#!/bin/sh\nexec ${words} "$@"\n`);
    await chmod(join(commandDir, name), 0o755);
  }
  return commandDir;
};

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

export const makeWiring = (
  options: Omit<SimBoardOptions, "dir">,
  plugs: Plugs,
  commandDir: string,
): BoardWiring => {
  const address = (wire: WireName) => `unix:${plugs[wire].path}`;
  return {
    printer: { port: address("printer"), widthDots: options.widthDots, model: options.model },
    chipReader: { port: address("chip-reader") },
    codeReader: { port: address("code-reader") },
    documentCamera: { camera: "imx477", commandDir, widthPx: 4056, heightPx: 3040, deadlineMs: 15_000 },
    faceCamera: { camera: "imx708", commandDir, widthPx: 1280, heightPx: 960, deadlineMs: 10_000 },
    scanner: {
      device: options.scanner === true ? "simulated:feeder" : "none",
      commandDir,
      dpi: 200,
      mode: "color",
      maxSheets: 20,
      deadlineMs: 10_000,
    },
    lines: { bus: address("lines"), chip: "simulated", ...LINES, debounceMs: 20 },
    i2c: { bus: address("i2c") },
    motion: { sensor: "lis3dh" },
    speaker:
      options.speaker === true
        ? { player: "espeak-ng", commandDir, command: join(commandDir, "aplay") }
        : { player: "none" },
  };
};
