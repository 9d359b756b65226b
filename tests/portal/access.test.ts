// Who gets into the desk, what may each do there, and what is written down of it?
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { signIn } from "../../src/dock/desk-accounts.js";
import { Accounts } from "../../src/portal/access/accounts.js";
import { LoginAttempts } from "../../src/portal/access/login-attempts.js";
import { hashPassword, verifyPassword } from "../../src/portal/access/password.js";
import { ROUTES } from "../../src/portal/access/roles.js";
import { Sessions } from "../../src/portal/access/sessions.js";
import { loadPortalSettings, SETTINGS_FILE } from "../../src/portal/settings.js";
import { runCommand } from "../wire/command.js";
import { Desk } from "./desk.js";
import { withHeld } from "./holdings.js";
import { Browsers, NAMES, PASSWORD, PEOPLE } from "./people.js";

const MINUTE = 60_000;

const login = (url: string, name: string, password: string, next = ""): Promise<Response> =>
  fetch(`${url}/login`, {
    method: "POST",
    headers: { origin: url },
    body: new URLSearchParams({ name, password, next }),
    redirect: "manual",
  });

const TOKEN = "a-word-for-the-statistics-program";
const TOKENS = `[[tokens]]
name = "statistics"
role = "officer"
sha256 = "${createHash("sha256").update(TOKEN).digest("hex")}"
`;

/** With something for each name in the address; what is there does not matter. */
const filled = (path: string): string =>
  path
    .replace(/:(id|index|paper|page|delivery)/g, "1")
    .replace(/:kiosk/, "T01")
    .replace(/:\w+/g, "x");

test("every address asks who calls, but those for everybody; each role is refused what is not its own", () =>
  Desk.with(async (desk) => {
    const browsers = new Browsers(desk.url);
    for (const [route, { to }] of Object.entries(ROUTES)) {
      const [method = "", path = ""] = route.split(" ");
      const init = { method, redirect: "manual", headers: { origin: desk.url } } as const;
      const stranger = await fetch(desk.url + filled(path), init);
      const isSentAway =
        stranger.status === 401 || (stranger.headers.get("location") ?? "").startsWith("/login");
      const isOpen = to === "anybody" || to === "routeItself" || route === "POST /logout";
      if (!isOpen) assert.ok(isSentAway, `${route} answers a stranger ${stranger.status}`);
      if (to === "anybody" && route !== "POST /login") assert.not(isSentAway, route);
      if (typeof to === "string") continue;
      for (const { role } of PEOPLE)
        if (!to.includes(role))
          assert.is((await browsers.fetch(filled(path), init, role)).status, 403, `${role} ${route}`);
    }
    // Every address of the table exists: with its own role none is unknown to the program.
    for (const [route, { to }] of Object.entries(ROUTES)) {
      const [method = "", path = ""] = route.split(" ");
      if (method !== "GET") continue;
      const role = typeof to === "string" ? "officer" : (to[0] ?? "officer");
      const answer = await browsers.fetch(filled(path), {}, role);
      // A board's feed has no end.
      const isFeed = answer.headers.get("content-type")?.startsWith("text/event-stream") === true;
      if (isFeed) await answer.body?.cancel();
      else assert.not.match(await answer.text(), /"message":"Route /, route);
    }
  }, TOKENS));

test("what is done and looked at is written down by name, in a chain that shows each change", () =>
  Desk.with(async (desk) => {
    const application = await desk.submit();
    const path = `/applications/${application.id}`;
    await desk.page(path);
    await desk.post(`${path}/decision`, { action: "review", note: "Ghi chú riêng" });
    assert.is((await desk.fetch(`${path}/decision`, { method: "POST" }, "agency")).status, 403);
    const start = await desk.start(application, "7");
    assert.is(start.status, 303);
    const id = await desk.certification(application);
    const forOther = await desk.fetch(
      `/certifications/${id}/sign`,
      { method: "POST", body: new URLSearchParams({ signer: "officer" }) },
      "agency",
    );
    assert.is(forOther.status, 403, "the agency does not sign for the officer");
    const colleague = await signIn(desk.url, { name: "ban", password: PASSWORD });
    const inTheirName = await fetch(`${desk.url}/certifications/${id}/sign`, {
      method: "POST",
      headers: { cookie: colleague, origin: desk.url },
      body: new URLSearchParams({ signer: "officer" }),
    });
    assert.is(inTheirName.status, 403, "nor a colleague in the name of another");
    assert.match(await desk.page(path), `· ${NAMES.officer}<br>Ghi chú riêng`);
    const machine = { authorization: `Bearer ${TOKEN}` };
    assert.is((await fetch(`${desk.url}/api/submissions`, { headers: machine })).status, 200);
    assert.is(
      (await fetch(desk.url, { headers: machine, redirect: "manual" })).status,
      303,
      "no pages by token",
    );
    const decision = await fetch(`${desk.url}/api/applications/${application.id}/decision`, {
      method: "POST",
      headers: { ...machine, "content-type": "application/json" },
      body: JSON.stringify({ action: "approve" }),
    });
    assert.is(decision.status, 200, "a program needs no origin");

    const audit = await desk.page(`/audit?application=${application.id}&verify=1`, "administrator");
    for (const act of ["application.read", "application.decided", "application.decided.refused"])
      assert.match(audit, `<td>${act}</td>`);
    assert.match(audit, "api:statistics");
    assert.match(audit, "action=review");
    assert.match(audit, "certification.started");
    assert.not.match(audit, "Ghi chú riêng");
    assert.match(audit, "còn nguyên vẹn");
    const byAgency = await desk.page(`/audit?who=${NAMES.agency}`, "administrator");
    assert.match(byAgency, "certification.signed.failed");
    assert.not.match(byAgency, "action=review");

    await desk.rig.portal?.end("SIGTERM");
    const db = new Database(join(desk.rig.portalDir, "portal.db"));
    assert.throws(() => db.exec("DELETE FROM audit WHERE id = 1"), /only grows/);
    assert.throws(() => db.exec("UPDATE audit SET who = 'x'"), /only grows/);
    db.exec("DROP TRIGGER audit_is_not_changed");
    const row = db.prepare("SELECT id FROM audit WHERE act = 'application.read' LIMIT 1").pluck().get();
    db.prepare("UPDATE audit SET who = 'somebody' WHERE id = ?").run(row);
    db.close();
    await desk.startPortal();
    assert.match(await desk.page("/audit?verify=1", "administrator"), `bị sửa ở dòng ${row}`);
  }, TOKENS));

test("an account from the command line: a password for one time, then an own one; and out again", () =>
  Desk.with(async (desk) => {
    const { portalDir, dir } = desk.rig;
    const command = (...args: string[]) => runCommand(["portal", "account", ...args, "--state", dir]);
    const made = await command("add", "mai", "--role", "officer", "--full-name", "Mai Thử");
    assert.is(made.code, 0, made.stderr);
    const given = /one-time password of mai: (\S+)/.exec(made.stdout)?.[1] ?? "";
    assert.is((await command("add", "mai", "--role", "agency")).code, 1, "the name is taken");
    assert.ok(portalDir.startsWith(dir));

    const came = await login(desk.url, "Mai", given, "/applications/1");
    assert.is(came.headers.get("location"), "/applications/1");
    const set = came.headers.get("set-cookie") ?? "";
    for (const word of ["HttpOnly", "SameSite=Strict", "Path=/"]) assert.match(set, word);
    const cookie = set.split(";")[0] ?? "";
    const at = (path: string, as = cookie) =>
      fetch(desk.url + path, { headers: { cookie: as }, redirect: "manual" });
    assert.is((await at("/")).headers.get("location"), "/password", "nothing goes before a new password");
    const change = (now: string, fresh: string) =>
      fetch(`${desk.url}/password`, {
        method: "POST",
        headers: { cookie, origin: desk.url },
        body: new URLSearchParams({ now, fresh, again: fresh }),
        redirect: "manual",
      });
    assert.is((await change(given, "ngan")).status, 400, "too short");
    assert.is((await change(`${given}x`, "mật khẩu của Mai")).status, 403);
    const changed = await change(given, "mật khẩu của Mai");
    assert.is(changed.status, 303);
    const fresh = (changed.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    assert.is((await at("/", fresh)).status, 200);
    assert.is((await at("/")).status, 303, "the session of the old password is over");
    const decomposed = "mật khẩu của Mai".normalize("NFD");
    const again =
      ((await login(desk.url, "mai", decomposed)).headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    assert.is((await at("/", again)).status, 200, "typed in another form it is the same password");

    for (const next of ["//evil.example", "https://evil.example", "/\\evil.example"])
      assert.is((await login(desk.url, "mai", "mật khẩu của Mai", next)).headers.get("location"), "/", next);
    const disabled = await desk.fetch(
      "/accounts/mai/state",
      { method: "POST", body: new URLSearchParams({ state: "disabled" }) },
      "administrator",
    );
    assert.is(disabled.status, 303);
    assert.is((await at("/", again)).status, 303, "disabled: the session is over");
    const wrong = await login(desk.url, "mai", "mật khẩu của Mai");
    const nobody = await login(desk.url, "khong-co", "mật khẩu của Mai");
    assert.is(wrong.status, 403);
    assert.is(await nobody.text(), await wrong.text(), "who does not exist is told the same");
    const own = await desk.fetch(
      `/accounts/${NAMES.administrator}/state`,
      { method: "POST", body: new URLSearchParams({ state: "disabled" }) },
      "administrator",
    );
    assert.is(own.status, 409);

    const fixed = await new Browsers(desk.url).cookie("officer");
    const out = await fetch(`${desk.url}/logout`, {
      method: "POST",
      headers: { cookie: fixed, origin: desk.url },
      redirect: "manual",
    });
    assert.is(out.status, 303);
    assert.is((await at("/", fixed)).status, 303, "logged out");

    for (let tries = 0; tries < 5; tries += 1) await login(desk.url, NAMES.agency, "sai");
    const waits = await login(desk.url, NAMES.agency, PASSWORD);
    assert.is(waits.status, 429, "also with the right one");
    assert.not(waits.headers.has("set-cookie"));
  }));

test("made-up accounts are gone where the portal is not started for trying out", () =>
  withHeld(async ({ db }) => {
    const accounts = new Accounts(db, () => 0);
    accounts.keepMadeUp(PEOPLE);
    const token = new Sessions(db, () => 0, { idleMs: 1, longestMs: 1 }).start(NAMES.officer);
    accounts.add({ name: "mai", fullName: "Mai Thử", role: "officer", password: "$argon2id$" });
    accounts.keepMadeUp([]);
    assert.equal(
      accounts
        .all()
        .filter(({ disabled }) => !disabled)
        .map(({ name }) => name),
      ["mai"],
    );
    assert.is(new Sessions(db, () => 0, { idleMs: 1, longestMs: 1 }).find(token, true), null);
  }));

test("sessions end after half an hour without a click, and after ten hours in any case", () =>
  withHeld(async ({ db }) => {
    let now = 1_000_000_000;
    const limits = { idleMs: 30 * MINUTE, longestMs: 600 * MINUTE };
    const sessions = new Sessions(db, () => now, limits);
    new Accounts(db, () => now).keepMadeUp(PEOPLE);
    const left = sessions.start(NAMES.officer);
    const kept = sessions.start(NAMES.officer);
    assert.is(
      db.prepare("SELECT count(*) FROM sessions WHERE instr(hex(token_hash), hex(?)) > 0").pluck().get(left),
      0,
    );
    for (let minutes = 0; minutes < 600; minutes += 20) {
      if (minutes < 30)
        assert.is(sessions.find(left, false)?.name, NAMES.officer, "a page that reloads itself");
      assert.is(sessions.find(kept, true)?.role, "officer");
      now += 20 * MINUTE;
      if (minutes >= 20) assert.is(sessions.find(left, false), null, "nobody sits there");
    }
    assert.is(sessions.find(kept, true), null);
  }));

test("wrong passwords cost a growing wait, by account and by address, also of names that do not exist", () =>
  withHeld(async ({ db }) => {
    let now = 1_000_000_000;
    const attempts = new LoginAttempts(db, () => now);
    const waits: number[] = [];
    for (let tries = 0; tries < 20; tries += 1) {
      const wait = attempts.begin("khong-co", `10.0.0.${tries}`);
      waits.push(wait);
      now += wait;
      if (wait > 0) assert.is(attempts.begin("khong-co", `10.0.0.${tries}`), 0, "waited");
    }
    assert.equal(waits.slice(0, 7), [0, 0, 0, 0, 0, 2000, 4000]);
    assert.is(Math.max(...waits), 15 * MINUTE);
    for (let tries = 0; tries < 20; tries += 1) assert.is(attempts.begin(`ten${tries}`, "10.1.1.1"), 0);
    assert.ok(attempts.begin("mai", "10.1.1.1") > 0, "one address that tries many names");
    assert.is(attempts.begin("mai", "10.1.1.2"), 0);
    now += 25 * 60 * MINUTE;
    assert.is(attempts.begin("mai", "10.1.1.1"), 0, "forgotten after a day");
    assert.is(
      db.prepare("SELECT count(*) FROM login_attempts").pluck().get(),
      2,
      "and nothing is kept of it",
    );
  }));

test("passwords are kept by argon2id with 19 MiB, two passes and a salt of their own", async () => {
  const [one, two] = [await hashPassword("mật khẩu"), await hashPassword("mật khẩu")];
  assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.is.not(one, two);
  assert.ok(await verifyPassword("mật khẩu", one));
  assert.not(await verifyPassword("mật khâu", one));
  assert.not(await verifyPassword("mật khẩu", null), "no such account: as much work, and never right");
});

test("a token whose hash is no hash is named", () =>
  withHeld(async ({ dir }) => {
    writeFileSync(join(dir, SETTINGS_FILE), TOKENS.replace(/sha256 = .*/, 'sha256 = "abc"'));
    assert.throws(() => loadPortalSettings(dir), /tokens\.0\.sha256/);
  }));

test.run();
