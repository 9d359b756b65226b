// What does ops see of one kiosk, and what can it be told to do?
import type { Bilingual } from "../../core/faults.js";
import { PART_NAMES } from "../../core/part-names.js";
import type { TelemetryMessage } from "../../sync/protocol/messages.js";
import type { UpdateMessage } from "../../sync/protocol/update.js";
import type { KioskView } from "../fleet.js";
import { html, type Markup } from "../html.js";
import type { OrderEvent, OrderRow } from "../orders/order-rows.js";
import { page, type Viewer } from "./layout.js";

/** What can be chosen; "outOfService" is two choices. */
export const COMMANDS = [
  { value: "selfTest", vi: "Tự kiểm tra" },
  { value: "restartDevice", vi: "Mở lại một thiết bị" },
  { value: "releaseQuarantined", vi: "Gửi lại hồ sơ tạm giữ" },
  { value: "outOfService:on", vi: "Tạm ngừng phục vụ" },
  { value: "outOfService:off", vi: "Phục vụ trở lại" },
  { value: "restartRuntime", vi: "Khởi động lại chương trình" },
] as const;

const deviceName = (device: string): string =>
  (PART_NAMES as Readonly<Record<string, Bilingual>>)[device]?.vi ?? device;

const STAGES: Readonly<Record<OrderRow["stage"], string>> = {
  sent: "Đã gửi, máy chưa trả lời",
  received: "Máy đã nhận, chờ lúc vắng",
  started: "Đang làm",
  done: "Xong",
  failed: "Không được",
  refused: "Máy từ chối",
};

const WHY: Readonly<Record<string, string>> = {
  expired: "hết hạn trước khi máy rảnh",
  stale: "cũ hơn lệnh đã làm",
  otherKiosk: "không phải cho máy này",
  clockSuspect: "đồng hồ của máy chưa đúng",
  unknownCommand: "máy không biết lệnh này",
};

export interface KioskPageView extends KioskView {
  readonly orders: readonly (OrderRow & { readonly events: readonly OrderEvent[] })[];
  /** Measured while nobody could hear it, newest first. */
  readonly past: readonly TelemetryMessage[];
  readonly nowMs: number;
  readonly viewer: Viewer;
}

const percent = (value: number): string => `${Math.round(value * 100)} %`;
const duration = (seconds: number): string => {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return `${Math.round(seconds)} giây`;
  return minutes < 60 ? `${minutes} phút` : `${Math.floor(minutes / 60)} giờ ${minutes % 60} phút`;
};

const UPDATE_STEPS: Readonly<Record<UpdateMessage["step"], string>> = {
  none: "chưa có bản mới",
  offered: "đã nhận tin có bản mới",
  fetching: "đang tải",
  staged: "đang kiểm tra bản đã tải",
  waiting: "đã tải xong, chờ giờ cập nhật",
  installing: "đang cài",
  rebooting: "đang khởi động lại",
  proving: "đang thử bản mới",
  good: "đã cập nhật",
  fellBack: "đã quay về bản cũ",
  refused: "không nhận bản này",
  withdrawn: "cổng đã thu hồi bản này",
};

const updateWords = ({ runs, step, build, version, fraction, reason }: UpdateMessage): string =>
  [
    `bản đang chạy ${runs}`,
    ...(build === null
      ? [UPDATE_STEPS[step]]
      : [`bản ${build}${version === null ? "" : ` (${version})`} ${UPDATE_STEPS[step]}`]),
    ...(fraction === null ? [] : [percent(fraction)]),
    ...(reason === null ? [] : [reason]),
  ].join(" · ");

const FIGURES: Readonly<Record<string, readonly [name: string, shown: (value: number) => string]>> = {
  temperatureCelsius: ["Nhiệt độ", (value) => `${value} °C`],
  humidityPercent: ["Độ ẩm", (value) => `${value} %`],
  mains: ["Điện lưới", (value) => (value === 1 ? "có" : "mất")],
  batteryFraction: ["Pin", percent],
  doorOpen: ["Cửa", (value) => (value === 1 ? "mở" : "đóng")],
  diskUsedFraction: ["Ổ đĩa đã dùng", percent],
  visits: ["Lượt phục vụ từ khi khởi động", String],
  uptimeSeconds: ["Chạy được", duration],
  linkLosses: ["Mất kết nối từ khi khởi động", (value) => `${value} lần`],
};

const figure = (name: string, value: number | null): Markup => {
  const [label, shown] = FIGURES[name] ?? [name, String];
  return html`<dt>${label}</dt><dd>${value === null ? "không đo được" : shown(value)}</dd>`;
};

const SHOWN_PAST = 48;

const when = (ms: number): string =>
  new Date(ms).toLocaleString("vi-VN", { timeZone: "Asia/Ho_Chi_Minh", hour12: false });

const nameOf = ({ command }: OrderRow): string => {
  const value = command.name === "outOfService" ? `outOfService:${command.on ? "on" : "off"}` : command.name;
  const name = COMMANDS.find((each) => each.value === value)?.vi ?? value;
  return "device" in command && command.device !== undefined
    ? `${name}: ${deviceName(command.device)}`
    : name;
};

const stageOf = ({ stage, detail, expiresAtMs }: OrderRow, nowMs: number): string => {
  if (stage === "sent" && nowMs >= expiresAtMs) return "Hết hạn, máy không trả lời";
  return detail === null ? STAGES[stage] : `${STAGES[stage]}: ${WHY[detail] ?? detail}`;
};

const orderRow = (order: KioskPageView["orders"][number], nowMs: number): Markup =>
  html`<tr><td class="num">${order.sequence}</td><td>${nameOf(order)}</td><td>${order.askedBy}</td>
<td class="num">${when(order.issuedAtMs)}</td><td class="num wide">${when(order.expiresAtMs)}</td><td>${stageOf(order, nowMs)}</td>
<td class="wide">${order.events.map(({ atMs, stage }) => html`${when(atMs)} ${STAGES[stage]}<br>`)}</td></tr>`;

const form = (
  kiosk: string,
): Markup => html`<form class="card" method="post" action="/fleet/${kiosk}/commands">
<h2>Ra lệnh</h2><p class="sub">Máy làm lệnh khi không có người dân đang dùng; mỗi lệnh được ký, có hạn và được ghi sổ.</p>
<p><label>Lệnh <select name="command">${COMMANDS.map(({ value, vi }) => html`<option value="${value}">${vi}</option>`)}</select></label></p>
<p><label>Thiết bị (cho tự kiểm tra hoặc mở lại) <select name="device"><option value="">—</option>${Object.entries(PART_NAMES).map(([device, { vi }]) => html`<option value="${device}">${vi}</option>`)}</select></label></p>
<p><label>Hạn (phút) <input name="minutes" type="number" min="1" max="1440" value="60" required></label></p>
<p><button>Gửi lệnh</button></p></form>`;

const nowCard = ({ telemetry, devices, heardAtMs, update }: KioskPageView): Markup =>
  html`<div class="card"><h2>Hiện nay</h2><dl>${Object.entries(telemetry?.figures ?? {}).map(
    ([name, value]) => figure(name, value),
  )}${Object.entries(devices).map(
    ([device, { fault, code, sinceMs }]) =>
      html`<dt>${deviceName(device)}</dt><dd>${fault === null ? "tốt" : `${fault} (${code}) từ ${when(sinceMs)}`}</dd>`,
  )}${update === null ? null : html`<dt>Cập nhật</dt><dd>${updateWords(update)}</dd>`}</dl><p class="sub">${heardAtMs === null ? "Chưa có số đo" : `Số đo lúc ${when(heardAtMs)}`}</p></div>`;

const pastTable = (past: KioskPageView["past"]): Markup | null =>
  past.length === 0
    ? null
    : html`<h2>Khi mất liên lạc</h2><div class="scroll"><table><thead><tr><th>Lúc</th><th>Hàng đợi</th><th>Nhiệt độ</th><th>Cửa</th>
<th>Thiết bị</th></tr></thead><tbody>${past.slice(0, SHOWN_PAST).map(
        ({ atMs, queue, figures, readings }) =>
          html`<tr><td class="num">${when(atMs)}</td><td class="num">${queue.queued}</td><td class="num">${figures?.["temperatureCelsius"] ?? "—"}</td>
<td>${figures?.["doorOpen"] === 1 ? "mở" : "đóng"}</td><td>${
            Object.entries(readings)
              .filter(([, state]) => state !== "ready")
              .map(([device, state]) => `${deviceName(device)}: ${state}`)
              .join(" · ") || "tốt"
          }</td></tr>`,
      )}</tbody></table></div>`;

export const kioskPage = (view: KioskPageView): string => {
  const { kiosk, state, orders, past, nowMs } = view;
  return page(
    { title: kiosk, here: "/fleet", viewer: view.viewer },
    html`<h1>${kiosk}</h1><p class="sub">${
      state === null ? "Chưa thấy" : state.online ? "Đang chạy" : "Mất liên lạc"
    } · ${state?.version ?? "—"} · <a href="/fleet/${kiosk}">Tải lại</a></p>${nowCard(view)}${form(kiosk)}<h2>Lệnh đã ra</h2>${
      orders.length === 0
        ? html`<div class="card empty">Chưa có lệnh nào.</div>`
        : html`<div class="scroll"><table><thead><tr><th>Số</th><th>Lệnh</th><th>Người ra lệnh</th><th>Lúc</th><th class="wide">Hạn</th><th>Kết quả</th>
<th class="wide">Sổ</th></tr></thead><tbody>${orders.map((order) => orderRow(order, nowMs))}</tbody></table></div>`
    }${pastTable(past)}`,
  );
};
