// Does a kiosk renew its certificate over its own session, undisturbed, and come back after a cut at any step?
import { spawn } from "node:child_process";
import fs, { cpSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import { Audit } from "../../src/portal/access/audit.js";
import { CertificateRows } from "../../src/portal/certificates/rows.js";
import { PORTAL_DATABASE, PORTAL_MIGRATIONS } from "../../src/portal/migrations.js";
import { openDatabase } from "../../src/store/database.js";
import { PairChoice } from "../../src/sync/certificates/pair-choice.js";
import { Pairs } from "../../src/sync/certificates/pairs.js";
import { dueMs } from "../../src/sync/certificates/rotation.js";
import { Wire } from "../../src/sync/protocol/wire.js";
import { testClock } from "../store/fixtures.js";
import { type Kiosk, TlsRig, Told, untilPatiently } from "./tls-rig.js";

const PROCESS = fileURLToPath(new URL("./rotating-process.js", import.meta.url));
/** Its time has come: more than two thirds and a tenth have passed. */
const OLD = { fromDays: -90, toDays: 10 };

const oldKiosk = (rig: TlsRig, id: string): Kiosk => {
  const kiosk = rig.bareKiosk(id);
  rig.keepFromOpenssl(kiosk, OLD);
  kiosk.pairs.promote();
  return kiosk;
};

const serialOf = ({ pairs }: Kiosk): string => pairs.get("current")?.serial ?? "none";

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
    assert.match(told.downs().at(-1) ?? "", /does not know the authority/);
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

/** Ends by itself when settled, or is killed at the step. */
const runUntilEnd = (rig: TlsRig, kiosk: Kiosk, step = ""): Promise<readonly string[]> =>
  new Promise((resolve) => {
    const args = ["--enable-source-maps", PROCESS, kiosk.stateDir, kiosk.id, rig.url, rig.authority, step];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const lines: string[] = [];
    const limit = setTimeout(() => child.kill("SIGKILL"), 90_000);
    createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
    child.once("close", () => {
      clearTimeout(limit);
      resolve(lines);
    });
  });

test("killed at each step of a rotation, the kiosk comes back and ends with a new certificate", () =>
  TlsRig.with(async (rig) => {
    await rig.startPortal();
    const all = ["asking", "received", "trying", "switching", "switched", "lettingGo", "letGo"];
    const few = ["asking", "received", "switching", "switched"];
    const steps = process.env["MOTCUA_LONG"] === "1" ? all : few;
    for (const [place, step] of steps.entries()) {
      const kiosk = oldKiosk(rig, `K${place}`);
      const before = serialOf(kiosk);
      const killed = await runUntilEnd(rig, kiosk, step);
      assert.is(killed.at(-1), `step ${step}`, "it was killed there");
      const after = await runUntilEnd(rig, kiosk);
      assert.is(after.at(-1), "settled", `after a cut at ${step}: ${after.join(", ")}`);
      assert.is.not(serialOf(kiosk), before);
      assert.equal(readdirSync(kiosk.pairs.folder), ["current.pem"], step);
    }
  }));

/** Copies the folder before each call that changes a file: every state that a cut can leave. */
const statesOf = (folder: string, into: string, act: () => void): readonly string[] => {
  const states: string[] = [];
  const names = ["openSync", "writeSync", "renameSync", "rmSync"] as const;
  const real = names.map((name) => [name, fs[name]] as const);
  let copying = false;
  const keep = () => {
    if (copying) return;
    copying = true;
    const copy = join(into, String(states.length));
    cpSync(folder, copy, { recursive: true });
    states.push(copy);
    copying = false;
  };
  for (const [name, original] of real)
    Object.assign(fs, {
      [name]: (...args: unknown[]) => {
        keep();
        return (original as (...all: unknown[]) => unknown)(...args);
      },
    });
  syncBuiltinESMExports();
  try {
    act();
  } finally {
    for (const [name, original] of real) Object.assign(fs, { [name]: original });
    syncBuiltinESMExports();
  }
  keep();
  return states;
};

test("whatever call of the file system is the last before a cut, what it leaves opens a connection", () =>
  TlsRig.with(async (rig) => {
    const kiosk = await rig.kiosk("T01");
    const into = mkdtempSync(join(tmpdir(), "motcua-states-"));
    try {
      const { pairs } = kiosk;
      // An answer without the asking: the same key, the same name, signed by the fleet's authority.
      rig.keepFromOpenssl(kiosk, { fromDays: -1, toDays: 300 });
      const answer = pairs.get("next")?.chainPem ?? "";
      const key = pairs.get("next")?.keyPem ?? "";
      pairs.dropNext();
      const states = statesOf(pairs.folder, into, () => {
        fs.writeFileSync(join(pairs.folder, "next.key.pem"), `${key}\n`, { mode: 0o600 });
        pairs.keepNext(answer, "T01");
        pairs.promote();
        pairs.prove();
      });
      assert.ok(states.length >= 12, `${states.length} states`);
      for (const folder of states) {
        const left = new Pairs(folder);
        const parts = { pairs: left, clock: testClock, log: silentLog, journal: { note: () => {} } };
        const pair = new PairChoice(parts).offer();
        assert.ok(pair !== null, `${folder}: a pair is left`);
        const tls = {
          ca: fs.readFileSync(rig.authority),
          cert: Buffer.from(pair?.chainPem ?? ""),
          key: Buffer.from(pair?.keyPem ?? ""),
        };
        const wire = await Wire.connect({
          ...{ url: rig.url, clientId: "T01", clock: testClock, tls, onMessage: () => {} },
          ...{ connectTimeoutMs: 60_000, publishTimeoutMs: 60_000 },
        });
        await wire.close();
      }
    } finally {
      rmSync(into, { recursive: true, force: true });
    }
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
