// What do the notice "not certified", the copy statement and a visible signature look like?
//
// Each is an appearance stream of its own (ISO 32000-1, 12.5.5), because PDF/A lets no reader make one up, and
// because the notice has to give way to the statement without a byte of the page being touched.
import { dict, name, type PdfDict, type PdfRef, type PdfValue, textString } from "./pdf/objects.js";
import { deflated, type TextFont } from "./pdf/text-font.js";
import type { CopyStatement } from "./scan.js";
import { NOTICE, noticeContents, STATEMENT_HEADING, statementContents, statementText } from "./wording.js";

export type Rect = readonly [left: number, bottom: number, right: number, top: number];

/** Print, ReadOnly, Locked, LockedContents (12.5.3): shown, printed, and nothing for a reader to move. */
export const STAMP_FLAGS = 4 | 64 | 128 | 512;

export const NOTICE_NAME = "motcua-notice";
export const STATEMENT_NAME = "motcua-statement";

const PADDING = 4;
const LINE = 1.22;
/** Under this nobody reads it on paper. */
const LEAST_SIZE = 5;
const RED = "0.72 0 0.1";
const INK = "0.1 0.13 0.16";

interface TextLine {
  readonly text: string;
  readonly size: number;
  readonly colour: string;
}

const number = (value: number): string => value.toFixed(3).replace(/\.?0+$/, "");

export const wrapText = (text: string, font: TextFont, size: number, width: number): readonly string[] => {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line === "" || font.width(longer, size) <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return line === "" ? lines : [...lines, line];
};

/** Lines that fit the box: the size shrinks until they do, down to the least that can be read. */
const fitted = (
  heading: string,
  body: string,
  font: TextFont,
  rect: Rect,
  colour: string,
): readonly TextLine[] => {
  const [width, height] = [rect[2] - rect[0] - 2 * PADDING, rect[3] - rect[1] - 2 * PADDING];
  for (let size = 8.5; ; size -= 0.25) {
    const lines = [
      ...wrapText(heading, font, size * 1.25, width).map((text) => ({ text, size: size * 1.25, colour })),
      ...wrapText(body, font, size, width).map((text) => ({ text, size, colour: INK })),
    ];
    const needed = lines.reduce((sum, line) => sum + line.size * LINE, 0);
    const widest = Math.max(...lines.map((line) => font.width(line.text, line.size)));
    if (size <= LEAST_SIZE || (needed <= height && widest <= width)) return lines;
  }
};

/** Operators for lines from the top of a box of this height, in a frame of its colour. */
const boxContent = (lines: readonly TextLine[], font: TextFont, rect: Rect, frame: string): string => {
  const [width, height] = [rect[2] - rect[0], rect[3] - rect[1]];
  let y = height - PADDING;
  const drawn = lines.map(({ text, size, colour }) => {
    y -= size * LINE;
    return `${colour} rg BT /F1 ${number(size)} Tf ${number(PADDING)} ${number(y + size * 0.28)} Td ${font.encode(text)} Tj ET`;
  });
  return [
    "q 1 1 1 rg",
    `0 0 ${number(width)} ${number(height)} re f`,
    `${frame} RG 0.8 w 0.4 0.4 ${number(width - 0.8)} ${number(height - 0.8)} re S`,
    ...drawn,
    "Q",
  ].join("\n");
};

export interface StampBox {
  readonly rect: Rect;
  readonly page: PdfRef;
  /** From 1. */
  readonly pageNumber: number;
}

/** One text on a white ground; `font` has to be embedded after the last of a file was drawn. */
export interface Drawn {
  readonly content: string;
  readonly contents: string;
  readonly annotationName: string;
}

export const drawNotice = (font: TextFont, rect: Rect): Drawn => ({
  content: boxContent(fitted(NOTICE.vi, NOTICE.en, font, rect, RED), font, rect, RED),
  contents: noticeContents,
  annotationName: NOTICE_NAME,
});

export const drawStatement = (font: TextFont, rect: Rect, statement: CopyStatement): Drawn => ({
  content: boxContent(
    fitted(STATEMENT_HEADING.toLocaleUpperCase("vi"), statementText(statement), font, rect, RED),
    font,
    rect,
    RED,
  ),
  contents: statementContents(statement),
  annotationName: STATEMENT_NAME,
});

export const drawLines = (font: TextFont, rect: Rect, [heading = "", ...rest]: readonly string[]): string =>
  boxContent(fitted(heading, rest.join(" "), font, rect, INK), font, rect, INK);

/** The form that an annotation shows. */
export const appearance = (content: string, rect: Rect, font: PdfRef): PdfValue =>
  deflated(Buffer.from(content, "latin1"), {
    Type: name("XObject"),
    Subtype: name("Form"),
    BBox: [0, 0, rect[2] - rect[0], rect[3] - rect[1]],
    Resources: dict({ Font: dict({ F1: font }) }),
  });

export const stampAnnotation = (drawn: Drawn, box: StampBox, form: PdfRef): PdfDict =>
  dict({
    Type: name("Annot"),
    Subtype: name("Stamp"),
    Rect: [...box.rect],
    P: box.page,
    NM: textString(`${drawn.annotationName}-${box.pageNumber}`),
    Contents: textString(drawn.contents),
    F: STAMP_FLAGS,
    AP: dict({ N: form }),
  });
