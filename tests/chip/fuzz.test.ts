// Does every parser of the room answer any bytes with a value or with its own fault, and nothing else?
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bacSession } from "../../src/chip/access/bac.js";
import { padMethod2, unpadMethod2 } from "../../src/chip/access/des.js";
import { type Command, decodeCommand, decodeResponse, encodeCommand } from "../../src/chip/apdu.js";
import { accessKeyFromQr, parseCardQr } from "../../src/chip/card-qr.js";
import { parseCom } from "../../src/chip/lds/com.js";
import { parseDg1 } from "../../src/chip/lds/dg1.js";
import { parseDg2 } from "../../src/chip/lds/dg2.js";
import { parseDg13 } from "../../src/chip/lds/dg13.js";
import { parseSecurityInfos } from "../../src/chip/lds/security-infos.js";
import { parseSod } from "../../src/chip/lds/sod.js";
import { authenticatePassively } from "../../src/chip/passive-authentication.js";
import { readCard } from "../../src/chip/read-card.js";
import { CardMessaging } from "../../src/chip/sim/card-messaging.js";
import { writeCom, writeDg1, writeDg2, writeDg13 } from "../../src/chip/sim/files.js";
import { makeCard } from "../../src/chip/sim/make-card.js";
import { makePki } from "../../src/chip/sim/make-pki.js";
import { cardQrText, madeUpPerson, mrzLines } from "../../src/chip/sim/people.js";
import { readTlv, readTlvs, writeTlv } from "../../src/chip/tlv.js";
import { FaultError } from "../../src/core/faults.js";
import { parseMrz } from "../../src/core/mrz.js";
import { layDown } from "./loop.js";

const RUNS = { numRuns: 1_000 } as const;
const person = madeUpPerson(5);
const pki = makePki();
const groups = new Map([
  [1, writeDg1(person)],
  [13, writeDg13(person)],
]);
const jpeg = Uint8Array.from({ length: 400 }, (_, at) => [0xff, 0xd8, 0xff][at] ?? at & 0xff);

/** Bytes changed, cut, doubled or inserted: near enough to the real to get deep into a parser. */
const mutated = (real: Uint8Array) =>
  fc
    .array(
      fc.tuple(
        fc.nat(real.length),
        fc.integer({ min: 0, max: 3 }),
        fc.uint8Array({ minLength: 1, maxLength: 4 }),
      ),
      { minLength: 1, maxLength: 6 },
    )
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

/** Runs it; anything thrown has to be the fault with this code. */
const onlyFault = (parse: () => unknown, code = "card.unreadable"): void => {
  try {
    parse();
  } catch (error) {
    if (!(error instanceof FaultError) || error.code !== code) throw error;
  }
};

const PARSERS: readonly (readonly [name: string, parse: (bytes: Uint8Array) => unknown, real: Uint8Array])[] =
  [
    ["TLV", readTlvs, writeDg13(person)],
    ["EF.COM", parseCom, writeCom([0x61, 0x75, 0x6d])],
    ["DG1", parseDg1, writeDg1(person)],
    ["DG2", parseDg2, writeDg2(jpeg)],
    ["DG13", parseDg13, writeDg13(person)],
    ["EF.SOD", parseSod, pki.signSod(groups)],
    ["EF.CardAccess", parseSecurityInfos, writeTlv(0x31, writeTlv(0x30, Uint8Array.of(6, 1, 0)))],
  ];

for (const [name, parse, real] of PARSERS) {
  test(`${name}: the real one is read, random and mutated ones are read or refused`, () => {
    parse(real);
    // The security object goes through libraries; flipped-bits.test.ts turns its bits one by one.
    const runs = name === "EF.SOD" ? { numRuns: 250 } : RUNS;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => onlyFault(() => parse(bytes))),
      runs,
    );
    fc.assert(
      fc.property(mutated(real), (bytes) => onlyFault(() => parse(bytes))),
      runs,
    );
  });
}

test("TLV: what is written is read back, whatever tag and length", () => {
  const tags = fc.constantFrom(0x04, 0x30, 0x5f1f, 0x7f61, 0x87, 0xbf8101);
  fc.assert(
    fc.property(tags, fc.uint8Array({ maxLength: 70_000, size: "max" }), (tag, value) => {
      const read = readTlv(writeTlv(tag, value));
      assert.is(read.tag, tag);
      assert.ok(Buffer.from(read.value).equals(Buffer.from(value)));
    }),
    { numRuns: 200 },
  );
});

test("QR and MRZ: any text is read or refused with its fault", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc
      .array(fc.constantFrom(...cardQrText(person).split("|"), "", "0", "|", "31022000"), { maxLength: 9 })
      .map((a) => a.join("|")),
  );
  fc.assert(
    fc.property(text, (value) => onlyFault(() => accessKeyFromQr(parseCardQr(value)), "card.badQr")),
    RUNS,
  );
  const zone = mrzLines(person).join("");
  const near = fc
    .array(fc.tuple(fc.nat(89), fc.constantFrom(..."0123456789ABCXYZ< \n")), { maxLength: 8 })
    .map((changes) => changes.reduce((all, [at, by]) => all.slice(0, at) + by + all.slice(at + 1), zone));
  fc.assert(
    fc.property(near, (value) => onlyFault(() => parseMrz(value))),
    RUNS,
  );
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (value) => onlyFault(() => parseMrz(value))),
    RUNS,
  );
});

test("padding and commands survive the way there and back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 250 }), fc.constantFrom(8, 16), (data, block) => {
      const padded = padMethod2(data, block);
      assert.is(padded.length % block, 0);
      assert.equal(unpadMethod2(padded), data);
    }),
    RUNS,
  );
  const byte = fc.integer({ min: 0, max: 255 });
  const command = fc.record(
    {
      cla: byte,
      ins: byte,
      p1: byte,
      p2: byte,
      data: fc.uint8Array({ minLength: 1, maxLength: 255 }),
      le: fc.integer({ min: 1, max: 256 }),
    },
    { requiredKeys: ["cla", "ins", "p1", "p2"], noNullPrototype: true },
  );
  fc.assert(
    fc.property(command, (given) => {
      assert.equal(decodeCommand(encodeCommand(given as Command)), given);
    }),
    RUNS,
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void decodeCommand(bytes)),
    RUNS,
  );
});

/** Both ends of one session, as BAC leaves them. */
const bothEnds = () => {
  const [kIfd, kIc] = [new Uint8Array(16).fill(1), new Uint8Array(16).fill(2)];
  const [rndIfd, rndIc] = [new Uint8Array(8).fill(3), new Uint8Array(8).fill(4)];
  const card = (seed: Uint8Array, counter: Uint8Array) => new CardMessaging("3DES", seed, counter);
  return { reader: bacSession(kIfd, kIc, rndIfd, rndIc), card };
};

test("secure messaging: no random and no changed answer is ever accepted", async () => {
  const seed = new Uint8Array(16).fill(3);
  const counter = Uint8Array.of(4, 4, 4, 4, 3, 3, 3, 3);
  const command: Command = { cla: 0, ins: 0xb0, p1: 0, p2: 0, le: 4 };
  const exchange = () => {
    const { reader, card } = bothEnds();
    const end = card(seed, counter);
    const opened = end.open(reader.protect(command));
    assert.equal(opened, command);
    return { reader, answer: end.protect({ data: Uint8Array.of(1, 2, 3, 4), sw: 0x9000 }, false) };
  };
  const good = exchange();
  assert.equal(good.reader.unprotect(good.answer).data, Uint8Array.of(1, 2, 3, 4));
  const real = Uint8Array.from([...good.answer.data, 0x90, 0x00]);
  const isSame = (bytes: Uint8Array) => Buffer.from(bytes).equals(Buffer.from(real));
  const neverData = (bytes: Uint8Array) => {
    if (isSame(bytes)) return;
    const { reader } = exchange();
    try {
      const answer = reader.unprotect(decodeResponse(bytes));
      // A bare error status ends the session; it brings no data.
      assert.is(answer.sessionAlive, false);
      assert.is(answer.data.length, 0);
    } catch (error) {
      if (!(error instanceof FaultError) || error.code !== "card.unreadable") throw error;
    }
    assert.throws(() => reader.protect(command), /the session has ended/);
  };
  fc.assert(fc.property(fc.uint8Array({ minLength: 2, maxLength: 60 }), neverData), RUNS);
  fc.assert(
    fc.property(mutated(real), (bytes) => {
      if (bytes.length >= 2) neverData(bytes);
    }),
    RUNS,
  );
});

test("passive authentication never throws and never passes a changed security object", () => {
  const sod = pki.signSod(groups);
  const trust = { certificates: [pki.cscaCertificate] };
  const judge = (bytes: Uint8Array) =>
    authenticatePassively({ sod: bytes, groups, trust, today: null, listed: [1, 13], wanted: [1, 13] });
  assert.is(judge(sod).signature.verdict, "passed");
  fc.assert(
    fc.property(fc.nat(sod.length - 1), fc.integer({ min: 1, max: 255 }), (at, turn) => {
      const changed = Uint8Array.from(sod, (byte, index) => (index === at ? byte ^ turn : byte));
      const { hashes, signature, certificatePath } = judge(changed);
      const content = [hashes, signature, certificatePath].every(({ verdict }) => verdict === "passed");
      // Only bytes that nothing is signed over may change unseen: lengths of CMS lists and the version fields.
      if (content) assert.equal(pickSigned(changed), pickSigned(sod));
    }),
    { numRuns: 600 },
  );
});

const pickSigned = (sod: Uint8Array) => {
  const { groupHashes, signer, content } = parseSod(sod);
  return [[...groupHashes], signer.signedBytes, signer.messageDigest, content];
};

test("a whole reading against a chip that answers noise ends with a fault, within bounds", async () => {
  const key = accessKeyFromQr(parseCardQr(cardQrText(person)));
  const card = await makeCard(person, { pki, portrait: jpeg });
  const answers = fc.array(fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.constant(null)), {
    minLength: 1,
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(answers, fc.nat(20), async (noise, from) => {
      const real = layDown(card);
      let sent = 0;
      const transceive = async (commandApdu: Uint8Array): Promise<Uint8Array> => {
        const answer = await real.transceive(commandApdu);
        sent += 1;
        return sent <= from ? answer : (noise[(sent - from) % noise.length] ?? answer);
      };
      try {
        await readCard({ card: { ...real, transceive }, key });
      } catch (error) {
        if (!(error instanceof FaultError)) throw error;
      }
      assert.ok(sent < 400, `${sent} commands`);
    }),
    { numRuns: 300 },
  );
});

test.run();
