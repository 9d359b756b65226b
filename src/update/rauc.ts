// What does RAUC do for an update, and what does it say?
//
// RAUC has the last word: it checks the bundle's signature by its own keyring, its compatible and its format
// (`bundle-formats=verity` in system.conf), writes the slot that does not run, and tells the bootloader. Here its
// command line is called and read; nothing of its work is done again. (rauc(1), version 1.8 on.)
import { execFile, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { z } from "zod";
import { asCaller, ownerIds } from "./owner.js";

export interface BundleFacts {
  readonly compatible: string;
  readonly version: string;
  readonly build: string;
}

export interface Slots {
  /** Boot names, e.g. "A". */
  readonly booted: string;
  readonly other: string;
  /** The one that the bootloader takes next, by its own word; null: it did not say. */
  readonly primary: string | null;
  readonly compatible: string;
}

export interface Installer {
  /** Checks the signature by RAUC's keyring. Throws in one line when RAUC does not believe it. */
  inspect(bundle: string): Promise<BundleFacts>;
  slots(): Promise<Slots>;
  /** Writes the other slot and makes it the next one. Throws in one line. */
  install(bundle: string, onProgress?: (fraction: number) => void): Promise<void>;
  /** The running slot: the bootloader counts its attempts no more. */
  markGood(): Promise<void>;
}

export class RaucError extends Error {
  override readonly name = "RaucError";
}

export interface RaucOptions {
  /** A name on PATH or an absolute path. */
  readonly command: string;
  /** RAUC's system.conf. */
  readonly conf: string;
}

const ASK_LIMIT_MS = 120_000;
/** A slot of some GB on a slow card. */
const INSTALL_LIMIT_MS = 3_600_000;
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;
const PROGRESS = /^\s*(\d{1,3})%/;

const info = z.object({
  compatible: z.string(),
  version: z.string().nullable(),
  build: z.string().nullable(),
});
const slot = z.object({ bootname: z.string().nullable(), state: z.string() });
const status = z.object({
  /** Null when the service does not answer; the exit code does not say so. */
  compatible: z.string().nullable(),
  booted: z.string().nullable(),
  boot_primary: z.string().nullable(),
  slots: z.array(z.record(z.string(), slot)),
});

/** Of what RAUC wrote on stderr: the line that says why, without time and rank. */
const reasonIn = (text: string): string => {
  const lines = text.split("\n").map((line) => line.trim());
  const last =
    lines.findLast((line) => line.includes("LastError")) ??
    lines.findLast((line) => /failed|error|not |invalid/i.test(line));
  return (last ?? lines.findLast((line) => line !== "") ?? "no word")
    .replace(/^.*LastError: /, "")
    .slice(0, 160);
};

const run = promisify(execFile);

export class Rauc implements Installer {
  readonly #options: RaucOptions;

  constructor(options: RaucOptions) {
    this.#options = options;
  }

  async inspect(bundle: string): Promise<BundleFacts> {
    // As the file's owner: asked by root, RAUC makes a bundle that is another's its own.
    const said = info.parse(
      JSON.parse(await this.#run(["info", "--output-format=json", bundle], ownerIds())),
    );
    return { compatible: said.compatible, version: said.version ?? "", build: said.build ?? "" };
  }

  async slots(): Promise<Slots> {
    const said = status.parse(JSON.parse(await this.#ask("status", "--output-format=json")));
    if (said.compatible === null) throw new RaucError("RAUC's service does not answer (rauc status)");
    const all = said.slots.flatMap((each) => Object.entries(each).map(([name, is]) => ({ name, ...is })));
    const bootable = all.filter(({ bootname }) => bootname !== null);
    const booted = bootable.find(({ state }) => state === "booted");
    const other = bootable.find(({ state }) => state !== "booted");
    if (booted?.bootname == null || other?.bootname == null)
      throw new RaucError("RAUC does not know two slots, of which one runs (rauc status)");
    const primary = all.find(({ name }) => name === said.boot_primary)?.bootname ?? null;
    return { booted: booted.bootname, other: other.bootname, primary, compatible: said.compatible };
  }

  async markGood(): Promise<void> {
    await this.#ask("status", "mark-good");
  }

  install(bundle: string, onProgress: (fraction: number) => void = () => {}): Promise<void> {
    const { command, conf } = this.#options;
    return new Promise((resolve, reject) => {
      const child = asCaller(() =>
        spawn(command, ["--conf", conf, "install", bundle], {
          stdio: ["ignore", "pipe", "pipe"],
          timeout: INSTALL_LIMIT_MS,
        }),
      );
      const said: string[] = [];
      for (const stream of [child.stdout, child.stderr])
        createInterface({ input: stream }).on("line", (line) => {
          const percent = PROGRESS.exec(line)?.[1];
          if (percent !== undefined) onProgress(Math.min(1, Number(percent) / 100));
          said.push(line);
          if (said.length > 100) said.shift();
        });
      child.on("error", (error) => reject(new RaucError(`${command} can not be run: ${error.message}`)));
      child.on("close", (code, signal) => {
        if (code === 0) resolve();
        else
          reject(
            new RaucError(
              signal === null ? reasonIn(said.join("\n")) : `rauc install was ended by ${signal}`,
            ),
          );
      });
    });
  }

  #ask(...args: string[]): Promise<string> {
    return this.#run(args, {});
  }

  async #run(args: readonly string[], ids: ReturnType<typeof ownerIds>): Promise<string> {
    const { command, conf } = this.#options;
    try {
      const options = { timeout: ASK_LIMIT_MS, maxBuffer: MAX_OUTPUT_BYTES, ...ids };
      const { stdout } = await asCaller(() => run(command, ["--conf", conf, ...args], options));
      return stdout;
    } catch (thrown) {
      const { code, stderr = "" } = thrown as { readonly code?: unknown; readonly stderr?: string };
      if (code === "ENOENT") throw new RaucError(`${command} is not installed here`);
      throw new RaucError(`rauc ${args[0]}: ${reasonIn(stderr)}`);
    }
  }
}
