// What do the scanner tests share: SANE's own test backend, the simulated feeder, and sheets to feed?
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import type { ScannerWiring } from "../../src/hal/board.js";
import { socketPort } from "../../src/hal/port/socket.js";
import { findCommand } from "../../src/hal/process-group.js";
import { SheetFeederSim } from "../../src/hal/sim/sheet-feeder-sim.js";

const PROGRAM = fileURLToPath(new URL("../../src/hal/sim/scanimage.js", import.meta.url));
const BASE: ScannerWiring = {
  device: "simulated",
  commandDir: "",
  dpi: 75,
  mode: "gray",
  maxSheets: 20,
  deadlineMs: 10_000,
};

export interface ScannerBench {
  readonly folder: string;
  readonly wiring: (over?: Partial<ScannerWiring>) => ScannerWiring;
  /** Puts another `scanimage` in the place of the bench's. */
  readonly command: (script: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

const folderWithCommand = async () => {
  const folder = await mkdtemp(join(tmpdir(), "motcua-scanner-"));
  const commandDir = join(folder, "bin");
  await mkdir(commandDir);
  const command = async (script: string) => {
    await writeFile(join(commandDir, "scanimage"), `#!/bin/sh\n${script}\n`);
    await chmod(join(commandDir, "scanimage"), 0o755);
  };
  return { folder, commandDir, command };
};

export const simBench = async (): Promise<ScannerBench & { readonly sim: SheetFeederSim }> => {
  const { folder, commandDir, command } = await folderWithCommand();
  const sim = new SheetFeederSim();
  const socketPath = join(folder, "scanner.sock");
  const server = createServer((socket) => sim.attach(socketPort(socket, "scanner wire")));
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  await command(`exec '${process.execPath}' '${PROGRAM}' '${socketPath}' "$@"`);
  return {
    folder,
    sim,
    command,
    wiring: (over = {}) => ({ ...BASE, commandDir, ...over }),
    close: async () => {
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** Null where sane-utils is not installed. */
export const REAL_SCANIMAGE = findCommand("scanimage", "");

/** SANE's `test` backend behind the real `scanimage`; `extra` words are added to each run that scans. */
export const saneBench = async (): Promise<
  ScannerBench & { readonly answer: (extra: string) => Promise<void> }
> => {
  const { folder, commandDir, command } = await folderWithCommand();
  await writeFile(join(folder, "dll.conf"), "test\n");
  await writeFile(join(folder, "test.conf"), "number_of_devices 2\n");
  const answer = (extra: string) =>
    command(
      `export SANE_CONFIG_DIR='${folder}'\n` +
        `case "$*" in *--batch*) exec '${REAL_SCANIMAGE}' "$@" ${extra};; *) exec '${REAL_SCANIMAGE}' "$@";; esac`,
    );
  await answer("");
  return {
    folder,
    command,
    answer,
    wiring: (over = {}) => ({ ...BASE, device: "test:0", commandDir, ...over }),
    close: () => rm(folder, { recursive: true, force: true }),
  };
};

/** Grey sheets, each of its own shade. */
export const sheets = (count: number): Promise<Uint8Array[]> =>
  Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const shade = 40 * (at + 1);
      const background = { r: shade, g: shade, b: shade };
      return new Uint8Array(
        await sharp({ create: { width: 210, height: 297, channels: 3, background } })
          .png()
          .toBuffer(),
      );
    }),
  );

export const sheetFolders = async (): Promise<string[]> =>
  (await readdir("/dev/shm").catch(() => [])).filter((name) =>
    name.startsWith(`motcua-sheet-${process.pid}-`),
  );
