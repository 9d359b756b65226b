// Does a whole reading give back what the card holds, over many people and kinds of chip?
import { createHash } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { accessKeyFromQr, parseCardQr } from "../../src/chip/card-qr.js";
import type { CardProgress, CardReading } from "../../src/chip/citizen-card.js";
import { levelOf } from "../../src/chip/level.js";
import { type ReadCardRequest, readCard } from "../../src/chip/read-card.js";
import { type MakeCardOptions, makeCard, type SimCard } from "../../src/chip/sim/make-card.js";
import { makePki } from "../../src/chip/sim/make-pki.js";
import { cardQrText, type MadeUpPerson, madeUpPerson } from "../../src/chip/sim/people.js";
import { drawPortrait } from "../../src/chip/sim/portrait.js";
import type { FaultCode } from "../../src/core/faults.js";
import { FaultError } from "../../src/core/faults.js";
import { layDown } from "./loop.js";

const TODAY = "2026-11-22";
const pki = makePki();
const trust = { certificates: [pki.cscaCertificate] };
const portrait = await drawPortrait(madeUpPerson(0));

const keyOf = (person: MadeUpPerson) => accessKeyFromQr(parseCardQr(cardQrText(person)));
const cardOf = (person: MadeUpPerson, options: MakeCardOptions = {}) =>
  makeCard(person, { pki, portrait, ...options });
const read = (person: MadeUpPerson, card: SimCard, more: Partial<ReadCardRequest> = {}) =>
  readCard({ card: layDown(card), key: keyOf(person), trust, today: TODAY, ...more });
const verdicts = (reading: CardReading) =>
  new Map(reading.checks.map(({ name, verdict }) => [name, verdict]));
const refusal = async (attempt: Promise<unknown>, code: FaultCode, detail: RegExp) => {
  try {
    await attempt;
  } catch (error) {
    assert.instance(error, FaultError, String(error));
    if (error instanceof FaultError) {
      assert.is(error.code, code, error.detail);
      assert.match(error.detail, detail);
    }
    return;
  }
  assert.unreachable("the reading was to be refused");
};

test("fifty people: the QR opens the card and every field comes back", async () => {
  const counts = new Set<number>();
  for (let seed = 1; seed <= 50; seed += 1) {
    const person = madeUpPerson(seed);
    const card = await cardOf(person);
    const reading = await read(person, card);
    assert.is(reading.citizen.number, person.number);
    assert.is(reading.citizen.fullName, person.fullName, "composed, though the card has it decomposed");
    assert.is(reading.citizen.birthDate, person.birthDate);
    assert.is(reading.citizen.sex, person.sex);
    assert.is(reading.citizen.placeOfResidence, person.placeOfResidence);
    assert.is(reading.citizen.issueDate, person.issueDate);
    assert.is(reading.citizen.expiryDate ?? "", person.expiryDate);
    assert.is(reading.citizen.fatherName, person.fatherName);
    assert.is(reading.citizen.motherName, person.motherName);
    assert.is(reading.citizen.spouseName ?? "", person.spouseName);
    assert.is(reading.citizen.oldNumber ?? "", person.oldNumber);
    assert.equal(reading.portrait?.bytes, portrait);
    assert.is(reading.portrait?.format, "jpeg");
    assert.equal(
      Object.fromEntries(verdicts(reading)),
      {
        mrzCheckDigits: "passed",
        mrzAgainstDg13: "passed",
        numberAgainstHolder: "passed",
        expiry: "passed",
        cardAccess: "notSupported",
        groupHashes: "passed",
        sodSignature: "passed",
        certificatePath: "passed",
        revocation: "notDone",
        passiveAuthentication: "passed",
        chipAuthentication: "passed",
        activeAuthentication: "notSupported",
      },
      JSON.stringify(reading.checks),
    );
    assert.is(levelOf(reading), "notCloned");
    counts.add(card.control.apdus);
  }
  process.stdout.write(
    `APDUs: ${[...counts].sort((a, b) => a - b).join(", ")} with a portrait of ${portrait.length} bytes\n`,
  );
});

test("the access and each file are told with length and hash", async () => {
  const person = madeUpPerson(3);
  const reading = await read(person, await cardOf(person));
  assert.is(reading.access, "BAC");
  assert.is(reading.downgrade, "no EF.CardAccess: 6A82 file not found");
  assert.equal(
    reading.files.map(({ name }) => name),
    ["EF.COM", "DG1", "DG13", "DG14", "EF.SOD", "DG2"],
  );
  const dg1 = reading.files.find(({ name }) => name === "DG1");
  assert.is(dg1?.length, 95);
  assert.match(dg1?.sha256 ?? "", /^[0-9a-f]{64}$/);
});

test("a card that offers PACE and can not do it is read by BAC and the downgrade is told", async () => {
  const person = madeUpPerson(4);
  const reading = await read(person, await cardOf(person, { cardAccess: "pace" }));
  assert.match(reading.downgrade ?? "", /^PACE with the MRZ: MSE:Set AT answered 6D00/);
  assert.is(reading.files[0]?.name, "EF.CardAccess");
  for (const cardAccess of ["refused", "unknown"] as const) {
    const other = await read(person, await cardOf(person, { cardAccess }));
    assert.match(other.downgrade ?? "", cardAccess === "refused" ? /6982/ : /6D00/);
  }
});

test("progress only rises and ends at the whole", async () => {
  const person = madeUpPerson(5);
  const seen: CardProgress[] = [];
  await read(person, await cardOf(person), { onProgress: (progress) => seen.push(progress) });
  assert.is(seen[0]?.stage, "opening");
  const fractions = seen.map(({ fraction }) => fraction);
  assert.equal(
    fractions,
    [...fractions].sort((a, b) => a - b),
  );
  assert.is(fractions.at(-1), 1);
  assert.ok(fractions.length > 60, `${fractions.length} steps`);
});

test("kinds of chip: no short identifiers, small chunks by 6700 and 6Cxx, ends by 6282 and 6Cxx, bare errors", async () => {
  const kinds: readonly (MakeCardOptions & { readonly goal: number })[] = [
    { goal: 100, shortIds: false },
    { goal: 140, maxReadBytes: 160 },
    { goal: 150, maxReadBytes: 160, refusesByName: true },
    { goal: 280, maxReadBytes: 100 },
    { goal: 220, maxReadBytes: 100, refusesByName: true, bareErrors: true },
    { goal: 220, maxReadBytes: 112, bareErrors: true },
    { goal: 700, maxReadBytes: 32, bareErrors: true },
    { goal: 100, atEnd: "6282" },
    { goal: 100, atEnd: "6Cxx" },
    { goal: 125, atEnd: "6Cxx", bareErrors: true, shortIds: false },
  ];
  for (const { goal, ...kind } of kinds) {
    const person = madeUpPerson(6);
    const card = await cardOf(person, kind);
    const reading = await read(person, card);
    assert.is(verdicts(reading).get("passiveAuthentication"), "passed", JSON.stringify(kind));
    assert.ok(card.control.apdus <= goal, `${JSON.stringify(kind)}: ${card.control.apdus} APDUs`);
    assert.is(card.control.authentications.refused, 0);
    process.stdout.write(`${JSON.stringify(kind)}: ${card.control.apdus} APDUs\n`);
  }
});

test("a portrait beyond 32 kB is read on by READ BINARY with odd instruction", async () => {
  const person = madeUpPerson(7);
  const large = Uint8Array.from(
    { length: 70_000 },
    (_, index) => [0xff, 0xd8, 0xff][index] ?? (index * 31) & 0xff,
  );
  const reading = await read(person, await cardOf(person, { portrait: large }));
  assert.is(
    createHash("sha256")
      .update(reading.portrait?.bytes ?? "")
      .digest("hex"),
    createHash("sha256").update(large).digest("hex"),
  );
});

test("a wrong secret is tried once; two candidates at most; the right one is found among two", async () => {
  const person = madeUpPerson(8);
  const right = keyOf(person).expiryDates[0] ?? "";
  const card = await cardOf(person);
  const wrong = { ...keyOf(person), expiryDates: ["300101", "300101"] };
  await refusal(read(person, card, { key: wrong }), "card.wrongKey", /BAC refused: 6300/);
  assert.equal(card.control.authentications, { tried: 1, refused: 1 });
  await refusal(
    read(person, card, { key: { ...wrong, expiryDates: ["300101", "300102", right] } }),
    "card.wrongKey",
    /3 expiry dates offered/,
  );
  assert.equal(card.control.authentications, { tried: 1, refused: 1 });
  const reading = await read(person, card, { key: { ...wrong, expiryDates: ["300101", "300101", right] } });
  assert.is(reading.expiryUsed, right);
  for (const wrongKeyStatus of [0x6982, 0x6988, 0x63c2, 0x6a80, 0x6985]) {
    const other = await cardOf(person, { wrongKeyStatus });
    await refusal(read(person, other, { key: wrong }), "card.wrongKey", /BAC refused/);
  }
});

test("a card without the eMRTD application is no citizen card", async () => {
  const person = madeUpPerson(9);
  await refusal(read(person, await cardOf(person, { hasApplication: false })), "card.notCitizen", /6A82/);
});

test("a card that sends the reader's own token back is refused", async () => {
  const person = madeUpPerson(9);
  await refusal(
    read(person, await cardOf(person, { echoesToken: true })),
    "card.unreadable",
    /did not return the nonces/,
  );
});

test("an aborted reading ends with the signal's reason", async () => {
  const person = madeUpPerson(10);
  const controller = new AbortController();
  const reason = new Error("the citizen went away");
  const attempt = read(person, await cardOf(person), {
    signal: controller.signal,
    onProgress: ({ fraction }) => {
      if (fraction > 0.5) controller.abort(reason);
    },
  });
  try {
    await attempt;
    assert.unreachable();
  } catch (error) {
    assert.is(error, reason);
  }
});

test.run();
