// Over which real wires does a kiosk reach its printer, and what do they do when its buffer is full?
import { createServer, type Server, type Socket } from "node:net";
import { type BytePort, PortClosedError } from "../../src/hal/port/byte-port.js";
import { memoryPair } from "../../src/hal/port/memory.js";
import { openPort } from "../../src/hal/port/open.js";
import { socketPort } from "../../src/hal/port/socket.js";
import type { PrinterSim } from "../../src/hal/sim/printer-sim.js";
import { openPtyPair } from "../wire/pty.js";
import { clock, type TestWire, until } from "./bench.js";

export const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen({ host: "127.0.0.1", port: 0 }, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });

/** Ports 9100 of printers: everything on one socket, a new one for each start of the kiosk. */
export const tcpWire = async (): Promise<TestWire> => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket));
  const port = await listen(server);
  return {
    name: "TCP wire",
    open: async () => {
      const before = sockets.length;
      const near = await openPort(`tcp:127.0.0.1:${port}`);
      await until("accepted", () => sockets.length > before);
      const socket = sockets.at(-1);
      if (socket === undefined) throw new Error("no connection");
      return [near, socketPort(socket, "the printer's end")];
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** A character device that is opened as a file, as /dev/usb/lp0 is; here the slave of a PTY. */
export const deviceWire = async (): Promise<TestWire> => {
  const pair = await openPtyPair();
  const far = await openPort(`serial:${pair.b}:115200`);
  return {
    name: "device file",
    open: async () => [await openPort(`file:${pair.a}`), far],
    close: async () => {
      await far.close();
      await pair.close();
    },
  };
};

/** A packet of the wire: what it takes at once. */
const PIECE_BYTES = 64;
const LOOK_AGAIN_MS = 1;

/**
 * RTS/CTS or a USB bulk endpoint: a write is done when the printer has room for its last byte. Questions wait
 * behind the dots like everything else.
 */
class Valve implements BytePort {
  readonly #port: BytePort;
  readonly #sim: PrinterSim;
  #turn: Promise<void> = Promise.resolve();
  #open = true;

  constructor(port: BytePort, sim: PrinterSim) {
    this.#port = port;
    this.#sim = sim;
    port.onClose(() => {
      this.#open = false;
    });
  }

  write(bytes: Uint8Array): Promise<void> {
    const copy = bytes.slice();
    const mine = this.#turn.then(() => this.#write(copy));
    this.#turn = mine.catch(() => {});
    return mine;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const piece = bytes.slice(at, at + PIECE_BYTES);
      while (this.#sim.freeBytes < piece.length) {
        if (!this.#open) throw new PortClosedError("the valve is closed");
        await clock.sleep(LOOK_AGAIN_MS);
      }
      await this.#port.write(piece);
    }
  }

  onData(listener: (chunk: Uint8Array) => void): () => void {
    return this.#port.onData(listener);
  }

  onClose(listener: (reason: Error | null) => void): () => void {
    return this.#port.onClose(listener);
  }

  async setBaudRate(): Promise<void> {}

  close(): Promise<void> {
    return this.#port.close();
  }
}

/** The kiosk's end of a wire to `sim` that takes no more than it has room for. */
export const valve = (sim: PrinterSim): BytePort => {
  const [near, far] = memoryPair();
  sim.attach(far);
  return new Valve(near, sim);
};

/** A printer's network interface: leaves in the socket what the printer has no room for. */
export const feedFrom = (socket: Socket, sim: PrinterSim): void => {
  const [near, far] = memoryPair();
  sim.attach(far);
  near.onData((chunk) => socket.write(chunk));
  socket.on("error", () => {});
  const timer = setInterval(() => {
    const room = Math.min(sim.freeBytes, socket.readableLength);
    const piece = room > 0 ? (socket.read(room) as Buffer | null) : null;
    if (piece !== null) near.write(piece).catch(() => {});
  }, LOOK_AGAIN_MS);
  socket.on("readable", () => {});
  socket.once("close", () => {
    clearInterval(timer);
    near.close().catch(() => {});
  });
};
