// What becomes of a card at the kiosk: who stands there, how surely, and which card is not served at all?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readCitizen } from "../../src/acts/identity.js";
import { accessKeyFromQr, parseCardQr } from "../../src/chip/card-qr.js";
import { ReadingHabits } from "../../src/chip/lds/reading-habits.js";
import { type MakeCardOptions, makeCard } from "../../src/chip/sim/make-card.js";
import { makePki } from "../../src/chip/sim/make-pki.js";
import { cardQrText, madeUpPerson } from "../../src/chip/sim/people.js";
import { SystemClock } from "../../src/core/clock.js";
import { FAULTS, FaultError } from "../../src/core/faults.js";
import { Pii } from "../../src/core/pii.js";
import type { PrintedRecord } from "../../src/flows/citizen.js";
import { layDown } from "../chip/loop.js";

const person = madeUpPerson(91);
const qr = parseCardQr(cardQrText(person));
const pki = makePki();
const portrait = Uint8Array.from({ length: 900 }, (_, at) => [0xff, 0xd8, 0xff][at] ?? at & 0xff);

const read = async (options: MakeCardOptions = {}, printed: PrintedRecord = qr) => {
  const card = await makeCard(person, { pki, portrait, ...options });
  return readCitizen({
    reader: {
      waitForCard: () => Promise.resolve(layDown(card)),
      health: () => Promise.resolve(null),
      close: () => Promise.resolve(),
    },
    key: new Pii({ ...accessKeyFromQr(qr), printed }),
    onProgress: () => {},
    signal: new AbortController().signal,
    trust: { certificates: [pki.cscaCertificate] },
    habits: new ReadingHabits(),
    clock: new SystemClock({ floorMs: 0, synchronised: () => true }),
  });
};

const refusal = async (attempt: Promise<unknown>): Promise<FaultError> => {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof FaultError) return error;
    throw error;
  }
  throw new Error("it was to be refused");
};

test("a genuine card gives its level and evidence without anything personal in it", async () => {
  const identity = await read();
  assert.is(identity.level, "notCloned");
  assert.is(identity.citizen.reveal().fullName, person.fullName);
  const evidence = identity.evidence.join("\n");
  assert.match(evidence, /chipAuthentication: passed/);
  assert.match(evidence, /qrAgainstChip: passed/);
  for (const value of [person.number, person.number.slice(3), person.fullName, person.birthDate])
    assert.not.ok(evidence.includes(value));
});

test("a card of an issuer that this kiosk does not know, and one that cannot prove its chip, keep lower levels", async () => {
  assert.is((await read({ pki: makePki() })).level, "chipRead");
  assert.is((await read({ chipKeys: [] })).level, "genuine");
});

test("a copy, a forged group and a revoked signer are not served, in words for both sides", async () => {
  const cloned = { domain: "prime256v1", suite: "AES-128", cloned: true } as const;
  const copy = await refusal(read({ chipKeys: [cloned] }));
  assert.is(copy.code, "card.forged");
  assert.match(copy.detail, /^a copy: chip authentication failed/);
  const turned = (bytes: Uint8Array) =>
    Uint8Array.from(bytes, (b, at) => (at === bytes.length - 1 ? b ^ 1 : b));
  const forged = await refusal(read({ forge: { DG2: turned } }));
  assert.is(forged.code, "card.forged");
  assert.match(forged.detail, /DG2 differs from its signed hash/);
  assert.match(FAULTS["card.forged"].citizen.vi, /cán bộ/);
});

test("a printed code that is not this chip's is refused as two people's, without their values", async () => {
  const other = await refusal(read({}, { ...qr, fullName: "Nguyễn Văn Khác" }));
  assert.is(other.code, "card.mismatch");
  assert.is(other.detail, "QR and chip differ: name");
});

test.run();
