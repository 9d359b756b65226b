// How does a test get ejabberd as its MQTT 5 broker, to find what we took for granted of mosquitto?
//
// Run without its own script: no node name, so no daemon of Erlang is started beside it and left behind.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import type { Broker } from "../../src/dock/broker.js";

const LIBRARIES = "/usr/lib/x86_64-linux-gnu";
const ERLANG = "/usr/bin/erl";
/** It compiles its settings and makes its tables; a busy machine takes its time. */
const START_LIMIT_MS = 120_000;
const POLL_MS = 50;

/** Of Debian: `apt-get install ejabberd`. */
export const hasEjabberd = existsSync("/usr/sbin/ejabberdctl") && existsSync(ERLANG);

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });

/** Whoever gives a name and a password is let in: who may what is another matter, and in board/ops/brokers.md. */
const settingsOf = (port: number): string => `
hosts: [localhost]
loglevel: warning
auth_method: [anonymous]
anonymous_protocol: login_anon
allow_multiple_connections: true
listen:
  - port: ${port}
    ip: "127.0.0.1"
    module: mod_mqtt
modules:
  mod_mqtt:
    match_retained_limit: infinity
    max_queue: 5000
`;

class Ejabberd implements Broker {
  readonly url: string;
  readonly port: number;
  readonly #dir: string;
  #child: ChildProcess | null = null;

  constructor(dir: string, port: number) {
    this.#dir = dir;
    this.port = port;
    this.url = `mqtt://anyone%40localhost:anything@127.0.0.1:${port}`;
    mkdirSync(join(dir, "tables"), { recursive: true });
    writeFileSync(join(dir, "ejabberd.yml"), settingsOf(port));
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get running(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async start(): Promise<void> {
    const tables = `"${join(this.#dir, "tables")}"`;
    this.#child = spawn(ERLANG, ["-noinput", "-mnesia", "dir", tables, "-s", "ejabberd"], {
      cwd: this.#dir,
      stdio: "ignore",
      env: {
        PATH: process.env["PATH"],
        HOME: this.#dir,
        ERL_LIBS: LIBRARIES,
        ERL_CRASH_DUMP: join(this.#dir, "crash.dump"),
        EJABBERD_CONFIG_PATH: join(this.#dir, "ejabberd.yml"),
        EJABBERD_LOG_PATH: join(this.#dir, "ejabberd.log"),
      },
    });
    const deadline = performance.now() + START_LIMIT_MS;
    while (!(await answers(this.port))) {
      if (!this.running || performance.now() > deadline)
        throw new Error(`ejabberd did not start: ${this.#log}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === null || !this.running) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await gone;
  }

  async restart(): Promise<void> {
    await this.kill("SIGTERM");
    await this.start();
  }

  /** Nothing of its tables is wanted any more, and its own way out takes seconds. */
  close(): Promise<void> {
    return this.kill("SIGKILL");
  }

  get #log(): string {
    const path = join(this.#dir, "ejabberd.log");
    return existsSync(path) ? readFileSync(path, "utf8").slice(-2000) : "it wrote no log";
  }
}

export const startEjabberd = async (dir: string): Promise<Broker> => {
  if (!hasEjabberd) throw new Error("ejabberd is not installed: run  sudo apt-get install ejabberd");
  const broker = new Ejabberd(dir, await freePort());
  await broker.start();
  return broker;
};
