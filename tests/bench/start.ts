// How long from the start of the process until the first screen is served, and until a browser shows it?
//
// The second is what a citizen waits for after a power cut, less the kernel: the very command of the unit
// (systemd/motcua.service), a board of which only the far ends are simulated, a store that is there already, and the
// browser that the runtime starts, until its page is drawn and has reached the runtime. No compositor is in it; what was
// read from the disk once is in memory, for the peer as well.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defaultConfig } from "../../src/config.js";
import { startChild } from "../../src/dock/child.js";
import { createSimBoard } from "../../src/hal/sim/sim-board.js";
import { askKiosk } from "../../src/ops/control-socket.js";
import type { KioskStatus } from "../../src/ops/status.js";
import { loadPortalKeys } from "../../src/sync/protocol/keys.js";
import { hardwareToml, startHardwareKiosk } from "../power/hardware-kiosk.js";
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

const COLD_RUNS = 3;
const SHOWN_WITHIN_MS = 120_000;
/** As the kiosk's own, without a screen and without the sandbox that root can not have. */
const BROWSER = `screen.browser = "/usr/bin/chromium"
screen.browserFlags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync",
  "--disable-background-networking", "--disable-component-update"]`;

/** Milliseconds until the runtime says that it is ready, and until its browser shows the first screen. */
const shownMs = async (folder: string, toml: string): Promise<{ ready: number; shown: number }> => {
  const started = performance.now();
  const kiosk = await startHardwareKiosk(folder, toml);
  const ready = performance.now() - started;
  try {
    for (;;) {
      const { screen } = await askKiosk<KioskStatus>(kiosk.stateDir, { ask: "status" });
      const shown = performance.now() - started;
      if (screen.connected) return { ready, shown };
      if (shown > SHOWN_WITHIN_MS) throw new Error(`no page within ${SHOWN_WITHIN_MS} ms\n${kiosk.said()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } finally {
    kiosk.child.kill("SIGTERM");
    await kiosk.ended;
  }
};

export const coldStartRow = async (): Promise<BenchRow> => {
  const folder = mkdtempSync(join(tmpdir(), "motcua-bench-"));
  const board = await createSimBoard({ dir: folder, widthDots: 576, model: "epson" });
  try {
    const toml = hardwareToml(board, BROWSER);
    // The first start makes the store.
    await shownMs(folder, toml);
    const runs: Awaited<ReturnType<typeof shownMs>>[] = [];
    const peer: number[] = [];
    for (let run = 0; run < COLD_RUNS; run += 1) {
      peer.push(bareNodeMs());
      runs.push(await shownMs(folder, toml));
    }
    const ready = median(runs.map((run) => run.ready));
    return row({
      name: "service start to screen in a browser",
      ours: median(runs.map(({ shown }) => shown)),
      peer: median(peer),
      peerName: `node -e 0; runtime ready after ${ready.toFixed(0)} ms`,
      unit: "ms",
      better: "lower",
      goal: 100,
    });
  } finally {
    await board.close();
    rmSync(folder, { recursive: true, force: true });
  }
};
