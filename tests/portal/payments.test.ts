// Does a bank's gateway settle a fee by the contract, over TLS, and does everybody see it: kiosk, officer, citizen?
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readTransfer } from "../../src/core/vietqr.js";
import type { FeeMessage } from "../../src/sync/protocol/messages.js";
import { until } from "../sync/rig.js";
import { BankGateway } from "./bank-gateway.js";
import { Desk } from "./desk.js";
import { makeTestTls } from "./tls.js";

const SECRET = "the gateway's secret of forty signs, say";
const OLD_SECRET = "the secret before it, also forty signs..";
const TOML = `[fees]
bankBin = "970403"
account = "0011012345678"
accountName = "UBND XA THU"
noticeSecretFile = "fees.secret"
`;

const transfer = (transaction: string, words: string, amountVnd: number) => ({
  ...{ transaction, bankBin: "970403", account: "0011012345678", amountVnd, currency: "VND" },
  ...{ direction: "credit", paidAt: new Date().toISOString(), words },
});

/** An officer takes the money, and nobody else can. */
const atTheDesk = async (desk: Desk): Promise<void> => {
  const application = await desk.submit({ feeVnd: 2000 });
  const path = `/applications/${application.id}/fee/desk`;
  const post = (role: "agency" | "operations") =>
    desk.fetch(path, { method: "POST", body: new URLSearchParams({ receipt: "BL-9" }) }, role);
  assert.is((await post("agency")).status, 403);
  assert.is((await post("operations")).status, 403);
  assert.is((await desk.post(path, { receipt: "BL-0009/26" })).status, 303);
  assert.is((await desk.post(path, { receipt: "BL-0010" })).status, 409);
  assert.match(await desk.page(`/applications/${application.id}`), /Đã thu tại quầy[\s\S]*BL-0009\/26/);
  assert.is((await desk.post(`${path}/undo`, {})).status, 303);
  assert.match(await desk.page(`/applications/${application.id}`), /Chưa trả/);
  const audit = await desk.page(`/audit?application=${application.id}`, "administrator");
  for (const act of ["fee.paidAtDesk", "fee.deskUndone"]) assert.ok(audit.includes(act), act);
};

const withBank = (act: (desk: Desk, bank: BankGateway) => Promise<void>): Promise<void> =>
  Desk.with(
    (desk) => {
      const dir = join(desk.rig.dir, "tls");
      mkdirSync(dir);
      return BankGateway.with(makeTestTls(dir), desk.url, (bank) => act(desk, bank));
    },
    (rig) => {
      writeFileSync(join(rig.portalDir, "fees.secret"), `${SECRET}\n${OLD_SECRET}\n`, { mode: 0o600 });
      return TOML;
    },
  );

test("from the kiosk's question to the officer's page: a bank's process pays over TLS, by the contract", () =>
  withBank(async (desk, bank) => {
    const { link } = desk.rig;
    if (link === null) throw new Error("no link");
    const heard: FeeMessage[] = [];
    link.watchFee((message) => heard.push(message));
    const application = await desk.submit({ feeVnd: 15_000 });
    const question = {
      ...{ submission: application.submission, slipNumber: "T01-000001", procedure: "2.000815" },
      amountVnd: 15_000,
    };
    const { order } = await link.askFee(question, 30_000);
    assert.equal([order?.state, order?.payee, order?.amountVnd], ["open", "UBND XA THU", 15_000]);
    const code = readTransfer(order?.qr ?? "");
    assert.equal([code.bankBin, code.account, code.amountVnd], ["970403", "0011012345678", 15_000]);
    const lookUp = async () => (await fetch(`${desk.url}/lookup?code=${application.lookupCode}`)).text();
    assert.match(await lookUp(), /15\.000 đồng – chưa trả · not paid yet/);
    assert.match(await desk.page("/"), /Chưa trả/);

    const body = transfer("VCB.20261123.1", code.purpose.toLowerCase(), 15_000);
    const first = await bank.tell({ body, secret: SECRET });
    assert.equal([first.status, first.answer], [200, { result: "settled", repeated: false }]);
    await until("the kiosk hears of it unasked", () => heard.at(-1)?.order?.state === "paid", 60_000);
    const again = await bank.tell({ body, secret: OLD_SECRET });
    assert.equal(again.answer, { result: "settled", repeated: true });
    assert.match(await lookUp(), /15\.000 đồng – đã trả · paid/);
    assert.match(
      await desk.page(`/applications/${application.id}`),
      /Đã chuyển khoản[\s\S]*VCB\.20261123\.1/,
    );
    assert.match(await desk.page("/"), /Đã chuyển khoản/);
    const csv = await (await desk.fetch("/statistics/fees.csv")).text();
    assert.match(csv, /^day,transfers,[\s\S]*\d{4}-\d\d-\d\d,1,15000,0,0\r\n$/);
    assert.match(await desk.page("/statistics"), /Lệ phí theo ngày/);
    const audit = await desk.page("/audit", "administrator");
    assert.match(audit, /gateway:bank[\s\S]*payment\.heard/);
    await atTheDesk(desk);
  }));

test("whoever is not the gateway, and whatever is no notice, gets one defined answer and changes nothing", () =>
  withBank(async (desk, bank) => {
    const body = transfer("t1", "MC0000000000", 1);
    const said = async (errand: Parameters<BankGateway["tell"]>[0]) => {
      const { status, answer } = await bank.tell(errand);
      return `${status} ${String(answer["error"] ?? answer["result"])}`;
    };
    const secret = SECRET;
    assert.is(await said({ body, secret: "x".repeat(40) }), "401 badSignature");
    assert.is(await said({ body, secret, signInstead: { ...body, amountVnd: 2 } }), "401 badSignature");
    assert.is(await said({ body, secret, aheadS: -400 }), "401 staleTimestamp");
    assert.is(await said({ body, secret, aheadS: 400 }), "401 staleTimestamp");
    assert.is(await said({ body, secret, unsigned: true }), "401 noSignature");
    assert.match(await said({ body, secret, bare: true }), /^403 /);
    assert.match(await said({ body, secret, cookie: "a=b" }), /^403 /);
    assert.is(await said({ body: "{", secret, wrong: true }), "400 badBody");
    assert.is(await said({ body: { ...body, amountVnd: -1 }, secret, wrong: true }), "400 badBody");
    assert.is(await said({ body: { ...body, more: 1 }, secret, wrong: true }), "400 badBody");
    assert.is(await said({ body: { ...body, direction: "debit" }, secret, wrong: true }), "400 badBody");
    assert.is(await said({ body: { ...body, account: "999" }, secret }), "422 notOurs");
    const large = { ...body, words: "x".repeat(20_000) };
    assert.match(await said({ body: large, secret, wrong: true }), /^413 /);
    assert.match(await said({ body: "a=b", secret, wrong: true, mediaType: "text/plain" }), /^415 /);
    assert.is(await said({ body, secret }), "200 unknownReference");
    assert.is(await said({ body: { ...body, amountVnd: 2 }, secret }), "409 transactionDiffers");
    const browser = await fetch(`${desk.url}/api/payments/notices`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: "https://elsewhere.example" },
      body: JSON.stringify(body),
    });
    assert.is(browser.status, 403, "no page of another site");
    const shown = await desk.page("/fees");
    assert.match(shown, /Không rõ trả cho hồ sơ nào/);
    assert.is(shown.split("MC0000000000").length, 2, "one row");
    assert.is((await desk.fetch("/fees", {}, "operations")).status, 403);
    const handled = await desk.post("/fees/payments/1/handled", { note: "trả lại tiền" });
    assert.is(handled.status, 303);
    assert.match(await desk.page("/fees"), /Không có khoản nào cần xem lại/);
  }));

test("a portal that has no account to pay to says so", () =>
  Desk.with(async (desk) => {
    const { link } = desk.rig;
    const application = await desk.submit({ feeVnd: 2000 });
    const question = { submission: application.submission, slipNumber: "x", procedure: "y", amountVnd: 2000 };
    assert.equal((await link?.askFee(question, 30_000))?.reason, "noPayments");
    const notice = await fetch(`${desk.url}/api/payments/notices`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "MOTCUA-HMAC-SHA256 ts=1, sig=0" },
      body: "{}",
    });
    assert.equal([notice.status, await notice.json()], [404, { error: "noPayments" }]);
    assert.match(await desk.page("/fees"), /lệ phí thu tại quầy/);
    assert.match(await desk.page(`/applications/${application.id}`), /2\.000 đồng/);
  }));

test.run();
