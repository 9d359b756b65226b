// Does `motcua read` take documents of several pages apart, and go on where it was broken off?
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PDFDocument } from "pdf-lib";
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { layOutPaper } from "../../src/ml/samples/papers.js";
import { renderSamplePaper } from "../../src/ml/samples/render.js";
import { type Finished, runCommand, startCommand } from "../wire/command.js";

const folder = mkdtempSync(join(tmpdir(), "motcua-batch-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

interface Entry {
  readonly file: string;
  readonly page: number | null;
  readonly paperClass?: string;
  readonly text?: string;
  readonly error?: { readonly code: string; readonly detail: string };
}

const entriesOf = ({ stdout, stderr }: Finished): readonly Entry[] => {
  try {
    return JSON.parse(stdout) as readonly Entry[];
  } catch {
    throw new Error(`stdout is no JSON: ${stdout.slice(0, 200)}\n${stderr}`);
  }
};

const diplomas = await Promise.all(
  [61, 62, 63].map(async (seed) => ({
    jpeg: await renderSamplePaper("diploma", seed, { camera: false }),
    name: layOutPaper("diploma", seed).fields["fullName"] ?? "-",
  })),
);

const scans = diplomas.map(({ jpeg }, index) => {
  const file = join(folder, `scan-${index + 1}.jpg`);
  writeFileSync(file, jpeg);
  return file;
});

const writePdf = async (file: string, jpegs: readonly Uint8Array[], blank = 0): Promise<string> => {
  const document = await PDFDocument.create();
  for (const jpeg of jpegs)
    document
      .addPage([765, 539])
      .drawImage(await document.embedJpg(jpeg), { x: 0, y: 0, width: 765, height: 539 });
  for (let page = 0; page < blank; page += 1) document.addPage([595, 842]);
  writeFileSync(file, await document.save());
  return file;
};

test("a PDF's pages and a TIFF's are entries of their own; an empty one among them fails alone", async () => {
  const [first, second] = diplomas;
  const pdf = await writePdf(join(folder, "two.pdf"), [first?.jpeg ?? new Uint8Array()], 1);
  const tiff = join(folder, "fax.tif");
  const pages = [first, second].map((paper) =>
    sharp(paper?.jpeg).resize(1_600, 1_126, { fit: "fill" }).removeAlpha(),
  );
  const raw = await Promise.all(pages.map((page) => page.raw().toBuffer()));
  await sharp(Buffer.concat(raw), { raw: { width: 1_600, height: 2_252, channels: 3, pageHeight: 1_126 } })
    .tiff({ compression: "deflate" })
    .toFile(tiff);
  assert.is((await sharp(tiff).metadata()).pages, 2);
  const explain = join(folder, "explained");
  const done = await runCommand(["read", pdf, tiff, "--json", "--explain", explain]);
  assert.is(done.code, 1, done.stderr);
  const entries = entriesOf(done);
  assert.equal(
    entries.map(({ file, page, paperClass, error }) => [file, page, paperClass ?? error?.code]),
    [
      [pdf, 1, "diploma"],
      [pdf, 2, "paper.absent"],
      [tiff, 1, "diploma"],
      [tiff, 2, "diploma"],
    ],
  );
  assert.match(entries[0]?.text ?? "", new RegExp(first?.name ?? "-"));
  assert.match(entries[3]?.text ?? "", new RegExp(second?.name ?? "-"));
  assert.is(done.stderr.trim().split("\n").length, 1, done.stderr);
  assert.match(done.stderr, /two\.pdf page 2: nothing is written/);
  for (const name of ["two.pdf.p1.png", "fax.tif.p1.png", "fax.tif.p2.png"])
    assert.ok(existsSync(join(explain, name)), name);
});

/** Lines of the job file behind its head. */
const pagesIn = (job: string): number =>
  existsSync(job) ? readFileSync(job, "utf8").split("\n").slice(1, -1).length : 0;

const untilRead = async (job: string, pages: number): Promise<void> => {
  for (let wait = 0; wait < 12_000 && pagesIn(job) < pages; wait += 1) await sleep(20);
};

test("killed in the middle, the same command goes on: nothing is read twice, nothing is lost", async () => {
  const job = join(folder, "killed.job");
  const args = ["read", ...scans, "--json", "--resume", job];
  const broken = startCommand(args);
  await untilRead(job, 1);
  broken.child.kill("SIGKILL");
  const { stdout } = await broken.ended;
  assert.is(stdout, "");
  const before = pagesIn(job);
  assert.ok(before >= 1 && before < scans.length, `${before} pages were read`);
  assert.is(statSync(job).mode & 0o777, 0o600, "what was read is its owner's alone");
  // The power went while a line was being written.
  const kept = readFileSync(job);
  writeFileSync(job, Buffer.concat([kept, kept.subarray(kept.length - 900, kept.length - 300)]));

  const done = await runCommand(args);
  assert.is(done.code, 0, done.stderr);
  assert.match(done.stderr, new RegExp(`^motcua read: ${before} pages? were read before`));
  const entries = entriesOf(done);
  assert.equal(
    entries.map(({ file, page, paperClass }) => [file, page, paperClass]),
    scans.map((file) => [file, 1, "diploma"]),
  );
  for (const [index, { name }] of diplomas.entries())
    assert.match(entries[index]?.text ?? "", new RegExp(name));
  assert.not.ok(existsSync(job), "the job is done: what was read from papers does not stay");
});

test("Ctrl-C with a job file is one line that says how to go on; a file that changed is read again", async () => {
  const job = join(folder, "stopped.job");
  const own = scans.slice(0, 2).map((scan, index) => {
    const file = join(folder, `own-${index}.jpg`);
    writeFileSync(file, readFileSync(scan));
    return file;
  });
  const [changed = ""] = own;
  const pdf = join(folder, "own.pdf");
  const args = ["read", ...own, "--json", "--pdf", pdf, "--resume", job];
  const running = startCommand(args);
  await untilRead(job, 1);
  running.child.kill("SIGINT");
  const stopped = await running.ended;
  if (stopped.code === 0) return;
  assert.is(stopped.code, 1);
  assert.is(stopped.stdout, "");
  assert.is(stopped.stderr.trim(), "motcua read: cancelled; the same command goes on where this one stopped");
  writeFileSync(changed, diplomas[2]?.jpeg ?? new Uint8Array());
  const done = await runCommand(args);
  assert.is(done.code, 0, done.stderr);
  const [again, other] = entriesOf(done);
  assert.match(again?.text ?? "", new RegExp(diplomas[2]?.name ?? "-"));
  assert.match(other?.text ?? "", new RegExp(diplomas[1]?.name ?? "-"));
  assert.is((await PDFDocument.load(readFileSync(pdf))).getPageCount(), 2);
});

test("a job file that is another thing is not touched", async () => {
  const notes = join(folder, "notes.txt");
  writeFileSync(notes, "not a job\nbut notes\n");
  const { code, stdout, stderr } = await runCommand(["read", ...scans, "--json", "--resume", notes]);
  assert.is(code, 1);
  assert.is(stdout, "");
  assert.match(stderr, /notes\.txt is no file of `motcua read --resume`/);
  assert.is(readFileSync(notes, "utf8"), "not a job\nbut notes\n");
});

test.run();
