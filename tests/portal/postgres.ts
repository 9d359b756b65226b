// How does a test have a real PostgreSQL of its own, which it can crash and start again?
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { DatabaseSettings } from "../../src/portal/db/postgres-open.js";
import type { TestTls } from "./tls.js";

const DEBIAN = "/usr/lib/postgresql";
const PASSWORD = "for-tests-only";
/** A busy machine takes its time for initdb and for recovery after a crash. */
const LIMIT_MS = 120_000;

const binaries = (): string => {
  const versions = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a));
  return join(DEBIAN, versions[0] ?? "", "bin");
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

/** The server refuses to run as root: there it runs as Debian's "postgres". */
const ownerOf = (): { readonly uid?: number; readonly gid?: number } => {
  if (process.getuid?.() !== 0) return {};
  const number = (flag: string) => Number(spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout);
  return { uid: number("-u"), gid: number("-g") };
};

export class Postgres {
  readonly #dir: string;
  readonly #owner = ownerOf();
  readonly #port: number;
  #server: ChildProcess | null = null;
  #tls: TestTls | null = null;

  private constructor(dir: string, port: number) {
    this.#dir = dir;
    this.#port = port;
  }

  static async with(act: (postgres: Postgres) => Promise<void>): Promise<void> {
    const dir = mkdtempSync(join(tmpdir(), "motcua-postgres-"));
    const postgres = new Postgres(dir, await freePort());
    try {
      postgres.#make();
      await postgres.start();
      await act(postgres);
    } finally {
      await postgres.#end("SIGQUIT");
      rmSync(dir, { recursive: true, force: true });
    }
  }

  get settings(): DatabaseSettings {
    return {
      url: `postgres://motcua@127.0.0.1:${this.#port}/postgres`,
      passwordFile: join(this.#dir, "password"),
    };
  }

  /** As a `portal.toml` says it. */
  get toml(): string {
    const { url, passwordFile } = this.settings;
    return `[database]\nurl = "${url}"\npasswordFile = "${passwordFile}"\n`;
  }

  async query(text: string, values: readonly unknown[] = []): Promise<readonly Record<string, unknown>[]> {
    const client = new pg.Client({ ...this.#where(), connectionTimeoutMillis: 2000 });
    // Told by the promise.
    client.on("error", () => {});
    await client.connect();
    try {
      return (await client.query(text, [...values])).rows as Record<string, unknown>[];
    } finally {
      await client.end();
    }
  }

  /** From now on TLS alone, with that certificate. */
  async speakTls(tls: TestTls): Promise<void> {
    await this.crash();
    const data = join(this.#dir, "data");
    const hba = readFileSync(join(data, "pg_hba.conf"), "utf8").replaceAll(/^host /gm, "hostssl ");
    writeFileSync(join(data, "pg_hba.conf"), hba);
    for (const [name, text] of [
      ["server.key", tls.key],
      ["server.crt", tls.cert],
    ] as const) {
      const path = join(data, name);
      writeFileSync(path, text);
      chmodSync(path, 0o600);
      if (this.#owner.uid !== undefined) chownSync(path, this.#owner.uid, this.#owner.gid ?? -1);
    }
    this.#tls = tls;
    await this.start();
  }

  /** In a transaction that stays open until the release is called. */
  async hold(text: string): Promise<() => Promise<void>> {
    const client = new pg.Client(this.#where());
    // Told by the next query.
    client.on("error", () => {});
    await client.connect();
    await client.query(`BEGIN; ${text}`);
    return () => client.end();
  }

  /** Of the server; its backends are its children. 0: it does not run. */
  get pid(): number {
    return this.#server?.pid ?? 0;
  }

  /** Resolves when it answers; after a crash it has recovered then. */
  async start(): Promise<void> {
    const flags = ["-D", join(this.#dir, "data"), "-p", String(this.#port), "-k", join(this.#dir, "socket")];
    flags.push("-c", "listen_addresses=127.0.0.1", "-c", `ssl=${this.#tls === null ? "off" : "on"}`);
    this.#server = spawn(join(binaries(), "postgres"), flags, {
      ...this.#owner,
      cwd: "/",
      stdio: ["ignore", "ignore", "ignore"],
    });
    const deadline = performance.now() + LIMIT_MS;
    for (;;) {
      const answered = await this.query("SELECT 1").then(
        () => true,
        () => false,
      );
      if (answered) return;
      if (performance.now() > deadline || this.#server.exitCode !== null)
        throw new Error(`PostgreSQL did not start (${this.#server.exitCode})`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** An immediate shutdown: nothing is written any more; the next start recovers from the log. */
  async crash(): Promise<void> {
    await this.#end("SIGQUIT");
  }

  #make(): void {
    const { uid, gid } = this.#owner;
    const password = join(this.#dir, "password");
    writeFileSync(password, `${PASSWORD}\n`, { mode: 0o600 });
    mkdirSync(join(this.#dir, "socket"));
    if (uid !== undefined && gid !== undefined)
      for (const path of [this.#dir, password, join(this.#dir, "socket")]) chownSync(path, uid, gid);
    chmodSync(this.#dir, 0o700);
    const made = spawnSync(
      join(binaries(), "initdb"),
      [
        ...["-D", join(this.#dir, "data"), "-U", "motcua", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
        ...["--auth=scram-sha-256", `--pwfile=${password}`],
      ],
      { ...this.#owner, cwd: "/", encoding: "utf8", timeout: LIMIT_MS },
    );
    if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
  }

  #where(): pg.ClientConfig {
    return {
      ...{ host: "127.0.0.1", port: this.#port, user: "motcua" },
      ...{ password: PASSWORD, database: "postgres" },
      // Whom the portal believes is what the test asks; this one looks beside it.
      ...(this.#tls !== null && { ssl: { rejectUnauthorized: false } }),
    };
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null || server.exitCode !== null || server.signalCode !== null) return;
    const gone = new Promise((resolve) => server.once("exit", resolve));
    server.kill(signal);
    await gone;
  }
}
