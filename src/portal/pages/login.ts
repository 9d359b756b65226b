// What does somebody see who comes in, or chooses a new password?
import type { Bilingual } from "../../core/faults.js";
import { html, type Markup } from "../html.js";
import { both, page, type Viewer } from "./layout.js";

const problemCard = (problem: Bilingual | null): Markup | null =>
  problem && html`<section class="card" role="alert"><b class="bad">${both(problem)}</b></section>`;

export interface LoginView {
  /** Where to go afterwards. */
  readonly next: string;
  readonly problem: Bilingual | null;
}

export const loginPage = ({ next, problem }: LoginView): string =>
  page(
    { title: "Đăng nhập", here: "", viewer: null },
    html`<h1>Đăng nhập</h1><p class="sub">Dành cho cán bộ · For staff · <a href="/lookup">Tra cứu hồ sơ · Look up</a></p>
${problemCard(problem)}<section class="card"><form class="act" method="post" action="/login">
<input type="hidden" name="next" value="${next}">
<label>Tên đăng nhập · Name<input name="name" autocomplete="username" autocapitalize="none" maxlength="40" required autofocus></label>
<label>Mật khẩu · Password<input name="password" type="password" autocomplete="current-password" maxlength="128" required></label>
<div class="row"><button class="go">Đăng nhập · Log in</button></div></form></section>`,
  );

export interface PasswordView {
  readonly viewer: Viewer & { readonly mustChange: boolean };
  readonly problem: Bilingual | null;
}

export const passwordPage = ({ viewer, problem }: PasswordView): string =>
  page(
    { title: "Đổi mật khẩu", here: "/password", viewer },
    html`<h1>Đổi mật khẩu</h1><p class="sub">${
      viewer.mustChange
        ? "Mật khẩu vừa dùng chỉ dùng một lần: hãy đặt mật khẩu của riêng mình. · This password was for one time: please choose your own."
        : "Các phiên đăng nhập khác sẽ kết thúc. · Other sessions end."
    }</p>${problemCard(problem)}<section class="card"><form class="act" method="post" action="/password">
<label>Mật khẩu hiện nay · Current password<input name="now" type="password" autocomplete="current-password" maxlength="128" required></label>
<label>Mật khẩu mới (ít nhất 10 ký tự) · New password (at least 10 characters)<input name="fresh" type="password" autocomplete="new-password" minlength="10" maxlength="128" required></label>
<label>Nhập lại · Once more<input name="again" type="password" autocomplete="new-password" minlength="10" maxlength="128" required></label>
<div class="row"><button class="go">Đổi mật khẩu · Change</button></div></form></section>`,
  );
