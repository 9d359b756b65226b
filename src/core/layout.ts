// What is on a slip, before anybody knows how many dots it has?

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
  | { readonly kind: "rule" }
  | { readonly kind: "space"; readonly millimetres: number };

export type Layout = readonly LayoutLine[];
