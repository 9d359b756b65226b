// Do request and answer come through codes, lines and files whole, or not at all?
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  fileOf,
  fingerprintOf,
  Gathering,
  linesOf,
  type Parcel,
  parcelIn,
} from "../../src/provision/parcel.js";
import { LONGEST_CODE, qrPicture } from "../../src/provision/qr-text.js";
import { zbar } from "../paper/reading.js";
import { codeOn } from "./code-on-screen.js";

const kinds = ["request", "device", "certificate", "portalKeys", "operations"] as const;
const parcels = fc.array(
  fc.record(
    { kind: fc.constantFrom(...kinds), bytes: fc.uint8Array({ minLength: 1, maxLength: 700 }) },
    { noNullPrototype: true },
  ),
  { minLength: 1, maxLength: 4 },
);

test("lines in any order, twice, with others between them, give the parcel", () => {
  fc.assert(
    fc.property(
      parcels,
      fc.integer({ min: 60, max: 800 }),
      fc.infiniteStream(fc.nat()),
      (parcel, longest, order) => {
        const lines = linesOf("A", parcel, longest);
        assert.ok(lines.every((line) => line.length <= longest && /^[0-9A-Z $%*+./:-]+$/.test(line)));
        const gathering = new Gathering("A");
        const mixed = lines
          .map((line) => ({ line, at: order.next().value as number }))
          .sort((one, other) => one.at - other.at);
        for (const [index, { line }] of mixed.entries()) {
          assert.is(gathering.take("https://example.test"), "foreign");
          const came = gathering.take(`  ${line}\r\n`);
          assert.is(came, index === lines.length - 1 ? "whole" : "more");
          if (came === "more") gathering.take(line);
        }
        assert.equal(gathering.parcel, parcel);
        assert.equal(parcelIn(fileOf(parcel), "A"), parcel);
        assert.equal(parcelIn(mixed.map(({ line }) => line).join("\n"), "A"), parcel);
        assert.is(parcelIn(mixed.map(({ line }) => line).join("\n"), "R"), null);
      },
    ),
    { numRuns: 60 },
  );
});

const parcel: Parcel = [
  { kind: "request", bytes: new Uint8Array(randomBytes(203)) },
  { kind: "device", bytes: new Uint8Array(randomBytes(44)) },
];

test("one wrong sign is found, and lines of another parcel are never mixed in", () => {
  const lines = linesOf("R", parcel, LONGEST_CODE);
  const [first = "", ...rest] = lines;
  const wrong = first.replace(/.(..\/)$/, (end) => `${end.startsWith("0") ? "1" : "0"}${end.slice(1)}`);
  const gathering = new Gathering("R");
  for (const line of rest) gathering.take(line);
  assert.is(gathering.take(wrong), "damaged");
  assert.is(gathering.parcel, null);
  const other = linesOf("R", [{ kind: "request", bytes: new Uint8Array(randomBytes(247)) }], LONGEST_CODE);
  const mixed = new Gathering("R");
  for (const line of rest) mixed.take(line);
  assert.is(mixed.take(other[0] ?? ""), "more");
  assert.equal(mixed.progress, { have: 1, of: other.length });
  for (const odd of [
    "MQ1/R/00000000/0/1/AA/",
    "MQ1/R/00000000/2/1/AA/",
    "MQ1/R/00000000/1/1/:::/",
    "MQ1/R/0/1/1/AA/",
    "",
  ])
    assert.is(mixed.take(odd), "foreign", odd);
});

test("a fingerprint differs with every bit, and is short enough to say over a telephone", () => {
  const bytes = Uint8Array.from(parcel[0]?.bytes ?? []);
  bytes[7] = (bytes[7] ?? 0) ^ 1;
  const other = fingerprintOf([{ kind: "request", bytes }, ...parcel.slice(1)]);
  assert.match(other, /^([0-9A-F]{4} ){7}[0-9A-F]{4}$/);
  assert.is.not(other, fingerprintOf(parcel));
});

test("a code fits 80 × 24 without scrolling, and another program reads it, both ways round", async () => {
  for (const line of linesOf("R", parcel, LONGEST_CODE)) {
    const picture = await qrPicture(line);
    assert.ok(picture.length <= 23 && picture.every((row) => row.length <= 45));
    assert.is(zbar(await codeOn(picture)), line);
    // Dark letters on a light ground: what is drawn is dark.
    const inverted = await codeOn(await qrPicture(line, true));
    assert.is(zbar(await sharp(inverted).negate({ alpha: false }).png().toBuffer()), line);
  }
  await qrPicture("A".repeat(LONGEST_CODE));
  await qrPicture("A".repeat(LONGEST_CODE + 1)).then(
    () => assert.unreachable(),
    (thrown: Error) => assert.match(thrown.message, /155 characters/),
  );
});

test.run();
