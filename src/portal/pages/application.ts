// What does an officer see of one application?
import type { ApplicationContent } from "../../sync/protocol/content.js";
import { localMinute } from "../appointments.js";
import { html, type Markup } from "../html.js";
import { type Action, type Application, actionsOf, type Decision } from "../register.js";
import { type CertifyView, certifyCard } from "./copy.js";
import { type FeeView, feeCard } from "./fee.js";
import { formPairs } from "./filled-form.js";
import { page, pairs, people, tag, type Viewer } from "./layout.js";
import { checkList, type PaperView, paperCard, sortedChecks } from "./paper.js";

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

/** What the citizen's "yes" is worth. */
const confirmedBy = (proven: boolean | null): string => {
  if (proven === true) return "Mã gửi đến số điện thoại trong tờ khai – đã xác thực người nộp giữ số này";
  if (proven === false)
    return "Máy trạm báo mã gửi đến điện thoại, nhưng cổng KHÔNG có bằng chứng – chỉ coi là đồng ý nộp";
  return "Mã trên màn hình – thể hiện sự đồng ý, không xác thực người nộp";
};

const contentCards = (
  content: ApplicationContent,
  { papers, phoneProven, viewer }: ApplicationView,
): Markup => html`
<section class="card"><h2>Người nộp</h2>${pairs([
  ["Mức xác thực", LEVELS[content.identity.level] ?? content.identity.level],
  ["Nguồn", SOURCES[content.identity.source] ?? content.identity.source],
  ...Object.entries(content.identity.citizen).map(
    ([key, value]) => [CARD_FIELDS[key] ?? key, value] as const,
  ),
  ["Xác nhận nộp", confirmedBy(phoneProven)],
  ...(content.identity.evidence.length > 0
    ? [["Kiểm tra", content.identity.evidence.join("; ")] as const]
    : []),
])}</section>
<section class="card"><h2>Tờ khai</h2>${formPairs(content.form)}</section>
${
  content.checks === undefined || content.checks.length === 0
    ? null
    : html`<section class="card"><h2>Đối chiếu giữa các giấy tờ</h2>${checkList(sortedChecks(content.checks))}</section>`
}${papers.map(({ view, certify }) => paperCard(view, certify === null ? null : certifyCard(certify, viewer)))}`;

const fileLink = (application: Application, index: number): Markup =>
  html`<a href="/applications/${application.id}/pages/${index}" target="_blank"><span class="tag">Tệp ${index}</span></a>`;

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
  readonly papers: readonly { readonly view: PaperView; readonly certify: CertifyView | null }[];
  /** The kiosk's signature over the hashes of the documents, checked for this view. */
  readonly sealHolds: boolean;
  readonly decisions: readonly Decision[];
  /** Null: it costs nothing. */
  readonly fee: FeeView | null;
  /** By a code on the phone; null: the citizen confirmed in another way. */
  readonly phoneProven: boolean | null;
  readonly viewer: Viewer;
}

export const applicationPage = (view: ApplicationView): string => {
  const { application, content, sealHolds, decisions } = view;
  return page(
    { title: application.receiptNumber, here: "", viewer: view.viewer },
    html`<h1>${application.procedureTitle}</h1><p class="sub num">${application.receiptNumber} · ${tag(application.state)}</p>
<div class="two"><div>${
      content === undefined
        ? html`<section class="card">Nội dung thuộc phiên bản khác; các tệp: <div class="pages">${application.documents.map(
            ({ index }) => fileLink(application, index),
          )}</div></section>`
        : contentCards(content, view)
    }</div><div><section class="card"><h2>Xử lý</h2>${
      view.viewer.role === "officer"
        ? actionForm(application)
        : html`<p class="sub">Công chức xử lý hồ sơ.</p>`
    }</section>${view.fee === null ? null : feeCard(view.fee, application, view.viewer)}
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
              )}${decision.by === null ? "" : ` · ${decision.by}`}<br>${decision.note}</li>`,
          )}</ul>`
    }</section></div></div>`,
  );
};
