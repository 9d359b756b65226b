// Which node packages does the kiosk carry, and do they lie here as the lock file says?
//
// They are copied from node_modules, not installed anew: compiling takes minutes. What is not for this machine's
// processor comes from the registry, by the hash in the lock file.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { crossBuilt } from "./addons.mjs";
import { lookInto, modelsOf, WHOLE } from "./leave-out.mjs";
import { fetchPackage } from "./registry.mjs";

const NODE_MODULES = "node_modules/";
const nameOf = (path) => path.slice(path.lastIndexOf(NODE_MODULES) + NODE_MODULES.length);

/** Of a package, and of those that it lies in. */
const namesAlong = (path) => path.slice(NODE_MODULES.length).split(`/${NODE_MODULES}`);

const names = (list, word) => list === undefined || list.includes(word);

/** Its library alone is larger than the whole package may be; the models run on WebAssembly. */
const TOO_LARGE = "@tensorflow/tfjs-node";

/** Of the lock file: what runs on Linux with glibc and this processor. */
const wanted = (root, npmArch) => {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  return Object.entries(packages).filter(
    ([path, entry]) =>
      path !== "" &&
      entry.dev !== true &&
      entry.devOptional !== true &&
      !namesAlong(path).some((name) => WHOLE.has(name)) &&
      nameOf(path) !== TOO_LARGE &&
      names(entry.os, "linux") &&
      names(entry.cpu, npmArch) &&
      !/linuxmusl|wasm32/.test(path),
  );
};

const isForOneProcessor = ({ os, cpu }) => os !== undefined || cpu !== undefined;

/** Where the package lies; null: it is optional, and not installed. */
const sourceOf = (root, path, entry, fetched) => {
  const folder = join(root, path);
  if (existsSync(folder)) {
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    if (version === entry.version) return folder;
    throw new Error(
      `${path} is ${version}, the lock file has ${entry.version}: run  npm ci  and start again`,
    );
  }
  if (isForOneProcessor(entry)) {
    fetchPackage(
      { name: nameOf(path), version: entry.version, integrity: entry.integrity },
      join(fetched, path),
    );
    return join(fetched, path);
  }
  if (entry.optional === true) return null;
  throw new Error(`${path} is not installed: run  npm ci  and start again`);
};

const copyPackage = (source, target, kiosk) => {
  const { manifest, files, licences, isNative, stay } = lookInto(source, kiosk);
  for (const file of stay) {
    mkdirSync(dirname(join(target, file)), { recursive: true });
    copyFileSync(join(source, file), join(target, file));
  }
  return {
    manifest,
    isNative: isNative && !files.some((file) => file.startsWith("prebuilds/")),
    licences,
  };
};

/**
 * Copies into `target` what the kiosk needs. Answers what was carried, for the copyright file. `say` hears of what is
 * optional and could not be had.
 */
export const stagePackages = ({ root, target, machine, nodeFolder, say }) => {
  const carried = [];
  const models = modelsOf(root);
  const fetched = mkdtempSync(join(tmpdir(), "motcua-deb-"));
  try {
    for (const [path, entry] of wanted(root, machine.npmArch)) {
      const source = sourceOf(root, path, entry, fetched);
      if (source === null) continue;
      const copied = copyPackage(source, join(target, path), { npmArch: machine.npmArch, models });
      if (copied.isNative && !machine.isThis) {
        const built = crossBuilt({ source, machine, nodeFolder, optional: entry.optional === true, say });
        rmSync(join(target, path, "build"), { recursive: true, force: true });
        if (built === null) {
          rmSync(join(target, path), { recursive: true, force: true });
          continue;
        }
        mkdirSync(join(target, path, "build", "Release"), { recursive: true });
        for (const file of built) copyFileSync(file.path, join(target, path, "build", "Release", file.name));
      }
      carried.push({ path, version: entry.version, ...copied });
    }
  } finally {
    rmSync(fetched, { recursive: true, force: true });
  }
  return carried;
};
