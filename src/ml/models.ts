// Which model files may be used, from where, under which licence, and are they the ones that were measured?
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, isAbsolute, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { FaultError } from "../core/faults.js";

const LIMIT = z.object({
  distance: z.number().positive(),
  /** How often two different people are this close or closer. */
  falseMatchRate: z.number().min(0).max(1),
  /** Who measured it, on what. */
  source: z.string().min(10),
});

/** How a model that describes faces is fed, and what its distances mean. */
const MATCHER = z
  .object({
    /** "dlibResnet": layers built here from the weights; "graph": a TensorFlow.js graph model of one input. */
    network: z.enum(["dlibResnet", "graph"]),
    metric: z.enum(["euclidean", "cosine"]),
    inputPx: z.number().int().min(32).max(512),
    /** Of a graph model's input: (pixel − mean) ÷ divideBy. */
    mean: z.number().default(0),
    divideBy: z.number().positive().default(255),
    /** Up to here two pictures show one person. */
    same: LIMIT,
    /** From here on two people; in between nobody knows. */
    different: LIMIT,
    measuredHere: z.string(),
  })
  .refine(({ same, different }) => same.distance < different.distance, "same must be below different");

export type Matcher = z.infer<typeof MATCHER>;

const CHANCE = z.number().min(0).max(1);

/** Rising steps from what a network says to how often that is right; straight lines between. */
const CURVE = z
  .array(z.tuple([CHANCE, CHANCE]))
  .min(2)
  .refine(
    (points) =>
      points.every(([said, right], i) => {
        const before = points[i - 1];
        return before === undefined || (said > before[0] && right >= before[1]);
      }),
    "a curve that rises",
  );

/** What the answers of a network are worth, fitted on lines that it never learnt (training/handwriting/calibrate.ts). */
const CALIBRATION = z.object({
  /** Logits are divided by it. */
  temperature: z.number().min(0.1).max(10),
  /** Of one character. */
  letter: CURVE,
  /** Logistic regression over what line-chance.ts sees of a whole line, in its order; the bias last. */
  line: z.array(z.number()).length(6),
  /** Lines, families and seed that it was fitted on. */
  fittedOn: z.string().min(10),
});

export type Calibration = z.infer<typeof CALIBRATION>;

const READS_LINES = {
  /** BCP 47, of what it was trained on. */
  language: z.string().min(2),
  calibration: CALIBRATION.optional(),
  maxWidthPx: z.number().int().min(64).max(8192).default(2048),
  /** Who measured it, on whose writing. */
  measured: z.string().min(10),
};

/** Another's model: what a file of TensorFlow.js does not say of itself. */
const FOREIGN_READER = z.object({
  /** "layers" or "graph": which of TensorFlow.js' two kinds of file it is. */
  network: z.enum(["layers", "graph"]),
  ...READS_LINES,
  /** What its classes stand for, in their order, without the blank of CTC. */
  alphabet: z.string().min(1),
  blank: z.enum(["first", "last"]).default("last"),
  output: z.enum(["logits", "probabilities"]).default("logits"),
  /** The line is scaled to this height; its width follows, and is padded with paper up to a multiple of `widthStepPx`. */
  heightPx: z.number().int().min(16).max(256),
  widthStepPx: z.number().int().min(1).max(4096).default(8),
  /** Of the grey input: (pixel − mean) ÷ divideBy; paper is 255. */
  mean: z.number().default(0),
  divideBy: z.number().positive().default(255),
});

/** This program's own kind of file (handwriting/weights.ts), which says the rest itself. */
const OWN_READER = z.object({ network: z.literal("steps"), ...READS_LINES });

/** How a model that reads a line of handwriting is fed, and what its answers mean. */
const HANDWRITING = z.discriminatedUnion("network", [FOREIGN_READER, OWN_READER]);

export type HandwritingModel = z.infer<typeof HANDWRITING>;
export type ForeignReader = z.infer<typeof FOREIGN_READER>;

const FIGURE = z.object({
  what: z.string().min(3),
  value: z.number(),
  /** "%", "ms", "MB" …; "" for a bare number. */
  unit: z.string(),
  /** On whose pictures. */
  on: z.string().min(3),
});

export type Figure = z.infer<typeof FIGURE>;

const MANIFEST = z.object({
  models: z.array(
    z.object({
      name: z.string(),
      purpose: z.string(),
      licence: z.string(),
      source: z.string(),
      /** The installed package that `folder` lies in; without one, `folder` is absolute or lies beside the manifest. */
      package: z.string().optional(),
      folder: z.string(),
      files: z.array(z.object({ name: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
      /** The score from which the model's answer counts, chosen on measured pictures. */
      threshold: z.number().min(0).max(1),
      figures: z.array(FIGURE).default([]),
      /** A Markdown file in `folder`: for whom the model is, what was measured and what was not. */
      card: z.string().optional(),
      matcher: MATCHER.optional(),
      handwriting: HANDWRITING.optional(),
    }),
  ),
});

export type ModelEntry = z.infer<typeof MANIFEST>["models"][number];

export interface ModelFiles {
  readonly name: string;
  readonly threshold: number;
  readonly matcher?: Matcher;
  readonly handwriting?: HandwritingModel;
  /** By file name, each with the hash that the manifest states. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export const OWN_MANIFEST: URL = new URL("./models.json", import.meta.url);

const unusable = (detail: string, cause?: unknown): FaultError =>
  new FaultError("model.unusable", detail, cause === undefined ? {} : { cause });

/** Throws "model.unusable" for a manifest that can not be read or is wrong, naming the first wrong place. */
export const readManifest = (manifest: URL): readonly ModelEntry[] => {
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(manifest, "utf8"));
  } catch (cause) {
    throw unusable("the model manifest can not be read", cause);
  }
  const parsed = MANIFEST.safeParse(given);
  if (!parsed.success)
    throw unusable(`the model manifest is wrong at ${parsed.error.issues[0]?.path.join(".") ?? "its root"}`);
  return parsed.data.models;
};

/** Throws "model.unusable" when the manifest has no such model. */
export const readEntry = (manifest: URL, name: string): ModelEntry => {
  const entry = readManifest(manifest).find((model) => model.name === name);
  if (entry === undefined) throw unusable(`the model manifest has no model "${name}"`);
  return entry;
};

/** The first model that reads handwriting, by name; null when the manifest has none. */
export const handwritingModelIn = (manifest: URL): string | null =>
  readManifest(manifest).find(({ handwriting }) => handwriting !== undefined)?.name ?? null;

/** A package's own folder; its `exports` need not name package.json. */
const packageFolder = (name: string): string => {
  const main = createRequire(import.meta.url).resolve(name);
  const marker = `${sep}node_modules${sep}${name.replaceAll("/", sep)}${sep}`;
  const at = main.lastIndexOf(marker);
  return at < 0 ? dirname(main) : main.slice(0, at + marker.length);
};

/** Absolute path of the folder that the model's files lie in. */
export const modelFolder = (entry: ModelEntry, manifest: URL): string => {
  if (entry.package !== undefined) return join(packageFolder(entry.package), entry.folder);
  return isAbsolute(entry.folder) ? entry.folder : join(dirname(fileURLToPath(manifest)), entry.folder);
};

/** How one file of a model is: as the manifest states, or in which way not. */
export interface ModelFileState {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  /** null: it is, bit for bit, what the manifest states. */
  readonly wrong: string | null;
}

const stateOf = (folder: string, { name, sha256 }: ModelEntry["files"][number]): ModelFileState => {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(join(folder, name));
  } catch (cause) {
    const { code = "" } = cause as NodeJS.ErrnoException;
    return { name, sha256, bytes: 0, wrong: `can not be read${code === "" ? "" : ` (${code})`}` };
  }
  const right = createHash("sha256").update(bytes).digest("hex") === sha256;
  const wrong = right ? null : "is not the file that the manifest states (sha256 differs)";
  return { name, sha256, bytes: bytes.length, wrong };
};

/** Reads and hashes every file of the model; a package that is not installed is as good as files that are missing. */
export const checkFiles = (entry: ModelEntry, manifest: URL): readonly ModelFileState[] => {
  let folder: string;
  try {
    folder = modelFolder(entry, manifest);
  } catch {
    const wrong = `can not be read: package ${entry.package ?? ""} is not installed`;
    return entry.files.map(({ name, sha256 }) => ({ name, sha256, bytes: 0, wrong }));
  }
  return entry.files.map((file) => stateOf(folder, file));
};

/** Throws "model.unusable" for a file that is missing or is not, bit for bit, what the manifest states. */
export const readModel = (name: string, manifest: URL = OWN_MANIFEST): ModelFiles => {
  const entry = readEntry(manifest, name);
  const files = entry.files.map(({ name: file, sha256 }): readonly [string, Uint8Array] => {
    let bytes: Uint8Array;
    try {
      bytes = new Uint8Array(readFileSync(join(modelFolder(entry, manifest), file)));
    } catch (cause) {
      throw cause instanceof FaultError ? cause : unusable(`model ${name}: ${file} can not be read`, cause);
    }
    if (createHash("sha256").update(bytes).digest("hex") !== sha256)
      throw unusable(`model ${name}: ${file} is not the file that the manifest states (sha256 differs)`);
    return [file, bytes];
  });
  const { threshold, matcher, handwriting } = entry;
  return {
    name,
    threshold,
    files: new Map(files),
    ...(matcher === undefined ? {} : { matcher }),
    ...(handwriting === undefined ? {} : { handwriting }),
  };
};
