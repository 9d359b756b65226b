// What is common to all pages of the portal?
import type { Bilingual } from "../../core/faults.js";
import { ROLE_NAMES, type Role } from "../access/roles.js";
import { html, type Markup, raw } from "../html.js";
import type { ApplicationState } from "../register.js";
import { STYLE } from "../style.js";

export const STATES: Readonly<Record<ApplicationState, string>> = {
  received: "Đã tiếp nhận",
  inReview: "Đang xử lý",
  approved: "Đã duyệt",
  refused: "Từ chối",
  ready: "Có kết quả",
};

const STATISTICS = ["/statistics", "Thống kê"] as const;
const APPLICATIONS = [
  ["/", "Hồ sơ"],
  ["/queue", "Hàng chờ"],
  ["/fees", "Lệ phí"],
  STATISTICS,
  ["/lookup", "Tra cứu"],
  ["/verify", "Kiểm tra bản sao"],
] as const;
const PAGES: Readonly<Record<Role, readonly (readonly [path: string, name: string])[]>> = {
  officer: APPLICATIONS,
  agency: APPLICATIONS.filter(([path]) => path !== "/queue"),
  operations: [["/fleet", "Máy trạm"]],
  administrator: [["/accounts", "Tài khoản"], ["/audit", "Nhật ký truy cập"], STATISTICS],
};
const PUBLIC_PAGES = [
  ["/lookup", "Tra cứu · Look up"],
  ["/verify", "Kiểm tra bản sao · Check a copy"],
] as const;

/** Who is logged in. */
export interface Viewer {
  readonly name: string;
  readonly fullName: string;
  readonly role: Role;
}

export interface PageFrame {
  readonly title: string;
  /** Path of the page in the bar above that is this one; "" for none. */
  readonly here: string;
  /** Null: a page for everybody. */
  readonly viewer: Viewer | null;
  readonly refreshS?: number;
  /** Path of the page's own script. */
  readonly script?: string;
}

const accountBar = ({ fullName, role }: Viewer): Markup =>
  html`<form class="who" method="post" action="/logout"><a href="/password">${fullName} · ${ROLE_NAMES[role]}</a>
<button>Đăng xuất · Log out</button></form>`;

export const page = ({ title, here, viewer, refreshS, script }: PageFrame, body: Markup): string =>
  html`<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>${title} · Một cửa</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="referrer" content="same-origin">
${
  // A page that reloads itself must not keep somebody logged in who has gone.
  refreshS === undefined ? null : html`<meta http-equiv="refresh" content="${refreshS};url=${here}?auto=1">`
}
<link rel="icon" href="data:,"><style>${raw(STYLE)}</style>${
    script === undefined ? null : html`<script src="${script}" defer></script>`
  }</head><body><header><div class="in"><b>Một cửa</b>
${(viewer === null ? PUBLIC_PAGES : PAGES[viewer.role]).map(
  ([path, name]) => html`<a href="${path}" class="${path === here ? "here" : ""}">${name}</a>`,
)}${viewer && accountBar(viewer)}
</div></header><main>${body}</main></body></html>`.text;

/** Whole đồng as people write them. */
export const money = (amountVnd: number): string => `${amountVnd.toLocaleString("vi-VN")} đồng`;

/** "2026-11-25T09:30" as people write it. */
export const people = (minute: string | null): string => {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}:\d{2})$/.exec(minute ?? "");
  return match === null ? "—" : `${match[4]} ngày ${match[3]}/${match[2]}/${match[1]}`;
};

/** Dates are kept as yyyy-MM-dd and read as dd/MM/yyyy. */
export const readable = (value: string): string =>
  value === "" ? "—" : value.replace(/^(\d{4})-(\d{2})-(\d{2})$/, "$3/$2/$1");

export const tag = (state: ApplicationState): Markup =>
  html`<span class="tag ${state}">${STATES[state]}</span>`;

export const pairs = (entries: readonly (readonly [label: string, value: string])[]): Markup =>
  html`<dl>${entries.map(([label, value]) => html`<dt>${label}</dt><dd>${readable(value)}</dd>`)}</dl>`;

/** Vietnamese first, English under it. */
export const both = ({ vi, en }: Bilingual): Markup => html`${vi}<br><span class="sub">${en}</span>`;

export const noticePage = (frame: PageFrame, sentence: Bilingual, back: string): string =>
  page(
    frame,
    html`<h1>${sentence.vi}</h1><p class="sub">${sentence.en}</p><p><a href="${back}">Quay lại · Back</a></p>`,
  );
