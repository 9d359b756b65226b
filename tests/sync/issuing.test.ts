// To whom does the portal give a certificate over a session, and to whom not?
import { createHash, generateKeyPairSync, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import { requestSealCertificate } from "../../src/documents/certificates.js";
import { initAuthority } from "../../src/portal/certificates/authority.js";
import { Issuing } from "../../src/portal/certificates/issuing.js";
import { PORTAL_DATABASE, PORTAL_MIGRATIONS } from "../../src/portal/migrations.js";
import { openDatabase } from "../../src/store/database.js";
import { type DeviceKey, loadDeviceKey } from "../../src/sync/protocol/keys.js";
import { certificateProof } from "../../src/sync/protocol/messages.js";
import { encode } from "../../src/sync/protocol/validate.js";

const DAY_MS = 86_400_000;

class Desk {
  readonly dir = mkdtempSync(join(tmpdir(), "motcua-issuing-"));
  readonly #db = openDatabase(join(this.dir, PORTAL_DATABASE), PORTAL_MIGRATIONS).db;
  nowMs = Date.now();
  readonly issuing = new Issuing({ dir: this.dir, db: this.#db, nowMs: () => this.nowMs, log: silentLog });
  readonly device = loadDeviceKey(join(this.dir, "device.pem"));
  enrolled: string | undefined = this.device.publicKeyPem;

  static async with(act: (desk: Desk) => Promise<void>, withAuthority = true): Promise<void> {
    const desk = new Desk();
    try {
      const wish = { commonName: "Test", days: 3650, nowMs: desk.nowMs };
      if (withAuthority) await initAuthority(desk.dir, wish);
      await act(desk);
    } finally {
      desk.#db.close();
      rmSync(desk.dir, { recursive: true, force: true });
    }
  }

  /** The answer's reason, or the serial number. */
  async ask(csr: Uint8Array, by: DeviceKey = this.device, kiosk = "T01"): Promise<string | null> {
    const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
    const proof = by.sign(certificateProof(kiosk, csr));
    const wish = encode({ v: 1, id: "a", csr: base64(csr), proof: base64(proof) });
    const answer = await this.issuing.answer(kiosk, wish, () => this.enrolled);
    return answer?.chain === null ? answer.reason : new X509Certificate(answer?.chain ?? "").serialNumber;
  }
}

const requestFor = (name: string): Promise<Uint8Array> => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return requestSealCertificate(privateKey.export({ type: "pkcs8", format: "pem" }).toString(), name);
};

test("the kiosk of the session, for its own name and with its device key's word: yes, and the same again", () =>
  Desk.with(async (desk) => {
    const csr = await requestFor("T01");
    const serial = await desk.ask(csr);
    assert.match(serial ?? "", /^[0-9A-F]{16,}$/);
    assert.is(await desk.ask(csr), serial, "an answer that was lost is said again");
    assert.is(desk.issuing.rows.all().length, 1);
    assert.is.not(await desk.ask(await requestFor("T01")), serial);
  }));

test("another's name, another's device key, nobody's: no, and why", () =>
  Desk.with(async (desk) => {
    const stranger = loadDeviceKey(join(desk.dir, "stranger.pem"));
    assert.is(await desk.ask(await requestFor("T02")), "badRequest");
    assert.is(await desk.ask(await requestFor("T01"), stranger), "badProof");
    const forged = Buffer.from(await requestFor("T01"));
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    assert.is(await desk.ask(forged), "badRequest", "a request that its own key did not sign");
    assert.is(await desk.ask(Buffer.from("junk")), "badRequest");
    desk.enrolled = undefined;
    assert.is(await desk.ask(await requestFor("T01")), "unknownKiosk");
    assert.is(desk.issuing.rows.all().length, 0);
    for (const junk of ["", "{}", '{"v":2}', "\u0000"])
      assert.is(await desk.issuing.answer("T01", Buffer.from(junk), () => undefined), null);
  }));

test("a revoked one: no, until somebody issues by hand", () =>
  Desk.with(async (desk) => {
    const csr = await requestFor("T01");
    await desk.ask(csr);
    await desk.issuing.revoke("T01", "keyCompromise");
    assert.is(await desk.ask(csr), "revoked", "not even the one that it had");
    assert.is(await desk.ask(await requestFor("T01")), "revoked");
    await desk.issuing.byHand({ name: "T01", role: "kiosk", csr: await requestFor("T01") });
    assert.match((await desk.ask(await requestFor("T01"))) ?? "", /^[0-9A-F]{16,}$/);
  }));

test("a kiosk in a loop gets six a day; the next day it may again", () =>
  Desk.with(async (desk) => {
    const answers: (string | null)[] = [];
    for (let time = 0; time < 8; time += 1) answers.push(await desk.ask(await requestFor("T01")));
    assert.equal(
      answers.map((answer) => answer === "tooMany"),
      [false, false, false, false, false, false, true, true],
    );
    desk.nowMs += DAY_MS + 1;
    assert.is.not(await desk.ask(await requestFor("T01")), "tooMany");
  }));

test("without an authority: no; and no certificate outlives the authority", async () => {
  await Desk.with(async (desk) => {
    assert.is(await desk.ask(await requestFor("T01")), "noAuthority");
  }, false);
  await Desk.with(async (desk) => {
    desk.nowMs += 3600 * DAY_MS;
    const csr = await requestFor("T01");
    await desk.ask(csr);
    const [row] = desk.issuing.rows.all();
    assert.ok((row?.toMs ?? 0) - desk.nowMs <= 50 * DAY_MS, "ten years less the time that has passed");
    assert.is(row?.keyHash.length, createHash("sha256").digest().length);
    desk.nowMs += 100 * DAY_MS;
    await desk.issuing.byHand({ name: "T02", role: "kiosk", csr: await requestFor("T02") }).then(
      () => assert.unreachable("an authority that has run out signed"),
      (thrown: Error) => assert.match(thrown.message, /run out/),
    );
  });
});

test.run();
