// How does a test run the kiosk as a board has it: one process, its own drivers, wires that end at simulated far ends?
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SimBoard } from "../../src/hal/sim/sim-board.js";
import { packageRoot } from "../../src/package-root.js";
import { loadPortalKeys } from "../../src/sync/protocol/keys.js";
import { eventually } from "../contract/wires.js";

const READY_MS = 180_000;

/** kiosk.toml of a board whose wires end at `board`. `head`: tables before [board]. */
export const hardwareToml = ({ wiring }: SimBoard, head: string): string => `screen.port = 0
${head}
[board]
kind = "hardware"
printer.port = "${wiring.printer.port}"
chipReader.port = "${wiring.chipReader.port}"
codeReader.port = "${wiring.codeReader.port}"
documentCamera = { camera = "imx477", commandDir = "${wiring.documentCamera.commandDir}" }
faceCamera = { camera = "imx708", commandDir = "${wiring.documentCamera.commandDir}" }
i2c.bus = "${wiring.i2c.bus}"
speaker.player = "none"
[board.lines]
bus = "${wiring.lines.bus}"
chip = "simulated"
activeLow = ${JSON.stringify(wiring.lines.activeLow)}
offsets = { ${Object.entries(wiring.lines.offsets)
  .map(([line, offset]) => `${line} = ${offset}`)
  .join(", ")} }
`;

export interface HardwareKiosk {
  readonly child: ChildProcess;
  readonly stateDir: string;
  readonly said: () => string;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
}

/** Resolves once it says `ready`; throws with what it said instead. */
export const startHardwareKiosk = async (
  folder: string,
  toml: string,
  env: Readonly<Record<string, string>> = {},
): Promise<HardwareKiosk> => {
  const stateDir = join(folder, "state");
  mkdirSync(stateDir, { recursive: true });
  // As at an installation: the portal's public key is there before the first start.
  loadPortalKeys(join(stateDir, "portal"));
  const config = join(folder, "kiosk.toml");
  writeFileSync(config, toml);
  const program = join(packageRoot(), "src", "motcua.mjs");
  const child = spawn(
    process.execPath,
    [program, "run", "--no-portal", "--state", stateDir, "--config", config],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, MOTCUA_SETUP: "done", ...env } },
  );
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
  const ended = new Promise<number | null>((resolve) => child.on("exit", (code) => resolve(code)));
  try {
    await eventually("ready", () => /^(ready|motcua: .*)$/m.test(said), READY_MS);
    if (!/^ready$/m.test(said)) throw new Error(said);
  } catch (thrown) {
    child.kill("SIGKILL");
    throw thrown;
  }
  return { child, stateDir, said: () => said, ended };
};
