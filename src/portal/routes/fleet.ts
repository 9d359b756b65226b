// Which addresses show the kiosks to operations, and let them be commanded?
import { timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { commandSchema, type KioskCommand } from "../../sync/protocol/command.js";
import { isLoopback, whoOf } from "../access/who.js";
import { DeskError } from "../desk-error.js";
import type { Enrolment } from "../enrolment.js";
import type { Fleet } from "../fleet.js";
import { METRICS_TYPE, metricsText } from "../metrics.js";
import type { OrderRows } from "../orders/order-rows.js";
import type { Orders } from "../orders/orders.js";
import { fleetPage } from "../pages/fleet.js";
import { COMMANDS, kioskPage } from "../pages/kiosk.js";
import type { PastFigures } from "../past-figures.js";
import { sendPage } from "./guard.js";

export interface FleetParts {
  readonly enrolment: Enrolment;
  readonly fleet: Fleet;
  readonly orders: Orders;
  readonly orderRows: OrderRows;
  readonly past: PastFigures;
  readonly brokerUp: () => boolean;
  /** Who is not on the loopback shows it; null: nobody else may read metrics. */
  readonly metricsToken: string | null;
  readonly nowMs: () => number;
}

const SHOWN_ORDERS = 50;

/** A proxy on this machine speaks for others: then, too, the token (or a login of operations) is wanted. */
const mayReadMetrics = (request: FastifyRequest, token: string | null): boolean => {
  const { headers } = request;
  if (request.who?.role === "operations") return true;
  const forOthers = headers["x-forwarded-for"] !== undefined || headers.forwarded !== undefined;
  if (isLoopback(request) && !forOthers) return true;
  const given = Buffer.from(headers.authorization ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  return token !== null && given.length === wanted.length && timingSafeEqual(given, wanted);
};

const kioskParams = z.object({ kiosk: z.string().regex(/^[A-Za-z0-9-]{1,32}$/) });
const orderBody = z.object({
  command: z.enum(COMMANDS.map(({ value }) => value) as [string, ...string[]]),
  device: z.string().trim().max(40).default(""),
  minutes: z.coerce.number().int().min(1).max(1440),
});

const commandOf = ({ command, device }: z.infer<typeof orderBody>): KioskCommand => {
  const [name, word] = command.split(":");
  const takesDevice = (name === "restartDevice" || name === "selfTest") && device !== "";
  const parsed = commandSchema.safeParse({
    name,
    ...(name === "outOfService" && { on: word === "on" }),
    ...(takesDevice && { device }),
  });
  if (!parsed.success)
    throw new DeskError(400, { vi: "Xin chọn thiết bị cho lệnh này", en: "This command needs a device" });
  return parsed.data;
};

export const addFleetRoutes = (app: FastifyInstance, parts: FleetParts): void => {
  const { enrolment, fleet, orders, orderRows, past, brokerUp, metricsToken, nowMs } = parts;
  const give = (request: FastifyRequest) => {
    const { kiosk } = kioskParams.parse(request.params);
    const wish = orderBody.parse(request.body);
    return orders.give({
      ...{ kiosk, command: commandOf(wish), askedBy: whoOf(request).name, validMinutes: wish.minutes },
    });
  };
  const ordersOf = (kiosk: string) =>
    orderRows.ofKiosk(kiosk, SHOWN_ORDERS).map((order) => ({ ...order, events: orderRows.events(order.id) }));

  app.get("/fleet", async (request, reply) =>
    sendPage(reply, fleetPage(fleet.view(enrolment.kiosks()), whoOf(request))),
  );
  app.get("/fleet/:kiosk", async (request, reply) => {
    const { kiosk } = kioskParams.parse(request.params);
    const view = fleet.view(enrolment.kiosks()).find((each) => each.kiosk === kiosk);
    if (view === undefined)
      throw new DeskError(404, { vi: "Không có máy này", en: "There is no such kiosk" });
    return sendPage(
      reply,
      kioskPage({
        ...{ ...view, orders: ordersOf(kiosk), past: past.of(kiosk), nowMs: nowMs() },
        viewer: whoOf(request),
      }),
    );
  });
  app.post("/fleet/:kiosk/commands", async (request, reply) => {
    const { kiosk } = give(request);
    return reply.redirect(`/fleet/${kiosk}`, 303);
  });
  app.get("/api/fleet", async () => fleet.view(enrolment.kiosks()));
  app.get("/api/kiosks/:kiosk/past", async (request) => past.of(kioskParams.parse(request.params).kiosk));
  app.get("/metrics", async (request, reply) => {
    if (!mayReadMetrics(request, metricsToken)) return reply.code(403).send({ error: "not for you" });
    const view = { kiosks: fleet.view(enrolment.kiosks()), brokerUp: brokerUp(), nowMs: nowMs() };
    return reply.type(METRICS_TYPE).send(metricsText({ ...view, dropped: past.dropped() }));
  });
  app.get("/api/kiosks/:kiosk/commands", async (request) =>
    ordersOf(kioskParams.parse(request.params).kiosk),
  );
  app.post("/api/kiosks/:kiosk/commands", async (request) => give(request));
};
