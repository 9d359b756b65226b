// What stands in the list of each screen, between its heading and what is the same everywhere?
import { PHONE_CODE_DIGITS } from "../../core/mobile-number.js";
import type { Language } from "../../flows/events.js";
import type { Screen, View } from "../../flows/view.js";
import { shownAppointment, shownDate, shownFee, shownTime } from "../format.js";
import { pick, type Say, text } from "../speech.js";
import { CATALOGUES, type TextKey } from "../texts/texts.js";
import { whyOnScreen } from "../why-on-screen.js";
import { fieldItem } from "./fields.js";
import { identifyItems } from "./identify.js";
import { type EarContext, type EarItem, letterwise, note, noteOf, ownItem, press, words } from "./items.js";
import { paperItems } from "./papers.js";

type Items = readonly EarItem[];
type ScreenOf<N extends Screen["name"]> = Extract<Screen, { name: N }>;

const NEXT = { type: "NEXT" } as const;
const CODE_LENGTH = 60;

const yesNo = (): Items => [
  press("slip.yes", { type: "SLIP_CAME_OUT", yes: true }),
  press("slip.no", { type: "SLIP_CAME_OUT", yes: false }),
];

const inLanguage =
  (language: Language, key: "vi" | "en"): Say =>
  () => [{ text: CATALOGUES[language].language[key].text, keep: true, language }];

const fee =
  (amountVnd: number): Say =>
  (language) =>
    amountVnd === 0 ? text("common.free")(language) : words(shownFee(amountVnd, language))(language);

const procedures = ({ procedures: offered }: ScreenOf<"procedure">): Items => [
  ...offered.map(
    ({ code, title, summary, feeVnd, workingDays, papers }): EarItem => ({
      id: `procedure-${code}`,
      says: [
        pick(title),
        pick(summary),
        fee(feeVnd),
        workingDays === 0 ? text("procedure.sameDay") : text("procedure.days", { days: workingDays }),
        ...(papers.length === 0
          ? [text("procedure.noPapers")]
          : [text("procedure.papers"), ...papers.map(pick)]),
      ],
      deed: { do: "send", event: { type: "CHOOSE_PROCEDURE", code } },
    }),
  ),
  press("procedure.ticket", { type: "TAKE_NUMBER" }),
  press("procedure.lookup", { type: "LOOK_UP" }),
];

const ticket = ({ stage, number }: ScreenOf<"ticket">): Items => [
  ...(number === null ? [] : [note("number", text("ticket.title"), letterwise(number))]),
  ...(stage === "inDoubt" ? yesNo() : []),
  ...(stage === "take" ? [press("ticket.done", { type: "SLIP_TAKEN" })] : []),
  ...(stage === "noPaper" ? [noteOf("ticket.noPaper"), press("slip.written", { type: "SLIP_TAKEN" })] : []),
];

const stateOf = (state: string): Say =>
  Object.hasOwn(CATALOGUES.vi.state, state) ? text(`state.${state}` as TextKey) : words(state);

const appointment =
  (at: string | null, none: TextKey): Say =>
  (language) =>
    at === null ? text(none)(language) : words(shownAppointment(at, language))(language);

/** What the fee's line on the screen says. */
const feeItem = (due: { readonly amountVnd: number; readonly paid: boolean } | undefined): Items =>
  due === undefined
    ? []
    : [
        note("fee", text("slip.fee"), (language) =>
          text(due.paid ? "slip.feePaid" : "slip.feeDesk", { amount: shownFee(due.amountVnd, language) })(
            language,
          ),
        ),
      ];

const lookup = ({ stage, result }: ScreenOf<"lookup">): Items => {
  if (stage === "unknown") return [press("common.retry", { type: "RETRY" })];
  if (stage === "searching") return [];
  if (stage === "found")
    return [
      ...(result === null
        ? []
        : [
            ownItem("state", text("lookup.state"), stateOf(result.state)),
            ownItem("number", text("lookup.number"), letterwise(result.number)),
            ownItem(
              "appointment",
              text("lookup.appointment"),
              appointment(result.appointment, "lookup.noAppointment"),
            ),
            ...feeItem(result.fee),
            note("asOf", text("lookup.asOf"), words(shownTime(result.asOf))),
            ...(result.fresh ? [] : [noteOf("lookup.stale")]),
            ...(result.mayRate === true ? [press("lookup.opinionButton", { type: "RATE_RESULT" })] : []),
          ]),
      press("lookup.done", NEXT),
    ];
  return [
    {
      id: "type",
      says: [text("lookup.typeButton")],
      deed: {
        do: "enter",
        ask: {
          label: text("lookup.codeLabel"),
          alphabet: "code",
          length: CODE_LENGTH,
          exact: false,
          date: false,
          own: true,
          value: "",
          done: (code) => ({ do: "send", event: { type: "SUBMIT_LOOKUP", code } }),
        },
      },
    },
  ];
};

const form = (screen: ScreenOf<"form">): Items => [
  ...(screen.pages > 1 ? [noteOf("form.pageOf", { page: screen.page, pages: screen.pages })] : []),
  ...screen.fields.map(fieldItem),
  press("common.next", NEXT),
];

/** Where the machine read it off a paper it may be wrong; that it is the card's or one's own words goes without saying. */
const checkRow = (
  { label, value, covered, drawn, source }: ScreenOf<"check">["rows"][number],
  row: number,
): EarItem => {
  const id = `row-${row}`;
  if (source === "empty") return note(id, pick(label), text("form.empty"));
  const said = covered === true ? letterwise(value) : words(shownDate(value));
  const item = ownItem(id, pick(label), drawn === true ? text("form.signed") : said);
  return source === "paper" ? { ...item, says: [...item.says, text("form.fromPaper")] } : item;
};

const check = (screen: ScreenOf<"check">): Items => [
  note("procedure", pick(screen.procedure)),
  ...(screen.hints ?? []).map(
    ({ label, card, given, where }, hint): EarItem => ({
      id: `hint-${hint}`,
      says: [text("check.mend"), pick(label)],
      own: (language) =>
        text(where === "form" ? "check.hintForm" : "check.hintPaper", {
          label: label[language],
          card: card ?? "",
          given: given ?? "",
        })(language),
      deed: { do: "send", event: { type: "MEND", hint } },
    }),
  ),
  ...((screen.hints ?? []).length === 0 ? [] : [noteOf("check.hintNote")]),
  ...screen.rows.map(checkRow),
  note("fee", text("check.fee"), fee(screen.feeVnd)),
  ...screen.papers.map(({ title, stored }, paper) =>
    note(
      `paper-${paper}`,
      text("check.papers"),
      pick(title),
      ...(stored === true ? [text("check.storedCopy")] : []),
    ),
  ),
  press("check.ok", NEXT),
];

const phoneCode = ({ stage, tail, mayResend }: ScreenOf<"phoneCode">): Items => {
  if (stage !== "typing") return [noteOf(stage === "sending" ? "phoneCode.sending" : "phoneCode.checking")];
  return [
    noteOf("phoneCode.lead"),
    ownItem("tail", text("phoneCode.tail"), letterwise(tail)),
    {
      id: "code",
      says: [text("phoneCode.code")],
      deed: {
        do: "enter",
        ask: {
          ...{ label: text("phoneCode.code"), alphabet: "digits", length: PHONE_CODE_DIGITS, exact: true },
          // Good for nothing a moment later, and heard by who types it.
          ...{ date: false, own: false, value: "" },
          done: (typed) => ({ do: "send", event: { type: "TYPE_CODE", code: typed } }),
        },
      },
    },
    press("phoneCode.nothing", { type: "NO_CODE" }),
    ...(mayResend ? [press("phoneCode.again", { type: "RETRY" })] : []),
  ];
};

const confirm = ({ code, why }: ScreenOf<"confirm">): Items => [
  ...(why === undefined ? [] : [noteOf(whyOnScreen(why))]),
  noteOf("confirm.lead"),
  {
    id: "code",
    says: [text("confirm.submit"), text("confirm.code"), letterwise(code)],
    deed: {
      do: "enter",
      ask: {
        label: text("confirm.code"),
        alphabet: "digits",
        length: code.length,
        exact: true,
        date: false,
        // It stands on the screen and is spoken; it is nobody's.
        own: false,
        value: "",
        done: (typed) => ({ do: "send", event: { type: "TYPE_CODE", code: typed } }),
      },
    },
  },
];

const slip = (screen: ScreenOf<"slip">): Items => [
  ...(screen.stage === "inDoubt"
    ? [noteOf("slip.safe")]
    : [
        ownItem("number", text("slip.number"), letterwise(screen.number)),
        ownItem("appointment", text("slip.appointment"), appointment(screen.appointment, "slip.later")),
        ...(screen.receiptNumber === null
          ? []
          : [ownItem("receipt", text("slip.receipt"), letterwise(screen.receiptNumber))]),
        ...feeItem(screen.fee),
      ]),
  ...(screen.stage === "inDoubt" ? yesNo() : []),
  ...(screen.stage === "take" ? [noteOf("slip.qrHint"), press("slip.taken", { type: "SLIP_TAKEN" })] : []),
  ...(screen.stage === "noPaper"
    ? [
        noteOf("slip.safe"),
        ownItem("lookupCode", text("slip.lookupCode"), letterwise(screen.lookupCode)),
        press("slip.written", { type: "SLIP_TAKEN" }),
      ]
    : []),
];

/** The code is for a phone with eyes; who holds it hears to whom it goes, and by which word it is known. */
const pay = ({ stage, payee, reference }: ScreenOf<"pay">): Items => {
  if (stage === "paid" || stage === "desk") return [press("pay.toSlip", NEXT)];
  return [
    ...(stage === "asking"
      ? []
      : [
          note("payee", text("pay.payee"), words(payee)),
          ...(reference === null ? [] : [note("reference", text("pay.reference"), letterwise(reference))]),
        ]),
    ...(stage === "slow" ? [press("pay.moreTime", { type: "STILL_HERE" })] : []),
    press("pay.atDesk", NEXT),
  ];
};

const RATES = [
  ["rate.one", 1],
  ["rate.two", 2],
  ["rate.three", 3],
  ["rate.four", 4],
  ["rate.five", 5],
] as const;

const doubt = ({ stage }: ScreenOf<"slipInDoubt">): Items => {
  if (stage === "ask") return [...yesNo(), press("slipInDoubt.notMine", { type: "CANCEL" })];
  return stage === "printing" ? [noteOf("slip.take")] : [press("goodbye.done", NEXT)];
};

export const screenItems = (view: View, context: EarContext): Items => {
  const { screen } = view;
  switch (screen.name) {
    case "attract":
      return screen.outOfService === null
        ? [noteOf("attract.what"), noteOf("attract.need"), press("attract.start", { type: "WAKE" })]
        : [noteOf("attract.closedNote")];
    case "language":
      return (["vi", "en"] as const).map((language) => ({
        id: language,
        says: [inLanguage(language, language)],
        deed: { do: "send", event: { type: "CHOOSE_LANGUAGE", language } },
      }));
    case "procedure":
      return procedures(screen);
    case "ticket":
      return ticket(screen);
    case "lookup":
      return lookup(screen);
    case "identify":
      return identifyItems(screen, view, context);
    case "form":
      return form(screen);
    case "papers":
      return paperItems(screen);
    case "check":
      return check(screen);
    case "confirm":
      return confirm(screen);
    case "phoneCode":
      return phoneCode(screen);
    case "submitting":
      return [noteOf("submitting.lead")];
    case "pay":
      return pay(screen);
    case "slip":
      return slip(screen);
    case "rate":
      return [...RATES.map(([key, stars]) => press(key, { type: "RATE", stars })), press("rate.skip", NEXT)];
    case "goodbye":
      return [press("goodbye.done", { type: "CANCEL" })];
    case "slipInDoubt":
      return doubt(screen);
    case "trouble":
      return [press("common.retry", { type: "RETRY" })];
  }
};
