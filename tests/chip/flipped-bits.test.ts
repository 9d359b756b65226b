// Does a bit that is turned anywhere in a whole card's structures ever pass as genuine?
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseCertificate } from "../../src/chip/certificate.js";
import { agreeWith, UnsupportedKey } from "../../src/chip/key-agreement.js";
import { parseFaces } from "../../src/chip/lds/dg2.js";
import { parseDg11, parseDg12 } from "../../src/chip/lds/dg11.js";
import { parseDg13 } from "../../src/chip/lds/dg13.js";
import { parseDg14, parseDg15 } from "../../src/chip/lds/dg14.js";
import { parseSod } from "../../src/chip/lds/sod.js";
import { authenticatePassively, summarise } from "../../src/chip/passive-authentication.js";
import { parseRevocationList } from "../../src/chip/revocation.js";
import { makeActiveKey } from "../../src/chip/sim/active-authentication.js";
import { makeChipKey } from "../../src/chip/sim/chip-authentication.js";
import {
  writeDg1,
  writeDg11,
  writeDg12,
  writeDg13,
  writeDg14,
  writeDg15,
  writeFaces,
} from "../../src/chip/sim/files.js";
import { makePki } from "../../src/chip/sim/make-pki.js";
import { madeUpPerson } from "../../src/chip/sim/people.js";
import { FaultError } from "../../src/core/faults.js";

const person = madeUpPerson(81);
const pki = makePki({
  csca: { kind: "ec", curve: "brainpoolP384r1", explicit: true },
  signer: { kind: "rsa", bits: 2048, pss: true },
  sod: { ldsVersion: 1, signingTime: new Date() },
});
const active = makeActiveKey({ key: { kind: "ec", curve: "prime256v1" } });
const chip = makeChipKey({ domain: "brainpoolP256r1", suite: "AES-128", explicit: true });
const image = Uint8Array.from({ length: 600 }, (_, at) => [0xff, 0xd8, 0xff][at] ?? (at * 7) & 0xff);
const groups = new Map([
  [1, writeDg1(person)],
  [2, writeFaces([image, image], 2)],
  [11, writeDg11(person)],
  [12, writeDg12(person)],
  [13, writeDg13(person)],
  [14, writeDg14([...chip.infos, ...active.infos])],
  [15, writeDg15(active.publicKey)],
]);
const sod = pki.signSod(groups);
const trust = {
  certificates: [pki.cscaCertificate],
  revocationLists: [pki.revocationList({ signer: false })],
};
const numbers = [...groups.keys()];
const authenticate = (given: {
  readonly sod: Uint8Array;
  readonly groups: ReadonlyMap<number, Uint8Array>;
}) => authenticatePassively({ ...given, listed: numbers, wanted: numbers, trust, today: null });

const flipped = (bytes: Uint8Array, bit: number): Uint8Array =>
  Uint8Array.from(bytes, (byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
/** Bits that change what is parsed in structure are as likely as those in long values. */
const bitOf = (bytes: Uint8Array) => fc.nat(bytes.length * 8 - 1);

const onlyFault = (parse: () => unknown): unknown => {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof FaultError) || error.code !== "card.unreadable") throw error;
    return null;
  }
};

test("the untouched card passes", () => {
  const result = authenticate({ sod, groups });
  assert.is(summarise(result).verdict, "passed", JSON.stringify(result));
});

test("a bit turned in EF.SOD: refused, or the same hashes as before", () => {
  const before = [...parseSod(sod).groupHashes].map(([n, hash]) => [n, Buffer.from(hash).toString("hex")]);
  let passes = 0;
  fc.assert(
    fc.property(bitOf(sod), (bit) => {
      const changed = flipped(sod, bit);
      const result = authenticate({ sod: changed, groups });
      if (summarise(result).verdict !== "passed") return;
      passes += 1;
      const after = [...parseSod(changed).groupHashes].map(([n, hash]) => [
        n,
        Buffer.from(hash).toString("hex"),
      ]);
      assert.equal(after, before);
    }),
    { numRuns: 300 },
  );
  // A version number or an algorithm's NULL outside of what is signed may change nothing; most bits do.
  assert.ok(passes < 30, `${passes} of 300 turned bits went unnoticed`);
});

for (const [number, bytes] of groups) {
  test(`a bit turned in DG${number} is a failed hash that names it`, () => {
    fc.assert(
      fc.property(bitOf(bytes), (bit) => {
        const result = authenticate({ sod, groups: new Map([...groups, [number, flipped(bytes, bit)]]) });
        assert.is(result.hashes.verdict, "failed");
        assert.is(result.hashes.evidence, `DG${number} differs from its signed hash`);
        assert.not.ok(result.covered.has(number));
      }),
      { numRuns: 10 },
    );
  });
}

const PARSERS: readonly (readonly [string, (bytes: Uint8Array) => unknown, Uint8Array])[] = [
  ["EF.SOD", parseSod, sod],
  ["DG2", parseFaces, groups.get(2) ?? image],
  ["DG11", parseDg11, writeDg11(person)],
  ["DG12", parseDg12, writeDg12(person)],
  ["DG13", parseDg13, writeDg13(person)],
  ["DG14", parseDg14, groups.get(14) ?? image],
  ["DG15", parseDg15, groups.get(15) ?? image],
  ["certificate", parseCertificate, pki.cscaCertificate],
  ["revocation list", parseRevocationList, pki.revocationList()],
];

for (const [name, parse, real] of PARSERS) {
  test(`${name}: any bytes, turned bits, a cut, a doubled middle are read or refused, in bounded time`, () => {
    parse(real);
    const worst = { ms: 0 };
    const timed = (bytes: Uint8Array) => {
      const begun = performance.now();
      onlyFault(() => parse(bytes));
      worst.ms = Math.max(worst.ms, performance.now() - begun);
    };
    const spoilt = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      bitOf(real).map((bit) => flipped(real, bit)),
      fc.tuple(bitOf(real), bitOf(real)).map(([one, two]) => flipped(flipped(real, one), two)),
      fc.nat(real.length).map((end) => real.subarray(0, end)),
      fc
        .tuple(fc.nat(real.length), fc.nat(real.length))
        .map(([a, b]) =>
          Uint8Array.from([...real.subarray(0, Math.max(a, b)), ...real.subarray(Math.min(a, b))]),
        ),
    );
    fc.assert(fc.property(spoilt, timed), { numRuns: 250 });
    assert.ok(worst.ms < 2_000, `${worst.ms.toFixed(0)} ms for one`);
  });
}

test("a chip's key with a turned bit is refused, not served, or agrees on something: nothing else", () => {
  const [key] = parseDg14(groups.get(14) ?? image).chipKeys;
  if (key === undefined) throw new Error("no key");
  fc.assert(
    fc.property(bitOf(key.publicKey), (bit) => {
      try {
        agreeWith("ECDH", flipped(key.publicKey, bit));
      } catch (error) {
        if (error instanceof UnsupportedKey) return;
        assert.ok(error instanceof FaultError && error.code === "card.unreadable", String(error));
      }
    }),
    { numRuns: 300 },
  );
});

test.run();
