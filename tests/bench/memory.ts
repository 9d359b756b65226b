// How much memory does the runtime hold after ten visits?

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultConfig } from "../../src/config.js";
import { makeDeck, makeIssuer } from "../../src/dock/deck.js";
import { Citizen } from "../../src/dock/rehearsal/citizen.js";
import { PageClient } from "../../src/dock/rehearsal/page-client.js";
import { Random } from "../../src/dock/rehearsal/random.js";
import { samplePapers } from "../../src/dock/samples.js";
import { Stack } from "../../src/dock/stack.js";
import { type BenchRow, row } from "./row.js";

const VISITS = 10;
const SETTLE_MS = 8_000;

const residentMegabytes = (pid: number): number => {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes) / 1_024;
};

const bareNodeMegabytes = async (): Promise<number> => {
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 5000)"]);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const megabytes = residentMegabytes(child.pid ?? 0);
  child.kill();
  return megabytes;
};

export const memoryRow = async (): Promise<BenchRow> => {
  const stateDir = mkdtempSync(join(tmpdir(), "motcua-bench-"));
  const deck = await makeDeck(makeIssuer(stateDir));
  const stack = await Stack.start({
    config: defaultConfig(),
    stateDir,
    screenPort: 0,
    portalPort: 0,
    withPortal: true,
  });
  const page = new PageClient(stack.screenUrl);
  try {
    const paper = await samplePapers()[0]?.render();
    const card = deck[0];
    if (paper === undefined || card === undefined) throw new Error("no sample paper or card");
    for (let visit = 0; visit < VISITS; visit += 1) {
      const parts = {
        page,
        control: stack.control,
        random: new Random(visit),
        slipLies: () => true,
        atScreen: () => {},
      };
      const plan = { language: "vi", procedureCode: "2.000815", card, paper, leavesAt: null } as const;
      const record = await new Citizen(parts, plan).visit();
      if (record.outcome !== "finished")
        throw new Error(`visit ${visit + 1} ${record.outcome}: ${record.hang ?? ""}`);
    }
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    return row({
      name: "resident memory after ten visits",
      ours: residentMegabytes(stack.kioskPid ?? 0),
      peer: await bareNodeMegabytes(),
      peerName: "node that does nothing",
      unit: "MB",
      better: "lower",
      goal: 6,
    });
  } finally {
    page.close();
    await stack.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
};
