// Is the layer right against the real metadata of Yocto: does bitbake parse it for every machine that it names, know every
// package of the image, and unpack the product? (npm run test:yocto)
//
// MOTCUA_POKY names a folder with the repositories of board/yocto/kas.yml side by side, by the names that they have
// there. Nothing is fetched by bitbake (BB_NO_NETWORK) and nothing is built; node packages come from npm's own cache, or
// by npm from its registry where that has none. MOTCUA_YOCTO_BUILD keeps the build folder, and with it the parse cache;
// MOTCUA_YOCTO_THREADS says on how many processors; who runs it: yocto-build.ts. Words on the command line choose machines.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { Build, bitbakesUser, command, type Kas, kasFile, layersIn, say, Wrong } from "./yocto-build.js";

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

const checkMachine = (): void => {
  const missing = TOOLS.filter((tool) => spawnSync("sh", ["-c", `command -v ${tool}`]).status !== 0);
  if (missing.length > 0)
    throw new Wrong(`bitbake needs ${missing.join(", ")}: sudo apt-get install ${PACKAGES}`);
  if (!/^en_US\.utf-?8$/im.test(command("locale", ["-a"])))
    throw new Wrong("bitbake needs the locale en_US.UTF-8: add it to /etc/locale.gen and run locale-gen");
};

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
  "motcua-power",
  "motcua-slots",
  "motcua-overlay",
  "rauc",
  "rauc-conf",
  "cog",
  "wpewebkit",
  "nodejs",
  "nftables",
  "networkmanager",
  "linux-firmware-rpidistro",
  "wireless-regdb",
  "polkit",
  "espeak-ng",
  "sane-backends",
  "libcamera-apps",
  "systemd",
];
/** What nobody needs there: doors, package managers, a second engine for one rule of polkit's. */
const NOT_IN_THE_IMAGE = ["dropbear", "openssh", "opkg", "mozjs-115"];
const STEPS = ["motcua-image.do_motcua_slots", "motcua-image.do_image_wic", "motcua-image.do_create_spdx"];
/** What makes the image's bill of materials of its packages' (create-spdx-2.2.bbclass of scarthgap). */
const BILL = "image_combine_spdx";

const recipesIn = (build: Build): Set<string> =>
  new Set(
    build
      .file("pn-buildlist")
      .split("\n")
      .filter((name) => name !== ""),
  );

const checkImage = async (build: Build, machine: string): Promise<void> => {
  await build.run("bitbake", "-g", "motcua-image");
  const recipes = recipesIn(build);
  const lacking = IN_THE_IMAGE.filter((name) => !recipes.has(name));
  if (lacking.length > 0) throw new Wrong(`${machine}: motcua-image does not pull ${lacking.join(", ")}`);
  const refused = NOT_IN_THE_IMAGE.filter((name) => recipes.has(name));
  if (refused.length > 0) throw new Wrong(`${machine}: motcua-image pulls ${refused.join(", ")}`);
  const graph = build.file("task-depends.dot");
  for (const step of STEPS)
    if (!graph.includes(`"${step}"`)) throw new Wrong(`${machine}: ${step} is no task of the image`);
  const variable = ["-r", "motcua-image", "ROOTFS_POSTUNINSTALL_COMMAND"];
  if (!(await build.run("bitbake-getvar", "--value", ...variable)).includes(BILL))
    throw new Wrong(`${machine}: motcua-image has no bill of materials (${BILL})`);
  say(`     motcua-image: ${recipes.size} recipes`);
};

/** A machine without slots has the runtime's package, and no card that would be none. */
const checkNoImage = async (build: Build, machine: string): Promise<void> => {
  const said = await build.run("bitbake", "-g", "motcua-image").then(
    () => "",
    (thrown: unknown) => {
      if (thrown instanceof Wrong) return thrown.message;
      throw thrown;
    },
  );
  if (!said.includes("this machine has no A/B slots"))
    throw new Wrong(`${machine}: motcua-image is not refused for its slots: ${said || "it is made"}`);
  say("     motcua-image is refused: this machine has no A/B slots");
};

const checkUnpacked = async (build: Build): Promise<void> => {
  const sources = await build.run("bitbake-getvar", "--value", "-r", "motcua", "SRC_URI");
  const away = fillDownloads(sources, build.downloads);
  if (away.length > 0) {
    say(
      `skip bitbake -c unpack motcua: neither npm's cache nor its registry has ${away.slice(0, 3).join(", ")}${away.length > 3 ? ` and ${away.length - 3} more` : ""}`,
    );
    return;
  }
  // Anew, without -f: bitbake warns of what was forced.
  await build.run("bitbake", "-c", "clean", "motcua");
  await build.run("bitbake", "-c", "unpack", "motcua");
  const folder =
    (await build.run("bitbake-getvar", "--value", "-r", "motcua", "S")).trim().split("\n").at(-1) ?? "";
  for (const path of [
    "src/motcua.mjs",
    "systemd/motcua.service",
    "board/raspberry-pi-5.toml",
    "board/debian/leave-out.mjs",
    "node_modules/better-sqlite3/binding.gyp",
    "node_modules/@img/sharp-linux-arm64/package.json",
  ])
    if (!existsSync(join(folder, path))) throw new Wrong(`unpacked, and ${path} is not in ${folder}`);
  say(`     ${readdirSync(join(folder, "node_modules")).length} folders in node_modules`);
};

/** All of them, the first with the product's sources too: they are the same for each. */
const KAS_FILES = ["board/yocto/kas.yml", "board/yocto/kas/raspberrypi5.yml", "board/yocto/kas/rock-5b.yml"];

const checkBoard = async (build: Build, poky: string, kas: Kas): Promise<void> => {
  say(`${kas.machine}:`);
  build.configure(kas, layersIn(poky, kas));
  await build.run("bitbake", "-p");
  for (const target of kas.target)
    if (target === "motcua-image") await checkImage(build, kas.machine);
    else {
      await build.run("bitbake", "-g", target);
      say(`     ${target}: ${recipesIn(build).size} recipes`);
    }
  if (!kas.target.includes("motcua-image")) await checkNoImage(build, kas.machine);
};

const main = async (): Promise<number> => {
  const poky = resolve(process.env["MOTCUA_POKY"] ?? "");
  if ((process.env["MOTCUA_POKY"] ?? "") === "") {
    say(
      "skipped: MOTCUA_POKY is not set: a folder with the repositories of board/yocto/kas.yml and kas/rock-5b.yml (poky, meta-openembedded, meta-raspberrypi, meta-rauc, meta-webkit, meta-rockchip, meta-arm), on their scarthgap branches",
    );
    return 0;
  }
  checkMachine();
  const user = bitbakesUser();
  say(`bitbake runs as ${user.name}`);
  const wanted = process.argv.slice(2);
  const build = new Build(poky, user);
  const started = performance.now();
  try {
    for (const [index, kas] of KAS_FILES.map(kasFile).entries()) {
      if (wanted.length > 0 && !wanted.includes(kas.machine)) continue;
      await checkBoard(build, poky, kas);
      if (index === 0) await checkUnpacked(build);
    }
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
