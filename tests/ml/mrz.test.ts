// Does a camera's frame of a card's back give the letters of its zone, whichever way the card lies?
import { existsSync } from "node:fs";
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { madeUpPerson, mrzLines } from "../../src/chip/sim/people.js";
import { zoneKey } from "../../src/chip/zone-key.js";
import { createMrzReader } from "../../src/ml/mrz/mrz-reader.js";
import { type CameraModel, LOW_LIGHT, PHONE_FRAME, photograph } from "../../src/ml/samples/camera.js";
import { type CardBackOptions, cardBack } from "../../src/ml/samples/card-back.js";
import { renderSamplePaper } from "../../src/ml/samples/render.js";
import { faultOf, untilNoProcess, workProcesses } from "./reader-rig.js";

/** Debian's fonts-ocr-b, of which the shapes were drawn; and a cut of it that is slightly bolder. */
const FONT = "/usr/share/fonts/opentype/ocr-b/OCRB.otf";
const BOLDER = "/usr/share/fonts/opentype/ocr-b/OCRBF.otf";

const reader = createMrzReader();
test.after(() => reader.close());

interface Look {
  readonly name: string;
  readonly seed: number;
  readonly camera: CameraModel;
  readonly card: Omit<CardBackOptions, "mrzFont" | "seed">;
  readonly font?: string;
}

const LYING: CameraModel = { ...PHONE_FRAME, widthPx: 3264, heightPx: 2448 };
const onTray = (turnDegrees: number) => ({ dpi: 300, tray: { turnDegrees, x: 100, y: 130 } });

const LOOKS: readonly Look[] = [
  { name: "the card fills the frame", seed: 21, camera: LYING, card: { dpi: 500 } },
  { name: "small on the tray", seed: 22, camera: PHONE_FRAME, card: onTray(0) },
  { name: "head down on the tray", seed: 23, camera: PHONE_FRAME, card: onTray(180) },
  { name: "on its side", seed: 24, camera: PHONE_FRAME, card: onTray(90) },
  { name: "askew", seed: 25, camera: PHONE_FRAME, card: onTray(-24) },
  { name: "at dusk", seed: 26, camera: LOW_LIGHT, card: onTray(4) },
  { name: "another cut of the face", seed: 27, camera: PHONE_FRAME, card: onTray(3), font: BOLDER },
];

/** MOTCUA_LONG=1: all of them. */
const SHORT: ReadonlySet<string> = new Set(["head down on the tray", "askew", "at dusk"]);
const looks = process.env["MOTCUA_LONG"] === "1" ? LOOKS : LOOKS.filter(({ name }) => SHORT.has(name));

for (const { name, seed, camera, card, font = FONT } of looks)
  test(`${name}: the key of the card`, async () => {
    assert.ok(existsSync(font), "set-up installs fonts-ocr-b");
    const rows = mrzLines(madeUpPerson(seed));
    const { jpeg } = await photograph(await cardBack(rows, { ...card, mrzFont: font, seed }), camera, seed);
    const zone = await reader.read(jpeg);
    assert.ok(zone !== null, "a zone was found");
    const found = zone === null ? null : zoneKey(zone.rows);
    assert.equal(found?.key, {
      documentNumber: rows[0].slice(15, 27),
      birthDate: rows[1].slice(0, 6),
      expiryDates: [rows[1].slice(8, 14)],
    });
    assert.is(found?.citizen.number, madeUpPerson(seed).number);
    assert.is(found?.citizen.birthDate, madeUpPerson(seed).birthDate);
  });

test("what is no zone gives no key: a page of print, an empty tray, noise", async () => {
  const empty = await sharp({ create: { width: 1600, height: 1200, channels: 3, background: "#34363a" } })
    .jpeg()
    .toBuffer();
  const noise = await sharp({
    create: {
      width: 1000,
      height: 800,
      channels: 3,
      background: "#888",
      noise: { type: "gaussian", mean: 128, sigma: 60 },
    },
  })
    .jpeg()
    .toBuffer();
  for (const frame of [await renderSamplePaper("birthCertificate", 3, { camera: false }), empty, noise]) {
    const zone = await reader.read(frame);
    assert.is(zone === null ? null : zoneKey(zone.rows), null);
  }
});

test("a frame that is no picture is a fault, and the next one is read", async () => {
  assert.is((await faultOf(reader.read(new Uint8Array(400).fill(7)))).code, "paper.unreadable");
  assert.is((await faultOf(reader.read(new Uint8Array()))).code, "paper.unreadable");
});

test("the pictures are gone with the process", async () => {
  await reader.close();
  await untilNoProcess();
  assert.is(workProcesses().length, 0);
});

test.run();
