// What does the administrator see of the accounts?
import type { Account } from "../access/accounts.js";
import { ROLE_NAMES, ROLES } from "../access/roles.js";
import { html, type Markup } from "../html.js";
import { page, type Viewer } from "./layout.js";

export interface AccountsView {
  readonly viewer: Viewer;
  readonly accounts: readonly Account[];
  /** Shown this once. */
  readonly given: { readonly name: string; readonly password: string } | null;
}

const stateOf = ({ disabled, mustChange, madeUp }: Account): Markup =>
  html`<span class="tag ${
    disabled ? "off" : "on"
  }">${disabled ? "Đã khóa · Disabled" : "Đang dùng · Active"}</span>${
    mustChange && !disabled ? html`<br><span class="sub">chưa đổi mật khẩu · one-time password</span>` : null
  }${madeUp ? html`<br><span class="sub">để thử · made up</span>` : null}`;

const accountRow = (account: Account, viewer: Viewer): Markup => {
  const { name, fullName, role, disabled } = account;
  return html`<tr><td><b>${name}</b></td><td>${fullName}</td><td>${ROLE_NAMES[role]}</td><td>${stateOf(account)}</td>
<td><div class="row"><form method="post" action="/accounts/${name}/password"><button>Mật khẩu mới · New password</button></form>${
    name === viewer.name
      ? null
      : html`<form method="post" action="/accounts/${name}/state"><button name="state" value="${
          disabled ? "enabled" : "disabled"
        }">${disabled ? "Mở lại · Enable" : "Khóa · Disable"}</button></form>`
  }</div></td></tr>`;
};

const newForm = (): Markup => html`<section class="card"><h2>Tài khoản mới · New account</h2>
<form class="act" method="post" action="/accounts"><div class="grid">
<label>Tên đăng nhập · Name<input name="name" required maxlength="40" autocapitalize="none" autocomplete="off"></label>
<label>Họ và tên · Full name<input name="fullName" required maxlength="100" autocomplete="off"></label>
<label>Vai trò · Role<select name="role">${ROLES.map(
  (role) => html`<option value="${role}">${ROLE_NAMES[role]}</option>`,
)}</select></label></div>
<div class="row"><button class="go">Thêm · Add</button></div></form></section>`;

export const accountsPage = ({ viewer, accounts, given }: AccountsView): string =>
  page(
    { title: "Tài khoản", here: "/accounts", viewer },
    html`<h1>Tài khoản</h1><p class="sub">Accounts</p>${
      given === null
        ? null
        : html`<section class="card"><h2>Mật khẩu dùng một lần của ${given.name} · One-time password</h2>
<p class="big" id="one-time">${given.password}</p><p class="sub">Chỉ hiện lần này. Người dùng phải đổi khi đăng nhập lần đầu. · Shown this once; it must be changed at the first login.</p></section>`
    }<div class="scroll"><table><thead><tr><th>Tên · Name</th><th>Họ và tên · Full name</th><th>Vai trò · Role</th><th>Tình trạng · State</th><th></th></tr></thead>
<tbody>${accounts.map((account) => accountRow(account, viewer))}</tbody></table></div>${newForm()}`,
  );
