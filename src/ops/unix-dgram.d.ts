// What of unix-dgram does the runtime use? (The package brings no types.)
declare module "unix-dgram" {
  import type { EventEmitter } from "node:events";

  export interface UnixDatagramSocket extends EventEmitter {
    /** −1 after `close`. */
    readonly fd: number;
    bind(path: string): void;
    /** Emits "connect" or "error" before it returns. */
    connect(path: string): void;
    /** On a connected socket; calls back before it returns. Code 1: the peer's queue is full, "writable" will follow. */
    send(bytes: Buffer, callback: (error?: Error & { code: number }) => void): void;
    close(): void;
  }

  const unixDatagram: {
    createSocket(type: "unix_dgram", onMessage?: (bytes: Buffer) => void): UnixDatagramSocket;
  };
  // biome-ignore lint/style/noDefaultExport: it is the package's own
  export default unixDatagram;
}
