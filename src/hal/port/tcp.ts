// How is a device on the network opened? (Printers listen on 9100.)
import type { BytePort } from "./byte-port.js";
import { openSocket } from "./socket.js";

const CONNECT_LIMIT_MS = 5_000;

export const openTcp = (host: string, port: number): Promise<BytePort> =>
  // Keep-alive: a printer whose cable was pulled sends nothing, and only this finds out.
  openSocket(
    { host, port, keepAlive: true, keepAliveInitialDelay: 10_000 },
    `tcp:${host}:${port}`,
    CONNECT_LIMIT_MS,
  );
