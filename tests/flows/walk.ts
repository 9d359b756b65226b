// Which states can a visit reach, by which events, effect outcomes and time-outs?
import type { EventFromLogic } from "xstate";
import { getShortestPaths } from "xstate/graph";
import { FaultError } from "../../src/core/faults.js";
import { silentLog } from "../../src/core/log.js";
import { Pii } from "../../src/core/pii.js";
import type { House } from "../../src/flows/context.js";
import { DELAYS, type DelayName } from "../../src/flows/delays.js";
import { type CitizenEvent, NO_WISHES, type WorldEvent } from "../../src/flows/events.js";
import type { Difference } from "../../src/flows/paper.js";
import type { QueueOffer } from "../../src/flows/queue.js";
import type { TraySight } from "../../src/flows/sight.js";
import { stepPath, type VisitSnapshot } from "../../src/flows/view-of.js";
import { visitMachine } from "../../src/flows/visit.js";
import {
  type EffectName,
  feeSlip,
  fieldOf,
  identityOf,
  KEY,
  NUMBER,
  OPEN_ORDER,
  pageOf,
  poorPage,
  QR,
  SAME_FACE,
  ScriptedEffects,
  theSlip,
  withPortrait,
} from "./house.js";
import { SimulatedClock } from "./simulated-clock.js";
import { PROVING, small } from "./small-catalogue.js";

type MachineEvent = EventFromLogic<typeof visitMachine>;

type ProgressingEffect = "readCard" | "watchTray" | "capturePaper" | "feedPapers" | "verifyFace";
const PROGRESSES: readonly string[] = [
  "readCard",
  "watchTray",
  "capturePaper",
  "feedPapers",
  "verifyFace",
] satisfies ProgressingEffect[];

/** One thing that happens to a visit, in words that a real run can repeat. */
export type Happening =
  | { readonly kind: "event"; readonly event: CitizenEvent | WorldEvent }
  | { readonly kind: "progress"; readonly effect: ProgressingEffect }
  | {
      readonly kind: "done";
      readonly effect: EffectName;
      readonly which: number;
      readonly make: () => unknown;
    }
  | { readonly kind: "error"; readonly effect: EffectName; readonly error: unknown }
  | { readonly kind: "time"; readonly delay: DelayName; readonly type: string };

/** Something to choose in both questions. */
export const QUEUES: QueueOffer = {
  services: [
    { id: "general", title: { vi: "Việc chung", en: "General" } },
    { id: "land", title: { vi: "Đất đai", en: "Land" } },
  ],
  groups: [{ id: "elderly", title: { vi: "Người cao tuổi", en: "Elderly" } }],
};

const FAULT = { code: "store.full", detail: "test" } as const;
const label = { vi: "Đọc", en: "Read" };
const READ_PAGE = () => pageOf([fieldOf("read", "was read")]);
const POOR_PAGE = () => poorPage();
export const SIGHT: TraySight = {
  frameUrl: "/tray/1",
  coach: "holdStill",
  quad: [
    [0.1, 0.1],
    [0.9, 0.1],
    [0.9, 0.9],
    [0.1, 0.9],
  ],
};

export const DIFFERENCES: readonly Difference[] = [
  { where: "form", key: "name" },
  { where: "paper", paperId: "may" },
];

/** Every event of the page and of the wiring, in the variants that matter. */
export const EVENTS: readonly (CitizenEvent | WorldEvent)[] = [
  { type: "WAKE" },
  { type: "CHOOSE_LANGUAGE", language: "en" },
  { type: "CHOOSE_PROCEDURE", code: "2.000815" },
  { type: "CHOOSE_PROCEDURE", code: "1.004873" },
  { type: "CHOOSE_PROCEDURE", code: "3.000003" },
  { type: "CHOOSE_PROCEDURE", code: "4.000004" },
  { type: "CHOOSE_PROCEDURE", code: "5.000005" },
  { type: "CHOOSE_PROCEDURE", code: "9.999999" },
  { type: "TAKE_NUMBER" },
  { type: "CHOOSE_SERVICE", service: "land" },
  { type: "CHOOSE_SERVICE", service: "nonsense" },
  { type: "CHOOSE_GROUP", group: null },
  { type: "CHOOSE_GROUP", group: "elderly" },
  { type: "CHOOSE_GROUP", group: "nonsense" },
  { type: "LOOK_UP" },
  { type: "TYPE_INSTEAD" },
  { type: "SHOW_BACK" },
  { type: "SUBMIT_TYPED", number: NUMBER, birthDate: "1960-05-19", expiryDate: "2030-01-01" },
  { type: "SUBMIT_TYPED", number: "", birthDate: "", expiryDate: "" },
  { type: "SUBMIT_LOOKUP", code: "K01-000001" },
  { type: "SUBMIT_LOOKUP", code: " " },
  { type: "SKIP_CHIP" },
  { type: "SET_FIELD", key: "typed", value: "x" },
  { type: "SET_FIELD", key: "phone", value: "0912345678" },
  { type: "SET_FIELD", key: "read", value: "x" },
  { type: "SET_FIELD", key: "nonsense", value: "x" },
  { type: "NEXT" },
  { type: "BACK" },
  { type: "CAPTURE" },
  { type: "RETAKE" },
  { type: "FEED" },
  { type: "USE_TRAY" },
  { type: "SKIP_PAPER" },
  { type: "USE_STORED" },
  { type: "ARRANGE" },
  { type: "MOVE_PAGE", page: 0, by: 1 },
  { type: "MOVE_PAGE", page: 0, by: -1 },
  { type: "REMOVE_PAGE", page: 1 },
  { type: "REMOVE_PAGE", page: 9 },
  { type: "MEND", hint: 0 },
  { type: "MEND", hint: 1 },
  { type: "MEND", hint: 2 },
  { type: "SET_PAPER_FIELD", key: "read", value: "" },
  { type: "TYPE_CODE", code: "1000" },
  { type: "TYPE_CODE", code: "0" },
  { type: "NO_CODE" },
  { type: "SLIP_CAME_OUT", yes: true },
  { type: "SLIP_CAME_OUT", yes: false },
  { type: "SLIP_TAKEN" },
  { type: "RATE", stars: 4 },
  { type: "RATE_RESULT" },
  { type: "HELP" },
  { type: "CLOSE_HELP" },
  { type: "CALL_OFFICER" },
  { type: "RETRY" },
  { type: "CANCEL" },
  { type: "STILL_HERE" },
  { type: "REPLAY", mine: true },
  { type: "PRACTISE" },
  { type: "SET_WISHES", wishes: { ...NO_WISHES, size: "large", low: true } },
  { type: "CODE_SHOWN", text: QR },
  { type: "CODE_SHOWN", text: "MC1:abc" },
  { type: "CODE_SHOWN", text: "rubbish" },
  { type: "PRESENCE", present: true },
  { type: "PRESENCE", present: false },
  { type: "OUT_OF_SERVICE", fault: FAULT },
  { type: "IN_SERVICE" },
  { type: "QUEUE", now: { called: [{ number: "A001", counter: "1" }], waiting: { land: 2 }, asOf: "" } },
  { type: "PRINT_IN_DOUBT", intent: 5, slipNumber: "K01-000009" },
];

/** Held apart from the states that are walked: they would only multiply them. They are tried in every state. */
const BESIDE: ReadonlySet<string> = new Set([
  "HELP",
  "CLOSE_HELP",
  "CALL_OFFICER",
  "STILL_HERE",
  "SET_WISHES",
  "REPLAY",
  "PRACTISE",
  "PRESENCE",
  "OUT_OF_SERVICE",
  "IN_SERVICE",
  "QUEUE",
]);

const DONE: Readonly<Record<EffectName, readonly (() => unknown)[]>> = {
  readCard: [
    () => identityOf("chipRead"),
    () => identityOf("claimed"),
    withPortrait,
    () => identityOf("notCloned"),
  ],
  verifyFace: [
    () => SAME_FACE,
    () => ({ ...SAME_FACE, live: false }),
    () => ({ ...SAME_FACE, match: "different" }),
  ],
  watchTray: [() => undefined],
  findStored: [
    () => ({ result: "found", copy: { copy: "c1", title: label, date: "2026-01-02" } }),
    () => ({ result: "unasked" }),
    () => ({ result: "unknown" }),
    () => ({ result: "revoked" }),
  ],
  capturePaper: [READ_PAGE, () => pageOf(), POOR_PAGE],
  slotServes: [() => true, () => false],
  feedPapers: [
    () => ({ pages: [READ_PAGE(), pageOf()], fault: null }),
    () => ({ pages: [pageOf(), READ_PAGE(), pageOf()], fault: null }),
    () => ({ pages: [READ_PAGE()], fault: { code: "scanner.jam", detail: "" } }),
  ],
  readCardBack: [() => ({ key: KEY, citizen: new Pii({ number: NUMBER }) })],
  sendCode: [
    () => ({ kind: "sent", reference: "r1", secondsLeft: 300 }),
    () => ({ kind: "no", why: "tooMany" }),
  ],
  tryCode: [
    () => ({ kind: "right" }),
    () => ({ kind: "wrong", triesLeft: 4 }),
    () => ({ kind: "no", why: "expired" }),
  ],
  submit: [() => theSlip, () => feeSlip],
  askPayment: [
    () => OPEN_ORDER,
    () => ({ kind: "paid", reference: "MC7K3F9Q2A5T" }),
    () => ({ kind: "desk", reason: "offline", reference: null }),
  ],
  awaitPayment: [() => "paid", () => "wrongAmount"],
  printSlip: [
    () => ({ result: "printed" }),
    () => ({ result: "notPrinted", fault: { code: "printer.paperOut", detail: "" } }),
    () => ({ result: "inDoubt", intent: 7 }),
  ],
  settlePrint: [() => undefined],
  takeNumber: [
    () => ({ number: "017", print: { result: "printed" } }),
    () => ({
      number: "017",
      print: { result: "notPrinted", fault: { code: "printer.paperOut", detail: "" } },
    }),
    () => ({ number: "017", print: { result: "inDoubt", intent: 7 } }),
  ],
  lookUp: [
    () => ({
      found: true,
      number: "K01-000001",
      procedureTitle: label,
      state: "queued",
      appointment: null,
      asOf: "",
      fresh: true,
    }),
    () => ({
      ...{ found: true, number: "K01-000001", procedureTitle: label, state: "ready" },
      ...{ appointment: null, asOf: "", fresh: true, mayRate: true },
    }),
    () => ({ found: false }),
  ],
  rateResult: [() => "counted", () => "already"],
  rate: [() => undefined],
  callOfficer: [() => undefined],
};

const ERRORS: Readonly<Record<EffectName, readonly FaultError["code"][]>> = {
  readCard: ["card.lost", "card.wrongKey", "card.unreadable", "chipReader.absent"],
  readCardBack: ["documentCamera.absent"],
  verifyFace: ["faceCamera.absent", "model.unusable"],
  watchTray: ["documentCamera.stalled"],
  findStored: ["link.down"],
  capturePaper: ["paper.absent", "documentCamera.absent"],
  slotServes: ["scanner.absent"],
  feedPapers: ["scanner.feederEmpty", "scanner.jam", "documentCamera.absent"],
  sendCode: ["link.down"],
  tryCode: ["link.down"],
  submit: ["store.full"],
  askPayment: ["store.unwritable"],
  awaitPayment: ["store.unwritable"],
  printSlip: ["printer.absent"],
  settlePrint: ["store.unwritable"],
  takeNumber: ["store.full"],
  lookUp: ["store.corrupt"],
  rate: ["store.unwritable"],
  rateResult: ["link.down"],
  callOfficer: ["link.down"],
};

export const outcomes = (effect: EffectName): Happening[] => [
  // Made anew for every run: a visit drops the personal values that it was given.
  ...DONE[effect].map((make, which): Happening => ({ kind: "done", effect, which, make })),
  ...ERRORS[effect].map(
    (code): Happening => ({ kind: "error", effect, error: new FaultError(code, "test") }),
  ),
  { kind: "error", effect, error: new TypeError("unforeseen") },
];

const isDelay = (name: string): name is DelayName => Object.hasOwn(DELAYS, name);

const isBeside = (event: CitizenEvent | WorldEvent, snapshot: VisitSnapshot): boolean =>
  BESIDE.has(event.type) ||
  (event.type === "CHOOSE_LANGUAGE" && !["language", "attract"].includes(stepPath(snapshot)[0] ?? ""));

/** A poor picture of every page of every paper would multiply the walk: one procedure has them. */
const isElsewhere = (happening: Happening, { context }: VisitSnapshot): boolean =>
  happening.kind === "done" &&
  happening.effect === "capturePaper" &&
  DONE.capturePaper[happening.which] === POOR_PAGE &&
  context.procedure?.code !== PROVING.code;

/** What can happen in a state: every event, every outcome of what it invokes, every time-out it set. */
export const happeningsIn = (snapshot: VisitSnapshot): Happening[] => {
  const nodes = snapshot._nodes.filter((node) => node.path[0] === "visit");
  const effects = nodes.flatMap((node) => node.invoke.map(({ id }) => id as EffectName));
  const delays = nodes.flatMap((node) => node.after.map(({ eventType }) => eventType));
  return [
    ...EVENTS.map((event): Happening => ({ kind: "event", event })),
    ...effects.flatMap(outcomes).filter((happening) => !isElsewhere(happening, snapshot)),
    ...effects
      .filter((effect): effect is ProgressingEffect => PROGRESSES.includes(effect))
      .map((effect): Happening => ({ kind: "progress", effect })),
    ...[...new Set(delays)].flatMap((type): Happening[] => {
      const delay = type.split(".")[2] ?? "";
      return isDelay(delay) ? [{ kind: "time", delay, type }] : [];
    }),
  ];
};

export const nameOf = (happening: Happening): string => {
  switch (happening.kind) {
    case "event":
      return JSON.stringify(happening.event);
    case "progress":
      return `${happening.effect} progresses`;
    case "done":
      return `${happening.effect} gives its outcome ${happening.which}`;
    case "error":
      return `${happening.effect} fails: ${String(happening.error)}`;
    case "time":
      return `${happening.delay} is over`;
  }
};

const toMachineEvent = (happening: Happening): MachineEvent => {
  switch (happening.kind) {
    case "event":
      return { ...happening.event };
    case "progress":
      if (happening.effect === "verifyFace")
        return { type: "FACE_PROGRESS", coach: "turnLeft", fraction: 0.5 };
      if (happening.effect === "watchTray") return { type: "TRAY_SEEN", sight: SIGHT };
      return happening.effect === "readCard"
        ? { type: "CARD_PROGRESS", fraction: 0.5, lifted: false }
        : happening.effect === "feedPapers"
          ? { type: "FEED_PROGRESS", sheet: 2, stage: "reading", fraction: 0.5 }
          : { type: "CAPTURE_PROGRESS", stage: "reading", fraction: 0.5 };
    case "done":
      return { type: `xstate.done.actor.${happening.effect}`, output: happening.make() } as never;
    case "error":
      return { type: `xstate.error.actor.${happening.effect}`, error: happening.error } as never;
    case "time":
      return { type: happening.type } as never;
  }
};

/** Only what decides the future of a state is part of its key; the rest would multiply the walk. */
const memoryOf = (snapshot: VisitSnapshot): unknown => {
  const { context } = snapshot;
  const [top = "", stage] = stepPath(snapshot);
  const personal = context.personal.reveal();
  const papers = Object.entries(personal.papers).map(([id, { pages, corrected, copy }]) => [
    id,
    pages.map(({ advice, keptAnyway }) => advice !== "none" && keptAnyway !== true),
    corrected,
    copy !== null,
  ]);
  const filled = [personal.edits, papers];
  switch (top) {
    case "identify":
      return [
        context.procedure?.code,
        context.cardLosses > 2,
        context.fault === null,
        personal.card !== null,
        context.faceTries,
        personal.identity?.portrait !== undefined,
      ];
    case "form":
      return [context.procedure?.code, context.formPage, context.mending, context.errors.length, filled];
    case "papers":
      if (stage !== "review")
        return [
          context.procedure?.code,
          context.paperIndex,
          context.retaking,
          context.retaking && context.pageIndex,
          context.slotServes,
          personal.wanted !== null,
          papers,
          context.fault === null,
        ];
      return [context.procedure?.code, context.paperIndex, context.pageIndex, context.onTray, filled];
    case "check":
      return [
        Object.values(personal.papers).some(({ copy }) => copy !== null),
        ...[personal.edits["phone"] !== undefined, personal.texted !== null, context.codeWhy === null],
      ];
    case "confirm":
      return [
        ...[context.procedure?.code, context.wrongCodes, context.codeWhy === null],
        personal.texted !== null,
      ];
    case "slip":
    case "slipInDoubt":
      return [context.reprints, context.cameOut, context.doubts.length, context.slip !== null, context.fault];
    case "ticket":
      return [context.cameOut, context.ticketService];
    case "lookup":
      return [personal.found?.mayRate === true, context.opinion];
    case "trouble":
      return [context.troubleFrom, context.procedure?.code];
    case "procedure":
      return [context.procedure?.code, personal.identity?.level ?? null];
    default:
      return [];
  }
};

/** Two snapshots with the same key behave the same. */
export const keyOf = (snapshot: VisitSnapshot): string =>
  JSON.stringify([snapshot.value.visit, memoryOf(snapshot)]);

export interface Reached {
  readonly key: string;
  readonly snapshot: VisitSnapshot;
  readonly path: readonly Happening[];
}

/** Every state that can be reached, with a shortest way to it; a pure walk, nothing is executed. */
export const walk = (): readonly Reached[] => {
  const effects = new ScriptedEffects();
  effects.fitSlot();
  effects.fitEyes();
  effects.fitStored();
  effects.fitPhoneCodes();
  effects.differs = DIFFERENCES;
  // A walk tries many ways at once; each is the first for whoever goes it.
  effects.confirmationCode = () => "1000";
  const house: House = {
    effects,
    catalogue: small,
    clock: new SimulatedClock(),
    log: silentLog,
    delays: DELAYS,
    speech: "off",
    queue: QUEUES,
    stepNow: () => "test",
    life: new AbortController().signal,
  };
  const happened = new WeakMap<object, Happening>();
  const paths = getShortestPaths(visitMachine, {
    input: house,
    limit: 200_000,
    events: (snapshot) =>
      happeningsIn(snapshot)
        .filter((happening) => happening.kind !== "event" || !isBeside(happening.event, snapshot))
        .map((happening) => {
          const event = toMachineEvent(happening);
          happened.set(event, happening);
          return event;
        }),
    serializeState: (snapshot) => keyOf(snapshot),
    serializeEvent: (event) => {
      const happening = happened.get(event);
      return happening === undefined ? event.type : nameOf(happening);
    },
  });
  return paths.map(({ state, steps }) => ({
    key: keyOf(state),
    snapshot: state,
    path: steps.flatMap(({ event }) => happened.get(event) ?? []),
  }));
};
