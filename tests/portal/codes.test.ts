// Is a code to a phone sent within its limits, counted, proven once, and never kept or told in the clear?
import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Log } from "../../src/core/log.js";
import { toMobileE164 } from "../../src/core/mobile-number.js";
import { loadPortalSettings, SETTINGS_FILE } from "../../src/portal/settings.js";
import { CodeRows } from "../../src/portal/sms/code-rows.js";
import { Codes, smsText } from "../../src/portal/sms/codes.js";
import { type Gateway, KannelGateway, type Sms } from "../../src/portal/sms/gateway.js";
import type { SmsSettings } from "../../src/portal/sms/sms-settings.js";
import { loadPortalKeys } from "../../src/sync/protocol/keys.js";
import type { CodeMessage } from "../../src/sync/protocol/messages.js";
import { openQuestion, sealQuestion } from "../../src/sync/protocol/seal.js";
import { encode } from "../../src/sync/protocol/validate.js";
import { testClock } from "../store/fixtures.js";
import { contentOf } from "../sync/rig.js";
import { type Held, withFolder, withHeld } from "./holdings.js";
import { connect, heldOn } from "./on-postgres.js";
import { Postgres } from "./postgres.js";

const PHONE = "+84912345678";
const SETTINGS: SmsSettings = {
  ...{ url: "http://127.0.0.1:1/", username: "u", passwordFile: "none", sender: "MOTCUA" },
  ...{ minutes: 5, perNumberAndHour: 3, perKioskAndDay: 6 },
};

/** Keeps what it is given; `taken` says what it answers. */
class Post implements Gateway {
  readonly sent: Sms[] = [];
  taken = true;

  async send(sms: Sms) {
    this.sent.push(sms);
    return { taken: this.taken, detail: "status 202" };
  }

  get code(): string {
    return /\d{6}/.exec(this.sent.at(-1)?.text ?? "")?.[0] ?? "";
  }
}

class House {
  readonly post = new Post();
  readonly codes: Codes;
  readonly #held: Held;
  readonly lines: string[] = [];
  nowMs = testClock.wall().epochMs;

  constructor(held: Held, withGateway = true) {
    this.#held = held;
    const log: Log = (name, fields) => this.lines.push(JSON.stringify([name, fields]));
    this.codes = new Codes({
      ...{ rows: new CodeRows(held.db), secret: randomBytes(32), audit: held.audit, log },
      sms: withGateway ? { gateway: this.post, settings: SETTINGS } : null,
      isEnrolled: (kiosk) => kiosk !== "K99",
      portalKey: (id) => held.vault.keyOf(id),
      clock: Object.assign(Object.create(testClock) as typeof testClock, {
        wall: () => ({ epochMs: this.nowMs, trust: "trusted" }),
      }),
    });
  }

  async ask(
    asks: "send" | "try",
    text: string,
    { reference, kiosk = "T01", id = randomUUID() }: { reference?: string; kiosk?: string; id?: string } = {},
  ): Promise<CodeMessage> {
    const [key] = loadPortalKeys(this.#held.dir);
    if (key === undefined) throw new Error("no key");
    const place = { kiosk, id, asks, reference: reference ?? id };
    const sealed = Buffer.from(await sealQuestion(text, key, place)).toString("base64");
    const { kiosk: _, ...said } = place;
    const answer = await this.codes.hear(kiosk, encode({ v: 1, ...said, portalKeyId: key.id, sealed }));
    if (answer === null) throw new Error("no answer");
    return answer;
  }

  async sent(to = PHONE): Promise<string> {
    const { id, result } = await this.ask("send", to);
    assert.is(result, "sent");
    return id;
  }
}

const wrongCode = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, "0");

test("a mobile number in any way of writing is one number; land lines and others are none", () => {
  for (const given of ["0912345678", "0912 345 678", "+84912345678", "84912345678", "0084 912.345-678"])
    assert.is(toMobileE164(given), PHONE, given);
  for (const given of ["0243825678", "091234567", "09123456789", "+1912345678", "0412345678", "", "abc"])
    assert.is(toMobileE164(given), null, given);
});

test("the message is one part: fewer than 160 signs, all of the GSM alphabet", () => {
  const text = smsText("482913", 15);
  assert.ok(text.length <= 160, String(text.length));
  assert.match(text, /^[A-Za-z0-9 .,:;]+$/);
});

test("what is sealed for one question opens for that one alone", () =>
  withHeld(async ({ dir }) => {
    const [key] = loadPortalKeys(dir);
    if (key === undefined) throw new Error("no key");
    const place = { kiosk: "T01", id: "a", asks: "send", reference: "a" };
    const sealed = await sealQuestion(PHONE, key, place);
    assert.is(await openQuestion(sealed, key, place), PHONE);
    for (const other of [{ kiosk: "T02" }, { id: "b" }, { asks: "try" }, { reference: "b" }])
      assert.is(await openQuestion(sealed, key, { ...place, ...other }).catch(() => null), null);
  }));

/** On either database. */
const walk = async (held: Held): Promise<void> => {
  const house = new House(held);
  const reference = await house.sent();
  const code = house.post.code;
  assert.match(code, /^\d{6}$/);
  assert.is((await house.ask("send", PHONE, { id: reference })).result, "sent", "asked again");
  assert.is(house.post.sent.length, 1, "and sent once");
  const tried = randomUUID();
  const wrong = await house.ask("try", wrongCode(code), { reference, id: tried });
  assert.equal([wrong.result, wrong.triesLeft], ["wrong", 4]);
  assert.ok((wrong.secondsLeft ?? 0) > 290);
  const again = await house.ask("try", wrongCode(code), { reference, id: tried });
  assert.equal([again.result, again.triesLeft], ["wrong", 4], "a repeated question is counted once");
  const elsewhere = await house.ask("try", code, { reference, kiosk: "T02" });
  assert.is(elsewhere.result, "expired", "another kiosk's is unknown");
  const right = randomUUID();
  assert.is((await house.ask("try", code, { reference, id: right })).result, "right");
  assert.is((await house.ask("try", code, { reference, id: right })).result, "right", "answered again");
  assert.is((await house.ask("try", code, { reference })).result, "expired", "once only");

  const content = (value: string) => ({
    ...contentOf(0),
    form: [{ key: "phone", label: { vi: "", en: "" }, value }],
    confirmation: { method: "sms", atMs: 0, reference, field: "phone" },
  });
  const [first, second] = [
    { kiosk: "T01", submission: "s1" },
    { kiosk: "T01", submission: "s2" },
  ];
  assert.is(house.codes.isProven(first, content("0912345678")), false, "not before take-in");
  house.codes.settle(first, content("0987654321"));
  assert.is(house.codes.isProven(first, content("0987654321")), false, "of another number");
  house.codes.settle({ ...first, kiosk: "T02" }, content("0912345678"));
  house.codes.settle(first, content("0912345678"));
  house.codes.settle(second, content("0912345678"));
  assert.is(house.codes.isProven(first, content("0912345678")), true);
  assert.is(house.codes.isProven(second, content("0912345678")), false, "one application");
  assert.is(house.codes.isProven(first, contentOf(0)), null, "on the screen");
};

test("sent once, wrong ones counted, right once, proof for one application and one number", () =>
  withHeld(walk));

test("on PostgreSQL too", () =>
  withFolder((dir) =>
    Postgres.with(async (postgres) => {
      const db = connect(postgres);
      try {
        await walk(heldOn(db, dir));
      } finally {
        db.close();
      }
    }),
  ));

test("five wrong ones, or five minutes, and the code is over; the right one does not help then", () =>
  withHeld(async (held) => {
    const house = new House(held);
    const reference = await house.sent();
    const code = house.post.code;
    const results: string[] = [];
    for (let turn = 0; turn < 5; turn += 1)
      results.push((await house.ask("try", wrongCode(code), { reference })).result);
    assert.equal(results, ["wrong", "wrong", "wrong", "wrong", "expired"]);
    assert.is((await house.ask("try", code, { reference })).result, "expired");
    const late = await house.sent();
    house.nowMs += 5 * 60_000;
    assert.is((await house.ask("try", house.post.code, { reference: late })).result, "expired");
  }));

test("three to a number in an hour, six from a kiosk in a day; what was not taken costs the number nothing", () =>
  withHeld(async (held) => {
    const house = new House(held);
    house.post.taken = false;
    assert.is((await house.ask("send", PHONE)).result, "gatewayDown");
    house.post.taken = true;
    for (let turn = 0; turn < 3; turn += 1) await house.sent();
    assert.is((await house.ask("send", "0912 345 678")).result, "tooMany");
    assert.is((await house.ask("send", PHONE, { kiosk: "T02" })).result, "tooMany", "at any kiosk");
    await house.sent("0981111111");
    await house.sent("0982222222");
    assert.is((await house.ask("send", "0983333333")).result, "tooMany", "the kiosk's day");
    assert.is((await house.ask("send", "0983333333", { kiosk: "T02" })).result, "sent");
    house.nowMs += 3_600_001;
    assert.is((await house.ask("send", PHONE, { kiosk: "T02" })).result, "sent", "an hour later");
    house.nowMs += 24 * 3_600_000;
    await house.sent();
    assert.is(house.post.sent.length, 9);
  }));

test("each other failure has one answer", () =>
  withHeld(async (held) => {
    const house = new House(held);
    assert.is((await new House(held, false).ask("send", PHONE)).result, "noGateway");
    assert.is((await house.ask("send", "02438256789")).result, "badNumber");
    assert.is((await house.ask("send", PHONE, { kiosk: "K99" })).result, "unknownKiosk");
    assert.is((await house.ask("send", PHONE, { reference: randomUUID() })).result, "badQuestion");
    assert.is((await house.ask("try", "123456", { reference: randomUUID() })).result, "expired");
    const id = randomUUID();
    const question = { v: 1, id, asks: "send", reference: id, portalKeyId: "none", sealed: "AAAA" };
    assert.is((await house.codes.hear("T01", encode(question)))?.result, "badQuestion");
    const [key] = loadPortalKeys(held.dir);
    const unsealed = { ...question, portalKeyId: key?.id };
    assert.is((await house.codes.hear("T01", encode(unsealed)))?.result, "badQuestion");
    assert.is(await house.codes.hear("T01", encode({ ...question, v: 2 })), null);
    assert.is(await house.codes.hear("T01", Buffer.from("{")), null);
    assert.is(house.post.sent.length, 0);
  }));

test("reports move the state, the first final one holds, and strangers change nothing", () =>
  withHeld(async (held) => {
    const house = new House(held);
    const reference = await house.sent();
    const token = house.post.sent[0]?.token ?? "";
    const state = () => new CodeRows(held.db).of("T01", reference)?.state;
    assert.is(house.codes.report(token, 8), "kept");
    assert.is(state(), "taken");
    assert.is(house.codes.report(token, 2), "kept");
    assert.is(house.codes.report(token, 1), "kept");
    assert.is(state(), "failed");
    assert.is(house.codes.report(token, 3), "badType");
    assert.is(house.codes.report("0".repeat(32), 1), "unknownToken");
  }));

test("neither number nor code stands in the database, the audit or the log, and no hash without the key", () =>
  withHeld(async (held) => {
    const house = new House(held);
    const reference = await house.sent();
    const code = house.post.code;
    await house.ask("try", wrongCode(code), { reference });
    await house.ask("try", code, { reference });
    const rows = JSON.stringify([
      held.db.prepare("SELECT * FROM sms_codes").all(),
      held.audit.read({ who: null, application: null }, 100, 0).map(({ act, detail }) => [act, detail]),
    ]);
    const plain = createHmac("sha256", "").update(code).digest("hex");
    const disk = readFileSync(join(held.dir, "portal.db")).toString("latin1");
    const wal = readFileSync(join(held.dir, "portal.db-wal")).toString("latin1");
    for (const secret of [code, "912345678", plain, house.post.sent[0]?.text ?? code])
      for (const [where, text] of Object.entries({ rows, disk, wal, log: house.lines.join("\n") }))
        assert.not.ok(text.includes(secret), `${where}: ${secret}`);
    assert.match(rows, /sms\.begun[\s\S]*|sms\.right/);
  }));

test("settings that would send a password in the clear are refused at the start", () =>
  withFolder(async (dir) => {
    const write = (url: string) =>
      writeFileSync(
        join(dir, SETTINGS_FILE),
        `[sms]\nurl = "${url}"\nusername = "u"\npasswordFile = "sms.password"\nsender = "MOTCUA"\n`,
      );
    write("http://gateway.example/cgi-bin/sendsms");
    assert.throws(() => loadPortalSettings(dir), /sms\.url: https, or http on this machine/);
    write("https://gateway.example/cgi-bin/sendsms");
    const { sms } = loadPortalSettings(dir);
    assert.equal([sms?.minutes, sms?.perNumberAndHour, sms?.perKioskAndDay], [5, 3, 200]);
    assert.is(sms?.passwordFile, join(dir, "sms.password"));
    if (sms === undefined) throw new Error("no settings");
    assert.throws(() => new KannelGateway(sms), /can not be read/);
    writeFileSync(sms.passwordFile, "secret\n");
    chmodSync(sms.passwordFile, 0o644);
    assert.throws(() => new KannelGateway(sms), /others can read it/);
  }));

test.run();
