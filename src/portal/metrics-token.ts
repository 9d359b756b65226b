// Which word must Prometheus show when it does not scrape from this machine?
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { FaultError } from "../core/faults.js";

const FILE = "metrics.token";
const OTHERS = 0o077;
const SHORTEST = 24;

/** Null without the file: then only the loopback may read. Throws "keys.unusable" for one that others can read. */
export const metricsToken = (dir: string): string | null => {
  const path = join(dir, FILE);
  if (!existsSync(path)) return null;
  if ((statSync(path).mode & OTHERS) !== 0)
    throw new FaultError("keys.unusable", `${path}: others can read it; run chmod 600 on it`);
  const token = readFileSync(path, "utf8").trim();
  if (token.length < SHORTEST)
    throw new FaultError("keys.unusable", `${path}: shorter than ${SHORTEST} characters`);
  return token;
};
