// How does a whole visit look, on one picture for the README?
//
// `node dist/tests/screens/contact-sheet.js [FILE]` draws the samples in the browser that the tests use.
import sharp, { type OverlayOptions } from "sharp";
import { openChromium, openStage, PORTRAIT, showOn } from "./stage.js";

const SCREENS = [
  "attract",
  "procedure",
  "identify-lay",
  "form-fill-in",
  "form-signed",
  "papers-place",
  "papers-review",
  "check",
  "confirm",
  "pay-code",
  "slip-take",
  "rate",
] as const;
const COLUMNS = 6;
const WIDTH = 264;
const HEIGHT = Math.round((WIDTH * PORTRAIT.height) / PORTRAIT.width);
const GAP = 12;

const file = process.argv[2] ?? "tests/pictures/screens.png";
const chromium = await openChromium();
const stage = await openStage();
try {
  const page = await (await chromium.context(PORTRAIT)).newPage();
  await page.goto(stage.server.url);
  const tiles: OverlayOptions[] = [];
  for (const [index, name] of SCREENS.entries()) {
    await showOn(stage, page, name, "vi");
    tiles.push({
      input: await sharp(await page.screenshot())
        .resize(WIDTH, HEIGHT)
        .toBuffer(),
      left: GAP + (index % COLUMNS) * (WIDTH + GAP),
      top: GAP + Math.floor(index / COLUMNS) * (HEIGHT + GAP),
    });
  }
  const rows = Math.ceil(SCREENS.length / COLUMNS);
  const size = { width: GAP + COLUMNS * (WIDTH + GAP), height: GAP + rows * (HEIGHT + GAP) };
  await sharp({ create: { ...size, channels: 3, background: "#8a8577" } })
    .composite(tiles)
    .png({ palette: true, colours: 128, effort: 10 })
    .toFile(file);
} finally {
  await stage.end();
  await chromium.end();
}
