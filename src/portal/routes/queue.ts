// Which addresses call people to the counters?
import { readFileSync } from "node:fs";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { QUEUE_NAME } from "../../sync/protocol/queue.js";
import { whoOf } from "../access/who.js";
import { queuePage } from "../pages/queue.js";
import type { AtCounter, Queue } from "../queue/queue.js";
import { sendPage } from "./guard.js";

export interface QueueDeskParts {
  readonly queue: Queue;
  readonly nowMs: () => number;
}

const place = z.string().regex(QUEUE_NAME);
const counter = z.string().regex(/^[0-9A-Z]{1,3}$/);
const id = z.coerce.number().int().nonnegative();
const placeQuery = z.object({ place: place.or(z.literal("")).default("") });
const atBody = z.object({ place, counter, current: id });
const counterBody = z.object({
  place,
  counter,
  services: z.union([z.string(), z.array(z.string())]).transform((given) => [given].flat()),
});

const SHOWN_ABSENT = 12;

const addPage = (app: FastifyInstance, { queue, nowMs }: QueueDeskParts): void => {
  app.get("/queue/queue.js", async (_request, reply) =>
    reply.type("text/javascript; charset=utf-8").send(SCRIPT),
  );
  app.get("/queue", async (request, reply) => {
    const { rows, today } = queue;
    const viewer = whoOf(request);
    const places = rows.places();
    const asked = placeQuery.parse(request.query).place;
    const mine = places.find((each) =>
      rows.counters(each, today).some(({ account }) => account === viewer.name),
    );
    const here = asked || mine || places[0] || "";
    reply.header("content-security-policy", POLICY);
    return sendPage(
      reply,
      queuePage({
        ...{ viewer, place: here, places, nowMs: nowMs() },
        ...{ services: rows.services(here), groups: rows.groups(here) },
        ...{ counters: rows.counters(here, today), waiting: rows.waiting(here, today) },
        ...{ called: rows.called(here, today), absent: rows.absent(here, today, SHOWN_ABSENT) },
        ...{ twice: rows.twice(here, today), revision: rows.revision(here) },
      }),
    );
  });
};

/** Its own script, which hears of changes as a board does. */
const POLICY =
  "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
const SCRIPT = readFileSync(new URL("../pages/queue-script.js", import.meta.url), "utf8");

const addActs = (app: FastifyInstance, { queue }: QueueDeskParts): void => {
  const at = (request: FastifyRequest): AtCounter => ({
    ...atBody.parse(request.body),
    by: whoOf(request).name,
  });
  /** A call acts, and the browser is led back to the page. */
  const acts = (path: string, act: (request: FastifyRequest) => string): void => {
    app.post(`/queue/${path}`, async (request, reply) =>
      reply.redirect(`/queue?place=${encodeURIComponent(act(request))}`, 303),
    );
  };
  const atCounter = (path: string, act: (at: AtCounter, request: FastifyRequest) => void): void =>
    acts(path, (request) => {
      const where = at(request);
      act(where, request);
      return where.place;
    });
  acts("counter", (request) => {
    const wanted = counterBody.parse(request.body);
    const known = new Set(queue.rows.services(wanted.place).map((each) => each.id));
    const services = wanted.services.filter((each) => known.has(each));
    queue.open({ ...wanted, services, account: whoOf(request).name });
    return wanted.place;
  });
  acts("close", (request) => {
    const { place: where } = z.object({ place }).parse(request.body);
    queue.close(where, whoOf(request).name);
    return where;
  });
  acts("rejoin", (request) => {
    const { place: where, ticket } = z.object({ place, ticket: id }).parse(request.body);
    queue.rejoin(where, ticket, whoOf(request).name);
    return where;
  });
  atCounter("call", (where) => queue.callNext(where));
  atCounter("again", (where) => queue.callAgain(where));
  atCounter("served", (where) => queue.end(where, "served"));
  atCounter("absent", (where) => queue.end(where, "absent"));
  atCounter("transfer", (where, request) =>
    queue.transfer(where, z.object({ service: z.string().regex(QUEUE_NAME) }).parse(request.body).service),
  );
};

export const addQueueRoutes = (app: FastifyInstance, parts: QueueDeskParts): void => {
  addPage(app, parts);
  addActs(app, parts);
};
