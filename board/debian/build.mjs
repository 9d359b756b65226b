// How does one command make motcua_VERSION_ARCH.deb for a plain Debian 12 or Raspberry Pi OS?
//
//   node board/debian/build.mjs [--arch amd64|arm64] [--out DIR] [--version V] [--compress xz|zstd|gzip|none]
//
// The same sources give the same bytes: times are SOURCE_DATE_EPOCH's, else the last commit's. Node 20 travels in the
// package (Debian 12 has 18), pinned with its hash in node.json; on Node 22 the pin of 22 is taken, as native parts are
// compiled for the Node that builds.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { setUp } from "../../src/setup.mjs";
import { problemsOf } from "./check.mjs";
import { putControl } from "./control.mjs";
import { run } from "./registry.mjs";
import { settle, stageTree } from "./tree.mjs";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const PINS = JSON.parse(readFileSync(new URL("./node.json", import.meta.url), "utf8"));
const NPM_ARCH = { amd64: "x64", arm64: "arm64" };
/** As small as it gets for a pilot's link; "gzip" is for tests, which wait for it. */
const LEVEL = { xz: "6", zstd: "19", gzip: "1", none: "0" };

const USAGE = `node board/debian/build.mjs [--arch amd64|arm64] [--out DIR] [--version V] [--compress xz|zstd|gzip|none]

Builds the Debian package out of this checkout; the file's name is the one line on stdout. Without options: this
machine's processor, var/deb, the version in package.json, xz.

Example:
  npm run deb -- --arch arm64 --version 0.1.0~pilot3
`;

const say = (line) => process.stderr.write(`deb: ${line}\n`);

const machineOf = (debArch) => {
  const npmArch = NPM_ARCH[debArch];
  if (npmArch === undefined) throw new Error(`--arch ${debArch}: give amd64 or arm64`);
  const pin = PINS[process.versions.node.split(".")[0]];
  if (pin === undefined)
    throw new Error(
      `no Node is pinned for Node ${process.versions.node}: build with ${Object.keys(PINS).join(" or ")}`,
    );
  return {
    debArch,
    npmArch,
    isThis: npmArch === process.arch,
    nodeVersion: pin.version,
    nodePin: pin[debArch],
  };
};

const epochOf = () => {
  const given =
    process.env.SOURCE_DATE_EPOCH ?? run("git", ["log", "-1", "--format=%ct"], { cwd: ROOT }).trim();
  if (/^\d+$/.test(given)) return Number(given);
  throw new Error(`SOURCE_DATE_EPOCH is ${given}: give seconds since 1970`);
};

/** Debian's upstream versions have no dash: it begins the revision. */
const debVersion = (version) => `${version.replaceAll("-", "~")}-1`;

const pack = ({ tree, file, compress, epochSeconds }) =>
  run("dpkg-deb", ["--root-owner-group", `-Z${compress}`, `-z${LEVEL[compress]}`, "--build", tree, file], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(epochSeconds), DPKG_DEB_THREADS_MAX: "1" },
  });

const checkCompression = (compress) => {
  if (LEVEL[compress] === undefined)
    throw new Error(`--compress ${compress}: give ${Object.keys(LEVEL).join(", ")}`);
};

/** Builds one package from dist/ and node_modules as they are; answers its file and sizes. Throws with every problem at once. */
export const buildDeb = ({ arch, out, version, compress }) => {
  checkCompression(compress);
  const machine = machineOf(arch);
  const epochSeconds = epochOf();
  const { version: own, description } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const whole = version ?? own;
  const tree = mkdtempSync(join(tmpdir(), "motcua-deb-"));
  try {
    const carried = stageTree({ tree, root: ROOT, machine, version: whole, say });
    const told = putControl({
      tree,
      carried,
      version: debVersion(whole),
      machine,
      description,
      epochSeconds,
    });
    settle(tree, epochSeconds);
    const problems = problemsOf(tree, { root: ROOT, debArch: arch, installedBytes: told.installedBytes });
    if (problems.length > 0) throw new Error(problems.join("\n"));
    mkdirSync(out, { recursive: true });
    const file = join(out, `motcua_${debVersion(whole)}_${arch}.deb`);
    pack({ tree, file, compress, epochSeconds });
    return { file, bytes: statSync(file).size, ...told, packages: carried.length, node: machine.nodeVersion };
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
};

const main = async () => {
  const { values } = parseArgs({
    options: {
      arch: { type: "string", default: run("dpkg", ["--print-architecture"]).trim() },
      out: { type: "string", default: join(ROOT, "var", "deb") },
      version: { type: "string" },
      compress: { type: "string", default: "xz" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  checkCompression(values.compress);
  machineOf(values.arch);
  if (process.env.MOTCUA_SETUP !== "done" && !(await setUp("run"))) return 1;
  const started = performance.now();
  const built = buildDeb({ ...values, out: resolve(values.out) });
  const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
  say(
    `${megabytes(built.bytes)} MB, ${megabytes(built.installedBytes)} MB installed in ${built.files} files, ${built.packages} node packages, Node ${built.node}, in ${((performance.now() - started) / 1000).toFixed(0)} s`,
  );
  process.stdout.write(`${built.file}\n`);
  return 0;
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    process.exitCode = await main();
  } catch (error) {
    process.stderr.write(`deb: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
