// Does the kiosk's log keep within its room, lose no line at a turn or at kill -9, and stand a disk that takes none?
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openLog } from "../../src/ops/log.js";
import { startRig } from "../console/kiosk-rig.js";
import type { Ext4Disk } from "../power/ext4-disk.js";
import { withDisk } from "../power/with-disk.js";
import { withFolder } from "../store/fixtures.js";
import { until } from "../sync/rig.js";
import { startCommand } from "../wire/command.js";

const NAME = "kiosk.log";
const LIMITS = { bytes: 2_000, older: 2 };
const OWN_LIMIT_BYTES = 4 * 1_048_576;

/** For programs that are given as text. */
const MODULE = JSON.stringify(new URL("../../src/ops/log.js", import.meta.url).href);

interface Line {
  readonly msg: string;
  readonly visit?: number;
  readonly lines?: number;
  readonly detail?: string;
}

/** The files, the oldest first. */
const filesIn = (dir: string): readonly string[] =>
  readdirSync(dir)
    .filter((name) => name.startsWith(NAME))
    .sort((one, other) => other.length - one.length || other.localeCompare(one));

/** Throws when a line is not whole. */
const linesIn = (dir: string): readonly Line[] =>
  filesIn(dir).flatMap((name) =>
    readFileSync(join(dir, name), "utf8")
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line),
  );

const visitsIn = (dir: string): readonly number[] => linesIn(dir).flatMap(({ visit }) => visit ?? []);

const assertConsecutive = (numbers: readonly number[]): void => {
  const [first = 0] = numbers;
  assert.equal(
    numbers,
    numbers.map((_, index) => first + index),
  );
};

test("a full file becomes an older one and the oldest goes; the newest lines are there without a gap, in the tail as well", () =>
  withFolder((dir) => {
    const { log, tail, close } = openLog(join(dir, NAME), "info", LIMITS);
    for (let visit = 1; visit <= 500; visit += 1) log("visit.started", { visit });
    close();
    assert.equal(filesIn(dir), [`${NAME}.2`, `${NAME}.1`, NAME]);
    for (const name of filesIn(dir)) {
      const { size } = statSync(join(dir, name));
      assert.ok(size > 0 && size <= LIMITS.bytes, `${name} has ${size} bytes`);
    }
    const visits = visitsIn(dir);
    assert.is(visits.at(-1), 500);
    assert.ok(visits.length > 40, `${visits.length} lines are kept`);
    assertConsecutive(visits);
    const shown = tail();
    assert.is(shown.length, 200);
    assertConsecutive(shown.map(({ serial }) => serial));
    assert.equal(shown.at(-1)?.fields, { visit: 500 });
  }));

test("a later start goes on in the same file, and what a power cut left between two renames does no harm", () =>
  withFolder((dir) => {
    const line = `${JSON.stringify({ visit: 0 })}\n`;
    writeFileSync(join(dir, NAME), line.repeat(LIMITS.bytes / line.length));
    // The cut came when the older one had moved on and the newer one not yet.
    writeFileSync(join(dir, `${NAME}.2`), `${JSON.stringify({ visit: -1 })}\n`);
    const first = openLog(join(dir, NAME), "info", LIMITS);
    first.log("visit.started", { visit: 1 });
    first.close();
    assert.equal(
      visitsIn(dir).filter((visit) => visit !== 0),
      [-1, 1],
    );
    assert.is(readFileSync(join(dir, `${NAME}.1`), "utf8").length, statSync(join(dir, `${NAME}.1`)).size);
    const second = openLog(join(dir, NAME), "info", LIMITS);
    second.log("visit.started", { visit: 2 });
    second.close();
    assert.is(readFileSync(join(dir, NAME), "utf8").split("\n").length, 3, "both are in one file");
  }));

test("kill -9 in the midst of turning takes no line and leaves none half", () =>
  withFolder(async (dir) => {
    const program = `import { openLog } from ${MODULE};
      const { log } = openLog(${JSON.stringify(join(dir, NAME))}, "info", ${JSON.stringify({ bytes: 300, older: 40 })});
      for (let visit = Number(process.argv[1]); ; visit += 1) log("visit.started", { visit });`;
    let next = 1;
    for (let round = 0; round < 4; round += 1) {
      const child = spawn(process.execPath, ["--input-type=module", "-e", program, String(next)], {
        stdio: "inherit",
      });
      const ended = once(child, "exit");
      const before = next;
      await until("it has written", () => (visitsSafely(dir).at(-1) ?? 0) > before + 200, 60_000);
      child.kill("SIGKILL");
      await ended;
      const visits = visitsIn(dir);
      assertConsecutive(visits);
      next = (visits.at(-1) ?? 0) + 1;
    }
  }));

/** While files are renamed underneath, a look may miss one. */
const visitsSafely = (dir: string): readonly number[] => {
  try {
    return visitsIn(dir);
  } catch {
    return [];
  }
};

const withSmallDisk = (act: (disk: Ext4Disk) => Promise<void> | void): Promise<void> =>
  withDisk(act, { megabytes: 16, options: "errors=remount-ro" });

test("a full disk costs lines and nothing else: they are in the tail, and their number is written when there is room", () =>
  withSmallDisk((disk) => {
    const { log, tail, close } = openLog(join(disk.folder, NAME), "info");
    log("visit.started", { visit: 1 });
    const filler = join(disk.folder, "filler");
    try {
      for (;;) appendFileSync(filler, Buffer.alloc(512));
    } catch {
      // Not a sector more.
    }
    // Some fit into the block that the file has.
    for (let visit = 2; visit <= 100; visit += 1) log("visit.started", { visit });
    const kept = visitsIn(disk.folder);
    assertConsecutive(kept);
    assert.ok(kept.length < 100);
    assert.is(tail().length, 100);
    rmSync(filler);
    log("visit.started", { visit: 101 });
    close();
    const [last, missed] = linesIn(disk.folder).slice(-2);
    assert.is(last?.visit, 101);
    assert.equal(
      { msg: missed?.msg, lines: missed?.lines, detail: missed?.detail },
      { msg: "log.missed", lines: 100 - kept.length, detail: "ENOSPC" },
    );
  }));

test("a line that fits in part is not left half", () =>
  withFolder(async (dir) => {
    const program = `import { openLog } from ${MODULE};
      const { log, tail } = openLog(${JSON.stringify(join(dir, NAME))}, "info");
      for (let visit = 1; visit <= 100; visit += 1) log("visit.started", { visit });
      process.stdout.write(String(tail().length));`;
    // The kernel writes what fits below the limit of a file's size (setrlimit(2)), and refuses the rest.
    const words = [process.execPath, "--input-type=module", "-e", program];
    const child = spawn("bash", ["-c", 'ulimit -f 2 && exec "$@"', "bash", ...words]);
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    await once(child, "close");
    assert.is(said, "100");
    const visits = visitsIn(dir);
    assert.ok(visits.length > 5 && visits.length < 100);
    assertConsecutive(visits);
    assert.match(readFileSync(join(dir, NAME), "utf8"), /}\n$/);
  }));

test("a disk that turned read-only ends nobody who tells of it", () =>
  withSmallDisk((disk) => {
    const { log, tail, close } = openLog(join(disk.folder, NAME), "info", LIMITS);
    disk.turnReadOnly();
    for (let visit = 1; visit <= 100; visit += 1) log("visit.started", { visit });
    assert.is(tail().length, 100);
    close();
  }));

test("the console follows the log of a kiosk that turns its file", async () => {
  const rig = await startRig();
  try {
    const file = join(rig.stateDir, "log", NAME);
    const args = ["console", "--plain", "log", "--follow", "--state", rig.stateDir, "--lang", "en"];
    const follower = startCommand(args, { env: { MOTCUA_SETUP: "done" } });
    await follower.until(/kiosk\.started/, 60_000);
    await rig.kill();
    const line = `${JSON.stringify({ msg: "before" })}\n`;
    appendFileSync(file, line.repeat(Math.floor((OWN_LIMIT_BYTES - statSync(file).size) / line.length)));
    await rig.start();
    await follower.until(/kiosk\.started[\s\S]*kiosk\.started/, 90_000);
    follower.child.kill("SIGTERM");
    assert.is((await follower.ended).code, 0);
    assert.ok(existsSync(`${file}.1`));
    assert.ok(statSync(`${file}.1`).size <= OWN_LIMIT_BYTES);
    assert.match(readFileSync(file, "utf8"), /kiosk\.started/);
    assert.ok(statSync(file).size < 100_000);
  } finally {
    await rig.close();
  }
});

test.run();
