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
const EXECUTABLE =
  /^(opt\/motcua\/(bin\/node|systemd\/[^/.]+)|usr\/bin\/motcua|DEBIAN\/(preinst|postinst|prerm|postrm))$/;
/** Where a file of systemd/ or board/udev/ belongs, by its name. */
const PLACES = [
  [/^[^/]+\.(service|timer|target|socket|path|mount|slice)$/, (path) => `usr/lib/systemd/system/${path}`],
  [/^[^/]+\.(service|target|timer|socket)\.d\/[^/]+\.conf$/, (path) => `usr/lib/systemd/system/${path}`],
  [
    /^[^/]+\.(sysusers|tmpfiles|modules-load|sysctl)\.conf$/,
    (path) => `usr/lib/${typeOf(path)}.d/${ownOf(path)}`,
  ],
  [
    /^[^/]+\.(journald|coredump|timesyncd|system|logind)\.conf$/,
    (path) => `usr/lib/systemd/${typeOf(path)}.conf.d/${ownOf(path)}`,
  ],
  // What units start.
  [/^[^/.]+$/, (path) => `${PROGRAM}/systemd/${path}`],
  [/\.rules$/, (path) => `usr/lib/udev/rules.d/${basename(path)}`],
  [/-groups\.conf$/, (path) => `usr/lib/sysusers.d/${basename(path)}`],
  [/\.md$/, (path) => `${PROGRAM}/systemd/${path}`],
];
/** Of "motcua.journald.conf": "journald", and "motcua.conf". */
const typeOf = (path) => path.split(".").at(-2);
const ownOf = (path) => path.replace(/\.[\w-]+\.conf$/, ".conf");
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

/** Throws for a file that has no place, so that none is forgotten. */
const placeOf = (path) => {
  const [, place] = PLACES.find(([pattern]) => pattern.test(path)) ?? [];
  if (place !== undefined) return place(path);
  throw new Error(`${path}: the package knows no place for it (board/debian/tree.mjs)`);
};

const filesIn = (folder) =>
  existsSync(folder) ? walk(folder).filter((path) => lstatSync(path).isFile()) : [];

/** Whoever runs the kiosk, and the groups that its units name and that no other file makes. */
const putOwner = (tree, text) => {
  const made = filesIn(join(tree, "usr/lib/sysusers.d")).map((path) => readFileSync(path, "utf8"));
  const named = [...text.matchAll(/^SupplementaryGroups=(.*)$/gm)].flatMap(([, groups]) =>
    groups.split(/\s+/),
  );
  const missing = [...new Set([...DEVICE_GROUPS, ...named])]
    .filter(
      (group) => group !== "" && !made.some((lines) => new RegExp(`^g\\s+${group}\\s`, "m").test(lines)),
    )
    .sort();
  const user = made.some((lines) => /^u\s+motcua\s/m.test(lines))
    ? []
    : ['u motcua - "motcua kiosk" /var/lib/motcua'];
  const lines = [...user, ...missing.map((group) => `g ${group} -`)];
  if (lines.length > 0)
    putText(
      tree,
      "usr/lib/sysusers.d/motcua-owner.conf",
      `# Who runs the kiosk, and which groups own the devices that it opens?\n${lines.join("\n")}\n`,
    );
};

const putSystem = (tree, root) => {
  const units = join(root, "systemd");
  let all = "";
  for (const file of filesIn(units)) {
    // The Node that was compiled for, whatever the system has: Debian 12 has 18.
    const text = readFileSync(file, "utf8").replaceAll("/usr/bin/node", `/${PROGRAM}/bin/node`);
    putText(tree, placeOf(relative(units, file)), text);
    all += text;
  }
  const rules = join(root, "board", "udev");
  for (const file of filesIn(rules)) put(tree, placeOf(relative(rules, file)), file);
  for (const file of filesIn(join(root, "board", "polkit")))
    put(tree, `usr/share/polkit-1/rules.d/${basename(file)}`, file);
  putOwner(tree, all);
  const folders = "usr/lib/tmpfiles.d/motcua.conf";
  if (!existsSync(join(tree, folders))) put(tree, folders, join(FILES, "tmpfiles.conf"));
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
