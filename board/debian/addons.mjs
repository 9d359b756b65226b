// How is a native add-on compiled for another processor than this machine's?
//
// By Debian's cross compiler and the headers of the Node that is carried. Kept in the cache folder: better-sqlite3
// alone takes minutes.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
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

/** Headers and libraries of the other machine, for add-ons that speak to one. */
const foreignLibraries = (debArch) => {
  const root = sysrootOf(debArch);
  const libraries = join(root, "usr/lib", TRIPLET[debArch]);
  return {
    PKG_CONFIG_SYSROOT_DIR: root,
    PKG_CONFIG_LIBDIR: `${libraries}/pkgconfig:${root}/usr/share/pkgconfig`,
    CXXFLAGS: `-I${root}/usr/include -I${root}/usr/include/PCSC`,
    LDFLAGS: `-L${libraries}`,
  };
};

const compile = ({ source, machine, nodeFolder, at }) => {
  cpSync(source, at, { recursive: true, filter: (path) => !/\/(build|node_modules)$/.test(path) });
  // What its binding.gyp asks Node for (nan, node-addon-api) is found from beside it.
  const words = [nodeGyp(), "rebuild", `--arch=${machine.npmArch}`, `--nodedir=${nodeFolder}`, "--release"];
  run(process.execPath, words, {
    cwd: at,
    env: {
      ...process.env,
      ...compiler(machine.debArch),
      NODE_PATH: join(source.slice(0, source.indexOf("/node_modules/")), "node_modules"),
      ...foreignLibraries(machine.debArch),
    },
  });
};

const nodesIn = (folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".node") && name !== "test_extension.node")
    .map((name) => ({ name, path: join(folder, name) }));

/** The compiled files `{name, path}`; null for an optional add-on that can not be compiled here, after a line that says so. */
export const crossBuilt = ({ source, machine, nodeFolder, optional, say }) => {
  const { name, version } = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
  const folder = `${name.replace("/", "+")}-${version}-node${machine.nodeVersion}-${machine.debArch}`;
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
