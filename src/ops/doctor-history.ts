// What did earlier self-tests say, and where do a run's pictures and its report lie?
//
// One folder a run, under <state>/doctor; the oldest go. The record is written last and whole, so a run that
// a power cut ended is no run.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { RunRecord } from "./readiness-report.js";
import { TESTED_PARTS } from "./self-test.js";

/** A run a day for a month; a run is below 1 MB, most of it the font of its PDF. */
const KEPT_RUNS = 30;
const RECORD = "record.json";

const recordSchema = z.object({
  at: z.string(),
  version: z.string(),
  canServe: z.boolean(),
  parts: z.partialRecord(
    z.enum(TESTED_PARTS as [string, ...string[]]),
    z.object({
      result: z.enum(["passed", "look", "failed", "notWired"]),
      fault: z.string().nullable(),
      evidence: z.string(),
    }),
  ),
});

const folderName = (at: string): string => at.replaceAll(/[:.]/g, "-");

export class DoctorHistory {
  readonly #dir: string;

  constructor(stateDir: string) {
    this.#dir = join(stateDir, "doctor");
  }

  #folders(): readonly string[] {
    try {
      return readdirSync(this.#dir).sort();
    } catch {
      return [];
    }
  }

  /** Oldest first. A record that can not be read (half written, of a later version) is passed over. */
  runs(): readonly RunRecord[] {
    return this.#folders().flatMap((folder): RunRecord[] => {
      try {
        const parsed = recordSchema.safeParse(
          JSON.parse(readFileSync(join(this.#dir, folder, RECORD), "utf8")),
        );
        return parsed.success ? [parsed.data as RunRecord] : [];
      } catch {
        return [];
      }
    });
  }

  /** Keeps a run; returns its folder. Files by name: pictures and the report. */
  keep(record: RunRecord, files: ReadonlyMap<string, Uint8Array | string>): string {
    const folder = join(this.#dir, folderName(record.at));
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
    writeFileSync(join(folder, `${RECORD}.part`), `${JSON.stringify(record)}\n`);
    renameSync(join(folder, `${RECORD}.part`), join(folder, RECORD));
    for (const old of this.#folders().slice(0, -KEPT_RUNS))
      rmSync(join(this.#dir, old), { recursive: true, force: true });
    return folder;
  }
}
