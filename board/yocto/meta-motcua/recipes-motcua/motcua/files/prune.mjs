// Which files in node_modules does a board never open? (node prune.mjs TREE FOLDER-WITH-NODE_MODULES PROCESSOR)
//
// The list is the Debian package's, in the product's TREE. Here it is only carried out: whole packages, files of the
// others, then what is empty. PROCESSOR is npm's word for the board's.
import { existsSync, lstatSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [tree, top, npmArch] = process.argv.slice(2);
if (npmArch === undefined) throw new Error("usage: prune.mjs TREE FOLDER PROCESSOR");
const list = await import(pathToFileURL(join(tree, "board", "debian", "leave-out.mjs")).href);
const kiosk = { npmArch, models: list.modelsOf(tree) };

/** Files and links that are not in `stay`; `below` ends in "/" or is empty. Packages in the package are left alone. */
const clear = (folder, stay, below = "") => {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const within = `${below}${name}`;
    if (lstatSync(path).isDirectory()) {
      if (within === "node_modules") continue;
      clear(path, stay, `${within}/`);
      if (readdirSync(path).length === 0) rmdirSync(path);
    } else if (!stay.has(within)) rmSync(path);
  }
};

const prune = (modules, scope = "") => {
  for (const name of readdirSync(modules)) {
    const path = join(modules, name);
    if (name.startsWith("@")) prune(path, `${name}/`);
    // npm's own: .bin, .package-lock.json.
    else if (name.startsWith(".") || list.WHOLE.has(`${scope}${name}`)) rmSync(path, { recursive: true });
    else {
      clear(path, new Set(list.lookInto(path, kiosk).stay));
      if (existsSync(join(path, "node_modules"))) prune(join(path, "node_modules"));
    }
  }
  if (readdirSync(modules).length === 0) rmdirSync(modules);
};

prune(join(top, "node_modules"));
