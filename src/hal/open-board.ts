// Which driver serves which device of the wiring, and how often is each asked how it is?
import { join } from "node:path";
import type { Clock } from "../core/clock.js";
import type { FaultCode, Part } from "../core/faults.js";
import type { Log } from "../core/log.js";
import { noBacklight } from "./backlight/backlight.js";
import { openSysfsBacklight } from "./backlight/sysfs-backlight.js";
import type { Board, BoardWiring } from "./board.js";
import { type CameraPart, openLibcamera, type StillCommand } from "./camera/libcamera.js";
import { openClimate } from "./climate/sht31.js";
import type { Device } from "./device.js";
import { noFan } from "./fan/fan.js";
import { type FanWay, openSysfsFan } from "./fan/sysfs-fan.js";
import { openLines } from "./lines/driver.js";
import { openLineBus } from "./lines/open-bus.js";
import { openMotion, RestingAttitude } from "./motion/driver.js";
import { noMotionSensor } from "./motion/motion.js";
import { openCodeReader } from "./open-code-reader.js";
import { openI2cWire, openReaderAt, type PortOpener } from "./open-reader.js";
import { folderSpot, HotPlug, type Spot, spotOfAddress } from "./port/hot-plug.js";
import { openPort } from "./port/open.js";
import { SYSTEM_ROOTS, type SystemRoots } from "./port/usb-nodes.js";
import { openPower } from "./power/driver.js";
import { openPrinter } from "./printer/driver.js";
import { noScanner } from "./scanner/no-scanner.js";
import { openSane } from "./scanner/sane.js";
import { type EspeakOptions, openEspeak } from "./speaker/espeak.js";
import { silentSpeaker } from "./speaker/silent.js";
import type { SoundProcess } from "./speaker/sound-command.js";
import { type Patience, type PlugWatch, type SupervisedDevice, supervise } from "./supervisor.js";

export interface OpenBoardOptions {
  readonly wiring: BoardWiring;
  readonly clock: Clock;
  readonly log: Log;
  /** Other periods for some devices; a rehearsal wants to know at once what a kiosk need not. */
  readonly healthEveryMs?: Partial<Record<BoardPart, number>>;
  /** Other wires than the machine's, e.g. those of a board inside the same process. */
  readonly open?: PortOpener;
  readonly runStill?: StillCommand;
  readonly startSound?: SoundProcess;
  readonly plugs?: (part: BoardPart) => PlugWatch;
  /** Other times and limits for all devices. */
  readonly patience?: Patience;
  /** 0 … 1, for the jitter of the waits before a reopening. */
  readonly random?: () => number;
  readonly roots?: SystemRoots;
  /** Where the sound of the catalogue's sentences is kept; left out: nowhere. */
  readonly speechFolder?: string;
  /** Sentences that a person read aloud; left out: none. */
  readonly recorded?: EspeakOptions["recorded"];
}

/** The cheap ones are asked often enough that a citizen seldom meets a fault first. */
export const HEALTH_EVERY_MS = {
  printer: 3_000,
  chipReader: 5_000,
  codeReader: 3_000,
  // Listing the cameras takes half a second of processor on a small board, for both every two minutes nearly a
  // hundredth of a core, more than all other devices together; a failed picture tells at once.
  documentCamera: 300_000,
  faceCamera: 300_000,
  // The question opens the scanner, which wakes its motor and lamp.
  scanner: 120_000,
  lines: 2_000,
  power: 5_000,
  climate: 30_000,
  motion: 5_000,
  speaker: 30_000,
  fan: 10_000,
  backlight: 30_000,
} as const satisfies Partial<Record<Part, number>>;

export type BoardPart = keyof typeof HEALTH_EVERY_MS;

/** A device that somebody plugs in again is back within this. */
const RETRY_CAP_MS = 5_000;

/** Starts every device under its own supervisor and returns at once; none of them can keep the others. */
export const openBoard = (options: OpenBoardOptions): Board => {
  const { wiring, clock, log, runStill, roots = SYSTEM_ROOTS } = options;
  const open = options.open ?? ((address: string) => openPort(address, { roots }));
  const hotPlug = new HotPlug({ clock, roots });
  const spots = spotsOf(wiring, roots);
  const plugsOf = options.plugs ?? ((part: BoardPart) => hotPlug.at(spots[part]));
  const keep = <D extends Device>(
    part: BoardPart,
    openDevice: (signal: AbortSignal) => Promise<D>,
  ): SupervisedDevice<D> => {
    const absentFault: FaultCode = `${part}.absent`;
    const healthEveryMs = options.healthEveryMs?.[part] ?? HEALTH_EVERY_MS[part];
    const plugs = plugsOf(part);
    const { random = Math.random } = options;
    const patience = { retryCapMs: RETRY_CAP_MS, ...options.patience, random };
    return supervise({ part, absentFault, open: openDevice, clock, log, healthEveryMs, plugs, ...patience });
  };
  const rest = new RestingAttitude();
  const camera = (part: CameraPart) =>
    keep(part, (signal) =>
      openLibcamera({ wiring: wiring[part], part, clock, ...(runStill && { runStill }) }, signal),
    );
  const documentCamera = camera("documentCamera");
  const faceCamera = camera("faceCamera");
  const devices = {
    printer: keep("printer", async () => {
      const { port, widthDots, model } = wiring.printer;
      return openPrinter({ port: await open(port), address: port, widthDots, model, clock });
    }),
    chipReader: keep("chipReader", (signal) =>
      openReaderAt(wiring.chipReader.port, { clock, log, open }, signal),
    ),
    codeReader: keep("codeReader", () =>
      openCodeReader({
        wiring: wiring.codeReader,
        cameras: {
          document: { camera: documentCamera, wiring: wiring.documentCamera },
          face: { camera: faceCamera, wiring: wiring.faceCamera },
        },
        clock,
        log,
        open,
      }),
    ),
    documentCamera,
    faceCamera,
    scanner: keep("scanner", async (signal) =>
      wiring.scanner.device === "none" ? noScanner() : openSane({ wiring: wiring.scanner, clock }, signal),
    ),
    lines: keep("lines", async () => {
      const { activeLow, debounceMs } = wiring.lines;
      return openLines({ ...(await openLineBus(wiring.lines, clock, open)), activeLow, debounceMs, clock });
    }),
    power: keep("power", async () =>
      openPower({ wire: await openI2cWire(wiring.i2c.bus, clock, open), clock }),
    ),
    climate: keep("climate", async () =>
      openClimate({ wire: await openI2cWire(wiring.i2c.bus, clock, open), clock }),
    ),
    motion: keep("motion", async () =>
      wiring.motion?.sensor === "lis3dh"
        ? openMotion({ wire: await openI2cWire(wiring.i2c.bus, clock, open), clock, rest })
        : noMotionSensor(),
    ),
    speaker: keep("speaker", async (signal) =>
      wiring.speaker.player === "none" ? silentSpeaker() : openEspeak(espeakOptions(options), signal),
    ),
    fan: keep("fan", async () => openFan(wiring.fan, clock, roots)),
    backlight: keep("backlight", async () => {
      const { device = "none", sys = roots.sys } = wiring.backlight ?? {};
      return device === "none" ? noBacklight() : openSysfsBacklight({ sys, device });
    }),
  };
  return {
    ...devices,
    close: async () => {
      hotPlug.close();
      await Promise.all(Object.values(devices).map((device) => device.close()));
    },
  };
};

const openFan = async (fan: BoardWiring["fan"], clock: Clock, roots: SystemRoots) => {
  if (fan === undefined || fan.device === "none") return noFan();
  const colon = fan.device.indexOf(":");
  const { zone, curve, sys = roots.sys } = fan;
  const way = fan.device.slice(0, colon) as FanWay;
  return openSysfsFan({ sys, way, name: fan.device.slice(colon + 1), zone, curve, clock });
};

const espeakOptions = ({
  wiring,
  clock,
  speechFolder = "",
  startSound,
  recorded,
}: OpenBoardOptions): EspeakOptions => {
  const { command, commandDir, device, volume } = wiring.speaker;
  return {
    clock,
    cacheFolder: speechFolder,
    ...(recorded && { recorded }),
    ...(startSound && { startSound }),
    ...(commandDir === undefined ? {} : { commandDir }),
    ...(command === undefined ? {} : { player: command }),
    ...(device === undefined ? {} : { device }),
    ...(volume === undefined ? {} : { volume }),
  };
};

/** What appears where when a device is plugged in. */
const spotsOf = (wiring: BoardWiring, roots: SystemRoots): Readonly<Record<BoardPart, Spot | null>> => {
  const at = (address: string) => spotOfAddress(address, roots);
  const camera = folderSpot(roots.dev, /^(video|media)\d+$/);
  return {
    printer: at(wiring.printer.port),
    chipReader: at(wiring.chipReader.port),
    codeReader: /^camera:/.test(wiring.codeReader.port)
      ? camera
      : at(wiring.codeReader.port.replace(/:auto$/, "")),
    scanner: wiring.scanner.device === "none" ? null : folderSpot(join(roots.dev, "bus", "usb"), /^\d+$/),
    documentCamera: camera,
    faceCamera: camera,
    lines: wiring.lines.bus.startsWith("gpio")
      ? folderSpot(roots.dev, /^gpiochip\d+$/)
      : at(wiring.lines.bus),
    power: at(wiring.i2c.bus),
    climate: at(wiring.i2c.bus),
    motion: wiring.motion?.sensor === "lis3dh" ? at(wiring.i2c.bus) : null,
    speaker: wiring.speaker.player === "none" ? null : folderSpot(join(roots.dev, "snd"), /^pcm.*p$/),
    // sysfs tells of no change; they are of the board, and nobody plugs them.
    fan: null,
    backlight: null,
  };
};
