// How is a trained network made ready for the kiosk: how sure is it truly, from where on may it be shown, how good is it?
//
//   node dist/src/ml/training/handwriting/calibrate.js --model FOLDER --data FOLDER
//        [--lines 3000] [--unseen 2000] [--most-wrong 0.01] [--install src/ml]
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
import { bestText, type HandReading, readingOf, type SignedText } from "../../handwriting/read-logits.js";
import { threadDataOf } from "../../handwriting/reader.js";
import { isWhole, rightCharacters, tallyBy } from "../../handwriting/tally.js";
import type { Calibration, Figure } from "../../models.js";
import { fitCurve, fitTemperature, fitWeights, thresholdForEach } from "./fit.js";
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

const temperatureFor = (seen: readonly Seen[], alphabet: string): number => {
  const classes = new Map([...alphabet].map((letter, i) => [letter, i + 1]));
  const temperature = fitTemperature(
    seen.slice(0, ENOUGH).map(({ line, logits }) => ({
      logits,
      spelt: [...line.text].map((letter) => classes.get(letter) ?? 0),
    })),
  );
  return Number(temperature.toFixed(4));
};

interface Decoded {
  readonly line: Seen["line"];
  readonly kind: HandKind;
  readonly best: SignedText | null;
}

/** Sureness is fitted on what this finds: the temperature alone decides it, and it takes most of the time. */
const decodeAll = (seen: readonly Seen[], alphabet: string, temperature: number): readonly Decoded[] => {
  const kinds = openKinds();
  return seen.flatMap(({ line, logits }) =>
    kindsOf(line).map((kind) => ({
      ...{ line, kind },
      best: bestText(logits, kinds(kind), { alphabet, temperature }),
    })),
  );
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

const fit = (decoded: readonly Decoded[], temperature: number, fittedOn: string): Calibration => {
  const letters: [number, boolean][] = [];
  const lines: [readonly number[], boolean][] = [];
  for (const { line, kind, best } of decoded) {
    if (best === null) continue;
    lines.push([featuresOf(best), isWhole(heldOf(kind, best.text, line.text))]);
    const right = rightCharacters(best.text, line.text);
    best.letters.forEach((chance, i) => {
      letters.push([chance, right[i] ?? false]);
    });
  }
  return { temperature, letter: fitCurve(letters), line: fitWeights(lines), fittedOn };
};

interface Read extends HandReading {
  readonly line: Seen["line"];
  readonly held: Held;
  readonly kind: HandKind;
}

const readAll = (
  decoded: readonly Decoded[],
  rules: { readonly calibration: Calibration; readonly threshold: number },
): readonly Read[] =>
  decoded.map(({ line, kind, best }) => {
    const reading = readingOf(best, rules);
    return { line, kind, held: heldOf(kind, reading.text, line.text), ...reading };
  });

/** Of each hand's fields, and of its free text: each has to keep the promise by itself. */
const chooseThreshold = (read: readonly Read[], rate: number): number => {
  const groups = new Map<string, [number, boolean][]>();
  for (const { line, kind, held, confidence } of read) {
    const key = `${line.family} ${kind === "text" ? "text" : "fields"}`;
    const answers = groups.get(key) ?? [];
    answers.push([confidence, isWhole(held)]);
    groups.set(key, answers);
  }
  return thresholdForEach(groups.values(), rate);
};

/** "number" is any run of digits, "citizenNumber" what a rule of its own helps to read. */
const NUMBERS: ReadonlyMap<string, string> = new Map([
  ["date", "digit and date"],
  ["number", "digit and date"],
  ["citizenNumber", "citizen number"],
]);

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
  const numbers = tallyBy(
    outcomes.filter(({ line }) => NUMBERS.has(line.kind)),
    ({ line }) => NUMBERS.get(line.kind) ?? "",
  );
  const all = tallyBy(outcomes, () => "all").get("all");
  return [
    ...[...parts, ...numbers].map(([name, { cer, lines }]) =>
      figure("character errors", cer, lines, `${name} `),
    ),
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
      lines: { type: "string", default: "3000" },
      unseen: { type: "string", default: "2000" },
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
  const temperature = temperatureFor(held, alphabet);
  const fitting = decodeAll(held, alphabet, temperature);
  const calibration = fit(fitting, temperature, `${held.length} validation lines of ${families}`);
  const threshold = chooseThreshold(
    readAll(fitting, { calibration, threshold: 1 }),
    Number(values["most-wrong"]),
  );
  const fresh = await seeAll(network, linesIn(data, "unseen", Number(values.unseen)));
  const rules = { calibration, threshold };
  const measuring = decodeAll(fresh, alphabet, temperature);
  const figures = [
    ...figuresOf(readAll(fitting, rules), "validation families"),
    ...(fresh.length === 0 ? [] : figuresOf(readAll(measuring, rules), "unseen families")),
  ];
  const made = { calibration, threshold, figures };
  process.stdout.write(`${JSON.stringify(made, null, 1)}\n`);
  if (values.install !== undefined) install(values.install, model, made);
};

await main();
