// Does the kiosk show what the portal orders and nothing else, hear that it is paid, and write both down?
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { askPayment, awaitPayment, type PayingParts, reconcilePayments } from "../../src/acts/paying.js";
import { silentLog } from "../../src/core/log.js";
import { readTransfer, writeTransfer } from "../../src/core/vietqr.js";
import type { PaymentWish, Slip } from "../../src/flows/effects.js";
import { openStore } from "../../src/store/sqlite-store.js";
import type { Store } from "../../src/store/store.js";
import type { FeeMessage, FeeOrder } from "../../src/sync/protocol/messages.js";
import { feeSlip } from "../flows/house.js";
import { BankGateway } from "../portal/bank-gateway.js";
import { Desk } from "../portal/desk.js";
import { makeTestTls } from "../portal/tls.js";
import { testClock, withFolder } from "../store/fixtures.js";
import { until } from "../sync/rig.js";

const SECRET = "the gateway's secret of forty signs, say";
const TOML = `[fees]
bankBin = "970403"
account = "0011012345678"
accountName = "UBND XA THU"
noticeSecretFile = "fees.secret"
`;
const ID = "0b5ad1a4-4b0a-4f6e-9a57-1c2f3c3b5a11";
const REFERENCE = "MC7K3F9Q2A5T";
const WISH: PaymentWish = { submissionId: ID, slip: feeSlip };

const transferOf = (amountVnd: number, reference = REFERENCE): string =>
  writeTransfer({
    ...{ bankBin: "970403", account: "0011012345678", service: "QRIBFTTA", amountVnd, reference },
    purpose: `${reference} LE PHI`,
  });
const ORDER: FeeOrder = {
  ...{ reference: REFERENCE, amountVnd: 2000, state: "open", payee: "UBND XA THU", secondsLeft: 900 },
  qr: transferOf(2000),
};
const said = (order: FeeOrder | null): FeeMessage => ({
  ...{ v: 1, id: "q", submission: ID, order },
  reason: order === null ? "noPayments" : null,
});

/** A link whose portal says what the test says. */
const scripted = (answer: () => FeeMessage, state: "up" | "down" = "up") => {
  const listeners = new Set<(message: FeeMessage) => void>();
  return {
    listeners,
    state,
    askFee: async () => {
      const message = answer();
      for (const listener of listeners) listener(message);
      return message;
    },
    watchFee: (listener: (message: FeeMessage) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

const withStore = (act: (store: Store) => Promise<void>): Promise<void> =>
  withFolder(async (dir) => {
    const store = openStore({ dir, clock: testClock, log: silentLog });
    try {
      await act(store);
    } finally {
      store.close();
    }
  });

const parts = (store: Store, link: PayingParts["link"], kept: Slip[] = []): PayingParts => ({
  ...{ store, link, log: silentLog, keepSlip: (slip: Slip) => kept.push(slip) },
  // Asks again at once.
  clock: Object.assign(Object.create(testClock) as typeof testClock, {
    sleep: (_ms: number, signal?: AbortSignal) => testClock.sleep(1, signal),
  }),
});

const never = () => new AbortController().signal;

test("an order that asks for what the citizen owes is shown; any other leads to the desk", () =>
  withStore(async (store) => {
    const ask = async (order: FeeOrder | null) => {
      const answer = await askPayment(
        parts(
          store,
          scripted(() => said(order)),
        ),
        WISH,
        never(),
      );
      return answer.kind === "desk" ? answer.reason : answer.kind;
    };
    assert.is(await ask(ORDER), "open");
    assert.is(await ask({ ...ORDER, state: "paid", qr: null }), "paid");
    assert.is(await ask(null), "noPayments");
    assert.is(await ask({ ...ORDER, state: "wrongAmount", qr: null }), "wrongAmount");
    assert.is(await ask({ ...ORDER, amountVnd: 3000, qr: transferOf(3000) }), "wrongAmount");
    assert.is(await ask({ ...ORDER, qr: transferOf(20_000) }), "offline", "a code of another amount");
    assert.is(await ask({ ...ORDER, qr: transferOf(2000, "MCELSE") }), "offline", "of another reference");
    assert.is(await ask({ ...ORDER, qr: `${ORDER.qr?.slice(0, -1)}0` }), "offline", "a code that is damaged");
    assert.is(await ask({ ...ORDER, qr: null }), "offline", "no code");
    assert.equal(store.journal.open("payment"), [], "each question has its outcome");
    assert.is(store.journal.verify().ok, true);
  }));

test("without a link nobody is asked, and a question that a power cut left open is closed at start", () =>
  withStore(async (store) => {
    const answer = await askPayment(
      parts(
        store,
        scripted(() => said(ORDER), "down"),
      ),
      WISH,
      never(),
    );
    assert.equal(answer, { kind: "desk", reason: "offline", reference: null });
    store.journal.intent("payment", ID, { number: "K01-000001", amountVnd: 2000 });
    assert.is(reconcilePayments(store), 1);
    assert.equal(store.journal.open("payment"), []);
  }));

test("what a broken connection lost is asked for again; whoever leaves is listened to no more", () =>
  withStore(async (store) => {
    let asked = 0;
    const kept: Slip[] = [];
    const link = scripted(() => {
      asked += 1;
      return said(asked < 4 ? ORDER : { ...ORDER, state: "paid", qr: null });
    });
    assert.is(await awaitPayment(parts(store, link, kept), WISH, never()), "paid");
    assert.is(asked, 4);
    assert.is(kept[0]?.fee?.paid, true, "after a cut the slip says so");
    assert.is(link.listeners.size, 0);
    const leaving = new AbortController();
    const open = scripted(() => said(ORDER));
    const waited = awaitPayment(parts(store, open), WISH, leaving.signal).then(
      () => "came",
      (thrown: Error) => thrown.message,
    );
    await until("it listens", () => open.listeners.size === 1, 60_000);
    leaving.abort(new Error("left"));
    assert.is(await waited, "left");
    assert.is(open.listeners.size, 0);
  }));

test("a citizen pays: real link, broker and portal, and a bank's process behind TLS", () =>
  Desk.with(
    async (desk) => {
      const { link, store } = desk.rig;
      if (link === null) throw new Error("no link");
      const application = await desk.submit({ feeVnd: 2000 });
      const wish: PaymentWish = { submissionId: application.submission, slip: feeSlip };
      const kept: Slip[] = [];
      const real: PayingParts = {
        ...{ store, link, clock: testClock, log: silentLog, keepSlip: (slip: Slip) => kept.push(slip) },
      };
      const order = await askPayment(real, wish, never());
      if (order.kind !== "open") throw new Error(order.kind);
      assert.ok(order.qr.side >= 21 && order.secondsLeft > 800);
      const { order: told } = await link.askFee(
        { submission: application.submission, slipNumber: "x", procedure: "y", amountVnd: 2000 },
        30_000,
      );
      const { bankBin, account, purpose } = readTransfer(told?.qr ?? "");
      const paid = awaitPayment(real, { ...wish, slip: { ...feeSlip } }, never());
      const dir = join(desk.rig.dir, "tls");
      mkdirSync(dir);
      await BankGateway.with(makeTestTls(dir), desk.url, async (bank) => {
        const body = { transaction: "t-1", bankBin, account, amountVnd: 2000, currency: "VND" };
        const more = { direction: "credit", paidAt: new Date().toISOString(), words: `IBFT ${purpose}` };
        const { answer } = await bank.tell({ body: { ...body, ...more }, secret: SECRET });
        assert.is(answer["result"], "settled");
      });
      assert.is(await paid, "paid");
      assert.is(kept.at(-1)?.fee?.paid, true);
      assert.equal(await askPayment(real, wish, never()), { kind: "paid", reference: order.reference });
      assert.equal(store.journal.open("payment"), []);
      assert.is(store.journal.verify().ok, true);
    },
    (rig) => {
      writeFileSync(join(rig.portalDir, "fees.secret"), `${SECRET}\n`, { mode: 0o600 });
      return TOML;
    },
  ));

test.run();
