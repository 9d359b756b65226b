// How is one wire of the simulated board plugged in and pulled out?
import { rm } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { BytePort } from "../port/byte-port.js";
import { socketPort } from "../port/socket.js";

/**
 * A Unix socket that exists while the device is plugged. Pulled out, its connections end and opening
 * gives ENOENT, as with a USB adapter that left.
 */
export class SocketPlug {
  readonly path: string;
  readonly #attach: (port: BytePort) => void;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  /** Plugging and pulling happen in the order in which they were asked for. */
  #turn: Promise<void> = Promise.resolve();

  /** `attach` gets each runtime that connects; one after another over restarts. */
  constructor(path: string, attach: (port: BytePort) => void) {
    this.path = path;
    this.#attach = attach;
  }

  /** Resolves when the wire is there or gone; rejects when the socket can not be made. */
  setPlugged(plugged: boolean): Promise<void> {
    const done = this.#turn.then(() => (plugged ? this.#plug() : this.#pull()));
    this.#turn = done.catch(() => {});
    return done;
  }

  async #plug(): Promise<void> {
    if (this.#server !== null) return;
    // A board that was killed leaves its sockets; one that lives must not lose them.
    if (await answers(this.path))
      throw new Error(`${this.path} belongs to another simulated board that runs`);
    await rm(this.path, { force: true });
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
      this.#attach(socketPort(socket, this.path));
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.path, resolve);
    });
    this.#server = server;
  }

  async #pull(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
