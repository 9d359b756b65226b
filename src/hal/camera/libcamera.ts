// How does one of the board's cameras take a picture?
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, TimeoutError, withDeadline } from "../../core/clock.js";
import { type Fault, type FaultCode, FaultError, toFault } from "../../core/faults.js";
import type { CameraWiring } from "../board.js";
import type { Camera, Frame } from "./camera.js";
import { runStill } from "./camera-command.js";
import { makePictureFolder, pictureFolder, removeOrphanedPictures } from "./picture-folder.js";
import type { StillOptions } from "./still-options.js";

export type CameraPart = "documentCamera" | "faceCamera";

/** Runs `libcamera-still` and gives what it printed. */
export type StillCommand = typeof runStill;

export interface LibcameraOptions {
  readonly wiring: CameraWiring;
  readonly part: CameraPart;
  readonly clock: Clock;
  /** Left out: a process of its own. */
  readonly runStill?: StillCommand;
}

/** Exposure and white balance need about twenty frames before the picture is worth taking. */
const SETTLE_MS = 700;
/** Listing opens no sensor; only a hung kernel driver takes this long. */
const LIST_WITHIN_MS = 5_000;
/** Asking costs half a second of processor on a small board, so a recent answer is believed. */
const BELIEVED_MS = 4_000;

/** Throws `FaultError` "…absent" when the command or the camera is not there, "…stalled" when listing hangs. */
export const openLibcamera = async (options: LibcameraOptions, signal?: AbortSignal): Promise<Camera> => {
  const folder = await pictureFolder();
  await removeOrphanedPictures(folder);
  const camera = new Libcamera(options, folder);
  await camera.look(signal);
  return camera;
};

class Libcamera implements Camera {
  readonly #options: LibcameraOptions;
  readonly #folder: string;
  readonly #ended = new AbortController();
  /** A sensor serves one process at a time. */
  #turn: Promise<unknown> = Promise.resolve();
  #seenAtMs = 0;

  constructor(options: LibcameraOptions, folder: string) {
    this.#options = options;
    this.#folder = folder;
  }

  still(signal?: AbortSignal): Promise<Frame> {
    const { deadlineMs } = this.#options.wiring;
    const picture = () => this.#bounded(deadlineMs, "a picture", (inner) => this.#take(inner), signal);
    return this.#inTurn(picture, signal);
  }

  /** Throws when the camera is not among those that libcamera lists. */
  look(signal?: AbortSignal): Promise<void> {
    const list = async (inner: AbortSignal) => {
      const listed = await this.#command({ "list-cameras": true }, inner);
      // "0 : imx477 [4056x3040] (/base/soc/i2c0mux/i2c@1/imx477@1a)"
      const numbers = [...listed.matchAll(/^\s*(\d+)\s*:\s/gm)].map((match) => Number(match[1]));
      const { camera } = this.#options.wiring;
      if (!numbers.includes(camera))
        throw this.#fault(
          "absent",
          `libcamera lists no camera ${camera} (it lists: ${numbers.join(", ") || "none"})`,
        );
      this.#seenAtMs = this.#options.clock.monotonicMs();
    };
    return this.#inTurn(() => this.#bounded(LIST_WITHIN_MS, "the list of cameras", list, signal), signal);
  }

  async health(): Promise<Fault | null> {
    if (this.#options.clock.monotonicMs() - this.#seenAtMs < BELIEVED_MS) return null;
    try {
      await this.look();
      return null;
    } catch (thrown) {
      return toFault(thrown, this.#code("absent"));
    }
  }

  async close(): Promise<void> {
    this.#ended.abort(this.#fault("absent", "the camera was closed"));
    await this.#turn;
  }

  async #take(signal: AbortSignal): Promise<Frame> {
    const { camera, widthPx, heightPx } = this.#options.wiring;
    const folder = await makePictureFolder(this.#folder);
    try {
      const output = join(folder, "still.jpg");
      await this.#command(
        { camera, width: widthPx, height: heightPx, timeout: SETTLE_MS, nopreview: true, output },
        signal,
      );
      const jpeg = new Uint8Array(await readFile(output));
      if (!isWholeJpeg(jpeg)) throw this.#fault("stalled", `a broken picture of ${jpeg.length} bytes`);
      const takenAtMs = this.#options.clock.monotonicMs();
      this.#seenAtMs = takenAtMs;
      return { jpeg, takenAtMs };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  #command(options: StillOptions, signal: AbortSignal): Promise<string> {
    const run = this.#options.runStill ?? runStill;
    return run(options, this.#options.wiring.commandDir, signal);
  }

  /** One after the other; who leaves while still waiting is let go at once. */
  #inTurn<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    let begun = false;
    const result = this.#turn.then(() => {
      begun = true;
      signal?.throwIfAborted();
      return work();
    });
    this.#turn = result.catch(() => {});
    if (signal === undefined) return result;
    return new Promise((resolve, reject) => {
      const leave = () => {
        if (!begun) reject(signal.reason as Error);
      };
      signal.addEventListener("abort", leave, { once: true });
      result.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
    });
  }

  /** `work` until the deadline, the caller's signal or `close`; waits until the killed command is gone. */
  async #bounded<T>(
    limitMs: number,
    what: string,
    work: (signal: AbortSignal) => Promise<T>,
    outer?: AbortSignal,
  ): Promise<T> {
    const ended = this.#ended.signal;
    const either = outer === undefined ? ended : AbortSignal.any([ended, outer]);
    let working: Promise<unknown> = Promise.resolve();
    try {
      return await withDeadline(
        this.#options.clock,
        limitMs,
        what,
        (signal) => {
          const result = work(signal);
          working = result.catch(() => {});
          return result;
        },
        either,
      );
    } catch (thrown) {
      await working;
      if (either.aborted) throw either.reason;
      if (thrown instanceof FaultError) throw thrown;
      if (thrown instanceof TimeoutError) throw this.#fault("stalled", thrown.message, thrown);
      throw this.#fault("absent", thrown instanceof Error ? thrown.message : String(thrown), thrown);
    }
  }

  #code(kind: "absent" | "stalled"): FaultCode {
    return `${this.#options.part}.${kind}`;
  }

  #fault(kind: "absent" | "stalled", detail: string, cause?: unknown): FaultError {
    return new FaultError(this.#code(kind), detail, { cause });
  }
}

/** Start and end marker (ITU-T T.81, table B.1): a command that was cut off leaves a file without its end. */
const isWholeJpeg = (bytes: Uint8Array): boolean =>
  bytes.length > 4 &&
  bytes[0] === 0xff &&
  bytes[1] === 0xd8 &&
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    .subarray(-1024)
    .lastIndexOf("ffd9", undefined, "hex") >= 0;
