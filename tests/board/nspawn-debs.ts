// Which two packages does the story install and upgrade to, and have they been built already?
//
// Both are built from the sources as they are; the second differs in its version alone.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { packageRoot } from "../../src/package-root.js";
import { boardCache } from "./nspawn-machine.js";

const VERSIONS = ["0.1.0~test1", "0.1.0~test2"] as const;
/** What a package is made of, beside the node packages that the lock file names. */
const MADE_OF = ["dist/src", "src/motcua.mjs", "board", "systemd", "package-lock.json"];
const KEPT = "debs-";

const filesOf = (path: string): readonly string[] =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .sort()
        .flatMap((name) => filesOf(join(path, name)))
    : [path];

/** Another byte of the program, or another Node, makes another package; no step reads a page. */
const madeOf = (root: string): string => {
  const hash = createHash("sha256").update(process.versions.node);
  for (const file of MADE_OF.flatMap((path) => filesOf(join(root, path))))
    if (!/\.(map|tsbuildinfo|md)$/.test(file))
      hash.update(`${relative(root, file)}\0`).update(readFileSync(file));
  return hash.digest("hex").slice(0, 12);
};

const built = (root: string, version: string, folder: string): string => {
  const words = [join(root, "board", "debian", "build.mjs"), "--version", version, "--compress", "none"];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...words, "--out", folder], {
    encoding: "utf8",
    env: { ...process.env, MOTCUA_SETUP: "done" },
  });
  if (status !== 0) throw new Error(stderr);
  return `${stdout.trim().split("/").at(-1)}: ${stderr.trim().split("\n").at(-1)}`;
};

const debsIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));

/** The older first. Of other sources none is kept. */
export const twoPackages = (say: (line: string) => void): readonly string[] => {
  const root = packageRoot();
  const cache = boardCache();
  const folder = join(cache, `${KEPT}${madeOf(root)}`);
  if (existsSync(folder)) {
    say(`the packages of these sources are there already: ${folder}`);
    return debsIn(folder);
  }
  mkdirSync(cache, { recursive: true });
  for (const name of readdirSync(cache))
    if (name.startsWith(KEPT)) rmSync(join(cache, name), { recursive: true });
  const half = join(cache, `half-${process.pid}`);
  rmSync(half, { recursive: true, force: true });
  for (const version of VERSIONS) say(built(root, version, half));
  renameSync(half, folder);
  return debsIn(folder);
};
