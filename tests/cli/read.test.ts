// Does `motcua read` do for files what its help says?
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ReadPage } from "../../src/ml/reader.js";
import { layOutPaper } from "../../src/ml/samples/papers.js";
import { renderSamplePaper } from "../../src/ml/samples/render.js";
import { runCommand, startCommand } from "../wire/command.js";

type ReadFile = Omit<ReadPage, "jpeg"> & { readonly file: string; readonly page: number };
interface Failed {
  readonly file: string;
  readonly page: number | null;
  readonly error: { readonly code: string; readonly detail: string; readonly remedy: string };
}

const folder = mkdtempSync(join(tmpdir(), "motcua-read-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const certificate = join(folder, "certificate.jpg");
const diploma = join(folder, "diploma.png");
const broken = join(folder, "broken.jpg");
writeFileSync(certificate, await renderSamplePaper("birthCertificate", 11, { camera: false }));
writeFileSync(
  diploma,
  await sharp(await renderSamplePaper("diploma", 12, { camera: true }))
    .png()
    .toBuffer(),
);
writeFileSync(broken, readFileSync(certificate).subarray(0, 40_000));

const printed = layOutPaper("birthCertificate", 11).fields;

test("one file as text: what it is, each field with its confidence, the text", async () => {
  const { code, stdout } = await runCommand(["read", certificate]);
  assert.is(code, 0);
  assert.match(stdout, /birthCertificate, \d+ words, mean confidence 9\d %, good picture/);
  assert.match(stdout, new RegExp(`Full name: ${printed["fullName"]} {2}\\(9\\d %\\)`));
  assert.match(stdout, /Độc lập - Tự do - Hạnh phúc/);
});

test("a bad file among good ones: it is named in one line, the others are read, the code is 1", async () => {
  const pdf = join(folder, "out.pdf");
  const explain = join(folder, "explained");
  const missing = join(folder, "missing.jpg");
  const { code, stdout, stderr } = await runCommand([
    "read",
    certificate,
    broken,
    missing,
    diploma,
    "--json",
    "--pdf",
    pdf,
    "--explain",
    explain,
  ]);
  assert.is(code, 1);
  const outcomes = JSON.parse(stdout) as (ReadFile | Failed)[];
  assert.equal(
    outcomes.map(({ file }) => file),
    [certificate, broken, missing, diploma],
    "in the order of the command line",
  );
  assert.equal(
    outcomes.map((outcome) => ("error" in outcome ? outcome.error.code : outcome.paperClass)),
    ["birthCertificate", "paper.unreadable", "paper.unreadable", "diploma"],
  );
  const [read] = outcomes as [ReadFile];
  for (const key of ["text", "words", "lines", "tables", "codes", "fields", "quality", "checks"])
    assert.ok(key in read, key);
  assert.not.ok("jpeg" in read);
  assert.is(read.page, 1);
  assert.equal(Object.fromEntries(read.fields.map(({ key, value }) => [key, value])), printed);
  assert.is(read.quality.advice, "none");
  const lines = stderr.trim().split("\n");
  assert.is(lines.length, 2, stderr);
  assert.match(lines[0] ?? "", /^motcua read: .*broken\.jpg: the image breaks off.*again/);
  assert.match(lines[1] ?? "", /^motcua read: .*missing\.jpg: there is no such file/);

  const info = execFileSync("pdfinfo", [pdf], { encoding: "utf8" });
  assert.match(info, /Pages:\s+2/);
  const text = execFileSync("pdftotext", ["-layout", pdf, "-"], { encoding: "utf8" }).normalize("NFC");
  assert.match(text, new RegExp(printed["fullName"] ?? "-"));
  assert.match(text, /BẰNG (TỐT NGHIỆP|CỬ NHÂN|KỸ SƯ)/);
  const [, width = "0", height = "0"] = /Page size:\s+([\d.]+) x ([\d.]+)/.exec(info) ?? [];
  assert.ok(
    Math.abs(Number(width) - 595) < 9 && Math.abs(Number(height) - 842) < 9,
    "an A4 scan is an A4 page",
  );

  for (const name of ["certificate.jpg.png", "diploma.png.png"]) {
    const { format, width: wide = 0 } = await sharp(join(explain, name)).metadata();
    assert.is(format, "png");
    assert.ok(wide > 1_000);
  }
  assert.not.ok(existsSync(join(explain, "broken.jpg.png")));
});

test("a folder gives its image files by name; one without any is wrong use", async () => {
  const papers = join(folder, "papers");
  mkdirSync(join(papers, "deeper"), { recursive: true });
  writeFileSync(join(papers, "b.jpg"), readFileSync(broken));
  writeFileSync(join(papers, "a.jpg"), readFileSync(broken));
  writeFileSync(join(papers, "notes.txt"), "no picture");
  writeFileSync(join(papers, "deeper", "c.png"), readFileSync(broken));
  const filesOf = async (...options: string[]): Promise<readonly string[]> => {
    const { code, stdout } = await runCommand(["read", papers, "--json", ...options]);
    assert.is(code, 1);
    return (JSON.parse(stdout) as { file: string }[]).map(({ file }) => file);
  };
  assert.equal(await filesOf(), [join(papers, "a.jpg"), join(papers, "b.jpg")]);
  assert.equal(await filesOf("--recursive"), [
    join(papers, "a.jpg"),
    join(papers, "b.jpg"),
    join(papers, "deeper", "c.png"),
  ]);
  mkdirSync(join(papers, "none"));
  const empty = await runCommand(["read", join(papers, "none")]);
  assert.is(empty.code, 2);
  assert.is(empty.stdout, "");
  assert.match(empty.stderr, /^motcua read: no image files or PDFs/);
});

test("no file at all is wrong use: 2", async () => {
  const { code, stdout, stderr } = await runCommand(["read", "--json"]);
  assert.is(code, 2);
  assert.is(stdout, "");
  assert.match(stderr, /error:/);
});

test("an output that can not be written is one line and 1, before anything is read", async () => {
  const { code, stderr, stdout } = await runCommand([
    "read",
    certificate,
    "--json",
    "--pdf",
    join(folder, "no", "such", "out.pdf"),
  ]);
  assert.is(code, 1);
  assert.is(stderr.trim().split("\n").length, 1, stderr);
  assert.match(stderr, /out\.pdf/);
  assert.is(stdout, "");
});

const childrenOf = (pid: number): readonly string[] =>
  readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, "utf8")
      .trim()
      .split(" ")
      .filter((child) => child !== ""),
  );

test("kill -9 leaves no reading process behind", async () => {
  const explain = join(folder, "killed");
  const running = startCommand(["read", certificate, "--explain", explain]);
  const pid = running.child.pid ?? 0;
  let readers: readonly string[] = [];
  for (let wait = 0; wait < 500 && readers.length === 0; wait += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (existsSync(explain)) readers = childrenOf(pid);
  }
  assert.ok(readers.length > 0);
  running.child.kill("SIGKILL");
  await running.ended;
  const alive = () => readers.filter((reader) => existsSync(`/proc/${reader}`));
  for (let wait = 0; wait < 400 && alive().length > 0; wait += 1)
    await new Promise((resolve) => setTimeout(resolve, 25));
  assert.equal(alive(), []);
});

test("Ctrl-C ends it with one line", async () => {
  const explain = join(folder, "never");
  const running = startCommand(["read", certificate, diploma, "--json", "--explain", explain]);
  // The folder is made when reading begins.
  for (let wait = 0; wait < 500 && !existsSync(explain); wait += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  running.child.kill("SIGINT");
  const { code, stdout, stderr } = await running.ended;
  assert.is(code, 1, stderr);
  assert.is(stdout, "");
  assert.is(stderr.trim().split("\n").length, 1, stderr);
});

test.run();
