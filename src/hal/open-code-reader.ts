// Which driver serves the code reader of the wiring: a serial scanner, a camera, or the one while the other is away?
import type { Clock } from "../core/clock.js";
import type { Log } from "../core/log.js";
import type { BoardWiring, CameraWiring } from "./board.js";
import type { Camera } from "./camera/camera.js";
import { openCameraReader } from "./code-reader/camera-reader.js";
import type { CodeReader } from "./code-reader/code-reader.js";
import { openWithFallback } from "./code-reader/fallback-reader.js";
import { COMMON_SPEEDS } from "./code-reader/line-speed.js";
import { openSerialScanner } from "./code-reader/serial-scanner.js";
import type { Supervised } from "./device.js";
import type { PortOpener } from "./open-reader.js";
import { parseAddress } from "./port/address.js";
import { openPort } from "./port/open.js";

export interface CodeReaderParts {
  readonly wiring: BoardWiring["codeReader"];
  readonly cameras: Readonly<
    Record<"document" | "face", { readonly camera: Supervised<Camera>; readonly wiring: CameraWiring }>
  >;
  readonly clock: Clock;
  readonly log: Log;
  readonly open?: PortOpener;
}

/** Decoding takes a fifth of a second of one core here, a second on a small board. */
const FRAMES_PER_SECOND = 3;
/** Half of an HQ camera's picture: a card's QR on the tray still has two pixels a module, which is enough. */
const WIDEST_PX = 2_028;
const SLOWEST_FRAME_MS = 8_000;
const AUTO = /:auto$/;

/**
 * `serial:PATH[:BAUD]`, `serial:PATH:auto` (finds the speed), any other byte port, or `camera:document` and
 * `camera:face`. Rejects as the driver does.
 */
export const openCodeReader = async (parts: CodeReaderParts): Promise<CodeReader> => {
  const { wiring, clock } = parts;
  const watched = cameraOf(wiring.port);
  if (watched !== null) return cameraReader(parts, watched);
  const fallback = cameraOf(wiring.fallback ?? "");
  const scanner = () => openScanner(parts);
  if (fallback === null) return scanner();
  return openWithFallback({ scanner, standIn: () => cameraReader(parts, fallback), clock });
};

const cameraOf = (address: string): "document" | "face" | null => {
  const [, name] = /^camera:(document|face)$/.exec(address) ?? [];
  return name === "document" || name === "face" ? name : null;
};

const cameraReader = ({ cameras, clock, log }: CodeReaderParts, name: "document" | "face"): CodeReader => {
  const { camera, wiring } = cameras[name];
  const smaller = Math.min(1, WIDEST_PX / wiring.widthPx);
  const even = (px: number) => 2 * Math.round((px * smaller) / 2);
  const preview = {
    widthPx: even(wiring.widthPx),
    heightPx: even(wiring.heightPx),
    framesPerSecond: FRAMES_PER_SECOND,
    frameWithinMs: SLOWEST_FRAME_MS,
  };
  return openCameraReader({ camera, preview, clock, log });
};

const openScanner = async ({ wiring, clock, log, open = openPort }: CodeReaderParts): Promise<CodeReader> => {
  const { port: address, prefix = "", suffix = "auto" } = wiring;
  const findSpeed = AUTO.test(address);
  const [first = 9_600] = COMMON_SPEEDS;
  const plain = address.replace(AUTO, `:${first}`);
  const parsed = parseAddress(plain);
  const speed = parsed.kind === "serial" && parsed.baudRate !== null ? { baudRate: parsed.baudRate } : {};
  const port = await open(plain);
  return openSerialScanner({ port, clock, log, framing: { prefix, suffix }, findSpeed, ...speed });
};
