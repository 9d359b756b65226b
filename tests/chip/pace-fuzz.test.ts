// Does everything that a card can say on the way to a session end with a value or with the room's own fault?
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Channel, PlainChannel } from "../../src/chip/access/channel.js";
import { CURVES } from "../../src/chip/access/curves.js";
import { standardizedGroup } from "../../src/chip/access/domain-parameters.js";
import { dynamicObject, parseDynamicData, writeDynamicData } from "../../src/chip/access/dynamic-data.js";
import type { CipherSuite } from "../../src/chip/access/kdf.js";
import { canSecret } from "../../src/chip/access/keys.js";
import { authenticatePace } from "../../src/chip/access/pace.js";
import { choosePace } from "../../src/chip/access/pace-info.js";
import { type Command, decodeCommand, decodeResponse, encodeCommand } from "../../src/chip/apdu.js";
import { dottedOid, parseSecurityInfos } from "../../src/chip/lds/security-infos.js";
import { startSecureMessaging } from "../../src/chip/secure-messaging.js";
import { cardGroup } from "../../src/chip/sim/card-group.js";
import { CardMessaging } from "../../src/chip/sim/card-messaging.js";
import { makeCard } from "../../src/chip/sim/make-card.js";
import { madeUpPerson } from "../../src/chip/sim/people.js";
import { type PaceOffer, writeCardAccess } from "../../src/chip/sim/security-infos.js";
import { FaultError } from "../../src/core/faults.js";
import { layDown } from "./loop.js";

const RUNS = { numRuns: 1_000 } as const;
const GM: PaceOffer = { agreement: "ECDH", mapping: "GM", suite: "AES-128", parameterId: 12 };
const OFFERS: readonly PaceOffer[] = [
  GM,
  { ...GM, mapping: "CAM", suite: "AES-256", parameterId: 17 },
  { ...GM, agreement: "DH", mapping: "IM", suite: "3DES", parameterId: 0 },
];

const mutated = (real: Uint8Array) =>
  fc
    .array(fc.tuple(fc.nat(real.length), fc.nat(3), fc.uint8Array({ minLength: 1, maxLength: 4 })), {
      minLength: 1,
      maxLength: 6,
    })
    .map((changes) => {
      let bytes = [...real];
      for (const [at, how, filler] of changes) {
        if (how === 0) bytes.splice(at, filler.length, ...filler);
        else if (how === 1) bytes.splice(at, 0, ...filler);
        else if (how === 2) bytes.splice(at, filler.length);
        else bytes = bytes.slice(0, at);
      }
      return Uint8Array.from(bytes);
    });

const anyOr = (real: Uint8Array) => fc.oneof(fc.uint8Array({ maxLength: 300 }), mutated(real));

const onlyFault = (attempt: () => unknown): void => {
  try {
    attempt();
  } catch (error) {
    if (!(error instanceof FaultError) || error.code !== "card.unreadable") throw error;
  }
};

test("EF.CardAccess: any bytes give a choice, an obstacle or a refusal", () => {
  const real = writeCardAccess(OFFERS);
  assert.is(parseSecurityInfos(real).length, 3);
  fc.assert(
    fc.property(anyOr(real), fc.boolean(), (bytes, extended) =>
      onlyFault(() => {
        const choice = choosePace(parseSecurityInfos(bytes), extended);
        if ("variant" in choice) assert.ok(choice.variant.group.order > 0n);
        else assert.ok(choice.obstacle.length > 0);
      }),
    ),
    RUNS,
  );
});

test("object identifiers: what is encoded is printed back", () => {
  const arc = fc.bigInt({ min: 0n, max: 2n ** 40n });
  const encode = (value: bigint): number[] => {
    const digits = [Number(value & 0x7fn)];
    for (let left = value >> 7n; left > 0n; left >>= 7n) digits.unshift(Number(left & 0x7fn) | 0x80);
    return digits;
  };
  fc.assert(
    fc.property(fc.nat(1), fc.nat(39), fc.array(arc, { maxLength: 4 }), (root, second, arcs) => {
      const bytes = Uint8Array.from([BigInt(root * 40 + second), ...arcs].flatMap(encode));
      assert.is(dottedOid(bytes), [root, second, ...arcs].join("."));
    }),
    RUNS,
  );
});

test("dynamic authentication data: written, read back, and any bytes read or refused", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(0x80, 0x82, 0x84, 0x86, 0x8a),
      fc.uint8Array({ maxLength: 270 }),
      (tag, value) => {
        const bytes = writeDynamicData(tag, value);
        assert.equal(Uint8Array.from(dynamicObject(bytes, tag)), value);
        assert.throws(() => dynamicObject(bytes, 0x81), /no 81 in the answer/);
      },
    ),
    RUNS,
  );
  const real = writeDynamicData(0x86, randomBytes(8));
  fc.assert(
    fc.property(anyOr(real), (bytes) => onlyFault(() => parseDynamicData(bytes))),
    RUNS,
  );
});

test("public keys: any bytes are an element of the group or refused", () => {
  for (const parameterId of [0, 12, 13, 18]) {
    const group = standardizedGroup(parameterId);
    if (group === null) throw new Error(`${parameterId}`);
    const key = group.privateKey(12_345n);
    const real = group.privateKey(7n).publicKey();
    fc.assert(
      fc.property(anyOr(real), (bytes) => onlyFault(() => key.agree(bytes))),
      { numRuns: 200 },
    );
  }
});

test("every curve: OpenSSL's products, with the y-coordinate recovered, are those of another library", () => {
  for (const [parameterId, curve] of CURVES) {
    const [ours, theirs] = [standardizedGroup(parameterId), cardGroup(parameterId)];
    if (ours === null) throw new Error(curve.name);
    const scalar = fc.bigInt({ min: 1n, max: curve.order - 1n });
    const edges = [1n, 2n, curve.order - 2n, curve.order - 1n];
    fc.assert(
      fc.property(fc.oneof(scalar, fc.constantFrom(...edges)), scalar, (mine, other) => {
        const element = theirs.multiply(other, theirs.generator);
        assert.equal(ours.privateKey(mine).agree(element), theirs.multiply(mine, element));
        assert.equal(ours.privateKey(mine).publicKey(), theirs.multiply(mine, theirs.generator));
      }),
      { numRuns: 4, examples: edges.map((edge): [bigint, bigint] => [edge, 3n]) },
    );
    const nonce = randomBytes(32);
    const shared = theirs.multiply(99n, theirs.generator);
    const mapped = theirs.map(BigInt(`0x${nonce.toString("hex")}`), shared);
    assert.equal(ours.mapGeneric(nonce, shared), mapped);
    // Doubling, and the two points that cancel each other.
    const ninetyNine = Uint8Array.of(99);
    assert.equal(ours.mapGeneric(ninetyNine, shared), theirs.multiply(198n, theirs.generator));
    const opposite = theirs.multiply(curve.order - 99n, theirs.generator);
    assert.throws(() => ours.mapGeneric(ninetyNine, opposite), /the point at infinity/);
    assert.equal(ours.mapGeneric(Uint8Array.of(0), shared), shared);
  }
});

test("integrated mapping gives points of the curve, whatever the field element", () => {
  for (const [parameterId, curve] of CURVES) {
    const group = standardizedGroup(parameterId);
    if (group?.mapsIntegrated !== true) continue;
    fc.assert(
      fc.property(fc.bigInt({ min: 2n, max: curve.p - 2n }), (element) =>
        assert.ok(cardGroup(parameterId).holds(group.mapIntegrated(element)), curve.name),
      ),
      { numRuns: 5 },
    );
    assert.throws(() => group.mapIntegrated(0n), /gives no point/);
    assert.throws(() => group.mapIntegrated(1n), /gives no point/);
  }
});

for (const suite of ["3DES", "AES-128", "AES-192", "AES-256"] satisfies CipherSuite[]) {
  test(`${suite}: no random and no changed answer is ever accepted`, () => {
    const seed = new Uint8Array(32).fill(3);
    const command: Command = { cla: 0, ins: 0xb0, p1: 0, p2: 0, le: 4 };
    const exchange = () => {
      const [reader, card] = [startSecureMessaging(suite, seed), new CardMessaging(suite, seed)];
      card.open(reader.protect(command));
      return { reader, answer: card.protect({ data: Uint8Array.of(1, 2, 3, 4), sw: 0x9000 }, false) };
    };
    const real = Uint8Array.from([...exchange().answer.data, 0x90, 0x00]);
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ minLength: 2, maxLength: 60 }), mutated(real)), (bytes) => {
        if (bytes.length < 2 || Buffer.from(bytes).equals(real)) return;
        const { reader } = exchange();
        onlyFault(() => {
          const answer = reader.unprotect(decodeResponse(bytes));
          // A bare error status ends the session; it brings no data.
          assert.is(answer.sessionAlive, false);
          assert.is(answer.data.length, 0);
        });
        assert.throws(() => reader.protect(command), /the session has ended/);
      }),
      { numRuns: 400 },
    );
  });
}

test("commands of extended length survive the way there and back", () => {
  const data = fc.uint8Array({ minLength: 256, maxLength: 400 });
  fc.assert(
    fc.property(data, fc.option(fc.constantFrom(256, 300), { nil: undefined }), (given, le) => {
      const command = {
        cla: 0x10,
        ins: 0x86,
        p1: 0,
        p2: 0,
        data: given,
        ...(le === undefined ? {} : { le }),
      };
      assert.equal(decodeCommand(encodeCommand(command)), command);
    }),
    { numRuns: 200 },
  );
});

test("PACE against a chip that answers noise at any step ends with an outcome or a fault", async () => {
  const card = await makeCard(madeUpPerson(5), {
    portrait: Uint8Array.of(0xff, 0xd8, 0xff),
    pace: { offers: [GM], can: "123456" },
  });
  const choice = choosePace(parseSecurityInfos(writeCardAccess([GM])), false);
  if (!("variant" in choice)) throw new Error(choice.obstacle);
  await fc.assert(
    fc.asyncProperty(fc.nat(4), fc.uint8Array({ maxLength: 80 }), fc.nat(2), async (step, noise, how) => {
      const real = new PlainChannel(layDown(card), () => {});
      let sent = 0;
      const channel: Channel = {
        maxReadBytes: 256,
        extendedLength: false,
        send: async (command) => {
          const answer = await real.send(command);
          sent += 1;
          if (sent !== step + 1) return answer;
          if (how === 0) return { ...answer, data: noise };
          if (how === 1) return { ...answer, data: writeDynamicData(0x80 + 2 * step, noise) };
          return { ...answer, data: new Uint8Array(), sw: ((noise[0] ?? 0x6a) << 8) | (noise[1] ?? 0x80) };
        },
      };
      const password = { kind: "CAN" as const, secret: canSecret("123456") };
      try {
        const outcome = await authenticatePace(channel, choice.variant, password, (count) =>
          randomBytes(count),
        );
        // MSE:Set AT gives no data, so noise there changes nothing.
        if (outcome.state === "open") assert.ok(step === 0 || how === 2);
      } catch (error) {
        if (!(error instanceof FaultError) || error.code !== "card.unreadable") throw error;
      }
      assert.ok(sent <= 6);
    }),
    { numRuns: 120 },
  );
  assert.is(card.control.paceTries.CAN.tried > 0, true);
});

test.run();
