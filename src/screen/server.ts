// How does the kiosk's own browser, and nobody else, get the page, the pictures and the visit?
//
// Loopback only. A web site open in any browser of this machine could still try to talk to the port, so
// Host, Origin and a token that only this page was given are all checked.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import websocket from "@fastify/websocket";
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from "fastify";
import type { WebSocket } from "ws";
import type { Clock } from "../core/clock.js";
import type { Log } from "../core/log.js";
import type { Place } from "../core/places.js";
import { LARGEST_MESSAGE_BYTES } from "./messages.js";
import { CLOSE, type HeartbeatLoss, PageLink, type ScreenVisit } from "./page-link.js";
import { PageTokens } from "./page-tokens.js";

export interface ScreenOptions {
  readonly host: "127.0.0.1";
  /** 0 takes any free port. */
  readonly port: number;
  readonly visit: ScreenVisit;
  /** JPEGs of captured pages by token; `View` names them as "/paper/TOKEN". */
  readonly images: { get(token: string): Uint8Array | undefined };
  /** Communes by the code of their province; left out, communes are typed. */
  readonly communes?: { of(province: string): readonly Place[] };
  readonly clock: Clock;
  readonly log: Log;
}

export interface ScreenServer {
  readonly url: string;
  readonly port: number;
  /** True while a page is connected and answers. */
  readonly connected: boolean;
  onHeartbeatLost(callback: (loss: HeartbeatLoss) => void): void;
  close(): Promise<void>;
}

const PAGE_FOLDER = fileURLToPath(new URL("./web/", import.meta.url));
const TOKEN_PLACE = "__PAGE_TOKEN__";
const PROTOCOL = "motcua";

const HEADERS = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), usb=(), serial=()",
} as const;

/** DNS rebinding shows in the name; a forwarded port may differ from ours. */
const isLoopbackHost = (host: string | undefined): boolean =>
  host !== undefined && /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i.test(host);

const refusal = (request: FastifyRequest): string | null => {
  const { host, origin, "sec-fetch-site": site } = request.headers;
  if (!isLoopbackHost(host)) return "host";
  const isSocket = request.headers.upgrade !== undefined;
  if ((isSocket || origin !== undefined) && origin !== `http://${host}`) return "origin";
  if (site !== undefined && site !== "same-origin" && site !== "none") {
    // A link from elsewhere may open the page itself, which shows nothing by being opened.
    const opensPage = request.headers["sec-fetch-mode"] === "navigate" && request.url === "/";
    if (!opensPage) return "site";
  }
  return null;
};

const readIndex = (): string => {
  const file = `${PAGE_FOLDER}index.html`;
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new Error("screen: the page is not built (dist/src/screen/web/index.html); run: npm run build", {
      cause,
    });
  }
};

const offeredToken = (request: FastifyRequest): string =>
  (request.headers["sec-websocket-protocol"] ?? "").split(",")[1]?.trim() ?? "";

const addPage = (app: FastifyInstance, tokens: PageTokens): void => {
  const index = readIndex();
  app.get("/", (_request, reply) =>
    reply
      .type("text/html; charset=utf-8")
      .header("cache-control", "no-store")
      .send(index.replace(TOKEN_PLACE, tokens.issue())),
  );
  // File names carry a hash of their content.
  app.register(fastifyStatic, {
    root: `${PAGE_FOLDER}assets`,
    prefix: "/assets/",
    immutable: true,
    maxAge: "1y",
    index: false,
  });
};

const sendPaper = (images: ScreenOptions["images"], token: string, reply: FastifyReply): FastifyReply => {
  reply.header("cache-control", "no-store");
  const jpeg = images.get(token);
  if (jpeg === undefined) return reply.code(404).type("text/plain").send("not found");
  return reply.type("image/jpeg").send(Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength));
};

const addGuards = (app: FastifyInstance, log: Log): void => {
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(HEADERS);
    const why = refusal(request);
    if (why === null) return;
    log("screen.state", { state: "refused", detail: `request with a foreign ${why}` });
    await reply.code(403).type("text/plain").send("refused");
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).type("text/plain").send("not found"));
  app.setErrorHandler((error, _request, reply) => {
    const { statusCode = 500, message } = error as { statusCode?: number; message: string };
    if (statusCode >= 500) log("kiosk.error", { where: "screen", message });
    return reply.code(statusCode).type("text/plain").send("error");
  });
};

const listen = async (app: FastifyInstance, host: string, port: number): Promise<number> => {
  try {
    await app.listen({ host, port });
  } catch (thrown) {
    await app.close();
    const code = (thrown as NodeJS.ErrnoException).code;
    const what =
      code === "EADDRINUSE"
        ? "is in use by another program: stop that one, or choose another port with --port N"
        : code === "EACCES"
          ? "is not permitted to this user: choose a port above 1023 with --port N"
          : `can not be opened (${code ?? String(thrown)})`;
    throw new Error(`screen: port ${port} on ${host} ${what}`, { cause: thrown });
  }
  const address = app.server.address();
  return typeof address === "object" && address !== null ? address.port : port;
};

/** Serves the citizen's page. Rejects with one clear line when the port is taken or the page is not built. */
export const startScreen = async (options: ScreenOptions): Promise<ScreenServer> => {
  const { visit, images, clock, log, host } = options;
  const app = fastify({ logger: false, forceCloseConnections: true });
  const tokens = new PageTokens();
  // Before the guards: the plugin's own hook lets it end the connection of an upgrade that a guard refuses.
  await app.register(websocket, {
    options: { maxPayload: LARGEST_MESSAGE_BYTES, handleProtocols: () => PROTOCOL },
  });
  addGuards(app, log);
  addPage(app, tokens);
  app.get<{ Params: { token: string } }>("/paper/:token", (request, reply) =>
    sendPaper(images, request.params.token, reply),
  );
  app.get<{ Params: { province: string } }>("/places/:province", (request, reply) =>
    reply.header("cache-control", "no-store").send(options.communes?.of(request.params.province) ?? []),
  );
  const link = new PageLink({ visit, clock, log });
  app.get("/visit", { websocket: true }, (socket: WebSocket, request) => {
    if (tokens.claim(offeredToken(request))) {
      link.take(socket);
      return;
    }
    log("screen.state", { state: "refused", detail: "socket without the page's token" });
    socket.close(CLOSE.badToken, "unknown page");
  });
  const close = async () => {
    link.close();
    await app.close();
  };
  const port = await listen(app, host, options.port).catch((thrown: unknown) => {
    link.close();
    throw thrown;
  });
  return {
    url: `http://${host}:${port}/`,
    port,
    get connected() {
      return link.connected;
    },
    onHeartbeatLost: (callback) => link.onHeartbeatLost(callback),
    close,
  };
};
