// Is every way in which real chips give their files understood, remembered, and refused where it lies?
import { randomBytes } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { accessKeyFromQr, parseCardQr } from "../../src/chip/card-qr.js";
import { FileReader } from "../../src/chip/lds/file-reader.js";
import { DG1, DG2, EF_COM } from "../../src/chip/lds/files.js";
import { ReadingHabits } from "../../src/chip/lds/reading-habits.js";
import { CardSession } from "../../src/chip/session.js";
import { type MakeCardOptions, makeCard, type SimCard } from "../../src/chip/sim/make-card.js";
import { makePki } from "../../src/chip/sim/make-pki.js";
import type { Misbehaviour } from "../../src/chip/sim/misbehaviour.js";
import type { SimPace } from "../../src/chip/sim/pace.js";
import { cardQrText, madeUpPerson } from "../../src/chip/sim/people.js";
import { FaultError } from "../../src/core/faults.js";
import { layDown } from "./loop.js";

const person = madeUpPerson(12);
const key = accessKeyFromQr(parseCardQr(cardQrText(person)));
const portrait = Uint8Array.from({ length: 15_040 }, (_, at) => [0xff, 0xd8, 0xff][at] ?? at & 0xff);
const pki = makePki();
const PACE: SimPace = {
  offers: [{ agreement: "ECDH", mapping: "GM", suite: "AES-128", parameterId: 12 }],
};

const read = async (card: SimCard, habits?: ReadingHabits) => {
  const before = card.control.apdus;
  const session = new CardSession({
    card: layDown(card),
    key,
    random: (count) => randomBytes(count),
    ...(habits === undefined ? {} : { habits }),
  });
  const reader = new FileReader(session, () => {});
  for (const spec of [EF_COM, DG1, DG2]) {
    const outcome = await reader.read(spec);
    assert.is(outcome.state, "read", spec.name);
    if (outcome.state === "read" && spec === DG2) {
      assert.ok(Buffer.from(outcome.bytes).includes(Buffer.from(portrait)));
    }
  }
  return { apdus: card.control.apdus - before, chunkBytes: reader.chunkBytes };
};

const cardOf = (options: MakeCardOptions) => makeCard(person, { portrait, pki, ...options });

const fails = async (attempt: Promise<unknown>, detail: RegExp) => {
  try {
    await attempt;
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    assert.is(error.code, "card.unreadable");
    assert.match(error.detail, detail);
    return;
  }
  assert.unreachable(`read in spite of ${detail}`);
};

test("APDUs of a whole reading by PACE and by BAC", async () => {
  const byPace = await read(await cardOf({ pace: PACE }));
  // EF.CardAccess, MSE, four steps, SELECT, EF.COM and DG1; DG2 of 15,100 bytes at 223 are 68.
  assert.is(byPace.apdus, 77);
  const byBac = await read(await cardOf({}));
  // EF.CardAccess twice in vain, SELECT, two steps, EF.COM and DG1; at 231 DG2 are 66.
  assert.is(byBac.apdus, 73);
  process.stdout.write(`APDUs: PACE ${byPace.apdus}, BAC ${byBac.apdus} with DG2 of 15 kB\n`);
});

const REFUSED: readonly (readonly [wish: Misbehaviour, detail: RegExp])[] = [
  [{ kind: "wrongMac" }, /the checksum is wrong/],
  [{ kind: "missingDo99" }, /no protected status/],
  [{ kind: "statusMismatch", sw: 0x6282 }, /protected status 6282 .* under a bare 9000/],
  [{ kind: "unprotectedData" }, /secure messaging|TLV/],
  [{ kind: "bareStatus", sw: 0x9000 }, /success without protection/],
  [{ kind: "protectedStatus", sw: 0x6982, afterReads: 3 }, /DG2: 6982 .* at offset/],
  [{ kind: "replay", afterReads: 1 }, /the checksum is wrong/],
  [{ kind: "emptyAnswer" }, /fewer than two bytes/],
  [{ kind: "zeroBytes", times: 100 }, /no bytes even for 32 bytes/],
];
const SURVIVED: readonly Misbehaviour[] = [
  { kind: "zeroBytes", afterReads: 5 },
  { kind: "earlyEnd", afterReads: 2 },
  { kind: "bareStatus", sw: 0x6700, afterReads: 5 },
  { kind: "bareStatus", sw: 0x6988, afterReads: 5 },
  { kind: "bareStatus", sw: 0x6982, afterReads: 5 },
  { kind: "protectedStatus", sw: 0x6700, afterReads: 5 },
  { kind: "protectedStatus", sw: 0x6b00, afterReads: 5 },
  { kind: "protectedStatus", sw: 0x6c80, afterReads: 5 },
];

for (const suite of ["3DES", "AES-256"] as const) {
  const pace: SimPace = { offers: [{ agreement: "ECDH", mapping: "GM", suite, parameterId: 12 }] };
  test(`after PACE with ${suite}: each breach is refused or survived, and the next card reads well`, async () => {
    for (const [wish, detail] of REFUSED) {
      const card = await cardOf({ pace });
      card.control.misbehave({ file: "DG2", ...wish });
      await fails(read(card), detail);
    }
    for (const wish of SURVIVED) {
      const card = await cardOf({ pace });
      card.control.misbehave({ file: "DG2", ...wish });
      await read(card);
      assert.is(card.control.authentications.refused, 0);
    }
    await read(await cardOf({ pace }));
  });
}

test("what a make of card taught is known for the next one, and for that make alone", async () => {
  const habits = new ReadingHabits();
  const kinds: readonly MakeCardOptions[] = [
    { maxReadBytes: 160 },
    { maxReadBytes: 100, refusesByName: true },
    { shortIds: false },
    { maxReadBytes: 112, bareErrors: true },
  ];
  for (const kind of kinds) {
    // Makes differ in what they offer.
    const parameterId = 12 + kinds.indexOf(kind);
    const pace: SimPace = {
      offers: [{ agreement: "ECDH", mapping: "GM", suite: "AES-128", parameterId }],
    };
    const first = await read(await cardOf({ ...kind, pace }), habits);
    const second = await read(await cardOf({ ...kind, pace }), habits);
    assert.ok(second.apdus < first.apdus, `${JSON.stringify(kind)}: ${first.apdus}, then ${second.apdus}`);
    assert.is(second.chunkBytes, first.chunkBytes);
  }
  // A better card that says it is of the same make is read well all the same.
  await read(await cardOf({ pace: PACE }), habits);
  // Cards that say nothing of themselves are not remembered.
  await read(await cardOf({ maxReadBytes: 64 }), habits);
  assert.is((await read(await cardOf({}), habits)).chunkBytes, null);
});

test("what was learned is tried anew after twenty cards", () => {
  const habits = new ReadingHabits();
  const make = Uint8Array.of(0x31, 0);
  habits.note(make, { chunkBytes: 64, shortIds: true });
  for (let card = 0; card < 20; card += 1) {
    assert.is(habits.recall(make)?.chunkBytes, 64);
    habits.note(make, { chunkBytes: 64, shortIds: true });
  }
  assert.is(habits.recall(make), null);
  assert.is(habits.recall(null), null);
});

test("chips that give fewer bytes than asked for, with 9000 or 6282, are read to the end", async () => {
  for (const atEnd of ["short", "6282"] as const) {
    const { apdus } = await read(await cardOf({ answersAtMost: 120, atEnd }));
    assert.ok(apdus < 140, `${apdus}`);
  }
});

test("a header that says more than the file has is refused where the file ends", async () => {
  const longer = (bytes: Uint8Array) =>
    // 75 82 hi lo: a thousand bytes more than follow.
    Uint8Array.from(bytes, (byte, at) => (at === 2 ? byte + 4 : byte));
  for (const atEnd of ["short", "6282", "6Cxx"] as const) {
    const card = await cardOf({ forge: { DG2: longer }, atEnd });
    await fails(read(card), /DG2: (ends at \d+ of the \d+ bytes its header says|6B00 .* even for 32)/);
    assert.ok(card.control.apdus < 120, `${card.control.apdus}`);
  }
});

test("a chip that gives a byte at a time is not read for minutes", async () => {
  const card = await cardOf({ answersAtMost: 1 });
  await fails(read(card), /answers of a few bytes each/);
  assert.ok(card.control.apdus < 60);
});

test("a chip that drops its session before every answer is given up", async () => {
  const card = await cardOf({ pace: PACE });
  card.control.misbehave({ kind: "bareStatus", sw: 0x6988, file: "DG2", afterReads: 3, times: 1_000 });
  await fails(read(card), /nothing new in|dropped its session/);
  assert.is(card.control.authentications.refused, 0);
});

test.run();
