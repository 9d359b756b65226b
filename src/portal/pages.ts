// What does an officer see, and what does a citizen who looks an application up?
import type { ApplicationContent } from "../sync/protocol/content.js";
import { localMinute } from "./appointments.js";
import type { KioskView } from "./fleet.js";
import { html, type Markup, raw } from "./html.js";
import { type Action, type Application, type ApplicationState, actionsOf } from "./register.js";
import { STYLE } from "./style.js";

const STATES: Readonly<Record<ApplicationState, string>> = {
  received: "Đã tiếp nhận",
  inReview: "Đang xử lý",
  approved: "Đã duyệt",
  refused: "Từ chối",
  ready: "Có kết quả",
};
const STATES_EN: Readonly<Record<ApplicationState, string>> = {
  received: "Received",
  inReview: "In review",
  approved: "Approved",
  refused: "Refused",
  ready: "Ready to collect",
};
const ACTION_NAMES: Readonly<Record<Action, string>> = {
  review: "Xem xét",
  approve: "Duyệt hồ sơ",
  refuse: "Từ chối",
  ready: "Báo có kết quả",
  answer: "Đổi lịch hẹn",
};
const LEVELS: Readonly<Record<string, string>> = {
  claimed: "Tự khai (QR hoặc nhập tay) – chưa xác minh",
  chipRead: "Đã đọc chip – chưa kiểm tra chữ ký",
  genuine: "Giấy tờ thật (xác thực thụ động)",
  notCloned: "Giấy tờ thật, chip không sao chép",
  holderPresent: "Đúng người (chip và khuôn mặt)",
};
const SOURCES: Readonly<Record<string, string>> = { qr: "mã QR", chip: "chip", typed: "nhập tay" };

const PAGES = [
  ["/", "Hồ sơ"],
  ["/fleet", "Máy trạm"],
  ["/lookup", "Tra cứu"],
] as const;

const page = (
  title: string,
  here: string,
  body: Markup,
  options: { readonly refreshS?: number; readonly officers: boolean },
): string =>
  html`<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>${title} · Một cửa</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="referrer" content="same-origin">
${options.refreshS === undefined ? null : html`<meta http-equiv="refresh" content="${options.refreshS}">`}
<link rel="icon" href="data:,"><style>${raw(STYLE)}</style></head><body><header><div class="in"><b>Một cửa</b>
${options.officers ? PAGES.map(([path, name]) => html`<a href="${path}" class="${path === here ? "here" : ""}">${name}</a>`) : null}
</div></header><main>${body}</main></body></html>`.text;

/** "2026-11-25T09:30" as people write it. */
const people = (minute: string | null): string => {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}:\d{2})$/.exec(minute ?? "");
  return match === null ? "—" : `${match[4]} ngày ${match[3]}/${match[2]}/${match[1]}`;
};

const tag = (state: ApplicationState): Markup => html`<span class="tag ${state}">${STATES[state]}</span>`;

const listRow = (application: Application): Markup => html`<tr>
<td class="num"><a href="/applications/${application.id}">${application.receiptNumber}</a></td>
<td>${application.procedureTitle}<br><span class="sub">${application.procedureCode}</span></td>
<td class="num wide">${application.kiosk}<br><span class="sub">${application.slipNumber}</span></td>
<td class="num wide">${people(localMinute(application.takenAtMs))}</td>
<td class="num">${people(application.appointment)}</td><td>${tag(application.state)}</td></tr>`;

export interface ListView {
  readonly applications: readonly Application[];
  readonly counts: ReadonlyMap<string, number>;
  readonly brokerUp: boolean;
}

export const listPage = (view: ListView): string =>
  page(
    "Hồ sơ",
    "/",
    html`<h1>Hồ sơ từ các máy trạm</h1><p class="sub">${
      view.brokerUp ? "Đang nhận hồ sơ." : "Mất kết nối với máy chủ tin nhắn: hồ sơ sẽ đến khi nối lại."
    }</p><div class="counts">${Object.entries(STATES).map(
      ([state, name]) =>
        html`<div class="count"><b>${view.counts.get(state) ?? 0}</b><span>${name}</span></div>`,
    )}</div>${
      view.applications.length === 0
        ? html`<div class="card empty">Chưa có hồ sơ nào. Trang tự tải lại khi có hồ sơ mới.</div>`
        : html`<div class="scroll"><table><thead><tr><th>Mã hồ sơ</th><th>Thủ tục</th><th class="wide">Máy · Số phiếu</th>
<th class="wide">Tiếp nhận</th><th>Hẹn trả</th><th>Tình trạng</th></tr></thead><tbody>${view.applications.map(listRow)}</tbody></table></div>`
    }`,
    { refreshS: 10, officers: true },
  );

const CARD_FIELDS: Readonly<Record<string, string>> = {
  number: "Số định danh",
  fullName: "Họ và tên",
  birthDate: "Ngày sinh",
  sex: "Giới tính",
  nationality: "Quốc tịch",
  ethnicity: "Dân tộc",
  religion: "Tôn giáo",
  placeOfOrigin: "Quê quán",
  placeOfResidence: "Nơi thường trú",
  issueDate: "Ngày cấp",
  expiryDate: "Ngày hết hạn",
  fatherName: "Họ tên cha",
  motherName: "Họ tên mẹ",
  spouseName: "Họ tên vợ/chồng",
  oldNumber: "Số CMND cũ",
};

/** Dates are kept as yyyy-MM-dd and read as dd/MM/yyyy. */
const readable = (value: string): string =>
  value === "" ? "—" : value.replace(/^(\d{4})-(\d{2})-(\d{2})$/, "$3/$2/$1");

const pairs = (entries: readonly (readonly [label: string, value: string])[]): Markup =>
  html`<dl>${entries.map(([label, value]) => html`<dt>${label}</dt><dd>${readable(value)}</dd>`)}</dl>`;

const contentCards = (application: Application, content: ApplicationContent): Markup => html`
<section class="card"><h2>Người nộp</h2>${pairs([
  ["Mức xác thực", LEVELS[content.identity.level] ?? content.identity.level],
  ["Nguồn", SOURCES[content.identity.source] ?? content.identity.source],
  ...Object.entries(content.identity.citizen).map(
    ([key, value]) => [CARD_FIELDS[key] ?? key, value] as const,
  ),
  ...(content.identity.evidence.length > 0
    ? [["Kiểm tra", content.identity.evidence.join("; ")] as const]
    : []),
])}</section>
<section class="card"><h2>Tờ khai</h2>${pairs(content.form.map(({ label, value }) => [label.vi, value]))}</section>
${content.papers.map(
  (paper) =>
    html`<section class="card"><h2>${paper.title.vi}</h2>${pairs(
      paper.fields.map(({ label, value }) => [label.vi, value]),
    )}<div class="pages">${paper.documents.map((index) => pageImage(application, index))}</div></section>`,
)}`;

const pageImage = (application: Application, index: number): Markup => {
  const path = `/applications/${application.id}/pages/${index}`;
  const isImage = application.documents[index]?.mediaType.startsWith("image/") === true;
  return html`<a href="${path}" target="_blank">${
    isImage ? html`<img src="${path}" alt="Trang ${index}">` : html`<span class="tag">Tệp ${index}</span>`
  }</a>`;
};

const actionForm = (application: Application): Markup => {
  const actions = actionsOf(application.state);
  if (actions.length === 0) return html`<p class="sub">Không còn thao tác nào.</p>`;
  return html`<form class="act" method="post" action="/applications/${application.id}/decision">
<label>Ghi chú nội bộ<textarea name="note" rows="2" maxlength="2000"></textarea></label>
<label>Lịch hẹn<input type="datetime-local" name="appointment" value="${application.appointment ?? ""}"></label>
<div class="row">${actions.map(
    (action) =>
      html`<button name="action" value="${action}" class="${action}">${ACTION_NAMES[action]}</button>`,
  )}</div></form>`;
};

export interface ApplicationView {
  readonly application: Application;
  /** Undefined when document 0 is of a version that this program can not show. */
  readonly content: ApplicationContent | undefined;
  /** The kiosk's signature over the hashes of the documents, checked for this view. */
  readonly sealHolds: boolean;
  readonly decisions: readonly { readonly atMs: number; readonly action: string; readonly note: string }[];
}

export const applicationPage = ({ application, content, sealHolds, decisions }: ApplicationView): string =>
  page(
    application.receiptNumber,
    "",
    html`<h1>${application.procedureTitle}</h1><p class="sub num">${application.receiptNumber} · ${tag(application.state)}</p>
<div class="two"><div>${
      content === undefined
        ? html`<section class="card">Nội dung thuộc phiên bản khác; các tệp: <div class="pages">${application.documents.map(
            ({ index }) => pageImage(application, index),
          )}</div></section>`
        : contentCards(application, content)
    }</div><div><section class="card"><h2>Xử lý</h2>${actionForm(application)}</section>
<section class="card"><h2>Hồ sơ</h2>${pairs([
      ["Mã hồ sơ", application.receiptNumber],
      ["Số phiếu", application.slipNumber],
      ["Máy trạm", application.kiosk],
      ["Tiếp nhận", people(localMinute(application.takenAtMs))],
      ["Hẹn trả", people(application.appointment)],
      ["Chữ ký của máy", sealHolds ? "Hợp lệ" : "KHÔNG HỢP LỆ – không dùng hồ sơ này"],
      ["Máy trạm đã biết", application.seenRevision >= application.revision ? "Rồi" : "Chưa"],
    ])}</section><section class="card"><h2>Diễn biến</h2>${
      decisions.length === 0
        ? html`<p class="sub">Chưa có.</p>`
        : html`<ul class="log">${decisions.map(
            (decision) =>
              html`<li><b>${ACTION_NAMES[decision.action as Action] ?? decision.action}</b> · ${people(
                localMinute(decision.atMs),
              )}<br>${decision.note}</li>`,
          )}</ul>`
    }</section></div></div>`,
    { officers: true },
  );

const READINGS: Readonly<Record<string, string>> = { paper: "Giấy", door: "Cửa", temperature: "Nhiệt độ" };

const ago = (ms: number | null): string => {
  if (ms === null) return "—";
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return `${minutes} phút`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} giờ` : `${Math.round(minutes / 1440)} ngày`;
};

const kioskRow = ({
  kiosk,
  state,
  telemetry,
}: KioskView): Markup => html`<tr><td class="num"><b>${kiosk}</b></td>
<td><span class="tag ${state?.online === true ? "on" : "off"}">${
  state === null ? "Chưa thấy" : state.online ? "Đang chạy" : "Mất liên lạc"
}</span></td><td class="num">${telemetry?.queue.queued ?? "—"}</td><td class="num">${
  telemetry === null ? "—" : ago(telemetry.queue.oldestAgeMs)
}</td><td class="num wide">${telemetry?.queue.quarantined ?? "—"}</td><td class="wide">${
  telemetry === null
    ? "—"
    : Object.entries(telemetry.readings)
        .map(([name, value]) => `${READINGS[name] ?? name}: ${value ?? "?"}`)
        .join(" · ")
}</td><td class="num wide">${state?.version ?? "—"}</td></tr>`;

export const fleetPage = (kiosks: readonly KioskView[]): string =>
  page(
    "Máy trạm",
    "/fleet",
    html`<h1>Máy trạm</h1><p class="sub">Tình trạng, hàng đợi và cảm biến của từng máy.</p>${
      kiosks.length === 0
        ? html`<div class="card empty">Chưa có máy nào được ghi danh.</div>`
        : html`<div class="scroll"><table><thead><tr><th>Máy</th><th>Tình trạng</th><th>Hàng đợi</th><th>Chờ lâu nhất</th>
<th class="wide">Tạm giữ</th><th class="wide">Cảm biến</th><th class="wide">Phiên bản</th></tr></thead><tbody>${kiosks.map(kioskRow)}</tbody></table></div>`
    }`,
    { refreshS: 10, officers: true },
  );

/** The public page: state and appointment, nothing else. */
export const lookupPage = (code: string, application: Application | undefined): string =>
  page(
    "Tra cứu",
    "/lookup",
    html`<h1>Tra cứu hồ sơ</h1><p class="sub">Nhập mã trên phiếu hẹn · Enter the code on your slip</p>
<section class="card"><form class="act" method="get" action="/lookup"><label>Mã tra cứu · Code
<input name="code" value="${code}" autocomplete="off" autocapitalize="characters" maxlength="64" autofocus></label>
<div class="row"><button class="go">Tra cứu · Look up</button></div></form></section>${
      code === ""
        ? null
        : application === undefined
          ? html`<section class="card"><b>Không tìm thấy hồ sơ với mã này.</b><br>Hồ sơ nộp lúc máy mất mạng sẽ đến sau; xin thử lại. ·
No application has this code. If the kiosk was off-line, please try again later.</section>`
          : html`<section class="card"><p class="big">${STATES[application.state]}</p><p class="sub">${
              STATES_EN[application.state]
            }</p>${pairs([["Lịch hẹn · Appointment", people(application.appointment)]])}</section>`
    }`,
    { officers: false },
  );

export const notFoundPage = (what: string): string =>
  page("Không có", "", html`<h1>${what}</h1><p class="sub"><a href="/">Về danh sách</a></p>`, {
    officers: true,
  });
