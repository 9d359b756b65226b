// What does the package put where?
//
//   /opt/motcua            program, node packages, models, wiring tables, and the Node that runs them
//   /etc/motcua/kiosk.toml the settings, kept when they were changed
//   /usr/lib/…             units, udev rules, user and folder
//   /var/lib/motcua        the data; nothing of it belongs to the package
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { modelsOf } from "./leave-out.mjs";
import { stagePackages } from "./node-packages.mjs";
import { fetchPackage } from "./registry.mjs";

const FILES = fileURLToPath(new URL("./files", import.meta.url));
const PROGRAM = "opt/motcua";
const EXECUTABLE = /^(opt\/motcua\/bin\/node|usr\/bin\/motcua|DEBIAN\/(preinst|postinst|prerm|postrm))$/;
/** Where systemd and udev look for a packaged file, by its folder in systemd/ or its ending. */
const UNIT = /\.(service|timer|target|socket|path|mount|slice)$/;
const DROP_IN_FOLDERS = /^(journald\.conf|system\.conf|timesyncd\.conf|tmpfiles|sysusers)\.d$/;
/** Groups that own devices and that plain Debian or Raspberry Pi OS may lack: a unit that names a missing one does not start. */
const DEVICE_GROUPS = ["audio", "dialout", "gpio", "i2c", "lp", "video"];

export const walk = (folder, at = folder) =>
  readdirSync(at, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(at, entry.name);
      return entry.isDirectory() ? [path, ...walk(folder, path)] : [path];
    })
    .sort();

const put = (tree, path, from) => {
  const target = join(tree, path);
  mkdirSync(dirname(target), { recursive: true });
  if (Buffer.isBuffer(from)) writeFileSync(target, from);
  else copyFileSync(from, target);
};
const putText = (tree, path, text) => put(tree, path, Buffer.from(text));

const putNode = (tree, machine) => {
  const folder = mkdtempSync(join(tmpdir(), "motcua-node-"));
  const { package: name, integrity } = machine.nodePin;
  fetchPackage({ name, version: machine.nodeVersion, integrity }, folder);
  put(tree, `${PROGRAM}/bin/node`, join(folder, "bin", "node"));
  put(tree, `${PROGRAM}/bin/LICENSE.node`, join(folder, "LICENSE"));
  return folder;
};

const putProgram = (tree, root, version) => {
  const { name, description, license, type, engines, dependencies } = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  );
  const manifest = { name, version, description, license, private: true, type, engines, dependencies };
  putText(tree, `${PROGRAM}/package.json`, `${JSON.stringify(manifest, null, 2)}\n`);
  for (const file of ["LICENSE", "README.md", "src/motcua.mjs", "board/debian/waiting.mjs"])
    put(tree, `${PROGRAM}/${file}`, join(root, file));
  const built = join(root, "dist", "src");
  for (const file of walk(built))
    if (lstatSync(file).isFile() && !/\.(map|tsbuildinfo|d\.ts)$/.test(file))
      put(tree, `${PROGRAM}/dist/src/${relative(built, file)}`, file);
  const board = join(root, "board");
  for (const file of walk(board))
    if (lstatSync(file).isFile() && !/^(debian|yocto)\//.test(relative(board, file)))
      put(tree, `${PROGRAM}/board/${relative(board, file)}`, file);
};

/** Where a file of systemd/ belongs; throws for one that has no place, so that none is forgotten. */
const placeOf = (path) => {
  const [folder = ""] = path.split("/");
  if (UNIT.test(path) && !path.includes("/")) return `usr/lib/systemd/system/${path}`;
  if (/\.(service|target|timer)\.d$/.test(folder)) return `usr/lib/systemd/system/${path}`;
  if (DROP_IN_FOLDERS.test(folder))
    return /^(tmpfiles|sysusers)/.test(folder) ? `usr/lib/${path}` : `usr/lib/systemd/${path}`;
  if (/\.(sh|mjs)$/.test(path)) return `${PROGRAM}/systemd/${path}`;
  if (/\.md$/.test(path)) return null;
  throw new Error(`systemd/${path}: the package knows no place for it (board/debian/tree.mjs)`);
};

const putSystem = (tree, root) => {
  const folder = join(root, "systemd");
  const groups = new Set(DEVICE_GROUPS);
  for (const file of walk(folder)) {
    const place = lstatSync(file).isFile() ? placeOf(relative(folder, file)) : null;
    if (place === null) continue;
    // The Node that was compiled for, whatever the system has: Debian 12 has 18.
    const text = readFileSync(file, "utf8").replaceAll("/usr/bin/node", `/${PROGRAM}/bin/node`);
    for (const [, line = ""] of text.matchAll(/^SupplementaryGroups=(.*)$/gm))
      for (const group of line.split(/\s+/).filter(Boolean)) groups.add(group);
    putText(tree, place, text);
  }
  const lines = [...groups].sort().map((group) => `g ${group} -`);
  putText(
    tree,
    "usr/lib/sysusers.d/motcua.conf",
    `# Who runs the kiosk, and which groups own the devices that it opens?\nu motcua - "motcua kiosk" /var/lib/motcua\n${lines.join("\n")}\n`,
  );
  const rules = join(root, "board", "udev");
  if (existsSync(rules))
    for (const file of walk(rules))
      if (file.endsWith(".rules")) put(tree, `usr/lib/udev/rules.d/${basename(file)}`, file);
  put(tree, "usr/lib/tmpfiles.d/motcua.conf", join(FILES, "tmpfiles.conf"));
  put(tree, "usr/bin/motcua", join(FILES, "motcua"));
  put(tree, "etc/motcua/kiosk.toml", join(FILES, "kiosk.toml"));
};

/** Each model is, bit for bit, the one that was measured. */
const checkModels = (tree, root) => {
  for (const [name, files] of modelsOf(root))
    for (const [path, sha256] of files) {
      const file = join(tree, PROGRAM, "node_modules", name, path);
      if (createHash("sha256").update(readFileSync(file)).digest("hex") !== sha256)
        throw new Error(`model ${name}/${path} is not the file that src/ml/models.json states`);
    }
};

/** Fills the empty folder `tree`. Answers the node packages that it carries. */
export const stageTree = ({ tree, root, machine, version, say }) => {
  putProgram(tree, root, version);
  const nodeFolder = putNode(tree, machine);
  try {
    const carried = stagePackages({ root, target: join(tree, PROGRAM), machine, nodeFolder, say });
    checkModels(tree, root);
    putSystem(tree, root);
    return carried;
  } finally {
    rmSync(nodeFolder, { recursive: true, force: true });
  }
};

/** The same modes and times on every machine that builds the same sources. */
export const settle = (tree, epochSeconds) => {
  for (const path of [tree, ...walk(tree)]) {
    const stat = lstatSync(path);
    if (!stat.isSymbolicLink())
      chmodSync(path, stat.isDirectory() || EXECUTABLE.test(relative(tree, path)) ? 0o755 : 0o644);
    lutimesSync(path, epochSeconds, epochSeconds);
  }
};
