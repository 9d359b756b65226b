// How does one of the board's cameras take a picture?
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { CausedError } from "../../core/causes.js";
import { type Clock, TimeoutError, withDeadline } from "../../core/clock.js";
import { type Fault, type FaultCode, FaultError, toFault } from "../../core/faults.js";
import type { CameraWiring } from "../board.js";
import { Turns } from "../turns.js";
import type { Camera, Exposure, Frame, PreviewOptions } from "./camera.js";
import { CameraCommandError, runStill } from "./camera-command.js";
import { type Choice, chooseCamera, parseCameraList } from "./camera-list.js";
import { exposureOf } from "./metadata.js";
import { deniedMediaDevice } from "./permission.js";
import { makePictureFolder, pictureFolder, removeOrphanedPictures } from "./picture-folder.js";
import { Preview } from "./preview.js";
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

type Refusal = Extract<Choice, { problem: string }>;
type FaultKind = "absent" | "stalled" | "noCommand" | "notPermitted" | "wrongId";

/**
 * Throws `FaultError`: "…noCommand" without the command, "…notPermitted" when the devices belong to others,
 * "…wrongId" when other cameras are there, "…absent" when none is, "…stalled" when listing hangs.
 */
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
  readonly #turns = new Turns();
  readonly #preview: Preview;
  /** libcamera's number as of the last list: it may be another after a re-plug or a restart. */
  #index = 0;
  /** A sensor on the board's own bus stays where it is; a USB camera's number may change from one run to the next. */
  #mayMove = false;
  #seenAtMs = 0;
  /** Commands before libcamera-apps 1.1 do not know the option. */
  #tellsExposure = true;

  constructor(options: LibcameraOptions, folder: string) {
    this.#options = options;
    this.#folder = folder;
    const { commandDir, deadlineMs } = options.wiring;
    this.#preview = new Preview({
      clock: options.clock,
      turns: this.#turns,
      commandDir,
      firstFrameWithinMs: deadlineMs,
      camera: async () => {
        if (this.#mayMove) await this.#look();
        return this.#index;
      },
      ended: this.#ended.signal,
    });
  }

  still(signal?: AbortSignal, exposure?: Exposure): Promise<Frame> {
    const { deadlineMs } = this.#options.wiring;
    const picture = async () => {
      if (this.#mayMove) await this.#look(signal);
      return this.#bounded(deadlineMs, "a picture", (inner) => this.#take(inner, exposure), signal);
    };
    return this.#turns.take(picture, signal);
  }

  async preview(
    watcher: (frame: Frame) => void,
    options: PreviewOptions,
    signal: AbortSignal,
  ): Promise<void> {
    const seen = (frame: Frame) => {
      this.#seenAtMs = frame.takenAtMs;
      watcher(frame);
    };
    try {
      await this.#preview.watch(seen, options, signal);
    } catch (thrown) {
      if (this.#ended.signal.aborted) throw this.#ended.signal.reason;
      const ours = thrown instanceof CameraCommandError || thrown instanceof TimeoutError;
      throw ours ? this.#asFault(thrown) : thrown;
    }
  }

  /** Throws when the camera is not among those that libcamera lists. */
  look(signal?: AbortSignal): Promise<void> {
    return this.#turns.take(() => this.#look(signal), signal);
  }

  #look(signal?: AbortSignal): Promise<void> {
    const list = async (inner: AbortSignal) => {
      const cameras = parseCameraList(await this.#command({ "list-cameras": true }, inner));
      const choice = chooseCamera(cameras, this.#options.wiring.camera);
      if ("problem" in choice) throw await this.#notListed(choice, cameras.length);
      this.#index = choice.camera.index;
      this.#mayMove = !/i2c/.test(choice.camera.id);
      this.#seenAtMs = this.#options.clock.monotonicMs();
    };
    return this.#bounded(LIST_WITHIN_MS, "the list of cameras", list, signal);
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
    await this.#turns.over();
  }

  async #notListed({ problem, kind, why }: Refusal, listed: number): Promise<FaultError> {
    const at = `camera ${this.#options.wiring.camera}`;
    const caused = (what: FaultKind) =>
      this.#fault(what, problem, new CausedError(problem, { kind: why, at }));
    if (kind === "wrong") return caused("wrongId");
    const denied = listed === 0 ? await deniedMediaDevice() : null;
    if (denied === null) return caused("absent");
    const detail = `${denied} belongs to another group; ${problem}`;
    return this.#fault("notPermitted", detail, new CausedError(detail, { kind: "denied", at: denied }));
  }

  async #take(signal: AbortSignal, exposure: Exposure | undefined): Promise<Frame> {
    const folder = await makePictureFolder(this.#folder);
    try {
      const output = join(folder, "still.jpg");
      const metadata = join(folder, "still.json");
      await this.#commandStill({ ...this.#picture(exposure), output }, metadata, signal);
      const jpeg = new Uint8Array(await readFile(output));
      if (!isWholeJpeg(jpeg)) throw this.#fault("stalled", `a broken picture of ${jpeg.length} bytes`);
      const takenAtMs = this.#options.clock.monotonicMs();
      this.#seenAtMs = takenAtMs;
      const told = await readFile(metadata, "utf8").then(exposureOf, () => null);
      return told === null ? { jpeg, takenAtMs } : { jpeg, takenAtMs, exposure: told };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  #picture(exposure: Exposure | undefined): StillOptions {
    const { widthPx, heightPx } = this.#options.wiring;
    const picture = { camera: this.#index, width: widthPx, height: heightPx, nopreview: true } as const;
    if (exposure === undefined) return { ...picture, timeout: SETTLE_MS };
    const { shutterUs, gain, colourGains } = exposure;
    return { ...picture, immediate: true, shutter: shutterUs, gain, awbgains: colourGains };
  }

  async #commandStill(options: StillOptions, metadata: string, signal: AbortSignal): Promise<void> {
    if (this.#tellsExposure)
      try {
        await this.#command({ ...options, metadata }, signal);
        return;
      } catch (thrown) {
        if (!(thrown instanceof CameraCommandError && /option '?-*metadata/.test(thrown.message)))
          throw thrown;
        this.#tellsExposure = false;
      }
    await this.#command(options, signal);
  }

  #command(options: StillOptions, signal: AbortSignal): Promise<string> {
    const run = this.#options.runStill ?? runStill;
    return run(options, this.#options.wiring.commandDir, signal);
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
      throw this.#asFault(thrown);
    }
  }

  #asFault(thrown: unknown): FaultError {
    if (thrown instanceof FaultError) return thrown;
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    if (thrown instanceof TimeoutError) return this.#fault("stalled", detail, thrown);
    if (!(thrown instanceof CameraCommandError)) return this.#fault("absent", detail, thrown);
    const kind = { missing: "noCommand", denied: "notPermitted", failed: "absent" } as const;
    return this.#fault(kind[thrown.failure], detail, thrown);
  }

  #code(kind: FaultKind): FaultCode {
    return `${this.#options.part}.${kind}`;
  }

  #fault(kind: FaultKind, detail: string, cause?: unknown): FaultError {
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
