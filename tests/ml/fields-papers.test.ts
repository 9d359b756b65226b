// Are the fields of ten kinds of papers found wherever their forms put them, and is doubt said where it is due?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { PAPER_CLASSES } from "../../src/core/paper-class.js";
import { dateFromWords } from "../../src/ml/checks/date-words.js";
import { extractFields } from "../../src/ml/fields/extract.js";
import type { FieldsInput } from "../../src/ml/fields/layout.js";
import type { ReadField } from "../../src/ml/reader.js";
import { layOutPaper, type SamplePaper } from "../../src/ml/samples/papers.js";
import { Fonts, readLikeOcr } from "./paper-words.js";

const fonts = new Fonts();
/** A paper takes a tenth of a second here; the wide sweep is for who changes the extractors. */
const SEEDS = Array.from({ length: process.env["MOTCUA_LONG"] === "1" ? 12 : 2 }, (_, i) => 6_000 + i);
const NOISY_SEEDS = SEEDS.slice(0, SEEDS.length / 2);
const MORE_SEEDS = Array.from({ length: 24 }, (_, i) => 6_000 + i);
const TRUSTED = 0.8;

const valuesOf = (fields: readonly ReadField[]): Record<string, string> =>
  Object.fromEntries(fields.map(({ key, value }) => [key, value]));

const fieldOf = (input: FieldsInput, key: string): ReadField => {
  const field = extractFields(input).fields.find((one) => one.key === key);
  if (field === undefined) throw new Error(`no field ${key}`);
  return field;
};

/** The first paper of these that has what the test needs. */
const paperWith = (kind: SamplePaper["kind"], has: (paper: SamplePaper) => boolean): SamplePaper => {
  const found = MORE_SEEDS.map((seed) => layOutPaper(kind, seed)).find(has);
  if (found === undefined) throw new Error(`no ${kind} like that`);
  return found;
};

const changed = (paper: SamplePaper, change: (text: string) => string): FieldsInput =>
  readLikeOcr({ ...paper, items: paper.items.map((item) => ({ ...item, text: change(item.text) })) }, fonts);

for (const kind of PAPER_CLASSES)
  test(`${kind}: read without a slip, every field is found, and none that is not there`, () => {
    for (const seed of SEEDS) {
      const paper = layOutPaper(kind, seed);
      const { paperClass, fields } = extractFields(readLikeOcr(paper, fonts));
      assert.is(paperClass, kind, `${seed} ${paper.variant}`);
      assert.equal(valuesOf(fields), paper.fields, `${seed} ${paper.variant}`);
    }
  });

test("a slip in every sixth word of the print around the values costs few fields", () => {
  let [right, all] = [0, 0];
  for (const kind of PAPER_CLASSES)
    for (const seed of NOISY_SEEDS) {
      const paper = layOutPaper(kind, seed);
      const noise = { seed, slips: 0.16, labelsOnly: true };
      const { fields } = extractFields(readLikeOcr(paper, fonts, noise));
      const values = valuesOf(fields);
      for (const [key, value] of Object.entries(paper.fields)) {
        all += 1;
        if (values[key] === value) right += 1;
      }
    }
  assert.ok(right / all > 0.93, `${right} of ${all}`);
});

test("of values with slips hardly one is trusted", () => {
  let [wrong, all] = [0, 0];
  for (const kind of PAPER_CLASSES)
    for (const seed of NOISY_SEEDS) {
      const paper = layOutPaper(kind, seed);
      const { paperClass, fields } = extractFields(readLikeOcr(paper, fonts, { seed, slips: 0.08 }));
      if (paperClass !== kind) continue;
      for (const { key, value, confidence } of fields) {
        all += 1;
        if (confidence >= TRUSTED && value !== paper.fields[key]) wrong += 1;
      }
    }
  assert.ok(all > 80 * NOISY_SEEDS.length, `${all} fields`);
  assert.ok(wrong / all <= 0.005, `${wrong} of ${all}`);
});

test("every value lies in a box on the page, and the box holds its words and no label", () => {
  for (const kind of PAPER_CLASSES) {
    const paper = layOutPaper(kind, 6_003);
    const [width, height] = [paper.widthMm * (300 / 25.4), paper.heightMm * (300 / 25.4)];
    for (const { key, box, label } of extractFields(readLikeOcr(paper, fonts)).fields) {
      assert.ok(label.vi !== "" && label.en !== "");
      assert.ok(box !== null, key);
      const inside = box.x >= 0 && box.y >= 0 && box.x + box.w <= width && box.y + box.h <= height;
      assert.ok(inside && box.w > 0 && box.h > 0, key);
    }
  }
});

test("a date that its words contradict is doubted, and one that they confirm is surer", () => {
  const paper = paperWith("birthCertificate", ({ items, fields }) =>
    items.some(({ text }) => text.startsWith("ghi bằng chữ:") && dateFromWords(text) === fields["birthDate"]),
  );
  const good = fieldOf(readLikeOcr(paper, fonts), "birthDate");
  const silent = fieldOf(
    changed(paper, (text) => text.replace(/^ghi bằng chữ.*/, "ghi bằng chữ:")),
    "birthDate",
  );
  const contradicted = fieldOf(
    changed(paper, (text) => text.replace(/năm (một|hai) nghìn.*/, "năm một nghìn chín trăm bảy mươi")),
    "birthDate",
  );
  assert.ok(good.confidence > silent.confidence);
  assert.ok(contradicted.confidence < TRUSTED);
  assert.is(contradicted.value, good.value, "what is printed in digits stays what is shown");
});

test("twelve digits that name another sex or year than the paper are doubted with it", () => {
  const paper = paperWith("confirmationLetter", () => true);
  const other = paper.fields["sex"] === "Nam" ? "Nữ" : "Nam";
  const input = changed(paper, (text) => text.replace(/^Giới tính: .*/, `Giới tính: ${other}`));
  assert.ok(fieldOf(input, "sex").confidence < TRUSTED);
  assert.ok(fieldOf(input, "personalNumber").confidence < TRUSTED);
  assert.ok(fieldOf(readLikeOcr(paper, fonts), "sex").confidence >= TRUSTED);
});

const withHandwriting = (paper: SamplePaper, value: string, handwritingRead: boolean): FieldsInput => {
  const { words, lines = [] } = readLikeOcr(paper, fonts);
  const first = value.split(" ")[0];
  const at = words.findIndex(({ text }) => text === first);
  const end = lines.find(({ from, to }) => from <= at && at < to)?.to ?? at;
  return {
    words: words.map((word, index) =>
      !handwritingRead && index >= at && index < end ? { ...word, text: "", confidence: 0 } : word,
    ),
    lines: lines.flatMap((line) =>
      line.from <= at && at < line.to
        ? [
            { ...line, to: at },
            { ...line, from: at, script: "hand" as const },
          ]
        : [line],
    ),
  };
};

test("a value written by hand is for the citizen to type, unless a model has read it", () => {
  const paper = paperWith("birthCertificate", ({ variant }) => variant === "certificate");
  const name = paper.fields["fullName"] ?? "";
  const unread = fieldOf(withHandwriting(paper, name, false), "fullName");
  assert.equal([unread.value, unread.confidence, unread.source], ["", 0, "hand"]);
  assert.ok(unread.box !== null && unread.box.w > 0, "the citizen sees the place");
  const read = fieldOf(withHandwriting(paper, name, true), "fullName");
  assert.equal([read.value, read.source], [name, "hand"]);
});

/** The words that are `text` are read so surely. */
const readAt = (input: FieldsInput, text: string, confidence: number): FieldsInput => ({
  ...input,
  words: input.words.map((word) => (word.text.includes(text) ? { ...word, confidence } : word)),
});

test("a QR on the page confirms what it repeats, and mends what was doubtful", () => {
  const paper = paperWith("drivingLicence", () => true);
  const number = paper.fields["number"] ?? "";
  const name = paper.fields["fullName"] ?? "";
  const code = { kind: "qr", text: `${number}|${name}|x`, box: null } as const;
  const slipped = number.slice(0, -1) + ((Number(number.at(-1)) + 1) % 10);
  const input = readAt(
    changed(paper, (text) => text.replace(number, slipped)),
    slipped,
    0.6,
  );
  const mended = fieldOf({ ...input, codes: [code] }, "number");
  assert.equal([mended.value, mended.source], [number, "qr"]);
  assert.equal(mended.correction, { from: slipped, by: "qr" });
  const confirmed = fieldOf({ ...input, codes: [code] }, "fullName");
  assert.equal([confirmed.value, confirmed.source, confirmed.correction], [name, "print", null]);
  assert.ok(confirmed.confidence >= 0.97);
  const stranger = { kind: "qr", text: "999999999999|AI ĐÓ KHÁC", box: null } as const;
  assert.is(fieldOf({ ...input, codes: [stranger] }, "number").value, slipped);
});

test("a digit that was changed on the paper is not hidden by the QR: it stands, and nobody trusts it", () => {
  const paper = paperWith("drivingLicence", () => true);
  const number = paper.fields["number"] ?? "";
  const forged = number.slice(0, -1) + ((Number(number.at(-1)) + 1) % 10);
  const code = { kind: "qr", text: `${number}|x`, box: null } as const;
  const input = readAt(
    changed(paper, (text) => text.replace(number, forged)),
    forged,
    0.96,
  );
  assert.ok(fieldOf(input, "number").confidence >= TRUSTED, "without the code it is trusted");
  const field = fieldOf({ ...input, codes: [code] }, "number");
  assert.equal([field.value, field.source, field.correction], [forged, "print", null]);
  assert.ok(field.confidence < TRUSTED, `${field.confidence}`);
});

test("a QR's other day, one digit away, does not take the place of the paper's", () => {
  const paper = paperWith("drivingLicence", () => true);
  const [year = "", month, day] = (paper.fields["birthDate"] ?? "").split("-");
  const other = `${day}/${month}/${Number(year) + 1}`;
  const code = { kind: "qr", text: `x|${other}|y`, box: null } as const;
  for (const confidence of [0.6, 0.96]) {
    const input = readAt(readLikeOcr(paper, fonts), `${day}/${month}/${year}`, confidence);
    assert.equal(fieldOf({ ...input, codes: [code] }, "birthDate"), fieldOf(input, "birthDate"));
  }
});

test("one place with two marks on one paper is trusted in neither field", () => {
  const paper = layOutPaper("householdConfirmation", 7_001);
  const slip = (text: string): string =>
    /thường trú/.test(text) ? text.replace("Chiềng Ngần", "Chiêng Ngần") : text;
  const right = readLikeOcr(paper, fonts);
  const read = changed(paper, slip);
  const places = ["permanentResidence", "currentResidence"];
  const [permanent, current] = places.map((key) => fieldOf(read, key));
  assert.is.not(permanent?.value, current?.value);
  for (const key of places) {
    assert.ok(fieldOf(right, key).confidence >= TRUSTED, key);
    assert.ok(fieldOf(read, key).confidence < TRUSTED, key);
  }
});

test("a signature far beside a label is not the value that is printed under it", () => {
  const paper = paperWith("vehicleRegistration", ({ variant }) => variant === "card");
  const input = readLikeOcr(paper, fonts);
  const label = input.words.find(({ text }) => text === "Biển");
  if (label === undefined) throw new Error("no label");
  const box = { ...label.box, x: label.box.x + 30 * label.box.h, w: 2 * label.box.h };
  const pen = { box, script: "hand" as const, from: input.words.length, to: input.words.length + 1 };
  const signed = {
    words: [...input.words, { text: "", confidence: 0, box }],
    lines: [...(input.lines ?? []), pen],
  };
  const field = fieldOf(signed, "plateNumber");
  assert.equal([field.value, field.source], [paper.fields["plateNumber"], "print"]);
});

test("an old health card's QR has its name as hexadecimal letters", () => {
  const paper = paperWith("healthInsuranceCard", ({ variant }) => variant === "until2020");
  const name = paper.fields["fullName"] ?? "";
  const text = `${paper.fields["number"]}|${Buffer.from(name, "utf8").toString("hex")}|01/01/1990|1|$`;
  const input = { ...readLikeOcr(paper, fonts), codes: [{ kind: "qr", text, box: null } as const] };
  assert.ok(fieldOf(input, "fullName").confidence >= 0.97);
  assert.ok(fieldOf(input, "number").confidence >= 0.97);
});

test.run();
