// Does the doctor tell a technician which part fails, since when, and what to look at?
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { SystemClock } from "../../src/core/clock.js";
import { silentLog } from "../../src/core/log.js";
import { DoctorHistory } from "../../src/ops/doctor-history.js";
import type { ReadinessReport, RunRecord } from "../../src/ops/readiness-report.js";
import { openStore } from "../../src/store/sqlite-store.js";
import { runCommand } from "../wire/command.js";

const folder = mkdtempSync(join(tmpdir(), "motcua-doctor-test-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

interface Said extends ReadinessReport {
  readonly folder: string;
}

const run = async (...args: readonly string[]) => {
  const answer = await runCommand(["doctor", "--json", ...args]);
  return { ...answer, said: JSON.parse(answer.stdout) as Said };
};

test("a whole board: every part tested, a picture of each place, text, PDF and a record kept", async () => {
  const state = join(folder, "whole");
  const pdf = join(folder, "report.pdf");
  const { code, said, stderr } = await run("--state", state, "--pdf", pdf);
  assert.is(code, 0, stderr);
  assert.is(said.canServe, true);
  for (const result of said.results) {
    assert.is.not(result.result, "failed", `${result.part}: ${result.evidence}`);
    if (result.result === "notWired") continue;
    const where = await sharp(join(said.folder, `${result.part}-where.png`)).metadata();
    assert.is(where.width, 240);
    if (result.picture === null) continue;
    const { width = 0 } = await sharp(Buffer.from(result.picture, "base64")).metadata();
    assert.ok(width >= 320, `${result.part}: a picture one can see`);
  }
  assert.match(stderr, /1\/\d+ printer …/, "progress on long work");
  const key = said.conditions.find(({ name }) => name === "key");
  assert.match(key?.value ?? "", /^key file .*device\.pem; SHA-256 of its public half [0-9a-f]{64}$/);
  const text = execFileSync("pdftotext", ["-layout", pdf, "-"], { encoding: "utf8" });
  assert.match(text, /Máy phục vụ được/);
  assert.match(text, /Đầu đọc thẻ/);
  assert.match(execFileSync("pdffonts", [pdf], { encoding: "utf8" }), /yes/, "the font travels inside");
  assert.match(readFileSync(join(said.folder, "readiness.txt"), "utf8"), /the kiosk can serve/);
  const history = await runCommand(["doctor", "--history", "--state", state]);
  assert.is(history.code, 0);
  assert.match(history.stdout, /serves/);
  assert.is(history.stdout.trim().split("\n").length, 1);
});

test("the letters of the PDF are drawn, not only listed", async () => {
  // A subset that loses glyphs leaves its text selectable and its page nearly white.
  const pdf = join(folder, "report.pdf");
  execFileSync("pdftoppm", [
    "-r",
    "60",
    "-f",
    "1",
    "-l",
    "1",
    "-png",
    "-singlefile",
    pdf,
    join(folder, "page"),
  ]);
  const { data, info } = await sharp(join(folder, "page.png"))
    .extract({ left: 30, top: 30, width: 270, height: 22 })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  // The heading: no gap in it is wider than a blank and a letter.
  let gap = 0;
  let widest = 0;
  for (let x = 10; x < 240; x++) {
    let dark = false;
    for (let y = 0; y < info.height; y++) dark ||= (data[y * info.width + x] ?? 255) < 128;
    gap = dark ? 0 : gap + 1;
    widest = Math.max(widest, gap);
  }
  assert.ok(widest < 14, `a hole of ${widest} px in the heading`);
});

test("a test slip is journalled before and after, and --no-print leaves the paper alone", async () => {
  const state = join(folder, "slips");
  const prints = () => {
    const clock = new SystemClock({ floorMs: 0, synchronised: () => false });
    const store = openStore({ dir: join(state, "store"), clock, log: silentLog });
    const count = store.journal.verify();
    const open = store.journal.open("print").length;
    store.close();
    return { rows: count.ok ? count.rows : -1, open };
  };
  const quiet = await run("--state", state, "--device", "printer", "--no-print");
  assert.is(quiet.said.results[0]?.result, "passed");
  assert.equal(prints(), { rows: 0, open: 0 });
  const loud = await run("--state", state, "--device", "printer");
  assert.is(loud.said.results[0]?.result, "look");
  assert.ok(loud.said.results[0]?.picture !== null, "what the slip should look like");
  assert.equal(prints(), { rows: 2, open: 0 });
});

test("parts that are not there: which, since when, what to do; the code says that the kiosk can not serve", async () => {
  const state = join(folder, "broken");
  const config = join(folder, "broken.toml");
  const nowhere = join(folder, "nowhere");
  writeFileSync(
    config,
    [
      "[board]",
      'kind = "hardware"',
      "[board.printer]",
      `port = "file:${nowhere}"`,
      "[board.chipReader]",
      `port = "serial:${nowhere}"`,
      "[board.codeReader]",
      `port = "serial:${nowhere}"`,
    ].join("\n"),
  );
  const first = await run("--state", state, "--config", config);
  assert.is(first.code, 1, first.stderr);
  assert.is(first.said.canServe, false);
  const printer = first.said.results.find(({ part }) => part === "printer");
  assert.is(printer?.fault, "printer.absent");
  assert.ok((printer?.remedy?.vi ?? "") !== "" && (printer?.remedy?.en ?? "") !== "");
  assert.not.match(JSON.stringify(first.said), /\n\s+at /, "no stack trace");
  const second = await run("--state", state, "--config", config);
  assert.is(second.said.failingSince.printer, first.said.at);
  const text = await runCommand(["doctor", "--state", state, "--config", config, "--device", "printer"]);
  assert.is(text.code, 1);
  assert.match(text.stdout, new RegExp(`failing since ${first.said.at}`));
});

test("a device that there is none of is wrong use", async () => {
  const { code, stderr } = await runCommand(["doctor", "--device", "toaster", "--state", folder]);
  assert.is(code, 2);
  assert.match(stderr, /no device "toaster"; one of printer/);
});

const record = (day: number): RunRecord => ({
  at: `2026-01-01T00:00:00.${String(day).padStart(3, "0")}Z`,
  version: "1",
  canServe: true,
  parts: { store: { result: "passed", fault: null, evidence: "" } },
});

test("the history keeps its newest thirty runs, and a half-written one is none", () => {
  const state = join(folder, "history");
  const history = new DoctorHistory(state);
  for (let day = 0; day < 40; day++) history.keep(record(day), new Map([["a.txt", "x"]]));
  assert.is(history.runs().length, 30);
  assert.is(history.runs()[0]?.at, record(10).at);
  const newest = readdirSync(join(state, "doctor")).sort().at(-1) ?? "";
  writeFileSync(join(state, "doctor", newest, "record.json"), '{"at":');
  assert.is(history.runs().length, 29);
  assert.ok(existsSync(join(state, "doctor", newest, "a.txt")));
});

test.run();
