// How is a trained network made ready for the kiosk: how sure is it truly, from where on may it be shown, how good is it?
//
//   node dist/src/ml/training/handwriting/calibrate.js --model FOLDER --data FOLDER
//        [--lines 1000] [--unseen 1000] [--most-wrong 0.01] [--install src/ml]
//
// FOLDER of the model is what export.py wrote; that of the data has validation-*.lines, which training steered nothing
// by but its curve, and unseen-*.lines, which are only measured. Prints what it fitted and found. With --install it
// copies the weights to src/ml/handwriting/model/ and writes the entry of src/ml/models.json.
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type HandKind, heldBy, openKinds } from "../../handwriting/kinds.js";
import { featuresOf } from "../../handwriting/line-chance.js";
import type { Logits } from "../../handwriting/network.js";
import { type LoadedNetwork, loadNetwork } from "../../handwriting/network-thread.js";
import { bestText, type HandReading, readLogits } from "../../handwriting/read-logits.js";
import { threadDataOf } from "../../handwriting/reader.js";
import { isWhole, rightCharacters, tallyBy } from "../../handwriting/tally.js";
import type { Calibration, Figure } from "../../models.js";
import { fitCurve, fitTemperature, fitWeights, mostWrong, thresholdFor } from "./fit.js";
import { LINE_HEIGHT_PX, type LineImage } from "./line-image.js";
import { readShard } from "./shard.js";
import { FIELD_KINDS } from "./text.js";

const WEIGHTS = "handwriting.bin";

interface Seen {
  readonly line: Omit<LineImage, "pixels">;
  readonly logits: Logits;
}

const linesIn = (folder: string, role: string, most: number): readonly LineImage[] => {
  const files = readdirSync(folder)
    .filter((name) => name.startsWith(`${role}-`) && name.endsWith(".lines"))
    .sort();
  return files.flatMap((name) => readShard(new Uint8Array(readFileSync(join(folder, name))))).slice(0, most);
};

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

const seeAll = async (network: LoadedNetwork, lines: readonly LineImage[]): Promise<readonly Seen[]> => {
  const seen: Seen[] = [];
  for (const { pixels, ...line } of lines) {
    const logits = await network.logits({ width: line.width, height: LINE_HEIGHT_PX, data: pixels });
    seen.push({ line, logits });
    if (seen.length % 250 === 0) say(`${seen.length} of ${lines.length} lines seen`);
  }
  return seen;
};

/** Each line twice: as its field is read, and as the page's own text is, which knows no field. */
const kindsOf = ({ kind }: Seen["line"]): readonly HandKind[] =>
  FIELD_KINDS[kind] === "text" ? ["text"] : [FIELD_KINDS[kind], "text"];

/** A temperature needs no more. */
const ENOUGH = 400;

const fit = (seen: readonly Seen[], alphabet: string, fittedOn: string): Calibration => {
  const classes = new Map([...alphabet].map((letter, i) => [letter, i + 1]));
  const temperature = fitTemperature(
    seen.slice(0, ENOUGH).map(({ line, logits }) => ({
      logits,
      spelt: [...line.text].map((letter) => classes.get(letter) ?? 0),
    })),
  );
  const rough: Calibration = {
    temperature: Number(temperature.toFixed(4)),
    letter: [
      [0, 0],
      [1, 1],
    ],
    line: [0, 0, 0, 0, 0, 0],
    fittedOn,
  };
  const kinds = openKinds();
  const letters: [number, boolean][] = [];
  const lines: [readonly number[], boolean][] = [];
  for (const { line, logits } of seen)
    for (const kind of kindsOf(line)) {
      const best = bestText(logits, kinds(kind), { alphabet, calibration: rough });
      if (best === null) continue;
      lines.push([featuresOf(best), isWhole(heldOf(kind, best.text, line.text))]);
      const right = rightCharacters(best.text, heldBy(kind, line.text));
      best.letters.forEach((chance, i) => {
        letters.push([chance, right[i] ?? false]);
      });
    }
  return { ...rough, letter: fitCurve(letters), line: fitWeights(lines) };
};

/** As a field of the kind holds them. */
interface Held {
  readonly said: string;
  readonly meant: string;
}

const heldOf = (kind: HandKind, said: string, meant: string): Held => ({
  said: heldBy(kind, said),
  meant: heldBy(kind, meant),
});

interface Read extends HandReading {
  readonly line: Seen["line"];
  readonly held: Held;
  readonly kind: HandKind;
}

const readAll = (
  seen: readonly Seen[],
  alphabet: string,
  rules: { readonly calibration: Calibration; readonly threshold: number },
): readonly Read[] => {
  const kinds = openKinds();
  return seen.flatMap(({ line, logits }) =>
    kindsOf(line).map((kind) => {
      const reading = readLogits(logits, kind, { alphabet, kinds, ...rules });
      return { line, kind, held: heldOf(kind, reading.text, line.text), ...reading };
    }),
  );
};

/** Of fields, and of free text: each has to keep the promise by itself. */
const chooseThreshold = (read: readonly Read[], rate: number): number =>
  Math.max(
    ...[(kind: HandKind) => kind !== "text", (kind: HandKind) => kind === "text"].map((is) => {
      const some = read.filter(({ kind }) => is(kind));
      return thresholdFor(
        some.map(({ held, confidence }) => [confidence, isWhole(held)]),
        mostWrong(some.length, rate),
      );
    }),
  );

const NUMBERS: ReadonlySet<string> = new Set(["date", "number"]);

const percent = (share: number): number => Number((100 * share).toFixed(2));

/** Only as fields are read: that is what a citizen is shown. */
const figuresOf = (read: readonly Read[], on: string): readonly Figure[] => {
  const outcomes = read
    .filter(({ line, kind }) => kind === FIELD_KINDS[line.kind])
    .map(({ line, held, sure }) => ({ line, ...held, sure }));
  const figure = (what: string, value: number, lines: number, part = ""): Figure => ({
    ...{ what, value: percent(value), unit: "%", on: `${lines} ${part}lines of ${on}` },
  });
  const parts = tallyBy(outcomes, ({ line }) => (line.clean ? "clean" : "camera"));
  const numbers = tallyBy(outcomes, ({ line }) => (NUMBERS.has(line.kind) ? "digits and dates" : "others"));
  const all = tallyBy(outcomes, () => "all").get("all");
  const named = [...parts].map(([name, { cer, lines }]) =>
    figure("character errors", cer, lines, `${name} `),
  );
  const digits = numbers.get("digits and dates");
  return [
    ...named,
    ...(digits === undefined
      ? []
      : [figure("character errors", digits.cer, digits.lines, "digit and date ")]),
    ...(all === undefined
      ? []
      : [
          figure("whole lines right", all.whole, all.lines),
          figure("confidently wrong", all.confidentlyWrong, all.lines),
          figure("left to a person", all.toPerson, all.lines),
        ]),
  ];
};

interface Made {
  readonly calibration: Calibration;
  readonly threshold: number;
  readonly figures: readonly Figure[];
}

const entryOf = (bytes: Uint8Array, { calibration, threshold, figures }: Made) => ({
  name: "handwriting-vi",
  purpose:
    "reads a line of Vietnamese handwriting and says how sure it is; below its threshold the citizen types",
  licence: "Apache-2.0: this program's own, trained on lines drawn with fonts under OFL-1.1 and Apache-2.0",
  source: "src/ml/training/handwriting: fonts by npm, lines by generate.js, weights by train.py",
  folder: "handwriting/model",
  files: [{ name: WEIGHTS, sha256: createHash("sha256").update(bytes).digest("hex") }],
  threshold,
  figures,
  card: "CARD.md",
  handwriting: {
    network: "steps",
    language: "vi",
    calibration,
    measured: "on letter forms of fonts that training never met, through the camera's model; on no real hand",
  },
});

const install = (ml: string, model: string, made: Made): void => {
  const bytes = new Uint8Array(readFileSync(join(model, WEIGHTS)));
  const folder = join(ml, "handwriting", "model");
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(model, WEIGHTS), join(folder, WEIGHTS));
  const file = join(ml, "models.json");
  const manifest = JSON.parse(readFileSync(file, "utf8")) as { models: { readonly name: string }[] };
  const entry = entryOf(bytes, made);
  const models = [...manifest.models.filter(({ name }) => name !== entry.name), entry];
  writeFileSync(file, `${JSON.stringify({ models }, null, 2)}\n`);
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      model: { type: "string" },
      data: { type: "string" },
      lines: { type: "string", default: "1000" },
      unseen: { type: "string", default: "1000" },
      "most-wrong": { type: "string", default: "0.01" },
      install: { type: "string" },
    },
  });
  const { model, data } = values;
  if (model === undefined || data === undefined) throw new Error("calibrate.js needs --model and --data");
  const network = await loadNetwork(
    threadDataOf({
      name: "the trained network",
      threshold: 0,
      files: new Map([[WEIGHTS, new Uint8Array(readFileSync(join(model, WEIGHTS)))]]),
      handwriting: { network: "steps", language: "vi", maxWidthPx: 2048, measured: "not yet" },
    }),
  );
  const { alphabet } = network;
  const held = await seeAll(network, linesIn(data, "validation", Number(values.lines)));
  if (held.length === 0) throw new Error(`there are no validation-*.lines in ${data}`);
  const families = [...new Set(held.map(({ line }) => line.family))].sort().join(", ");
  const calibration = fit(held, alphabet, `${held.length} validation lines of ${families}`);
  const read = readAll(held, alphabet, { calibration, threshold: 1 });
  const threshold = chooseThreshold(read, Number(values["most-wrong"]));
  const fresh = await seeAll(network, linesIn(data, "unseen", Number(values.unseen)));
  const rules = { calibration, threshold };
  const figures = [
    ...figuresOf(readAll(held, alphabet, rules), "validation families"),
    ...(fresh.length === 0 ? [] : figuresOf(readAll(fresh, alphabet, rules), "unseen families")),
  ];
  const made = { calibration, threshold, figures };
  process.stdout.write(`${JSON.stringify(made, null, 1)}\n`);
  if (values.install !== undefined) install(values.install, model, made);
};

await main();
