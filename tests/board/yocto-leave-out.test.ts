// Do the Debian package and Yocto's image leave the same files out of node_modules, and does the program load without
// them?
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  LAYER,
  layerFile,
  lockEntries,
  productFile,
  python,
  RECIPE,
  ROOT,
  recipeValue,
} from "./yocto-tree.js";

const PRUNE = join(LAYER, "recipes-motcua", "motcua", "files", "prune.mjs");
const PROCESSOR = process.arch === "arm64" ? "arm64" : "x64";
/** What the recipe does without, when nobody asks for TensorFlow's own binding. */
const WITHOUT = `prebuild-install @tensorflow/tfjs-node ${recipeValue(layerFile(RECIPE), "MOTCUA_NPM_HEADERS")}`;

const top = mkdtempSync(join(tmpdir(), "motcua-leave-out-"));
const image = join(top, "image");
const debian = join(top, "debian");

const filesIn = (folder: string, at = folder): string[] =>
  readdirSync(at, { withFileTypes: true }).flatMap((entry) => {
    const path = join(at, entry.name);
    return entry.isDirectory() ? filesIn(folder, path) : [relative(folder, path)];
  });

/** The same bytes in another place, as fast as the disk allows; links come as the files that they lead to. */
const put = (path: string, from = join(ROOT, path)): void => {
  const target = join(image, path);
  mkdirSync(dirname(target), { recursive: true });
  try {
    linkSync(from, target);
  } catch {
    copyFileSync(from, target);
  }
};

/** Of the lock file, by the recipe's own code: where the packages lie that the image carries. */
const carried = python(
  "import json, sys; from motcua import npm; " +
    "print(json.dumps([package.path for package in npm.Lock(sys.argv[1]).runtime(sys.argv[2], sys.argv[3].split())]))",
  ...[join(ROOT, "package-lock.json"), PROCESSOR, WITHOUT],
).value as string[];

/** Files of a package without those of the packages in it. */
const ownFiles = (folder: string): string[] =>
  filesIn(folder).filter((path) => !/(^|\/)node_modules\//.test(path));

const fill = (): void => {
  for (const path of carried.filter((name) => existsSync(join(ROOT, name))))
    for (const file of ownFiles(join(ROOT, path))) put(`${path}/${file}`);
  for (const file of filesIn(join(ROOT, "dist", "src"))) put(`dist/src/${file}`);
  for (const file of ["package.json", "src/motcua.mjs"]) put(file);
};

const prune = (tree: string, folder: string) =>
  spawnSync(process.execPath, [PRUNE, tree, folder, PROCESSOR], { encoding: "utf8" });

test.before(() => {
  fill();
  const { status, stderr } = prune(ROOT, image);
  assert.is(status, 0, stderr);
});
test.after(() => rmSync(top, { recursive: true, force: true }));

test("of every package that both carry, the same files stay", async () => {
  const { stagePackages } = (await import(join(ROOT, "board", "debian", "node-packages.mjs"))) as {
    stagePackages(options: object): { path: string }[];
  };
  const machine = { npmArch: PROCESSOR, isThis: true };
  const staged = stagePackages({
    root: ROOT,
    target: debian,
    machine,
    nodeFolder: null,
    say: () => undefined,
  });
  const both = staged.map(({ path }) => path).filter((path) => existsSync(join(image, path)));
  assert.ok(both.length > 300, `${both.length} packages are in both`);
  for (const path of both)
    assert.equal(ownFiles(join(image, path)).sort(), ownFiles(join(debian, path)).sort(), path);
  const others = new Set(staged.map(({ path }) => path));
  const { WHOLE } = (await import(join(ROOT, "board", "debian", "leave-out.mjs"))) as { WHOLE: Set<string> };
  for (const path of carried.filter((name) => existsSync(join(ROOT, name)))) {
    const stays = !path
      .slice("node_modules/".length)
      .split("/node_modules/")
      .some((name) => WHOLE.has(name));
    assert.is(existsSync(join(image, path)), stays, path);
    assert.is(others.has(path), stays, path);
  }
});

test("the recipe carries the list, and hands it the product's tree and the board's processor", () => {
  const recipe = layerFile(RECIPE);
  assert.match(recipe, /file:\/\/board\/debian\/leave-out\.mjs;subdir=motcua /);
  assert.match(
    recipe,
    /node \$\{WORKDIR\}\/prune\.mjs \$\{S\} \$\{D\}\$\{MOTCUA_PREFIX\} \$\{MOTCUA_NPM_CPU\}$/m,
  );
  const tree = join(top, "tree");
  for (const path of ["src/ml/models.json", "board/debian/leave-out.mjs"]) {
    mkdirSync(join(tree, dirname(path)), { recursive: true });
    writeFileSync(join(tree, path), productFile(path));
  }
  // What the recipe unpacks is enough for it.
  assert.is(prune(tree, image).status, 0);
  rmSync(join(tree, "src"), { recursive: true });
  assert.is.not(prune(tree, image).status, 0);
});

test("the program starts from what stays", () => {
  const said = spawnSync(process.execPath, [join(image, "src", "motcua.mjs"), "--help"], {
    encoding: "utf8",
    env: { MOTCUA_SETUP: "done" },
    cwd: "/",
  });
  assert.is(said.status, 0, said.stderr);
  assert.match(said.stdout, /motcua/);
});

/** In JavaScript: what a file imports, and what it asks `require` or `resolve` for. */
const NAMED =
  /(?:\bfrom|\bimport\(?)\s*"(?<module>[@a-z][^"]*)"|(?<how>require|resolve|\(import\.meta\.url\))\(\s*"(?<asked>[@a-z][^"]*)"/g;

/** Loads in one process what the program loads in several, and prints a line for each that can not be loaded. */
const LOADER = `
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
const require = createRequire(import.meta.url);
const { modules, required, resolved } = JSON.parse(readFileSync(0, "utf8"));
const bad = [];
const wait = async (name, load) => {
  try { await load(); } catch (error) { bad.push(name + ": " + String(error && error.message).split("\\n")[0]); }
};
for (const name of modules) await wait(name, () => import(name));
// Not awaited: one of them has a "then" that gives itself, for ever.
for (const name of required) await wait(name, () => void require(name));
for (const name of resolved) await wait(name, () => void readFileSync(require.resolve(name)));
process.stdout.write(JSON.stringify(bad), () => process.exit(0));
`;

/** What a text calls so is no package. */
const isLocked = (name: string): boolean =>
  `node_modules/${name
    .split("/")
    .slice(0, name.startsWith("@") ? 2 : 1)
    .join("/")}` in lockEntries();

test("every package that the program names loads from what stays, and every file that it opens in one is there", () => {
  const names = { modules: new Set<string>(), required: new Set<string>(), resolved: new Set<string>() };
  for (const path of filesIn(join(image, "dist")).filter(
    (name) => name.endsWith(".js") && !/\/(web|training)\//.test(name),
  ))
    for (const { groups = {} } of readFileSync(join(image, "dist", path), "utf8").matchAll(NAMED)) {
      const { module, how, asked = "" } = groups;
      if (!isLocked(module ?? asked)) continue;
      if (module !== undefined) names.modules.add(module);
      else if (how === "resolve") names.resolved.add(asked);
      else names.required.add(asked);
    }
  assert.ok(names.modules.size > 20 && names.required.size > 5 && names.resolved.size > 5);
  writeFileSync(join(image, "load.mjs"), LOADER);
  const input = JSON.stringify(
    Object.fromEntries(Object.entries(names).map(([key, set]) => [key, [...set]])),
  );
  const said = spawnSync(process.execPath, [join(image, "load.mjs")], { encoding: "utf8", input, cwd: "/" });
  assert.is(said.status, 0, said.stderr);
  // Runs in a worker alone, and comes that far when all that it asks for is there.
  const bad = (JSON.parse(said.stdout) as string[]).filter(
    (line) => !/^tesseract\.js\/src\/worker-script.*null \(reading 'on'\)$/.test(line),
  );
  assert.equal(bad, []);
});

test.run();
