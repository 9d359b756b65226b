// Does secure messaging hold under each cipher, against a card's end that was written apart from it?
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { SecuredChannel } from "../../src/chip/access/channel.js";
import { type CipherSuite, deriveKey } from "../../src/chip/access/kdf.js";
import type { Command } from "../../src/chip/apdu.js";
import { startSecureMessaging } from "../../src/chip/secure-messaging.js";
import { CardMessaging } from "../../src/chip/sim/card-messaging.js";

const SUITES: readonly CipherSuite[] = ["3DES", "AES-128", "AES-192", "AES-256"];
const READ: Command = { cla: 0, ins: 0xb0, p1: 0, p2: 0, le: 256 };
const hex = (data: Uint8Array): string => Buffer.from(data).toString("hex");

test("the password key of a CAN under each cipher", () => {
  const can = new TextEncoder().encode("123456");
  const keys = SUITES.map((suite) => hex(deriveKey(suite, can, 3)));
  assert.equal(keys, [
    "581568cda83d64209dcdb9570232610e",
    "591468cda83d65219cccb8560233600f",
    "8df3278fb32026e66277357fcd6c826dbeb3de32088b2531",
    "8df3278fb32026e66277357fcd6c826dbeb3de32088b2531757d753940185923",
  ]);
});

for (const suite of SUITES) {
  test(`${suite}: commands and answers of every length pass in both directions`, () => {
    const secret = fc.uint8Array({ minLength: 16, maxLength: 64 });
    const exchange = fc.record({
      data: fc.uint8Array({ minLength: 1, maxLength: 200 }),
      answer: fc.uint8Array({ maxLength: 231 }),
      odd: fc.boolean(),
      sw: fc.constantFrom(0x9000, 0x6282, 0x6982, 0x6a82),
    });
    fc.assert(
      fc.property(secret, fc.array(exchange, { minLength: 1, maxLength: 4 }), (seed, exchanges) => {
        const [reader, card] = [startSecureMessaging(suite, seed), new CardMessaging(suite, seed)];
        for (const { data, answer, odd, sw } of exchanges) {
          const command = { ...READ, ins: odd ? 0xb1 : 0xb0, data };
          assert.equal(card.open(reader.protect(command)), command);
          const opened = reader.unprotect(card.protect({ data: answer, sw }, odd));
          assert.is(hex(opened.data), hex(answer));
          assert.is(opened.sw, sw);
          assert.is(opened.sessionAlive, true);
        }
      }),
      { numRuns: 100 },
    );
  });

  test(`${suite}: the largest read is the most that a short answer holds`, () => {
    const seed = new Uint8Array(32).fill(7);
    const { maxReadBytes } = startSecureMessaging(suite, seed);
    const bytesOf = (count: number) =>
      new CardMessaging(suite, seed).protect({ data: new Uint8Array(count), sw: 0x9000 }, false).data.length;
    assert.ok(bytesOf(maxReadBytes) <= 256);
    assert.ok(bytesOf(maxReadBytes + 1) > 256);
  });

  test(`${suite}: any changed bit of an answer is refused and ends the session`, () => {
    const seed = new Uint8Array(20).fill(5);
    const whole = (() => {
      const [reader, card] = [startSecureMessaging(suite, seed), new CardMessaging(suite, seed)];
      card.open(reader.protect(READ));
      return card.protect({ data: new Uint8Array(40).fill(9), sw: 0x9000 }, false);
    })();
    for (let bit = 0; bit < whole.data.length * 8; bit += 1) {
      const reader = startSecureMessaging(suite, seed);
      reader.protect(READ);
      const data = whole.data.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      assert.throws(() => reader.unprotect({ data, sw: whole.sw }), /secure messaging|TLV/, `bit ${bit}`);
      assert.throws(() => reader.protect(READ), /the session has ended/);
    }
  });
}

test("a channel goes on under other keys with its counter at zero", async () => {
  const [first, second] = [new Uint8Array(16).fill(1), new Uint8Array(32).fill(2)];
  let card = new CardMessaging("3DES", first);
  const plain = {
    maxReadBytes: 256,
    extendedLength: false,
    send: (command: Command) => {
      assert.equal(card.open(command), READ);
      return Promise.resolve({ ...card.protect({ data: first, sw: 0x9000 }, false), sessionAlive: true });
    },
  };
  const channel = new SecuredChannel(plain, startSecureMessaging("3DES", first));
  await channel.send(READ);
  assert.is(channel.maxReadBytes, 231);
  channel.restart(startSecureMessaging("AES-256", second));
  card = new CardMessaging("AES-256", second);
  assert.equal((await channel.send(READ)).data, first);
  assert.is(channel.maxReadBytes, 223);
});

test.run();
