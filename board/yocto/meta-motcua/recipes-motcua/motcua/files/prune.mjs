// Which files in node_modules does a board never open? (node prune.mjs FOLDER-WITH-NODE_MODULES)
//
// Source maps, types, sources of what was compiled, other machines' binaries. Licences stay, wherever they lie.
import { lstatSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";

const top = process.argv[2];
if (top === undefined) throw new Error("usage: prune.mjs FOLDER");

const LICENCE = /(^|\/)(licen[cs]e|copying|notice|readme)[^/]*$/i;
const NEVER =
  /(\.(map|tsx?|mts|cts|cc|cpp|cxx|c|h|hpp|gyp|gypi|mk|o|a|d|flow)|^Makefile|^test_extension\.node)$/;
/** Whole folders, where they lie beside a package's package.json. */
const FOLDERS = new Set(["obj.target", ".deps", "prebuilds", ".github"]);

const prune = (folder) => {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const stat = lstatSync(path);
    if (stat.isDirectory()) {
      if (FOLDERS.has(name)) rmSync(path, { recursive: true });
      else {
        prune(path);
        if (readdirSync(path).length === 0) rmdirSync(path);
      }
    } else if (NEVER.test(basename(path)) && !LICENCE.test(path)) rmSync(path);
  }
};

prune(join(top, "node_modules"));
