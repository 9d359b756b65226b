// How does the portal's thread put a question to PostgreSQL and have the answer when the call returns?
//
// The rooms are synchronous, as the embedded database is: between two of their steps nothing else runs, and what is
// written down is written when the call returns. A thread of its own holds the connection; this one sleeps until the
// answer is there, some tenths of a millisecond for a server in the same building. What that costs, and why more
// replicas and not more connections are the way to more, stands in board/ops/replicas.md.
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { FaultError } from "../../core/faults.js";

export interface PostgresAddress {
  /** A name, or the folder of a socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** Mode 0600; read anew for each connection. */
  readonly passwordFile?: string;
  /** The server's certificate must be good, and for `host`. */
  readonly tls: boolean;
  /** PEM: the authority it must come from; the machine's authorities when absent. */
  readonly caFile?: string;
  readonly application_name: string;
}

export interface Request {
  readonly text: string;
  /** Null: several statements in one text, without values. */
  readonly values: readonly unknown[] | null;
  /** Under which the server keeps the plan; null: it does not. */
  readonly name: string | null;
  /** Belongs to a transaction that was begun: no new connection will do. */
  readonly inside: boolean;
}

export interface Answer {
  readonly ok: true;
  readonly columns: readonly string[];
  readonly rows: readonly unknown[][];
  readonly changes: number;
  readonly command: string;
}

export type Reply =
  | Answer
  | {
      readonly ok: false;
      /** SQLSTATE; null when there was no server to give one. */
      readonly state: string | null;
      readonly lost: boolean;
      /** Of the constraint that was broken. */
      readonly columns: string;
      readonly message: string;
    };

/** A statement that PostgreSQL refused. */
export class PostgresRefused extends Error {
  override readonly name = "PostgresRefused";
  constructor(
    readonly state: string,
    message: string,
  ) {
    super(message);
  }
}

const UNIQUE_VIOLATION = "23505";
/** A little longer than the longest statement may take. */
const LONGEST_MS = 25_000;
/** A server that can not be reached is not knocked at by each message of each kiosk. */
const REST_MS = 250;

export class PostgresChannel {
  readonly #address: PostgresAddress;
  readonly #onConnect: readonly string[];
  readonly #signal = new Int32Array(new SharedArrayBuffer(4));
  #thread: { readonly worker: Worker; readonly port: MessagePort } | null = null;
  #restUntilMs = 0;

  constructor(address: PostgresAddress, onConnect: readonly string[]) {
    this.#address = address;
    this.#onConnect = onConnect;
  }

  /** Throws `PostgresRefused`, or `FaultError` "store.unwritable" when there is no connection (any more). */
  ask(request: Request): Answer {
    if (performance.now() < this.#restUntilMs) throw this.#unreachable("it did not answer a moment ago");
    const reply = this.#exchange(request);
    if (reply.ok) return reply;
    if (reply.lost) {
      if (!request.inside) this.#restUntilMs = performance.now() + REST_MS;
      throw this.#unreachable(reply.message);
    }
    const message =
      // The words that SQLite has for it: the rooms tell by the columns what was wrong.
      reply.state === UNIQUE_VIOLATION ? `UNIQUE constraint failed: ${reply.columns}` : reply.message;
    throw new PostgresRefused(reply.state ?? "", message);
  }

  close(): void {
    this.#thread?.port.postMessage("close");
    this.#thread = null;
  }

  #exchange(request: Request): Reply {
    const { port } = this.#running();
    port.postMessage(request);
    const deadline = performance.now() + LONGEST_MS;
    for (;;) {
      const seen = Atomics.load(this.#signal, 0);
      const received = receiveMessageOnPort(port) as { readonly message: Reply } | undefined;
      if (received !== undefined) return received.message;
      const left = deadline - performance.now();
      if (left > 0) Atomics.wait(this.#signal, 0, seen, left);
      else {
        // Whatever it still does, it does on a connection that nobody uses again.
        void this.#thread?.worker.terminate();
        this.#thread = null;
        const message = `no answer within ${LONGEST_MS / 1000} s`;
        return { ok: false, state: null, lost: true, columns: "", message };
      }
    }
  }

  #running(): { readonly worker: Worker; readonly port: MessagePort } {
    if (this.#thread !== null) return this.#thread;
    const { port1, port2 } = new MessageChannel();
    const worker = new Worker(new URL("./postgres-worker.js", import.meta.url), {
      workerData: {
        ...{ port: port2, signal: this.#signal, address: this.#address, onConnect: this.#onConnect },
      },
      transferList: [port2],
    });
    worker.unref();
    port1.unref();
    // Its end is seen by the request that gets no answer.
    worker.on("error", () => {});
    this.#thread = { worker, port: port1 };
    return this.#thread;
  }

  #unreachable(why: string): FaultError {
    const { host, port, database } = this.#address;
    return new FaultError(
      "store.unwritable",
      `PostgreSQL "${database}" at ${host}:${port} can not be used now: ${why}`,
    );
  }
}
