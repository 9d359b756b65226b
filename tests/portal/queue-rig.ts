// What do the tests of the queue put into it, without a kiosk?
import type { Clock } from "../../src/core/clock.js";
import type { PortalDb } from "../../src/portal/db/portal-db.js";
import { Queue } from "../../src/portal/queue/queue.js";
import { PRIORITY_RULE } from "../../src/portal/queue/rule.js";
import type { TicketsMessage, ToldTicket } from "../../src/sync/protocol/queue.js";
import { encode } from "../../src/sync/protocol/validate.js";
import { testClock } from "../store/fixtures.js";

export const PLACE = "binh-phu";
export const SERVICES = [
  { service: "general", title: { vi: "Chứng thực", en: "Certification" }, minutes: 10 },
  { service: "land", title: { vi: "Đất đai", en: "Land" }, minutes: 20 },
];
export const GROUPS = [{ group: "elderly", title: { vi: "Người từ 75 tuổi", en: "Aged 75 or over" } }];

/** 08:00 in Việt Nam. */
export const MORNING_MS = Date.parse("2026-11-23T08:00:00+07:00");
export const DAY = "2026-11-23";
export const MINUTE_MS = 60_000;

export interface TestClock extends Clock {
  nowMs: number;
}

export const clockAt = (nowMs: number): TestClock => {
  const clock = Object.assign(Object.create(testClock) as TestClock, { nowMs });
  return Object.assign(clock, { wall: () => ({ epochMs: clock.nowMs, trust: "trusted" }) });
};

export const ticketOf = (number: number, more: Partial<ToldTicket> = {}): ToldTicket => ({
  ...{ day: DAY, label: `A${String(number).padStart(3, "0")}`, number, service: "general", group: null },
  ...{ atMs: MORNING_MS + number * MINUTE_MS, wallTrust: "trusted" },
  ...more,
});

export const messageOf = (tickets: readonly ToldTicket[]): TicketsMessage => ({
  ...{ v: 1, place: PLACE, services: SERVICES, groups: GROUPS, tickets },
});

export interface Sent {
  readonly kiosk: string;
  readonly kind: string;
  readonly message: Readonly<Record<string, unknown>>;
}

export const queueOn = (db: PortalDb, clock: Clock) => {
  const sent: Sent[] = [];
  const queue = new Queue({
    ...{ db, clock, rule: PRIORITY_RULE },
    isEnrolled: (kiosk) => kiosk !== "STRANGE",
    send: (kiosk, kind, message) => sent.push({ kiosk, kind, message: message as Sent["message"] }),
  });
  const tell = (tickets: readonly ToldTicket[], kiosk = "T01") =>
    queue.tickets(kiosk, encode(messageOf(tickets)));
  return { queue, sent, tell };
};
