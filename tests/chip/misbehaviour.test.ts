// Is every card that breaks the standard refused or survived, as the standard says, and does the next card read well?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { accessKeyFromQr, parseCardQr } from "../../src/chip/card-qr.js";
import type { CardReading } from "../../src/chip/citizen-card.js";
import type { FileName } from "../../src/chip/lds/files.js";
import { levelOf } from "../../src/chip/level.js";
import { readCard } from "../../src/chip/read-card.js";
import { writeCom, writeDg1 } from "../../src/chip/sim/files.js";
import { type MakeCardOptions, makeCard } from "../../src/chip/sim/make-card.js";
import { makePki } from "../../src/chip/sim/make-pki.js";
import type { Misbehaviour } from "../../src/chip/sim/misbehaviour.js";
import { cardQrText, madeUpPerson } from "../../src/chip/sim/people.js";
import { drawPortrait } from "../../src/chip/sim/portrait.js";
import { writeTlv } from "../../src/chip/tlv.js";
import { FaultError } from "../../src/core/faults.js";
import type { Card } from "../../src/hal/chip-reader/chip-reader.js";
import { layDown } from "./loop.js";

const TODAY = "2026-11-22";
/** One with an expiry date. */
const person =
  [77, 78, 79, 80, 81, 82].map(madeUpPerson).find(({ expiryDate }) => expiryDate !== "") ?? madeUpPerson(1);
const key = accessKeyFromQr(parseCardQr(cardQrText(person)));
const pki = makePki();
const trust = { certificates: [pki.cscaCertificate] };
const portrait = await drawPortrait(person);
const cardOf = (options: MakeCardOptions = {}) => makeCard(person, { pki, portrait, ...options });
const read = (card: Card, more: Partial<Parameters<typeof readCard>[0]> = {}) =>
  readCard({ card, key, trust, today: TODAY, ...more });
const verdict = (reading: CardReading, name: string) => reading.checks.find((check) => check.name === name);

const refused = async (attempt: Promise<unknown>, detail: RegExp, code = "card.unreadable") => {
  try {
    await attempt;
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    assert.is(error.code, code, error.detail);
    assert.match(error.detail, detail);
    return;
  }
  assert.unreachable(`read in spite of ${detail}`);
};

const REFUSED: readonly (readonly [wish: Misbehaviour, detail: RegExp])[] = [
  [{ kind: "wrongMac" }, /the checksum is wrong/],
  [{ kind: "missingDo99" }, /no protected status/],
  [{ kind: "statusMismatch", sw: 0x6282 }, /protected status 6282 .* under a bare 9000/],
  [{ kind: "unprotectedData" }, /secure messaging|TLV/],
  [{ kind: "bareStatus", sw: 0x9000 }, /success without protection/],
  [
    { kind: "protectedStatus", sw: 0x6982, afterReads: 3 },
    /DG2: 6982 security status not satisfied at offset/,
  ],
  [{ kind: "tooManyBytes", afterReads: 3 }, /DG2: \d+ bytes where \d+ were asked for/],
  [{ kind: "replay", afterReads: 1 }, /the checksum is wrong/],
  [{ kind: "emptyAnswer" }, /fewer than two bytes/],
  [{ kind: "zeroBytes", times: 100 }, /DG2: no bytes even for 32 bytes/],
  [
    { kind: "protectedStatus", sw: 0x6700, times: 100, afterReads: 1 },
    /DG2: 6700 wrong length even for 32 bytes/,
  ],
];

for (const [wish, detail] of REFUSED) {
  test(`refused: ${JSON.stringify(wish)}; the next card reads well`, async () => {
    // Small chunks, so that a byte too many still fits a short answer.
    const card = await cardOf(wish.kind === "tooManyBytes" ? { maxReadBytes: 160 } : {});
    card.control.misbehave({ file: "DG2", ...wish });
    await refused(read(layDown(card)), detail);
    const next = await read(layDown(await cardOf()));
    assert.is(verdict(next, "passiveAuthentication")?.verdict, "passed");
  });
}

const SURVIVED: readonly Misbehaviour[] = [
  { kind: "zeroBytes", file: "DG2", afterReads: 5 },
  { kind: "earlyEnd", file: "DG2", afterReads: 2 },
  { kind: "bareStatus", sw: 0x6988, file: "DG2", afterReads: 4 },
  { kind: "bareStatus", sw: 0x6982, file: "DG2", afterReads: 4 },
  { kind: "bareStatus", sw: 0x6700, file: "DG2", afterReads: 5 },
  { kind: "bareStatus", sw: 0x6c40, file: "DG2", afterReads: 5 },
  { kind: "protectedStatus", sw: 0x6b00, file: "DG2", afterReads: 5 },
  { kind: "protectedStatus", sw: 0x6c80, file: "DG2", afterReads: 5 },
  { kind: "protectedStatus", sw: 0x6f00, file: "DG13" },
  { kind: "bareStatus", sw: 0x6f00, file: "EF.COM" },
];

for (const wish of SURVIVED) {
  test(`survived: ${JSON.stringify(wish)}`, async () => {
    const card = await cardOf();
    card.control.misbehave(wish);
    const reading = await read(layDown(card));
    assert.is(verdict(reading, "passiveAuthentication")?.verdict, "passed");
    assert.equal(reading.portrait?.bytes, portrait);
    assert.is(card.control.authentications.refused, 0);
  });
}

test("a card lifted at any APDU is read on from where it was, without a second wrong secret", async () => {
  // Long enough for several reads of the last file; the whole portrait would only make the test slow.
  const card = await cardOf({ portrait: portrait.subarray(0, 4_000) });
  const undisturbed = await read(layDown(card));
  const { apdus } = card.control;
  const comparable = ({ portrait: picture, ...rest }: CardReading) =>
    JSON.stringify([rest, Buffer.from(picture?.bytes ?? []).toString("base64")]);
  for (let leaveAfter = 0; leaveAfter < apdus; leaveAfter += 1) {
    const before = card.control.apdus;
    const reading = await read(layDown(card, leaveAfter), {
      cardAgain: () => Promise.resolve(layDown(card)),
    });
    assert.ok(comparable(reading) === comparable(undisturbed), `lifted after ${leaveAfter}`);
    const spent = card.control.apdus - before;
    // Four commands open the card, one selects the file and reads its start again; chip authentication begins anew.
    assert.ok(spent <= apdus + 8, `lifted after ${leaveAfter}: ${spent} APDUs where ${apdus} are enough`);
  }
  assert.is(card.control.authentications.refused, 0);
});

test("a card lifted without a way back, or once too often, ends with card.lost", async () => {
  const card = await cardOf();
  await refused(read(layDown(card, 40)), /lifted/, "card.lost");
  let returns = 0;
  const again = () => {
    returns += 1;
    return Promise.resolve(layDown(card, 8));
  };
  await refused(read(layDown(card, 8), { cardAgain: again }), /lifted/, "card.lost");
  assert.is(returns, 5);
});

test("another card laid down in the middle is not mixed with the first", async () => {
  const first = await cardOf();
  const stranger = await makeCard(madeUpPerson(178), { pki, portrait });
  await refused(
    read(layDown(first, 40), {
      // The card is known by now: the other candidate is not tried on whoever comes next.
      key: { ...key, expiryDates: [key.expiryDates[0] ?? "", "300101"] },
      cardAgain: () => Promise.resolve(layDown(stranger)),
    }),
    /BAC refused/,
    "card.wrongKey",
  );
  assert.equal(stranger.control.authentications, { tried: 1, refused: 1 });
  const twin = await cardOf({
    portrait: Uint8Array.from(portrait, (byte, at) => (at === 100 ? byte ^ 1 : byte)),
  });
  await refused(
    read(layDown(first, 40), { cardAgain: () => Promise.resolve(layDown(twin)) }),
    /DG2: the card that came back has other content/,
  );
});

const without = (name: FileName) => ({ [name]: () => null });
const change = (name: FileName, bytes: Uint8Array) => ({ [name]: () => bytes });

const flip = (at: number) => (bytes: Uint8Array) =>
  Uint8Array.from(bytes, (byte, index) =>
    index === (at + bytes.length) % bytes.length ? byte ^ 0x01 : byte,
  );

test("a forged group is a failed hash, a forged signature a failed signature", async () => {
  const forged = await read(layDown(await cardOf({ forge: { DG2: flip(-1) } })));
  assert.equal(verdict(forged, "groupHashes"), {
    name: "groupHashes",
    verdict: "failed",
    evidence: "DG2 differs from its signed hash",
  });
  assert.is(verdict(forged, "passiveAuthentication")?.verdict, "failed");
  assert.is(verdict(forged, "sodSignature")?.verdict, "passed");
  const broken = await read(layDown(await cardOf({ forge: { "EF.SOD": flip(-1) } })));
  assert.is(verdict(broken, "sodSignature")?.verdict, "failed");
  assert.is(verdict(broken, "certificatePath")?.verdict, "notDone");
  assert.is(verdict(broken, "passiveAuthentication")?.verdict, "failed");
  const hidden = await read(layDown(await cardOf({ forge: without("DG13") })));
  assert.is(verdict(hidden, "groupHashes")?.evidence, "DG13 is signed but the card did not give it");
  assert.is(hidden.citizen.fullName, undefined);
  const slipped = await read(
    layDown(await cardOf({ forge: { "EF.COM": () => writeCom([0x61, 0x75, 0x6d, 0x6b]) } })),
  );
  assert.is(verdict(slipped, "groupHashes")?.evidence, "DG11 is listed but not signed");
  const empty = await read(layDown(await cardOf({ forge: { "EF.SOD": () => pki.signSod(new Map()) } })));
  assert.is(verdict(empty, "passiveAuthentication")?.verdict, "failed");
  assert.match(verdict(empty, "groupHashes")?.evidence ?? "", /empty list of hashes/);
  for (const reading of [forged, broken, hidden, slipped, empty]) assert.is(levelOf(reading), "chipRead");
  const absent = await read(layDown(await cardOf({ forge: { "EF.SOD": () => null } })));
  assert.is(verdict(absent, "passiveAuthentication")?.verdict, "failed");
});

test("the digits of the QR are compared whole, and a document without them is no citizen card", async () => {
  const elsewhere = { ...key, documentNumber: `999${person.number.slice(3)}` };
  await refused(
    read(layDown(await cardOf()), { key: elsewhere }),
    /not the one that was given/,
    "card.mismatch",
  );
  const passport = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10";
  const zone = writeTlv(0x61, writeTlv(0x5f1f, new TextEncoder().encode(passport)));
  const foreign = await cardOf({ misprint: change("DG1", zone) });
  await refused(read(layDown(foreign)), /TD3 document/, "card.notCitizen");
  const reading = await read(layDown(foreign), { anyDocument: true });
  assert.is(verdict(reading, "numberAgainstHolder")?.verdict, "notSupported");
});

test("an unknown or foreign issuer is not trusted, which is neither passed nor failed", async () => {
  const card = await cardOf();
  for (const certificates of [[], [makePki().cscaCertificate], [pki.signerCertificate]]) {
    const reading = await read(layDown(card), { trust: { certificates } });
    assert.is(verdict(reading, "sodSignature")?.verdict, "passed");
    assert.is(verdict(reading, "certificatePath")?.verdict, "notTrusted");
    assert.is(verdict(reading, "passiveAuthentication")?.verdict, "notTrusted");
  }
});

test("an expired signer is not trusted; without a clock validity is left open", async () => {
  const old = makePki({ notBefore: new Date("2015-01-01"), notAfter: new Date("2020-01-01") });
  const card = await makeCard(person, { pki: old, portrait });
  const certificates = [old.cscaCertificate];
  const dated = await read(layDown(card), { trust: { certificates } });
  assert.is(verdict(dated, "certificatePath")?.verdict, "notTrusted");
  const undated = await read(layDown(card), { trust: { certificates }, today: null });
  assert.match(verdict(undated, "certificatePath")?.evidence ?? "", /clock is not trusted/);
  assert.is(verdict(undated, "expiry")?.verdict, "notDone");
});

test("brainpool signers are verified too", async () => {
  for (const curve of ["brainpoolP256r1", "brainpoolP512r1", "secp384r1"]) {
    const other = makePki({ curve });
    const reading = await read(layDown(await makeCard(person, { pki: other, portrait })), {
      trust: { certificates: [other.cscaCertificate] },
    });
    assert.is(verdict(reading, "passiveAuthentication")?.verdict, "passed", curve);
  }
});

test("a header that lies about its length, a wrong tag and a broken structure are refused by name", async () => {
  const cases: readonly (readonly [FileName, (bytes: Uint8Array) => Uint8Array, RegExp])[] = [
    [
      "DG1",
      (bytes) => Uint8Array.from([0x61, 0x82, 0x7f, 0xff, ...bytes.subarray(2)]),
      /DG1: its header says 32771/,
    ],
    ["DG1", (bytes) => Uint8Array.from([0x61, 0x70, ...bytes.subarray(2)]), /DG1: 6B00 .* even for|DG1: /],
    ["DG1", (bytes) => Uint8Array.from([0x62, ...bytes.subarray(1)]), /DG1: tag 62 where 61 belongs/],
    ["EF.COM", (bytes) => Uint8Array.from([0x60, 0x80, ...bytes.subarray(2)]), /indefinite length/],
    ["DG2", flip(8), /DG2|TLV/],
    [
      "DG13",
      (bytes) => Uint8Array.from([...bytes.subarray(0, 11), 0x30, ...bytes.subarray(12)]),
      /no set of numbered/,
    ],
  ];
  for (const [name, misprint, detail] of cases) {
    await refused(read(layDown(await cardOf({ misprint: { [name]: misprint } }))), detail);
  }
});

test("an MRZ of somebody else inside a signed card is told by the checks", async () => {
  const other = madeUpPerson(179);
  const reading = await read(layDown(await cardOf({ misprint: change("DG1", writeDg1(other)) })), {
    key: { ...key, documentNumber: person.number.slice(3) },
  });
  const check = verdict(reading, "mrzAgainstDg13");
  assert.is(check?.verdict, "failed");
  assert.match(check?.evidence ?? "", /^differ: number, name/);
  for (const { evidence } of reading.checks) {
    for (const value of Object.values(reading.citizen)) assert.not.ok(evidence.includes(value), evidence);
  }
});

test.run();
