// Which effects does the statechart invoke, and what goes into each?
//
// Each is a promise actor: leaving the invoking state aborts its signal, and what still comes from it is ignored.
import { fromPromise } from "xstate";
import { FaultError } from "../core/faults.js";
import { Pii } from "../core/pii.js";
import type { CardKey, CardPortrait, Identity } from "./citizen.js";
import type { CaptureStage, House, VisitContext } from "./context.js";
import type {
  CardClaim,
  FaceOutcome,
  LookupResult,
  PaymentWish,
  PrintResult,
  Slip,
  StoredWish,
  Submission,
  TakenNumber,
} from "./effects.js";
import type { FaceCoach, Language } from "./events.js";
import { feeOf } from "./fee.js";
import { formValues } from "./form-values.js";
import type { CapturedPage, CaptureWish, FedPapers, StoredAnswer } from "./paper.js";
import type { PaymentOrder } from "./payment.js";
import { paperOf } from "./personal.js";
import type { CodeSent, CodeTried } from "./phone-code.js";
import type { OpinionOutcome, QueueWish } from "./queue.js";
import type { TraySight, TrayWish } from "./sight.js";

interface Housed {
  readonly house: House;
}

/**
 * Runs an effect with a signal that ends with the state and with the statechart, and leaves no listener behind.
 * `lent` is dropped with it, also when the effect hangs.
 */
const within = async <T>(
  state: AbortSignal,
  life: AbortSignal,
  effect: (signal: AbortSignal) => Promise<T>,
  lent: Pii<unknown> | null = null,
): Promise<T> => {
  const either = new AbortController();
  const end = () => {
    either.abort(new Error("the visit left this step"));
    lent?.drop();
  };
  if (life.aborted || state.aborted) end();
  state.addEventListener("abort", end, { once: true });
  life.addEventListener("abort", end, { once: true });
  try {
    return await effect(either.signal);
  } finally {
    state.removeEventListener("abort", end);
    life.removeEventListener("abort", end);
    lent?.drop();
  }
};

/** Everything a submission is made of. Throws when the visit is not that far: then nothing may be sent. */
export const submissionOf = (context: VisitContext): Submission => {
  const { procedure, house, language, submissionId } = context;
  const personal = context.personal.reveal();
  if (procedure === null || personal.identity === null || submissionId === null) {
    throw new Error("a submission needs a procedure, an identity and an id");
  }
  return {
    id: submissionId,
    procedureCode: procedure.code,
    language,
    identity: personal.identity,
    form: new Pii(formValues(procedure, personal)),
    papers: procedure.papers.flatMap(({ id }) => {
      const { pages, corrected, copy } = paperOf(personal, id);
      if (pages.length === 0 && copy === null) return [];
      const stored = copy === null ? null : new Pii(copy);
      return [{ paperId: id, pages, corrected: new Pii(corrected), stored }];
    }),
    feeVnd: feeOf(procedure, personal),
    confirmation: { ...context.confirmedBy, at: house.clock.wall().epochMs },
  };
};

interface Paying extends Housed {
  readonly slip: Slip | null;
  readonly submissionId: string | null;
}

const paymentWish = ({ slip, submissionId }: Paying): PaymentWish => {
  if (slip === null || submissionId === null) throw new Error("nothing was handed in");
  return { slip, submissionId };
};

export const ACTORS = {
  readCard: fromPromise<
    Identity,
    Housed & {
      readonly key: Pii<CardKey> | null;
      readonly report: (fraction: number, lifted: boolean) => void;
    }
  >(async ({ input: { house, key, report }, signal }) => {
    if (key === null) throw new Error("no card key");
    return within(signal, house.life, (either) =>
      house.effects.readCard(
        key,
        (fraction, lifted = false) => {
          if (!either.aborted) report(fraction, lifted);
        },
        either,
      ),
    );
  }),

  readCardBack: fromPromise<CardClaim, Housed>(async ({ input: { house }, signal }) =>
    within(signal, house.life, (either) => house.effects.readCardBack(either)),
  ),

  verifyFace: fromPromise<
    FaceOutcome,
    Housed & {
      readonly portrait: Pii<CardPortrait> | null;
      readonly report: (coach: FaceCoach, fraction: number) => void;
    }
  >(async ({ input: { house, portrait, report }, signal }) => {
    if (portrait === null) throw new FaultError("face.noPortrait", "the reading has no portrait");
    return within(signal, house.life, (either) =>
      house.effects.verifyFace(
        portrait,
        (coach, fraction) => {
          if (!either.aborted) report(coach, fraction);
        },
        either,
      ),
    );
  }),

  capturePaper: fromPromise<
    CapturedPage,
    Housed & {
      readonly wish: CaptureWish;
      readonly report: (stage: CaptureStage, fraction: number) => void;
    }
  >(async ({ input: { house, wish, report }, signal }) => {
    const capture = (either: AbortSignal) =>
      house.effects.capturePaper(
        wish,
        (stage, fraction) => {
          if (!either.aborted) report(stage, fraction);
        },
        either,
      );
    return within(signal, house.life, capture, wish.known);
  }),

  watchTray: fromPromise<
    void,
    Housed & { readonly wish: TrayWish; readonly report: (sight: TraySight) => void }
  >(async ({ input: { house, wish, report }, signal }) =>
    within(signal, house.life, async (either) =>
      house.effects.watchTray?.(
        wish,
        (sight) => {
          if (!either.aborted) report(sight);
        },
        either,
      ),
    ),
  ),

  /** A kiosk without a scanner has no slot. */
  slotServes: fromPromise<boolean, Housed>(
    async ({ input: { house } }) => (await house.effects.slotServes?.()) ?? false,
  ),

  feedPapers: fromPromise<
    FedPapers,
    Housed & {
      readonly wish: CaptureWish;
      readonly report: (sheet: number, stage: CaptureStage, fraction: number) => void;
    }
  >(async ({ input: { house, wish, report }, signal }) => {
    const feed = async (either: AbortSignal) => {
      const fed = await house.effects.feedPapers?.(
        wish,
        (sheet, stage, fraction) => {
          if (!either.aborted) report(sheet, stage, fraction);
        },
        either,
      );
      if (fed === undefined) throw new FaultError("scanner.absent", "this kiosk has no slot");
      return fed;
    };
    return within(signal, house.life, feed, wish.known);
  }),

  findStored: fromPromise<StoredAnswer, Housed & { readonly wish: StoredWish }>(
    async ({ input: { house, wish }, signal }) => {
      const ask = async (either: AbortSignal): Promise<StoredAnswer> =>
        (await house.effects.findStored?.(wish, either)) ?? { result: "unknown" };
      return within(signal, house.life, ask, wish.holder);
    },
  ),

  sendCode: fromPromise<CodeSent, Housed & { readonly phone: Pii<string> }>(
    async ({ input: { house, phone }, signal }) => {
      const send = async (either: AbortSignal): Promise<CodeSent> =>
        (await house.effects.sendCode?.(phone, either)) ?? { kind: "no", why: "noGateway" };
      return within(signal, house.life, send, phone);
    },
  ),

  tryCode: fromPromise<CodeTried, Housed & { readonly reference: string; readonly code: Pii<string> }>(
    async ({ input: { house, reference, code }, signal }) => {
      const ask = async (either: AbortSignal): Promise<CodeTried> =>
        (await house.effects.tryCode?.(reference, code, either)) ?? { kind: "no", why: "noGateway" };
      return within(signal, house.life, ask, code);
    },
  ),

  submit: fromPromise<Slip, Housed & { readonly context: VisitContext }>(
    async ({ input: { house, context }, signal }) => {
      const submission = submissionOf(context);
      try {
        return await within(signal, house.life, (either) => house.effects.submit(submission, either));
      } finally {
        submission.form.drop();
        for (const paper of submission.papers) {
          paper.corrected.drop();
          paper.stored?.drop();
        }
      }
    },
  ),

  askPayment: fromPromise<PaymentOrder, Paying>(async ({ input, signal }) => {
    const { effects, life } = input.house;
    const none: PaymentOrder = { kind: "desk", reason: "noPayments", reference: null };
    return within(signal, life, async (either) => effects.askPayment?.(paymentWish(input), either) ?? none);
  }),

  awaitPayment: fromPromise<"paid" | "wrongAmount", Paying>(async ({ input, signal }) => {
    const { effects, life } = input.house;
    return within(signal, life, async (either) => {
      const came = await effects.awaitPayment?.(paymentWish(input), either);
      if (came === undefined)
        throw new FaultError("runtime.internal", "this kiosk can not wait for a payment");
      return came;
    });
  }),

  printSlip: fromPromise<
    PrintResult,
    Housed & { readonly slip: Slip | null; readonly reprintOf: number | null }
  >(async ({ input: { house, slip, reprintOf }, signal }) => {
    if (slip === null) throw new Error("no slip to print");
    return within(signal, house.life, (either) => house.effects.printSlip(slip, reprintOf, either));
  }),

  settlePrint: fromPromise<void, Housed & { readonly intent: number | null; readonly cameOut: boolean }>(
    async ({ input: { house, intent, cameOut } }) => {
      if (intent === null) throw new Error("no print to settle");
      return house.effects.settlePrint(intent, cameOut);
    },
  ),

  takeNumber: fromPromise<
    TakenNumber,
    Housed & { readonly wish: QueueWish & { readonly language: Language } }
  >(async ({ input: { house, wish }, signal }) =>
    within(signal, house.life, (either) => house.effects.takeNumber(wish, either)),
  ),

  lookUp: fromPromise<LookupResult, Housed & { readonly code: string }>(
    async ({ input: { house, code }, signal }) =>
      within(signal, house.life, (either) => house.effects.lookUp(code, either)),
  ),

  rate: fromPromise<void, Housed & { readonly stars: number; readonly procedureCode: string }>(
    async ({ input: { house, stars, procedureCode } }) => house.effects.rate(stars, procedureCode),
  ),

  rateResult: fromPromise<OpinionOutcome, Housed & { readonly code: string; readonly stars: number }>(
    async ({ input: { house, code, stars }, signal }) =>
      within(
        signal,
        house.life,
        async (either) => (await house.effects.rateResult?.(code, stars, either)) ?? "unknown",
      ),
  ),

  callOfficer: fromPromise<void, Housed & { readonly step: string }>(async ({ input: { house, step } }) =>
    house.effects.callOfficer(step),
  ),
};
