// Is a fee settled once, by the right transfer or at the desk, and does everybody see the same of it?
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import { readTransfer } from "../../src/core/vietqr.js";
import { callProblem, loadSecrets, signCall } from "../../src/portal/connector/signed-call.js";
import type { FeeSettings } from "../../src/portal/fees/fee-settings.js";
import { Fees } from "../../src/portal/fees/fees.js";
import type { Notice } from "../../src/portal/fees/notice.js";
import { newReference, referencesIn } from "../../src/portal/fees/reference.js";
import { Inquiries } from "../../src/portal/inquiries.js";
import { startPortal } from "../../src/portal/portal.js";
import { loadPortalSettings, SETTINGS_FILE } from "../../src/portal/settings.js";
import { hashLookupCode, newLookupCode } from "../../src/sync/protocol/lookup-code.js";
import type { FeeMessage, FoundFee } from "../../src/sync/protocol/messages.js";
import { decode, encode } from "../../src/sync/protocol/validate.js";
import { testClock } from "../store/fixtures.js";
import { KIOSK } from "../sync/rig.js";
import { type Held, takeApplication, withFolder, withHeld } from "./holdings.js";

const SECRET = "the gateway's secret of forty signs, say";
const OLD_SECRET = "the secret before it, also forty signs..";
const ACCOUNT: FeeSettings = {
  ...{ bankBin: "970403", account: "0011012345678", accountName: "UBND XA THU", service: "QRIBFTTA" },
  ...{ referencePrefix: "MC", minutes: 15, noticeSecretFile: "fees.secret" },
};
const TOML = `[fees]
bankBin = "970403"
account = "0011012345678"
accountName = "UBND XA THU"
noticeSecretFile = "fees.secret"
`;
const BANK = { name: "gateway:bank", role: "", address: "::1" } as const;
const WISH = { v: 1, id: "q", slipNumber: "T01-000001", procedure: "2.000815", amountVnd: 7000 } as const;

const feesOf = ({ feeRows: rows, audit }: Held, nowMs = () => testClock.wall().epochMs): Fees =>
  new Fees({
    ...{ rows, audit, settings: ACCOUNT, log: silentLog },
    clock: Object.assign(Object.create(testClock) as typeof testClock, {
      wall: () => ({ epochMs: nowMs(), trust: "trusted" }),
    }),
  });

const PAID_AT_MS = Math.round(testClock.wall().epochMs);
const notice = (transaction: string, words: string, more: Partial<Notice> = {}): Notice => ({
  ...{ transaction, words, amountVnd: 7000, paidAtMs: PAID_AT_MS },
  ...more,
});

test("a reference survives what people and banks do to words, and a wrong sign is found", () => {
  for (let run = 0; run < 300; run += 1) {
    const reference = newReference("MC");
    assert.match(reference, /^MC[0-9A-HJKMNP-TV-Z]{10}$/);
    const mangled = [
      `${reference} LE PHI`,
      reference.toLowerCase(),
      `CT DEN:0912.${reference.slice(0, 5)} ${reference.slice(5)}-LE PHI;MCMC`,
      `NGUYEN THI MC THAO chuyen ${reference}`,
    ];
    for (const words of mangled) assert.ok(referencesIn(words, "MC").includes(reference), words);
    const at = 2 + (run % 10);
    const other = reference[at] === "7" ? "9" : "7";
    assert.equal(referencesIn(reference.slice(0, at) + other + reference.slice(at + 1), "MC"), []);
  }
  assert.equal(referencesIn("MC MCMCMCMC", "MC"), []);
});

test("what is set wrongly is said with its key", () =>
  withFolder(async (dir) => {
    const wrong = (change: (toml: string) => string): string => {
      writeFileSync(join(dir, SETTINGS_FILE), change(TOML));
      try {
        loadPortalSettings(dir);
      } catch (thrown) {
        return (thrown as Error).message;
      }
      return "";
    };
    assert.is(
      wrong((toml) => toml),
      "",
    );
    assert.is(loadPortalSettings(dir).fees?.noticeSecretFile, join(dir, "fees.secret"));
    assert.match(
      wrong((toml) => toml.replace("970403", "97040")),
      /fees\.bankBin: six digits/,
    );
    assert.match(
      wrong((toml) => toml.replace("0011", "00 11")),
      /fees\.account: 1 to 19/,
    );
    assert.match(
      wrong((toml) => `${toml}service = "QR"\n`),
      /fees\.service: one of QRIBFTTA/,
    );
    assert.match(
      wrong((toml) => `${toml}referencePrefix = "phi"\n`),
      /fees\.referencePrefix: 2 to 6/,
    );
    assert.match(
      wrong((toml) => `${toml}minutes = 1\n`),
      /fees\.minutes: 3 at least/,
    );
    assert.match(
      wrong((toml) => toml.replace(/accountName.*\n/, "")),
      /fees\.accountName/,
    );
    const file = join(dir, "fees.secret");
    const secrets = (text: string, mode = 0o600): string => {
      writeFileSync(file, text);
      chmodSync(file, mode);
      try {
        return loadSecrets(file).join(" + ");
      } catch (thrown) {
        return (thrown as Error).message;
      }
    };
    assert.match(secrets(SECRET, 0o644), /chmod 600/);
    wrong((toml) => toml);
    const started = await startPortal({
      ...{ dir, brokerUrl: "mqtt://127.0.0.1:9", port: 0, clock: testClock, log: silentLog },
    }).then(
      () => "started",
      (thrown: Error) => thrown.message,
    );
    assert.match(started, /chmod 600/, "the portal does not start");
    assert.is(secrets(`${SECRET}\n`), SECRET);
    assert.is(secrets(`${SECRET}\r\n\n${OLD_SECRET}`), `${SECRET} + ${OLD_SECRET}`);
    assert.match(secrets(`${SECRET}\n${SECRET}\n${OLD_SECRET}`), /holds 3 secrets/);
    assert.match(secrets("\n"), /holds 0 secrets/);
    assert.match(secrets("short"), /fewer than 32/);
    rmSync(file);
    assert.throws(() => loadSecrets(file), /can not be read \(ENOENT\)/);
  }));

test("a signature holds for this call, this body and this quarter of an hour", () => {
  const call = { method: "POST", path: "/api/x", body: Buffer.from("{}") };
  const now = 1_800_000_000;
  const header = signCall(call, SECRET, now);
  const judged = (change: Partial<typeof call>, at = now, secrets: readonly string[] = [SECRET]) =>
    callProblem({ ...call, ...change }, header, secrets, at);
  assert.is(judged({}), null);
  assert.is(judged({}, now, ["x".repeat(40), SECRET]), null);
  assert.is(judged({}, now + 300), null);
  assert.is(judged({}, now + 301), "staleTimestamp");
  assert.is(judged({}, now - 301), "staleTimestamp");
  assert.is(judged({ body: Buffer.from("{ }") }), "badSignature");
  assert.is(judged({ path: "/api/y" }), "badSignature");
  assert.is(judged({ method: "PUT" }), "badSignature");
  assert.is(judged({}, now, ["x".repeat(40)]), "badSignature");
  for (const other of [undefined, "", "Bearer x", header.slice(0, -1), `${header}0`, header.toUpperCase()])
    assert.is(callProblem(call, other, [SECRET], now), "noSignature");
});

test("each way in which money comes has one result; the same notice twice changes nothing", () =>
  withHeld(async (held) => {
    const fees = feesOf(held);
    const order = fees.answer(KIOSK, { ...WISH, submission: "s1" }).order;
    assert.is(order?.state, "open");
    assert.equal(readTransfer(order?.qr ?? "").reference, order?.reference);
    const words = `tra le phi ${order?.reference}`;
    const result = (told: Notice) => {
      const taken = fees.take(told, BANK);
      return taken.kind === "taken" ? `${taken.result}${taken.repeated ? ", again" : ""}` : taken.kind;
    };
    assert.is(result(notice("t0", "MC0000000000")), "unknownReference");
    assert.is(result(notice("t1", words, { amountVnd: 6999 })), "wrongAmount");
    assert.is(fees.answer(KIOSK, { ...WISH, submission: "s1" }).order?.state, "wrongAmount");
    assert.is(result(notice("t2", words)), "settled");
    const paid = fees.answer(KIOSK, { ...WISH, submission: "s1" }).order;
    assert.equal([paid?.state, paid?.qr, paid?.secondsLeft], ["paid", null, 0]);
    assert.is(result(notice("t2", words)), "settled, again");
    assert.is(result(notice("t2", words, { amountVnd: 1 })), "differs");
    assert.is(result(notice("t3", words)), "paidAgain");
    assert.equal(
      fees.toHandle().map(({ payment, fee }) => [payment.result, fee?.reference ?? null]),
      [
        ["unknownReference", null],
        ["wrongAmount", order?.reference],
        ["paidAgain", order?.reference],
      ],
    );
    const rows = held.audit.read({ who: BANK.name, application: null }, 99, 0);
    assert.equal(
      rows.map(({ detail }) => detail),
      ["paidAgain 7000", "settled 7000", "wrongAmount 6999", "unknownReference 7000"],
    );
    assert.is(held.audit.verify().ok, true);
  }));

test("the application comes before or after the kiosk's question, and its signed word counts while nothing is paid", () =>
  withHeld(async (held) => {
    const fees = feesOf(held);
    const application = takeApplication(held, newLookupCode());
    const asked = fees.answer(KIOSK, { ...WISH, submission: application.submission }).order;
    fees.declare(application, 9000);
    assert.equal(
      [fees.of(application)?.amountVnd, fees.of(application)?.reference],
      [9000, asked?.reference],
    );
    fees.take(notice("t1", asked?.reference ?? "", { amountVnd: 9000 }), BANK);
    fees.declare(application, 1000);
    assert.equal([fees.of(application)?.amountVnd, fees.of(application)?.declaredVnd], [9000, 1000]);
    const other = takeApplication(held, newLookupCode());
    fees.declare(other, 5000);
    assert.is(fees.answer(KIOSK, { ...WISH, submission: other.submission }).order?.amountVnd, 5000);
    const without = takeApplication(held, newLookupCode());
    assert.equal([...fees.ofAll([application, other, without]).values()].length, 2);
  }));

test("who looks an application up hears what it costs and whether that is paid", () =>
  withHeld(async (held) => {
    const fees = feesOf(held);
    const told: Buffer[] = [];
    const inquiries = new Inquiries({
      ...{ ...held, fees, isEnrolled: () => true },
      send: (_kiosk, _kind, message) => {
        told.push(encode(message));
      },
    });
    const ask = (code: string): FoundFee | undefined => {
      inquiries.lookup(KIOSK, { v: 1, id: "q", lookupHash: hashLookupCode(code) });
      const heard = decode("found", told.at(-1) ?? Buffer.of());
      if (!heard.ok) throw new Error("the kiosk does not understand it");
      return heard.value.found?.fee;
    };
    const [free, paid, desk] = [newLookupCode(), newLookupCode(), newLookupCode()];
    takeApplication(held, free);
    assert.is(ask(free), undefined);
    const application = takeApplication(held, paid);
    fees.declare(application, 7000);
    assert.equal(ask(paid), { amountVnd: 7000, paid: false });
    fees.take(notice("t1", fees.of(application)?.reference ?? ""), BANK);
    assert.equal(ask(paid), { amountVnd: 7000, paid: true });
    const atDesk = takeApplication(held, desk);
    fees.declare(atDesk, 5000);
    fees.payAtDesk(atDesk, "BL-1", "mai");
    assert.equal(ask(desk), { amountVnd: 5000, paid: true });
    assert.is(ask(newLookupCode()), undefined);
  }));

test("a transfer after the code's time settles and is told; a code that is over is offered anew", () =>
  withHeld(async (held) => {
    let now = testClock.wall().epochMs;
    const fees = feesOf(held, () => now);
    const ask = () => fees.answer(KIOSK, { ...WISH, submission: "s1" }).order;
    const order = ask();
    assert.is(order?.secondsLeft, 900);
    now += 100_000;
    assert.is(ask()?.secondsLeft, 800);
    now += 900_000;
    const late = notice("t1", order?.reference ?? "", { paidAtMs: now });
    assert.equal(fees.take(late, BANK), { kind: "taken", result: "settledLate", repeated: false });
    assert.is(ask()?.state, "paid");
    assert.is(fees.toHandle()[0]?.payment.result, "settledLate");
    fees.handle(fees.toHandle()[0]?.payment.id ?? 0, "mai", "đã xem");
    assert.equal(fees.toHandle(), []);
    assert.throws(() => fees.handle(1, "mai", "nữa"), /dealt with/);
    const second = fees.answer(KIOSK, { ...WISH, submission: "s2" }).order;
    now += 901_000;
    assert.is(fees.answer(KIOSK, { ...WISH, submission: "s2" }).order?.secondsLeft, 900);
    const inTime = notice("t2", second?.reference ?? "", { paidAtMs: now - 600_000 });
    assert.is((fees.take(inTime, BANK) as { result: string }).result, "settled");
  }));

test("paid at the desk: once, with a receipt of its own, and taken back when it was a mistake", () =>
  withHeld(async (held) => {
    const fees = feesOf(held);
    const told: FeeMessage[] = [];
    fees.telling((_kiosk, _kind, message) => told.push(message as FeeMessage));
    const one = takeApplication(held, newLookupCode());
    const two = takeApplication(held, newLookupCode());
    assert.throws(() => fees.payAtDesk(one, "BL-1", "mai"), /no fee/);
    fees.declare(one, 2000);
    fees.declare(two, 2000);
    assert.throws(() => fees.payAtDesk(one, "BL 1; DROP", "mai"), /receipt's number/);
    fees.payAtDesk(one, "BL-1", "mai");
    assert.throws(() => fees.payAtDesk(one, "BL-2", "mai"), /paid already/);
    assert.throws(() => fees.payAtDesk(two, "BL-1", "mai"), /used before/);
    const words = fees.of(one)?.reference ?? "";
    assert.is(
      (fees.take(notice("t1", words, { amountVnd: 2000 }), BANK) as { result: string }).result,
      "paidAgain",
    );
    fees.undoDesk(one);
    assert.throws(() => fees.undoDesk(one), /not entered/);
    fees.payAtDesk(two, "BL-1", "mai");
    assert.equal([fees.of(one)?.state, fees.of(two)?.state], ["open", "paidAtDesk"]);
    assert.equal(
      told.map(({ submission, order }) => [submission === one.submission, order?.state]),
      [
        [true, "paid"],
        [true, "paid"],
        [false, "paid"],
      ],
    );
  }));

test.run();
