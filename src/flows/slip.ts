// What does a slip say to the citizen who takes it home?
import type { Bilingual } from "../core/faults.js";
import type { Layout, LayoutLine } from "../core/layout.js";
import type { Slip } from "./effects.js";
import type { Language } from "./events.js";

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
  lookUp: { vi: "Mã tra cứu", en: "Look-up code" },
  nextTitle: { vi: "Việc cần làm tiếp", en: "What to do next" },
  keep: {
    vi: "1. Xin giữ phiếu này cẩn thận.",
    en: "1. Please keep this slip safe.",
  },
  show: {
    vi: "2. Muốn biết hồ sơ đến đâu, xin đưa mã QR trước máy này hoặc quét bằng điện thoại.",
    en: "2. To see how it proceeds, show the QR code to this kiosk or scan it with a phone.",
  },
  collect: {
    vi: "3. Khi đến nhận kết quả, xin mang theo phiếu và thẻ căn cước.",
    en: "3. When you collect the result, bring this slip and your citizen card.",
  },
  ask: { vi: "Cần giúp đỡ, xin gọi", en: "For help, please call" },
  thanks: { vi: "Xin cảm ơn!", en: "Thank you!" },
  ticketHeading: { vi: "PHIẾU SỐ THỨ TỰ", en: "QUEUE NUMBER" },
  ticketIssued: { vi: "Lấy số lúc", en: "Issued" },
  ticketWait: {
    vi: "Xin ngồi chờ. Khi gọi đến số này, xin mời vào quầy.",
    en: "Please take a seat. Come to the counter when this number is called.",
  },
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

const LOCAL_TIME = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})/;

/** "2026-03-09T08:05" as people write it here; what is not of that form is shown as it is. */
const localTime = (iso: string, language: Language): string => {
  const [, year, month, day, hour, minute] = LOCAL_TIME.exec(iso) ?? [];
  if (year === undefined) return iso;
  const date = `${day}/${month}/${year}`;
  return language === "vi" ? `${hour} giờ ${minute}, ${date}` : `${hour}:${minute}, ${date}`;
};

const clockLines = (iso: string, label: string, language: Language, trusted: boolean): LayoutLine[] => [
  { kind: "pair", label, value: localTime(iso, language) },
  ...(trusted ? [] : [text(WORDS.clockDoubt[language], "small")]),
];

const nextSteps = (kiosk: SlipKiosk, language: Language): LayoutLine[] => [
  text(WORDS.nextTitle[language], "normal", "left", true),
  text(WORDS.keep[language]),
  text(WORDS.show[language]),
  text(WORDS.collect[language]),
  ...(kiosk.phone === null ? [] : [space(1), text(`${WORDS.ask[language]}: ${kiosk.phone}`)]),
];

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
  ...(slip.appointment === null
    ? []
    : [
        space(1),
        text(WORDS.appointment[language], "small", "centre"),
        text(localTime(slip.appointment, language), "large", "centre", true),
      ]),
  rule,
  ...(slip.appointment === null ? [text(WORDS.promise[language], "normal", "centre"), space(1)] : []),
  { kind: "qr", text: slip.lookupCode, widthFraction: 0.6 },
  text(WORDS.lookUp[language], "small", "centre"),
  text(slip.lookupCode, "normal", "centre", true),
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
}

/** The queue number that one reads from two metres. */
export const ticketLayout = (ticket: Ticket, kiosk: SlipKiosk, language: Language): Layout => [
  text(kiosk.name[language], "small", "centre"),
  space(1),
  text(WORDS.ticketHeading[language], "large", "centre", true),
  rule,
  space(1),
  text(ticket.number, "huge", "centre", true),
  space(1),
  rule,
  ...clockLines(ticket.issuedAt, WORDS.ticketIssued[language], language, ticket.clockTrusted),
  text(WORDS.ticketWait[language]),
  text(WORDS.ticketToday[language]),
  space(2),
];
