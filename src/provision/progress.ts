// How far is the set-up, also after a power cut or a lost line?
//
// One small file in the state folder, written whole after every answer. No secret is in it: a Wi-Fi password goes to
// NetworkManager, a PIN to its hash, a key stays in its folder.
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { writeFileDurably } from "../store/durable-file.js";
import { draftShape, EMPTY_DRAFT } from "./draft.js";
import { STEPS } from "./step-names.js";

const shape = z.strictObject({
  v: z.literal(1),
  language: z.enum(["vi", "en"]).nullable(),
  /** "later": passed over; the set-up is not whole without it. */
  steps: z.partialRecord(
    z.enum(STEPS),
    z.strictObject({ state: z.enum(["done", "later"]), said: z.string() }),
  ),
  /** What was answered that is no setting, e.g. the commune's code. */
  kept: z.record(z.string(), z.string()),
  draft: draftShape,
  /** The settings were written at least once. */
  written: z.boolean(),
});
export type Progress = z.output<typeof shape>;

const FOLDER = "setup";
const FILE = "progress.json";

export const NO_PROGRESS: Progress = {
  ...{ v: 1, language: null, steps: {}, kept: {}, draft: EMPTY_DRAFT, written: false },
};

export class ProgressFile {
  readonly #folder: string;
  #now: Progress;

  constructor(stateDir: string) {
    this.#folder = join(stateDir, FOLDER);
    this.#now = this.#read();
  }

  get now(): Progress {
    return this.#now;
  }

  /** Durable when it returns. */
  change(part: Partial<Progress>): void {
    this.#now = { ...this.#now, ...part };
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    writeFileDurably(this.#folder, FILE, Buffer.from(`${JSON.stringify(this.#now)}\n`));
  }

  #read(): Progress {
    const path = join(this.#folder, FILE);
    if (!existsSync(path)) return NO_PROGRESS;
    try {
      return shape.parse(JSON.parse(readFileSync(path, "utf8")));
    } catch {
      // Answers can be given again; what a damaged file says can not be believed.
      renameSync(path, `${path}.damaged`);
      return NO_PROGRESS;
    }
  }
}

export const isWhole = ({ steps, written }: Progress): boolean =>
  written && STEPS.every((name) => steps[name]?.state === "done");
