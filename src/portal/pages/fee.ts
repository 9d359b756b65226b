// How is a fee shown: to the officer who takes money, and to who looks an application up?
import { localMinute } from "../appointments.js";
import type { Fee, Payment, PaymentResult } from "../fees/fee-rows.js";
import { html, type Markup } from "../html.js";
import type { Application } from "../register.js";
import { money, page, pairs, people, type Viewer } from "./layout.js";

const STATE_NAMES: Readonly<Record<Fee["state"], string>> = {
  open: "Chưa trả",
  paid: "Đã chuyển khoản",
  paidAtDesk: "Đã thu tại quầy",
};

const RESULT_NAMES: Readonly<Record<PaymentResult, string>> = {
  settled: "Đúng số tiền",
  settledLate: "Đúng số tiền, sau thời hạn của mã QR",
  wrongAmount: "Sai số tiền: lệ phí chưa được trả",
  unknownReference: "Không rõ trả cho hồ sơ nào",
  paidAgain: "Trả thừa: lệ phí đã được trả trước đó",
};

export const feeTag = ({ state, amountVnd }: Fee): Markup =>
  html`<span class="num">${money(amountVnd)}</span><br><span class="tag ${state === "open" ? "inReview" : "on"}">${STATE_NAMES[state]}</span>`;

/** Vietnamese and English, for the page that everybody may open. */
export const publicFee = ({ state, amountVnd }: Fee): string =>
  `${money(amountVnd)} – ${state === "open" ? "chưa trả · not paid yet" : "đã trả · paid"}`;

const paymentLine = (payment: Payment): Markup => html`<li><b>${money(payment.amountVnd)}</b> · ${people(
  localMinute(payment.paidAtMs),
)} · <span class="${payment.result === "settled" ? "good" : "bad"}">${RESULT_NAMES[payment.result]}</span><br>
<span class="sub">Mã giao dịch ${payment.transaction}</span>${
  payment.handledAtMs === null
    ? null
    : html`<br>Đã xử lý ${people(localMinute(payment.handledAtMs))} · ${payment.handledBy ?? ""}: ${payment.handledNote ?? ""}`
}</li>`;

const deskForm = ({ id }: Application): Markup =>
  html`<div class="certify"><form class="act" method="post" action="/applications/${id}/fee/desk">
<label>Số biên lai thu tiền<input name="receipt" maxlength="40" autocomplete="off" required></label>
<div class="row"><button class="approve">Đã thu tại quầy</button></div></form></div>`;

const undoForm = ({ id }: Application): Markup =>
  html`<div class="certify"><form class="act" method="post" action="/applications/${id}/fee/desk/undo"><div class="row">
<button class="refuse">Ghi nhầm: bỏ biên lai này</button></div></form></div>`;

export interface FeeView {
  readonly fee: Fee;
  readonly payments: readonly Payment[];
}

export const feeCard = ({ fee, payments }: FeeView, application: Application, { role }: Viewer): Markup => {
  const { amountVnd, declaredVnd } = fee;
  return html`<section class="card"><h2>Lệ phí</h2>${pairs([
    ["Số tiền", money(amountVnd)],
    ["Tình trạng", STATE_NAMES[fee.state]],
    ["Mã thanh toán", fee.reference],
    ...(fee.settledAtMs === null ? [] : [["Lúc", people(localMinute(fee.settledAtMs))] as const]),
    ...(fee.deskReceipt === null
      ? []
      : [["Biên lai", `${fee.deskReceipt} (${fee.settledBy ?? ""})`] as const]),
  ])}${
    declaredVnd !== null && declaredVnd !== amountVnd
      ? html`<p class="bad">Hồ sơ ghi lệ phí là ${money(declaredVnd)}, khác số tiền đã báo cho người nộp.</p>`
      : null
  }${payments.length === 0 ? null : html`<div class="certify"><ul class="log">${payments.map(paymentLine)}</ul></div>`}${
    role !== "officer"
      ? null
      : fee.state === "open"
        ? deskForm(application)
        : fee.state === "paidAtDesk"
          ? undoForm(application)
          : null
  }</section>`;
};

export interface ToHandle {
  readonly payment: Payment;
  readonly fee: Fee | null;
  /** Null: none is known, or it is still on its way. */
  readonly application: number | null;
}

const handleRow = ({ payment, fee, application }: ToHandle, { role }: Viewer): Markup => html`<tr>
<td class="num">${people(localMinute(payment.paidAtMs))}<br><span class="sub">${payment.transaction}</span></td>
<td class="num"><b>${money(payment.amountVnd)}</b>${
  fee === null || fee.amountVnd === payment.amountVnd
    ? null
    : html`<br><span class="sub">lệ phí ${money(fee.amountVnd)}</span>`
}</td><td><b class="bad">${RESULT_NAMES[payment.result]}</b><br><span class="sub">“${payment.words}”</span></td>
<td class="num">${
  fee === null
    ? "—"
    : application === null
      ? html`${fee.slipNumber}<br><span class="sub">hồ sơ chưa đến</span>`
      : html`<a href="/applications/${application}">${fee.slipNumber}</a>`
}</td><td>${
  role !== "officer"
    ? null
    : html`<form class="act" method="post" action="/fees/payments/${payment.id}/handled">
<input name="note" maxlength="500" required aria-label="Đã làm gì" placeholder="Đã làm gì? Ví dụ: trả lại tiền"><div class="row"><button>Đã xử lý</button></div></form>`
}</td></tr>`;

export interface FeesView {
  readonly toHandle: readonly ToHandle[];
  /** Whether payments can come at all. */
  readonly takesPayments: boolean;
  readonly viewer: Viewer;
}

/** Transfers that did not simply settle a fee. */
export const feesPage = ({ toHandle, takesPayments, viewer }: FeesView): string =>
  page(
    { title: "Lệ phí", here: "/fees", viewer },
    html`<h1>Lệ phí cần xem lại</h1><p class="sub">${
      takesPayments
        ? "Những khoản chuyển khoản không khớp. Khoản khớp tự ghi vào hồ sơ."
        : "Cổng này chưa nhận chuyển khoản: lệ phí thu tại quầy."
    }</p>${
      toHandle.length === 0
        ? html`<div class="card empty">Không có khoản nào cần xem lại.</div>`
        : html`<div class="scroll"><table><thead><tr><th>Lúc trả</th><th>Số tiền</th><th>Vấn đề</th><th>Số phiếu</th><th>Xử lý</th></tr></thead>
<tbody>${toHandle.map((each) => handleRow(each, viewer))}</tbody></table></div>`
    }`,
  );
