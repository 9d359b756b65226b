// What does an officer do with one paper: certify it step by step, send it on, revoke it?

import { localMinute } from "../appointments.js";
import type {
  CertificationState,
  JournalEntry,
  PendingSignature,
  Signer,
} from "../certify/certification-rows.js";
import type { SignerWay } from "../certify/signers.js";
import type { Copy } from "../copies/copies.js";
import type { Delivery } from "../deliver/delivery-rows.js";
import { html, type Markup } from "../html.js";
import { people, readable, type Viewer } from "./layout.js";

export interface CertifyView {
  readonly application: number;
  readonly paper: number;
  readonly ways: Readonly<Record<Signer, SignerWay>>;
  /** No signers are set up: the keys are this portal's own, and nobody else believes them. */
  readonly tryingOut: boolean;
  /** In the form's fields before anybody typed. */
  readonly proposed: { readonly date: string; readonly authority: string };
  readonly under: {
    readonly id: string;
    readonly state: CertificationState;
    readonly registerNumber: string;
    readonly book: string;
    readonly pending: PendingSignature | null;
    readonly journal: readonly JournalEntry[];
  } | null;
  readonly copies: readonly { readonly copy: Copy; readonly deliveries: readonly Delivery[] }[];
}

const SIGNERS: Readonly<Record<Signer, string>> = { officer: "công chức", agency: "cơ quan" };
const WAYS: Readonly<Record<Delivery["way"], string>> = {
  mail: "Thư điện tử",
  wallet: "Ví giấy tờ",
  walletRevocation: "Báo thu hồi cho ví",
};
const DELIVERY_STATES: Readonly<Record<Delivery["state"], string>> = {
  queued: "Đang chờ gửi",
  sending: "Đang gửi",
  delivered: "Đã gửi",
  failed: "Không gửi được",
};

const startForm = (
  { application, paper, proposed }: CertifyView,
  viewer: Viewer,
): Markup => html`<h3>Chứng thực bản sao điện tử</h3>
<form class="act" method="post" action="/applications/${application}/papers/${paper}/certification">
<div class="grid"><label>Số chứng thực<input name="registerNumber" required maxlength="40"></label>
<label>Quyển số<input name="book" required maxlength="40" placeholder="01-SCT/BS"></label>
<label>Ngày<input type="date" name="date" required value="${proposed.date}"></label></div>
<div class="grid"><label>Người ký chứng thực<input value="${viewer.fullName}" readonly></label>
<label>Chức vụ<input name="officerPosition" required maxlength="100"></label></div>
<label>Cơ quan chứng thực<input name="authority" required maxlength="200" value="${proposed.authority}"></label>
<div class="row"><button class="approve">Bắt đầu chứng thực</button></div></form>`;

const withKey = (id: string, signer: Signer, way: SignerWay): Markup | null =>
  way === "deferred"
    ? null
    : html`<form class="act" method="post" action="/certifications/${id}/sign"><input type="hidden" name="signer" value="${signer}">
${
  way === "token"
    ? html`<label>Mã PIN của thiết bị ký (không được lưu)<input type="password" name="pin" required maxlength="64" autocomplete="off"></label>`
    : null
}<div class="row"><button class="approve">Ký – ${SIGNERS[signer]}</button></div></form>`;

const elsewhere = (
  id: string,
  signer: Signer,
): Markup => html`<form class="act" method="post" action="/certifications/${id}/digest">
<input type="hidden" name="signer" value="${signer}"><div class="row"><button>Ký ở máy khác: lấy mã băm</button></div></form>`;

const cmsForm = (
  id: string,
): Markup => html`<form class="act" method="post" enctype="multipart/form-data" action="/certifications/${id}/cms">
<label>Tệp chữ ký CMS (DER hoặc base64)<input type="file" name="cms"></label>
<label>… hoặc dán base64<textarea name="text" rows="3" maxlength="90000"></textarea></label>
<div class="row"><button class="approve">Nhận chữ ký</button></div></form>`;

const awaited = (
  id: string,
  pending: PendingSignature,
  viewer: Viewer,
): Markup => html`<p>Đang chờ chữ ký của ${SIGNERS[pending.signer]}
đến ${people(localMinute(pending.untilMs))}. <a href="/certifications/${id}/digest.json">Tải mã băm (JSON)</a></p>
${viewer.role === pending.signer ? cmsForm(id) : null}`;

const cancelForm = (id: string): Markup =>
  html`<form class="act" method="post" action="/certifications/${id}/cancel"><div class="row"><button class="refuse">Hủy lần chứng thực này</button></div></form>`;

/** Each signs for their own role; the officer who certifies may also give up. */
const progress = (view: CertifyView, under: NonNullable<CertifyView["under"]>, viewer: Viewer): Markup => {
  const { id, state, pending } = under;
  const signer: Signer = state === "open" ? "officer" : "agency";
  const way = view.ways[signer];
  return html`<h3>Chứng thực bản sao điện tử</h3><p><b>Số ${under.registerNumber}</b> quyển ${under.book} · ${
    state === "open" ? "chưa ký" : "công chức đã ký, chờ chữ ký của cơ quan"
  }</p>${pending === null ? null : awaited(id, pending, viewer)}${
    viewer.role === signer ? html`${withKey(id, signer, way)}${elsewhere(id, signer)}` : null
  }${viewer.role === "officer" ? cancelForm(id) : null}
<ul class="log">${under.journal.map(
    ({ atMs, entry, what, detail, by }) =>
      html`<li class="sub">${people(localMinute(atMs))} · ${entry === "outcome" ? "→" : what} ${detail} ${by}</li>`,
  )}</ul>`;
};

const deliveryRow = (
  { id, copy, way, state, attempts, detail }: Delivery,
  viewer: Viewer,
): Markup => html`<li>${WAYS[way]}: <b>${DELIVERY_STATES[state]}</b>
<span class="sub">(lần ${attempts}${detail === "" ? "" : `, ${detail}`})</span>${
  state === "failed" && viewer.role === "officer"
    ? html`<form method="post" action="/copies/${copy}/deliveries/${id}"><button>Gửi lại</button></form>`
    : null
}</li>`;

const revocationForm = (copy: Copy): Markup =>
  html`<form class="act" method="post" action="/copies/${copy.id}/revocation"><label>Lý do thu hồi<input name="reason" required maxlength="300"></label>
<div class="row"><button class="refuse">Thu hồi bản sao</button></div></form>`;

const copyView = (
  { copy, deliveries }: CertifyView["copies"][number],
  viewer: Viewer,
): Markup => html`<h3>Bản sao điện tử có chứng thực</h3>
<p><span class="tag ${copy.state === "current" ? "on" : "off"}">${copy.state === "current" ? "Có giá trị" : "Đã thu hồi"}</span>
<b>Số ${copy.statement.registerNumber}</b> quyển ${copy.statement.book}, ${readable(copy.statement.date)} · ${copy.pages} trang ·
<a href="/copies/${copy.id}/pdf">Tệp PDF</a></p>
<ul class="log">${copy.signatures.map(
  ({ role, signer, atMs }) =>
    html`<li>Chữ ký ${role === "officer" ? SIGNERS.officer : SIGNERS.agency}: ${signer}, ${people(localMinute(atMs))}</li>`,
)}${deliveries.map((each) => deliveryRow(each, viewer))}</ul>
${
  copy.state === "revoked"
    ? html`<p class="bad">Đã thu hồi: ${copy.revocationReason ?? ""}</p>`
    : viewer.role === "officer"
      ? revocationForm(copy)
      : null
}`;

export const certifyCard = (view: CertifyView, viewer: Viewer): Markup => {
  const hasCurrent = view.copies.some(({ copy }) => copy.state === "current");
  return html`<div class="certify">${view.copies.map((each) => copyView(each, viewer))}${
    view.under !== null
      ? progress(view, view.under, viewer)
      : hasCurrent || viewer.role !== "officer"
        ? null
        : startForm(view, viewer)
  }${
    view.tryingOut
      ? html`<p class="sub">Khóa ký THỬ NGHIỆM của cổng tham chiếu: bản sao không có giá trị pháp lý.</p>`
      : null
  }</div>`;
};
