// How does a browser reach the dock?
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import fastifyWebsocket from "@fastify/websocket";
import fastify from "fastify";
import type { Hands } from "./hands.js";
import { dockAct } from "./world.js";

const PAGE = fileURLToPath(new URL("./web", import.meta.url));
const MAX_UPLOAD_BYTES = 64 * 1024 * 1024;

/** Serves the dock on loopback. Pictures are taken as they are: a broken one must reach the kiosk's camera, too. */
export const startDock = async (
  hands: Hands,
  options: { readonly port: number },
): Promise<{ readonly url: string; readonly port: number; close(): Promise<void> }> => {
  const app = fastify({ bodyLimit: MAX_UPLOAD_BYTES, forceCloseConnections: true });
  await app.register(fastifyWebsocket);
  if (existsSync(PAGE)) await app.register(fastifyStatic, { root: PAGE });
  app.addContentTypeParser(
    /^(image\/|application\/octet-stream)/,
    { parseAs: "buffer" },
    (_request, body, done) => done(null, body),
  );

  app.addHook("onRequest", async (request, reply) => {
    // A page elsewhere must not play with the dock through the visitor's browser.
    const { origin } = request.headers;
    if (origin !== undefined && new URL(origin).host !== request.headers.host)
      await reply.code(403).send({ error: "foreign origin" });
  });
  app.setErrorHandler((error, _request, reply) => {
    const status = (error as { statusCode?: number }).statusCode ?? 400;
    return reply.code(status).send({ error: error instanceof Error ? error.message : String(error) });
  });

  app.get("/state", () => hands.state());
  app.post("/act", async (request) => {
    const act = dockAct.safeParse(request.body);
    if (!act.success)
      throw new Error(
        act.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; "),
      );
    await hands.act(act.data);
    return hands.state();
  });
  app.post<{ Querystring: { title?: string } }>("/tray", async (request) => {
    hands.layImage(request.query.title ?? "uploaded", new Uint8Array(request.body as Buffer));
    return hands.state();
  });
  app.post("/face", async (request) => {
    hands.showFace(new Uint8Array(request.body as Buffer));
    return hands.state();
  });
  app.get<{ Params: { serial: string } }>("/slip/:serial.png", async (request, reply) => {
    const png = hands.slipPng(Number(request.params.serial));
    return png === undefined
      ? reply.code(404).send({ error: "no such slip" })
      : reply.type("image/png").send(Buffer.from(png));
  });
  for (const of of ["tray", "face"] as const) {
    app.get(`/${of}`, async (_request, reply) => {
      const image = hands.picture(of);
      return image === undefined
        ? reply.code(404).send({ error: "nothing there" })
        : reply.header("cache-control", "no-store").type("image/*").send(Buffer.from(image));
    });
  }
  app.get("/live", { websocket: true }, (socket) => {
    const push = () => socket.send(JSON.stringify(hands.state()));
    const stop = hands.onChange(push);
    socket.on("close", stop);
    push();
  });

  await app.listen({ host: "127.0.0.1", port: options.port });
  const address = app.server.address();
  if (address === null || typeof address === "string") throw new Error("the dock has no port");
  return { url: `http://127.0.0.1:${address.port}/`, port: address.port, close: () => app.close() };
};
