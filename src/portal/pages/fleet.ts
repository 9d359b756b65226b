// What does ops see of the kiosks at the portal?
import type { KioskView } from "../fleet.js";
import { html, type Markup } from "../html.js";
import { page, type Viewer } from "./layout.js";

/** What is worth a look in a list of many kiosks. */
const figureWords = (figures: NonNullable<KioskView["telemetry"]>["figures"]): string => {
  if (figures === undefined) return "—";
  const { temperatureCelsius: warm, doorOpen, mains, visits } = figures;
  const words = [
    typeof warm === "number" ? `${warm} °C` : null,
    doorOpen === 1 ? "cửa đang mở" : null,
    mains === 0 ? "đang dùng pin" : null,
    typeof visits === "number" ? `${visits} lượt` : null,
  ];
  return words.filter((word) => word !== null).join(" · ") || "—";
};

const faultWords = (devices: KioskView["devices"]): string => {
  const faults = Object.values(devices).flatMap(({ fault, code }) =>
    fault === null ? [] : [`${fault} (${code})`],
  );
  if (Object.keys(devices).length === 0) return "—";
  return faults.length === 0 ? "Tốt" : faults.join(" · ");
};

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
  devices,
}: KioskView): Markup => html`<tr><td class="num"><a href="/fleet/${kiosk}"><b>${kiosk}</b></a></td>
<td><span class="tag ${state?.online === true ? "on" : "off"}">${
  state === null ? "Chưa thấy" : state.online ? "Đang chạy" : "Mất liên lạc"
}</span></td><td class="num">${telemetry?.queue.queued ?? "—"}</td><td class="num">${
  telemetry === null ? "—" : ago(telemetry.queue.oldestAgeMs)
}</td><td class="num wide">${telemetry?.queue.quarantined ?? "—"}</td><td class="wide">${figureWords(
  telemetry?.figures,
)}</td><td class="wide">${faultWords(devices)}</td><td class="num wide">${state?.version ?? "—"}</td></tr>`;

export const fleetPage = (kiosks: readonly KioskView[], viewer: Viewer): string =>
  page(
    { title: "Máy trạm", here: "/fleet", viewer, refreshS: 10 },
    html`<h1>Máy trạm</h1><p class="sub">Tình trạng, hàng đợi và cảm biến của từng máy.</p>${
      kiosks.length === 0
        ? html`<div class="card empty">Chưa có máy nào được ghi danh.</div>`
        : html`<div class="scroll"><table><thead><tr><th>Máy</th><th>Tình trạng</th><th>Hàng đợi</th><th>Chờ lâu nhất</th>
<th class="wide">Tạm giữ</th><th class="wide">Cảm biến</th><th class="wide">Thiết bị</th><th class="wide">Phiên bản</th></tr></thead><tbody>${kiosks.map(kioskRow)}</tbody></table></div>`
    }`,
  );
