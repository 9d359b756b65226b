// What is on a slip, before anybody knows how many dots it has?

/** A picture in the size in which it is printed: 8 dots are a millimetre. */
export interface DotPicture {
  readonly widthDots: number;
  readonly heightDots: number;
  /** One bit a dot, rows top to bottom, each row padded to a byte, most significant bit left, 1 = black. */
  readonly bits: Uint8Array;
}

export type LayoutLine =
  | {
      readonly kind: "text";
      readonly text: string;
      /** "huge" is the number one reads from two metres: one line, as large as the paper is wide. */
      readonly size: "small" | "normal" | "large" | "huge";
      readonly align: "left" | "centre";
      readonly bold: boolean;
    }
  /** Two columns: what it is, and its value. */
  | { readonly kind: "pair"; readonly label: string; readonly value: string }
  /** One of several points: its marker, and the text beside it, also where it goes on. */
  | { readonly kind: "item"; readonly marker: string; readonly text: string }
  /** `widthFraction` of the paper's width, 0 … 1. */
  | { readonly kind: "qr"; readonly text: string; readonly widthFraction: number }
  /** A logo, centred. */
  | { readonly kind: "picture"; readonly picture: DotPicture }
  | { readonly kind: "rule" }
  | { readonly kind: "space"; readonly millimetres: number };

export type Layout = readonly LayoutLine[];
