// How is text drawn into a picture without asking the system for a font?
//
// librsvg and pango pick fonts through fontconfig, which on a bare board finds none that has Vietnamese.
// Glyph outlines out of a font file look the same everywhere.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

interface FontkitFont {
  readonly unitsPerEm: number;
  layout(text: string): {
    readonly glyphs: readonly {
      readonly path: {
        toSVG(): string;
        readonly commands: readonly { readonly command: string; readonly args: readonly number[] }[];
      };
    }[];
    readonly positions: readonly {
      readonly xAdvance: number;
      readonly xOffset: number;
      readonly yOffset: number;
    }[];
    readonly advanceWidth: number;
  };
}

const require = createRequire(import.meta.url);

export interface TextStyle {
  /** Em size in the unit of the drawing. */
  readonly size: number;
  readonly colour: string;
  readonly align?: "left" | "centre" | "right";
}

/** A letter's outline in em, y upwards. */
export interface GlyphShape {
  readonly outline: readonly {
    readonly command: "M" | "L" | "Q" | "C" | "Z";
    readonly points: readonly (readonly [x: number, y: number])[];
  }[];
  readonly advance: number;
}

const SVG_COMMAND = {
  moveTo: "M",
  lineTo: "L",
  quadraticCurveTo: "Q",
  bezierCurveTo: "C",
  closePath: "Z",
} as const;

/** One face of a font; what it draws is SVG paths. */
export class GlyphFont {
  readonly #font: FontkitFont;

  constructor(file: string) {
    const fontkit = require("@pdf-lib/fontkit") as { create(bytes: Uint8Array): FontkitFont };
    this.#font = fontkit.create(readFileSync(file));
  }

  /** Advance width in the unit of `size`. */
  width(text: string, size: number): number {
    return (this.#font.layout(text).advanceWidth / this.#font.unitsPerEm) * size;
  }

  /** One shape a glyph, for whoever bends them. */
  shapes(text: string): readonly GlyphShape[] {
    const { glyphs, positions } = this.#font.layout(text);
    const em = this.#font.unitsPerEm;
    return glyphs.map(({ path }, index) => ({
      outline: path.commands.map(({ command, args }) => ({
        command: SVG_COMMAND[command as keyof typeof SVG_COMMAND],
        points: Array.from(
          { length: args.length / 2 },
          (_, i) => [(args[2 * i] ?? 0) / em, (args[2 * i + 1] ?? 0) / em] as const,
        ),
      })),
      advance: (positions[index]?.xAdvance ?? 0) / em,
    }));
  }

  /** An SVG group with the baseline at (x, y). */
  draw(text: string, x: number, y: number, style: TextStyle): string {
    const run = this.#font.layout(text);
    const scale = style.size / this.#font.unitsPerEm;
    const shift = style.align === "centre" ? 0.5 : style.align === "right" ? 1 : 0;
    let pen = 0;
    const paths = run.glyphs.map((glyph, i) => {
      const position = run.positions[i];
      const path = glyph.path.toSVG();
      const at = `${pen + (position?.xOffset ?? 0)} ${position?.yOffset ?? 0}`;
      pen += position?.xAdvance ?? 0;
      return path === "" ? "" : `<path transform="translate(${at})" d="${path}"/>`;
    });
    const left = (x - run.advanceWidth * scale * shift).toFixed(3);
    return `<g fill="${style.colour}" transform="translate(${left} ${y.toFixed(3)}) scale(${scale.toFixed(6)} ${(-scale).toFixed(6)})">${paths.join("")}</g>`;
  }
}

const NOTO_SANS = {
  regular: "400Regular/NotoSans_400Regular.ttf",
  bold: "700Bold/NotoSans_700Bold.ttf",
  italic: "400Regular_Italic/NotoSans_400Regular_Italic.ttf",
} as const;

/** The font file that travels with the program. */
export const notoSansFile = (face: keyof typeof NOTO_SANS): string =>
  require.resolve(`@expo-google-fonts/noto-sans/${NOTO_SANS[face]}`);
