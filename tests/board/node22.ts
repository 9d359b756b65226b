// Does the suite also pass on Node 22? (`npm run test:node22 -- [PART OF A TEST'S PATH…]`)
//
// Node 22 with its headers comes from npm and lies outside of the repository, beside a copy of the checkout whose
// native add-ons are built against those headers. The checkout itself and its node_modules stay as they are.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { packageRoot } from "../../src/package-root.js";

const MAJOR = 22;
const NOT_COPIED = new Set(["node_modules", "var", ".git"]);
const LONGEST_MS = 60 * 60_000;

const cacheFolder = (): string =>
  process.env["MOTCUA_NODE22_CACHE"] ??
  join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "motcua", "node22");

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const run = (command: string, words: readonly string[], cwd: string, env = process.env): string => {
  const { status, stdout, stderr } = spawnSync(command, [...words], {
    ...{ cwd, env, encoding: "utf8", timeout: LONGEST_MS, maxBuffer: 1 << 28 },
  });
  if (status !== 0)
    throw new Error(`${command} ${words[0]} failed:\n${`${stdout}\n${stderr}`.slice(-3_000)}`);
  return stdout;
};

const timed = <T>(what: string, work: () => T): T => {
  const started = performance.now();
  const result = work();
  say(`${what}: ${((performance.now() - started) / 1_000).toFixed(1)} s`);
  return result;
};

/** The folder of Node 22: `bin/node`, `include/node`. */
const fetchNode = (folder: string): string => {
  const node = join(folder, "node");
  if (existsSync(join(node, "bin", "node"))) return node;
  mkdirSync(node, { recursive: true });
  const arch = process.arch === "arm64" ? "arm64" : "x64";
  const packed = run("npm", ["pack", "--silent", `node-linux-${arch}@${MAJOR}`], folder).trim();
  run("tar", ["xzf", packed, "-C", node, "--strip-components=1"], folder);
  rmSync(join(folder, packed));
  return node;
};

/** Packages with a native part that was built here: what came built speaks Node-API and runs on any Node. */
const nativePackages = (modules: string): readonly string[] =>
  readdirSync(modules)
    .flatMap((name) =>
      name.startsWith("@") ? readdirSync(join(modules, name)).map((inner) => join(name, inner)) : [name],
    )
    .filter((name) => {
      const built = join(modules, name, "build", "Release");
      return (
        existsSync(join(modules, name, "binding.gyp")) &&
        existsSync(built) &&
        readdirSync(built).some((file) => file.endsWith(".node"))
      );
    });

/** What was made before for the same packages and the same Node: a run that was broken off goes on where it was. */
const stepsIn = (stampFile: string, stamp: string): ReadonlySet<string> => {
  const [made, ...steps] = existsSync(stampFile) ? readFileSync(stampFile, "utf8").split("\n") : [];
  if (made === stamp) return new Set(steps);
  writeFileSync(stampFile, `${stamp}\n`);
  return new Set();
};

const buildModules = (folder: string, tree: string, node: string): void => {
  const from = realpathSync(join(packageRoot(), "node_modules"));
  const stampFile = join(folder, "made-modules");
  const stamp = createHash("sha256")
    .update(readFileSync(join(packageRoot(), "package-lock.json")))
    .update(readFileSync(join(node, "package.json")))
    .digest("hex");
  const made = stepsIn(stampFile, stamp);
  const step = (name: string, work: () => void): void => {
    if (made.has(name)) return;
    timed(name, work);
    appendFileSync(stampFile, `${name}\n`);
  };
  const modules = join(tree, "node_modules");
  mkdirSync(tree, { recursive: true });
  step("copy of node_modules", () => {
    rmSync(modules, { recursive: true, force: true });
    run("cp", ["-a", "--reflink=auto", from, modules], tree);
  });
  const npmRoot = run("npm", ["root", "-g"], tree).trim();
  const gyp = join(npmRoot, "npm", "node_modules", "node-gyp", "bin", "node-gyp.js");
  const env = {
    ...process.env,
    PATH: `${join(node, "bin")}:${process.env["PATH"] ?? ""}`,
    // node-gyp takes whatever npm was configured with before its own option.
    npm_config_nodedir: node,
  };
  // As the checkout has them: a build that was broken off leaves nothing to know a package by.
  for (const name of nativePackages(from))
    step(`add-on ${name}`, () => {
      const words = [gyp, "rebuild", "--release", `--nodedir=${node}`];
      run(join(node, "bin", "node"), words, join(modules, name), env);
    });
};

const copyCheckout = (tree: string): void => {
  for (const name of readdirSync(tree))
    if (!NOT_COPIED.has(name)) rmSync(join(tree, name), { recursive: true, force: true });
  for (const name of readdirSync(packageRoot()))
    if (!NOT_COPIED.has(name))
      cpSync(join(packageRoot(), name), join(tree, name), { recursive: true, preserveTimestamps: true });
};

const main = (): number => {
  if (process.platform !== "linux") {
    say("skipped: Node 22 is taken from npm for Linux alone");
    return 0;
  }
  const folder = cacheFolder();
  const tree = join(folder, "tree");
  mkdirSync(folder, { recursive: true });
  const node = timed(`Node ${MAJOR}`, () => fetchNode(folder));
  buildModules(folder, tree, node);
  timed("copy of the checkout", () => copyCheckout(tree));
  const program = join(node, "bin", "node");
  say(run(program, ["--version"], tree).trim());
  const { status } = spawnSync(program, [join("dist", "tests", "run.js"), ...process.argv.slice(2)], {
    cwd: tree,
    stdio: "inherit",
    env: {
      ...process.env,
      PATH: `${dirname(program)}:${process.env["PATH"] ?? ""}`,
      // The copy has no history to take the package's time from (board/debian/build.mjs).
      SOURCE_DATE_EPOCH:
        process.env["SOURCE_DATE_EPOCH"] ?? run("git", ["log", "-1", "--format=%ct"], packageRoot()).trim(),
    },
  });
  return status ?? 1;
};

process.exitCode = main();
