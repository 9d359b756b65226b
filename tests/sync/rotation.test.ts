// Does a kiosk renew its certificate over its own session, undisturbed, and come back after a cut at any step?
import fs, { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Audit } from "../../src/portal/access/audit.js";
import { CertificateRows } from "../../src/portal/certificates/rows.js";
import { PORTAL_DATABASE, PORTAL_MIGRATIONS } from "../../src/portal/migrations.js";
import { openDatabase } from "../../src/store/database.js";
import { Pairs } from "../../src/sync/certificates/pairs.js";
import { dueMs } from "../../src/sync/certificates/rotation.js";
import { OLD, oldKiosk, serialOf, TlsRig, Told, untilPatiently } from "./tls-rig.js";

test("a certificate's time comes after two thirds of its life, for each kiosk at another hour", () => {
  const pair = (serial: string) => ({ serial, fromMs: 0, toMs: 3_000_000 });
  const dues = ["01", "02", "03", "04"].map((serial) => dueMs(pair(serial)));
  for (const due of dues) assert.ok(due >= 2_000_000 && due <= 2_300_000, String(due));
  assert.is(new Set(dues).size, 4);
  assert.is(dueMs(pair("01")), dues[0]);
});

test("over the session: a new key, signed by the portal, tried when nobody is there, and the old one let go", () =>
  TlsRig.with(async (rig) => {
    await rig.startPortal();
    const kiosk = oldKiosk(rig, "T01");
    const before = kiosk.pairs.get("current");
    const store = rig.store(kiosk);
    const told = new Told();
    let leave: () => void = () => {};
    const visit = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const link = rig.link(kiosk, store, told.log, { atRest: () => visit });
    await untilPatiently("the answer came", () => kiosk.pairs.get("next") !== null);
    assert.is(serialOf(kiosk), before?.serial, "while a citizen is there nothing is switched");
    assert.is(told.downs().length, 0, "and the connection is left alone");
    leave();
    await untilPatiently("the new pair has proven itself", () => told.steps().includes("letGo"));
    const after = kiosk.pairs.get("current");
    assert.is.not(after?.serial, before?.serial);
    assert.is.not(after?.keyPem, before?.keyPem);
    assert.equal(readdirSync(kiosk.pairs.folder), ["current.pem"]);
    assert.is(statSync(join(kiosk.pairs.folder, "current.pem")).mode & 0o777, 0o600);
    assert.is(statSync(kiosk.pairs.folder).mode & 0o777, 0o700);
    const steps = ["asking", "received", "trying", "switching", "switched", "lettingGo", "letGo"];
    assert.equal(told.steps(), steps);
    assert.ok(store.journal.verify().ok);
    const { db } = openDatabase(join(rig.portalDir, PORTAL_DATABASE), PORTAL_MIGRATIONS);
    const [row] = new CertificateRows(db).all();
    const [entry] = new Audit(db, () => 0).read({ who: "kiosk:T01", application: null }, 1, 0);
    db.close();
    assert.equal([row?.serial, row?.asked, row?.name], [after?.serial, "overSession", "T01"]);
    assert.is(entry?.act, "certificate.issued");
    assert.is(link.state, "up");
    assert.is(await link.lookUp("0".repeat(64)), null, "the portal answers over the new session");
  }));

test("a trial that is refused leaves the old pair in place, and the refused one is asked for anew", () =>
  TlsRig.with(async (rig) => {
    const kiosk = await rig.kiosk("T01");
    const before = serialOf(kiosk);
    rig.keepFromOpenssl(kiosk, { fromDays: -1, toDays: 300 }, "foreign");
    await rig.startPortal();
    const told = new Told();
    const link = rig.link(kiosk, rig.store(kiosk), told.log);
    await untilPatiently("it was dropped", () => told.steps().includes("dropped"));
    await untilPatiently("the old one is in again", () => link.state === "up" && told.ups() >= 2);
    assert.is(serialOf(kiosk), before);
    assert.equal(readdirSync(kiosk.pairs.folder), ["current.pem"]);
    assert.ok(told.steps().indexOf("trialFailed") < told.steps().indexOf("dropped"));
  }));

test("a current pair that the broker refuses: the one before is taken up again", () =>
  TlsRig.with(async (rig) => {
    const kiosk = await rig.kiosk("T01");
    const good = serialOf(kiosk);
    rig.keepFromOpenssl(kiosk, { fromDays: -1, toDays: 300 }, "foreign");
    kiosk.pairs.promote();
    assert.is.not(serialOf(kiosk), good);
    const told = new Told();
    const link = rig.link(kiosk, rig.store(kiosk), told.log);
    await untilPatiently("it is in", () => link.state === "up");
    assert.is(serialOf(kiosk), good);
    assert.equal(told.steps(), ["fallingBack", "fellBack"]);
  }));

test("an expired kiosk is brought back by hand: what is installed is used at once", () =>
  TlsRig.with(async (rig) => {
    const kiosk = rig.bareKiosk("T01");
    rig.keepFromOpenssl(kiosk, { fromDays: -30, toDays: -1 });
    kiosk.pairs.promote();
    const told = new Told();
    const link = rig.link(kiosk, rig.store(kiosk), told.log);
    await untilPatiently("it is refused", () => told.downs().length > 0);
    await rig.enrolAgain(kiosk);
    await untilPatiently("it is in", () => link.state === "up");
    await untilPatiently("the expired one is gone", () => told.steps().includes("letGo"));
  }));

test("the portal gives none to a revoked kiosk, though its old session still stands", () =>
  TlsRig.with(async (rig) => {
    const kiosk = await rig.kiosk("T01");
    // Issued and revoked before the broker reads any list: the session opens with the certificate of openssl.
    await rig.revoke("T01");
    rig.keepFromOpenssl(kiosk, OLD);
    kiosk.pairs.promote();
    kiosk.pairs.prove();
    await rig.startPortal();
    const told = new Told();
    rig.link(kiosk, rig.store(kiosk), told.log);
    const notGiven = () =>
      told.lines.find(({ event, fields }) => event === "link.certificate" && fields["step"] === "notGiven");
    await untilPatiently("it was told no", () => notGiven() !== undefined);
    assert.is(notGiven()?.fields["detail"], "revoked");
    assert.is(kiosk.pairs.get("next"), null);
  }));

test("a key that others can read, and a folder that they can look into, stop the start", () => {
  const dir = mkdtempSync(join(tmpdir(), "motcua-pairs-"));
  try {
    const folder = join(dir, "certificates");
    new Pairs(folder).requestKey();
    fs.chmodSync(join(folder, "next.key.pem"), 0o640);
    assert.throws(() => new Pairs(folder), /keys\.unusable: .*mode 640 .*chmod 600/);
    fs.chmodSync(join(folder, "next.key.pem"), 0o600);
    fs.chmodSync(folder, 0o750);
    assert.throws(() => new Pairs(folder), /keys\.unusable: .*mode 750 .*chmod 700/);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test.run();
