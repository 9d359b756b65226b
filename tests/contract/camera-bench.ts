// What do the camera tests share: a folder with the camera commands, and the two cameras behind them?
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CameraWiring } from "../../src/hal/board.js";
import { socketPort } from "../../src/hal/port/socket.js";
import { CameraSim } from "../../src/hal/sim/camera-sim.js";
import { systemClock } from "./wires.js";

const program = (name: string) => fileURLToPath(new URL(`../../src/hal/sim/${name}.js`, import.meta.url));
export const clock = systemClock();
const SIZE = { widthPx: 640, heightPx: 480 };

export interface Bench {
  readonly folder: string;
  readonly sim: CameraSim;
  readonly wiring: (over?: Partial<CameraWiring>) => CameraWiring;
  readonly command: (script: string, name?: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

export const bench = async (): Promise<Bench> => {
  const folder = await mkdtemp(join(tmpdir(), "motcua-camera-"));
  const sim = new CameraSim();
  const socketPath = join(folder, "camera.sock");
  const server: Server = createServer((socket) => sim.attach(socketPort(socket, "camera wire")));
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  await mkdir(join(folder, "bin"));
  const command = async (script: string, name = "libcamera-still") => {
    await writeFile(join(folder, "bin", name), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, "bin", name), 0o755);
  };
  for (const name of ["libcamera-still", "libcamera-vid"])
    await command(`exec '${process.execPath}' '${program(name)}' '${socketPath}' "$@"`, name);
  return {
    folder,
    sim,
    command,
    wiring: (over = {}) => ({
      camera: 0,
      commandDir: join(folder, "bin"),
      ...SIZE,
      deadlineMs: 30_000,
      ...over,
    }),
    close: async () => {
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** Every process of this machine whose command line names `word`. */
export const processesWith = async (word: string): Promise<string[]> => {
  const found: string[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (line.includes(word)) found.push(line.replaceAll("\0", " "));
  }
  return found;
};
