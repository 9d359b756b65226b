// Is every issuer that a card can have verified, and is each thing that can be wrong with one told apart?
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { CheckVerdict } from "../../src/chip/citizen-card.js";
import { parseSod } from "../../src/chip/lds/sod.js";
import {
  authenticatePassively,
  type PassiveAuthentication,
  type PassiveInput,
  summarise,
} from "../../src/chip/passive-authentication.js";
import { writeDg1, writeDg13 } from "../../src/chip/sim/files.js";
import { type KeyKind, makePki, type PkiOptions, type SimPki } from "../../src/chip/sim/make-pki.js";
import type { SodOptions } from "../../src/chip/sim/make-sod.js";
import { madeUpPerson } from "../../src/chip/sim/people.js";

const DAY_MS = 86_400_000;
const day = (offset: number): Date => new Date(Date.now() + offset * DAY_MS);
const iso = (offset: number): string => day(offset).toISOString().slice(0, 10);
const person = madeUpPerson(41);
const groups = new Map([
  [1, writeDg1(person)],
  [13, writeDg13(person)],
]);

const judge = (pki: SimPki, more: Partial<PassiveInput> = {}, sod?: SodOptions): PassiveAuthentication =>
  authenticatePassively({
    sod: pki.signSod(groups, sod),
    groups,
    listed: [1, 13],
    wanted: [1, 13],
    trust: { certificates: [pki.cscaCertificate] },
    today: iso(0),
    ...more,
  });

const overall = (result: PassiveAuthentication): CheckVerdict => summarise(result).verdict;

const KINDS: readonly (readonly [name: string, options: PkiOptions, evidence: RegExp])[] = [
  ["RSA-2048", { csca: rsa(3072), signer: rsa(2048) }, /RSA PKCS#1 v1\.5 with sha256/],
  ["RSA-3072 with SHA-512", { csca: rsa(2048), signer: rsa(3072, "sha512") }, /v1\.5 with sha512/],
  ["RSA-PSS", { csca: pss(2048), signer: pss(2048, "sha384") }, /RSA-PSS with sha384, 48 bytes/],
  ["RSA-4096 over RSA-PSS", { csca: rsa(4096), signer: pss(2048) }, /RSA-PSS with sha256, 32 bytes/],
  ["SHA-1 of the oldest documents", { csca: rsa(2048, "sha1"), signer: rsa(2048, "sha1") }, /sha1/],
  ["P-256, SHA-224", { signer: ec("prime256v1", "sha224") }, /ECDSA with sha224/],
  ["P-384", { curve: "secp384r1" }, /ECDSA/],
  ["P-521, SHA-512", { csca: ec("secp521r1", "sha512"), signer: ec("secp521r1", "sha512") }, /sha512/],
  ["P-224", { curve: "secp224r1" }, /ECDSA/],
  ["brainpoolP224r1", { curve: "brainpoolP224r1" }, /ECDSA/],
  ["brainpoolP256r1", { curve: "brainpoolP256r1" }, /ECDSA/],
  ["brainpoolP320r1", { curve: "brainpoolP320r1" }, /ECDSA/],
  [
    "brainpoolP384r1, explicit",
    { csca: explicit("brainpoolP384r1"), signer: explicit("brainpoolP384r1") },
    /ECDSA/,
  ],
  [
    "brainpoolP512r1, explicit, SHA-512: as Vietnam's passports",
    { csca: explicit("brainpoolP512r1", "sha512"), signer: explicit("brainpoolP512r1", "sha512") },
    /ECDSA with sha512/,
  ],
  ["P-256, explicit", { csca: explicit("prime256v1"), signer: explicit("prime256v1") }, /ECDSA/],
];

function rsa(bits: number, hash: "sha1" | "sha256" | "sha512" = "sha256"): KeyKind {
  return { kind: "rsa", bits, hash };
}
function pss(bits: number, hash: "sha256" | "sha384" = "sha256"): KeyKind {
  return { kind: "rsa", bits, pss: true, hash };
}
function ec(curve: string, hash: "sha224" | "sha512"): KeyKind {
  return { kind: "ec", curve, hash };
}
function explicit(curve: string, hash: "sha256" | "sha512" = "sha256"): KeyKind {
  return { kind: "ec", curve, explicit: true, hash };
}

for (const [name, options, evidence] of KINDS) {
  test(`an issuer with ${name}: passes, and every forgery fails`, () => {
    const pki = makePki(options);
    const good = judge(pki);
    assert.is(overall(good), "passed", JSON.stringify(good));
    assert.match(good.signature.evidence, evidence);
    const sod = pki.signSod(groups);
    const wrongSignature = judge(pki, {
      sod: Uint8Array.from(sod, (b, at) => (at === sod.length - 3 ? b ^ 1 : b)),
    });
    assert.is(wrongSignature.signature.verdict, "failed");
    const other = new Map([...groups, [13, writeDg13(madeUpPerson(42))] as const]);
    const wrongGroup = judge(pki, { groups: other });
    assert.is(wrongGroup.hashes.evidence, "DG13 differs from its signed hash");
    assert.equal([...wrongGroup.covered], [1]);
    const stranger = judge(pki, {
      trust: { certificates: [makePki(options.curve === undefined ? {} : options).cscaCertificate] },
    });
    assert.is(overall(stranger), "notTrusted");
  });
}

const pki = makePki();

test("version 1 of the security object, a signer named by its key, a signing time: all are read", () => {
  const time = day(-30);
  const object = parseSod(
    pki.signSod(groups, {
      ldsVersion: 1,
      signerName: "keyIdentifier",
      signingTime: time,
      groupHash: "sha512",
    }),
  );
  assert.is(object.version, 1);
  assert.is(object.ldsVersion, "0108");
  assert.is(object.hash, "sha512");
  assert.is(object.signer.name.kind, "keyIdentifier");
  assert.is(object.signer.signingTime?.toISOString().slice(0, 10), time.toISOString().slice(0, 10));
  const result = judge(pki, {}, { ldsVersion: 1, signerName: "keyIdentifier", signingTime: time });
  assert.is(overall(result), "passed", JSON.stringify(result));
  assert.match(result.certificatePath.evidence, /signed in the key's period/);
});

test("what the signed attributes must say is looked at", () => {
  const wrongType = judge(pki, {}, { wrongContentType: true });
  assert.is(overall(wrongType), "failed");
  assert.match(wrongType.signature.evidence, /content type/);
  const other = makePki();
  const swapped = authenticatePassively({
    sod: pki.signSod(new Map([[1, writeDg1(person)]])),
    groups,
    listed: [1, 13],
    wanted: [1, 13],
    trust: { certificates: [pki.cscaCertificate, other.cscaCertificate] },
    today: null,
  });
  assert.match(swapped.hashes.evidence, /DG13 is not in the signed list/);
});

test("a card without the signer's certificate passes where the folder has it", () => {
  const bare = judge(pki, {}, { withoutCertificate: true });
  assert.is(bare.signature.verdict, "notSupported");
  const trust = { certificates: [pki.cscaCertificate, pki.signerCertificate] };
  assert.is(overall(judge(pki, { trust }, { withoutCertificate: true })), "passed");
});

test("a country that changed its key: the link certificate carries the trust, and only from a trusted key", () => {
  const { pki: next, link } = pki.rollOver({ curve: "brainpoolP384r1" });
  const alone = judge(next, { trust: { certificates: [pki.cscaCertificate] } });
  assert.is(alone.certificatePath.verdict, "notTrusted");
  const linked = judge(next, { trust: { certificates: [pki.cscaCertificate, link] } });
  assert.is(overall(linked), "passed", JSON.stringify(linked));
  const hanging = judge(next, { trust: { certificates: [link] } });
  assert.is(hanging.certificatePath.verdict, "notTrusted");
  assert.match(hanging.certificatePath.evidence, /hang on nothing trusted/);
  const third = next.rollOver();
  const chain = { certificates: [third.link, link, pki.cscaCertificate] };
  assert.is(overall(judge(third.pki, { trust: chain })), "passed", "two links, given in any order");
  const stranger = makePki().rollOver();
  const forged = { certificates: [pki.cscaCertificate, stranger.link] };
  assert.is(judge(stranger.pki, { trust: forged }).certificatePath.verdict, "notTrusted");
});

test("validity: of the signer, of its key, of the authority; a clock that is not trusted is said", () => {
  const keyPeriod = { notBefore: day(-300), notAfter: day(-200) };
  const timed = makePki({ keyPeriod });
  assert.is(overall(judge(timed, {}, { signingTime: day(-250) })), "passed");
  for (const offset of [-301, -199]) {
    const late = judge(timed, {}, { signingTime: day(offset) });
    assert.is(late.certificatePath.verdict, "failed");
    assert.match(late.certificatePath.evidence, /outside the period/);
  }
  const expired = makePki({ signerNotAfter: day(-2) });
  assert.is(judge(expired).certificatePath.verdict, "notTrusted");
  const old = makePki({ notBefore: day(-4000), notAfter: day(-2), signerNotAfter: day(100) });
  assert.match(judge(old).certificatePath.evidence, /country-signing certificate is not valid today/);
  assert.match(judge(pki, { today: null }).certificatePath.evidence, /clock is not trusted/);
});

const withLists = (...revocationLists: readonly Uint8Array[]) => ({
  trust: { certificates: [pki.cscaCertificate], revocationLists },
});

test("revocation: none, clean, revoked, stale, from the future, a stranger's, changed", () => {
  const none = judge(pki);
  assert.is(none.revocation.verdict, "notDone");
  assert.match(summarise(none).evidence, /revocation: this kiosk has no revocation list/);
  const clean = pki.revocationList({ signer: false });
  assert.is(judge(pki, withLists(clean)).revocation.verdict, "passed");
  const revoked = judge(pki, withLists(pki.revocationList()));
  assert.is(revoked.revocation.verdict, "failed");
  assert.is(overall(revoked), "failed");
  assert.match(summarise(revoked).evidence, /signer's certificate is revoked/);
  const stale = pki.revocationList({ signer: false, thisUpdate: day(-200), nextUpdate: day(-100) });
  const old = judge(pki, withLists(stale));
  assert.is(old.revocation.verdict, "notTrusted");
  assert.match(old.revocation.evidence, new RegExp(`stale since ${iso(-100)}`));
  assert.is(overall(old), "passed", "an old list makes no card less genuine, and is said");
  assert.match(summarise(old).evidence, /stale/);
  const staleAndRevoked = pki.revocationList({ thisUpdate: day(-200), nextUpdate: day(-100) });
  assert.is(overall(judge(pki, withLists(staleAndRevoked, clean))), "failed", "what was taken back stays so");
  const early = pki.revocationList({ signer: false, thisUpdate: day(3), nextUpdate: day(90) });
  assert.match(judge(pki, withLists(early)).revocation.evidence, /from the future/);
  const foreign = judge(pki, withLists(makePki().revocationList()));
  assert.is(foreign.revocation.verdict, "notTrusted");
  assert.is(overall(foreign), "passed");
  const changed = Uint8Array.from(pki.revocationList(), (b, at) => (at === 60 ? b ^ 1 : b));
  assert.is.not(judge(pki, withLists(changed)).revocation.verdict, "failed");
  assert.match(judge(pki, { ...withLists(clean), today: null }).revocation.evidence, /age not checked/);
});

test("an empty list of hashes, two of one group and no list at all are refused", () => {
  const empty = judge(pki, { sod: pki.signSod(new Map()) });
  assert.is(overall(empty), "failed");
  assert.match(empty.hashes.evidence, /empty list/);
  for (const sod of [null, new Uint8Array(), Uint8Array.of(0x77, 0)]) {
    const result = judge(pki, { sod });
    assert.is(overall(result), "failed");
    assert.is(result.certificatePath.verdict, "notDone");
  }
});

test.run();
