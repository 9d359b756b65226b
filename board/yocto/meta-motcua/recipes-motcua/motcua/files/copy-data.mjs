// Which files of src/ does the compiled program read, that no compiler writes? (node copy-data.mjs TREE)
import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";

const tree = process.argv[2];
if (tree === undefined) throw new Error("usage: copy-data.mjs TREE");
const { WEB_PAGES } = await import(pathToFileURL(join(tree, "src", "setup.mjs")).href);

const walk = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });

for (const file of walk(join(tree, "src"))) {
  const path = relative(tree, file);
  if (/\.(ts|tsx|mjs)$/.test(path) || WEB_PAGES.some((page) => path.startsWith(`${page}/`))) continue;
  const target = join(tree, "dist", path);
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(file, target);
}
