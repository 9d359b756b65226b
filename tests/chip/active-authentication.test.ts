// Is the chip's signature over a fresh challenge verified as Doc 9303-11 says, and nothing else accepted?
import { constants, createHash, generateKeyPairSync, privateEncrypt } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { verifyActive } from "../../src/chip/active-authentication.js";
import { accessKeyFromQr, parseCardQr } from "../../src/chip/card-qr.js";
import type { CardReading } from "../../src/chip/citizen-card.js";
import { levelOf, refusalOf } from "../../src/chip/level.js";
import { type ReadCardRequest, readCard } from "../../src/chip/read-card.js";
import type { ActiveKeyOptions } from "../../src/chip/sim/active-authentication.js";
import { type MakeCardOptions, makeCard } from "../../src/chip/sim/make-card.js";
import { makePki } from "../../src/chip/sim/make-pki.js";
import { cardQrText, madeUpPerson } from "../../src/chip/sim/people.js";
import { concatBytes } from "../../src/chip/tlv.js";
import { layDown } from "./loop.js";

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ""), "hex"));

/** Appendix F of Doc 9303-11 gives every value but the key pair: any of 1024 bits carries them. */
const CHALLENGE = hex("F173589974BF40C6");
const NONCE =
  hex(`9D2784A67F8E7C659973EA1AEA25D95B 6C8F91E5002F369F0FBDCE8A3CEC1991 B543F1696546C5524CF23A5303CD6C98
  599F40B79F377B5F3A1406B3B4D8F967 84D23AA88DB7E1032A405E69325FA91A 6E86F5C71AEA978264C4A207446DAD4E
  7292E2DCDA3024B47DA8`);
const DIGEST = hex("C063AA1E6D22FBD976AB0FE73D94D2D9C6D88127");
const REPRESENTATIVE = concatBytes(hex("6A"), NONCE, DIGEST, hex("BC"));

const rsa = generateKeyPairSync("rsa", { modulusLength: 1024 });
const publicKey = Uint8Array.from(rsa.publicKey.export({ type: "spki", format: "der" }));
const raw = (block: Uint8Array): Uint8Array =>
  Uint8Array.from(privateEncrypt({ key: rsa.privateKey, padding: constants.RSA_NO_PADDING }, block));
const judge = (block: Uint8Array, challenge = CHALLENGE) =>
  verifyActive({ publicKey, challenge, signature: raw(block), algorithm: null });

test("worked example F: the hash, the representative and the verdict", () => {
  assert.is(REPRESENTATIVE.length, 128);
  assert.equal(
    Uint8Array.from(createHash("sha1").update(NONCE).update(CHALLENGE).digest()),
    DIGEST,
    "step 8 of the example",
  );
  assert.equal(judge(REPRESENTATIVE), {
    verdict: "passed",
    evidence: "RSA 1024 bits, ISO/IEC 9796-2 with sha1",
  });
});

test("worked example F: the signer may give the modulus minus the signature", () => {
  const modulus = BigInt(
    `0x${Buffer.from(rsa.publicKey.export({ format: "jwk" }).n ?? "", "base64url").toString("hex")}`,
  );
  const signature = BigInt(`0x${Buffer.from(raw(REPRESENTATIVE)).toString("hex")}`);
  const other = hex((modulus - signature).toString(16).padStart(256, "0"));
  assert.is(
    verifyActive({ publicKey, challenge: CHALLENGE, signature: other, algorithm: null }).verdict,
    "passed",
  );
});

test("worked example F, changed in one place: another challenge, nonce, hash, header, trailer, length", () => {
  const flip = (at: number) =>
    Uint8Array.from(REPRESENTATIVE, (byte, index) => (index === at ? byte ^ 0x01 : byte));
  const cases: readonly (readonly [Uint8Array, RegExp])[] = [
    [flip(50), /not over this challenge/],
    [flip(110), /not over this challenge/],
    [concatBytes(hex("4A"), REPRESENTATIVE.subarray(1)), /header is wrong/],
    [concatBytes(hex("6C"), REPRESENTATIVE.subarray(1)), /header is wrong/],
    [concatBytes(REPRESENTATIVE.subarray(0, 126), hex("31CC")), /names no known hash/],
    [concatBytes(REPRESENTATIVE.subarray(0, 126), hex("34CC")), /not over this challenge/],
  ];
  for (const [block, why] of cases) {
    const { verdict, evidence } = judge(block);
    assert.is(verdict, "failed");
    assert.match(evidence, why);
  }
  assert.is(judge(REPRESENTATIVE, hex("F173589974BF40C7")).verdict, "failed");
  const short = verifyActive({ publicKey, challenge: CHALLENGE, signature: hex("00"), algorithm: null });
  assert.match(short.evidence, /a signature of 1 bytes/);
});

test("a message that is shorter than its room is padded with B…BA and found", () => {
  const nonce = NONCE.subarray(0, 90);
  const digest = createHash("sha1").update(nonce).update(CHALLENGE).digest();
  const filler = new Uint8Array(128 - 90 - 20 - 1 - 2).fill(0xbb);
  const block = concatBytes(hex("6B"), filler, hex("BA"), nonce, Uint8Array.from(digest), hex("BC"));
  assert.is(judge(block).verdict, "passed");
});

const person = madeUpPerson(61);
const key = accessKeyFromQr(parseCardQr(cardQrText(person)));
const pki = makePki();
const portrait = Uint8Array.from({ length: 900 }, (_, at) => [0xff, 0xd8, 0xff][at] ?? at & 0xff);
const read = async (options: MakeCardOptions, more: Partial<ReadCardRequest> = {}): Promise<CardReading> =>
  readCard({
    card: layDown(await makeCard(person, { pki, portrait, chipKeys: [], ...options })),
    key,
    trust: { certificates: [pki.cscaCertificate] },
    today: "2026-11-22",
    ...more,
  });
const proof = (reading: CardReading) => reading.checks.find(({ name }) => name === "activeAuthentication");

const PROVEN: readonly (readonly [string, ActiveKeyOptions, RegExp])[] = [
  ["RSA-1024, SHA-1", { key: { kind: "rsa", bits: 1024 }, hash: "sha1" }, /RSA 1024 bits.*sha1/],
  ["RSA-1024, SHA-224", { key: { kind: "rsa", bits: 1024 }, hash: "sha224" }, /sha224/],
  ["RSA-1280, SHA-256", { key: { kind: "rsa", bits: 1280 }, hash: "sha256" }, /RSA 1280 bits.*sha256/],
  ["RSA-1536, SHA-384", { key: { kind: "rsa", bits: 1536 }, hash: "sha384" }, /sha384/],
  ["RSA-1536, SHA-512", { key: { kind: "rsa", bits: 1536 }, hash: "sha512" }, /sha512/],
  ["ECDSA P-256", { key: { kind: "ec", curve: "prime256v1" } }, /ECDSA prime256v1 with sha256/],
  ["ECDSA P-224, SHA-224", { key: { kind: "ec", curve: "secp224r1" }, hash: "sha224" }, /sha224/],
  [
    "ECDSA brainpoolP384r1 written out, SHA-384",
    { key: { kind: "ec", curve: "brainpoolP384r1", explicit: true }, hash: "sha384" },
    /brainpoolP384r1 with sha384/,
  ],
  [
    "ECDSA without a word in DG14",
    { key: { kind: "ec", curve: "prime256v1" }, hash: "sha1", untold: true },
    /sha1/,
  ],
  ["ECDSA in DER", { key: { kind: "ec", curve: "prime256v1" }, derSignature: true }, /ECDSA/],
];

for (const [name, activeKey, evidence] of PROVEN) {
  test(`proven: ${name}`, async () => {
    const reading = await read({ activeKey });
    assert.is(proof(reading)?.verdict, "passed", proof(reading)?.evidence);
    assert.match(proof(reading)?.evidence ?? "", evidence);
    assert.is(levelOf(reading), "notCloned");
    assert.is(levelOf(reading, { match: "same", live: true }), "holderPresent");
    assert.is(levelOf(reading, { match: "same", live: false }), "notCloned");
    assert.is(levelOf(reading, { match: "unsure", live: true }), "notCloned");
  });
}

test("a copy fails, and a refusal fails: DG15 is signed and announces it", async () => {
  const rsaKey = { kind: "rsa", bits: 1024 } as const;
  const ecKey = { kind: "ec", curve: "prime256v1" } as const;
  for (const activeKey of [
    { key: rsaKey, cloned: true },
    { key: ecKey, cloned: true },
    { key: ecKey, refuses: 0x6985 },
  ]) {
    const reading = await read({ activeKey });
    assert.is(proof(reading)?.verdict, "failed");
    assert.is(levelOf(reading), "chipRead");
    assert.match(refusalOf(reading)?.detail ?? "", /^a copy: active authentication failed/);
  }
});

test("not supported, not done, not trusted are told apart", async () => {
  assert.is(proof(await read({}))?.verdict, "notSupported");
  const large = await read({ activeKey: { key: { kind: "rsa", bits: 2048 } } });
  assert.is(proof(large)?.verdict, "notSupported");
  assert.match(proof(large)?.evidence ?? "", /does not fit a short answer/);
  const activeKey = { key: { kind: "ec", curve: "prime256v1" } } as const;
  const both = { activeKey, chipKeys: [{ domain: "prime256v1", suite: "AES-128" }] } as const;
  assert.is(proof(await read(both))?.verdict, "notDone", "chip authentication has proven the same");
  assert.is(proof(await read(both, { everyProof: true }))?.verdict, "passed");
  const untrusted = await read({ activeKey }, { trust: { certificates: [] } });
  assert.is(proof(untrusted)?.verdict, "notTrusted");
});

test.run();
