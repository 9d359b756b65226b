// What would systemd have heard, and when would its watchdog have fired? (A real datagram socket in its place.)
import { join } from "node:path";
import unixDatagram from "unix-dgram";

const LIMIT_MS = 120_000;
const LOOK_EVERY_MS = 50;

interface Heard {
  readonly atMs: number;
  readonly assignments: readonly string[];
}

export class Notified {
  readonly path: string;
  readonly heard: Heard[] = [];
  readonly #socket: ReturnType<typeof unixDatagram.createSocket>;

  constructor(folder: string) {
    this.path = join(folder, "notify");
    this.#socket = unixDatagram.createSocket("unix_dgram", (bytes) => {
      this.heard.push({ atMs: performance.now(), assignments: bytes.toString().trim().split("\n") });
    });
    this.#socket.bind(this.path);
  }

  close(): void {
    this.#socket.close();
  }

  count(assignment: string): number {
    return this.heard.filter(({ assignments }) => assignments.includes(assignment)).length;
  }

  get statuses(): readonly string[] {
    return this.heard.flatMap(({ assignments }) =>
      assignments.filter((line) => line.startsWith("STATUS=")).map((line) => line.slice("STATUS=".length)),
    );
  }

  /** Since the last time that the watchdog was fed. */
  get hungryMs(): number {
    const fed = this.heard.findLast(({ assignments }) => assignments.includes("WATCHDOG=1"));
    return performance.now() - (fed?.atMs ?? 0);
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    const untilMs = performance.now() + LIMIT_MS;
    while (!holds()) {
      if (performance.now() > untilMs)
        throw new Error(`${what}: not within ${LIMIT_MS / 1_000} s; heard ${JSON.stringify(this.heard)}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  /** Fed again, after now. */
  async fed(times = 1): Promise<void> {
    const before = this.count("WATCHDOG=1");
    await this.until("WATCHDOG=1", () => this.count("WATCHDOG=1") >= before + times);
  }

  async status(pattern: RegExp): Promise<string> {
    const before = this.statuses.length;
    const found = () => this.statuses.slice(before).find((text) => pattern.test(text));
    await this.until(`STATUS like ${pattern.source}`, () => found() !== undefined);
    return found() ?? "";
  }
}
