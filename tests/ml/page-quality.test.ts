// Is each thing that spoils a frame told to the citizen as what it is, and nothing said about good frames?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { decodeFrame } from "../../src/ml/page/decode.js";
import { loadOpenCv } from "../../src/ml/page/find-page.js";
import { emptyRgb } from "../../src/ml/page/homography.js";
import { lookAtFrame } from "../../src/ml/page/look.js";
import { preparePage } from "../../src/ml/page/prepare.js";
import { photographUnder } from "../../src/ml/samples/conditions.js";
import { cameraConditions, previewed, samplePage, smallFrame } from "./page-frames.js";

const { cv } = await loadOpenCv();
const page = await samplePage("birthCertificate", 41);

/** One unfounded instruction in this many good frames is borne. */
const FALSE_ALARMS = 0.05;

for (const condition of cameraConditions.filter(({ advice }) => advice !== "none" && advice !== "blurred"))
  test(`${condition.name}: a preview frame says ${condition.advice}`, async () => {
    const { jpeg } = await photographUnder(page, previewed(condition), 41);
    assert.is(lookAtFrame(cv, await decodeFrame(jpeg)).advice, condition.advice);
  });

test("a frame far out of focus is called blurred even on a preview", async () => {
  const { jpeg } = await smallFrame(page, "out of focus", 41);
  assert.is(lookAtFrame(cv, await decodeFrame(jpeg)).advice, "blurred");
});

test("nothing is asked for on good preview frames", async () => {
  const good = cameraConditions.filter(({ readable, advice }) => readable && advice === "none");
  const wrong: string[] = [];
  for (const condition of good) {
    const { jpeg } = await photographUnder(page, previewed(condition), 41);
    const { advice } = lookAtFrame(cv, await decodeFrame(jpeg));
    if (advice !== "none") wrong.push(`${condition.name}: ${advice}`);
  }
  assert.ok(wrong.length <= FALSE_ALARMS * good.length, wrong.join("; "));
});

test("a cut-off page says on which sides", async () => {
  const { jpeg } = await smallFrame(page, "cut off by the frame", 41);
  const { cutOffSides } = lookAtFrame(cv, await decodeFrame(jpeg));
  assert.ok(cutOffSides.includes("bottom"), cutOffSides.join(", "));
  assert.not.ok(cutOffSides.includes("top"));
});

for (const [name, advice] of [
  ["out of focus", "blurred"],
  ["glare over the text", "glare"],
  ["hand over the text", "finger"],
  ["lens a little soft", "none"],
  ["finger at the edge", "none"],
] as const)
  test(`${name}: the picture itself says ${advice}`, async () => {
    const { jpeg } = await smallFrame(page, name, 41);
    const { quality } = await preparePage(cv, jpeg, { maxPixels: 50e6, turn: 0 });
    assert.is(quality.advice, advice, JSON.stringify(quality));
    assert.is(quality.verdict, advice === "none" ? "good" : "poor");
    if (/finger|hand/.test(name)) assert.ok(quality.covered > 0.002, String(quality.covered));
  });

test("tiny, black and white frames have no page, and break nothing", () => {
  for (const [width, height] of [
    [3, 3],
    [64, 64],
    [640, 20],
  ] as const)
    for (const value of [0, 128, 255]) {
      const frame = emptyRgb(width, height);
      frame.data.fill(value);
      const look = lookAtFrame(cv, frame);
      assert.is(look.advice, "noPage");
      assert.is(look.quad, null);
    }
});

test.run();
