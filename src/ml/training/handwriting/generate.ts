// How are the files of line images made that train.py learns from and is judged on?
//
//   node dist/src/ml/training/handwriting/generate.js --fonts FOLDER --out FOLDER --role train|validation|unseen
//        --lines 20000 [--seed 1] [--clean 0.2] [--from 0] [--sheet FILE.png] [--kinds date,number,phone,money]
//
// With --kinds every line is of one of these kinds, each as often as the others; take another --seed than for the
// plain lines, or both have the same hands and papers.
// One file holds 1000 lines and depends on the seed and its own number alone: several processes may make different
// ones (--from is the first file's number), and a file that is there already is left as it is.
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import sharp from "sharp";
import { ALPHABET } from "../../handwriting/alphabet.js";
import { seededRandom } from "../../samples/random.js";
import { loadFaces, type Role } from "./fonts.js";
import { printedFace } from "./form-paper.js";
import { LINE_HEIGHT_PX, type LineImage, lineImage, type Makers } from "./line-image.js";
import { writeShard } from "./shard.js";
import { KINDS, type Kind } from "./text.js";

const LINES_A_FILE = 1000;
const ROLE_SEEDS: Readonly<Record<Role, number>> = { train: 0, validation: 1_000_003, unseen: 2_000_003 };

/** `named` is a list with commas. Throws `RangeError` for a kind that nobody makes. */
const chosenKinds = (named: string): readonly Kind[] =>
  named.split(",").map((name) => {
    const kind = KINDS.find((known) => known === name);
    if (kind === undefined) throw new RangeError(`--kinds: "${name}" is none of ${KINDS.join(", ")}`);
    return kind;
  });

/** Forty lines in two columns, for somebody to look at. */
const contactSheet = async (lines: readonly LineImage[], file: string): Promise<void> => {
  const [columns, columnWidth, pitch] = [2, 700, LINE_HEIGHT_PX + 6];
  const rows = Math.ceil(lines.length / columns);
  const cells = lines.map(({ width, pixels }, i) => {
    const shown = Math.min(width, columnWidth - 8);
    const data = Buffer.alloc(shown * LINE_HEIGHT_PX);
    for (let y = 0; y < LINE_HEIGHT_PX; y += 1)
      data.set(pixels.subarray(y * width, y * width + shown), y * shown);
    return {
      input: data,
      raw: { width: shown, height: LINE_HEIGHT_PX, channels: 1 as const },
      left: (i % columns) * columnWidth,
      top: Math.floor(i / columns) * pitch,
    };
  });
  await sharp({
    create: { width: columns * columnWidth, height: rows * pitch, channels: 3, background: "#667" },
  })
    .composite(cells)
    .png()
    .toFile(file);
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      fonts: { type: "string" },
      out: { type: "string" },
      role: { type: "string", default: "train" },
      lines: { type: "string", default: "1000" },
      seed: { type: "string", default: "1" },
      clean: { type: "string", default: "0.2" },
      from: { type: "string", default: "0" },
      sheet: { type: "string" },
      kinds: { type: "string" },
    },
  });
  const { fonts, out, sheet } = values;
  const role = (["train", "validation", "unseen"] as const).find((known) => known === values.role);
  if (fonts === undefined || role === undefined || (out === undefined && sheet === undefined))
    throw new Error("generate.js needs --fonts, --role train|validation|unseen, and --out or --sheet");
  const makers: Makers = {
    faces: loadFaces(fonts, role),
    printed: printedFace(),
    cleanShare: Number(values.clean),
  };
  const kinds = values.kinds === undefined ? null : chosenKinds(values.kinds);
  const seed = Number(values.seed) + ROLE_SEEDS[role];
  const fileLines = (index: number, count: number): LineImage[] => {
    const random = seededRandom(seed * 10_007 + index);
    return Array.from({ length: count }, () =>
      lineImage(kinds === null ? makers : { ...makers, only: random.pick(kinds) }, random),
    );
  };
  if (sheet !== undefined) await contactSheet(fileLines(Number(values.from), 40), sheet);
  if (out === undefined) return;
  mkdirSync(out, { recursive: true });
  const started = performance.now();
  const files = Math.ceil(Number(values.lines) / LINES_A_FILE);
  for (let i = 0; i < files; i += 1) {
    const index = Number(values.from) + i;
    const file = join(out, `${role}-${values.seed}-${String(index).padStart(4, "0")}.lines`);
    if (existsSync(file)) continue;
    const count = Math.min(LINES_A_FILE, Number(values.lines) - i * LINES_A_FILE);
    writeFileSync(`${file}.half`, writeShard(fileLines(index, count), ALPHABET));
    renameSync(`${file}.half`, file);
    const rate = ((i + 1) * LINES_A_FILE) / ((performance.now() - started) / 1000);
    process.stdout.write(`${file}: ${count} lines, ${rate.toFixed(0)} a second\n`);
  }
};

await main();
