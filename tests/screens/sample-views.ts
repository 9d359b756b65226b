// What can the citizen's screen show? One view of every screen, stage and exception, with a made-up citizen.

import { qrPicture } from "../../src/acts/paying.js";
import { SIGNS_AT_DESK } from "../../src/core/drawn-signature.js";
import { writeTransfer } from "../../src/core/vietqr.js";
import { type Language, NO_WISHES } from "../../src/flows/events.js";
import type { FieldView, Screen, View } from "../../src/flows/view.js";
import { DEFAULT_GROUPS } from "../../src/queue-config.js";

/** The picture that the samples name; whoever serves them puts a JPEG there. */
export const SAMPLE_PAPER_TOKEN = "sample-paper-000000000000";
const IMAGE_URL = `/paper/${SAMPLE_PAPER_TOKEN}`;

export interface Sample {
  readonly name: string;
  readonly screen: Screen;
  readonly step: number | null;
  readonly more?: Partial<
    Pick<View, "idle" | "helpOpen" | "officerCalled" | "wishes" | "practice" | "byEar">
  >;
}

const field = (key: string, vi: string, en: string, more: Partial<FieldView> = {}): FieldView => ({
  key,
  kind: "text",
  label: { vi, en },
  hint: null,
  choices: [],
  value: "",
  required: true,
  error: null,
  source: "empty",
  doubtful: false,
  ...more,
});

const CERTIFIED_COPY = {
  vi: "Chứng thực bản sao từ bản chính",
  en: "Certified copy from the original",
};
const DIPLOMA = { vi: "Bằng tốt nghiệp", en: "Diploma" };

const FROM_CARD = [
  field("fullName", "Họ, chữ đệm và tên", "Full name", { value: "NGUYỄN THỊ MẪU", source: "card" }),
  field("birthDate", "Ngày sinh", "Date of birth", { kind: "date", value: "1950-03-08", source: "card" }),
  field("residence", "Nơi thường trú", "Permanent residence", {
    kind: "multiline",
    value: "Thôn Mẫu, xã Bình Phú, thành phố Đà Nẵng",
    source: "card",
  }),
];

const TO_FILL_IN = [
  field("purpose", "Dùng bản sao vào việc gì?", "What is the copy for?", {
    hint: { vi: "Ví dụ: xin việc, nhập học", en: "For example: a job, a school" },
  }),
  field("phone", "Số điện thoại", "Phone number", {
    kind: "phone",
    required: false,
    hint: { vi: "Để báo khi có kết quả", en: "To tell you when it is ready" },
  }),
];

const NUMBERS = [
  field("idNumber", "Số căn cước", "Citizen number", {
    kind: "digits",
    value: "001950000123",
    source: "card",
    covered: true,
  }),
  field("phone", "Số điện thoại", "Phone number", { kind: "phone", required: false, covered: true }),
];
const ADDRESS = [field("stay", "Nơi đề nghị đăng ký tạm trú", "Address of the stay", { kind: "address" })];
const ADDRESS_DONE = [
  field("stay", "Nơi đề nghị đăng ký tạm trú", "Address of the stay", {
    kind: "address",
    value: "Thôn Mẫu, Xã Bình Phú, Thành phố Đà Nẵng",
    source: "typed",
  }),
];

const WITH_ERRORS = [
  field("phone", "Số điện thoại", "Phone number", {
    kind: "phone",
    value: "0912",
    source: "typed",
    error: { vi: "Số điện thoại có 10 chữ số. Xin nhập đủ.", en: "A phone number has 10 digits." },
  }),
  field("married", "Ngày đăng ký kết hôn", "Date of marriage", {
    kind: "date",
    error: { vi: "Xin nhập ngày đăng ký.", en: "Please enter the date." },
  }),
];

/** A made-up scrawl. */
const SCRAWL =
  "M118 236l40 -92 22 -8 10 30 -26 84 -30 26M212 206l34 -26 18 14 -12 40 28 -6 40 -52 16 20 -10 34 30 4 48 -58 12 26 -6 32 40 -4 60 -76M640 150l-22 96 8 18 44 -34 34 -66 10 12 -18 76 30 8 60 -60 50 -20";

const signatureFields = (value: string) => [
  field("signature", "Chữ ký của người yêu cầu", "Signature of the applicant", {
    kind: "signature",
    value,
    source: value === "" ? "empty" : "typed",
  }),
];

const CHOICES = [
  field("status", "Tình trạng hôn nhân", "Marital status", {
    kind: "choice",
    choices: [
      { value: "single", label: { vi: "Chưa kết hôn", en: "Never married" } },
      { value: "married", label: { vi: "Đang có vợ hoặc chồng", en: "Married" } },
      { value: "divorced", label: { vi: "Đã ly hôn", en: "Divorced" } },
      { value: "widowed", label: { vi: "Vợ hoặc chồng đã mất", en: "Widowed" } },
    ],
    value: "single",
    source: "typed",
  }),
];

/** Of the sample picture, in its pixels. */
const PICTURE = { widthPx: 1200, heightPx: 850 };

const READ_FROM_PAPER = [
  field("holder", "Tên trên bằng", "Name on the diploma", {
    value: "Nguyễn Thị Mẫu",
    source: "paper",
    mendedFrom: "Nguyên Thị Mâu",
    box: { x: 360, y: 340, w: 480, h: 64 },
  }),
  field("number", "Số hiệu bằng", "Diploma number", {
    value: "B 0O12345",
    source: "paper",
    doubtful: true,
    box: { x: 380, y: 600, w: 440, h: 64 },
  }),
  field("issued", "Ngày cấp", "Date of issue", { kind: "date", value: "1972-06-15", source: "paper" }),
];

const HANDWRITTEN = [
  field("fullName", "Họ và tên", "Full name", {
    required: false,
    unread: true,
    box: { x: 360, y: 340, w: 480, h: 64 },
  }),
  field("issued", "Ngày cấp", "Date of issue", { value: "15/06/1972", source: "paper" }),
  field("holder", "Cha", "Father", {
    required: false,
    value: "Nguyễn Văn Mẫu",
    source: "paper",
    fromHand: true,
    box: { x: 360, y: 420, w: 480, h: 64 },
  }),
];

const corners = (edge: number) =>
  [
    [edge, edge],
    [0.9, 0.12],
    [0.88, 0.9],
    [0.1, 0.88],
  ] as const;

const PROCEDURES = [
  {
    code: "2.000815",
    title: CERTIFIED_COPY,
    summary: {
      vi: "Bản sao có giá trị như bản chính, để nộp nơi cần",
      en: "A copy that counts as much as the original",
    },
    feeVnd: 2_000,
    workingDays: 0,
    papers: [{ vi: "Bản chính giấy tờ", en: "The original" }],
  },
  {
    code: "1.004873",
    title: { vi: "Xác nhận tình trạng hôn nhân", en: "Confirmation of marital status" },
    summary: { vi: "Để kết hôn, mua bán nhà đất, vay vốn", en: "For marriage, property or a loan" },
    feeVnd: 15_000,
    workingDays: 3,
    papers: [],
  },
  {
    code: "1.004194",
    title: { vi: "Đăng ký tạm trú", en: "Temporary residence" },
    summary: { vi: "Khi ở nơi khác từ 30 ngày trở lên", en: "When you live elsewhere for 30 days or more" },
    feeVnd: 0,
    workingDays: 3,
    papers: [{ vi: "Giấy tờ về chỗ ở", en: "Proof of the place to live" }],
  },
];

const identify = (
  stage: Extract<Screen, { name: "identify" }>["stage"],
  more: Partial<Extract<Screen, { name: "identify" }>> = {},
): Screen => ({
  name: "identify",
  stage,
  percent: 0,
  fault: null,
  canSkipChip: false,
  neededLevel: "chipRead",
  ...more,
});

const form = (fields: readonly FieldView[], vi: string, en: string, page: number): Screen => ({
  name: "form",
  title: { vi, en },
  page,
  pages: 3,
  fields,
});

const papers = (
  stage: Extract<Screen, { name: "papers" }>["stage"],
  more: Partial<Extract<Screen, { name: "papers" }>> = {},
): Screen => ({
  name: "papers",
  stage,
  title: DIPLOMA,
  index: 1,
  count: 2,
  optional: false,
  percent: 0,
  imageUrl: null,
  recognised: true,
  fields: [],
  fault: null,
  ...more,
});

const FEED = { sheet: 1, surplus: 0, open: true };

const slip = (
  stage: Extract<Screen, { name: "slip" }>["stage"],
  more: Partial<Extract<Screen, { name: "slip" }>> = {},
): Screen => ({
  name: "slip",
  stage,
  number: "K01-000123",
  appointment: "2026-11-30T08:30",
  receiptNumber: "H17.32-261122-0007",
  lookupCode: "K01-000123-7Q4M",
  fault: null,
  ...more,
});

/** To nobody's account: six noughts are no bank. */
export const PAY_TEXT = writeTransfer({
  ...{ bankBin: "000000", account: "0000000000000", service: "QRIBFTTA", amountVnd: 15_000 },
  ...{ reference: "MC7K3F9Q2A5T", purpose: "MC7K3F9Q2A5T LE PHI" },
});
const UNPAID = { amountVnd: 15_000, paid: false };
const PAY_QR = await qrPicture(PAY_TEXT);

const pay = (
  stage: Extract<Screen, { name: "pay" }>["stage"],
  more: Partial<Extract<Screen, { name: "pay" }>> = {},
): Screen => ({
  name: "pay",
  stage,
  amountVnd: 15_000,
  qr: stage === "code" || stage === "slow" ? PAY_QR : null,
  payee: "UBND XÃ MẪU",
  reference: "MC7K3F9Q2A5T",
  secondsLeft: 871,
  why: null,
  ...more,
});

const FOUND = {
  number: "K01-000123",
  title: CERTIFIED_COPY,
  state: "inReview",
  appointment: "2026-11-30T08:30",
  asOf: "2026-11-22T09:41",
  fresh: true,
};

const CHECK: Extract<Screen, { name: "check" }> = {
  name: "check",
  procedure: CERTIFIED_COPY,
  rows: [
    { label: { vi: "Họ, chữ đệm và tên", en: "Full name" }, value: "NGUYỄN THỊ MẪU", source: "card" },
    { label: { vi: "Ngày sinh", en: "Date of birth" }, value: "1950-03-08", source: "card" },
    {
      label: { vi: "Nơi thường trú", en: "Permanent residence" },
      value: "Thôn Mẫu, xã Bình Phú, thành phố Đà Nẵng",
      source: "card",
    },
    { label: { vi: "Số hiệu bằng", en: "Diploma number" }, value: "B 0012345", source: "paper" },
    { label: { vi: "Dùng vào việc gì?", en: "What is it for?" }, value: "Xin việc", source: "typed" },
    { label: { vi: "Số điện thoại", en: "Phone number" }, value: "", source: "empty" },
    { label: { vi: "Chữ ký", en: "Signature" }, value: SCRAWL, source: "typed", drawn: true },
    {
      label: { vi: "Số căn cước", en: "Citizen number" },
      value: "001950000123",
      source: "card",
      covered: true,
    },
  ],
  papers: [{ title: DIPLOMA, imageUrl: IMAGE_URL }],
  feeVnd: 2_000,
};

const COPY_FOUND = {
  title: { vi: "Bản sao chứng thực: Giấy khai sinh", en: "Certified copy: birth certificate" },
  date: "2026-10-05",
};

const STORED_SAMPLES: readonly Sample[] = (
  [
    ["scan", { stage: "scan", copy: null, revoked: false }],
    ["searching", { stage: "searching", copy: null, revoked: false }],
    ["found", { stage: "found", copy: COPY_FOUND, revoked: false }],
    ["later", { stage: "found", copy: null, revoked: false }],
    ["unknown", { stage: "refused", copy: null, revoked: false }],
    ["revoked", { stage: "refused", copy: null, revoked: true }],
    ["kept", { stage: "kept", copy: COPY_FOUND, revoked: false }],
  ] as const
).map(([name, stored]) => ({ name: `papers-stored-${name}`, screen: papers("stored", { stored }), step: 4 }));

const CHECK_WITH_HINTS: Screen = {
  ...CHECK,
  papers: [...CHECK.papers, { title: COPY_FOUND.title, imageUrl: null, stored: true }],
  hints: [
    {
      where: "form",
      label: { vi: "Họ, chữ đệm và tên", en: "Full name" },
      card: "NGUYỄN THỊ MẪU",
      given: "NGUYỄN THỊ MẬU",
    },
    { where: "paper", label: DIPLOMA, card: null, given: null },
  ],
};

const phoneCode = (
  more: Partial<Extract<Screen, { readonly name: "phoneCode" }>>,
): Extract<Screen, { readonly name: "phoneCode" }> => ({
  ...{ name: "phoneCode", stage: "typing", tail: "678", wrong: false, triesLeft: null, mayResend: false },
  ...more,
});

export const SAMPLES: readonly Sample[] = [
  { name: "attract", screen: { name: "attract", outOfService: null }, step: null },
  {
    name: "attract-calling",
    screen: {
      name: "attract",
      outOfService: null,
      queue: {
        called: [
          { number: "A012", counter: "3" },
          { number: "B004", counter: "1" },
          { number: "A011", counter: "2" },
        ],
        waiting: {},
        asOf: "2026-11-23T08:15",
      },
    },
    step: null,
  },
  { name: "attract-out-of-service", screen: { name: "attract", outOfService: "store.full" }, step: null },
  { name: "language", screen: { name: "language" }, step: null },
  { name: "procedure", screen: { name: "procedure", procedures: PROCEDURES }, step: 1 },
  {
    name: "ticket-service",
    screen: {
      name: "ticket",
      stage: "service",
      number: null,
      choices: [
        {
          id: "general",
          title: { vi: "Chứng thực, hộ tịch", en: "Certification, civil status" },
          waiting: 5,
        },
        { id: "land", title: { vi: "Đất đai, xây dựng", en: "Land and building" }, waiting: 0 },
        { id: "social", title: { vi: "Chính sách, người có công", en: "Social affairs" } },
      ],
    },
    step: null,
  },
  {
    name: "ticket-group",
    screen: {
      name: "ticket",
      stage: "group",
      number: null,
      choices: DEFAULT_GROUPS.map(({ id, vi, en }) => ({ id, title: { vi, en } })),
    },
    step: null,
  },
  {
    name: "ticket-take-wait",
    screen: {
      name: "ticket",
      stage: "take",
      number: "A042",
      wait: { before: 6, minutes: 25, asOf: "2026-11-23T08:05", fresh: false },
    },
    step: null,
  },
  { name: "ticket-printing", screen: { name: "ticket", stage: "printing", number: "042" }, step: null },
  { name: "ticket-take", screen: { name: "ticket", stage: "take", number: "042" }, step: null },
  { name: "ticket-in-doubt", screen: { name: "ticket", stage: "inDoubt", number: "042" }, step: null },
  { name: "ticket-no-paper", screen: { name: "ticket", stage: "noPaper", number: "042" }, step: null },
  { name: "lookup-scan", screen: { name: "lookup", stage: "scan", result: null }, step: null },
  { name: "lookup-searching", screen: { name: "lookup", stage: "searching", result: null }, step: null },
  { name: "lookup-found", screen: { name: "lookup", stage: "found", result: FOUND }, step: null },
  {
    name: "lookup-found-rate",
    screen: {
      name: "lookup",
      stage: "found",
      result: { ...FOUND, state: "ready", mayRate: true, fee: { amountVnd: 15_000, paid: false } },
    },
    step: null,
  },
  {
    name: "lookup-found-rated",
    screen: {
      name: "lookup",
      stage: "found",
      result: { ...FOUND, state: "ready", mayRate: false, opinion: "counted" },
    },
    step: null,
  },
  { name: "rate-result", screen: { name: "rate", about: "result" }, step: null },
  {
    name: "lookup-found-stale",
    screen: {
      name: "lookup",
      stage: "found",
      result: { ...FOUND, state: "stored", appointment: null, fresh: false },
    },
    step: null,
  },
  { name: "lookup-unknown", screen: { name: "lookup", stage: "unknown", result: null }, step: null },
  { name: "identify-qr", screen: identify("showQr"), step: 2 },
  { name: "identify-qr-fault", screen: identify("showQr", { fault: "card.badQr" }), step: 2 },
  { name: "identify-typed", screen: identify("typed", { fault: "codeReader.absent" }), step: 2 },
  {
    name: "identify-typed-again",
    screen: identify("typed", {
      fault: "card.wrongKey",
      typed: { number: "001950000123", birthDate: "1950-03-08", expiryDate: "2030-03-08" },
    }),
    step: 2,
  },
  { name: "identify-back", screen: identify("cardBack"), step: 2 },
  { name: "identify-lay", screen: identify("layCard", { canSkipChip: true }), step: 2 },
  { name: "identify-reading", screen: identify("reading", { percent: 62 }), step: 2 },
  { name: "identify-failed", screen: identify("failed", { fault: "card.lost" }), step: 2 },
  ...(["centre", "tooDark", "turnLeft", "turnRight"] as const).map((coach) => ({
    name: `identify-face-${coach}`,
    screen: identify("face", { face: { coach, slow: false }, percent: 33 }),
    step: 2,
  })),
  {
    name: "identify-face-slow",
    screen: identify("face", { face: { coach: "turnLeft", slow: true }, percent: 33 }),
    step: 2,
  },
  {
    name: "identify-face-retry",
    screen: identify("faceFailed", { fault: "face.notSure", canRetryFace: true }),
    step: 2,
  },
  {
    name: "identify-face-officer",
    screen: identify("faceFailed", { fault: "face.notSure", canRetryFace: false }),
    step: 2,
  },
  { name: "form-from-card", screen: form(FROM_CARD, "Thông tin của ông bà", "About you", 1), step: 3 },
  { name: "form-fill-in", screen: form(TO_FILL_IN, "Bản sao", "The copy", 2), step: 3 },
  { name: "form-address", screen: form(ADDRESS, "Sẽ ở đâu?", "Where will you stay?", 3), step: 3 },
  { name: "form-address-done", screen: form(ADDRESS_DONE, "Sẽ ở đâu?", "Where will you stay?", 1), step: 3 },
  { name: "form-numbers", screen: form(NUMBERS, "Người yêu cầu", "Who asks for it", 3), step: 3 },
  { name: "form-signature", screen: form(signatureFields(""), "Ký tên", "Your signature", 3), step: 3 },
  { name: "form-signed", screen: form(signatureFields(SCRAWL), "Ký tên", "Your signature", 3), step: 3 },
  {
    name: "form-signs-at-desk",
    screen: form(signatureFields(SIGNS_AT_DESK), "Ký tên", "Your signature", 3),
    step: 3,
  },
  { name: "form-errors", screen: form(WITH_ERRORS, "Liên hệ", "Contact", 2), step: 3 },
  { name: "form-choice", screen: form(CHOICES, "Hôn nhân", "Marriage", 3), step: 3 },
  { name: "papers-slot", screen: papers("slot", { optional: true, feed: FEED }), step: 4 },
  {
    name: "papers-slot-empty",
    screen: papers("slot", { fault: "scanner.feederEmpty", feed: FEED }),
    step: 4,
  },
  {
    name: "papers-feeding",
    screen: papers("feeding", { percent: 40, feed: { ...FEED, sheet: 3 } }),
    step: 4,
  },
  {
    name: "papers-take-back",
    screen: papers("takeBack", { feed: FEED, pages: { taken: 3, max: 10 } }),
    step: 4,
  },
  {
    name: "papers-take-back-surplus",
    screen: papers("takeBack", { feed: { ...FEED, surplus: 2, open: false }, pages: { taken: 10, max: 10 } }),
    step: 4,
  },
  {
    name: "papers-stopped-jam",
    screen: papers("stopped", { fault: "scanner.jam", feed: FEED, pages: { taken: 2, max: 10 } }),
    step: 4,
  },
  {
    name: "papers-stopped-absent",
    screen: papers("stopped", { fault: "scanner.absent", feed: FEED, optional: true }),
    step: 4,
  },
  { name: "papers-stopped-by-hand", screen: papers("stopped", { feed: FEED }), step: 4 },
  { name: "papers-asking", screen: papers("asking"), step: 4 },
  { name: "papers-place", screen: papers("place", { optional: true }), step: 4 },
  { name: "papers-taking", screen: papers("taking", { percent: 8 }), step: 4 },
  { name: "papers-finding", screen: papers("finding", { percent: 34 }), step: 4 },
  { name: "papers-reading", screen: papers("reading", { percent: 71, imageUrl: IMAGE_URL }), step: 4 },
  {
    name: "papers-review",
    screen: papers("review", {
      imageUrl: IMAGE_URL,
      picture: PICTURE,
      fields: READ_FROM_PAPER,
      pages: { taken: 1, max: 3 },
    }),
    step: 4,
  },
  {
    name: "papers-review-several",
    screen: papers("review", { imageUrl: IMAGE_URL, pages: { taken: 3, max: 10, shown: 2 } }),
    step: 4,
  },
  {
    name: "papers-unknown",
    screen: papers("review", { imageUrl: IMAGE_URL, recognised: false }),
    step: 4,
  },
  {
    name: "papers-review-hand",
    screen: papers("review", { imageUrl: IMAGE_URL, picture: PICTURE, fields: HANDWRITTEN }),
    step: 4,
  },
  ...(["glare", "blurred"] as const).map((advice) => ({
    name: `papers-poor-${advice}`,
    screen: papers("poor", { imageUrl: IMAGE_URL, picture: PICTURE, advice }),
    step: 4,
  })),
  {
    name: "papers-arrange",
    screen: papers("arrange", { thumbs: [`${IMAGE_URL}?1`, `${IMAGE_URL}?2`, `${IMAGE_URL}?3`] }),
    step: 4,
  },
  ...(["noPage", "cutOff", "holdStill", "turnPage", "adjustPage", "glare"] as const).map((coach) => ({
    name: `papers-place-${coach}`,
    screen: papers("place", {
      optional: true,
      mayUseStored: coach === "noPage",
      sight: {
        frameUrl: IMAGE_URL,
        coach,
        quad: coach === "noPage" ? null : corners(coach === "cutOff" ? 0 : 0.12),
      },
    }),
    step: 4,
  })),
  ...STORED_SAMPLES,
  {
    name: "papers-failed",
    screen: papers("failed", { fault: "paper.poorPicture", optional: true }),
    step: 4,
  },
  { name: "check", screen: CHECK, step: 5 },
  { name: "check-hints", screen: CHECK_WITH_HINTS, step: 5 },
  { name: "confirm", screen: { name: "confirm", code: "4719", wrong: false }, step: 6 },
  { name: "confirm-wrong", screen: { name: "confirm", code: "4719", wrong: true }, step: 6 },
  {
    name: "confirm-after-phone",
    screen: { name: "confirm", code: "4719", wrong: false, why: "offline" },
    step: 6,
  },
  ...(["sending", "typing", "checking"] as const).map((stage) => ({
    name: `phone-code-${stage}`,
    screen: phoneCode({ stage }),
    step: 6,
  })),
  { name: "phone-code-wrong", screen: phoneCode({ wrong: true, triesLeft: 4, mayResend: true }), step: 6 },
  { name: "submitting", screen: { name: "submitting" }, step: 6 },
  { name: "pay-asking", screen: pay("asking"), step: 7 },
  { name: "pay-code", screen: pay("code"), step: 7 },
  { name: "pay-slow", screen: pay("slow", { secondsLeft: 59 }), step: 7 },
  { name: "pay-paid", screen: pay("paid"), step: 7 },
  ...(["offline", "wrongAmount", "expired"] as const).map((why) => ({
    name: `pay-desk-${why}`,
    screen: pay("desk", { why, payee: "" }),
    step: 7,
  })),
  { name: "slip-printing", screen: slip("printing"), step: 7 },
  { name: "slip-take", screen: slip("take", { fee: { amountVnd: 15_000, paid: true } }), step: 7 },
  { name: "slip-reminder", screen: slip("take", { reminder: true }), step: 7 },
  { name: "slip-in-doubt", screen: slip("inDoubt", { fault: "printer.inDoubt" }), step: 7 },
  {
    name: "slip-no-paper",
    screen: slip("noPaper", {
      fault: "printer.paperOut",
      appointment: null,
      receiptNumber: null,
      fee: UNPAID,
    }),
    step: 7,
  },
  { name: "rate", screen: { name: "rate" }, step: 7 },
  { name: "goodbye", screen: { name: "goodbye" }, step: null },
  {
    name: "after-restart-ask",
    screen: { name: "slipInDoubt", slipNumber: "K01-000122", stage: "ask" },
    step: null,
  },
  {
    name: "after-restart-printing",
    screen: { name: "slipInDoubt", slipNumber: "K01-000122", stage: "printing" },
    step: null,
  },
  {
    name: "after-restart-done",
    screen: { name: "slipInDoubt", slipNumber: "K01-000122", stage: "done" },
    step: null,
  },
  { name: "trouble", screen: { name: "trouble", fault: "runtime.internal" }, step: 4 },
  {
    name: "idle",
    screen: form(FROM_CARD, "Thông tin của ông bà", "About you", 1),
    step: 3,
    more: { idle: { secondsLeft: 17 } },
  },
  { name: "help", screen: papers("place"), step: 4, more: { helpOpen: true } },
  {
    name: "help-first",
    screen: { name: "attract", outOfService: null },
    step: null,
    more: { helpOpen: true },
  },
  { name: "practice-check", screen: CHECK, step: 4, more: { practice: true } },
  {
    name: "practice-confirm",
    screen: { name: "confirm", code: "2468", wrong: false },
    step: 5,
    more: { practice: true },
  },
  {
    name: "by-ear",
    screen: form(TO_FILL_IN, "Bản sao", "The copy", 2),
    step: 3,
    more: {
      byEar: { text: "Số điện thoại. Không bắt buộc. Để báo khi có kết quả", at: 4, of: 7 },
      wishes: { ...NO_WISHES, audio: true },
    },
  },
  {
    name: "by-ear-blank",
    screen: { name: "language" },
    step: null,
    more: {
      byEar: { text: "English", at: 3, of: 5 },
      wishes: { ...NO_WISHES, audio: true, blank: true },
    },
  },
  { name: "officer-called", screen: identify("showQr"), step: 2, more: { officerCalled: true } },
];

const BACK: ReadonlySet<Screen["name"]> = new Set([
  "identify",
  "form",
  "papers",
  "check",
  "confirm",
  "phoneCode",
  "lookup",
]);
const BUSY: ReadonlySet<Screen["name"]> = new Set([
  "attract",
  "submitting",
  "pay",
  "slip",
  "goodbye",
  "slipInDoubt",
]);

/** The whole view of a sample, as the flows would push it. */
export const viewOf = (sample: Sample, language: Language, revision: number): View => ({
  revision,
  language,
  screen: sample.screen,
  progress:
    sample.step === null
      ? null
      : { step: sample.step, of: 7, minutesLeft: Math.round((8 - sample.step) * 0.6) },
  can: {
    back: BACK.has(sample.screen.name),
    cancel: !BUSY.has(sample.screen.name),
    help: sample.name !== "attract-out-of-service",
  },
  idle: null,
  helpOpen: false,
  officerCalled: false,
  wishes: NO_WISHES,
  ...(sample.screen.name === "attract" ? {} : { speech: "on" as const }),
  ...sample.more,
});
