// Which kiosk does the console look at in the tests? (A real one, as a process that can be killed, over simulated wires.)
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defaultConfig } from "../../src/config.js";
import { SystemClock } from "../../src/core/clock.js";
import { silentLog } from "../../src/core/log.js";
import { type Child, startChild } from "../../src/dock/child.js";
import { createSimBoard, type SimBoard } from "../../src/hal/sim/sim-board.js";
import { openStore } from "../../src/store/sqlite-store.js";
import { loadPortalKeys } from "../../src/sync/protocol/keys.js";

const KIOSK_PROCESS = fileURLToPath(new URL("../../src/kiosk-process.js", import.meta.url));
/** Stand in slips, ids and what is sealed: none may ever be seen at the console. */
export const SENTINEL = "SENTINEL";

export interface Ready {
  readonly type: "ready";
  readonly screenUrl: string;
}

export interface KioskRig {
  readonly stateDir: string;
  readonly board: SimBoard;
  readonly ready: () => Ready;
  /** kill -9. */
  kill(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Three that are held back, numbers 1 to 3: two quarantined, one refused for good; and one that waits. */
const plant = (dir: string): void => {
  const clock = new SystemClock({ floorMs: 0, synchronised: () => true });
  const store = openStore({ dir, clock, log: silentLog });
  const ids = [1, 2, 3, 4].map(() => {
    const bytes = new Uint8Array(Buffer.from(`${SENTINEL} ${randomUUID()}`));
    const sequence = store.outbox.reserveSequence();
    const submissionId = randomUUID();
    store.outbox.enqueue({
      ...{ submissionId, sequence, procedureCode: `${SENTINEL}-procedure` },
      manifest: Buffer.from(`${SENTINEL} manifest`),
      documents: [{ index: 0, sha256: createHash("sha256").update(bytes).digest("hex"), bytes }],
      lookupHash: randomBytes(32).toString("hex"),
      slipNumber: `${SENTINEL}-${sequence}`,
    });
    return submissionId;
  });
  const [one = "", two = "", three = ""] = ids;
  store.outbox.mark(one, "quarantined", "the broker refused it: packet too large");
  // What a broker says must not steer the terminal.
  store.outbox.mark(two, "quarantined", "portal: certificate\x1b[2J\x1b[1;1Hgone");
  store.outbox.mark(three, "rejected", "portal: signature");
  store.close();
};

export const startRig = async (): Promise<KioskRig> => {
  const folder = mkdtempSync(join(tmpdir(), "motcua-console-"));
  const stateDir = join(folder, "var");
  const board = await createSimBoard({ dir: folder, widthDots: 576, model: "epson" });
  const config = defaultConfig();
  loadPortalKeys(join(folder, "portal"));
  const settings = {
    config: { ...config, screen: { ...config.screen, port: 0 } },
    ...{ stateDir, wiring: board.wiring, linkUrl: "", portalDir: join(folder, "portal") },
  };
  const file = join(folder, "kiosk.json");
  writeFileSync(file, JSON.stringify(settings));
  plant(join(stateDir, "store"));
  let child: Child<Ready> | null = null;
  const start = async (): Promise<void> => {
    child = await startChild<Ready>(KIOSK_PROCESS, [file], { what: "the kiosk", timeoutMs: 90_000 });
  };
  await start();
  return {
    stateDir,
    board,
    ready: () => child?.ready ?? { type: "ready", screenUrl: "" },
    kill: async () => {
      child?.kill();
      await child?.ended;
    },
    start,
    close: async () => {
      await child?.stop();
      await board.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
