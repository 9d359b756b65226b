// Which view does a state of the visit project to? (Pure: the same snapshot gives the same view.)
import type { SnapshotFrom, StateValue } from "xstate";
import type { Catalogue } from "../procedures/procedure.js";
import type { VisitContext } from "./context.js";
import { phoneIn } from "./phone-in.js";
import { stepsOf } from "./progress.js";
import type { VisitTag } from "./setup.js";
import type { Screen, View } from "./view.js";
import { papersScreen } from "./view-papers.js";
import { checkScreen, formScreen, identifyScreen, lookupScreen } from "./view-parts.js";
import { slipStage, ticketScreen } from "./view-ticket.js";
import type { visitMachine } from "./visit.js";

export type VisitSnapshot = SnapshotFrom<typeof visitMachine>;

const pathOf = (value: StateValue | undefined): readonly string[] => {
  if (value === undefined) return [];
  if (typeof value === "string") return [value];
  const [key] = Object.keys(value);
  return key === undefined ? [] : [key, ...pathOf(value[key])];
};

/** Path of the visit's state, e.g. ["identify", "card", "laying"]. */
export const stepPath = (snapshot: VisitSnapshot): readonly string[] => pathOf(snapshot.value.visit);

type Stage = readonly string[];
type Project = (context: VisitContext, stage: Stage) => Screen;

const doubtStage = (stage: Stage): "ask" | "printing" | "done" =>
  stage[0] === "printing" ? "printing" : stage[0] === "done" ? "done" : "ask";

/** What there is to choose from. */
export const offeredBy = (catalogue: Catalogue): Screen => ({
  name: "procedure",
  procedures: catalogue.procedures.map(({ code, title, summary, fee, timeLimit, papers }) => ({
    code,
    title,
    summary,
    feeVnd: fee.amountVnd,
    workingDays: timeLimit.workingDays,
    papers: papers.map((paper) => paper.title),
  })),
});

const slipScreen: Project = ({ slip, fault, reminded }, stage) => ({
  name: "slip",
  stage: slipStage(stage),
  number: slip?.number ?? "",
  appointment: slip?.appointment ?? null,
  receiptNumber: slip?.receiptNumber ?? null,
  lookupCode: slip?.lookupCode ?? "",
  fault,
  reminder: reminded,
  ...(slip?.fee === undefined ? {} : { fee: { amountVnd: slip.fee.amountVnd, paid: slip.fee.paid } }),
});

const payScreen: Project = ({ slip, payment, paySecondsLeft }, [stage, shown]) => ({
  name: "pay",
  stage:
    stage === "waiting"
      ? shown === "slow"
        ? "slow"
        : "code"
      : stage === "paid" || stage === "desk"
        ? stage
        : "asking",
  amountVnd: slip?.fee?.amountVnd ?? 0,
  qr: payment?.kind === "open" && stage === "waiting" ? payment.qr : null,
  payee: payment?.kind === "open" ? payment.payee : "",
  reference: payment?.reference ?? null,
  secondsLeft: paySecondsLeft,
  why: payment?.kind === "desk" && payment.reason !== "noPayments" ? payment.reason : null,
});

const confirmScreen: Project = (context, [stage, step]) => {
  const { code, codeWhy, lastCodeWrong: wrong, codeTriesLeft: triesLeft, procedure } = context;
  if (stage !== "sending" && stage !== "texted" && stage !== "checking")
    return { name: "confirm", code, wrong, ...(codeWhy !== null && { why: codeWhy }) };
  const phone = procedure === null ? null : phoneIn(procedure, context.personal.reveal());
  return {
    ...{ name: "phoneCode", stage: stage === "texted" ? "typing" : stage, wrong, triesLeft },
    ...{ tail: phone?.phone.slice(-3) ?? "", mayResend: step === "late" },
  };
};

const PROJECTIONS: Readonly<Record<string, Project>> = {
  attract: ({ outOfService, queueNow }) => ({
    name: "attract",
    outOfService: outOfService?.code ?? null,
    ...(queueNow !== null && queueNow.called.length > 0 && { queue: queueNow }),
  }),
  language: () => ({ name: "language" }),
  procedure: ({ house }) => offeredBy(house.catalogue),
  ticket: ticketScreen,
  lookup: lookupScreen,
  identify: identifyScreen,
  form: formScreen,
  papers: papersScreen,
  check: checkScreen,
  confirm: confirmScreen,
  submitting: () => ({ name: "submitting" }),
  pay: payScreen,
  slip: slipScreen,
  rate: () => ({ name: "rate" }),
  goodbye: () => ({ name: "goodbye" }),
  slipInDoubt: ({ doubts }, stage) => ({
    name: "slipInDoubt",
    slipNumber: doubts[0]?.slipNumber ?? "",
    stage: doubtStage(stage),
  }),
  trouble: ({ fault }) => ({ name: "trouble", fault: fault ?? "runtime.internal" }),
};

const has = (snapshot: VisitSnapshot, tag: VisitTag): boolean => snapshot.hasTag(tag);

/** The view without its number; `watchVisit` counts. */
export const viewOf = (snapshot: VisitSnapshot): Omit<View, "revision"> => {
  const { context } = snapshot;
  const [name = "attract", ...stage] = stepPath(snapshot);
  const project = PROJECTIONS[name];
  if (project === undefined) throw new Error(`the state ${name} has no screen`);
  const warned = typeof snapshot.value.idle === "object";
  const leavable = context.open || name === "slipInDoubt";
  return {
    language: context.language,
    screen: project(context, stage),
    progress: stepsOf(context, name),
    can: {
      back: has(snapshot, "back"),
      cancel: leavable && !has(snapshot, "held"),
      help: context.open || (name === "attract" && context.outOfService === null),
    },
    idle: warned ? { secondsLeft: context.idleSecondsLeft } : null,
    helpOpen: context.helpOpen,
    officerCalled: snapshot.value.officer === "called",
    wishes: context.wishes,
    ...(context.house.speech === "off" || !context.open
      ? {}
      : { speech: context.spoken || context.wishes.audio ? ("on" as const) : ("off" as const) }),
    ...(context.headphones ? { headphones: true as const } : {}),
  };
};
