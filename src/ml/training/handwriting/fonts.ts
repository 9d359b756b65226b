// Whose letter forms imitate hands, and does a font have every letter that its role needs?
//
// Training only: nothing of these packages is carried by the program. Each family is under a licence that lets its
// outlines be drawn (OFL 1.1, Apache 2.0); the licence files stay beside the unpacked fonts.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { z } from "zod";
import { ALPHABET } from "../../handwriting/alphabet.js";

const FAMILY = z.object({
  family: z.string(),
  package: z.string().regex(/^@(fontsource|expo-google-fonts)\/[a-z0-9-]+$/),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  /** Of the package's archive. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  licence: z.enum(["OFL-1.1", "Apache-2.0"]),
  weights: z.array(z.number().int()).min(1),
  /** A whole family has one role: "unseen" ones stand for writers that training never met. */
  role: z.enum(["train", "validation", "unseen"]),
  /** "drawn": the font lacks Vietnamese marks, its marks are pen strokes of marks.ts. */
  marks: z.enum(["font", "drawn"]),
  /** How often against the others of its role: ornate faces seldom. */
  share: z.number().positive(),
});

export type FontFamily = z.infer<typeof FAMILY>;
export type Role = FontFamily["role"];

/** Throws for a list that breaks its own rules. */
export const fontFamilies = (): readonly FontFamily[] =>
  z.array(FAMILY).parse(JSON.parse(readFileSync(new URL("./fonts.json", import.meta.url), "utf8")));

interface FontkitGlyph {
  readonly id: number;
  readonly path: {
    readonly commands: readonly { readonly command: string; readonly args: readonly number[] }[];
  };
}

interface FontkitFile {
  readonly unitsPerEm: number;
  hasGlyphForCodePoint(point: number): boolean;
  glyphForCodePoint(point: number): FontkitGlyph;
  /** Read directly: a glyph's own `advanceWidth` looks at its outline and throws for an empty last one. */
  readonly hmtx: {
    readonly metrics: { readonly length: number; get(index: number): { readonly advance: number } };
  };
}

/** Closed polygons in em, y upwards: x0, y0, x1, y1, … */
export type Contour = readonly number[];

export interface Glyph {
  readonly contours: readonly Contour[];
  /** In em. */
  readonly advance: number;
}

const STEPS = 4;

/** Curves become short lines: at 96 px a letter's quarter bow in four pieces is off by less than a tenth of a pixel. */
const flatten = (commands: FontkitGlyph["path"]["commands"], em: number): Contour[] => {
  const contours: number[][] = [];
  let current: number[] = [];
  let [x, y] = [0, 0];
  for (const { command, args } of commands) {
    const a = args.map((value) => value / em);
    const [a0, a1, a2, a3, a4, a5] = [a[0] ?? 0, a[1] ?? 0, a[2] ?? 0, a[3] ?? 0, a[4] ?? 0, a[5] ?? 0];
    if (command === "moveTo") {
      current = [a0, a1];
      contours.push(current);
    } else if (command === "lineTo") current.push(a0, a1);
    else if (command === "quadraticCurveTo")
      for (let i = 1; i <= STEPS; i += 1) {
        const [t, u] = [i / STEPS, 1 - i / STEPS];
        current.push(u * u * x + 2 * u * t * a0 + t * t * a2, u * u * y + 2 * u * t * a1 + t * t * a3);
      }
    else if (command === "bezierCurveTo")
      for (let i = 1; i <= STEPS + 1; i += 1) {
        const [t, u] = [i / (STEPS + 1), 1 - i / (STEPS + 1)];
        const [p, q, r, s] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
        current.push(p * x + q * a0 + r * a2 + s * a4, p * y + q * a1 + r * a3 + s * a5);
      }
    if (current.length >= 2) [x, y] = [current.at(-2) ?? 0, current.at(-1) ?? 0];
  }
  return contours.filter((contour) => contour.length >= 6);
};

/** One weight of one family; its glyphs are cut into polygons once. */
export class Face {
  readonly #files: readonly FontkitFile[];
  readonly #cache = new Map<string, Glyph | null>();
  /** Height of "x" in em. */
  readonly xHeight: number;
  readonly capHeight: number;
  /** Its capitals reach far over their neighbours, so that they only stand at the beginning of words. */
  readonly swashes: boolean;

  constructor(
    readonly family: FontFamily,
    readonly weight: number,
    files: readonly string[],
  ) {
    const fontkit = createRequire(import.meta.url)("@pdf-lib/fontkit") as {
      create(bytes: Uint8Array): FontkitFile;
    };
    this.#files = files.map((file) => fontkit.create(readFileSync(file)));
    this.xHeight = this.#top("x") ?? 0.45;
    this.capHeight = this.#top("H") ?? 0.7;
    this.swashes = this.#reachOver();
  }

  /** null where the font has none, or an empty one. */
  glyph(letter: string): Glyph | null {
    const known = this.#cache.get(letter);
    if (known !== undefined) return known;
    const point = letter.codePointAt(0) ?? 0;
    const file = this.#files.find((candidate) => candidate.hasGlyphForCodePoint(point));
    let glyph: Glyph | null = null;
    if (file !== undefined) {
      const { path, id } = file.glyphForCodePoint(point);
      const { metrics } = file.hmtx;
      const { advance } = metrics.get(Math.min(id, metrics.length - 1));
      const contours = flatten(path.commands, file.unitsPerEm);
      if (contours.length > 0 || letter === " ") glyph = { contours, advance: advance / file.unitsPerEm };
    }
    this.#cache.set(letter, glyph);
    return glyph;
  }

  /** Letters that it can neither draw nor put together from a base letter and drawn marks. */
  missing(): readonly string[] {
    return [...ALPHABET].filter((letter) => {
      if (this.glyph(letter) !== null || letter === " ") return false;
      const base = letter.normalize("NFD").charAt(0).replace("đ", "d").replace("Đ", "D");
      return this.family.marks === "font" || base === letter || this.glyph(base) === null;
    });
  }

  #reachOver(): boolean {
    let [inked, advanced] = [0, 0];
    for (const letter of "NGTHAD") {
      const glyph = this.glyph(letter);
      if (glyph === null) continue;
      const xs = glyph.contours.flatMap((c) => c.filter((_, i) => i % 2 === 0));
      inked += Math.max(...xs) - Math.min(...xs);
      advanced += glyph.advance;
    }
    return inked > 1.09 * advanced;
  }

  #top(letter: string): number | null {
    const glyph = this.glyph(letter);
    return glyph === null
      ? null
      : Math.max(...glyph.contours.flatMap((c) => c.filter((_, i) => i % 2 === 1)));
  }
}

const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)],
    )
    .sort();

/** fontsource splits a face by script; the Latin parts together hold Vietnamese. */
const filesOf = (folder: string, weight: number): readonly string[] => {
  const all = filesUnder(folder);
  const whole = all.filter((file) => file.endsWith(`_${weight}${WEIGHT_NAMES.get(weight) ?? ""}.ttf`));
  return whole.length > 0
    ? whole
    : all.filter((file) => new RegExp(`-(latin|latin-ext|vietnamese)-${weight}-normal\\.woff$`).test(file));
};

const WEIGHT_NAMES: ReadonlyMap<number, string> = new Map([
  [100, "Thin"],
  [200, "ExtraLight"],
  [300, "Light"],
  [400, "Regular"],
  [500, "Medium"],
  [600, "SemiBold"],
  [700, "Bold"],
]);

/** Every face of a role out of the folder that fetch-fonts.ts filled. Throws for one that is not there. */
export const loadFaces = (cache: string, role: Role): readonly Face[] =>
  fontFamilies()
    .filter((family) => family.role === role)
    .flatMap((family) =>
      family.weights.map((weight) => {
        const files = filesOf(join(cache, `${family.family}-${family.version}`), weight);
        if (files.length === 0)
          throw new Error(`${family.family} ${weight} is not in ${cache}: fetch the fonts first`);
        return new Face(family, weight, files);
      }),
    );
