// What do the people of the office see of a month's work: how many, how soon, how content?
import { html, type Markup } from "../html.js";
import { FEWEST_SHOWN } from "../opinion-sums.js";
import { type Faces, facesCount, meanOfFaces } from "../ratings.js";
import type { FeeDay, Figures, Period, PortalStatistics } from "../statistics.js";
import { titleOf } from "../statistics-csv.js";
import { money, page, readable, type Viewer } from "./layout.js";

export interface StatisticsView extends PortalStatistics {
  readonly viewer: Viewer;
  /** yyyy-MM-dd. */
  readonly today: string;
}

const number = (value: number, digits = 0): string =>
  value.toLocaleString("vi-VN", { minimumFractionDigits: digits, maximumFractionDigits: digits });

const decimal = (value: number | null): string => (value === null ? "—" : number(value, 1));

const FACE_COLOURS = ["#b01a1a", "#c9682b", "#b9b3a5", "#6ba37f", "#17703c"];
const FACE_NAMES = ["Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng"];
const BAR = { width: 150, height: 14 };

/** From discontent to content; told in words to who does not see it. */
const faceBar = (faces: Faces): Markup => {
  const all = facesCount(faces);
  if (all === 0) return html`<span class="sub">—</span>`;
  let left = 0;
  const parts = faces.map((count, place) => {
    const width = (BAR.width * count) / all;
    const part = html`<rect x="${left.toFixed(2)}" y="0" width="${width.toFixed(2)}" height="${BAR.height}" style="fill:${FACE_COLOURS[place]};stroke:none"/>`;
    left += width;
    return part;
  });
  const words = faces.map((count, place) => `${FACE_NAMES[place]}: ${count}`).join(", ");
  return html`<svg role="img" aria-label="${words}" width="${BAR.width}" height="${BAR.height}"><title>${words}</title>${parts}</svg>
<span class="num">${decimal(meanOfFaces(faces))} / 5 <span class="sub">(${number(all)})</span></span>`;
};

/** Of those with an answer. */
const onTime = ({ ready, refused, late }: Figures): string => {
  const answered = ready + refused;
  return answered === 0 ? "—" : `${number((100 * (answered - late)) / answered)} %`;
};

const figureCells = (figures: Figures): Markup => html`<td class="num">${number(figures.taken)}</td>
<td class="num">${number(figures.open)}${
  figures.overdue === 0 ? null : html`<br><span class="bad">${number(figures.overdue)} quá hẹn</span>`
}</td><td class="num">${number(figures.ready)}</td><td class="num">${number(figures.refused)}</td>
<td class="num">${onTime(figures)}</td><td class="num">${decimal(figures.medianDays)}</td><td>${faceBar(figures.faces)}</td>`;

const HEADS = html`<th>Tiếp nhận</th><th>Chưa xong</th><th>Có kết quả</th><th>Từ chối</th><th>Đúng hẹn</th><th>Số ngày (trung vị)</th><th>Hài lòng sau lượt</th>`;

const table = (first: string, rows: readonly (readonly [Markup, Figures])[]): Markup =>
  html`<div class="scroll"><table><thead><tr><th>${first}</th>${HEADS}</tr></thead><tbody>${rows.map(
    ([name, figures]) => html`<tr><td>${name}</td>${figureCells(figures)}</tr>`,
  )}</tbody></table></div>`;

/** After the result, beside the faces of after the visit. */
const resultsCard = ({ results, procedures }: PortalStatistics): Markup =>
  html`<h2 style="margin-top:24px">Hài lòng sau khi có kết quả</h2><p class="sub">Ý kiến không ghi tên, tính theo cả tháng, từ ${results.months.from.split("-").reverse().join("/")} đến ${results.months.to.split("-").reverse().join("/")}. Dưới ${FEWEST_SHOWN} ý kiến thì không hiện riêng.</p>
<div class="scroll"><table><thead><tr><th>Thủ tục</th><th>Hài lòng</th></tr></thead><tbody><tr><td><b>Tất cả</b></td><td>${faceBar(results.all)}</td></tr>${results.procedures.map(
    ({ code, faces }) => html`<tr><td>${titleOf(procedures, code)}</td><td>${faceBar(faces)}</td></tr>`,
  )}${
    facesCount(results.others) === 0
      ? null
      : html`<tr><td>Các thủ tục ít ý kiến</td><td>${faceBar(results.others)}</td></tr>`
  }</tbody></table></div>`;

const count = (value: string, name: string): Markup =>
  html`<div class="count"><b>${value}</b><span>${name}</span></div>`;

const sum = (days: readonly FeeDay[], of: (day: FeeDay) => number): number =>
  days.reduce((total, day) => total + of(day), 0);

const feeCells = (transfers: number, transferredVnd: number, atDesk: number, atDeskVnd: number): Markup =>
  html`<td class="num">${number(transfers)}</td><td class="num">${money(transferredVnd)}</td>
<td class="num">${number(atDesk)}</td><td class="num">${money(atDeskVnd)}</td><td class="num">${money(transferredVnd + atDeskVnd)}</td>`;

const feeTable = (days: readonly FeeDay[]): Markup =>
  html`<div class="scroll"><table><thead><tr><th>Ngày</th><th>Chuyển khoản</th><th>Số tiền</th><th>Tại quầy</th><th>Số tiền</th><th>Cộng</th></tr></thead>
<tbody>${days.map(
    (day) =>
      html`<tr><td class="num">${readable(day.day)}</td>${feeCells(day.transfers, day.transferredVnd, day.atDesk, day.atDeskVnd)}</tr>`,
  )}<tr><td><b>Cộng</b></td>${feeCells(
    sum(days, ({ transfers }) => transfers),
    sum(days, ({ transferredVnd }) => transferredVnd),
    sum(days, ({ atDesk }) => atDesk),
    sum(days, ({ atDeskVnd }) => atDeskVnd),
  )}</tr></tbody></table></div>`;

const monthBefore = (today: string): Period => {
  const last = new Date(Date.parse(`${today.slice(0, 8)}01T00:00:00Z`) - 1).toISOString().slice(0, 10);
  return { from: `${last.slice(0, 8)}01`, to: last };
};

const linkTo = (path: string, { from, to }: Period): string => `${path}?from=${from}&to=${to}`;

const periodForm = ({ period, today }: StatisticsView): Markup =>
  html`<section class="card"><form class="act" method="get" action="/statistics"><div class="grid">
<label>Từ ngày<input type="date" name="from" value="${period.from}"></label>
<label>Đến hết ngày<input type="date" name="to" value="${period.to}"></label></div>
<div class="row"><button class="go">Xem</button><a class="button" href="/statistics">Tháng này</a>
<a class="button" href="${linkTo("/statistics", monthBefore(today))}">Tháng trước</a>
<a class="button" href="${linkTo("/statistics", { from: `${today.slice(0, 4)}-01-01`, to: today })}">Năm nay</a>
<a class="button" href="${linkTo("/statistics.csv", period)}">Tải bảng tính (CSV)</a></div></form></section>`;

export const statisticsPage = (view: StatisticsView): string => {
  const { all, procedures, kiosks, fees, period, viewer } = view;
  return page(
    { title: "Thống kê", here: "/statistics", viewer },
    html`<h1>Thống kê</h1><p class="sub">Hồ sơ tiếp nhận từ ${readable(period.from)} đến hết ${readable(period.to)}</p>
${periodForm(view)}<div class="counts">${count(number(all.taken), "Tiếp nhận")}${count(number(all.open), "Chưa xong")}${count(
      number(all.overdue),
      "Quá hẹn",
    )}${count(onTime(all), "Đúng hẹn")}${count(decimal(meanOfFaces(all.faces)), "Hài lòng sau lượt, trên 5")}${count(
      decimal(meanOfFaces(view.results.all)),
      "Hài lòng sau kết quả, trên 5",
    )}</div>
${
  procedures.length === 0
    ? html`<div class="card empty">Không có hồ sơ nào trong thời gian này.</div>`
    : html`<h2>Theo thủ tục</h2>${table(
        "Thủ tục",
        procedures.map((each) => [
          html`${each.title}${each.title === each.code ? null : html`<br><span class="sub">${each.code}</span>`}`,
          each,
        ]),
      )}<h2 style="margin-top:24px">Theo máy</h2>${table(
        "Máy",
        kiosks.map((each) => [html`<b>${each.kiosk}</b>`, each]),
      )}`
}${
  fees.length === 0
    ? null
    : html`<h2 style="margin-top:24px">Lệ phí theo ngày</h2>${feeTable(fees)}<p class="row" style="margin-top:12px"><a class="button" href="${linkTo("/statistics/fees.csv", period)}">Tải bảng lệ phí (CSV)</a></p>`
}${resultsCard(view)}`,
  );
};
