// Which driver serves which device of the wiring, and how often is each asked how it is?
import type { Clock } from "../core/clock.js";
import type { FaultCode, Part } from "../core/faults.js";
import type { Log } from "../core/log.js";
import type { Board, BoardWiring } from "./board.js";
import { type CameraPart, openLibcamera } from "./camera/libcamera.js";
import { openClimate } from "./climate/sht31.js";
import type { Device } from "./device.js";
import { openLines } from "./lines/driver.js";
import type { LineBus } from "./lines/line-bus.js";
import { openOnoffBus } from "./lines/onoff-bus.js";
import { socketLineBus } from "./lines/socket-bus.js";
import { openCodeReader } from "./open-code-reader.js";
import { openI2cWire, openReaderAt } from "./open-reader.js";
import { openPort } from "./port/open.js";
import { openPower } from "./power/driver.js";
import { openPrinter } from "./printer/driver.js";
import { noScanner } from "./scanner/no-scanner.js";
import { openSane } from "./scanner/sane.js";
import { openEspeak } from "./speaker/espeak.js";
import { silentSpeaker } from "./speaker/silent.js";
import { type SupervisedDevice, supervise } from "./supervisor.js";

export interface OpenBoardOptions {
  readonly wiring: BoardWiring;
  readonly clock: Clock;
  readonly log: Log;
  /** Other periods for some devices; a rehearsal wants to know at once what a kiosk need not. */
  readonly healthEveryMs?: Partial<Record<BoardPart, number>>;
}

/** The cheap ones are asked often enough that a citizen seldom meets a fault first. */
const HEALTH_EVERY_MS = {
  printer: 3_000,
  chipReader: 5_000,
  codeReader: 3_000,
  // Listing the cameras takes half a second of processor on a small board; a failed picture tells at once.
  documentCamera: 120_000,
  faceCamera: 120_000,
  // The question opens the scanner, which wakes its motor and lamp.
  scanner: 120_000,
  lines: 2_000,
  power: 5_000,
  climate: 30_000,
  speaker: 30_000,
} as const satisfies Partial<Record<Part, number>>;

export type BoardPart = keyof typeof HEALTH_EVERY_MS;

/** A device that somebody plugs in again is back within this. */
const RETRY_CAP_MS = 5_000;

/** Starts every device under its own supervisor and returns at once; none of them can keep the others. */
export const openBoard = (options: OpenBoardOptions): Board => {
  const { wiring, clock, log } = options;
  const keep = <D extends Device>(
    part: BoardPart,
    open: (signal: AbortSignal) => Promise<D>,
  ): SupervisedDevice<D> => {
    const absentFault: FaultCode = `${part}.absent`;
    const healthEveryMs = options.healthEveryMs?.[part] ?? HEALTH_EVERY_MS[part];
    return supervise({ part, absentFault, open, clock, log, healthEveryMs, retryCapMs: RETRY_CAP_MS });
  };
  const camera = (part: CameraPart) =>
    keep(part, (signal) => openLibcamera({ wiring: wiring[part], part, clock }, signal));
  const documentCamera = camera("documentCamera");
  const faceCamera = camera("faceCamera");
  const devices = {
    printer: keep("printer", async () => {
      const { port, widthDots, model } = wiring.printer;
      return openPrinter({ port: await openPort(port), widthDots, model, clock });
    }),
    chipReader: keep("chipReader", (signal) => openReaderAt(wiring.chipReader.port, { clock, log }, signal)),
    codeReader: keep("codeReader", () =>
      openCodeReader({
        wiring: wiring.codeReader,
        cameras: {
          document: { camera: documentCamera, wiring: wiring.documentCamera },
          face: { camera: faceCamera, wiring: wiring.faceCamera },
        },
        clock,
        log,
      }),
    ),
    documentCamera,
    faceCamera,
    scanner: keep("scanner", async (signal) =>
      wiring.scanner.device === "none" ? noScanner() : openSane({ wiring: wiring.scanner, clock }, signal),
    ),
    lines: keep("lines", async () => {
      const { offsets, activeLow, debounceMs } = wiring.lines;
      return openLines({
        bus: await openLineBus(wiring.lines, clock),
        offsets,
        activeLow,
        debounceMs,
        clock,
      });
    }),
    power: keep("power", async () => openPower({ wire: await openI2cWire(wiring.i2c.bus, clock), clock })),
    climate: keep("climate", async () =>
      openClimate({ wire: await openI2cWire(wiring.i2c.bus, clock), clock }),
    ),
    speaker: keep("speaker", async () =>
      wiring.speaker.player === "none" ? silentSpeaker() : openEspeak({ clock }),
    ),
  };
  return {
    ...devices,
    close: async () => {
      await Promise.all(Object.values(devices).map((device) => device.close()));
    },
  };
};

const openLineBus = async (wiring: BoardWiring["lines"], clock: Clock): Promise<LineBus> =>
  wiring.bus === "gpio" ? openOnoffBus(wiring.chip) : socketLineBus(await openPort(wiring.bus), clock);
