// How does an officer see one paper: its pages, each value with how it came to be, and what speaks against it?
import type { VerifyReport } from "../../documents/verdict.js";
import type { ApplicationContent } from "../../sync/protocol/content.js";
import type { Copy } from "../copies/copies.js";
import type { Reuse } from "../copies/reuse.js";
import { html, type Markup } from "../html.js";
import { readable } from "./layout.js";

export type Paper = ApplicationContent["papers"][number];
type Field = Paper["fields"][number];
export type Check = NonNullable<Paper["checks"]>[number];

export interface Sheet {
  readonly path: string;
  readonly widthPx: number;
  readonly heightPx: number;
}

export interface PaperView {
  /** Place among the papers of the application. */
  readonly place: number;
  readonly paper: Paper;
  /** Files as they came: path and what to call it. */
  readonly files: readonly { readonly path: string; readonly name: string }[];
  /** Page by page; null where no picture can be shown. */
  readonly sheets: readonly (Sheet | null)[];
  /** What can be said of the scan's signatures; null for papers that are no PDF. */
  readonly report: VerifyReport | null;
  /** For a stored copy in the place of a paper. */
  readonly reuse: { readonly reuse: Reuse; readonly copy: Copy | null } | null;
}

const SOURCES: Readonly<Record<string, string>> = {
  print: "chữ in",
  hand: "chữ viết tay",
  mrz: "dòng MRZ",
  qr: "mã QR",
  typed: "người nộp nhập",
};
const MENDERS: Readonly<Record<string, string>> = {
  lexicon: "từ điển",
  chip: "dữ liệu chip",
  pattern: "quy tắc viết",
  mrz: "dòng MRZ",
  qr: "mã QR",
};
const VERDICTS: Readonly<Record<Check["verdict"], string>> = {
  fail: "Không khớp",
  unsure: "Cần xem",
  pass: "Đạt",
};
const WORST_FIRST: Readonly<Record<Check["verdict"], number>> = { fail: 0, unsure: 1, pass: 2 };
/** Below this a value that was read wants the officer's look at the page. */
const DOUBTFUL_BELOW = 0.8;

const isDoubtful = ({ confidence, source }: Field): boolean =>
  confidence !== undefined && source !== "typed" && confidence < DOUBTFUL_BELOW;

const originOf = (field: Field): readonly string[] => {
  const { source, confidence, correction, box } = field;
  return [
    ...(source === undefined ? [] : [SOURCES[source] ?? source]),
    ...(correction ? [`sửa từ “${correction.from}” theo ${MENDERS[correction.by] ?? correction.by}`] : []),
    ...(isDoubtful(field) ? [`độ tin thấp: ${Math.round((confidence ?? 0) * 100)} %`] : []),
    ...(box ? [`trang ${box.page + 1}`] : []),
  ];
};

const valueRow = (field: Field): Markup => html`<dt>${field.label.vi}</dt>
<dd class="${isDoubtful(field) ? "doubt" : ""}">${readable(field.value)}<br><span class="sub">${originOf(field).join(" · ")}</span></dd>`;

export const sortedChecks = (checks: readonly Check[]): readonly Check[] =>
  [...checks].sort((a, b) => WORST_FIRST[a.verdict] - WORST_FIRST[b.verdict]);

const checkRow = (check: Check, place: number): Markup => html`<li class="${check.verdict}">
<span class="tag ${check.verdict}">${check.box === null ? null : `${place + 1} · `}${VERDICTS[check.verdict]}</span>
${check.sentence.vi}${check.page === null ? null : html` <span class="sub">(trang ${check.page + 1})</span>`}</li>`;

export const checkList = (checks: readonly Check[]): Markup =>
  html`<ul class="checks">${checks.map(checkRow)}</ul>`;

interface Marked {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

const frame = (box: Marked, kind: string, words: string): Markup =>
  html`<rect class="${kind}" x="${box.x}" y="${box.y}" width="${box.w}" height="${box.h}"><title>${words}</title></rect>`;

/** A number beside the frame leads from the sentence to the place. */
const numbered = (
  box: Marked,
  { verdict, place, heightPx }: { verdict: string; place: number; heightPx: number },
) =>
  html`<text class="${verdict}" x="${box.x}" y="${Math.max(box.y - heightPx / 150, heightPx / 45)}" font-size="${Math.round(heightPx / 45)}">${place + 1}</text>`;

const sheetView = (sheet: Sheet | null, page: number, { paper }: PaperView): Markup => {
  if (sheet === null) return html`<p class="sub">Trang ${page + 1}: không có ảnh để xem.</p>`;
  const { widthPx, heightPx, path } = sheet;
  const fields = paper.fields.flatMap((field) =>
    field.box?.page === page
      ? [frame(field.box, isDoubtful(field) ? "field unsure" : "field", `${field.label.vi}: ${field.value}`)]
      : [],
  );
  const checks = sortedChecks(paper.checks ?? []).flatMap((check, place) =>
    check.box !== null && (check.page ?? 0) === page && check.verdict !== "pass"
      ? [
          frame(check.box, check.verdict, check.sentence.vi),
          numbered(check.box, { verdict: check.verdict, place, heightPx }),
        ]
      : [],
  );
  return html`<a href="${path}" target="_blank"><svg class="sheet" viewBox="0 0 ${widthPx} ${heightPx}" role="img" aria-label="Trang ${page + 1}">
<image href="${path}" width="${widthPx}" height="${heightPx}"/>${fields}${checks}</svg></a>`;
};

export const reportView = (
  report: VerifyReport,
): Markup => html`<p class="${report.verdict === "sealedScan" ? "scan" : report.holds ? "good" : "bad"}">${report.sentence.vi}</p>
${
  report.signatures.length === 0
    ? null
    : html`<ul class="log">${report.signatures.map(
        (signature) =>
          html`<li>${signature.sentence.vi}<br><span class="sub">${signature.sentence.en}</span></li>`,
      )}</ul>`
}${report.problems.length === 0 ? null : html`<p class="sub">${report.problems.join("; ")}</p>`}`;

const REUSES: Readonly<Record<Reuse["result"], string>> = {
  attached: "Bản sao đã lưu được đính kèm thay cho giấy tờ.",
  notFound: "Không tìm thấy bản sao đã lưu với mã này.",
  notTheirs: "Bản sao với mã này là của người khác: không được dùng.",
  revoked: "Bản sao đã lưu đã bị thu hồi: không còn giá trị.",
};

const reuseView = ({ reuse, copy }: NonNullable<PaperView["reuse"]>): Markup => {
  // It may have been revoked since the application was taken in.
  const result = copy?.state === "revoked" ? "revoked" : reuse.result;
  return html`<p class="${result === "attached" ? "good" : "bad"}">${REUSES[result]}</p>${
    copy === null
      ? null
      : html`<p class="sub">Số ${copy.statement.registerNumber} quyển ${copy.statement.book}, ${readable(copy.statement.date)},
${copy.statement.authority} · <a href="/copies/${copy.id}/pdf">Tệp PDF</a></p>`
  }`;
};

/** `certify`: what can be done with it, or was. */
export const paperCard = (view: PaperView, certify: Markup | null): Markup => {
  const { paper, report, reuse, sheets, files } = view;
  const checks = sortedChecks(paper.checks ?? []);
  return html`<section class="card paper"><h2>${paper.title.vi}</h2>${reuse === null ? null : reuseView(reuse)}
${paper.fields.length === 0 ? null : html`<dl>${paper.fields.map(valueRow)}</dl>`}
${checks.length === 0 ? null : html`<h3>Kiểm tra tự động</h3>${checkList(checks)}`}
${report === null ? null : html`<h3>Chữ ký trong tệp</h3>${reportView(report)}`}
<div class="sheets">${sheets.map((sheet, page) => sheetView(sheet, page, view))}</div>
<p class="sub">${files.map(({ path, name }) => html`<a href="${path}" target="_blank">${name}</a> `)}</p>${certify}</section>`;
};
