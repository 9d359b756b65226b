// How much script does the citizen's page load, compressed?
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { type BenchRow, row } from "./row.js";

const MOST_KB = 150;

/** All scripts of the built page, each compressed as a server would; in thousands of bytes. */
export const pageWeightRow = async (): Promise<BenchRow> => {
  const folder = fileURLToPath(new URL("../../src/screen/web/assets/", import.meta.url));
  const scripts = readdirSync(folder).filter((name) => name.endsWith(".js"));
  if (scripts.length === 0) throw new Error("the page is not built");
  const bytes = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(`${folder}${name}`)).length, 0);
  return row({
    name: "the citizen's page, scripts by gzip",
    ours: bytes / 1_000,
    peer: MOST_KB,
    peerName: "the limit",
    unit: "kB",
    better: "lower",
    goal: 1,
  });
};
