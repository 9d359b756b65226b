// What do a scan and a certified copy say of themselves, to who looks at the page?
import type { Bilingual } from "../core/faults.js";
import { VIETNAM_OFFSET_MS } from "./pdf/objects.js";
import type { CopyStatement, Scan } from "./scan.js";

export const NOTICE: Bilingual = {
  vi: "Bản quét tại máy – chưa được chứng thực",
  en: "Scan, not certified: no competent authority has signed this copy.",
};

const pad = (value: number): string => String(value).padStart(2, "0");

/** "22/11/2026 16:05", as clocks in Vietnam show it. */
export const vietnamTime = (epochMs: number): string => {
  const at = new Date(epochMs + VIETNAM_OFFSET_MS);
  const day = `${pad(at.getUTCDate())}/${pad(at.getUTCMonth() + 1)}/${at.getUTCFullYear()}`;
  return `${day} ${pad(at.getUTCHours())}:${pad(at.getUTCMinutes())}`;
};

/** "2026-11-22T16:05:09+07:00". */
export const isoVietnam = (epochMs: number): string =>
  `${new Date(epochMs + VIETNAM_OFFSET_MS).toISOString().slice(0, 19)}+07:00`;

/** yyyy-MM-dd → dd/MM/yyyy; anything else stays as it is. */
const vietnamDate = (date: string): string => date.replace(/^(\d{4})-(\d\d)-(\d\d)$/, "$3/$2/$1");

export const STATEMENT_HEADING = "Chứng thực bản sao đúng với bản chính";

/** The copy statement without its heading, in the order of the form of Decree 23/2015/NĐ-CP's register. */
export const statementText = ({ registerNumber, book, date, authority, officer }: CopyStatement): string =>
  [
    `Số chứng thực: ${registerNumber}. Quyển số: ${book}. Ngày: ${vietnamDate(date)}.`,
    `Cơ quan: ${authority}.`,
    `Người chứng thực: ${officer.name}, ${officer.position}.`,
  ].join(" ");

/** What stands in the annotation for readers that read it aloud or list it; `motcua verify` compares it. */
export const statementContents = (statement: CopyStatement): string =>
  `${STATEMENT_HEADING}. ${statementText(statement)}`.normalize("NFC");

export const noticeContents = `${NOTICE.vi}\n${NOTICE.en}`.normalize("NFC");

/** The two small lines under every page. `page` counts from 1. */
export const bandLines = ({ kiosk, scannedAt, submission, pages }: Scan, page: number): readonly string[] => {
  const clock =
    scannedAt.trust === "trusted" ? "" : " (đồng hồ máy chưa được xác nhận · clock not confirmed)";
  return [
    `Máy ${kiosk.id} · ${kiosk.place.vi} · ${vietnamTime(scannedAt.epochMs)}${clock}`,
    `Trang ${page}/${pages.length} · Page ${page} of ${pages.length} · ${submission}`,
  ];
};
