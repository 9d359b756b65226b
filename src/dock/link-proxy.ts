// How is the link between kiosk and broker cut without touching either?
import { connect, createServer, type Server, type Socket } from "node:net";

export interface LinkProxy {
  /** What the kiosk connects to. */
  readonly url: string;
  readonly up: boolean;
  /** Cuts every connection and refuses new ones, as a pulled network cable that answers with RST. */
  cut(): void;
  restore(): void;
  close(): Promise<void>;
}

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });

/** A TCP relay on a free loopback port in front of `mqtt://HOST:PORT`. */
export const startLinkProxy = async (brokerUrl: string): Promise<LinkProxy> => {
  const broker = new URL(brokerUrl);
  const sockets = new Set<Socket>();
  let up = true;
  const track = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
  };
  const server = createServer((near) => {
    track(near);
    if (!up) {
      near.destroy();
      return;
    }
    const far = connect(Number(broker.port), broker.hostname);
    track(far);
    near.pipe(far);
    far.pipe(near);
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("link proxy has no port");
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `mqtt://127.0.0.1:${address.port}`,
    get up() {
      return up;
    },
    cut: () => {
      up = false;
      drop();
    },
    restore: () => {
      up = true;
    },
    close: async () => {
      up = false;
      drop();
      await closeServer(server);
    },
  };
};
