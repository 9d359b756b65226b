// How do two programs ask and answer over a byte wire, one JSON text a line?
//
// The wires of the simulated board that are not bytes themselves (lines, I2C) travel this way.
import type { Clock } from "../../core/clock.js";
import { TimeoutError, withDeadline } from "../../core/clock.js";
import { type BytePort, PortClosedError } from "./byte-port.js";

export type JsonObject = { readonly [key: string]: unknown };

/** Longer than any message of these wires; a peer that sends more speaks something else. */
const LONGEST_LINE_BYTES = 1 << 20;
const NEWLINE = 0x0a;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Cuts a byte stream into JSON objects. Throws `Error` on a line that is too long or is no object. */
export class JsonLineSplitter {
  #rest: Buffer = Buffer.alloc(0);

  push(chunk: Uint8Array): JsonObject[] {
    this.#rest = this.#rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#rest, chunk]);
    const messages: JsonObject[] = [];
    for (let end = this.#rest.indexOf(NEWLINE); end >= 0; end = this.#rest.indexOf(NEWLINE)) {
      const line = this.#rest.toString("utf8", 0, end);
      this.#rest = this.#rest.subarray(end + 1);
      if (line.trim() !== "") messages.push(parseObject(line));
    }
    if (this.#rest.length > LONGEST_LINE_BYTES) throw new Error(`a line is over ${LONGEST_LINE_BYTES} bytes`);
    return messages;
  }
}

const parseObject = (line: string): JsonObject => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Error("a line is not JSON");
  }
  if (!isJsonObject(value)) throw new Error("a line is not a JSON object");
  return value;
};

/** Both ends of such a wire: sends objects, hears objects. A peer that breaks the format is hung up on. */
export class JsonLines {
  readonly #port: BytePort;
  readonly #splitter = new JsonLineSplitter();

  constructor(port: BytePort, onMessage: (message: JsonObject) => void) {
    this.#port = port;
    port.onData((chunk) => {
      let messages: JsonObject[];
      try {
        messages = this.#splitter.push(chunk);
      } catch {
        void port.close();
        return;
      }
      for (const message of messages) onMessage(message);
    });
  }

  send(message: JsonObject): Promise<void> {
    return this.#port.write(Buffer.from(`${JSON.stringify(message)}\n`));
  }

  close(): Promise<void> {
    return this.#port.close();
  }
}

interface Waiting {
  readonly resolve: (answer: JsonObject) => void;
  readonly reject: (reason: Error) => void;
}

/** The asking end: every request gets a number, its answer carries the same; the rest are events. */
export class JsonRequests {
  readonly #lines: JsonLines;
  readonly #clock: Clock;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;
  #closed: Error | null = null;

  constructor(port: BytePort, clock: Clock, onEvent: (event: JsonObject) => void) {
    this.#clock = clock;
    this.#lines = new JsonLines(port, (message) => {
      const { id } = message;
      if (typeof id !== "number") {
        onEvent(message);
        return;
      }
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      waiting?.resolve(message);
    });
    port.onClose((reason) => {
      const error = new PortClosedError(reason?.message ?? "the wire was closed", { cause: reason });
      this.#closed = error;
      for (const waiting of this.#waiting.values()) waiting.reject(error);
      this.#waiting.clear();
    });
  }

  get closed(): boolean {
    return this.#closed !== null;
  }

  /** Rejects with `PortClosedError` when the wire is or goes down, `TimeoutError` without an answer in time. */
  async request(what: string, body: JsonObject, deadlineMs: number): Promise<JsonObject> {
    if (this.#closed !== null) throw this.#closed;
    const id = this.#next++;
    const answer = new Promise<JsonObject>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    // Rejections reach the caller through the race below; this one may come after the deadline.
    answer.catch(() => {});
    try {
      return await withDeadline(this.#clock, deadlineMs, what, async () => {
        await this.#lines.send({ ...body, id });
        return answer;
      });
    } catch (thrown) {
      if (thrown instanceof TimeoutError || thrown instanceof PortClosedError) throw thrown;
      throw new PortClosedError(String(thrown), { cause: thrown });
    } finally {
      this.#waiting.delete(id);
    }
  }

  close(): Promise<void> {
    return this.#lines.close();
  }
}
