// Is handwriting told from print, and is nothing of it passed on that its own model is not sure of?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isHandwritten, scriptsOf } from "../../src/ml/lines/script.js";
import type { Box, ReadPage } from "../../src/ml/reader.js";
import { fillByHand, type HandwrittenForm } from "../../src/ml/samples/handwritten-form.js";
import { layOutPaper, type SampleKind } from "../../src/ml/samples/papers.js";
import { seededRandom } from "../../src/ml/samples/random.js";
import { renderPage, scanJpeg } from "../../src/ml/samples/render.js";
import { newReader } from "./reader-rig.js";

const reader = newReader();
test.after(() => reader.close());

const formOf = (kind: SampleKind, seed: number): HandwrittenForm =>
  fillByHand(layOutPaper(kind, seed), seededRandom(seed), 0.6);

const readForm = async ({ paper }: HandwrittenForm): Promise<ReadPage> =>
  reader.read({ image: await scanJpeg(await renderPage(paper, 200)) });

const placesOf = ({ paper, hand }: HandwrittenForm, page: ReadPage): readonly Box[] => {
  const [across, down] = [page.widthPx / paper.widthMm, page.heightPx / paper.heightMm];
  return hand.map(({ x, y, w, h }) => ({ x: x * across, y: y * down, w: w * across, h: h * down }));
};

for (const [kind, seed] of [
  ["birthCertificate", 302],
  ["confirmationLetter", 303],
] as const)
  test(`${kind} with values in an imitated hand: most are told, and what is told is read by its own model or not at all`, async () => {
    const form = formOf(kind, seed);
    const page = await readForm(form);
    const told = placesOf(form, page).filter((place) => isHandwritten(page, place));
    assert.ok(form.hand.length >= 3, "the form has handwriting");
    assert.ok(told.length * 10 >= form.hand.length * 7, `${told.length} of ${form.hand.length}`);
    const hand = page.lines.filter(({ script }) => script === "hand");
    assert.ok(hand.length > 0);
    for (const { from, to, hand: read } of hand)
      for (const { text, confidence } of page.words.slice(from, to)) {
        assert.is(text, read?.text ?? "");
        assert.ok(read?.sure === true ? confidence > 0.5 : confidence === 0);
      }
    assert.ok(
      page.fields.every(
        ({ box, value, source }) =>
          box === null || value === "" || source === "hand" || !isHandwritten(page, box),
      ),
      "a field that has its value from handwriting says so",
    );
  });

test("a printed page has no handwriting but its signature", async () => {
  const paper = layOutPaper("birthCertificate", 304);
  const page = await readForm({ paper, hand: [] });
  const { seal } = paper;
  const [across, down] = [page.widthPx / paper.widthMm, page.heightPx / paper.heightMm];
  const strange = page.lines.filter(({ script, box }) => {
    if (script === "print" || seal === null) return script === "hand";
    const x = (box.x + box.w / 2) / across;
    const y = (box.y + box.h / 2) / down;
    return Math.hypot(x - seal.x, y - seal.y) > 3 * seal.radius;
  });
  assert.equal(strange, []);
});

const word = (text: string) => ({ text, confidence: 0.8, box: { x: 0, y: 0, w: 10, h: 10 } });

test("one odd word does not make a printed line handwritten; a label ends where the pen begins", () => {
  const line = ["Nơi", "cư", "trú:", "Thôn", "Đông", "Tác"].map(word);
  assert.equal(scriptsOf(line, [-4, -4, -4, -4, 1.5, -4]), Array(6).fill("print"));
  assert.equal(scriptsOf(line, [-4, -3, -4, 2, -0.5, 3]), [
    ...Array(3).fill("print"),
    ...Array(3).fill("hand"),
  ]);
  assert.equal(scriptsOf([], []), []);
});

test.run();
