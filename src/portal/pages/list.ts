// What does an officer see first: which applications are there?
import { localMinute } from "../appointments.js";
import type { Fee } from "../fees/fee-rows.js";
import { html, type Markup } from "../html.js";
import type { Application } from "../register.js";
import { feeTag } from "./fee.js";
import { page, people, STATES, tag, type Viewer } from "./layout.js";

const listRow = (application: Application, fee: Fee | undefined): Markup => html`<tr>
<td class="num"><a href="/applications/${application.id}">${application.receiptNumber}</a></td>
<td>${application.procedureTitle}<br><span class="sub">${application.procedureCode}</span></td>
<td class="num wide">${application.kiosk}<br><span class="sub">${application.slipNumber}</span></td>
<td class="num wide">${people(localMinute(application.takenAtMs))}</td>
<td class="num">${people(application.appointment)}</td><td>${fee === undefined ? "—" : feeTag(fee)}</td><td>${tag(application.state)}</td></tr>`;

export interface ListView {
  readonly applications: readonly Application[];
  /** By "kiosk/submission". */
  readonly fees: ReadonlyMap<string, Fee>;
  readonly counts: ReadonlyMap<string, number>;
  readonly brokerUp: boolean;
  /** Which hundred, from 0; only the first reloads itself. */
  readonly page: number;
  readonly viewer: Viewer;
}

export const listPage = (view: ListView): string =>
  page(
    { title: "Hồ sơ", here: "/", viewer: view.viewer, ...(view.page === 0 && { refreshS: 10 }) },
    html`<h1>Hồ sơ từ các máy trạm</h1><p class="sub">${
      view.brokerUp ? "Đang nhận hồ sơ." : "Mất kết nối với máy chủ tin nhắn: hồ sơ sẽ đến khi nối lại."
    }</p><div class="counts">${Object.entries(STATES).map(
      ([state, name]) =>
        html`<div class="count"><b>${view.counts.get(state) ?? 0}</b><span>${name}</span></div>`,
    )}</div>${
      view.applications.length === 0
        ? html`<div class="card empty">Chưa có hồ sơ nào. Trang tự tải lại khi có hồ sơ mới.</div>`
        : html`<div class="scroll"><table><thead><tr><th>Mã hồ sơ</th><th>Thủ tục</th><th class="wide">Máy · Số phiếu</th>
<th class="wide">Tiếp nhận</th><th>Hẹn trả</th><th>Lệ phí</th><th>Tình trạng</th></tr></thead><tbody>${view.applications.map(
            (each) => listRow(each, view.fees.get(`${each.kiosk}/${each.submission}`)),
          )}</tbody></table></div>`
    }`,
  );

export const notFoundPage = (what: string, viewer: Viewer): string =>
  page(
    { title: "Không có", here: "", viewer },
    html`<h1>${what}</h1><p class="sub"><a href="/">Về danh sách</a></p>`,
  );
