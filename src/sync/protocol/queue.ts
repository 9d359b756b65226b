// What do kiosk and portal say to each other about queue numbers, and about how content somebody is with a result?
//
// A kiosk gives numbers without asking anybody and tells them until each is confirmed; the portal tells how the queue
// of the place stands after each change. Nothing here is personal: a number, a service, a group that nobody proves.
import { z } from "zod";

/** Names of places, services and groups: the office's own words. */
export const QUEUE_NAME = /^[A-Za-z0-9-]{1,32}$/;
/** Letters of kiosk and service, then the number: "A012". */
export const TICKET_LABEL = /^[A-Z]{0,3}\d{3,6}$/;
export const MAX_TICKETS_TOLD = 200;
export const MAX_SERVICES = 9;
export const MAX_GROUPS = 12;

const v = z.literal(1);
const name = z.string().regex(QUEUE_NAME);
const label = z.string().regex(TICKET_LABEL);
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const title = z.object({ vi: z.string().max(80), en: z.string().max(80) });
const count = z.int().nonnegative();

export interface QueueService {
  readonly service: string;
  readonly title: { readonly vi: string; readonly en: string };
  /** What one person takes there, as far as nobody has measured it. */
  readonly minutes: number;
}

export interface QueueGroup {
  readonly group: string;
  readonly title: { readonly vi: string; readonly en: string };
}

export interface ToldTicket {
  /** yyyy-MM-dd by the kiosk's clock. With the label it names a ticket of this kiosk for ever. */
  readonly day: string;
  readonly label: string;
  /** Within its letters and its day, from 1. */
  readonly number: number;
  readonly service: string;
  /** Null: no priority. */
  readonly group: string | null;
  readonly atMs: number;
  readonly wallTrust: string;
}

/** On `…/up/tickets`; without tickets it tells which queue the kiosk belongs to, and asks how that stands. */
export interface TicketsMessage {
  readonly v: 1;
  readonly place: string;
  readonly services: readonly QueueService[];
  readonly groups: readonly QueueGroup[];
  readonly tickets: readonly ToldTicket[];
}

export const TICKETS_REFUSED = ["unknownKiosk", "unsupportedVersion", "badShape"] as const;

/** The one answer to each `tickets`: what stands in the portal's database, also when it stood there before. */
export interface TicketedMessage {
  readonly v: 1;
  readonly kept: readonly { readonly day: string; readonly label: string }[];
  /** Null when the message was understood. */
  readonly reason: (typeof TICKETS_REFUSED)[number] | null;
}

export interface ServiceQueue {
  readonly service: string;
  readonly waiting: number;
  /** Counters that serve it now. */
  readonly counters: number;
  /** What one person takes there, measured today where possible. */
  readonly minutes: number;
  /** How many would be called before somebody of that group who comes now; "" is no group. */
  readonly before: Readonly<Record<string, number>>;
}

/** On `…/down/queue`; of two the one with the higher revision holds, whichever came later. */
export interface QueueMessage {
  readonly v: 1;
  readonly place: string;
  readonly revision: number;
  readonly atMs: number;
  readonly day: string;
  readonly services: readonly ServiceQueue[];
  /** The newest first. */
  readonly called: readonly { readonly label: string; readonly counter: string; readonly atMs: number }[];
  /** The last number of each letter that this kiosk gave and that is counted above. */
  readonly counted: Readonly<Record<string, number>>;
}

/** How content somebody is with a result. The portal keeps that it was said, and what was said, apart. */
export interface OpinionMessage {
  readonly v: 1;
  /** Chosen by the kiosk; the answer carries it. */
  readonly id: string;
  readonly lookupHash: string;
  /** 1 … 5. */
  readonly stars: number;
}

export const OPINION_RESULTS = ["counted", "already", "notYet", "unknown"] as const;
export type OpinionResult = (typeof OPINION_RESULTS)[number];

export interface OpinionAnswer {
  readonly v: 1;
  readonly id: string;
  readonly result: OpinionResult;
}

export const ticketsSchema: z.ZodType<TicketsMessage> = z.object({
  v,
  place: name,
  services: z
    .array(z.object({ service: name, title, minutes: z.number().min(1).max(240) }))
    .max(MAX_SERVICES),
  groups: z.array(z.object({ group: name, title })).max(MAX_GROUPS),
  tickets: z
    .array(
      z.object({
        day,
        label,
        number: z.int().positive(),
        service: name,
        group: name.nullable(),
        atMs: z.number(),
        wallTrust: z.string().max(200),
      }),
    )
    .max(MAX_TICKETS_TOLD),
});

export const ticketedSchema: z.ZodType<TicketedMessage> = z.object({
  v,
  kept: z.array(z.object({ day, label })).max(MAX_TICKETS_TOLD),
  reason: z.enum(TICKETS_REFUSED).nullable(),
});

export const queueSchema: z.ZodType<QueueMessage> = z.object({
  v,
  place: name,
  revision: count,
  atMs: z.number(),
  day,
  services: z
    .array(
      z.object({
        service: name,
        waiting: count,
        counters: count,
        minutes: z.number().positive(),
        before: z.record(z.string().max(32), count),
      }),
    )
    .max(64),
  called: z.array(z.object({ label, counter: z.string().max(8), atMs: z.number() })).max(20),
  counted: z.record(z.string().max(3), count),
});

export const opinionSchema: z.ZodType<OpinionMessage> = z.object({
  v,
  id: z.string().max(200),
  lookupHash: z.string().regex(/^[0-9a-f]{64}$/),
  stars: z.int().min(1).max(5),
});

export const opinionAnswerSchema: z.ZodType<OpinionAnswer> = z.object({
  v,
  id: z.string().max(200),
  result: z.enum(OPINION_RESULTS),
});
