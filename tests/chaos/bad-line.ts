// What does the worst line of a village do to a TCP connection?
//
// Bytes are late (100–800 ms) and few (2–64 KB/s); connections are reset, stand still for a while, or stay open on
// one side while nothing passes any more.
import { connect, createServer, type Server, type Socket } from "node:net";

export interface Weather {
  /** Infinity: as fast as the machine. */
  readonly bytesPerSecond: number;
  readonly delayMs: number;
  /** "stalled": bytes wait. "halfOpen": bytes vanish, nobody is told. "down": new connections are refused. */
  readonly state: "open" | "stalled" | "halfOpen" | "down";
}

export const FAIR: Weather = { bytesPerSecond: Number.POSITIVE_INFINITY, delayMs: 0, state: "open" };
/** What waits on the way in one direction; then the sender feels it. */
const HELD_BYTES = 32 * 1024;
const STALL_LOOK_MS = 100;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export class BadLine {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #weather: Weather = FAIR;
  url = "";
  carriedBytes = 0;
  connections = 0;

  private constructor(toPort: number) {
    this.#server = createServer((near) => this.#accept(near, toPort));
  }

  static async start(toPort: number): Promise<BadLine> {
    const line = new BadLine(toPort);
    await new Promise<void>((resolve, reject) => {
      line.#server.once("error", reject);
      line.#server.listen(0, "127.0.0.1", resolve);
    });
    const address = line.#server.address();
    if (address === null || typeof address === "string") throw new Error("the line has no port");
    line.url = `mqtt://127.0.0.1:${address.port}`;
    return line;
  }

  become(weather: Weather): void {
    this.#weather = weather;
    if (weather.state === "down") this.reset();
  }

  /** Every connection ends with RST on both sides. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.become({ ...FAIR, state: "down" });
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(near: Socket, toPort: number): void {
    if (this.#weather.state === "down") {
      near.resetAndDestroy();
      return;
    }
    this.connections += 1;
    const far = connect(toPort, "127.0.0.1");
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
      this.#carry(socket, other);
    }
  }

  #carry(from: Socket, to: Socket): void {
    let before = Promise.resolve();
    let freeAtMs = 0;
    let held = 0;
    from.on("data", (bytes: Buffer) => {
      const { bytesPerSecond, delayMs } = this.#weather;
      const now = performance.now();
      freeAtMs = Math.max(freeAtMs, now) + (bytes.length * 1000) / bytesPerSecond;
      const dueMs = freeAtMs + delayMs;
      held += bytes.length;
      if (held > HELD_BYTES) from.pause();
      before = before.then(async () => {
        await sleep(Math.max(0, dueMs - performance.now()));
        while (this.#weather.state === "stalled" && !to.destroyed) await sleep(STALL_LOOK_MS);
        held -= bytes.length;
        if (held <= HELD_BYTES) from.resume();
        if (this.#weather.state === "halfOpen" || to.destroyed) return;
        this.carriedBytes += bytes.length;
        to.write(bytes);
      });
    });
  }
}
