// How does a thread of its own speak with PostgreSQL, so that the portal's thread can wait for the answer?
//
// One connection, one request at a time. A connection that broke is made anew by the next request, but never inside a
// transaction: what was begun on the old one is gone, and its owner must hear that.
import { readFileSync } from "node:fs";
import { type MessagePort, workerData } from "node:worker_threads";
import pg from "pg";
import type { PostgresAddress, Reply, Request } from "./postgres-channel.js";

export interface WorkerStart {
  readonly port: MessagePort;
  /** Counts the answers; the portal's thread sleeps on it. */
  readonly signal: Int32Array;
  readonly address: PostgresAddress;
  /** Run on each new connection. */
  readonly onConnect: readonly string[];
}

const CONNECT_MS = 3_000;
/** Longer than any statement takes that is not stuck, shorter than the portal's thread waits. */
const STATEMENT_MS = 15_000;
const LOCK_MS = 10_000;
/** Who holds the writers' lock and does nothing is a machine that froze: the others must go on. */
const IDLE_IN_TRANSACTION_MS = 10_000;
/** A machine that vanished holds its locks until the server notices: after 20 s instead of two hours. */
const KEEPALIVES =
  "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=20000";
const INT8 = 20;
const NUMERIC = 1700;

pg.types.setTypeParser(INT8, Number);
pg.types.setTypeParser(NUMERIC, Number);

const { port, signal, address, onConnect } = workerData as WorkerStart;

let client: pg.Client | null = null;

const drop = (): void => {
  const old = client;
  client = null;
  old?.end().catch(() => {});
};

const connect = async (): Promise<pg.Client> => {
  const { tls, caFile, passwordFile, ...where } = address;
  const fresh = new pg.Client({
    ...where,
    ...(passwordFile !== undefined && { password: readFileSync(passwordFile, "utf8").trim() }),
    ...(tls && { ssl: caFile === undefined ? true : { ca: readFileSync(caFile, "utf8") } }),
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    options: KEEPALIVES,
    statement_timeout: STATEMENT_MS,
    lock_timeout: LOCK_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
  });
  // Also while nobody asks: the server was stopped, or the network went.
  fresh.on("error", () => {
    if (client === fresh) drop();
  });
  fresh.on("end", () => {
    if (client === fresh) client = null;
  });
  try {
    await fresh.connect();
    for (const text of onConnect) await fresh.query(text);
  } catch (thrown) {
    fresh.end().catch(() => {});
    throw thrown;
  }
  client = fresh;
  return fresh;
};

const NOT_OF_AUTHORITY = "its certificate does not come from the authority in caFile";
/** OpenSSL's and Node's words for a certificate that is not believed. */
const DISTRUST: Readonly<Record<string, string>> = {
  SELF_SIGNED_CERT_IN_CHAIN: NOT_OF_AUTHORITY,
  DEPTH_ZERO_SELF_SIGNED_CERT: NOT_OF_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: NOT_OF_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: NOT_OF_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: NOT_OF_AUTHORITY,
  CERT_SIGNATURE_FAILURE: NOT_OF_AUTHORITY,
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet: is the clock of this machine right?",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};

/** What a person needs to hear of why there is no connection. */
const inWords = (code: unknown, message: string): string => {
  const distrust = typeof code === "string" ? DISTRUST[code] : undefined;
  if (distrust !== undefined) return `${distrust} (${message})`;
  if (message === "The server does not support SSL connections")
    return "it speaks no TLS (ssl = on in postgresql.conf), and sslmode=verify-full asks for it";
  if (code === "28000" && message.endsWith("no encryption"))
    return `it takes TLS alone: say sslmode=verify-full, and name caFile (${message})`;
  return message;
};

/** PostgreSQL's five letters; what broke the connection has none. */
const SQLSTATE = /^[0-9A-Z]{5}$/;
/** The server ends the session with these (classes 08 and 57P): it is stopped, or the session was idle too long. */
const ENDS_SESSION = /^(08|57P0|25P03)/;

const failed = (thrown: unknown): Reply => {
  const { code, message, detail } = thrown as { code?: unknown; message?: unknown; detail?: unknown };
  const state = typeof code === "string" && SQLSTATE.test(code) ? code : null;
  const lost = state === null || ENDS_SESSION.test(state);
  if (lost) drop();
  // "Key (book, number)=(01, 7) already exists.": the columns, and not what stands in them.
  const columns = /^Key \(([^)]*)\)=/.exec(String(detail ?? ""))?.[1] ?? "";
  return { ok: false, state, lost, columns, message: inWords(code, String(message ?? thrown)) };
};

const answer = async ({ text, values, name, inside }: Request): Promise<Reply> => {
  try {
    if (client === null && inside)
      return { ok: false, state: null, lost: true, columns: "", message: "the connection was lost" };
    const open = client ?? (await connect());
    const given = values === null ? { text } : { text, values: [...values], ...(name !== null && { name }) };
    const results = [await open.query({ ...given, rowMode: "array" })].flat();
    const result = results.at(-1);
    return {
      ok: true,
      columns: result?.fields.map((field) => field.name) ?? [],
      rows: (result?.rows ?? []) as unknown[][],
      changes: result?.rowCount ?? 0,
      command: result?.command ?? "",
    };
  } catch (thrown) {
    return failed(thrown);
  }
};

port.on("message", (request: Request | "close") => {
  if (request === "close") {
    drop();
    port.close();
    return;
  }
  void answer(request).then((reply) => {
    port.postMessage(reply);
    Atomics.add(signal, 0, 1);
    Atomics.notify(signal, 0);
  });
});
