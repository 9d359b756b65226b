// Does a certified copy reach the mailbox once, whatever the mail server does?
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import { Deliveries } from "../../src/portal/deliver/deliveries.js";
import { Mailer, type MailOptions } from "../../src/portal/deliver/mailer.js";
import { testClock } from "../store/fixtures.js";
import { until } from "../sync/rig.js";
import { type Held, type Made, makeCopy, withFolder, withHeld } from "./holdings.js";
import { MailServer, type Mood } from "./mail-server.js";
import { makeTestTls } from "./tls.js";

const ADDRESS = "nguoi.dan@example.vn";
const QUICK = { firstWaitMs: 20, longestWaitMs: 100, giveUpAfterMs: 60_000 };

const plain = (port: number): MailOptions => ({
  ...{ host: "127.0.0.1", port, security: "none", from: "motcua@xa.example", send: "pdf" },
  publicUrl: "https://motcua.example",
});

const startDeliveries = (
  held: Held,
  made: Made,
  options: MailOptions,
  settings: { readonly recipient?: string; readonly giveUpAfterMs?: number } = {},
): Deliveries =>
  new Deliveries({
    ...{ rows: held.deliveryRows, copies: held.copies, clock: testClock, log: silentLog },
    couriers: { mail: new Mailer(options) },
    pack: async ({ key, copy }) => {
      const now = held.copies.byId(copy);
      const recipient = settings.recipient ?? ADDRESS;
      return now === undefined ? null : { key, copy: now, pdf: made.pdf, recipient, language: "vi" };
    },
    timings: { ...QUICK, ...(settings.giveUpAfterMs !== undefined && settings) },
  });

const deliveryOf = (held: Held, made: Made) => held.deliveryRows.ofCopy(made.copy.id)[0];

const sent = (
  moods: readonly Mood[],
  act: (server: MailServer, held: Held, made: Made) => Promise<void>,
  settings: Parameters<typeof startDeliveries>[3] = {},
): Promise<void> =>
  withHeld(async (held) => {
    const server = await MailServer.start({});
    server.moods.push(...moods);
    const made = await makeCopy(held, "1");
    held.deliveryRows.add(made.copy.id, "mail");
    const deliveries = startDeliveries(held, made, plain(server.port), settings);
    try {
      await until("it is settled", () => /delivered|failed/.test(deliveryOf(held, made)?.state ?? ""));
      await act(server, held, made);
    } finally {
      await deliveries.close();
      await server.close();
    }
  });

test("a letter: Vietnamese words, the PDF whole, a name that never changes", () =>
  sent([], async (server, held, made) => {
    assert.is(server.letters.length, 1);
    const [letter] = server.letters;
    assert.equal(letter?.to, [ADDRESS]);
    assert.is(letter?.messageId, `<${made.copy.id}.mail@motcua.example>`);
    assert.match(letter?.raw ?? "", /^auto-submitted: auto-generated/im);
    const attached = /base64[\s\S]*?\r\n\r\n([A-Za-z0-9+/=\r\n]{1000,})/.exec(letter?.raw ?? "")?.[1] ?? "";
    assert.ok(Buffer.from(attached, "base64").equals(made.pdf), "the PDF came as it was");
    assert.is(deliveryOf(held, made)?.detail, "250");
    // A second time in line is no second letter.
    held.deliveryRows.add(made.copy.id, "mail");
    assert.is(held.deliveryRows.ofCopy(made.copy.id).length, 1);
  }));

test("4xx, then a dropped connection, then taken: one letter", () =>
  sent(
    [
      { refuse: 451, words: "4.3.0 try later" },
      "drop",
      { refuseAddress: 450, words: "4.2.1 greylisted" },
      { refuse: 452, words: "4.3.1 no space" },
    ],
    async (server, held, made) => {
      assert.is(deliveryOf(held, made)?.state, "delivered");
      assert.is(deliveryOf(held, made)?.attempts, 5);
      assert.is(server.letters.length, 1);
    },
  ));

test("5xx about the address is final, and its words do not repeat the address", () =>
  sent([{ refuseAddress: 550, words: `5.1.1 <${ADDRESS}> unknown` }], async (server, held, made) => {
    const delivery = deliveryOf(held, made);
    assert.is(delivery?.state, "failed");
    assert.is(delivery?.attempts, 1);
    assert.match(delivery?.detail ?? "", "550 5.1.1");
    assert.not.match(delivery?.detail ?? "", ADDRESS);
    assert.is(server.letters.length, 0);
    // A person corrected the mailbox: tried anew.
    assert.ok(held.deliveryRows.again(made.copy.id, delivery?.id ?? 0));
    assert.not(held.deliveryRows.again(made.copy.id, delivery?.id ?? 0), "not twice");
  }));

test("no address at all is never sent anywhere", () =>
  sent(
    [],
    async (server, held, made) => {
      assert.is(deliveryOf(held, made)?.state, "failed");
      assert.is(server.attempts, 0);
    },
    { recipient: "a@b.example\r\nBcc: all@example.vn" },
  ));

test("after days of 4xx a person is asked", () =>
  sent(
    Array.from({ length: 50 }, () => ({ refuse: 451, words: "4.3.0 later" })),
    async (server, held, made) => {
      assert.is(deliveryOf(held, made)?.state, "failed");
      assert.match(deliveryOf(held, made)?.detail ?? "", "451");
      assert.ok(server.attempts >= 2, "it was tried more than once");
    },
    { giveUpAfterMs: 150 },
  ));

test("STARTTLS and a login: a wrong password is the operator's matter, a foreign server gets nothing", () =>
  withFolder(async (dir) => {
    const tls = makeTestTls(dir);
    const login = { user: "portal", password: "đúng mật khẩu" };
    const server = await MailServer.start({ tls, login });
    const passwordFile = join(dir, "password");
    const options = (password: string): MailOptions => {
      writeFileSync(passwordFile, `${password}\n`);
      return {
        ...plain(server.port),
        ...{ security: "starttls", login: { user: login.user, passwordFile }, caFile: tls.caFile },
      };
    };
    try {
      await withHeld(async (held) => {
        const { copy, pdf } = await makeCopy(held, "1");
        const parcel = { key: "k", copy, pdf, recipient: ADDRESS, language: "en" } as const;
        const { signal } = new AbortController();
        const wrong = await new Mailer(options("falsch")).send(parcel, signal);
        assert.is(wrong.kind, "later", "535 is no word about the letter");
        assert.match(wrong.detail, "535");
        const { caFile: _, ...strangers } = options(login.password);
        assert.is(
          (await new Mailer(strangers).send(parcel, signal)).kind,
          "later",
          "an authority nobody knows",
        );
        assert.is(server.letters.length, 0);
        assert.is((await new Mailer(options(login.password)).send(parcel, signal)).kind, "delivered");
        assert.is(server.letters[0]?.secure, true);
        assert.is(server.letters[0]?.user, login.user);
        const link = await new Mailer({ ...options(login.password), send: "link" }).send(parcel, signal);
        assert.is(link.kind, "delivered");
        assert.match(server.letters[1]?.raw ?? "", "https://motcua.example/lookup");
        assert.not.match(server.letters[1]?.raw ?? "", "application/pdf");
      });
      assert.throws(() => new Mailer({ ...plain(25), host: "mail.example" }), /without TLS/);
    } finally {
      await server.close();
    }
  }));

test("a copy that was revoked meanwhile does not go out", () =>
  withHeld(async (held) => {
    const server = await MailServer.start({});
    const made = await makeCopy(held, "1");
    held.deliveryRows.add(made.copy.id, "mail");
    held.copies.revoke(made.copy.id, "Sai số");
    const deliveries = startDeliveries(held, made, plain(server.port));
    try {
      await until("it is settled", () => deliveryOf(held, made)?.state === "failed");
      assert.is(server.letters.length, 0);
    } finally {
      await deliveries.close();
      await server.close();
    }
  }));

test.run();
