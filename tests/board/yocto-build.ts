// How is bitbake called on a machine that has the layers' repositories, and as whom?
//
// In a build folder of its own, without a network, on as many processors as it is told. It refuses root: started by root
// it runs as MOTCUA_YOCTO_USER, else as "yocto" where such a user is, else as "nobody".
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { LAYER, productFile, ROOT } from "./yocto-tree.js";

/** A sentence for whoever started the proof. */
export class Wrong extends Error {}

export const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** stdout of a program; empty where it failed. */
export const command = (name: string, args: readonly string[], cwd = ROOT): string => {
  const { status, stdout } = spawnSync(name, args, { cwd, encoding: "utf8", maxBuffer: 1 << 28 });
  return status === 0 ? stdout.trim() : "";
};

/** A kas file, with what it includes. */
export interface Kas {
  readonly machine: string;
  readonly distro: string;
  readonly target: readonly string[];
  readonly repos: Readonly<Record<string, { commit?: string; layers?: Record<string, null> }>>;
  readonly local_conf_header: Readonly<Record<string, string>>;
}

/** `path` from the product's root. */
export const kasFile = (path: string): Kas => {
  const own = parse(productFile(path)) as Partial<Kas> & { header: { includes?: string[] } };
  const below = (own.header.includes ?? []).map(kasFile);
  return {
    ...Object.assign({}, ...below, own),
    repos: Object.assign({}, ...below.map(({ repos }) => repos), own.repos),
  } as Kas;
};

export interface User {
  readonly name: string;
  /** Undefined: whoever runs this. */
  readonly ids?: { readonly uid: number; readonly gid: number };
}

const userNamed = (name: string): User | null => {
  const uid = command("id", ["-u", name]);
  return uid === "" ? null : { name, ids: { uid: Number(uid), gid: Number(command("id", ["-g", name])) } };
};

/** Throws where root may not hand over to anybody. */
export const bitbakesUser = (): User => {
  const named = process.env["MOTCUA_YOCTO_USER"] ?? "";
  if (process.getuid?.() !== 0) return { name: command("id", ["-un"]) };
  const found = named === "" ? (userNamed("yocto") ?? userNamed("nobody")) : userNamed(named);
  if (found === null)
    throw new Wrong(
      named === ""
        ? "bitbake refuses root, and there is neither a user yocto nor nobody: useradd --create-home yocto"
        : `MOTCUA_YOCTO_USER: there is no user ${named}`,
    );
  if (found.ids?.uid === 0) throw new Wrong(`MOTCUA_YOCTO_USER: bitbake refuses root, and ${named} is root`);
  return found;
};

/** Folders of a kas file's layers, in its order; says where a repository is at another commit than the file's. */
export const layersIn = (poky: string, { repos }: Kas): string[] =>
  Object.entries(repos).flatMap(([name, { commit, layers }]) => {
    if (name === "motcua") return [LAYER];
    const repo = join(poky, name);
    if (!existsSync(repo)) throw new Wrong(`MOTCUA_POKY: there is no ${repo}`);
    const head = command("git", ["-c", `safe.directory=${repo}`, "-C", repo, "rev-parse", "HEAD"]);
    if (head !== commit) say(`note: ${name} is at ${head || "no commit"}, kas has ${commit ?? "none"}`);
    else say(`     ${name} ${head}`);
    return layers === undefined ? [repo] : Object.keys(layers).map((layer) => join(repo, layer));
  });

const LIMIT_MS = 120 * 60_000;

export class Build {
  readonly #poky: string;
  readonly #user: User;
  readonly folder: string;
  readonly #kept: boolean;

  constructor(poky: string, user: User) {
    this.#poky = poky;
    this.#user = user;
    const kept = process.env["MOTCUA_YOCTO_BUILD"] ?? "";
    this.#kept = kept !== "";
    this.folder = this.#kept ? resolve(kept) : mkdtempSync(join(tmpdir(), "motcua-bitbake-"));
    mkdirSync(join(this.folder, "conf"), { recursive: true });
    mkdirSync(this.downloads, { recursive: true });
    if (user.ids !== undefined && statSync(this.folder).uid !== user.ids.uid)
      command("chown", ["-R", `${user.ids.uid}:${user.ids.gid}`, this.folder]);
  }

  get downloads(): string {
    return join(this.folder, "downloads");
  }

  file(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }

  close(): void {
    if (!this.#kept) rmSync(this.folder, { recursive: true, force: true });
  }

  /** What the next runs build for, and from which layers. */
  configure({ machine, distro, local_conf_header }: Kas, layers: readonly string[]): void {
    const list = layers.map((layer) => `  ${layer} \\\n`).join("");
    const threads = process.env["MOTCUA_YOCTO_THREADS"] ?? "";
    this.#write(
      "conf/bblayers.conf",
      `POKY_BBLAYERS_CONF_VERSION = "2"\nBBPATH = "\${TOPDIR}"\nBBFILES ?= ""\nBBLAYERS = " \\\n${list}"\n`,
    );
    this.#write(
      "conf/local.conf",
      [
        'CONF_VERSION = "2"',
        `MACHINE = "${machine}"`,
        `DISTRO = "${distro}"`,
        'BB_NO_NETWORK = "1"',
        // Each run reads the configuration anew.
        'BB_SERVER_TIMEOUT = "0"',
        `DL_DIR = "${this.downloads}"`,
        ...(threads === ""
          ? []
          : [
              `BB_NUMBER_THREADS = "${threads}"`,
              `BB_NUMBER_PARSE_THREADS = "${threads}"`,
              `PARALLEL_MAKE = "-j${threads}"`,
            ]),
        ...Object.values(local_conf_header),
        "",
      ].join("\n"),
    );
  }

  #write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  /** What the program prints; its errors, and warnings that name this layer, are thrown. */
  async run(program: string, ...args: string[]): Promise<string> {
    const env = {
      HOME: this.folder,
      USER: this.#user.name,
      LANG: "en_US.UTF-8",
      LC_ALL: "en_US.UTF-8",
      BUILDDIR: this.folder,
      BBPATH: this.folder,
      PATH: `${join(this.#poky, "poky", "scripts")}:${join(this.#poky, "poky", "bitbake", "bin")}:${process.env["PATH"] ?? ""}`,
    };
    const started = performance.now();
    const child = spawn("nice", ["-n", "10", program, ...args], {
      cwd: this.folder,
      env,
      ...this.#user.ids,
      timeout: LIMIT_MS,
    });
    let out = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        out += chunk.toString();
      });
    const code = await new Promise<number | null>((end) => child.on("close", end));
    // A recipe that leaves itself out says why in a line behind bitbake's error. The build folder's own name is no
    // sign that a warning speaks of this layer.
    const bad = out
      .replaceAll(this.folder, "")
      .split("\n")
      .filter(
        (line) =>
          /^ERROR:/.test(line) ||
          (code !== 0 && line.includes(" was skipped: ")) ||
          (/^WARNING:/.test(line) && line.includes("motcua")) ||
          // What an ERROR of parsing leaves for the lines after it.
          /^[\w.]*(Error|Exception): /.test(line),
      );
    const what = `${program} ${args.join(" ")}`;
    if (code !== 0 || bad.length > 0)
      throw new Wrong(
        `${what} ended with ${code}:\n${(bad.length > 0 ? bad : out.split("\n").slice(-40)).join("\n")}`,
      );
    say(`ok   ${what}  ${((performance.now() - started) / 1000).toFixed(0)} s`);
    return out;
  }
}
