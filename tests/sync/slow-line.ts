// How is a village link made between two programs on one machine?
import { connect, createServer, type Server, type Socket } from "node:net";

/** A slow and breakable line to the broker. */
export class SlowLine {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly url: string;
  carriedBytes = 0;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `mqtt://127.0.0.1:${port}`;
  }

  static start(toPort: number, bytesPerSecond: number): Promise<SlowLine> {
    return new Promise((resolve) => {
      const server = createServer((near) => {
        const far = connect({ port: toPort, host: "127.0.0.1" });
        for (const socket of [near, far]) {
          line.#sockets.add(socket);
          socket.on("error", () => {});
          socket.on("close", () => {
            near.destroy();
            far.destroy();
            line.#sockets.delete(socket);
          });
        }
        far.pipe(near);
        near.on("data", (bytes: Buffer) => {
          near.pause();
          line.carriedBytes += bytes.length;
          far.write(bytes);
          setTimeout(() => near.resume(), (bytes.length * 1000) / bytesPerSecond);
        });
      });
      let line: SlowLine;
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        line = new SlowLine(server, typeof address === "object" && address !== null ? address.port : 0);
        resolve(line);
      });
    });
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}
