// How does a whole Debian boot here, with systemd as PID 1, and how is it cut off, stopped and asked?
//
// Everything happens in mount, network and process namespaces of the test's own: nothing is mounted on this machine, the
// kiosk's ports are nobody else's, and when the test ends, however it ends, every process of it is gone.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** Holds the Debian's folder in the process that runs inside the namespaces. */
export const GROUND = "MOTCUA_BOARD_GROUND";
/** Holds the name of the story's own control group, in which all of its processes are. */
export const GROUP = "MOTCUA_BOARD_GROUP";
const SUITE = "bookworm";
/** What the package depends on, and what a container needs; no recommended package, so that none is needed by accident. */
const PACKAGES = ["systemd", "systemd-sysv", "udev", "espeak-ng", "alsa-utils", "mosquitto", "procps"];
/** On a machine that others keep busy everything takes twenty times as long. */
const WITHIN_MS = 900_000;
const ROOTFS_WITHIN_MS = 1_500_000;

const run = (command: string, words: readonly string[], timeout = 60_000): string => {
  const { status, stdout, stderr, error } = spawnSync(command, [...words], {
    encoding: "utf8",
    timeout,
    maxBuffer: 1 << 26,
  });
  if (status === 0) return stdout;
  throw new Error(`${command} ${words.join(" ")}: ${error?.message ?? stderr.trim().slice(-2_000)}`);
};

/** What takes minutes is made once and kept there. */
export const boardCache = (): string =>
  join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "motcua", "board");

/** A plain Debian; made once, and kept in the cache folder. */
export const rootfs = (say: (line: string) => void): string => {
  const hash = createHash("sha256")
    .update([SUITE, ...PACKAGES].join())
    .digest("hex")
    .slice(0, 12);
  const cache = boardCache();
  const folder = join(cache, `rootfs-${SUITE}-${hash}`);
  if (existsSync(folder)) return folder;
  const started = performance.now();
  const half = `${folder}.${process.pid}`;
  mkdirSync(cache, { recursive: true });
  rmSync(half, { recursive: true, force: true });
  run(
    "mmdebstrap",
    ["--mode=root", "--variant=minbase", `--include=${PACKAGES.join()}`, "--quiet", SUITE, half],
    ROOTFS_WITHIN_MS,
  );
  // An empty one makes systemd ask who this is, and a read-only root could not keep the answer.
  writeFileSync(join(half, "etc", "machine-id"), `${createHash("md5").update(folder).digest("hex")}\n`);
  renameSync(half, folder);
  say(`a Debian was made in ${Math.round((performance.now() - started) / 1_000)} s, ${folder}`);
  return folder;
};

/** Calls every `everyMs` until it answers something; throws what `otherwise` says after a quarter of an hour. */
export const until = async <T>(
  ask: () => T | null | Promise<T | null>,
  otherwise: () => string,
  everyMs = 500,
): Promise<T> => {
  const end = performance.now() + WITHIN_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (performance.now() > end) throw new Error(`${otherwise()} (after ${WITHIN_MS / 1_000} s)`);
    await pause(everyMs);
  }
};

/** Nobody, or one who is dead and not buried yet. */
const gone = (pid: number): boolean => {
  const file = `/proc/${pid}/stat`;
  return !existsSync(file) || / Z /.test(readFileSync(file, "utf8"));
};

/** The namespaces' own ground: called once, inside them, before anything boots. */
export const prepareGround = (): void => {
  run("mount", ["-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run"]);
  // Beside what /tmp hides: a unit with a private /tmp still finds the wires here, under the same name as the test.
  run("mount", ["-t", "tmpfs", "-o", "mode=755,size=3G", "tmpfs", "/srv"]);
  run("mount", ["-t", "cgroup2", "cgroup2", "/sys/fs/cgroup"]);
  const group = join("/sys/fs/cgroup", process.env[GROUP] ?? `motcua-board-${process.pid}`);
  mkdirSync(group);
  writeFileSync(join(group, "cgroup.procs"), String(process.pid));
  run("ip", ["link", "set", "lo", "up"]);
};

export interface BootOptions {
  /** The data's disk, seen as /var/lib/motcua. */
  readonly data: string;
  readonly readOnly?: boolean;
}

export class Machine {
  readonly #root: string;
  readonly #world: string;
  readonly #log: string;
  #nspawn: ChildProcess | null = null;
  #init = 0;

  /** `at`: an empty folder; `world` is seen inside under its own path. */
  constructor(base: string, at: string, world: string) {
    for (const name of ["upper", "work", "root"]) mkdirSync(join(at, name), { recursive: true });
    this.#root = join(at, "root");
    this.#world = world;
    this.#log = join(at, "console.log");
    const parts = `lowerdir=${base},upperdir=${join(at, "upper")},workdir=${join(at, "work")}`;
    run("mount", ["-t", "overlay", "overlay", "-o", parts, this.#root]);
  }

  get isOn(): boolean {
    return this.#nspawn !== null;
  }

  /** A file of the machine, for when it is off and for when it runs. */
  path(inside: string): string {
    return join(this.#root, inside);
  }

  /** Seconds until systemd says that all is up. */
  async boot({ data, readOnly = false }: BootOptions): Promise<number> {
    const started = performance.now();
    const output = openSync(this.#log, "a");
    const words = [
      ...["--boot", "--register=no", "--keep-unit", "--quiet", "--console=pipe", `--directory=${this.#root}`],
      ...[`--bind=${this.#world}`, `--bind=${data}:/var/lib/motcua`],
      // As on the image: the root is read, what is written is memory, the data is a disk of its own.
      ...(readOnly
        ? ["--read-only", "--tmpfs=/var/log", "--tmpfs=/var/tmp", "--tmpfs=/var/lib/systemd"]
        : []),
    ];
    this.#nspawn = spawn("systemd-nspawn", words, { stdio: ["ignore", output, output] });
    await until(
      () => {
        this.#init = this.#findInit();
        if (this.#nspawn?.exitCode !== null) throw new Error(`nspawn ended: ${this.consoleTail()}`);
        return this.#init > 0 && /^(running|degraded)$/m.test(this.ask("systemctl", "is-system-running"))
          ? true
          : null;
      },
      () => `it does not boot: ${this.consoleTail()}`,
    );
    return (performance.now() - started) / 1_000;
  }

  consoleTail(): string {
    return existsSync(this.#log) ? readFileSync(this.#log, "utf8").slice(-2_000) : "";
  }

  #findInit(): number {
    const pid = this.#nspawn?.pid ?? 0;
    const file = `/proc/${pid}/task/${pid}/children`;
    const children = existsSync(file) ? readFileSync(file, "utf8").trim().split(/\s+/) : [];
    const named = (child: string) => readFileSync(`/proc/${child}/comm`, "utf8").trim() === "systemd";
    return Number(children.find((child) => child !== "" && named(child)) ?? 0);
  }

  #inside(words: readonly string[], timeout: number) {
    const env = [
      "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
      "LANG=C.UTF-8",
      "DEBIAN_FRONTEND=noninteractive",
      "HOME=/root",
    ];
    return spawnSync("nsenter", ["--target", String(this.#init), "--all", "env", "-i", ...env, ...words], {
      encoding: "utf8",
      timeout,
      maxBuffer: 1 << 26,
    });
  }

  /** What a command in the machine prints on stdout; its exit code does not count. */
  ask(...words: readonly string[]): string {
    return this.#inside(words, WITHIN_MS).stdout.trim();
  }

  /** The same, stdout and stderr; throws where it fails. */
  do(...words: readonly string[]): string {
    const { status, stdout, stderr, error } = this.#inside(words, 2 * WITHIN_MS);
    if (status === 0) return `${stdout}${stderr}`;
    throw new Error(
      `${words.join(" ")}: ${error?.message ?? `exit code ${status}`}\n${stdout}${stderr}`.slice(-4_000),
    );
  }

  /** One property of a unit, as `systemctl show` has it. */
  unit(name: string, property: string): string {
    return this.ask("systemctl", "show", "-P", property, name);
  }

  /** The plug is pulled: no process of it runs another instruction. */
  async cut(): Promise<void> {
    await this.#ended(() => {
      process.kill(this.#init, "SIGKILL");
      this.#nspawn?.kill("SIGKILL");
    });
  }

  async powerOff(): Promise<void> {
    await this.#ended(() => {
      // systemd(1): SIGRTMIN+4 starts poweroff.target, without a bus to ask over.
      spawnSync("kill", ["-s", "RTMIN+4", String(this.#init)]);
    });
  }

  async #ended(act: () => void): Promise<void> {
    const { pid } = this.#nspawn ?? {};
    const ended = () =>
      this.#nspawn === null || this.#nspawn.exitCode !== null || this.#nspawn.signalCode !== null;
    if (pid === undefined || ended()) return;
    act();
    await until(
      () => (ended() && gone(this.#init) ? true : null),
      () => `the machine does not end: ${this.consoleTail()}`,
    );
    this.#nspawn = null;
  }
}
