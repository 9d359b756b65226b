// Which boards have a wiring table, which of them is this machine, and what is plugged into it?
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

export interface BoardFile {
  /** E.g. "raspberry-pi-4". */
  readonly name: string;
  /** What its first line says it is for. */
  readonly about: string;
  readonly toml: string;
}

const ABOUT = /^# Where is each device wired on (?:an? )?(.*?)\?$/m;

export const boardFiles = (folder: string): readonly BoardFile[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith(".toml"))
        .sort()
        .map((file) => {
          const toml = readFileSync(join(folder, file), "utf8");
          const name = basename(file, ".toml");
          return { name, about: ABOUT.exec(toml)?.[1] ?? name, toml };
        })
    : [];

/** Empty where the machine has no device tree. */
export const modelIn = (file: string): string =>
  existsSync(file) ? readFileSync(file, "utf8").replaceAll("\0", "").trim() : "";

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll("+", "-plus")
    .replace(/compute module /g, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");

/** "Raspberry Pi 4 Model B Rev 1.4" and "Raspberry Pi Compute Module 4 Rev 1.0" are raspberry-pi-4; a Pi 400 is not. */
export const boardOf = (model: string, files: readonly BoardFile[]): BoardFile | null =>
  files.find(
    ({ name }) =>
      slug(model) === name || (slug(model).startsWith(`${name}-`) && !slug(model).startsWith(`${name}-plus`)),
  ) ?? null;

/** As `[board]` of kiosk.toml has it. */
export const boardTable = (toml: string): string => `[board]\nkind = "hardware"\n\n${toml}`;

export const SIMULATED_TABLE = '[board]\nkind = "simulated"\n';

/** Addresses of what is plugged in: serial adapters by their lasting names, USB printers. */
export const portsIn = (devFolder: string): readonly string[] => {
  const within = (folder: string, pattern: RegExp, before: string): readonly string[] => {
    const path = join(devFolder, folder);
    if (!existsSync(path)) return [];
    return readdirSync(path)
      .filter((name) => pattern.test(name))
      .sort()
      .map((name) => `${before}${join(path, name)}`);
  };
  return [...within("serial/by-id", /./, "serial:"), ...within("usb", /^lp\d+$/, "file:")];
};

/** The node of a port's address; null where it is none. */
export const nodeOf = (address: string): string | null =>
  /^(?:serial|file|unix):(\/[^:]+)/.exec(address)?.[1] ?? null;
