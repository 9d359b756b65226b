// What does a clone need before it runs, and is it there already?
//
// Node modules, Debian packages, the build. Each step has a stamp and is skipped when nothing changed.
// Plain JavaScript without dependencies: it runs before there are any.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Debian package by the command or file that proves it is installed. */
const PACKAGES = {
  run: [
    ["mosquitto", ["/usr/sbin/mosquitto", "/usr/bin/mosquitto"]],
    ["espeak-ng", ["/usr/bin/espeak-ng"]],
    ["alsa-utils", ["/usr/bin/aplay"]],
  ],
  test: [
    ["mosquitto", ["/usr/sbin/mosquitto", "/usr/bin/mosquitto"]],
    ["mosquitto-clients", ["/usr/bin/mosquitto_sub"]],
    ["espeak-ng", ["/usr/bin/espeak-ng"]],
    ["chromium", ["/usr/bin/chromium"]],
    ["tesseract-ocr", ["/usr/bin/tesseract"]],
    ["tesseract-ocr-vie", ["/usr/share/tesseract-ocr/5/tessdata/vie.traineddata"]],
    ["socat", ["/usr/bin/socat"]],
    ["tmux", ["/usr/bin/tmux"]],
    ["systemd", ["/usr/bin/systemd-analyze"]],
    ["cage", ["/usr/bin/cage"]],
    ["xwayland", ["/usr/bin/Xwayland"]],
    ["openssl", ["/usr/bin/openssl"]],
    ["qpdf", ["/usr/bin/qpdf"]],
    ["prometheus", ["/usr/bin/promtool"]],
    ["mupdf-tools", ["/usr/bin/mutool"]],
    ["softhsm2", ["/usr/bin/softhsm2-util"]],
    ["opensc", ["/usr/bin/pkcs11-tool"]],
    ["poppler-utils", ["/usr/bin/pdftotext"]],
    ["zbar-tools", ["/usr/bin/zbarimg"]],
    ["fonts-ocr-b", ["/usr/share/fonts/opentype/ocr-b/OCRB.otf"]],
    ["fonts-noto-core", ["/usr/share/fonts/truetype/noto/NotoSerif-Regular.ttf"]],
    ["fonts-dejavu-core", ["/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf"]],
    ["sane-utils", ["/usr/bin/scanimage"]],
    ["pcscd", ["/usr/sbin/pcscd"]],
    ["vsmartcard-vpcd", ["/usr/lib/pcsc/drivers/serial/libifdvpcd.so"]],
    ["fuse3", ["/usr/bin/fusermount3"]],
    ["pkg-config", ["/usr/bin/pkg-config"]],
    ["alsa-utils", ["/usr/bin/aplay"]],
    ["libfuse3-dev", ["/usr/include/fuse3/fuse.h"]],
    ["device-tree-compiler", ["/usr/bin/fdtoverlay"]],
    ["rauc", ["/usr/bin/rauc"]],
    ["dbus", ["/usr/bin/dbus-daemon"]],
    ["squashfs-tools", ["/usr/bin/mksquashfs"]],
    ["cryptsetup-bin", ["/usr/sbin/veritysetup", "/sbin/veritysetup"]],
    ["dosfstools", ["/usr/sbin/mkfs.vfat", "/sbin/mkfs.vfat"]],
    ["mtools", ["/usr/bin/mcopy"]],
    ["kannel", ["/usr/sbin/smsbox"]],
    ["kannel-extras", ["/usr/lib/kannel/test/fakesmsc"]],
    ["postgresql", ["15", "16", "17", "18"].map((version) => `/usr/lib/postgresql/${version}/bin/postgres`)],
  ],
};
/**
 * Its service starts when it is installed, and blocks what is plugged in from then on: only where no systemd runs (a
 * container). Elsewhere its tests say that they are skipped.
 */
const USB_GUARD = [["usbguard", ["/usr/bin/usbguard-rule-parser"]]];
/** Headers of the optional native packages: without them the kiosk runs, but has no PC/SC and no GPIO character device. */
const OPTIONAL_BUILD = [
  ["libpcsclite-dev", ["/usr/include/PCSC/winscard.h"]],
  ["libgpiod-dev", ["/usr/include/gpiod.h"]],
  ["pkg-config", ["/usr/bin/pkg-config"]],
];
const BUILD_TOOLS = [
  ["g++", ["/usr/bin/g++"]],
  ["make", ["/usr/bin/make"]],
  ["python3", ["/usr/bin/python3", "/usr/local/bin/python3"]],
];

const say = (line) => process.stderr.write(`set-up: ${line}\n`);

const runStep = (what, command, args, options = {}) => {
  const started = Date.now();
  say(`${what} …`);
  const result = spawnSync(command, args, { cwd: ROOT, encoding: "utf8", maxBuffer: 1 << 28, ...options });
  if (result.status === 0) {
    say(`${what}: done in ${((Date.now() - started) / 1000).toFixed(1)} s`);
    return true;
  }
  const text = `${result.stdout ?? ""}\n${result.stderr ?? ""}`.trim().split("\n").slice(-40).join("\n");
  process.stderr.write(`${text}\n`);
  say(`${what} failed (${result.error?.message ?? `exit code ${result.status}`}); the output is above`);
  return false;
};

const missing = (wanted) =>
  wanted.filter(([, proofs]) => !proofs.some((path) => existsSync(path))).map(([name]) => name);

const installPackages = (names) => {
  if (names.length === 0) return true;
  if (!canInstall()) {
    say(
      `these Debian packages are missing: install them with  sudo apt-get install ${names.join(" ")}  and start again`,
    );
    return false;
  }
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return (
    runStep("apt-get update", "apt-get", ["update"], { env }) &&
    runStep(
      `Debian packages: ${names.join(" ")}`,
      "apt-get",
      ["install", "-y", "--no-install-recommends", ...names],
      { env },
    )
  );
};

const canInstall = () => process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");

const hashOf = (paths) => {
  const hash = createHash("sha256");
  for (const path of paths) hash.update(path).update(readFileSync(join(ROOT, path)));
  return hash.digest("hex");
};

const walk = (folder, out = []) => {
  for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) walk(path, out);
    else out.push(path);
  }
  return out;
};

const stampIs = (file, value) => existsSync(file) && readFileSync(file, "utf8") === value;

const installModules = () => {
  const folder = join(ROOT, "node_modules");
  const stamp = join(folder, ".motcua-lock");
  const wanted = `${hashOf(["package.json", "package-lock.json"])} ${process.versions.modules}`;
  const borrowed = existsSync(folder) && lstatSync(folder).isSymbolicLink();
  if (!borrowed && !stampIs(stamp, wanted)) {
    if (!installPackages(missing([...BUILD_TOOLS, ...(canInstall() ? OPTIONAL_BUILD : [])]))) return false;
    if (
      !runStep("node modules (native parts compile; a few minutes)", "npm", [
        "ci",
        "--include=dev",
        "--no-audit",
        "--no-fund",
      ])
    )
      return false;
    writeFileSync(stamp, wanted);
  }
  const link = join(folder, ".bin", "motcua");
  if (!existsSync(link)) {
    rmSync(link, { force: true });
    symlinkSync("../../src/motcua.mjs", link);
    chmodSync(join(ROOT, "src", "motcua.mjs"), 0o755);
  }
  return true;
};

/** Sources by path, size and time: a few milliseconds for the whole tree. */
const sourceStamp = () => {
  const hash = createHash("sha256");
  for (const path of [...walk("src"), ...walk("tests"), "package.json", "tsconfig.json"].sort()) {
    const { size, mtimeMs } = statSync(join(ROOT, path));
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex");
};

/** The web pages that Vite builds, by their folder. */
export const WEB_PAGES = ["src/screen/web", "src/dock/web", "src/portal/web"];

const copyData = () => {
  for (const path of [...walk("src"), ...walk("tests")]) {
    if (/\.(ts|tsx|mjs)$/.test(path) || WEB_PAGES.some((page) => path.startsWith(`${page}/`))) continue;
    const target = join(ROOT, "dist", path);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(join(ROOT, path), target);
  }
};

const build = () => {
  const stampFile = join(ROOT, "dist", ".built");
  const stamp = sourceStamp();
  if (stampIs(stampFile, stamp)) return true;
  rmSync(join(ROOT, "dist"), { recursive: true, force: true });
  const bin = (name) => join(ROOT, "node_modules", ".bin", name);
  // TypeScript 7 compiles; the older one beside it is only there for dependency-cruiser.
  const tsc = join(ROOT, "node_modules", "typescript-native", "bin", "tsc");
  if (!runStep("TypeScript", process.execPath, [tsc, "-p", "tsconfig.json"])) return false;
  copyData();
  for (const page of WEB_PAGES) {
    const config = join(ROOT, page, "vite.config.ts");
    if (
      existsSync(config) &&
      !runStep(`page ${relative("src", page)}`, bin("vite"), [
        "build",
        "--config",
        config,
        "--logLevel",
        "warn",
      ])
    )
      return false;
  }
  writeFileSync(stampFile, stamp);
  return true;
};

/** Brings the clone to where `purpose` ("run" or "test") works. False after a line that says what is missing. */
export const setUp = async (purpose) => {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    say(`Node ${process.versions.node} is too old: motcua needs Node 20.19 or newer`);
    return false;
  }
  const guard = purpose === "test" && canInstall() && !existsSync("/run/systemd/system") ? USB_GUARD : [];
  return installModules() && installPackages(missing([...PACKAGES[purpose], ...guard])) && build();
};
