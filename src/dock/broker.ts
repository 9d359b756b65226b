// How does a laptop get a real MQTT broker of its own?
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join, resolve } from "node:path";
import { FaultError } from "../core/faults.js";

export interface BrokerOptions {
  /** Config, log and persistence lie here. */
  readonly dir: string;
  /** A free one when absent; kept over restarts. */
  readonly port?: number;
  /** Further lines of mosquitto.conf. */
  readonly extraConfig?: string;
}

export interface Broker {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly running: boolean;
  /** Resolves when the process is gone. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts again on the same port and with the same store; ends a running one first. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

const PLACES = ["/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto"];
const START_LIMIT_MS = 10_000;
const POLL_MS = 20;

const findMosquitto = (): string => {
  const place = PLACES.find((path) => existsSync(path));
  if (place !== undefined) return place;
  throw new FaultError(
    "link.down",
    "mosquitto is not installed: run  sudo apt-get install mosquitto  or give the address of another broker",
  );
};

const freePort = (): Promise<number> =>
  new Promise((done, fail) => {
    const server = createServer();
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

const answers = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect({ port, host: "127.0.0.1" });
    const end = (up: boolean) => {
      socket.destroy();
      done(up);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });

const writeConfig = (dir: string, port: number, extra: string): string => {
  const path = join(dir, "mosquitto.conf");
  writeFileSync(
    path,
    [
      `listener ${port} 127.0.0.1`,
      ...(extra.includes("allow_anonymous") ? [] : ["allow_anonymous true"]),
      "persistence true",
      // Off by default in mosquitto; each answer would wait 40 ms for a delayed ACK.
      "set_tcp_nodelay true",
      `persistence_location ${dir}/`,
      `log_dest file ${join(dir, "mosquitto.log")}`,
      "log_type error",
      "log_type warning",
      "log_type notice",
      // Started by root, mosquitto would give up its rights and then could not write here.
      ...(process.getuid?.() === 0 ? ["user root"] : []),
      extra,
      "",
    ].join("\n"),
    { mode: 0o600 },
  );
  return path;
};

/** A broker that a killed launcher left behind: ended by its own process id, if that is still this broker. */
const endOrphan = async (dir: string, config: string): Promise<void> => {
  const pidFile = join(dir, "mosquitto.pid");
  const pid = existsSync(pidFile) ? Number.parseInt(readFileSync(pidFile, "utf8"), 10) : 0;
  const isOurs = () => {
    const commandLine = `/proc/${pid}/cmdline`;
    return (
      pid > 0 && existsSync(commandLine) && readFileSync(commandLine, "utf8").split("\0").includes(config)
    );
  };
  if (!isOurs()) return;
  process.kill(pid, "SIGTERM");
  const deadline = performance.now() + START_LIMIT_MS;
  while (isOurs() && performance.now() < deadline) await new Promise((done) => setTimeout(done, POLL_MS));
};

class Mosquitto implements Broker {
  readonly url: string;
  readonly port: number;
  readonly #dir: string;
  readonly #config: string;
  #child: ChildProcess | null = null;

  constructor(dir: string, port: number, config: string) {
    this.#dir = dir;
    this.#config = config;
    this.port = port;
    this.url = `mqtt://127.0.0.1:${port}`;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get running(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async start(): Promise<void> {
    if (await answers(this.port))
      throw new FaultError("link.down", `port ${this.port} is in use: choose another for the broker`);
    const child = spawn(findMosquitto(), ["-c", this.#config], { stdio: "ignore" });
    child.once("error", () => {});
    this.#child = child;
    writeFileSync(join(this.#dir, "mosquitto.pid"), `${child.pid ?? ""}\n`);
    const deadline = performance.now() + START_LIMIT_MS;
    while (performance.now() < deadline) {
      if (!this.running) break;
      if (await answers(this.port)) return;
      await new Promise((done) => setTimeout(done, POLL_MS));
    }
    await this.kill("SIGKILL");
    throw new FaultError("link.down", `mosquitto did not start: ${this.#lastLogLine()}`);
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === null || !this.running) return;
    const gone = new Promise<void>((done) => child.once("exit", () => done()));
    child.kill(signal);
    await gone;
  }

  async restart(): Promise<void> {
    await this.kill("SIGTERM");
    await this.start();
  }

  close(): Promise<void> {
    return this.kill("SIGTERM");
  }

  #lastLogLine(): string {
    const path = join(this.#dir, "mosquitto.log");
    const lines = existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [];
    return lines.at(-1) || `see ${path}`;
  }
}

/** Starts mosquitto on the loopback interface. Throws "link.down" with what to do. */
export const startMosquitto = async (options: BrokerOptions): Promise<Broker> => {
  findMosquitto();
  const dir = resolve(options.dir);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  await endOrphan(dir, join(dir, "mosquitto.conf"));
  const port = options.port ?? (await freePort());
  const broker = new Mosquitto(dir, port, writeConfig(dir, port, options.extraConfig ?? ""));
  await broker.start();
  return broker;
};
