// How does a connected socket, of whatever family, become a byte port?
import { connect, type NetConnectOpts, type Socket } from "node:net";
import type { BytePort } from "./byte-port.js";
import { openError } from "./open-error.js";
import { Wire } from "./wire.js";

class SocketWire implements BytePort {
  readonly #socket: Socket;
  readonly #wire: Wire;

  constructor(socket: Socket, wire: Wire) {
    this.#socket = socket;
    this.#wire = wire;
    socket.on("data", (chunk: Buffer) => wire.deliver(chunk));
    socket.on("error", (error) => wire.end(error));
    // The other end hung up: half a connection is of no use to a device.
    socket.on("end", () => socket.destroy());
    socket.on("close", () => wire.end(wire.closedError(new Error("the other end closed"))));
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#wire.handOver((done) => {
      this.#socket.write(Buffer.from(bytes), done);
    });
  }

  onData(listener: (chunk: Uint8Array) => void): () => void {
    return this.#wire.onData(listener);
  }

  onClose(listener: (reason: Error | null) => void): () => void {
    return this.#wire.onClose(listener);
  }

  async setBaudRate(): Promise<void> {}

  async close(): Promise<void> {
    this.#wire.end(null);
    if (this.#socket.destroyed) return;
    await new Promise<void>((resolve) => {
      this.#socket.once("close", () => resolve());
      this.#socket.destroy();
    });
  }
}

/** A port over a socket that is connected already: the accepting side of a wire. */
export const socketPort = (socket: Socket, name: string): BytePort => new SocketWire(socket, new Wire(name));

/** `limitMs`: a switched-off device on the network does not refuse, it keeps silent for minutes. */
export const openSocket = (options: NetConnectOpts, name: string, limitMs: number): Promise<BytePort> =>
  new Promise((resolve, reject) => {
    const socket = connect(options);
    const fail = (errno: string, message: string, cause?: Error) => {
      socket.destroy();
      reject(openError({ at: name, errno, message, cause }));
    };
    const timer = setTimeout(() => fail("ETIMEDOUT", `no answer within ${limitMs} ms`), limitMs);
    const onError = (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      fail(error.code ?? "EUNKNOWN", error.message, error);
    };
    socket.once("error", onError);
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.off("error", onError);
      socket.setNoDelay(true);
      resolve(socketPort(socket, name));
    });
  });
