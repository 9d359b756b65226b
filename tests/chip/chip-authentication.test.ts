// Does a chip that holds its key prove it under every protocol, and does none that does not?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { accessKeyFromQr, parseCardQr } from "../../src/chip/card-qr.js";
import type { CardReading } from "../../src/chip/citizen-card.js";
import { levelOf, refusalOf } from "../../src/chip/level.js";
import { type ReadCardRequest, readCard } from "../../src/chip/read-card.js";
import type { ChipKeyOptions } from "../../src/chip/sim/chip-authentication.js";
import { writeDg14 } from "../../src/chip/sim/files.js";
import { type MakeCardOptions, makeCard } from "../../src/chip/sim/make-card.js";
import { makePki } from "../../src/chip/sim/make-pki.js";
import { cardQrText, madeUpPerson } from "../../src/chip/sim/people.js";
import { concatBytes, writeTlv } from "../../src/chip/tlv.js";
import { layDown } from "./loop.js";

const person = madeUpPerson(51);
const key = accessKeyFromQr(parseCardQr(cardQrText(person)));
const pki = makePki();
const trust = { certificates: [pki.cscaCertificate] };
const portrait = Uint8Array.from({ length: 3_000 }, (_, at) => [0xff, 0xd8, 0xff][at] ?? at & 0xff);

const cardOf = (options: MakeCardOptions) => makeCard(person, { pki, portrait, ...options });
const read = async (options: MakeCardOptions, more: Partial<ReadCardRequest> = {}): Promise<CardReading> =>
  readCard({ card: layDown(await cardOf(options)), key, trust, today: "2026-11-22", ...more });
const check = (reading: CardReading, name: string) => reading.checks.find((one) => one.name === name);

const PROVEN: readonly (readonly [string, readonly ChipKeyOptions[], RegExp])[] = [
  ["ECDH P-256, 3DES by MSE:Set KAT", [{ domain: "prime256v1", suite: "3DES" }], /ECDH prime256v1, 3DES/],
  ["ECDH P-224, 3DES", [{ domain: "secp224r1", suite: "3DES" }], /secp224r1/],
  ["ECDH P-384, AES-192", [{ domain: "secp384r1", suite: "AES-192" }], /secp384r1, AES-192/],
  ["ECDH P-521, AES-256", [{ domain: "secp521r1", suite: "AES-256" }], /secp521r1, AES-256/],
  ["ECDH brainpoolP320r1, AES-128", [{ domain: "brainpoolP320r1", suite: "AES-128" }], /P320r1/],
  [
    "brainpoolP256r1 written out",
    [{ domain: "brainpoolP256r1", suite: "AES-128", explicit: true }],
    /P256r1/,
  ],
  [
    "brainpoolP512r1 written out",
    [{ domain: "brainpoolP512r1", suite: "AES-256", explicit: true }],
    /P512r1/,
  ],
  ["parameters by number", [{ domain: "brainpoolP384r1", suite: "AES-256", standardised: 16 }], /P384r1/],
  ["DH 1024 bits, 3DES", [{ domain: "modp2", suite: "3DES" }], /DH 1024 bits, 3DES/],
  ["DH 1024 bits, AES-128", [{ domain: "modp2", suite: "AES-128" }], /DH 1024 bits, AES-128/],
  [
    "a key alone, as the first chips",
    [{ domain: "prime256v1", suite: "3DES", keyOnly: true }],
    /prime256v1, 3DES/,
  ],
  [
    "two keys by reference, the stronger first",
    [
      { domain: "prime256v1", suite: "3DES", keyId: 1 },
      { domain: "secp384r1", suite: "AES-256", keyId: 2 },
    ],
    /secp384r1, AES-256/,
  ],
  [
    "the stronger of two refused, the other proven",
    [
      { domain: "prime256v1", suite: "3DES", keyId: 1 },
      { domain: "secp384r1", suite: "AES-256", keyId: 2, refuses: 0x6a80 },
    ],
    /prime256v1, 3DES/,
  ],
];

for (const [name, chipKeys, evidence] of PROVEN) {
  test(`proven: ${name}`, async () => {
    const reading = await read({ chipKeys });
    const proof = check(reading, "chipAuthentication");
    assert.is(proof?.verdict, "passed", proof?.evidence);
    assert.match(proof?.evidence ?? "", evidence);
    assert.is(levelOf(reading), "notCloned");
    assert.is(refusalOf(reading), null);
    assert.is(reading.portrait?.bytes.length, portrait.length, "read on under the new keys");
  });
}

const REFUSED: readonly (readonly [string, readonly ChipKeyOptions[], RegExp])[] = [
  [
    "a copy under AES",
    [{ domain: "brainpoolP256r1", suite: "AES-128", cloned: true }],
    /does not have the private key/,
  ],
  [
    "a copy under 3DES",
    [{ domain: "prime256v1", suite: "3DES", cloned: true }],
    /does not have the private key/,
  ],
  ["a copy under DH", [{ domain: "modp2", suite: "3DES", cloned: true }], /does not have the private key/],
  [
    "a refusal",
    [{ domain: "prime256v1", suite: "AES-128", refuses: 0x6985 }],
    /announced, but refused: 6985/,
  ],
  ["a refusal under 3DES", [{ domain: "prime256v1", suite: "3DES", refuses: 0x6a88 }], /refused: 6A88/],
];

for (const [name, chipKeys, evidence] of REFUSED) {
  for (const bareErrors of [false, true]) {
    test(`failed: ${name}${bareErrors ? ", with bare errors" : ""}; the files are read all the same`, async () => {
      const reading = await read({ chipKeys, bareErrors });
      const proof = check(reading, "chipAuthentication");
      assert.is(proof?.verdict, "failed", proof?.evidence);
      assert.match(proof?.evidence ?? "", evidence);
      assert.is(check(reading, "passiveAuthentication")?.verdict, "passed", "the files are genuine");
      assert.is(levelOf(reading), "chipRead");
      assert.is(refusalOf(reading)?.code, "card.forged");
      assert.match(refusalOf(reading)?.detail ?? "", /^a copy: chip authentication failed/);
      const next = await read({});
      assert.is(levelOf(next), "notCloned", "the next card reads well");
    });
  }
}

test("no DG14 is not supported; a curve of the chip's own and a DH value too long are not served", async () => {
  const none = await read({ chipKeys: [] });
  assert.is(check(none, "chipAuthentication")?.verdict, "notSupported");
  assert.is(levelOf(none), "genuine");
  const strange = await read({ chipKeys: [{ domain: "secp256k1", suite: "AES-128" }] });
  assert.match(check(strange, "chipAuthentication")?.evidence ?? "", /a curve that is not served/);
  assert.is(levelOf(strange), "genuine");
  const long = await read({ chipKeys: [{ domain: "modp14", suite: "AES-128" }] });
  assert.match(check(long, "chipAuthentication")?.evidence ?? "", /does not fit a short command/);
});

test("a proof with a key that nobody vouches for is not trusted", async () => {
  const unknown = await read({}, { trust: { certificates: [] } });
  assert.is(check(unknown, "chipAuthentication")?.verdict, "notTrusted");
  assert.is(levelOf(unknown), "chipRead");
  assert.is(refusalOf(unknown), null);
});

test("DG14 swapped for the copier's own: the chip proves that key, and the signature does not", async () => {
  const { makeChipKey } = await import("../../src/chip/sim/chip-authentication.js");
  const { startChip } = await import("../../src/chip/sim/card.js");
  const { buildFiles } = await import("../../src/chip/sim/card-files.js");
  const own = makeChipKey({ domain: "prime256v1", suite: "AES-128" });
  const { files } = await buildFiles(person, { pki, portrait, forge: { DG14: () => writeDg14(own.infos) } });
  const secret = {
    documentNumber: person.number.slice(3),
    birthDate: key.birthDate,
    expiryDate: key.expiryDates[0] ?? "",
  };
  const chip = startChip({ secret, files, cardAccess: 0x6a82, services: [own.service] });
  const reading = await readCard({ card: layDown(chip), key, trust, today: "2026-11-22" });
  assert.is(check(reading, "chipAuthentication")?.verdict, "notTrusted");
  assert.match(check(reading, "chipAuthentication")?.evidence ?? "", /DG14 is not as signed/);
  assert.is(check(reading, "groupHashes")?.evidence, "DG14 differs from its signed hash");
  assert.is(refusalOf(reading)?.code, "card.forged");
});

test("DG14 hidden by EF.COM, which is not signed, is read and asked all the same", async () => {
  const honest = await read({ hides: [14] });
  assert.is(check(honest, "chipAuthentication")?.verdict, "passed");
  assert.is(levelOf(honest), "notCloned");
  const cloned: ChipKeyOptions = { domain: "prime256v1", suite: "AES-128", cloned: true };
  const copy = await read({ hides: [14], chipKeys: [cloned] });
  assert.is(refusalOf(copy)?.code, "card.forged");
  const withheld = await read({ hides: [14], forge: { DG14: () => null } });
  assert.match(check(withheld, "groupHashes")?.evidence ?? "", /DG14 is signed but the card did not give it/);
  assert.is(check(withheld, "chipAuthentication")?.verdict, "notDone");
});

test("a broken DG14 and keys of no known form are refused or not served, never thrown", async () => {
  const oid = writeTlv(0x06, Uint8Array.from(Buffer.from("04007f000702020102", "hex")));
  const offCurve = (dg14: Uint8Array) =>
    Uint8Array.from(dg14, (byte, at) => (at === dg14.length - 1 ? byte ^ 1 : byte));
  const broken: readonly ((bytes: Uint8Array) => Uint8Array)[] = [
    () => writeDg14([]),
    () => writeDg14([writeTlv(0x30, oid)]),
    () => writeDg14([writeTlv(0x30, oid, writeTlv(0x30, writeTlv(0x30, oid)))]),
    () => writeTlv(0x6e, Uint8Array.of(0x31, 0x7f)),
    offCurve,
  ];
  for (const misprint of broken) {
    const reading = await readCard({
      card: layDown(await cardOf({ misprint: { DG14: misprint } })),
      key,
      trust,
      today: "2026-11-22",
    }).catch((error: unknown) => {
      assert.match(String(error), /card\.unreadable/);
      return null;
    });
    if (reading !== null) assert.is.not(check(reading, "chipAuthentication")?.verdict, "passed");
  }
});

test("lifted at every APDU of a short card with chip authentication: it ends, and proves the same", async () => {
  const card = await cardOf({ chipKeys: [{ domain: "prime256v1", suite: "3DES" }] });
  const before = card.control.apdus;
  await readCard({ card: layDown(card), key, trust, today: "2026-11-22" });
  const apdus = card.control.apdus - before;
  for (let leaveAfter = 0; leaveAfter < apdus; leaveAfter += 1) {
    const reading = await readCard({
      card: layDown(card, leaveAfter),
      key,
      trust,
      today: "2026-11-22",
      cardAgain: () => Promise.resolve(layDown(card)),
    });
    assert.is(check(reading, "chipAuthentication")?.verdict, "passed", `lifted after ${leaveAfter}`);
  }
});

test("EF.CardAccess is compared with what DG14 repeats under the signature", async () => {
  const offers = [{ agreement: "ECDH", mapping: "GM", suite: "AES-128", parameterId: 13 }] as const;
  const same = await read({ pace: { offers } });
  assert.is(same.access, "PACE");
  assert.is(check(same, "cardAccess")?.verdict, "passed");
  assert.is(check(same, "chipAuthentication")?.verdict, "passed", "chip authentication under PACE");
  const weaker = await read({ pace: { offers }, infos: [] });
  assert.is(check(weaker, "cardAccess")?.verdict, "notSupported");
  const { writePaceInfo } = await import("../../src/chip/sim/security-infos.js");
  const signed = { agreement: "ECDH", mapping: "GM", suite: "AES-256", parameterId: 17 } as const;
  const changed = await read({ pace: { offers }, infos: [writePaceInfo(signed)] });
  assert.is(check(changed, "cardAccess")?.verdict, "failed");
});

test("PACE with chip-authentication mapping is the proof: by EF.CardSecurity, trusted like EF.SOD", async () => {
  const { p256 } = await import("@noble/curves/nist.js");
  const offers = [{ agreement: "ECDH", mapping: "CAM", suite: "AES-128", parameterId: 12 }] as const;
  const staticKey = 0x1234567890abcdef1234567890abcdefn;
  const infoOf = (secret: bigint): Uint8Array => {
    const point = p256.Point.BASE.multiply(secret).toBytes(false);
    const algorithm = Uint8Array.from(Buffer.from("301306072a8648ce3d020106082a8648ce3d030107", "hex"));
    const spki = writeTlv(0x30, algorithm, writeTlv(0x03, concatBytes(Uint8Array.of(0), point)));
    const oid = writeTlv(0x06, Uint8Array.from(Buffer.from("04007f000702020102", "hex")));
    return writeTlv(0x30, oid, spki, writeTlv(0x02, Uint8Array.of(1)));
  };
  const withKey = (secret: bigint, by = pki): MakeCardOptions => ({
    pace: { offers, staticKey },
    cardSecurity: by.signInfos([infoOf(secret)]),
    chipKeys: [],
  });
  const good = await read(withKey(staticKey));
  assert.is(good.access, "PACE");
  assert.is(
    check(good, "chipAuthentication")?.verdict,
    "passed",
    check(good, "chipAuthentication")?.evidence,
  );
  assert.match(check(good, "chipAuthentication")?.evidence ?? "", /key in EF\.CardSecurity/);
  assert.is(levelOf(good), "notCloned");
  const copy = await read(withKey(staticKey + 1n));
  assert.is(check(copy, "chipAuthentication")?.verdict, "failed");
  assert.is(refusalOf(copy)?.code, "card.forged");
  const stranger = await read(withKey(staticKey, makePki()));
  assert.is(check(stranger, "chipAuthentication")?.verdict, "notTrusted");
});

test.run();
