// Are the portrait in either format, the optional groups, and the QR against the chip read and judged?

import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { accessKeyFromQr, type CardQr, parseCardQr } from "../../src/chip/card-qr.js";
import type { CardReading } from "../../src/chip/citizen-card.js";
import { sizeOf, toRgb } from "../../src/chip/jpeg2000.js";
import { parseCom } from "../../src/chip/lds/com.js";
import { parseFaces } from "../../src/chip/lds/dg2.js";
import { parseDg11, parseDg12 } from "../../src/chip/lds/dg11.js";
import { refusalOf } from "../../src/chip/level.js";
import { portraitAsJpeg } from "../../src/chip/portrait-image.js";
import { readCard } from "../../src/chip/read-card.js";
import { writeCom, writeDg11, writeDg12, writeFaces } from "../../src/chip/sim/files.js";
import { type MakeCardOptions, makeCard } from "../../src/chip/sim/make-card.js";
import { makePki } from "../../src/chip/sim/make-pki.js";
import { cardQrText, madeUpPerson } from "../../src/chip/sim/people.js";
import { asJpeg2000, drawPortrait } from "../../src/chip/sim/portrait.js";
import { writeTlv } from "../../src/chip/tlv.js";
import { FaultError } from "../../src/core/faults.js";
import { layDown } from "./loop.js";

const person = madeUpPerson(71);
const pki = makePki();
const jpeg = await drawPortrait(person);
const jpeg2000 = await asJpeg2000(jpeg);
const qr = parseCardQr(cardQrText(person));

const read = async (
  options: MakeCardOptions = {},
  more: { readonly qr?: CardQr } = {},
): Promise<CardReading> =>
  readCard({
    card: layDown(await makeCard(person, { pki, portrait: jpeg, ...options })),
    key: accessKeyFromQr(qr),
    trust: { certificates: [pki.cscaCertificate] },
    today: "2026-11-22",
    ...more,
  });
const refused = async (attempt: Promise<unknown>, detail: RegExp) => {
  try {
    await attempt;
  } catch (error) {
    assert.instance(error, FaultError);
    assert.match(String(error), detail);
    return;
  }
  assert.unreachable("it was to be refused");
};

test("a JPEG 2000 portrait comes off the card and becomes the same picture as JPEG", async () => {
  const reading = await read({ portrait: jpeg2000 });
  assert.is(reading.portrait?.format, "jpeg2000");
  if (reading.portrait === null) throw new Error("no portrait");
  const image = await portraitAsJpeg(reading.portrait);
  assert.equal([image.widthPixels, image.heightPixels], [413, 531]);
  const [before, after] = await Promise.all(
    [jpeg, image.jpeg].map((bytes) => sharp(bytes).resize(64, 82).raw().toBuffer()),
  );
  if (before === undefined || after === undefined) throw new Error("not decoded");
  const apart =
    before.reduce((sum, value, at) => sum + Math.abs(value - (after[at] ?? 0)), 0) / before.length;
  assert.ok(apart < 6, `${apart.toFixed(1)} of 255 apart on average`);
});

test("a JPEG portrait stays as it is, and one that is cut is refused", async () => {
  const image = await portraitAsJpeg({ format: "jpeg", bytes: jpeg });
  assert.ok(Buffer.from(image.jpeg).equals(Buffer.from(jpeg)));
  assert.equal([image.widthPixels, image.heightPixels], [413, 531]);
  await refused(portraitAsJpeg({ format: "jpeg", bytes: jpeg.subarray(0, 900) }), /DG2: the JPEG picture/);
});

test("JPEG 2000 that is cut, broken, empty or absurdly large is refused, each alone", async () => {
  const broken = (bytes: Uint8Array) => portraitAsJpeg({ format: "jpeg2000", bytes });
  await refused(broken(jpeg2000.subarray(0, 30)), /without its size/);
  await refused(broken(jpeg2000.subarray(0, 60)), /DG2: the JPEG 2000 picture/);
  const large = Uint8Array.from(jpeg2000);
  new DataView(large.buffer).setUint32(8, 60_000);
  new DataView(large.buffer).setUint32(12, 60_000);
  assert.is(sizeOf(large)?.widthPixels, 60_000);
  await refused(broken(large), /3600000000 pixels/);
});

test("samples of sixteen bits, grey ones and sYCC become eight bits of red, green and blue", () => {
  const info = { width: 1, height: 1, bitsPerSample: 16, componentCount: 1, isSigned: false };
  assert.equal([...toRgb(info, Uint8Array.of(0x34, 0x80), 2).pixels], [0x80]);
  const colour = { ...info, bitsPerSample: 8, componentCount: 3 };
  assert.equal([...toRgb(colour, Uint8Array.of(76, 85, 255), 3).pixels], [254, 0, 0], "red in sYCC");
  assert.equal([...toRgb(colour, Uint8Array.of(1, 2, 3), 1).pixels], [1, 2, 3]);
  assert.throws(() => toRgb({ ...colour, componentCount: 4 }, new Uint8Array(4), 1), /4 components/);
  assert.throws(() => toRgb(colour, new Uint8Array(2), 1), /nothing was decoded/);
});

test("several face images with marked points: all are kept with their headers, the portrait first", async () => {
  const faces = parseFaces(writeFaces([jpeg, jpeg2000, jpeg], 3));
  assert.equal(
    faces.map(({ format }) => format),
    ["jpeg", "jpeg2000", "jpeg"],
  );
  assert.equal(
    faces[0].header.points,
    [
      { type: 1, x: 100, y: 200 },
      { type: 1, x: 101, y: 200 },
      { type: 1, x: 102, y: 200 },
    ].map((point, at) => ({ ...point, type: at + 1 })),
  );
  assert.ok(Buffer.from(faces[1]?.bytes ?? []).equals(Buffer.from(jpeg2000)));
  const reading = await read({ portrait: jpeg.subarray(0, 500), morePortraits: [jpeg2000.subarray(0, 500)] });
  assert.is(reading.morePortraits.length, 1);
  assert.throws(
    () => parseFaces(writeFaces(new Array(10).fill(jpeg.subarray(0, 100)))),
    /says it has 10 faces/,
  );
});

test("DG11 and DG12: read off the card, with what DG13 lacks filled in, unknown tags kept", async () => {
  const dg11 = parseDg11(writeDg11(person));
  assert.is(dg11.fullName, person.fullName);
  assert.is(dg11.birthDate, person.birthDate, "four packed bytes");
  assert.is(dg11.address, person.placeOfResidence);
  assert.equal(dg11.otherNames, [`${person.fullName} khác`]);
  assert.is(parseDg12(writeDg12(person)).issueDate, person.issueDate);
  const strange = writeTlv(0x6b, writeTlv(0x5c, new Uint8Array()), writeTlv(0x5f77, Uint8Array.of(1)));
  assert.equal(parseDg11(strange).unknownTags, [0x5f77]);
  const reading = await read({ details: true });
  for (const name of ["DG11", "DG12"]) assert.ok(reading.files.some((file) => file.name === name));
  const hashes = reading.checks.find(({ name }) => name === "groupHashes");
  assert.match(hashes?.evidence ?? "", /DG11, DG12/);
});

test("groups that are listed and not read are told with the reason; an unknown tag is no error", async () => {
  assert.equal(parseCom(writeCom([0x61, 0x7e])).unknownTags, [0x7e]);
  const reading = await read();
  assert.equal(reading.unread, [{ name: "DG3", reason: "for terminals with special rights" }]);
  const strange = await read({
    misprint: { "EF.COM": () => writeCom([0x61, 0x75, 0x6d, 0x6e, 0x7e, 0x70]) },
  });
  assert.equal(strange.unread.map(({ name }) => name).sort(), ["DG16", "tag 7E"]);
});

test("the printed QR against the chip: agrees, and each difference is named without its value", async () => {
  const good = (await read({}, { qr })).checks.find(({ name }) => name === "qrAgainstChip");
  assert.is(good?.verdict, "passed", good?.evidence);
  const shouting = { ...qr, fullName: qr.fullName.toLocaleUpperCase("vi"), address: "somewhere else" };
  assert.is(
    (await read({}, { qr: shouting })).checks.find(({ name }) => name === "qrAgainstChip")?.verdict,
    "passed",
  );
  const changes: readonly (readonly [Partial<CardQr>, RegExp])[] = [
    [{ fullName: "Nguyễn Văn Khác" }, /^differ: name$/],
    [{ birthDate: "1970-01-01" }, /^differ: birth date$/],
    [{ sex: qr.sex === "Nam" ? "Nữ" : "Nam" }, /^differ: sex$/],
    [{ issueDate: "2020-01-01" }, /^differ: issue date$/],
    [{ number: "001099999999" }, /^differ: number$/],
  ];
  for (const [change, evidence] of changes) {
    const reading = await read({}, { qr: { ...qr, ...change } });
    const found = reading.checks.find(({ name }) => name === "qrAgainstChip");
    assert.is(found?.verdict, "failed");
    assert.match(found?.evidence ?? "", evidence);
    assert.is(refusalOf(reading)?.code, "card.mismatch");
  }
});

test.run();
