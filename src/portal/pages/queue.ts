// What does an officer see of those who wait, and how is the next one called?
import { html, type Markup } from "../html.js";
import type { Counter, Named, Service, Ticket } from "../queue/queue-rows.js";
import { page, type Viewer } from "./layout.js";

export interface QueueView {
  readonly viewer: Viewer;
  readonly place: string;
  readonly places: readonly string[];
  readonly services: readonly Service[];
  readonly groups: readonly Named[];
  readonly counters: readonly Counter[];
  /** In the order in which they are called. */
  readonly waiting: readonly Ticket[];
  readonly called: readonly Ticket[];
  readonly absent: readonly Ticket[];
  /** Labels that two kiosks gave today. */
  readonly twice: readonly string[];
  readonly nowMs: number;
  readonly revision: number;
}

const SHOWN_WAITING = 30;
const MINUTE_MS = 60_000;

const nameIn = (list: readonly Named[], id: string | null): string =>
  list.find((each) => each.id === id)?.vi ?? id ?? "";

const minutesSince = (atMs: number, nowMs: number): string =>
  `${Math.max(0, Math.floor((nowMs - atMs) / MINUTE_MS))} phút`;

const hidden = (fields: Readonly<Record<string, string | number>>): Markup =>
  html`${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}`;

const act = (
  path: string,
  label: string,
  look: string,
  fields: Readonly<Record<string, string | number>>,
): Markup =>
  html`<form method="post" action="/queue/${path}">${hidden(fields)}<button class="${look}">${label}</button></form>`;

const placePicker = ({ places, place }: QueueView): Markup | null =>
  places.length < 2
    ? null
    : html`<p class="row">${places.map(
        (each) =>
          html`<a class="button ${each === place ? "go" : ""}" href="/queue?place=${each}">${each}</a>`,
      )}</p>`;

const counterForm = ({ place, services }: QueueView, held: Counter | undefined): Markup =>
  html`<section class="card"><h2>${held === undefined ? "Mở quầy" : "Quầy của tôi"}</h2>
<form class="act" method="post" action="/queue/counter">${hidden({ place })}
<label>Số quầy<input name="counter" value="${held?.counter ?? ""}" pattern="[0-9A-Z]{1,3}" maxlength="3" required autocomplete="off"></label>
<fieldset class="row"><legend>Nhận các việc</legend>${services.map(
    ({ id, vi }) =>
      html`<label class="row"><input type="checkbox" name="services" value="${id}"${
        held === undefined || held.services.includes(id) ? html` checked` : null
      } style="width:auto"> ${vi}</label>`,
  )}</fieldset><div class="row"><button class="go">${held === undefined ? "Mở quầy" : "Đổi"}</button></div></form>
${held === undefined ? null : html`<div style="margin-top:12px">${act("close", "Đóng quầy", "refuse", { place })}</div>`}</section>`;

const ticketCard = (view: QueueView, held: Counter): Markup => {
  const { place, called, services, groups, nowMs, waiting } = view;
  const there = called.find(({ counter }) => counter === held.counter);
  const at = { place, counter: held.counter, current: there?.id ?? 0 };
  const mine = waiting.filter(({ service }) => held.services.includes(service)).length;
  return html`<section class="card"><h2>Quầy ${held.counter}</h2>${
    there === undefined
      ? html`<p class="big">—</p><p class="sub">Chưa gọi ai</p>`
      : html`<p class="big" id="current">${there.label}</p><p class="sub">${nameIn(services, there.service)}${
          there.group === null ? null : html` · <b>Ưu tiên: ${nameIn(groups, there.group)}</b>`
        } · gọi ${there.calls} lần, lần cuối ${minutesSince(there.calledAtMs ?? nowMs, nowMs)} trước</p>`
  }<div class="row">${act("call", `Gọi số tiếp theo (${mine})`, "go", at)}${
    there === undefined
      ? null
      : html`${act("again", "Gọi lại", "", at)}${act("served", "Xong", "", at)}${act("absent", "Vắng mặt", "refuse", at)}`
  }</div>${
    there === undefined || services.length < 2
      ? null
      : html`<form class="row" method="post" action="/queue/transfer" style="margin-top:14px;align-items:end">${hidden(at)}
<label>Chuyển sang việc khác<select name="service">${services
          .filter(({ id }) => id !== there.service)
          .map(({ id, vi }) => html`<option value="${id}">${vi}</option>`)}</select></label>
<button>Chuyển</button></form>`
  }</section>`;
};

const waitingTable = ({ waiting, services, groups, nowMs }: QueueView): Markup =>
  waiting.length === 0
    ? html`<div class="card empty">Không có ai đang chờ.</div>`
    : html`<div class="scroll"><table><thead><tr><th>Thứ tự gọi</th><th>Số</th><th>Việc</th><th>Ưu tiên</th><th>Chờ được</th></tr></thead><tbody>${waiting
        .slice(0, SHOWN_WAITING)
        .map(
          (
            { label, service, group, takenAtMs },
            place,
          ) => html`<tr><td class="num">${place + 1}</td><td><b>${label}</b></td>
<td>${nameIn(services, service)}</td><td>${group === null ? "—" : nameIn(groups, group)}</td><td class="num">${minutesSince(takenAtMs, nowMs)}</td></tr>`,
        )}</tbody></table></div>${
        waiting.length > SHOWN_WAITING
          ? html`<p class="sub">… và ${waiting.length - SHOWN_WAITING} người nữa</p>`
          : null
      }`;

const countersTable = ({ counters, called, services }: QueueView): Markup | null =>
  counters.length === 0
    ? null
    : html`<h2 style="margin-top:24px">Các quầy đang mở</h2><div class="scroll"><table><thead><tr><th>Quầy</th><th>Đang gọi</th><th>Nhận việc</th></tr></thead><tbody>${counters.map(
        (each) =>
          html`<tr><td><b>${each.counter}</b></td><td>${
            called.find(({ counter }) => counter === each.counter)?.label ?? "—"
          }</td><td>${each.services.map((id) => nameIn(services, id)).join(", ")}</td></tr>`,
      )}</tbody></table></div>`;

const absentList = ({ place, absent }: QueueView): Markup | null =>
  absent.length === 0
    ? null
    : html`<h2 style="margin-top:24px">Vắng mặt khi gọi</h2><p class="row">${absent.map(({ id, label }) =>
        act("rejoin", `${label}: trở lại hàng`, "", { place, ticket: id }),
      )}</p>`;

export const queuePage = (view: QueueView): string => {
  const { viewer, counters, place, services, twice, waiting, revision } = view;
  const held = counters.find(({ account }) => account === viewer.name);
  return page(
    {
      title: "Hàng chờ",
      here: "/queue",
      viewer,
      script: "/queue/queue.js",
    },
    html`<h1 data-place="${place}" data-revision="${revision}">Hàng chờ</h1><p id="changed" class="card bad" role="status" hidden>Hàng chờ vừa thay đổi.</p><p class="sub">${waiting.length} người đang chờ${place === "" ? "" : ` tại ${place}`} · <a href="/board?place=${place}">Bảng gọi số</a></p>
${placePicker(view)}${
  twice.length === 0
    ? null
    : html`<p class="card bad">Hai máy cùng phát số ${twice.slice(0, 5).join(", ")}: hãy đặt chữ đầu khác nhau cho mỗi máy ([queue] prefix).</p>`
}${
  services.length === 0
    ? html`<div class="card empty">Chưa có máy nào báo số thứ tự.</div>`
    : html`<div class="two"><div>${held === undefined ? null : ticketCard(view, held)}<h2>Đang chờ, theo thứ tự gọi</h2>
${waitingTable(view)}${absentList(view)}</div><div>${counterForm(view, held)}${countersTable(view)}</div></div>`
}`,
  );
};
