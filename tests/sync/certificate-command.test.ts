// Do `motcua certificate` and `motcua portal certificate` do what their help says, and does openssl agree?
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Audit } from "../../src/portal/access/audit.js";
import { PORTAL_DATABASE, PORTAL_MIGRATIONS } from "../../src/portal/migrations.js";
import { openDatabase } from "../../src/store/database.js";
import { runCommand } from "../wire/command.js";
import { openssl } from "./tls-rig.js";

const folder = mkdtempSync(join(tmpdir(), "motcua-certificate-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));
const state = join(folder, "portal-state");
const portalDir = join(state, "portal");
const kiosk = join(folder, "kiosk");
const at = (file: string) => join(folder, file);
const authority = join(portalDir, "certificates", "authority.crt.pem");
const list = join(portalDir, "certificates", "crl.pem");

const portal = (...args: string[]) => runCommand(["portal", "certificate", ...args, "--state", state]);
const atKiosk = (...args: string[]) => runCommand(["certificate", ...args, "--state", kiosk]);

test("where no portal ever ran there is no authority, and the command says what to do", async () => {
  const { code, stdout, stderr } = await portal("init");
  assert.equal([code, stdout], [1, ""]);
  assert.match(stderr, /^motcua: .*there is no portal; start it once, or name its folder\n$/);
  mkdirSync(portalDir, { recursive: true });
  openDatabase(join(portalDir, PORTAL_DATABASE), PORTAL_MIGRATIONS).db.close();
  const early = await portal("issue", "VH01", "--request", at("none.csr"));
  assert.is(early.code, 1);
  assert.match(early.stderr, /no such file/);
});

test("an authority is made once: a key that is the owner's alone, and an empty list", async () => {
  assert.is((await portal("init", "--json")).code, 0);
  assert.is(statSync(join(portalDir, "certificates", "authority.key.pem")).mode & 0o777, 0o600);
  assert.match(openssl(["x509", "-in", authority, "-noout", "-text"], folder), /CA:TRUE/);
  openssl(["crl", "-in", list, "-CAfile", authority, "-verify", "-noout"], folder);
  assert.match(openssl(["crl", "-in", list, "-noout", "-text"], folder), /No Revoked Certificates/);
  const again = await portal("init");
  assert.is(again.code, 1);
  assert.match(again.stderr, /there is an authority already; it is not replaced/);
});

test("from the kiosk's request to its certificate, as openssl sees it", async () => {
  const wrongUse = await portal("issue", "VH01");
  assert.equal([wrongUse.code, wrongUse.stdout], [2, ""]);
  const none = await atKiosk("show");
  assert.equal([none.code, none.stdout], [1, "there is none: motcua certificate request\n"]);
  assert.is((await atKiosk("request", "--out", at("VH01.csr"))).code, 0);
  openssl(["req", "-in", at("VH01.csr"), "-verify", "-noout"], folder);
  const other = await portal("issue", "VH02", "--request", at("VH01.csr"));
  assert.is(other.code, 1);
  assert.match(other.stderr, /the request is for "VH01", not for "VH02"/);
  writeFileSync(at("junk.csr"), "junk");
  const junk = await portal("issue", "VH01", "--request", at("junk.csr"));
  assert.is(junk.code, 1);
  assert.match(junk.stderr, /no DER|PKCS#10/);
  assert.is((await portal("issue", "VH01", "--request", at("VH01.csr"), "--out", at("VH01.pem"))).code, 0);
  const verify = ["verify", "-CAfile", authority, "-crl_check", "-CRLfile", list, "-purpose", "sslclient"];
  assert.match(openssl([...verify, at("VH01.pem")], folder), /OK/);
  assert.throws(() =>
    openssl(["verify", "-CAfile", authority, "-purpose", "sslserver", at("VH01.pem")], folder),
  );
  const installed = await atKiosk("install", at("VH01.pem"));
  assert.is(installed.code, 0);
  assert.match(installed.stdout, /in use from the next connection/);
  const shown = await atKiosk("show", "--json");
  assert.is(shown.code, 0);
  assert.match(shown.stdout, /"name":"current","kiosk":"VH01"/);
  const twice = await atKiosk("install", at("VH01.pem"));
  assert.is(twice.code, 1);
  assert.match(twice.stderr, /no request is under way/);
});

test("a broker's certificate carries its names", async () => {
  const key = ["-newkey", "rsa:2048", "-nodes", "-keyout", "broker.key", "-subj", "/CN=whatever"];
  openssl(["req", "-new", ...key, "-out", "broker.csr"], folder);
  const hosts = ["--host", "broker.example", "--host", "192.0.2.7"];
  const args = ["--for", "broker", "--request", at("broker.csr"), "--out", at("broker.pem"), ...hosts];
  assert.is((await portal("issue", "broker.example", ...args)).code, 0);
  for (const name of [
    ["-verify_hostname", "broker.example"],
    ["-verify_ip", "192.0.2.7"],
  ])
    assert.match(openssl(["verify", "-CAfile", authority, ...name, at("broker.pem")], folder), /OK/);
});

test("what is revoked stands in the list, in the table and in the audit; what is unknown is said", async () => {
  const unknown = await portal("revoke", "VH99");
  assert.is(unknown.code, 1);
  assert.match(unknown.stderr, /no certificate was issued to "VH99"/);
  assert.is((await portal("revoke", "VH01", "--reason", "boredom")).code, 2);
  const { code, stdout } = await portal("revoke", "VH01", "--reason", "keyCompromise");
  assert.is(code, 0);
  assert.match(stdout, /systemctl reload mosquitto/);
  openssl(["crl", "-in", list, "-CAfile", authority, "-verify", "-noout"], folder);
  assert.match(openssl(["crl", "-in", list, "-noout", "-text"], folder), /Key Compromise/);
  const verify = ["verify", "-CAfile", authority, "-crl_check", "-CRLfile", list];
  assert.throws(() => openssl([...verify, at("VH01.pem")], folder));
  const rows = JSON.parse((await portal("list", "--json")).stdout) as { name: string; state: string }[];
  assert.equal(
    rows.map(({ name, state: how }) => [name, how]),
    [
      ["broker.example", "valid"],
      ["VH01", "revoked (keyCompromise)"],
    ],
  );
  const { db } = openDatabase(join(portalDir, PORTAL_DATABASE), PORTAL_MIGRATIONS);
  const audit = new Audit(db, () => 0);
  const acts = audit.read({ who: null, application: null }, 50, 0).map(({ act }) => act);
  assert.ok(audit.verify().ok);
  db.close();
  assert.equal(acts, [
    "certificate.revoked",
    "certificate.issued",
    "certificate.issued",
    "certificate.authority",
    "certificate.authority",
  ]);
});

test.run();
