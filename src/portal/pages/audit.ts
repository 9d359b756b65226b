// What does the administrator see of who looked at what, and did what?
import type { ChainVerdict } from "../../store/chain.js";
import type { AuditFilter, AuditRow } from "../access/audit.js";
import { html, type Markup } from "../html.js";
import { page, type Viewer } from "./layout.js";

export interface AuditView {
  readonly viewer: Viewer;
  readonly filter: AuditFilter;
  /** From 0. */
  readonly page: number;
  readonly rows: readonly AuditRow[];
  readonly more: boolean;
  /** Null: the chain was not walked for this page. */
  readonly verdict: ChainVerdict | null;
  readonly headHash: string;
}

const when = (ms: number): string =>
  new Date(ms).toLocaleString("vi-VN", { timeZone: "Asia/Ho_Chi_Minh", hour12: false });

const auditRow = (
  row: AuditRow,
): Markup => html`<tr><td class="num">${row.id}</td><td class="num">${when(row.atMs)}</td>
<td>${row.who}<br><span class="sub">${row.role}</span></td><td class="num wide">${row.address}</td><td>${row.act}</td>
<td class="num">${row.application ?? "—"}</td><td class="wide hash">${row.subject}<br>${row.detail}</td></tr>`;

const verdictCard = (verdict: ChainVerdict): Markup =>
  html`<section class="card">${
    verdict.ok
      ? html`<b class="good">Sổ ${verdict.rows} dòng còn nguyên vẹn. · All ${verdict.rows} rows hold.</b>`
      : html`<b class="bad">Sổ bị sửa ở dòng ${verdict.brokenAt}. · Broken at row ${verdict.brokenAt}: ${verdict.reason}.</b>`
  }</section>`;

const link = ({ filter }: AuditView, more: string): string =>
  `/audit?${new URLSearchParams({
    who: filter.who ?? "",
    application: String(filter.application ?? ""),
  }).toString()}&${more}`;

export const auditPage = (view: AuditView): string => {
  const { viewer, filter, rows, verdict, headHash, more } = view;
  return page(
    { title: "Nhật ký truy cập", here: "/audit", viewer },
    html`<h1>Nhật ký truy cập</h1><p class="sub">Ai đã xem và làm gì · Who looked at what, and did what</p>
${verdict === null ? null : verdictCard(verdict)}
<section class="card"><form class="act" method="get" action="/audit"><div class="grid">
<label>Người · Who<input name="who" value="${filter.who ?? ""}" maxlength="60" autocomplete="off"></label>
<label>Số hồ sơ trong hệ thống · Application<input name="application" inputmode="numeric" value="${filter.application ?? ""}" maxlength="12" autocomplete="off"></label></div>
<div class="row"><button class="go">Lọc · Filter</button><button name="verify" value="1">Kiểm tra chuỗi · Verify</button></div></form>
<p class="sub num hash">Mã đầu chuỗi · Head of the chain: ${headHash}</p></section>
${
  rows.length === 0
    ? html`<div class="card empty">Không có dòng nào. · No rows.</div>`
    : html`<div class="scroll"><table><thead><tr><th>Số</th><th>Lúc · When</th><th>Người · Who</th><th class="wide">Địa chỉ · Address</th><th>Việc · Act</th>
<th>Hồ sơ · Application</th><th class="wide">Chi tiết · Detail</th></tr></thead><tbody>${rows.map(auditRow)}</tbody></table></div>`
}<p class="row">${view.page > 0 ? html`<a href="${link(view, `page=${view.page - 1}`)}">Mới hơn · Newer</a>` : null}
${more ? html`<a href="${link(view, `page=${view.page + 1}`)}">Cũ hơn · Older</a>` : null}</p>`,
  );
};
