// How are dates, times and money written for people, and said?
import type { Language } from "../flows/events.js";

/** "yyyy-MM-dd" as dd/MM/yyyy; anything else as it is. */
export const shownDate = (value: string): string =>
  value.replace(/^(\d{4})-(\d{2})-(\d{2})$/, (_, year, month, day) => `${day}/${month}/${year}`);

const LOCALE: Readonly<Record<Language, string>> = { vi: "vi-VN", en: "en-GB" };

/** "yyyy-MM-ddTHH:mm" local, with its weekday; the machine's own time zone plays no part. */
export const shownAppointment = (value: string, language: Language): string => {
  const at = new Date(`${value.slice(0, 16)}:00Z`);
  if (Number.isNaN(at.getTime())) return value;
  const day = new Intl.DateTimeFormat(LOCALE[language], {
    weekday: "long",
    day: "2-digit",
    month: "2-digit",
    year: "numeric",
    timeZone: "UTC",
  }).format(at);
  return `${value.slice(11, 16)} · ${day}`;
};

/** Local wall time of a record, to the minute. */
export const shownTime = (value: string): string => {
  const [, day = "", time = ""] = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})/.exec(value) ?? [];
  return day === "" ? shownDate(value) : `${time} · ${shownDate(day)}`;
};

export const shownFee = (amountVnd: number, language: Language): string =>
  `${new Intl.NumberFormat(LOCALE[language]).format(amountVnd)} ${language === "vi" ? "đồng" : "VND"}`;
