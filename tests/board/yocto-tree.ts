// What do the tests of the Yocto layer read: the product's tree, the layer's files, and the layer's own Python?
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** From dist/tests/board. */
export const ROOT: string = fileURLToPath(new URL("../../../", import.meta.url));
export const LAYER: string = join(ROOT, "board", "yocto", "meta-motcua");

export const productFile = (path: string): string => readFileSync(join(ROOT, path), "utf8");
export const layerFile = (path: string): string => readFileSync(join(LAYER, path), "utf8");
export const RECIPE = "recipes-motcua/motcua/motcua.bb";

export interface LockEntry {
  readonly version: string;
  readonly name?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}

export const lockEntries = (): Readonly<Record<string, LockEntry>> =>
  (JSON.parse(productFile("package-lock.json")) as { packages: Record<string, LockEntry> }).packages;

/** The value of `NAME = "…"` in a recipe, its lines joined; throws when the recipe does not set it. */
export const recipeValue = (recipe: string, name: string): string => {
  const pattern = new RegExp(
    `^${name.replace(/[.*+?^$()[\]{}|]/g, "\\$&")} \\??\\??= "((?:[^"\\\\]|\\\\[\\s\\S])*)"`,
    "m",
  );
  const found = pattern.exec(recipe)?.[1];
  if (found === undefined) throw new Error(`the recipe does not set ${name}`);
  return found.replace(/\\\n/g, " ").trim();
};

/** The same of the recipe's main package. */
export const packageValue = (recipe: string, name: string): string => recipeValue(recipe, `${name}:$\{PN}`);

export const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");

/** What `code` prints as JSON; it may import the layer's modules. `stderr` where it failed. */
export const python = (
  code: string,
  ...args: string[]
): { readonly value: unknown; readonly stderr: string } => {
  const { status, stdout, stderr, error } = spawnSync("python3", ["-B", "-c", code, ...args], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
    env: { ...process.env, PYTHONPATH: join(LAYER, "lib") },
  });
  if (error !== undefined) throw error;
  return status === 0 ? { value: JSON.parse(stdout) as unknown, stderr } : { value: null, stderr };
};

/** Every file of the layer, by its path in it. */
export const layerFiles = (): string[] =>
  readdirSync(LAYER, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("__pycache__"))
    .map((entry) => join(entry.parentPath, entry.name).slice(LAYER.length + 1))
    .sort();
