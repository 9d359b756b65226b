// What does a slip say to the citizen who takes it home?
import { amountInFigures, amountInWords } from "../core/amount-words.js";
import type { Bilingual } from "../core/faults.js";
import type { Layout, LayoutLine } from "../core/layout.js";
import type { Slip } from "./effects.js";
import type { Language } from "./events.js";
import type { QueueWait } from "./queue.js";

export interface SlipKiosk {
  /** The office whose kiosk this is, as people call it. */
  readonly name: Bilingual;
  /** Whom to ask, or null where nobody answers a telephone. */
  readonly phone: string | null;
}

const WORDS = {
  slipHeading: { vi: "GIẤY TIẾP NHẬN HỒ SƠ", en: "RECEIPT OF APPLICATION" },
  numberLabel: { vi: "Số hồ sơ", en: "Application number" },
  receipt: { vi: "Mã biên nhận", en: "Receipt" },
  submitted: { vi: "Nộp lúc", en: "Submitted" },
  clockDoubt: { vi: "(đồng hồ của máy chưa chắc đúng)", en: "(the kiosk's clock may be wrong)" },
  appointment: { vi: "Hẹn trả kết quả", en: "Result ready" },
  promise: {
    vi: "Ngày hẹn sẽ có sau. Xin tra cứu bằng mã QR này.",
    en: "The date will follow. Please look it up with this QR code.",
  },
  fee: { vi: "Lệ phí", en: "Fee" },
  paid: { vi: "ĐÃ TRẢ", en: "PAID" },
  unpaid: { vi: "CHƯA TRẢ", en: "NOT PAID" },
  payAtDesk: { vi: "Xin trả lệ phí tại quầy.", en: "Please pay the fee at the desk." },
  payReference: { vi: "Mã thanh toán", en: "Payment" },
  paidAlready: {
    vi: "Đã chuyển khoản? Xin đọc mã thanh toán cho cán bộ.",
    en: "Paid by your app? Tell the officer the payment code.",
  },
  lookUp: { vi: "Mã tra cứu", en: "Look-up code" },
  nextTitle: { vi: "Việc cần làm tiếp", en: "What to do next" },
  keep: {
    vi: "Xin giữ phiếu này cẩn thận.",
    en: "Please keep this slip safe.",
  },
  show: {
    vi: "Muốn biết hồ sơ đến đâu, xin đưa mã QR trước máy này hoặc đọc số hồ sơ cho cán bộ.",
    en: "To see how it proceeds, show the QR code to this kiosk or tell an officer the number.",
  },
  collect: {
    vi: "Khi đến nhận kết quả, xin mang theo phiếu và thẻ căn cước.",
    en: "When you collect the result, bring this slip and your citizen card.",
  },
  ask: { vi: "Cần giúp đỡ, xin gọi", en: "For help, please call" },
  thanks: { vi: "Xin cảm ơn!", en: "Thank you!" },
  ticketHeading: { vi: "PHIẾU SỐ THỨ TỰ", en: "QUEUE NUMBER" },
  ticketIssued: { vi: "Lấy số lúc", en: "Issued" },
  ticketWait: {
    vi: "Xin ngồi chờ. Khi gọi đến số này, xin mời vào quầy.",
    en: "Please take a seat. Come to the counter when this number is called.",
  },
  ticketBefore: { vi: "Số người trước", en: "People before you" },
  ticketAbout: { vi: "Chờ khoảng", en: "Wait about" },
  ticketAsOf: { vi: "(tính lúc {{time}})", en: "(reckoned at {{time}})" },
  ticketToday: { vi: "Số chỉ dùng trong hôm nay.", en: "Valid today only." },
} as const satisfies Record<string, Bilingual>;

type TextLine = Extract<LayoutLine, { kind: "text" }>;

const text = (
  content: string,
  size: TextLine["size"] = "normal",
  align: TextLine["align"] = "left",
  bold = false,
): TextLine => ({ kind: "text", text: content, size, align, bold });

const space = (millimetres: number): LayoutLine => ({ kind: "space", millimetres });
const rule: LayoutLine = { kind: "rule" };

/** Sunday first, as Date counts. */
const WEEKDAYS = {
  vi: ["Chủ Nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"],
  en: ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
} as const;

const LOCAL_TIME = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})/;

/** "2026-03-09T08:05" as people write it here; what is not of that form is shown as it is. */
const localTime = (iso: string, language: Language): string => {
  const [, year, month, day, hour, minute] = LOCAL_TIME.exec(iso) ?? [];
  if (year === undefined) return iso;
  const date = `${day}/${month}/${year}`;
  return language === "vi" ? `${hour} giờ ${minute}, ${date}` : `${hour}:${minute}, ${date}`;
};

/** The day of the week is what people remember of an appointment. */
const appointmentLines = (iso: string, language: Language): LayoutLine[] => {
  const [, year, month, day, hour, minute] = LOCAL_TIME.exec(iso) ?? [];
  const label = text(WORDS.appointment[language], "normal", "centre");
  if (year === undefined) return [label, text(iso, "large", "centre", true)];
  const weekday = WEEKDAYS[language][new Date(`${year}-${month}-${day}T00:00:00Z`).getUTCDay()];
  return [
    label,
    text(language === "vi" ? `${hour} giờ ${minute}` : `${hour}:${minute}`, "large", "centre", true),
    text(`${weekday}, ${day}/${month}/${year}`, "large", "centre", true),
  ];
};

/** Kept together on one line. */
const unbroken = (words: string): string => words.replaceAll(" ", "\u00a0");

const clockLines = (iso: string, label: string, language: Language, trusted: boolean): LayoutLine[] => [
  { kind: "pair", label, value: localTime(iso, language) },
  ...(trusted ? [] : [text(WORDS.clockDoubt[language], "small", "centre")]),
];

const nextSteps = (kiosk: SlipKiosk, language: Language): LayoutLine[] => [
  text(WORDS.nextTitle[language], "normal", "left", true),
  space(1),
  { kind: "item", marker: "1.", text: WORDS.keep[language] },
  { kind: "item", marker: "2.", text: WORDS.show[language] },
  { kind: "item", marker: "3.", text: WORDS.collect[language] },
  ...(kiosk.phone === null
    ? []
    : [
        space(1),
        text(`${WORDS.ask[language]}:`, "normal", "centre"),
        text(unbroken(kiosk.phone), "large", "centre", true),
      ]),
];

const feeLines = ({ fee }: Slip, language: Language): LayoutLine[] =>
  fee === undefined
    ? []
    : [
        rule,
        { kind: "pair", label: WORDS.fee[language], value: amountInFigures(fee.amountVnd)[language] },
        text(`(${amountInWords(fee.amountVnd)[language]})`, "small", "centre"),
        space(1),
        text(WORDS[fee.paid ? "paid" : "unpaid"][language], "normal", "centre", true),
        ...(fee.paid ? [] : [text(WORDS.payAtDesk[language], "normal", "centre")]),
        ...(fee.reference === null
          ? []
          : [{ kind: "pair", label: WORDS.payReference[language], value: fee.reference } as const]),
        ...(fee.paid || fee.reference === null ? [] : [text(WORDS.paidAlready[language], "small", "centre")]),
      ];

/** "MC1:" in front tells a machine what it reads; nobody needs to type it. */
const forPeople = (lookupCode: string): string => lookupCode.slice(lookupCode.indexOf(":") + 1);

/** The receipt of an application. Nothing personal is on it. */
export const slipLayout = (slip: Slip, kiosk: SlipKiosk, language: Language): Layout => [
  text(kiosk.name[language], "small", "centre"),
  space(1),
  text(WORDS.slipHeading[language], "large", "centre", true),
  rule,
  text(slip.procedureTitle[language], "normal", "centre", true),
  space(2),
  text(WORDS.numberLabel[language], "small", "centre"),
  text(slip.number, "huge", "centre", true),
  space(1),
  ...clockLines(slip.submittedAt, WORDS.submitted[language], language, slip.clockTrusted),
  ...(slip.receiptNumber === null
    ? []
    : [{ kind: "pair", label: WORDS.receipt[language], value: slip.receiptNumber } as const]),
  ...feeLines(slip, language),
  rule,
  ...(slip.appointment === null
    ? [text(WORDS.promise[language], "normal", "centre")]
    : appointmentLines(slip.appointment, language)),
  rule,
  { kind: "qr", text: slip.lookupCode, widthFraction: 0.7 },
  text(WORDS.lookUp[language], "small", "centre"),
  text(forPeople(slip.lookupCode), "normal", "centre", true),
  rule,
  ...nextSteps(kiosk, language),
  space(2),
  text(WORDS.thanks[language], "normal", "centre", true),
  space(2),
];

export interface Ticket {
  readonly number: string;
  /** Local wall time, yyyy-MM-ddTHH:mm. */
  readonly issuedAt: string;
  readonly clockTrusted: boolean;
  /** Left out or null: there is one line for everything. */
  readonly service?: Bilingual | null;
  readonly group?: Bilingual | null;
  readonly wait?: QueueWait | null;
}

const timeOf = (iso: string): string => iso.slice(11, 16);

const waitLines = (wait: QueueWait, language: Language): LayoutLine[] => [
  { kind: "pair", label: WORDS.ticketBefore[language], value: String(wait.before) },
  ...(wait.minutes === null
    ? []
    : [
        {
          kind: "pair",
          label: WORDS.ticketAbout[language],
          value: language === "vi" ? `${wait.minutes} phút` : `${wait.minutes} minutes`,
        } as const,
      ]),
  ...(wait.fresh
    ? []
    : [text(WORDS.ticketAsOf[language].replace("{{time}}", timeOf(wait.asOf)), "small", "centre")]),
];

/** The queue number that one reads from two metres. */
export const ticketLayout = (ticket: Ticket, kiosk: SlipKiosk, language: Language): Layout => [
  text(kiosk.name[language], "small", "centre"),
  space(1),
  text(WORDS.ticketHeading[language], "large", "centre", true),
  rule,
  text(ticket.number, "huge", "centre", true),
  space(1),
  ...(ticket.service ? [text(ticket.service[language], "large", "centre", true)] : []),
  ...(ticket.group ? [text(ticket.group[language], "normal", "centre", true)] : []),
  rule,
  ...clockLines(ticket.issuedAt, WORDS.ticketIssued[language], language, ticket.clockTrusted),
  ...(ticket.wait ? waitLines(ticket.wait, language) : []),
  space(2),
  text(WORDS.ticketWait[language], "normal", "centre", true),
  space(1),
  text(WORDS.ticketToday[language], "normal", "centre"),
  space(2),
];
