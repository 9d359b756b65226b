// What is at the far end of every wire when kiosk and world live in one process and on one clock?
//
// The same far ends as on the simulated board; only sockets and the camera's process are not there. For
// tests that need a thousand visits an hour, or every fault at every step.
import { writeFile } from "node:fs/promises";
import type { Clock } from "../../core/clock.js";
import type { BoardWiring } from "../board.js";
import { commandError } from "../camera/camera-command.js";
import type { StillCommand } from "../camera/libcamera.js";
import type { BoardPart } from "../open-board.js";
import type { PortOpener } from "../open-reader.js";
import type { BytePort } from "../port/byte-port.js";
import { memoryPair } from "../port/memory.js";
import type { SoundProcess } from "../speaker/sound-command.js";
import type { PlugWatch } from "../supervision.js";
import type { CameraSim } from "./camera-sim.js";
import type { SimControl } from "./far-ends.js";
import {
  makeControl,
  makeParts,
  makePlugs,
  makeWiring,
  type Parts,
  type PartsOptions,
  type Plug,
  type WireName,
} from "./sim-board.js";
import type { SoundSim } from "./sound-sim.js";
import { TroubledPort, WireTrouble } from "./wire-trouble.js";

export type MemoryBoardOptions = PartsOptions & { readonly clock: Clock };

/** What one kiosk, from power-up to power-down, is plugged in to. */
export interface Mains {
  readonly open: PortOpener;
  readonly runStill: StillCommand;
  readonly startSound: SoundProcess;
  /** As src/hal/port/hot-plug.ts tells of the machine's own. */
  readonly plugs: (part: BoardPart) => PlugWatch;
  /** kill -9: every wire of this kiosk ends at once and it hears nothing more. */
  cut(): void;
}

export interface MemoryBoard {
  readonly control: SimControl;
  readonly wiring: BoardWiring;
  readonly parts: Parts;
  readonly sound: SoundSim;
  readonly trouble: Readonly<Record<WireName, WireTrouble>>;
  powerUp(): Mains;
}

/** A still takes this long on the board: start of the command, exposure, readout. */
const STILL_MS = 1_500;
/** No file of the machine is ever opened by it. */
const FOLDER = "/memory";

/** Small frames: nobody looks at the dots. */
const FRAME = { widthPx: 320, heightPx: 240 } as const;

/** The kernel's word of a plug, and udev's naming of it. */
const PLUG_HEARD_MS = 150;

/** On which wire a part is, where a plug of it can be pulled. A camera's ribbon tells nobody. */
const WIRE_OF: Partial<Record<BoardPart, WireName>> = {
  printer: "printer",
  chipReader: "chip-reader",
  codeReader: "code-reader",
  lines: "lines",
  power: "i2c",
  climate: "i2c",
  motion: "i2c",
};

class MemoryPlug implements Plug {
  readonly path: string;
  readonly onPlug = new Set<(plugged: boolean) => void>();
  readonly #attach: (port: BytePort) => void;
  readonly #open = new Set<BytePort>();
  #plugged = true;

  constructor(wire: WireName, attach: (port: BytePort) => void) {
    this.path = `${FOLDER}/${wire}`;
    this.#attach = attach;
  }

  connect(): BytePort {
    if (!this.#plugged) throw new Error(`${this.path}: ENOENT`);
    const [near, far] = memoryPair();
    this.#open.add(far);
    far.onClose(() => this.#open.delete(far));
    this.#attach(far);
    return near;
  }

  async setPlugged(plugged: boolean): Promise<void> {
    if (plugged !== this.#plugged) for (const heard of [...this.onPlug]) heard(plugged);
    this.#plugged = plugged;
    if (!plugged) for (const far of [...this.#open]) await far.close();
  }
}

export const createMemoryBoard = (options: MemoryBoardOptions): MemoryBoard => {
  const parts = makeParts(options);
  const sound = parts.speaker;
  const memory = new Map<string, { readonly plug: MemoryPlug; readonly trouble: WireTrouble }>();
  const troubles: Partial<Record<WireName, WireTrouble>> = {};
  const plugs = makePlugs(parts, (wire, attach) => {
    const plug = new MemoryPlug(wire, attach);
    const trouble = new WireTrouble();
    memory.set(`unix:${plug.path}`, { plug, trouble });
    troubles[wire] = trouble;
    return plug;
  });
  const powerUp = (): Mains => {
    const ports = new Set<TroubledPort>();
    let off = false;
    const plugs =
      (part: BoardPart): PlugWatch =>
      (callback) => {
        const wire = WIRE_OF[part];
        const plug = wire === undefined ? undefined : memory.get(`unix:${FOLDER}/${wire}`)?.plug;
        const heard = (plugged: boolean) => {
          const tell = () => {
            if (!off && plug?.onPlug.has(heard)) callback(plugged ? "appeared" : "gone");
          };
          options.clock.setTimeout(tell, PLUG_HEARD_MS);
        };
        plug?.onPlug.add(heard);
        return () => plug?.onPlug.delete(heard);
      };
    return {
      plugs,
      open: async (address) => {
        const end = memory.get(address);
        if (end === undefined || off) throw new Error(`${address}: ENOENT`);
        const port = new TroubledPort(end.plug.connect(), end.trouble);
        ports.add(port);
        port.onClose(() => ports.delete(port));
        return port;
      },
      startSound: sound.start,
      runStill: stillOf(parts.cameras, options.clock),
      cut: () => {
        off = true;
        for (const { plug } of memory.values()) plug.onPlug.clear();
        for (const port of ports) port.cut();
        ports.clear();
      },
    };
  };
  const wiring = makeWiring(options, plugs, "");
  return {
    control: makeControl(parts, plugs),
    wiring: {
      ...wiring,
      speaker: { player: "espeak-ng" },
      documentCamera: { ...wiring.documentCamera, ...FRAME },
      faceCamera: { ...wiring.faceCamera, ...FRAME },
    },
    parts,
    sound,
    trouble: troubles as Record<WireName, WireTrouble>,
    powerUp,
  };
};

/** `libcamera-still` as the simulated board's command answers it, without its process. */
const stillOf =
  (cameras: CameraSim, clock: Clock): StillCommand =>
  async (options, _commandDir, signal) => {
    if (options["list-cameras"] === true) {
      const { head } = await ask(cameras, { list: true }, signal);
      const { cameras: found } = head as {
        cameras: readonly { number: number; model: string; id: string }[];
      };
      return found.map(({ number, model, id }) => `${number} : ${model} [320x240] (${id})`).join("\n");
    }
    const { camera, width, height, shutter, gain, awbgains, output = "", metadata } = options;
    await clock.sleep(STILL_MS, signal);
    const { head, body } = await ask(cameras, { camera, width, height, shutter, gain, awbgains }, signal);
    const { error } = head;
    if (typeof error === "string") throw commandError("libcamera-still", 255, `ERROR: *** ${error} ***`);
    await writeFile(output, body);
    if (metadata !== undefined) await writeFile(metadata, JSON.stringify(head["metadata"]));
    return "";
  };

interface CameraAnswer {
  readonly head: Readonly<Record<string, unknown>>;
  readonly body: Uint8Array;
}

const ask = (cameras: CameraSim, question: object, signal: AbortSignal): Promise<CameraAnswer> =>
  new Promise((resolve, reject) => {
    const [near, far] = memoryPair();
    cameras.attach(far);
    let heard = Buffer.alloc(0);
    const end = () => reject(signal.reason as Error);
    const onData = (chunk: Uint8Array) => {
      heard = Buffer.concat([heard, chunk]);
      const line = heard.indexOf("\n");
      if (line < 0) return;
      const head = JSON.parse(heard.toString("utf8", 0, line)) as Record<string, unknown>;
      const { bytes } = head;
      const body = heard.subarray(line + 1);
      if (typeof bytes === "number" && body.length < bytes) return;
      signal.removeEventListener("abort", end);
      resolve({ head, body: new Uint8Array(body) });
      void near.close();
    };
    near.onData(onData);
    signal.addEventListener("abort", end, { once: true });
    near.write(Buffer.from(`${JSON.stringify(question)}\n`)).catch(reject);
  });
