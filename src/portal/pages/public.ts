// What does somebody see who looks an application up, or checks a copy that was shown to them?
import type { VerifyReport } from "../../documents/verdict.js";
import type { Copy } from "../copies/copies.js";
import type { Fee } from "../fees/fee-rows.js";
import { html, type Markup } from "../html.js";
import type { Opened } from "../public/public-lookup.js";
import type { Application, ApplicationState } from "../register.js";
import { publicFee } from "./fee.js";
import { both, page, pairs, people, readable, STATES } from "./layout.js";
import { opinionForm } from "./opinion.js";

const STATES_EN: Readonly<Record<ApplicationState, string>> = {
  received: "Received",
  inReview: "In review",
  approved: "Approved",
  refused: "Refused",
  ready: "Ready to collect",
};

const LOOKUP = { title: "Tra cứu", here: "/lookup", viewer: null } as const;
const VERIFY = { title: "Kiểm tra bản sao", here: "/verify", viewer: null } as const;

const codeForm = (
  code: string,
): Markup => html`<section class="card"><form class="act" method="get" action="/lookup"><label>Mã tra cứu · Code
<input name="code" value="${code}" autocomplete="off" autocapitalize="characters" maxlength="64" autofocus></label>
<div class="row"><button class="go">Tra cứu · Look up</button></div></form></section>`;

const stateCard = (application: Application, fee: Fee | undefined): Markup =>
  html`<section class="card"><p class="big">${STATES[application.state]}</p><p class="sub">${
    STATES_EN[application.state]
  }</p>${pairs([
    ["Lịch hẹn · Appointment", people(application.appointment)],
    ...(fee === undefined ? [] : [["Lệ phí · Fee", publicFee(fee)] as const]),
  ])}</section>`;

const numberForm = (
  code: string,
): Markup => html`<section class="card"><h2>Bản sao điện tử · Electronic copies</h2>
<p>Nhập số định danh 12 số của người nộp để tải bản sao. · Enter the applicant's 12-digit citizen number to fetch the copy.</p>
<form class="act" method="post" action="/lookup"><input type="hidden" name="code" value="${code}">
<label>Số định danh · Citizen number<input name="number" inputmode="numeric" autocomplete="off" maxlength="20" required></label>
<div class="row"><button class="go">Mở bản sao · Open</button></div></form></section>`;

export interface LookupView {
  readonly code: string;
  readonly application: Application | undefined;
  /** Undefined: it costs nothing. */
  readonly fee: Fee | undefined;
  /** Copies that the holder's number would open. */
  readonly readyCopies: number;
  /** There is a result, and nobody has said anything about it. */
  readonly mayRate?: boolean;
}

export const lookupPage = ({ code, application, fee, readyCopies, mayRate = false }: LookupView): string =>
  page(
    LOOKUP,
    html`<h1>Tra cứu hồ sơ</h1><p class="sub">Nhập mã trên phiếu hẹn · Enter the code on your slip</p>${codeForm(code)}${
      code === ""
        ? null
        : application === undefined
          ? html`<section class="card"><b>Không tìm thấy hồ sơ với mã này.</b><br>Hồ sơ nộp lúc máy mất mạng sẽ đến sau; xin thử lại. ·
No application has this code. If the kiosk was off-line, please try again later.</section>`
          : html`${stateCard(application, fee)}${readyCopies > 0 ? numberForm(code) : null}${
              mayRate ? opinionForm("/lookup/opinion", { code }) : null
            }`
    }`,
  );

const statementPairs = ({ statement, pages }: Copy): Markup =>
  pairs([
    ["Số chứng thực · Number", `${statement.registerNumber}, quyển số ${statement.book}`],
    ["Ngày · Date", statement.date],
    ["Cơ quan · Authority", statement.authority],
    ["Số trang · Pages", String(pages)],
  ]);

const revokedLine = (copy: Copy): Markup =>
  html`<p class="bad">Đã bị thu hồi, không còn giá trị${
    copy.revokedAtMs === null ? "" : ` từ ${readable(new Date(copy.revokedAtMs).toISOString().slice(0, 10))}`
  }. · Revoked: it no longer counts.</p><p>Lý do · Reason: ${copy.revocationReason ?? ""}</p>`;

const offeredCard = ({
  copy,
  ticket,
}: Extract<Opened, { kind: "open" }>["offered"][number]): Markup => html`<section class="card">
<h2>${both(copy.title)}</h2>${statementPairs(copy)}${
  ticket === null
    ? revokedLine(copy)
    : html`<p class="row"><a class="go button" href="/lookup/copies/${ticket}">Tải bản sao (PDF) · Download</a></p>
<p class="sub">Liên kết dùng được trong 10 phút. · The link works for 10 minutes.</p>`
}</section>`;

const REFUSALS: Readonly<Record<"wrongNumber" | "tooOften", Markup>> = {
  wrongNumber: html`<b>Số định danh không đúng với hồ sơ này.</b><br>The number does not belong to this application.`,
  tooOften: html`<b>Đã nhập sai quá nhiều lần; xin thử lại sau 15 phút.</b><br>Too many wrong numbers; please try again in 15 minutes.`,
};

export const copiesPage = (
  code: string,
  opened: Exclude<Opened, { kind: "unknown" }>,
  fee: Fee | undefined,
  mayRate = false,
): string =>
  page(
    LOOKUP,
    html`<h1>Tra cứu hồ sơ</h1>${stateCard(opened.application, fee)}${
      opened.kind === "open"
        ? html`${opened.offered.map(offeredCard)}${mayRate ? opinionForm("/lookup/opinion", { code }) : null}`
        : html`<section class="card"><p>${REFUSALS[opened.kind]}</p></section>${
            opened.kind === "wrongNumber" ? numberForm(code) : null
          }`
    }`,
  );

/** What this portal's own register says of a file or of a code. */
const registerCard = (
  copy: Copy,
): Markup => html`<section class="card"><h2>Sổ của cơ quan · The authority's register</h2><p><b>${both(copy.title)}</b></p>
${statementPairs(copy)}${
  copy.state === "revoked"
    ? revokedLine(copy)
    : html`<p class="good">Bản sao này đang có giá trị. · This copy is current.</p>`
}<p class="sub num hash">SHA-256 ${copy.sha256}</p></section>`;

export const signatureRows = (report: VerifyReport): Markup =>
  html`<ul class="log">${report.signatures.map(
    ({ sentence, signer }) => html`<li><b>${signer.commonName}</b><br>${both(sentence)}</li>`,
  )}</ul>`;

export const reportCard = (
  report: VerifyReport,
): Markup => html`<section class="card"><p class="big ${report.holds ? "good" : "bad"}">${report.sentence.vi}</p>
<p class="sub">${report.sentence.en}</p>${signatureRows(report)}${
  report.statement === null
    ? null
    : pairs([
        ["Số chứng thực · Number", `${report.statement.registerNumber}, quyển số ${report.statement.book}`],
        ["Ngày · Date", report.statement.date],
        ["Cơ quan · Authority", report.statement.authority],
      ])
}${report.problems.length === 0 ? null : html`<p class="sub">${report.problems.join("; ")}</p>`}</section>`;

export interface VerifyView {
  readonly code: string;
  readonly report: VerifyReport | null;
  /** Copies of the register that are this file, or stand under this code. */
  readonly copies: readonly Copy[];
  /** A file was judged, and the register does not know it. */
  readonly notInRegister: boolean;
}

export const verifyPage = ({ code, report, copies, notInRegister }: VerifyView): string =>
  page(
    VERIFY,
    html`<h1>Kiểm tra bản sao điện tử</h1><p class="sub">Check an electronic copy</p>${
      report === null ? null : reportCard(report)
    }${copies.map(registerCard)}${
      notInRegister
        ? html`<section class="card"><p>Tệp này không phải là một bản trong sổ của cổng này. · This very file is not in this portal's register.</p></section>`
        : null
    }<section class="card"><form class="act" method="post" action="/verify" enctype="multipart/form-data">
<label>Tệp PDF · PDF file<input type="file" name="file" accept="application/pdf" required></label>
<div class="row"><button class="go">Kiểm tra · Check</button></div></form>
<p class="sub">Tệp chỉ được đọc trong bộ nhớ và không được lưu. · The file is read in memory only and is not kept.</p></section>
<section class="card"><form class="act" method="get" action="/verify"><label>… hoặc mã trên bản sao · … or the code on the copy
<input name="code" value="${code}" autocomplete="off" maxlength="64"></label>
<div class="row"><button class="go">Tra sổ · Ask the register</button></div></form>${
      code !== "" && copies.length === 0
        ? html`<p><b>Không có bản sao nào với mã này.</b> · No copy stands under this code.</p>`
        : null
    }</section>`,
  );
