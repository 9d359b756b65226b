// How is the portal's PostgreSQL opened: reachable, durable, and at the schema that this program knows?
import { existsSync, readFileSync, statSync } from "node:fs";
import { FaultError } from "../../core/faults.js";
import { guarded } from "../../store/faults.js";
import { type PostgresAddress, PostgresChannel } from "./postgres-channel.js";
import { LOCK, LOCKS, PostgresDb } from "./postgres-db.js";
import { POSTGRES_MIGRATIONS } from "./postgres-migrations.js";

export interface DatabaseSettings {
  /** postgres://user@host:port/database; `?host=/folder` for a socket, `?sslmode=verify-full`. Never a password. */
  readonly url: string;
  readonly passwordFile?: string;
  /** PEM: TLS, and the server's certificate must come from this authority. */
  readonly caFile?: string;
}

const OTHERS = 0o077;
const DEFAULT_PORT = 5432;

const wrong = (why: string): FaultError => new FaultError("runtime.internal", `[database] ${why}`);

const PARAMETERS: ReadonlySet<string> = new Set(["host", "sslmode"]);

/** Encryption towards who knows whom is none: a server is known by its certificate, or TLS is not asked for. */
const tlsOf = (parameters: URLSearchParams, host: string, caFile: string | undefined): boolean => {
  const mode = parameters.get("sslmode") ?? (caFile === undefined ? "disable" : "verify-full");
  const isSocket = host.startsWith("/");
  if (mode !== "disable" && mode !== "verify-full")
    throw wrong(
      `url: sslmode=${mode} does not look at who answers; say verify-full (and name caFile), or disable`,
    );
  if (mode === "disable" && caFile !== undefined)
    throw wrong("url: sslmode=disable, and caFile asks for TLS: leave one of them out");
  if (mode === "verify-full" && isSocket)
    throw wrong("url: a socket has no TLS; leave sslmode and caFile out");
  return mode === "verify-full";
};

const checkFiles = ({ passwordFile, caFile }: DatabaseSettings): void => {
  const missing = [passwordFile, caFile].find((file) => file !== undefined && !existsSync(file));
  if (missing !== undefined) throw new FaultError("keys.unusable", `${missing}: there is no such file`);
  if (passwordFile !== undefined && (statSync(passwordFile).mode & OTHERS) !== 0)
    throw new FaultError("keys.unusable", `${passwordFile}: others can read it; run chmod 600 on it`);
  if (caFile !== undefined && !readFileSync(caFile, "utf8").includes("-----BEGIN CERTIFICATE-----"))
    throw new FaultError("keys.unusable", `${caFile}: holds no certificate (PEM)`);
};

/** Throws a `FaultError` that says what is wrong with the settings. */
export const addressOf = (settings: DatabaseSettings, application: string): PostgresAddress => {
  const { url, passwordFile, caFile } = settings;
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !/^postgres(ql)?:$/.test(parsed.protocol))
    throw wrong('url: should be "postgres://USER@HOST:PORT/DATABASE"');
  if (parsed.password !== "")
    throw wrong("url: holds a password; put it into a file and name it passwordFile");
  const database = decodeURIComponent(parsed.pathname.slice(1));
  const host = parsed.searchParams.get("host") ?? parsed.hostname;
  if (parsed.username === "" || database === "" || host === "")
    throw wrong("url: should name a user, a host and a database");
  const unknown = [...parsed.searchParams.keys()].find((name) => !PARAMETERS.has(name));
  if (unknown !== undefined) throw wrong(`url: "${unknown}" is not known here; host and sslmode are`);
  const tls = tlsOf(parsed.searchParams, host, caFile);
  checkFiles(settings);
  return {
    ...{ host, tls, database, user: decodeURIComponent(parsed.username) },
    port: Number(parsed.port || DEFAULT_PORT),
    ...(passwordFile !== undefined && { passwordFile }),
    ...(caFile !== undefined && { caFile }),
    application_name: application.slice(0, 63),
  };
};

/** A commit that returned must survive a power cut: `fsync` is the administrator's, the rest is ours. */
const checkDurability = (db: PostgresDb): void => {
  const fsync = db.prepare("SELECT current_setting('fsync')").pluck().get();
  if (fsync !== "on")
    throw new FaultError(
      "store.unwritable",
      `PostgreSQL runs with fsync = ${fsync}: a power cut would lose rows`,
    );
};

/** Nobody writes meanwhile, at no replica: the transaction holds the writers' lock. */
const migrate = (db: PostgresDb): void => {
  db.transaction(() => {
    db.script(
      "CREATE TABLE IF NOT EXISTS schema_notes (version BIGINT PRIMARY KEY, readable_by BIGINT NOT NULL)",
    );
    const newest = db
      .prepare("SELECT version, readable_by AS readableBy FROM schema_notes ORDER BY version DESC LIMIT 1")
      .get() as { version: number; readableBy: number } | undefined;
    const found = newest?.version ?? 0;
    const known = POSTGRES_MIGRATIONS.length;
    if (newest !== undefined && found > known && newest.readableBy > known)
      throw new FaultError(
        "store.unwritable",
        `the database has schema ${found}, written by a newer program; this one knows up to ${known}`,
      );
    for (const step of POSTGRES_MIGRATIONS.slice(found)) {
      db.script(step.sql);
      db.prepare("INSERT INTO schema_notes (version, readable_by) VALUES (?, ?)").run(
        step.version,
        step.readableBy,
      );
    }
  }).immediate();
};

/** `present`: counts as a running replica for as long as it is connected; a command beside them does not. */
export const openPostgres = (
  settings: DatabaseSettings,
  { application, present }: { readonly application: string; readonly present: boolean },
): PostgresDb => {
  const address = addressOf(settings, application);
  const onConnect = [
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
    ...(present ? [`SELECT pg_advisory_lock_shared(${LOCKS}, ${LOCK.present})`] : []),
  ];
  const db = new PostgresDb(new PostgresChannel(address, onConnect));
  try {
    return guarded(`database ${address.database}`, () => {
      checkDurability(db);
      migrate(db);
      return db;
    });
  } catch (thrown) {
    db.close();
    throw thrown;
  }
};
