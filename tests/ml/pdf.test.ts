// Is the text that is copied out of a searchable PDF the text that was read, every mark of it?
import { execFileSync } from "node:child_process";
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { pagesToPdf } from "../../src/ml/pdf.js";

const WORDS = "Máy phục vụ được Nguyễn Thị Ngọc ẨN ỵ ặ ậ ợ ự".normalize("NFC").split(" ");

test("letters with a dot below keep it", async () => {
  const background = { width: 1_400, height: 200, channels: 3, background: "white" } as const;
  const jpeg = await sharp({ create: background }).jpeg().toBuffer();
  const words = WORDS.map((text, index) => ({
    text,
    confidence: 1,
    box: { x: 10 + index * 100, y: 50, w: 80, h: 24 },
  }));
  const page = {
    jpeg,
    words,
    widthPx: 1_400,
    heightPx: 200,
    text: WORDS.join(" "),
    meanConfidence: 1,
    paperClass: "unknown",
    fields: [],
    dpi: null,
    lines: [],
    tables: [],
    codes: [],
    checks: [],
    quality: {
      sharpness: 1,
      brightness: 0.9,
      glare: 0,
      shadow: 0,
      covered: 0,
      skewDegrees: 0,
      verdict: "good",
      advice: "none",
    },
  } as const;
  const pdf = await pagesToPdf([page]);
  const text = execFileSync("pdftotext", ["-layout", "-", "-"], { input: pdf, encoding: "utf8" });
  assert.is(text.normalize("NFC").replaceAll(/\s+/g, ""), WORDS.join(""));
});

test.run();
