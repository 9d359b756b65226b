// Does every kind of PACE open the card, by either password, and is what breaks it refused?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { CURVES } from "../../src/chip/access/curves.js";
import { standardizedGroup } from "../../src/chip/access/domain-parameters.js";
import { type AccessKey, accessKeyFromCan } from "../../src/chip/access/keys.js";
import { choosePace } from "../../src/chip/access/pace-info.js";
import { accessKeyFromQr, parseCardQr } from "../../src/chip/card-qr.js";
import { FileReader } from "../../src/chip/lds/file-reader.js";
import { DG1, DG2, EF_COM, type FileSpec } from "../../src/chip/lds/files.js";
import { parseSecurityInfos } from "../../src/chip/lds/security-infos.js";
import { CardSession } from "../../src/chip/session.js";
import { cardGroup } from "../../src/chip/sim/card-group.js";
import { type MakeCardOptions, makeCard, type SimCard } from "../../src/chip/sim/make-card.js";
import { makePki } from "../../src/chip/sim/make-pki.js";
import type { PaceFlaw, SimPace } from "../../src/chip/sim/pace.js";
import { cardQrText, madeUpPerson } from "../../src/chip/sim/people.js";
import { type PaceOffer, writeCardAccess } from "../../src/chip/sim/security-infos.js";
import { writeTlv } from "../../src/chip/tlv.js";
import { type FaultCode, FaultError } from "../../src/core/faults.js";
import type { Card } from "../../src/hal/chip-reader/chip-reader.js";
import { layDown } from "./loop.js";

const person =
  [77, 78, 79, 80, 81, 82].map(madeUpPerson).find(({ expiryDate }) => expiryDate !== "") ?? madeUpPerson(1);
const key = accessKeyFromQr(parseCardQr(cardQrText(person)));
const right = key.expiryDates[0] ?? "";
const portrait = Uint8Array.from({ length: 1_200 }, (_, at) => [0xff, 0xd8, 0xff][at] ?? at & 0xff);
const pki = makePki();
const CAN = "318042";

const GM: PaceOffer = { agreement: "ECDH", mapping: "GM", suite: "AES-128", parameterId: 12 };
const cardOf = (pace: SimPace, more: MakeCardOptions = {}) =>
  makeCard(person, { portrait, pki, ...more, pace: { can: CAN, ...pace } });
const offering = (offer: PaceOffer, more: Partial<SimPace> = {}): SimPace => ({ offers: [offer], ...more });

const { randomBytes } = await import("node:crypto");
const sessionOf = (card: Card, offered: AccessKey, cardAgain?: () => Promise<Card>) =>
  new CardSession({
    card,
    key: offered,
    random: (count) => randomBytes(count),
    ...(cardAgain === undefined ? {} : { cardAgain }),
  });

const readAll = async (session: CardSession, specs: readonly FileSpec[] = [EF_COM, DG1, DG2]) => {
  const reader = new FileReader(session, () => {});
  const outcomes = [];
  for (const spec of specs) outcomes.push(await reader.read(spec));
  return outcomes;
};

/** Opens and reads; gives how it was opened. */
const opened = async (card: SimCard, offered: AccessKey, on: (card: SimCard) => Card = layDown) => {
  const session = sessionOf(on(card), offered);
  const outcomes = await readAll(session);
  assert.ok(outcomes.every(({ state }) => state === "read"));
  return session.access;
};

const refused = async (attempt: Promise<unknown>, code: FaultCode, detail: RegExp) => {
  try {
    await attempt;
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    assert.is(error.code, code, error.detail);
    assert.match(error.detail, detail);
    return;
  }
  assert.unreachable(`opened in spite of ${detail}`);
};

/** A reader that passes extended length, as the largest groups need. */
const layDownExtended = (farEnd: SimCard): Card => {
  farEnd.reset();
  return {
    uid: farEnd.uid,
    type: farEnd.type,
    extendedLength: true,
    transceive: (command) => Promise.resolve(farEnd.respond(command)),
    release: () => Promise.resolve(),
  };
};

const SUITES = ["3DES", "AES-128", "AES-192", "AES-256"] as const;

for (const [parameterId, { name }] of CURVES) {
  test(`${name}: generic and integrated mapping open the card`, async () => {
    const group = standardizedGroup(parameterId);
    for (const mapping of ["GM", "IM"] as const) {
      if (mapping === "IM" && group?.mapsIntegrated === false) continue;
      const card = await cardOf(offering({ ...GM, mapping, parameterId, suite: "AES-256" }));
      const access = await opened(card, key);
      assert.is(access.variant, `PACE-ECDH-${mapping}-AES-256 on ${name}`);
      assert.is(access.downgrade, null);
    }
  });
}

for (const suite of SUITES) {
  test(`${suite}: every mapping, by MRZ and by CAN`, async () => {
    const kinds = [
      ["ECDH", "GM", 13],
      ["ECDH", "IM", 12],
      ["ECDH", "CAM", 12],
      ["DH", "GM", 0],
      ["DH", "IM", 0],
    ] as const;
    for (const [agreement, mapping, parameterId] of kinds) {
      if (mapping === "CAM" && suite === "3DES") continue;
      const card = await cardOf(offering({ agreement, mapping, suite, parameterId }, { staticKey: 77n }));
      const byMrz = await opened(card, key);
      assert.is(byMrz.variant.startsWith(`PACE-${agreement}-${mapping}-${suite} on`), true, byMrz.variant);
      assert.is(byMrz.expiryUsed, right);
      const byCan = await opened(card, accessKeyFromCan(CAN));
      assert.is(byCan.secretKind, "CAN");
      assert.is(byCan.expiryUsed, "");
      assert.equal(card.control.authentications, { tried: 2, refused: 0 });
      assert.is(byCan.chipMapping === null, mapping !== "CAM");
    }
  });
}

test("2048-bit groups pass where the reader passes extended length; elsewhere BAC, and why", async () => {
  for (const [parameterId, mapping] of [
    [1, "GM"],
    [2, "IM"],
  ] as const) {
    const offer: PaceOffer = { agreement: "DH", mapping, suite: "AES-128", parameterId };
    const card = await cardOf(offering(offer));
    assert.match((await opened(card, key, layDownExtended)).variant, /MODP-2048/);
    const access = await opened(card, key);
    assert.is(access.protocol, "BAC");
    assert.match(access.downgrade ?? "", /needs extended length, which this reader does not pass/);
  }
});

test("chip-authentication mapping: the static key in EF.CardSecurity is the chip's or another's", async () => {
  const staticKey = 0x1234_5678_9abc_def0_1234_5678n;
  const group = cardGroup(12);
  const publicKey = group.multiply(staticKey, group.generator);
  const cardSecurity = writeTlv(0x30, new Uint8Array(900).fill(5));
  const offer: PaceOffer = { ...GM, mapping: "CAM" };
  const access = await opened(await cardOf(offering(offer, { staticKey }), { cardSecurity }), key);
  assert.equal(access.cardSecurity, cardSecurity);
  assert.is(access.chipMapping?.keyId, 12);
  assert.is(access.chipMapping?.holds(publicKey), true);
  assert.is(access.chipMapping?.holds(group.multiply(staticKey + 1n, group.generator)), false);
  const clone = await opened(await cardOf(offering(offer, { staticKey, flaw: "wrongChipData" })), key);
  assert.is(clone.chipMapping?.holds(publicKey), false);
  assert.is(clone.cardSecurity, null);
});

const REFUSED: readonly (readonly [flaw: PaceFlaw, detail: RegExp, offer?: Partial<PaceOffer>])[] = [
  ["shortNonce", /a nonce of 15 bytes/],
  ["echoesMappingKey", /returned the reader's own public key/],
  ["mappingOutside", /no point of the curve/],
  ["mappingOutside", /outside 2 \.\. p-2/, { agreement: "DH", parameterId: 0 }],
  ["echoesKey", /returned the reader's own public key/],
  ["keyOutside", /no point of the curve/],
  ["keyOutside", /outside 2 \.\. p-2/, { agreement: "DH", parameterId: 0 }],
  ["keyNeutral", /no uncompressed point/],
  ["keyNeutral", /outside 2 \.\. p-2/, { agreement: "DH", parameterId: 0 }],
  ["keyCompressed", /no uncompressed point/],
  ["wrongToken", /token is wrong/],
  ["echoesToken", /token is wrong/],
  ["noToken", /token is wrong/],
  ["cutAnswer", /TLV 7C: says/],
  ["noChipData", /no chip authentication data/, { mapping: "CAM" }],
];

for (const [flaw, detail, change] of REFUSED) {
  test(`refused: ${flaw} ${JSON.stringify(change ?? {})}; the next card reads well`, async () => {
    const card = await cardOf(offering({ ...GM, ...change }, { flaw }));
    await refused(opened(card, key), "card.unreadable", detail);
    // Nothing was gone around: no BAC behind a broken PACE.
    assert.ok(card.control.authentications.tried <= 1);
    assert.is((await opened(await cardOf(offering(GM)), key)).protocol, "PACE");
  });
}

test("an element of the wrong order is refused although it is one modulo the prime", () => {
  const group = standardizedGroup(0);
  // 2 generates a larger group than the subgroup of prime order.
  assert.throws(() => group?.privateKey(5n).agree(Uint8Array.of(2)), /prime-order subgroup/);
});

test("a wrong nonce looks like a wrong secret, and is tried once", async () => {
  const card = await cardOf(offering(GM, { flaw: "wrongNonce" }));
  await refused(opened(card, key), "card.wrongKey", /PACE refused the MRZ: 6300/);
  assert.equal(card.control.authentications, { tried: 1, refused: 1 });
});

test("a wrong secret is never tried twice, by no protocol", async () => {
  const wrongDates = { ...key, expiryDates: ["300101", "300102"] };
  const card = await cardOf(offering(GM));
  await refused(opened(card, wrongDates), "card.wrongKey", /PACE refused the MRZ/);
  assert.equal(card.control.paceTries, { MRZ: { tried: 2, refused: 2 }, CAN: { tried: 0, refused: 0 } });
  assert.equal(card.control.authentications, { tried: 2, refused: 2 });
  const second = await cardOf(offering(GM));
  const access = await opened(second, { ...key, expiryDates: ["300101", right] });
  assert.is(access.expiryUsed, right);
  assert.equal(second.control.authentications, { tried: 2, refused: 1 });
  const third = await cardOf(offering(GM));
  const both = await opened(third, { ...key, can: "000000" });
  assert.is(both.secretKind, "MRZ");
  assert.equal(third.control.paceTries, { MRZ: { tried: 1, refused: 0 }, CAN: { tried: 1, refused: 1 } });
  await refused(opened(third, accessKeyFromCan("000000")), "card.wrongKey", /PACE refused the CAN/);
  assert.throws(() => accessKeyFromCan("12345"), /six digits/);
  await refused((async () => opened(third, { ...key, can: "12345a" }))(), "card.wrongKey", /six digits/);
});

test("a card without a CAN is opened by the MRZ; one without PACE says why the CAN is no help", async () => {
  const { can: _can, ...mrzOnly } = { can: CAN, offers: [GM] };
  const card = await makeCard(person, { portrait, pace: mrzOnly });
  assert.is((await opened(card, { ...key, can: CAN })).secretKind, "MRZ");
  assert.equal(card.control.authentications, { tried: 1, refused: 0 });
  await refused(
    opened(card, accessKeyFromCan(CAN)),
    "card.wrongKey",
    /with the CAN: MSE:Set AT answered 6A88/,
  );
  const old = await makeCard(person, { portrait });
  await refused(
    opened(old, accessKeyFromCan(CAN)),
    "card.wrongKey",
    /CAN|needs PACE: no EF.CardAccess: 6A82/,
  );
  assert.is(old.control.authentications.tried, 0);
});

test("a counter is said in words and a suspended or blocked secret is not tried", async () => {
  const card = await cardOf(offering(GM, { tries: 4 }));
  const wrong = { ...key, expiryDates: ["300101"] };
  await refused(opened(card, wrong), "card.wrongKey", /63C3 authentication failed, 3 tries left/);
  await refused(opened(card, wrong), "card.wrongKey", /2 tries left/);
  // The warning at MSE:Set AT does not stop the right secret, which sets the counter back.
  assert.is((await opened(card, key)).protocol, "PACE");
  for (const words of [/3 tries left/, /2 tries left/, /suspended: one try left/]) {
    await refused(opened(card, wrong), "card.wrongKey", words);
  }
  const before = card.control.paceTries;
  await refused(opened(card, key), "card.wrongKey", /MSE:Set AT answered 63C1 .* suspended: one try left/);
  assert.equal(card.control.paceTries, before);
  assert.is((await opened(card, { ...key, can: CAN })).secretKind, "CAN");
  const blocked = await cardOf(offering(GM, { refuses: { step: "select", sw: 0x63c0 } }));
  await refused(opened(blocked, key), "card.wrongKey", /63C0 .* blocked: no try left/);
});

test("a card that can not do what it offers is read by BAC, once, and why is recorded", async () => {
  const cases = [
    ["select", 0x6a80],
    ["select", 0x6d00],
    ["select", 0x6a88],
    ["nonce", 0x6985],
    ["mapping", 0x6a80],
    ["agreement", 0x6f00],
    ["token", 0x6f00],
  ] as const;
  for (const [step, sw] of cases) {
    const card = await cardOf(offering(GM, { refuses: { step, sw } }));
    let left = false;
    const lifted = layDown(card, 12);
    const session = sessionOf(lifted, key, () => {
      left = true;
      return Promise.resolve(layDown(card));
    });
    await readAll(session);
    assert.is(left, true);
    assert.is(session.access.protocol, "BAC");
    assert.match(
      session.access.downgrade ?? "",
      new RegExp(`^PACE with the MRZ: .* ${sw.toString(16).toUpperCase()}|^PACE refused the MRZ: 6F00`),
    );
    // One BAC before the card was lifted and one after: PACE was not tried again.
    assert.equal(card.control.authentications, { tried: 2, refused: 0 });
  }
});

test("a card that came back is opened by the same PACE and the same secret; it is not talked down to BAC", async () => {
  const card = await cardOf(offering(GM));
  const twoDates = { ...key, expiryDates: ["300101", right] };
  const session = sessionOf(layDown(card, 17), twoDates, () => Promise.resolve(layDown(card)));
  await readAll(session);
  assert.equal(card.control.authentications, { tried: 3, refused: 1 });
  const weak = await cardOf(offering(GM, { refuses: { step: "select", sw: 0x6a80 } }));
  await refused(
    readAll(sessionOf(layDown(card, 11), key, () => Promise.resolve(layDown(weak)))),
    "card.unreadable",
    /though PACE opened this card before/,
  );
  assert.is(weak.control.authentications.tried, 0);
});

test("another card laid down in the middle is shown the accepted secret alone, and refused", async () => {
  const first = await cardOf(offering(GM));
  const stranger = await makeCard(madeUpPerson(178), { portrait, pace: offering(GM, { can: "999999" }) });
  const everything = { ...key, can: CAN, expiryDates: [right, "300101"] };
  await refused(
    readAll(sessionOf(layDown(first, 11), everything, () => Promise.resolve(layDown(stranger)))),
    "card.wrongKey",
    /PACE refused the CAN/,
  );
  assert.equal(stranger.control.authentications, { tried: 1, refused: 1 });
});

test("a card lifted at any APDU is read on by PACE from where it was", async () => {
  const cardSecurity = writeTlv(0x30, new Uint8Array(500).fill(5));
  for (const mapping of ["GM", "CAM"] as const) {
    const card = await cardOf(offering({ ...GM, mapping }), { cardSecurity });
    await opened(card, key);
    const { apdus } = card.control;
    for (let leaveAfter = 0; leaveAfter < apdus; leaveAfter += 1) {
      const before = card.control.apdus;
      const session = sessionOf(layDown(card, leaveAfter), key, () => Promise.resolve(layDown(card)));
      const outcomes = await readAll(session);
      assert.ok(outcomes.every(({ state }) => state === "read"));
      const spent = card.control.apdus - before;
      // MSE, four steps and SELECT open it again, one reads the file's start; EF.CardSecurity is read whole.
      assert.ok(spent <= apdus + 11, `lifted after ${leaveAfter}: ${spent} where ${apdus} are enough`);
    }
    assert.is(card.control.authentications.refused, 0);
  }
});

test("a session that the chip dropped is opened again, in the master file where the chip wants that", async () => {
  for (const selectsMasterFile of [true, false]) {
    const card = await cardOf(offering(GM, { onlyInMasterFile: selectsMasterFile }), { selectsMasterFile });
    card.control.misbehave({ kind: "bareStatus", sw: 0x6988, file: "DG2", afterReads: 2 });
    const access = await opened(card, key);
    assert.is(access.protocol, "PACE");
    assert.equal(card.control.authentications, { tried: 2, refused: 0 });
  }
});

test("the strongest variant is chosen, unknown and unusable ones are passed over", () => {
  const choose = (offers: readonly PaceOffer[], extended = false) => {
    const choice = choosePace(parseSecurityInfos(writeCardAccess(offers)), extended);
    return "variant" in choice ? choice.variant.name : choice.obstacle;
  };
  const tdes: PaceOffer = { ...GM, suite: "3DES" };
  assert.is(choose([tdes, GM]), "PACE-ECDH-GM-AES-128 on secp256r1");
  assert.is(choose([GM, { ...GM, mapping: "CAM" }]), "PACE-ECDH-CAM-AES-128 on secp256r1");
  const strong: PaceOffer = { ...GM, suite: "AES-256", parameterId: 17 };
  assert.is(choose([{ ...GM, mapping: "CAM" }, strong]), "PACE-ECDH-GM-AES-256 on brainpoolP512r1");
  const modp: PaceOffer = { agreement: "DH", mapping: "GM", suite: "AES-128", parameterId: 2 };
  assert.is(choose([modp, tdes]), "PACE-ECDH-GM-3DES on secp256r1");
  assert.is(choose([modp, tdes], true), "PACE-DH-GM-AES-128 on MODP-2048/256");
  assert.match(choose([{ ...GM, mapping: "IM", parameterId: 10 }]), /has no integrated mapping/);
  assert.match(choose([{ ...GM, parameterId: 0 }]), /contradicts itself/);
  assert.match(choose([{ ...GM, parameterId: 5 }]), /unknown parameters 5/);
  assert.match(choose([{ ...GM, parameterId: 40 }]), /the chip's own parameters/);
  const { parameterId: _parameterId, ...explicit } = GM;
  assert.match(choose([explicit]), /the chip's own parameters/);
  assert.is(choose([]), "EF.CardAccess offers no PACE");
});

test("several groups on offer: MSE:Set AT names the one meant", async () => {
  const card = await cardOf({ offers: [GM, { ...GM, parameterId: 13 }] });
  assert.is((await opened(card, key)).variant, "PACE-ECDH-GM-AES-128 on secp256r1");
});

test("a file refused in the middle is missing; what follows it is read", async () => {
  const DG3: FileSpec = { ...DG2, shortId: 3, fileId: 3, tag: 0x63 };
  for (const bareErrors of [false, true]) {
    const card = await cardOf(offering(GM), { bareErrors });
    const outcomes = await readAll(sessionOf(layDown(card), key), [EF_COM, DG1, DG3, DG2]);
    assert.equal(
      outcomes.map((outcome) => (outcome.state === "read" ? "read" : outcome.sw.toString(16))),
      ["read", "read", "6982", "read"],
    );
  }
});

test.run();
