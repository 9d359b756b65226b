// Where does a real PC/SC service of the test's own come from? (pcscd with vsmartcard's vpcd driver)
//
// Its socket is compiled in, but it also takes one that is handed to it, as systemd does: so this one has a
// path of its own, and a service that already runs on the machine is not touched.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../contract/wires.js";
import { VpcdSlot } from "./vpcd.js";

const PCSCD = "/usr/sbin/pcscd";
const DRIVER = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
/** Binds and listens, then becomes pcscd with the socket as descriptor 3 (sd_listen_fds(3)). */
const HAND_OVER = `
use Socket; use POSIX ();
my ($path, @command) = @ARGV;
$^F = 9;
socket(my $listener, PF_UNIX, SOCK_STREAM, 0) or die "socket: $!";
bind($listener, sockaddr_un($path)) or die "bind: $!";
listen($listener, 16) or die "listen: $!";
POSIX::dup2(fileno($listener), 3) if fileno($listener) != 3;
@ENV{"LISTEN_PID", "LISTEN_FDS"} = ($$, 1);
exec @command or die "exec: $!";
`;

/** Why there can be no service here, or null. */
export const pcscdMissing = (): string | null => {
  for (const path of [PCSCD, DRIVER, "/usr/bin/perl"]) if (!existsSync(path)) return `${path} is not there`;
  // It writes its process id to /run.
  return process.getuid?.() === 0 ? null : "pcscd wants to be root";
};

/** The driver makes two slots of each device, on this port and the next. */
const twoFreePorts = async (): Promise<number> => {
  for (let tries = 0; tries < 20; tries++) {
    const first = await listenOn(0);
    const port = (first.address() as AddressInfo).port;
    const second = await listenOn(port + 1).catch(() => null);
    first.close();
    second?.close();
    if (second !== null) return port;
  }
  throw new Error("no two free ports in a row");
};

const listenOn = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port, host: "127.0.0.1" }, () => resolve(server));
  });

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

export class PcscdBench {
  /** Names of the two slots, as PC/SC gives them. */
  readonly names: readonly [string, string] = ["Kiosk Test Reader 00 00", "Kiosk Test Reader 00 01"];
  readonly slots: readonly [VpcdSlot, VpcdSlot];
  readonly #folder: string;
  #child: ChildProcess | null = null;

  readonly #port: number;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
    this.slots = [new VpcdSlot(port), new VpcdSlot(port + 1)];
  }

  static async start(): Promise<PcscdBench> {
    const folder = mkdtempSync(join(tmpdir(), "motcua-pcscd-"));
    const bench = new PcscdBench(folder, await twoFreePorts());
    mkdirSync(join(folder, "readers"));
    bench.#writeReaders(true);
    await bench.startService();
    return bench;
  }

  /** Tells PC/SC's client library where the service is. */
  get env(): NodeJS.ProcessEnv {
    return { PCSCLITE_CSOCK_NAME: this.#socket };
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get #socket(): string {
    return join(this.#folder, "pcscd.comm");
  }

  async startService(): Promise<void> {
    rmSync(this.#socket, { force: true });
    const command = [PCSCD, "--foreground", "--info", "--config", join(this.#folder, "readers")];
    const child = spawn("/usr/bin/perl", ["-e", HAND_OVER, this.#socket, ...command], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    let said = "";
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    await eventually("pcscd is ready", () => {
      if (hasEnded(child)) throw new Error(`pcscd ended:\n${said}`);
      return said.includes("daemon ready");
    });
  }

  /** The service is killed, as by a crash. */
  async killService(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || hasEnded(child)) return;
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill("SIGKILL");
    await ended;
  }

  /** The reader is pulled out or put back; the service starts anew, as it takes these only then. */
  async setPlugged(plugged: boolean): Promise<void> {
    await this.killService();
    this.#writeReaders(plugged);
    await this.startService();
  }

  async close(): Promise<void> {
    await this.killService();
    for (const slot of this.slots) slot.liftCard();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #writeReaders(plugged: boolean): void {
    const lines = [
      'FRIENDLYNAME "Kiosk Test Reader"',
      `DEVICENAME /dev/null:${this.#port}`,
      `LIBPATH ${DRIVER}`,
      `CHANNELID ${this.#port}`,
    ];
    writeFileSync(join(this.#folder, "readers", "kiosk"), plugged ? `${lines.join("\n")}\n` : "");
  }
}
