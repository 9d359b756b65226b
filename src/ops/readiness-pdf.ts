// What does the readiness report look like on paper, for the file of the kiosk and for who signs it?
import { readFileSync } from "node:fs";
import fontkit from "@pdf-lib/fontkit";
import { PDFDocument, type PDFFont, type PDFPage, rgb } from "pdf-lib";
import { PART_NAMES } from "../core/part-names.js";
import { printFontFile } from "../hal/printer/text.js";
import { drawKiosk } from "./kiosk-drawing.js";
import { type ReadinessReport, verdictOf } from "./readiness-report.js";
import type { TestResult } from "./self-test.js";

/** A4 in points. */
const PAGE = [595.28, 841.89] as const;
const MARGIN = 42;
const BOX_HEIGHT = 118;
const LINE = 12.5;
const DRAWING = { width: 66, height: 99 } as const;
const PICTURE_WIDTH = 118;
const INK = rgb(0.1, 0.13, 0.16);
const GREY = rgb(0.38, 0.43, 0.48);
const COLOURS: Readonly<Record<TestResult["result"], ReturnType<typeof rgb>>> = {
  passed: rgb(0.05, 0.42, 0.2),
  look: rgb(0.62, 0.38, 0),
  failed: rgb(0.69, 0, 0.13),
  notWired: GREY,
};
const WORDS: Readonly<Record<TestResult["result"], string>> = {
  passed: "Đạt · passed",
  look: "Cần nhìn · look",
  failed: "Hỏng · failed",
  notWired: "Không lắp · not fitted",
};

interface Fonts {
  readonly regular: PDFFont;
  readonly bold: PDFFont;
}

const wrap = (text: string, font: PDFFont, size: number, width: number): readonly string[] => {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (font.widthOfTextAtSize(longer, size) <= width || line === "") line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return line === "" ? lines : [...lines, line];
};

/** Goes down the page and starts a new one where the next box does not fit. */
class Sheet {
  readonly #document: PDFDocument;
  readonly #fonts: Fonts;
  #page: PDFPage;
  #top = PAGE[1] - MARGIN;

  constructor(document: PDFDocument, fonts: Fonts) {
    this.#document = document;
    this.#fonts = fonts;
    this.#page = document.addPage([...PAGE]);
  }

  get page(): PDFPage {
    return this.#page;
  }

  /** Top edge of a box of this height. */
  take(height: number): number {
    if (this.#top - height < MARGIN) {
      this.#page = this.#document.addPage([...PAGE]);
      this.#top = PAGE[1] - MARGIN;
    }
    const top = this.#top;
    this.#top -= height;
    return top;
  }

  text(
    text: string,
    at: { x: number; y: number; size?: number; bold?: boolean; colour?: ReturnType<typeof rgb> },
  ): void {
    this.#page.drawText(text, {
      x: at.x,
      y: at.y,
      size: at.size ?? 9,
      font: at.bold === true ? this.#fonts.bold : this.#fonts.regular,
      color: at.colour ?? INK,
    });
  }

  /** Lines from `y` downwards, at most `most`. */
  paragraph(
    text: string,
    at: { x: number; y: number; width: number; most: number; colour?: ReturnType<typeof rgb> },
  ): number {
    const lines = wrap(text, this.#fonts.regular, 9, at.width).slice(0, at.most);
    lines.forEach((line, index) => {
      this.text(line, {
        x: at.x,
        y: at.y - index * LINE,
        ...(at.colour === undefined ? {} : { colour: at.colour }),
      });
    });
    return at.y - lines.length * LINE;
  }
}

const head = (sheet: Sheet, report: ReadinessReport): void => {
  const top = sheet.take(96);
  sheet.text("Phiếu kiểm tra máy · Readiness report", { x: MARGIN, y: top - 18, size: 17, bold: true });
  sheet.text(`${report.kioskId} · motcua ${report.version} · ${report.at}`, {
    x: MARGIN,
    y: top - 36,
    size: 10,
  });
  sheet.text(report.where, { x: MARGIN, y: top - 50, size: 9, colour: GREY });
  const verdict = verdictOf(report);
  sheet.text(`${verdict.vi} · ${verdict.en}`, {
    x: MARGIN,
    y: top - 76,
    size: 15,
    bold: true,
    colour: report.canServe ? COLOURS.passed : COLOURS.failed,
  });
};

const partBox = async (
  sheet: Sheet,
  document: PDFDocument,
  result: TestResult,
  since: string | undefined,
): Promise<void> => {
  const top = sheet.take(BOX_HEIGHT);
  const { page } = sheet;
  page.drawLine({
    start: { x: MARGIN, y: top },
    end: { x: PAGE[0] - MARGIN, y: top },
    thickness: 0.7,
    color: GREY,
  });
  const drawing = await document.embedPng(await drawKiosk(result.part, 198));
  page.drawImage(drawing, { x: MARGIN, y: top - 8 - DRAWING.height, ...DRAWING });
  const x = MARGIN + DRAWING.width + 14;
  const picture =
    result.picture === null ? null : await document.embedPng(Buffer.from(result.picture, "base64"));
  const width = PAGE[0] - MARGIN - x - (picture === null ? 0 : PICTURE_WIDTH + 12);
  const name = PART_NAMES[result.part];
  sheet.text(`${name.vi} · ${name.en}`, { x, y: top - 18, size: 11, bold: true });
  sheet.text(WORDS[result.result], {
    x: x + 215,
    y: top - 18,
    size: 11,
    bold: true,
    colour: COLOURS[result.result],
  });
  let y = sheet.paragraph(result.evidence, { x, y: top - 34, width, most: 2 });
  if (since !== undefined) {
    sheet.text(`hỏng từ · failing since ${since}`, { x, y, colour: COLOURS.failed });
    y -= LINE;
  }
  const advice = result.remedy ?? (result.result === "notWired" ? null : result.lookAt);
  if (advice !== null) {
    y = sheet.paragraph(advice.vi, { x, y, width, most: 3 });
    sheet.paragraph(advice.en, { x, y, width, most: 2, colour: GREY });
  }
  if (picture === null) return;
  const size = picture.scaleToFit(PICTURE_WIDTH, BOX_HEIGHT - 14);
  page.drawImage(picture, { x: PAGE[0] - MARGIN - size.width, y: top - 8 - size.height, ...size });
};

const conditionsBox = (sheet: Sheet, report: ReadinessReport): void => {
  if (report.conditions.length === 0) return;
  const top = sheet.take(18 + report.conditions.length * LINE);
  report.conditions.forEach(({ name, value, good }, index) => {
    sheet.text(`${good ? "✓" : "!"} ${name}: ${value}`, {
      x: MARGIN,
      y: top - 14 - index * LINE,
      colour: good ? INK : COLOURS.look,
    });
  });
};

const signatures = (sheet: Sheet): void => {
  const top = sheet.take(64);
  for (const [x, words] of [
    [MARGIN, "Kỹ thuật viên · Technician"],
    [330, "Đơn vị tiếp nhận · Receiving office"],
  ] as const) {
    sheet.text(words, { x, y: top - 16 });
    sheet.page.drawLine({
      start: { x, y: top - 54 },
      end: { x: x + 190, y: top - 54 },
      thickness: 0.7,
      color: GREY,
    });
  }
};

/** A4, Vietnamese and English, a box a part with the place on the kiosk and what the part saw. */
export const readinessPdf = async (report: ReadinessReport): Promise<Uint8Array> => {
  const document = await PDFDocument.create();
  document.registerFontkit(fontkit);
  document.setTitle(`Readiness of kiosk ${report.kioskId}, ${report.at}`);
  document.setLanguage("vi");
  // Subsetting by this library loses letters of this font in every viewer tried. Its `ccmp` takes ụ apart, and
  // what is then copied out of the page lacks the mark.
  const embed = (bold: boolean) =>
    document.embedFont(readFileSync(printFontFile(bold)), {
      subset: false,
      features: { ccmp: false, locl: false },
    });
  const sheet = new Sheet(document, { regular: await embed(false), bold: await embed(true) });
  head(sheet, report);
  for (const result of report.results)
    await partBox(sheet, document, result, report.failingSince[result.part]);
  conditionsBox(sheet, report);
  signatures(sheet);
  return document.save();
};
