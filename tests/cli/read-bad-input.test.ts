// Is each file that is no paper told in one sentence, and are the others of the batch read all the same?
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PDFDocument } from "pdf-lib";
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { renderSamplePaper } from "../../src/ml/samples/render.js";
import { startCommand } from "../wire/command.js";

const folder = mkdtempSync(join(tmpdir(), "motcua-bad-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const scan = await renderSamplePaper("diploma", 71, { camera: false });
const page = () => sharp(scan);

const put = (name: string, bytes: Uint8Array | string): string => {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
};

const pdfOf = async (pages: number): Promise<Uint8Array> => {
  const document = await PDFDocument.create();
  for (let index = 0; index < pages; index += 1) document.addPage([595, 842]).drawText(`${index}`);
  return document.save();
};

/** Somebody's pet on a sofa: soft shapes and fur, no edge of a sheet and no letter. */
const cat = async (): Promise<Buffer> => {
  const fur = Array.from({ length: 900 }, (_, i) => {
    const [x, y] = [520 + ((i * 7919) % 760), 420 + ((i * 104_729) % 560)];
    const shade = 90 + ((i * 31) % 80);
    return `<path d="M${x} ${y}q${(i % 9) - 4} 18 ${(i % 13) - 6} 34" stroke="rgb(${shade},${shade - 20},${shade - 45})" stroke-width="3" fill="none"/>`;
  }).join("");
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1800" height="1350"><defs><radialGradient id="g"><stop offset="0" stop-color="#d7b48a"/><stop offset="1" stop-color="#6b4a30"/></radialGradient></defs><rect width="100%" height="100%" fill="#5d6f63"/><ellipse cx="900" cy="1250" rx="1300" ry="420" fill="#7f5a66"/><ellipse cx="900" cy="720" rx="430" ry="340" fill="url(#g)"/><path d="M600 520l60-210 150 130zM1200 520l-60-210-150 130z" fill="#8a6544"/>${fur}<ellipse cx="770" cy="640" rx="46" ry="34" fill="#b9d34a"/><ellipse cx="1030" cy="640" rx="46" ry="34" fill="#b9d34a"/><ellipse cx="770" cy="640" rx="12" ry="32"/><ellipse cx="1030" cy="640" rx="12" ry="32"/><path d="M870 760h60l-30 30z" fill="#c77"/></svg>`;
  return sharp(Buffer.from(svg)).blur(1.6).jpeg({ quality: 82 }).toBuffer();
};

const plain = put("plain.pdf", await pdfOf(1));
const locked = join(folder, "locked.pdf");
execFileSync("qpdf", ["--encrypt", "secret", "owner", "256", "--", plain, locked]);

type Told = readonly [code: string, detail: RegExp];

const BAD: readonly (readonly [file: string, told: Told])[] = [
  [put("empty.jpg", ""), ["paper.unreadable", /^the file is empty$/]],
  [put("half.jpg", scan.subarray(0, scan.length / 2)), ["paper.unreadable", /breaks off|damaged/]],
  [put("letter.jpg", "Kính gửi: Ủy ban nhân dân"), ["paper.unreadable", /no image/]],
  [
    put(
      "huge.png",
      await sharp({ create: { width: 10_000, height: 10_000, channels: 3, background: "#fff" } })
        .png()
        .toBuffer(),
    ),
    ["paper.tooLarge", /100 megapixels, more than the 50/],
  ],
  [locked, ["paper.unreadable", /locked with a password/]],
  [put("cut.pdf", readFileSync(plain).subarray(0, 300)), ["paper.unreadable", /PDF is damaged/]],
  [put("law.pdf", await pdfOf(500)), ["paper.tooLarge", /500 pages, more than the 100 allowed; --pages 500/]],
  [put("cat.jpg", await cat()), ["paper.absent", /./]],
  [join(folder, "gone.jpg"), ["paper.unreadable", /there is no such file/]],
];

const GOOD: readonly string[] = [
  put("cmyk.jpg", await page().toColourspace("cmyk").jpeg({ quality: 90 }).toBuffer()),
];

const MOST_MB = 900;

/** Resident memory of a process and all that it started. */
const familyMb = (pid: number): number => {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const own = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024;
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim().split(" ").filter(Boolean),
    );
    return own + children.reduce((sum, child) => sum + familyMb(Number(child)), 0);
  } catch {
    // It ended meanwhile.
    return 0;
  }
};

interface Entry {
  readonly file: string;
  readonly paperClass?: string;
  readonly error?: { readonly code: string; readonly detail: string; readonly remedy: string };
}

test("bad files among good ones: one sentence each, the good ones are read, memory stays bounded", async () => {
  const files = [...BAD.map(([file]) => file), ...GOOD];
  const running = startCommand(["read", ...files, "--json"]);
  let mostMb = 0;
  const watch = setInterval(() => {
    mostMb = Math.max(mostMb, familyMb(running.child.pid ?? 0));
  }, 100);
  const { code, stdout, stderr } = await running.ended;
  clearInterval(watch);
  assert.is(code, 1, stderr);
  const entries = JSON.parse(stdout) as readonly Entry[];
  assert.equal(
    entries.map(({ file }) => file),
    files,
  );
  for (const [index, [file, [fault, detail]]] of BAD.entries()) {
    const { error } = entries[index] as Entry;
    assert.is(error?.code, fault, `${file}: ${error?.detail}`);
    assert.match(error?.detail ?? "", detail);
    assert.not.match(error?.detail ?? "", /\n| at .*:\d/);
    assert.ok((error?.remedy ?? "").length > 10);
  }
  for (const { file, paperClass, error } of entries.slice(BAD.length))
    assert.is(paperClass, "diploma", `${file}: ${error?.detail}`);
  assert.is(stderr.trim().split("\n").length, BAD.length, stderr);
  assert.ok(mostMb > 100 && mostMb < MOST_MB, `${Math.round(mostMb)} MB at the most`);
});

test.run();
