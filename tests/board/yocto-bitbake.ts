// Is the layer right against the real metadata of Yocto: does bitbake parse it, know every package of the image, and
// unpack the product? (npm run test:yocto)
//
// MOTCUA_POKY names a folder with the repositories of board/yocto/kas.yml side by side, by the names that they have
// there. Nothing is fetched by bitbake (BB_NO_NETWORK) and nothing is built; node packages come from npm's own cache, or
// by npm from its registry where that has none. MOTCUA_YOCTO_BUILD keeps the build folder, and with it the parse cache.
import { spawn, spawnSync } from "node:child_process";
import {
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { LAYER, productFile, ROOT } from "./yocto-tree.js";

const say = (line: string): void => void process.stdout.write(`${line}\n`);

class Wrong extends Error {}

/** bitbake refuses root, and needs a user that is in the user database. */
const NOBODY = 65_534;
const IS_ROOT = process.getuid?.() === 0;
/** What poky looks for before it does anything (its HOSTTOOLS), beyond what every build machine has. */
const TOOLS = [
  "chrpath",
  "diffstat",
  "gawk",
  "cpio",
  "lz4c",
  "zstd",
  "gcc",
  "g++",
  "make",
  "patch",
  "python3",
  "wget",
  "git",
  "file",
];
const PACKAGES = "chrpath diffstat gawk cpio lz4 zstd build-essential patch python3 wget git file locales";
const LIMIT_MS = 45 * 60_000;

interface Kas {
  readonly distro: string;
  readonly repos: Readonly<Record<string, { commit?: string; layers?: Record<string, null> }>>;
  readonly local_conf_header: Readonly<Record<string, string>>;
}

const kas = parse(productFile("board/yocto/kas.yml")) as Kas;

const command = (name: string, args: readonly string[], cwd = ROOT): string => {
  const { status, stdout } = spawnSync(name, args, { cwd, encoding: "utf8", maxBuffer: 1 << 28 });
  return status === 0 ? stdout.trim() : "";
};

const checkMachine = (): void => {
  const missing = TOOLS.filter((tool) => spawnSync("sh", ["-c", `command -v ${tool}`]).status !== 0);
  if (missing.length > 0)
    throw new Wrong(`bitbake needs ${missing.join(", ")}: sudo apt-get install ${PACKAGES}`);
  if (!/^en_US\.utf-?8$/im.test(command("locale", ["-a"])))
    throw new Wrong("bitbake needs the locale en_US.UTF-8: add it to /etc/locale.gen and run locale-gen");
};

/** Folders of layers, in kas.yml's order; says where a repository is at another commit than kas.yml's. */
const layersIn = (poky: string): string[] =>
  Object.entries(kas.repos).flatMap(([name, { commit, layers }]) => {
    if (name === "motcua") return [LAYER];
    const repo = join(poky, name);
    if (!existsSync(repo)) throw new Wrong(`MOTCUA_POKY: there is no ${repo}`);
    const head = command("git", ["-c", `safe.directory=${repo}`, "-C", repo, "rev-parse", "HEAD"]);
    if (head !== commit) say(`note: ${name} is at ${head || "no commit"}, kas.yml has ${commit ?? "none"}`);
    return layers === undefined ? [repo] : Object.keys(layers).map((layer) => join(repo, layer));
  });

class Build {
  readonly #poky: string;
  readonly folder: string;
  readonly #kept: boolean;

  constructor(poky: string, layers: readonly string[]) {
    this.#poky = poky;
    const kept = process.env["MOTCUA_YOCTO_BUILD"] ?? "";
    this.#kept = kept !== "";
    this.folder = this.#kept ? resolve(kept) : mkdtempSync(join(tmpdir(), "motcua-bitbake-"));
    mkdirSync(join(this.folder, "conf"), { recursive: true });
    mkdirSync(this.downloads, { recursive: true });
    const list = layers.map((layer) => `  ${layer} \\\n`).join("");
    this.#write(
      "conf/bblayers.conf",
      `POKY_BBLAYERS_CONF_VERSION = "2"\nBBPATH = "\${TOPDIR}"\nBBFILES ?= ""\nBBLAYERS = " \\\n${list}"\n`,
    );
    this.#write(
      "conf/local.conf",
      [
        'CONF_VERSION = "2"',
        'MACHINE ??= "raspberrypi4-64"',
        `DISTRO = "${kas.distro}"`,
        'BB_NO_NETWORK = "1"',
        `DL_DIR = "${this.downloads}"`,
        ...Object.values(kas.local_conf_header),
        "",
      ].join("\n"),
    );
    if (IS_ROOT)
      for (const path of [this.folder, join(this.folder, "conf"), this.downloads])
        chownSync(path, NOBODY, NOBODY);
  }

  get downloads(): string {
    return join(this.folder, "downloads");
  }

  close(): void {
    if (!this.#kept) rmSync(this.folder, { recursive: true, force: true });
  }

  #write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  /** What the program prints; its errors, and warnings that name this layer, are thrown. */
  async run(machine: string, program: string, ...args: string[]): Promise<string> {
    const env = {
      HOME: this.folder,
      USER: "nobody",
      LANG: "en_US.UTF-8",
      LC_ALL: "en_US.UTF-8",
      MACHINE: machine,
      BUILDDIR: this.folder,
      BBPATH: this.folder,
      PATH: `${join(this.#poky, "poky", "scripts")}:${join(this.#poky, "poky", "bitbake", "bin")}:${process.env["PATH"] ?? ""}`,
    };
    const started = performance.now();
    const child = spawn("nice", ["-n", "10", program, ...args], {
      cwd: this.folder,
      env,
      ...(IS_ROOT && { uid: NOBODY, gid: NOBODY }),
      timeout: LIMIT_MS,
    });
    let out = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        out += chunk.toString();
      });
    const code = await new Promise<number | null>((end) => child.on("close", end));
    const bad = out
      .split("\n")
      .filter((line) => /^ERROR:/.test(line) || (/^WARNING:/.test(line) && line.includes("motcua")));
    const what = `${machine}: ${program} ${args.join(" ")}`;
    if (code !== 0 || bad.length > 0)
      throw new Wrong(
        `${what} ended with ${code}:\n${(bad.length > 0 ? bad : out.split("\n").slice(-40)).join("\n")}`,
      );
    say(`ok   ${what}  ${((performance.now() - started) / 1000).toFixed(0)} s`);
    return out;
  }
}

const npmCache = (): string =>
  join(command("npm", ["config", "get", "cache"]), "_cacache", "content-v2", "sha512");

/** Puts the recipe's node packages into the download folder. Answers the names of those that could not be had. */
const fillDownloads = (sources: string, downloads: string): string[] => {
  const cache = npmCache();
  const packages = sources.matchAll(
    /https?:\/\/[^/\s]+\/(?<name>(?:@[^/\s]+\/)?[^/\s]+)\/-\/(?<base>[^;\s]+)\.tgz;sha512sum=(?<sha512>[0-9a-f]{128});downloadfilename=(?<file>[^;\s]+);/g,
  );
  return [...packages].flatMap(({ groups = {} }) => {
    const { name = "", base = "", sha512 = "", file = "" } = groups;
    const target = join(downloads, file);
    if (existsSync(target)) return [];
    const cached = join(cache, sha512.slice(0, 2), sha512.slice(2, 4), sha512.slice(4));
    if (existsSync(cached)) copyFileSync(cached, target);
    else {
      const version = base.slice((name.split("/").at(-1) ?? "").length + 1);
      const packed =
        command("npm", ["pack", "--silent", "--pack-destination", downloads, `${name}@${version}`])
          .split("\n")
          .at(-1) ?? "";
      if (packed === "" || !existsSync(join(downloads, packed))) return [`${name}@${version}`];
      copyFileSync(join(downloads, packed), target);
      rmSync(join(downloads, packed));
    }
    return [];
  });
};

const IN_THE_IMAGE = [
  "motcua",
  "motcua-system",
  "motcua-screen",
  "motcua-slots",
  "rauc",
  "rauc-conf",
  "cog",
  "wpewebkit",
  "nodejs",
  "nftables",
  "networkmanager",
  "espeak-ng",
  "sane-backends",
  "libcamera-apps",
  "systemd",
];

const checkImage = async (build: Build, machine: string): Promise<void> => {
  await build.run(machine, "bitbake", "-g", "motcua-image");
  const recipes = new Set(readFileSync(join(build.folder, "pn-buildlist"), "utf8").split("\n"));
  const lacking = IN_THE_IMAGE.filter((name) => !recipes.has(name));
  if (lacking.length > 0) throw new Wrong(`${machine}: motcua-image does not pull ${lacking.join(", ")}`);
  const refused = ["dropbear", "openssh", "opkg"].filter((name) => recipes.has(name));
  if (refused.length > 0) throw new Wrong(`${machine}: motcua-image pulls ${refused.join(", ")}`);
  const graph = readFileSync(join(build.folder, "task-depends.dot"), "utf8");
  for (const step of [
    "motcua-image.do_motcua_slots",
    "motcua-image.do_image_wic",
    "motcua-image.do_create_image_spdx",
  ])
    if (!graph.includes(`"${step}"`)) throw new Wrong(`${machine}: ${step} is no task of the image`);
  say(`     ${machine}: ${recipes.size - 1} recipes`);
};

const checkUnpacked = async (build: Build, machine: string): Promise<void> => {
  const sources = await build.run(machine, "bitbake-getvar", "--value", "-r", "motcua", "SRC_URI");
  const away = fillDownloads(sources, build.downloads);
  if (away.length > 0) {
    say(
      `skip ${machine}: bitbake -c unpack motcua: neither npm's cache nor its registry has ${away.slice(0, 3).join(", ")}${away.length > 3 ? ` and ${away.length - 3} more` : ""}`,
    );
    return;
  }
  await build.run(machine, "bitbake", "-c", "unpack", "-f", "motcua");
  const folder =
    (await build.run(machine, "bitbake-getvar", "--value", "-r", "motcua", "S")).trim().split("\n").at(-1) ??
    "";
  for (const path of [
    "src/motcua.mjs",
    "systemd/motcua.service",
    "board/raspberry-pi-5.toml",
    "node_modules/better-sqlite3/binding.gyp",
    "node_modules/@img/sharp-linux-arm64/package.json",
  ])
    if (!existsSync(join(folder, path))) throw new Wrong(`unpacked, and ${path} is not in ${folder}`);
  say(`     ${readdirSync(join(folder, "node_modules")).length} folders in node_modules`);
};

const main = async (): Promise<number> => {
  const poky = process.env["MOTCUA_POKY"] ?? "";
  if (poky === "") {
    say(
      "skipped: MOTCUA_POKY is not set: a folder with poky, meta-openembedded, meta-raspberrypi, meta-rauc and meta-webkit, on their scarthgap branches",
    );
    return 0;
  }
  checkMachine();
  const build = new Build(resolve(poky), layersIn(resolve(poky)));
  const started = performance.now();
  try {
    await build.run("raspberrypi4-64", "bitbake", "-p");
    await checkImage(build, "raspberrypi4-64");
    await checkUnpacked(build, "raspberrypi4-64");
    await build.run("raspberrypi4-64", "bitbake", "-g", "motcua-bundle");
    await checkImage(build, "raspberrypi5");
  } finally {
    build.close();
  }
  say(`all in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  return 0;
};

try {
  process.exitCode = await main();
} catch (thrown) {
  if (!(thrown instanceof Wrong)) throw thrown;
  say(`FAIL ${thrown.message}`);
  process.exitCode = 1;
}
