// How does somebody get a number, and how long will it take by what the kiosk knows?
import type { KioskConfig } from "../config.js";
import type { Clock } from "../core/clock.js";
import { toFault } from "../core/faults.js";
import type { PrintResult, TakenNumber } from "../flows/effects.js";
import type { Language } from "../flows/events.js";
import type { QueueNow, QueueOffer, QueueWait, QueueWish } from "../flows/queue.js";
import type { SlipKiosk } from "../flows/slip.js";
import { ticketLayout } from "../flows/slip.js";
import type { Store } from "../store/store.js";
import type { GivenTicket, TicketWish } from "../store/tickets.js";
import type { Link } from "../sync/link.js";
import type { QueueMessage } from "../sync/protocol/queue.js";
import type { QueueParts } from "../sync/queue.js";
import type { Printing } from "./printing.js";
import { localTime } from "./submitting.js";

export interface NumberingParts {
  readonly config: KioskConfig;
  readonly store: Store;
  readonly printing: Printing;
  readonly link: Pick<Link, "queue">;
  readonly place: SlipKiosk;
  readonly clock: Clock;
}

const MINUTE_MS = 60_000;
/** Beyond this the time of the portal's word is said beside it. */
const FRESH_MS = 10 * MINUTE_MS;
/** Beyond this it is no help any more. */
const USELESS_MS = 3 * 60 * MINUTE_MS;
const ROUNDED_TO_MINUTES = 5;
const NO_GROUP = "";

export const placeOf = ({ kiosk, queue }: KioskConfig): string => queue.place || kiosk.id;

export const offerOf = ({ queue }: KioskConfig): QueueOffer => ({
  services: queue.services.map(({ id, vi, en }) => ({ id, title: { vi, en } })),
  groups: queue.groups.map(({ id, vi, en }) => ({ id, title: { vi, en } })),
});

/** What the portal is told about this kiosk's queue. */
export const queueParts = (config: KioskConfig): QueueParts => ({
  place: placeOf(config),
  services: config.queue.services.map(({ id, vi, en, minutes }) => ({
    service: id,
    title: { vi, en },
    minutes,
  })),
  groups: config.queue.groups.map(({ id, vi, en }) => ({ group: id, title: { vi, en } })),
});

const isOfToday = (state: QueueMessage, day: string, nowMs: number): boolean =>
  state.day === day && Math.abs(nowMs - state.atMs) < USELESS_MS;

/** Own numbers that the portal had not counted when it said so. Who has priority waits for those alone who have it. */
const uncounted = (parts: NumberingParts, state: QueueMessage, mine: GivenTicket): number => {
  const { queue } = parts.config;
  return queue.services.reduce((sum, { letter }) => {
    const letters = `${queue.prefix}${letter}`;
    const since = parts.store.tickets.after(mine.day, letters, state.counted[letters] ?? 0);
    const before = since.filter(
      ({ service, group }) => service === mine.service && (mine.group === null || group !== null),
    );
    return sum + before.length;
  }, -1);
};

/** Null: nobody has told anything that helps. */
export const waitFor = (parts: NumberingParts, mine: GivenTicket): QueueWait | null => {
  const { clock, config, link } = parts;
  const state = link.queue?.state ?? null;
  const nowMs = clock.wall().epochMs;
  const service = state?.services.find((each) => each.service === mine.service);
  if (state === null || service === undefined || !isOfToday(state, mine.day, nowMs)) return null;
  const told = service.before[mine.group ?? NO_GROUP] ?? service.before[NO_GROUP] ?? service.waiting;
  const before = told + Math.max(0, uncounted(parts, state, mine));
  const exact = (before * service.minutes) / Math.max(1, service.counters);
  return {
    before,
    minutes: service.counters === 0 ? null : Math.ceil(exact / ROUNDED_TO_MINUTES) * ROUNDED_TO_MINUTES,
    asOf: localTime(state.atMs, config.kiosk.utcOffsetMinutes),
    fresh: Math.abs(nowMs - state.atMs) < FRESH_MS,
  };
};

/** What the first screen and the choice of a service show; null when it is of no help any more. */
export const queueNow = (
  { config, clock, link }: Pick<NumberingParts, "config" | "clock" | "link">,
  calls = 3,
): QueueNow | null => {
  const state = link.queue?.state ?? null;
  const nowMs = clock.wall().epochMs;
  const today = localTime(nowMs, config.kiosk.utcOffsetMinutes).slice(0, 10);
  if (state === null || !isOfToday(state, today, nowMs)) return null;
  return {
    called: state.called.slice(0, calls).map(({ label, counter }) => ({ number: label, counter })),
    waiting: Object.fromEntries(state.services.map(({ service, waiting }) => [service, waiting])),
    asOf: localTime(state.atMs, config.kiosk.utcOffsetMinutes),
  };
};

const LOOK_EVERY_MS = MINUTE_MS;

/** Tells the visit when the queue has moved on, and when what is known has become too old. Returns the stop. */
export const watchQueue = (
  parts: Pick<NumberingParts, "config" | "clock" | "link">,
  send: (now: QueueNow | null) => void,
): (() => void) => {
  const look = () => send(queueNow(parts));
  let timer: unknown;
  const regularly = () => {
    look();
    timer = parts.clock.setTimeout(regularly, LOOK_EVERY_MS);
  };
  regularly();
  const unwatch = parts.link.queue?.watch(look);
  return () => {
    unwatch?.();
    parts.clock.clearTimeout(timer);
  };
};

interface Settled {
  readonly intent: number;
  readonly ticket: GivenTicket;
  readonly print: PrintResult;
}

const noteOutcome = (store: Store, { intent, ticket, print }: Settled): void =>
  store.journal.outcome(intent, "done", `${ticket.label} ${print.result}`);

/** A number that could not be written down was not given. */
const give = (store: Store, wish: TicketWish): Pick<Settled, "intent" | "ticket"> => {
  const { day, letters, service, group } = wish;
  const intent = store.journal.intent("ticket", `${day}/${letters}`, { service, group });
  try {
    return { intent, ticket: store.tickets.take(wish) };
  } catch (thrown) {
    store.journal.outcome(intent, "failed", toFault(thrown).code);
    throw thrown;
  }
};

/** The number stands on disk before any paper moves; it is valid whether or not paper comes out. */
export const takeNumber = async (
  parts: NumberingParts,
  wish: QueueWish & { readonly language: Language },
): Promise<TakenNumber> => {
  const { clock, config, place, printing, store } = parts;
  const { services, groups, prefix } = config.queue;
  const service = services.find(({ id }) => id === wish.service) ?? services[0];
  if (service === undefined) throw new Error("there is no service to take a number for");
  const group = groups.find(({ id }) => id === wish.group) ?? null;
  const wall = clock.wall();
  const now = localTime(wall.epochMs, config.kiosk.utcOffsetMinutes);
  const letters = `${prefix}${service.letter}`;
  const day = now.slice(0, 10);
  const { intent, ticket } = give(store, {
    ...{ day, letters, service: service.id, group: group?.id ?? null },
    ...{ atMs: Math.round(wall.epochMs), wallTrust: wall.trust },
  });
  const wait = waitFor(parts, ticket);
  const layout = ticketLayout(
    {
      number: ticket.label,
      issuedAt: now,
      clockTrusted: wall.trust === "trusted",
      service: services.length > 1 ? { vi: service.vi, en: service.en } : null,
      group: group && { vi: group.vi, en: group.en },
      wait,
    },
    place,
    wish.language,
  );
  const print = await printing.printTicket(`${day}/${ticket.label}`, layout);
  noteOutcome(store, { intent, ticket, print });
  return { number: ticket.label, wait, print };
};

/** At start: a number that a power cut left without its paper is no secret; it is told to the portal like any other. */
export const reconcileTickets = (store: Store): void => {
  for (const open of store.journal.open("ticket")) {
    const [day = "", letters = ""] = open.subject.split("/");
    const last = store.tickets.last(day, letters);
    store.journal.outcome(open.id, "failed", `cut off; the last number of ${letters} on ${day} is ${last}`);
  }
};
