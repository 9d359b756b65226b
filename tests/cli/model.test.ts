// Does `motcua model` show every model as it is, refuse a file that is another, and measure a folder of lines?
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readManifest } from "../../src/ml/models.js";
import { seededRandom } from "../../src/ml/samples/random.js";
import { printedFace } from "../../src/ml/training/handwriting/form-paper.js";
import { LINE_HEIGHT_PX, lineImage } from "../../src/ml/training/handwriting/line-image.js";
import { runCommand } from "../wire/command.js";

const folder = mkdtempSync(join(tmpdir(), "motcua-model-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** Random weights: it reads nonsense, by the same way as a trained one. */
const NETWORK = new URL("../ml/handwriting/tiny-network.bin", import.meta.url);
copyFileSync(NETWORK, join(folder, "network.bin"));
writeFileSync(join(folder, "CARD.md"), "# tiny\n\nReal hands were not measured.\n");

const manifest = join(folder, "models.json");
const entry = {
  name: "tiny",
  purpose: "reads nonsense",
  licence: "Apache-2.0",
  source: "made for a test",
  folder: ".",
  files: [{ name: "network.bin", sha256: createHash("sha256").update(readFileSync(NETWORK)).digest("hex") }],
  threshold: 0.9,
  figures: [{ what: "character errors", value: 99.5, unit: "%", on: "nothing in particular" }],
  card: "CARD.md",
  handwriting: { network: "steps", language: "vi", measured: "on nothing at all" },
};
const write = (changed: object = {}): void =>
  writeFileSync(manifest, JSON.stringify({ models: [{ ...entry, ...changed }] }));
write();

const model = (...args: string[]) => runCommand(["model", ...args]);
const onTest = ["--manifest", manifest];

test("list names licence, hash, size and figures of each model, the program's own without a manifest", async () => {
  const own = await model("list", "--json");
  assert.is(own.code, 0, own.stderr);
  const listed = JSON.parse(own.stdout) as { name: string; bytes: number; licence: string; ok: boolean }[];
  assert.equal(
    listed.map(({ name }) => name),
    readManifest(new URL("../../src/ml/models.json", import.meta.url)).map(({ name }) => name),
  );
  assert.ok(listed.every(({ bytes, licence, ok }) => ok && bytes > 1000 && licence !== ""));
  const text = await model("list", ...onTest);
  assert.match(text.stdout, /^tiny, 0\.02 MB: reads nonsense$/m);
  assert.match(text.stdout, /character errors: 99\.5 % \(nothing in particular\)/);
  assert.ok(text.stdout.includes(entry.files[0]?.sha256 ?? "none"));
});

test("check is content with whole files and names one that is another, or is gone", async () => {
  assert.is((await model("check", ...onTest)).code, 0);
  write({ files: [{ name: "network.bin", sha256: "0".repeat(64) }] });
  const bent = await model("check", ...onTest);
  assert.is(bent.code, 1);
  assert.match(bent.stderr, /tiny: network\.bin is not the file .*sha256 differs/);
  write({ files: [...entry.files, { name: "gone.bin", sha256: "0".repeat(64) }] });
  const gone = await model("check", "--json", ...onTest);
  assert.is(gone.code, 1);
  const { ok, models } = JSON.parse(gone.stdout);
  assert.not(ok);
  assert.equal(
    models[0].files.map(({ wrong }: { wrong: string | null }) => wrong),
    [null, "can not be read (ENOENT)"],
  );
  write({ threshold: 7 });
  const wrong = await model("check", ...onTest);
  assert.is(wrong.code, 1);
  assert.match(wrong.stderr, /manifest is wrong at models\.0\.threshold/);
  write();
});

test("card prints the card and the manifest's figures; a model without one says what the manifest does", async () => {
  const card = await model("card", "tiny", ...onTest);
  assert.is(card.code, 0, card.stderr);
  assert.match(card.stdout, /^# tiny\n\nReal hands were not measured/);
  assert.match(card.stdout, /Threshold: 0\.9[\s\S]*- character errors: 99\.5 %/);
  assert.match((await model("card", "blazeface")).stdout, /Apache-2\.0/);
  const nobody = await model("card", "nobody", ...onTest);
  assert.is(nobody.code, 1);
  assert.match(nobody.stderr, /no model "nobody"/);
});

test("the settings' list of models is the one that counts, beside the settings file", async () => {
  writeFileSync(join(folder, "kiosk.toml"), '[reading]\nmodels = "models.json"\n');
  const listed = JSON.parse(
    (await model("list", "--json", "--config", join(folder, "kiosk.toml"))).stdout,
  ) as { name: string }[];
  assert.equal(
    listed.map(({ name }) => name),
    ["tiny"],
  );
});

const lines = join(folder, "lines");

const drawLines = async (): Promise<void> => {
  mkdirSync(lines);
  const printed = printedFace();
  const random = seededRandom(8);
  for (let i = 0; i < 4; i += 1) {
    const { width, pixels, text } = lineImage({ faces: [printed], printed, cleanShare: 1 }, random);
    const raw = { width, height: LINE_HEIGHT_PX, channels: 1 as const };
    await sharp(pixels, { raw })
      .extend({ top: i * 40, bottom: i * 40, background: "#fff" })
      .png()
      .toFile(join(lines, `${i}.png`));
    writeFileSync(join(lines, `${i}.txt`), i < 2 ? `${text}\nkind: name\n` : `${text}\n`);
  }
};

test("measure reads each picture with a text beside it, by kind where told, and names what it left out", async () => {
  await drawLines();
  const whole = await model("measure", lines, "--json", ...onTest);
  assert.is(whole.code, 0, whole.stderr);
  const { model: name, all, kinds, lines: each, leftOut } = JSON.parse(whole.stdout);
  assert.is(name, "tiny");
  assert.equal([all.lines, each.length, leftOut.length, kinds.name.lines], [4, 4, 0, 2]);
  assert.ok(all.cer > 0.5, "random weights read nonsense");
  assert.is(all.toPerson, each.filter(({ sure }: { sure: boolean }) => !sure).length / 4);
  writeFileSync(join(lines, "4.png"), "no picture");
  writeFileSync(join(lines, "4.txt"), "Không\n");
  writeFileSync(join(lines, "5.jpg"), "");
  writeFileSync(join(lines, "3.txt"), "Không\nkind: poem\n");
  const part = await model("measure", lines, ...onTest);
  assert.is(part.code, 1);
  assert.match(part.stdout, /^tiny, all: 3 lines, character errors/);
  assert.match(part.stderr, /3\.png is left out: 3\.txt: no kind "poem"/);
  assert.match(part.stderr, /4\.png is left out: it is no picture/);
  assert.match(part.stderr, /5\.jpg is left out: 5\.txt is not there/);
});

test("measure ends with 2 where there is nothing to measure, and with 1 and the reason for a refused model", async () => {
  const empty = join(folder, "empty");
  mkdirSync(empty);
  assert.is((await model("measure", empty, ...onTest)).code, 2);
  const absent = await model("measure", join(folder, "absent"), ...onTest);
  assert.is(absent.code, 1);
  assert.match(absent.stderr, /absent/);
  write({ files: [{ name: "network.bin", sha256: "0".repeat(64) }] });
  const refused = await model("measure", lines, ...onTest);
  assert.is(refused.code, 1);
  assert.match(refused.stderr, /sha256 differs/);
  write();
});

test.run();
