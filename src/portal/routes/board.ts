// Which addresses does the display in the hall call?
import { readFileSync } from "node:fs";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { QUEUE_NAME } from "../../sync/protocol/queue.js";
import { addressOf } from "../access/who.js";
import { DeskError } from "../desk-error.js";
import { boardPage } from "../pages/board.js";
import type { BoardAccess } from "../queue/board-access.js";
import type { BoardFeed } from "../queue/board-feed.js";
import type { BoardVoice } from "../queue/board-voice.js";
import type { Queue } from "../queue/queue.js";
import { sendPage } from "./guard.js";

export interface BoardParts {
  readonly queue: Queue;
  readonly boardAccess: BoardAccess;
  readonly boardFeed: BoardFeed;
  readonly boardVoice: BoardVoice;
  readonly behindProxy: boolean;
}

/** Its own script, what the portal tells, and what the portal says. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; media-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'";
/** Each costs a connection; a hall has two or three. */
const MOST_BOARDS = 50;

const query = z.object({
  place: z.string().regex(QUEUE_NAME).or(z.literal("")).default(""),
  token: z.string().max(200).default(""),
});
const ticketParams = z.object({ ticket: z.coerce.number().int().positive() });

const SCRIPT = readFileSync(new URL("../pages/board-script.js", import.meta.url), "utf8");

export const addBoardRoutes = (app: FastifyInstance, parts: BoardParts): void => {
  const { queue, boardAccess, boardFeed, boardVoice, behindProxy } = parts;
  const asked = (request: FastifyRequest): z.output<typeof query> => {
    const found = query.parse(request.query);
    // Whoever works here may look at it anywhere.
    if (request.who === null && !boardAccess.admits(addressOf(request, behindProxy), found.token))
      throw new DeskError(403, {
        vi: "Bảng gọi số chỉ xem được tại nơi tiếp dân",
        en: "The board is shown in the hall only",
      });
    return { ...found, place: found.place || (queue.rows.places()[0] ?? "") };
  };
  app.get("/board", async (request, reply) => {
    const { place, token } = asked(request);
    reply.header("content-security-policy", POLICY);
    return sendPage(reply, boardPage(place, token));
  });
  app.get("/board/board.js", async (request, reply) => {
    asked(request);
    return reply.type("text/javascript; charset=utf-8").send(SCRIPT);
  });
  app.get("/board/calls/:ticket/voice.wav", async (request, reply) => {
    asked(request);
    const ticket = queue.rows.ticket(ticketParams.parse(request.params).ticket);
    // Nothing is said but what is called at this moment.
    const sound =
      ticket?.state === "called" && ticket.counter !== null
        ? await boardVoice.say(ticket.label, ticket.counter)
        : null;
    if (sound === null) return reply.code(404).send({ error: "there is no voice for it" });
    return reply.type("audio/wav").send(sound);
  });
  app.get("/board/events", async (request, reply) => {
    const { place } = asked(request);
    if (boardFeed.watching >= MOST_BOARDS)
      return reply.code(503).send({ error: "too many boards are watching" });
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      // A proxy that collects would hold calls back.
      "x-accel-buffering": "no",
    });
    const stop = boardFeed.watch(place, (event, data) => {
      raw.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    });
    raw.on("close", stop);
    raw.on("error", stop);
    return reply;
  });
  app.addHook("onClose", async () => boardFeed.close());
};
