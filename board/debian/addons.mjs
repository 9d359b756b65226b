// How is a native add-on compiled for another processor than this machine's?
//
// By Debian's cross compiler and the headers of the Node that is carried. Kept in the cache folder: better-sqlite3
// alone takes minutes.
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder, run } from "./registry.mjs";
import { sysrootOf } from "./sysroot.mjs";

const TRIPLET = { arm64: "aarch64-linux-gnu", amd64: "x86_64-linux-gnu" };

/** node-gyp travels with npm. */
const nodeGyp = () => {
  const folder = join(run("npm", ["root", "--global"]).trim(), "npm", "node_modules", "node-gyp");
  const file = join(folder, "bin", "node-gyp.js");
  if (existsSync(file)) return file;
  throw new Error(`there is no node-gyp beside npm (looked for ${file})`);
};

const compiler = (debArch) => {
  const triplet = TRIPLET[debArch];
  const tool = (name) => `${triplet}-${name}`;
  if (existsSync(`/usr/bin/${tool("g++")}`))
    return { CC: tool("gcc"), CXX: tool("g++"), AR: tool("ar"), LINK: tool("g++") };
  throw new Error(
    `native add-ons for ${debArch} need a cross compiler: install it with  apt-get install g++-${triplet.replaceAll("_", "-")}`,
  );
};

/**
 * A header's assert carries the name of its file: cut off what is this machine's, whole or from the build folder, as
 * gyp writes it.
 */
const withoutPaths = (modules, at) =>
  [dirname(modules), dirname(realpathSync(modules))]
    .flatMap((project) => [project, relative(join(at, "build"), project)])
    .map((path) => `-ffile-prefix-map=${path}=.`)
    .join(" ");

/** Headers and libraries of the other machine, for add-ons that speak to one. */
const foreignLibraries = (debArch, flags) => {
  const root = sysrootOf(debArch);
  const libraries = join(root, "usr/lib", TRIPLET[debArch]);
  return {
    PKG_CONFIG_SYSROOT_DIR: root,
    PKG_CONFIG_LIBDIR: `${libraries}/pkgconfig:${root}/usr/share/pkgconfig`,
    CFLAGS: flags,
    CXXFLAGS: `-I${root}/usr/include -I${root}/usr/include/PCSC ${flags}`,
    LDFLAGS: `-L${libraries}`,
  };
};

const compile = ({ source, machine, nodeFolder, at }) => {
  cpSync(source, at, { recursive: true, filter: (path) => !/\/(build|node_modules)$/.test(path) });
  // What its binding.gyp asks Node for (nan, node-addon-api) is found from beside it.
  const modules = join(source.slice(0, source.indexOf("/node_modules/")), "node_modules");
  const words = [nodeGyp(), "rebuild", `--arch=${machine.npmArch}`, `--nodedir=${nodeFolder}`, "--release"];
  run(process.execPath, words, {
    cwd: at,
    env: {
      ...process.env,
      ...compiler(machine.debArch),
      NODE_PATH: modules,
      ...foreignLibraries(machine.debArch, withoutPaths(modules, at)),
    },
  });
};

/** What was compiled otherwise than this file says is not taken for it. */
const RECIPE = createHash("sha256")
  .update(readFileSync(fileURLToPath(import.meta.url)))
  .digest("hex")
  .slice(0, 8);

const nodesIn = (folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".node") && name !== "test_extension.node")
    .map((name) => ({ name, path: join(folder, name) }));

/** The compiled files `{name, path}`; null for an optional add-on that can not be compiled here, after a line that says so. */
export const crossBuilt = ({ source, machine, nodeFolder, optional, say }) => {
  const { name, version } = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
  const folder = `${name.replace("/", "+")}-${version}-node${machine.nodeVersion}-${machine.debArch}-${RECIPE}`;
  const kept = join(cacheFolder("addons"), folder);
  if (existsSync(kept)) return nodesIn(kept);
  compiler(machine.debArch);
  const at = join(dirname(kept), `.${folder}-${process.pid}`);
  try {
    compile({ source, machine, nodeFolder, at });
    mkdirSync(dirname(kept), { recursive: true });
    renameSync(join(at, "build", "Release"), kept);
    return nodesIn(kept);
  } catch (error) {
    if (!optional) throw error;
    say(
      `left out, as it does not compile for ${machine.debArch} here: ${name} ${version} (${error.message.split("\n")[0]})`,
    );
    return null;
  } finally {
    rmSync(at, { recursive: true, force: true });
  }
};
