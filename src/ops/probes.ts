// What is done to each device to find out whether it works?
import sharp from "sharp";
import type { Clock } from "../core/clock.js";
import type { Fault } from "../core/faults.js";
import type { Board, DeviceName } from "../hal/board.js";
import type { Camera } from "../hal/camera/camera.js";
import type { Device, Supervised } from "../hal/device.js";
import { INPUT_LINES, type Lines, OUTPUT_LINES } from "../hal/lines/lines.js";
import type { DotBitmap } from "../hal/printer/printer.js";

export interface Seen {
  readonly evidence: string;
  /** PNG. */
  readonly picture?: Uint8Array;
  /** Only a person can tell whether it came out. */
  readonly eyes?: boolean;
  /** False: the board has no such device. */
  readonly fitted?: boolean;
}

export type Probe = (signal: AbortSignal) => Promise<Seen>;

/** Counts the faces on a picture; the model room gives it. */
export type FaceLook = (jpeg: Uint8Array) => Promise<{ readonly faces: number }>;

export type TestPrint = (
  page: (widthDots: number) => Promise<DotBitmap>,
) => Promise<
  | { readonly result: "printed" }
  | { readonly result: "notPrinted"; readonly fault: Fault }
  | { readonly result: "inDoubt" }
>;

export interface ProbeParts {
  readonly board: Board;
  readonly clock: Clock;
  readonly look: FaceLook;
  /** Prints the test slip, journalled before and after; `null`: the printer is only asked how it is. */
  readonly printTest: TestPrint | null;
  readonly testPage: (widthDots: number) => Promise<DotBitmap>;
  readonly attended: boolean;
}

/** A device that answered, and answered with a fault. */
export class SelfTestFault extends Error {
  override readonly name = "SelfTestFault";
  constructor(readonly fault: Fault) {
    super(fault.detail);
  }
}

/** How long a person is waited for at each of the things to be done. */
const HANDS_MS = 15_000;
/** Names on a paper left on the tray can not be read at one dot a millimetre, nor a face be known. */
const PICTURE_WIDTH_PX = 320;
const FACE_WIDTH_PX = 48;
const SPOKEN = { vi: "Loa hoạt động tốt.", en: "The speaker works." } as const;
const LAMP_MS = 80;
const ATTENDED_LAMP_MS = 1_000;

const healthy = async (device: Device): Promise<void> => {
  const fault = await device.health();
  if (fault !== null) throw new SelfTestFault(fault);
};

const kilobytes = (jpeg: Uint8Array): string => `picture of ${Math.round(jpeg.length / 1024)} kB`;

const still = (camera: Supervised<Camera>, signal: AbortSignal): Promise<Uint8Array> =>
  camera.use(async (open) => (await open.still(signal)).jpeg);

const tray =
  ({ board }: ProbeParts): Probe =>
  async (signal) => {
    const jpeg = await still(board.documentCamera, signal);
    const picture = await sharp(jpeg).resize(PICTURE_WIDTH_PX).png().toBuffer();
    return { evidence: kilobytes(jpeg), picture };
  };

/** Also proves that the face model loads and answers. The picture shows light and aim, and nobody. */
const portrait =
  ({ board, look }: ProbeParts): Probe =>
  async (signal) => {
    const jpeg = await still(board.faceCamera, signal);
    const { faces } = await look(jpeg);
    const coarse = await sharp(jpeg).resize(FACE_WIDTH_PX).png().toBuffer();
    const picture = await sharp(coarse)
      .resize(PICTURE_WIDTH_PX, null, { kernel: "nearest" })
      .png()
      .toBuffer();
    return { evidence: `${kilobytes(jpeg)}, ${faces === 1 ? "1 face" : `${faces} faces`}`, picture };
  };

/** A set bit is black; PNG's one-bit grey has it white. */
export const bitmapPng = ({ widthDots, heightDots, bits }: DotBitmap): Promise<Uint8Array> => {
  const rowBytes = Math.ceil(widthDots / 8);
  const grey = new Uint8Array(widthDots * heightDots);
  for (let y = 0; y < heightDots; y++)
    for (let x = 0; x < widthDots; x++)
      grey[y * widthDots + x] = ((bits[y * rowBytes + (x >> 3)] ?? 0) >> (7 - (x & 7))) & 1 ? 0 : 255;
  return sharp(grey, { raw: { width: widthDots, height: heightDots, channels: 1 } })
    .png()
    .toBuffer();
};

const slip =
  ({ board, printTest, testPage }: ProbeParts): Probe =>
  async () => {
    const { status, widthDots } = await board.printer.use(async (printer) => ({
      status: await printer.status(),
      widthDots: printer.widthDots,
    }));
    if (status.fault !== null) throw new SelfTestFault(status.fault);
    const paper = `paper ${status.paper}`;
    if (printTest === null) return { evidence: `${paper}, nothing printed` };
    const outcome = await printTest(testPage);
    if (outcome.result === "notPrinted") throw new SelfTestFault(outcome.fault);
    if (outcome.result === "inDoubt")
      throw new SelfTestFault({
        code: "printer.inDoubt",
        detail: "the printer did not confirm the test slip",
      });
    const picture = await bitmapPng(await testPage(widthDots));
    return { evidence: `${paper}, test slip printed`, picture, eyes: true };
  };

/** Waits for the hand of a technician; `false` when nobody did it in time. */
const byHand = async (
  clock: Clock,
  signal: AbortSignal,
  wait: (signal: AbortSignal) => Promise<unknown>,
): Promise<boolean> => {
  const limit = new AbortController();
  const stop = () => limit.abort(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  const timer = clock.setTimeout(() => limit.abort(new Error("nobody did it in time")), HANDS_MS);
  try {
    await wait(limit.signal);
    return true;
  } catch (error) {
    if (limit.signal.aborted && !signal.aborted) return false;
    throw error;
  } finally {
    clock.clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
};

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });

const chip =
  ({ board, clock, attended }: ProbeParts): Probe =>
  (signal) =>
    board.chipReader.use(async (reader) => {
      await healthy(reader);
      if (!attended) return { evidence: "answers" };
      let type = "";
      const came = await byHand(clock, signal, async (stop) => {
        const card = await reader.waitForCard(stop);
        type = card.type;
        await card.release();
      });
      return came
        ? { evidence: `answers, sees a type ${type} card` }
        : { evidence: "answers, no card was laid" };
    });

const code =
  ({ board, clock, attended }: ProbeParts): Probe =>
  (signal) =>
    board.codeReader.use(async (reader) => {
      await healthy(reader);
      if (!attended) return { evidence: "answers" };
      let length = 0;
      const came = await byHand(clock, signal, async (stop) => {
        const ended = untilAborted(stop);
        let off = () => {};
        const shown = new Promise<void>((resolve) => {
          off = reader.onCode((text) => {
            length = text.length;
            resolve();
          });
        });
        await Promise.race([shown, ended]).finally(off);
      });
      // What the code says may be a person's: its length is proof enough.
      return came
        ? { evidence: `answers, read a code of ${length} characters` }
        : { evidence: "answers, no code was shown" };
    });

const inputsText = async (lines: Lines): Promise<string> => {
  const words: string[] = [];
  for (const line of INPUT_LINES) words.push(`${line} ${(await lines.read(line)) ? "on" : "off"}`);
  return words.join(", ");
};

const lamps =
  ({ board, clock, attended }: ProbeParts): Probe =>
  (signal) =>
    board.lines.use(async (lines) => {
      for (const line of OUTPUT_LINES) {
        if (line === "buzzer" && !attended) continue;
        await lines.set(line, true);
        await clock.sleep(attended ? ATTENDED_LAMP_MS : LAMP_MS).finally(() => lines.set(line, false));
      }
      const rest = `${await inputsText(lines)}; lamps blinked`;
      if (!attended) return { evidence: rest, eyes: true };
      const moved = new Set<string>();
      await byHand(clock, signal, async (stop) => {
        const off = lines.onEdge(({ line }) => moved.add(line));
        await untilAborted(stop).finally(off);
      });
      return { evidence: `${rest}; moved by hand: ${[...moved].join(", ") || "none"}`, eyes: true };
    });

const voice =
  ({ board }: ProbeParts): Probe =>
  () =>
    board.speaker.use(async (speaker) => {
      await healthy(speaker);
      await speaker.say(SPOKEN.vi, "vi");
      return { evidence: `said "${SPOKEN.vi}"`, eyes: true };
    });

/** Nothing is fed: a self-test must not swallow a paper that somebody left in the slot. */
const slot =
  ({ board }: ProbeParts): Probe =>
  () =>
    board.scanner.use(async (scanner) => {
      if (!scanner.fitted) return { evidence: "not on this board", fitted: false };
      await healthy(scanner);
      const back = await scanner.giveBack();
      return {
        evidence: back === "ejected" ? "answers, path pushed clear" : "answers; papers are taken out by hand",
      };
    });

const cooling =
  ({ board }: ProbeParts): Probe =>
  (signal) =>
    board.fan.use(async (fan) => {
      const before = await fan.read();
      if (before === null) return { evidence: "not on this board", fitted: false };
      await healthy(fan);
      const turned = await fan.spin(signal);
      if (turned === false)
        throw new SelfTestFault({ code: "fan.stalled", detail: "told to turn at full speed, it stood" });
      const said = `processor at ${before.celsius.toFixed(0)} °C, fan at ${before.percent} %`;
      if (turned === true) return { evidence: `${said}; turned at full speed` };
      return { evidence: `${said}; nothing counts its turns`, eyes: true };
    });

const light =
  ({ board, clock, attended }: ProbeParts): Probe =>
  () =>
    board.backlight.use(async (backlight) => {
      const before = await backlight.read();
      if (before === null) return { evidence: "not on this board", fitted: false };
      await backlight.set(0);
      await clock.sleep(attended ? ATTENDED_LAMP_MS : LAMP_MS).finally(() => backlight.set(before));
      await healthy(backlight);
      return { evidence: `at ${before} %, went dim and back`, eyes: true };
    });

export const probes = (parts: ProbeParts): Readonly<Record<DeviceName, Probe>> => {
  const { board } = parts;
  return {
    printer: slip(parts),
    chipReader: chip(parts),
    codeReader: code(parts),
    documentCamera: tray(parts),
    faceCamera: portrait(parts),
    scanner: slot(parts),
    lines: lamps(parts),
    power: async () => {
      const reading = await board.power.use((power) => power.read());
      return {
        evidence: `${reading.mains ? "mains" : "battery"}, ${Math.round(reading.batteryFraction * 100)} %, ${reading.batteryVolts.toFixed(2)} V`,
      };
    },
    climate: async () => {
      const reading = await board.climate.use((climate) => climate.read());
      return {
        evidence: `${reading.celsius.toFixed(1)} °C, ${Math.round(reading.relativeHumidity)} % humidity`,
      };
    },
    motion: async () => {
      const reading = await board.motion.use((motion) => motion.read());
      return reading === null
        ? { evidence: "not on this board", fitted: false }
        : { evidence: `stands, ${reading.tiltDegrees.toFixed(0)}° off its attitude` };
    },
    speaker: voice(parts),
    fan: cooling(parts),
    backlight: light(parts),
  };
};
