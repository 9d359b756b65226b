// Does the Yocto recipe carry what the lock file and the model manifest state: every package that is loaded, each by its
// hash, and no other?
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type LockEntry,
  layerFile,
  lockEntries,
  productFile,
  python,
  RECIPE,
  ROOT,
  recipeValue,
  words,
} from "./yocto-tree.js";

interface Source {
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly sha512: string;
  readonly uri: string;
}

const recipe = layerFile(RECIPE);
const HEADERS = words(recipeValue(recipe, "MOTCUA_NPM_HEADERS"));
const TOOLS = words(recipeValue(recipe, "MOTCUA_NPM_TOOLS"));
const ADDONS = words(recipeValue(recipe, "MOTCUA_ADDONS"));
/** As without TensorFlow's binding, which is the recipe's default. */
const WITHOUT = ["prebuild-install", "@tensorflow/tfjs-node"];

const LIST = `
import json, sys
from motcua import npm
lock = npm.Lock(sys.argv[1])
tools, headers, without = (word.split() for word in sys.argv[2:5])
runtime = lock.runtime("arm64", [*without, *headers])
build = lock.build("x64", tools, headers, runtime)
show = lambda package: {**vars(package), "uri": package.uri("https://registry", "motcua")}
print(json.dumps({"runtime": [show(p) for p in runtime], "build": [show(p) for p in build],
                  "licences": npm.licences(runtime, {"node-bitmap": "MIT"})}))
`;

const list = (lock: string) => python(LIST, lock, TOOLS.join(" "), HEADERS.join(" "), WITHOUT.join(" "));

const { value, stderr } = list(join(ROOT, "package-lock.json"));
assert.is.not(value, null, stderr);
const { runtime, build, licences } = value as { runtime: Source[]; build: Source[]; licences: string };
const paths = new Set(runtime.map(({ path }) => path));

/** A copy of the lock file, changed. */
const withLock = (
  change: (entries: Record<string, Record<string, unknown>>) => void,
  use: (lock: string) => void,
): void => {
  const folder = mkdtempSync(join(tmpdir(), "motcua-yocto-"));
  try {
    const lock = JSON.parse(productFile("package-lock.json")) as {
      packages: Record<string, Record<string, unknown>>;
    };
    change(lock.packages);
    const file = join(folder, "package-lock.json");
    writeFileSync(file, JSON.stringify(lock));
    use(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

test("each source is an entry of the lock file, with its version and its integrity in hex", () => {
  const entries = lockEntries();
  for (const { path, name, version, sha512, uri } of [...runtime, ...build]) {
    const entry: LockEntry | undefined = entries[path];
    assert.ok(entry, path);
    assert.is(version, entry.version, path);
    assert.is(
      name,
      entry.name ?? path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length),
      path,
    );
    assert.is(`sha512-${Buffer.from(sha512, "hex").toString("base64")}`, entry.integrity, path);
    assert.ok(uri.includes(`sha512sum=${sha512};`) && uri.includes(`subdir=motcua/${path};`), uri);
  }
});

test("nothing for development is on a board, and no other machine's binary", () => {
  const entries = lockEntries();
  assert.equal(
    runtime.filter(({ path }) => entries[path]?.dev === true).map(({ path }) => path),
    [],
  );
  const binaries = runtime.filter(({ path }) => /@img\/sharp-/.test(path)).map(({ path }) => path);
  assert.equal(binaries, [
    "node_modules/@img/sharp-libvips-linux-arm64",
    "node_modules/@img/sharp-linux-arm64",
  ]);
  assert.ok(build.some(({ path }) => path === "node_modules/@typescript/typescript-linux-x64"));
  assert.not.ok(build.some(({ path }) => /darwin|win32|musl|arm64/.test(path)));
});

test("whatever a carried package needs is carried, too", () => {
  const entries = lockEntries();
  const found = (path: string, name: string): string | null => {
    for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf("node_modules/") - 1))) {
      const there = `${at === "" ? "" : `${at}/`}node_modules/${name}`;
      if (there in entries) return there;
      if (at === "") return null;
    }
  };
  const missing = [...paths, ""].flatMap((path) =>
    Object.keys(entries[path]?.dependencies ?? {})
      .filter((name) => ![...HEADERS, ...WITHOUT].includes(name))
      .map((name) => found(path, name) ?? `${name} of ${path}`)
      .filter((there) => !paths.has(there)),
  );
  assert.equal(missing, []);
});

test("every package that compiles at its installation is compiled by the recipe, or arrives compiled", () => {
  const { allowScripts } = JSON.parse(productFile("package.json")) as {
    allowScripts: Record<string, boolean>;
  };
  const compiled = Object.keys(allowScripts).filter(
    (name) => allowScripts[name] === true && paths.has(`node_modules/${name}`),
  );
  // sharp's binary is a package of its own.
  assert.equal(compiled.filter((name) => name !== "sharp").sort(), [...ADDONS].sort());
  const entries = lockEntries();
  const scripts = [...paths].filter((path) => entries[path]?.hasInstallScript === true);
  for (const path of scripts) assert.ok(path.slice("node_modules/".length) in allowScripts, path);
});

test("one file name in the download folder is one content", () => {
  const byFile = new Map<string, string>();
  for (const { uri, sha512 } of [...runtime, ...build]) {
    const file = /downloadfilename=([^;]+);/.exec(uri)?.[1] ?? "";
    assert.is(byFile.get(file) ?? sha512, sha512, file);
    byFile.set(file, sha512);
  }
});

test("a package without sha512, a tool that is not locked and a package without a licence are refused in a sentence", () => {
  const first = runtime[0]?.path ?? "";
  const refused = (
    change: (entries: Record<string, Record<string, unknown>>) => void,
    sentence: RegExp,
  ): void =>
    withLock(change, (lock) => {
      const result = list(lock);
      assert.is(result.value, null);
      assert.match(result.stderr, sentence);
    });
  refused((entries) => delete entries[first]?.["integrity"], /has no sha512 integrity/);
  refused(
    (entries) => Object.assign(entries[first] ?? {}, { integrity: "sha1-AAAA" }),
    /has no sha512 integrity/,
  );
  refused((entries) => Object.assign(entries[first] ?? {}, { integrity: "sha512-AAAA" }), /3 bytes, not 64/);
  refused((entries) => delete entries["node_modules/vite"], /has no vite/);
  refused((entries) => delete entries[first]?.["license"], /states no licence/);
});

test("the licences are those of the lock file, in the words of a recipe", () => {
  assert.match(licences, /(^|& )MIT( &|$)/);
  assert.match(licences, /LGPL-3\.0-or-later/);
  assert.not.match(licences, / AND | OR |undefined|null/);
  assert.is(
    createHash("md5").update(productFile("LICENSE")).digest("hex"),
    /file:\/\/LICENSE;md5=([0-9a-f]{32})/.exec(recipe)?.[1],
  );
});

test("the models in the image are those of the manifest, bit for bit", () => {
  const check = (modules: string) =>
    python(
      "import json, sys; from motcua import models; print(json.dumps(models.problems(sys.argv[1], sys.argv[2])))",
      join(ROOT, "src", "ml", "models.json"),
      modules,
    ).value as string[];
  assert.equal(check(join(ROOT, "node_modules")), []);
  const folder = mkdtempSync(join(tmpdir(), "motcua-yocto-"));
  try {
    const { models } = JSON.parse(productFile("src/ml/models.json")) as {
      models: { package?: string; folder: string; files: { name: string }[] }[];
    };
    const files = models.flatMap(({ package: name, folder: below, files: named }) =>
      name === undefined ? [] : named.map((file) => join(name, below, file.name)),
    );
    assert.ok(files.length > 1);
    for (const file of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      copyFileSync(join(ROOT, "node_modules", file), join(folder, file));
    }
    const [damaged = "", lost = ""] = files;
    const bytes = readFileSync(join(folder, damaged));
    bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
    writeFileSync(join(folder, damaged), bytes);
    rmSync(join(folder, lost));
    const problems = check(folder);
    assert.is(problems.length, 2);
    assert.match(problems[0] ?? "", /is not the file that/);
    assert.match(problems[1] ?? "", /is missing/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
