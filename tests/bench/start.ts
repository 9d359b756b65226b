// How long from the start of the process until the first screen is served?
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defaultConfig } from "../../src/config.js";
import { startChild } from "../../src/dock/child.js";
import { createSimBoard } from "../../src/hal/sim/sim-board.js";
import { loadPortalKeys } from "../../src/sync/protocol/keys.js";
import { type BenchRow, median, row } from "./row.js";

const RUNS = 5;
const KIOSK_PROCESS = fileURLToPath(new URL("../../src/kiosk-process.js", import.meta.url));

const bareNodeMs = (): number => {
  const started = performance.now();
  spawnSync(process.execPath, ["-e", "0"]);
  return performance.now() - started;
};

const kioskMs = async (settingsFile: string): Promise<number> => {
  const started = performance.now();
  const kiosk = await startChild<{ type: "ready"; screenUrl: string }>(KIOSK_PROCESS, [settingsFile], {
    what: "the kiosk",
    timeoutMs: 30_000,
  });
  const page = await fetch(kiosk.ready.screenUrl);
  await page.text();
  const took = performance.now() - started;
  await kiosk.stop();
  return took;
};

export const startRow = async (): Promise<BenchRow> => {
  const folder = mkdtempSync(join(tmpdir(), "motcua-bench-"));
  const board = await createSimBoard({ dir: join(folder), widthDots: 576, model: "epson" });
  try {
    const config = defaultConfig();
    const settingsFile = join(folder, "kiosk.json");
    loadPortalKeys(join(folder, "portal"));
    const settings = {
      config: { ...config, screen: { ...config.screen, port: 0 } },
      stateDir: join(folder, "var"),
      wiring: board.wiring,
      linkUrl: "",
      portalDir: join(folder, "portal"),
    };
    writeFileSync(settingsFile, JSON.stringify(settings));
    const ours: number[] = [];
    const peer: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      peer.push(bareNodeMs());
      ours.push(await kioskMs(settingsFile));
    }
    return row({
      name: "process start to first screen",
      ours: median(ours),
      peer: median(peer),
      peerName: "node -e 0",
      unit: "ms",
      better: "lower",
      goal: 25,
    });
  } finally {
    await board.close();
    rmSync(folder, { recursive: true, force: true });
  }
};
