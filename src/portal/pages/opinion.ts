// How is somebody asked what they think of a result?
import type { OpinionResult } from "../../sync/protocol/queue.js";
import { html, type Markup } from "../html.js";
import { page } from "./layout.js";

const FACES = [
  ["Rất tệ", "Very bad", "M30 76c8-16 32-16 40 0"],
  ["Chưa tốt", "Poor", "M32 74c9-8 27-8 36 0"],
  ["Tạm được", "Fair", "M32 70h36"],
  ["Tốt", "Good", "M32 64c9 10 27 10 36 0"],
  ["Rất tốt", "Very good", "M28 60c8 22 36 22 44 0z"],
] as const;

const face = (mouth: string): Markup =>
  html`<svg viewBox="0 0 100 100" width="56" height="56" aria-hidden="true"><circle cx="50" cy="50" r="45" fill="#fff3c4" stroke="#16202c" stroke-width="4"/><circle cx="34" cy="40" r="5"/><circle cx="66" cy="40" r="5"/><path d="${mouth}" fill="none" stroke="#16202c" stroke-width="5" stroke-linecap="round"/></svg>`;

/** `hidden`: what the form carries besides the face. */
export const opinionForm = (action: string, hidden: Readonly<Record<string, string>> = {}): Markup =>
  html`<section class="card"><h2>Ông/bà có hài lòng với kết quả không? · Are you content with the result?</h2>
<p class="sub">Ý kiến không ghi tên ai và không gắn với hồ sơ. · Your answer carries no name and is not kept with the application.</p>
<form method="post" action="${action}" class="row">${Object.entries(hidden).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}${FACES.map(
    ([vi, en, mouth], place) =>
      html`<button name="stars" value="${place + 1}" style="display:grid;justify-items:center;min-width:120px">${face(mouth)}${vi}<span class="sub" style="margin:0">${en}</span></button>`,
  )}</form></section>`;

const SAID: Readonly<Record<OpinionResult, readonly [vi: string, en: string]>> = {
  counted: ["Đã ghi ý kiến của ông/bà. Xin cảm ơn!", "Your opinion was counted. Thank you!"],
  already: ["Hồ sơ này đã có ý kiến rồi. Xin cảm ơn!", "This application has been rated before. Thank you!"],
  notYet: ["Hồ sơ này chưa có kết quả.", "This application has no result yet."],
  unknown: ["Không tìm thấy hồ sơ.", "There is no such application."],
};

const FRAME = { title: "Ý kiến", here: "/lookup", viewer: null } as const;

export const opinionSaidPage = (result: OpinionResult): string => {
  const [vi, en] = SAID[result];
  return page(
    FRAME,
    html`<h1>${vi}</h1><p class="sub">${en}</p><p><a href="/lookup">Tra cứu · Look up</a></p>`,
  );
};

export const opinionPage = (action: string): string =>
  page(
    FRAME,
    html`<h1>Ý kiến về kết quả</h1><p class="sub">Your opinion on the result</p>${opinionForm(action)}`,
  );
