// What do scripts and screen readers get from the console, and with which exit code?
import { spawn } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { newLines } from "../../src/console/plain.js";
import type { LogLine } from "../../src/ops/log.js";
import { startCommand } from "../wire/command.js";
import { type KioskRig, SENTINEL, startRig } from "./kiosk-rig.js";

const BIN = fileURLToPath(new URL("../../../src/motcua.mjs", import.meta.url));
const PIN = "482915";

let rig: KioskRig;
test.before(async () => {
  rig = await startRig();
});
test.after(async () => {
  await rig.close();
});

interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Without a terminal; `input` is all of standard input. */
const say = (args: readonly string[], input = "", env: NodeJS.ProcessEnv = {}): Promise<Said> =>
  new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      [BIN, "console", ...args, "--state", rig.stateDir, "--lang", "en"],
      {
        env: { ...process.env, MOTCUA_SETUP: "done", ...env },
      },
    );
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on("close", (code) => {
      assert.not.match(stdout + stderr, SENTINEL);
      assert.not.match(stdout + stderr, PIN);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: none may come
      assert.not.match(stdout + stderr, /\x1b/);
      resolve({ code, stdout, stderr });
    });
    child.stdin.end(input);
  });

test("each section is lines, and JSON that a script reads", async () => {
  for (const [section, shows] of [
    ["devices", /^printer \(Printer\): \w+ since \d+ s$/m],
    ["queue", /^number 1 quarantined, .*: the broker refused it: packet too large$/m],
    ["link", /^broker none set$/m],
    ["log", /^\d\d:\d\d:\d\d info {2}kiosk\.started/m],
    ["versions", /^schema \d+$/m],
  ] as const) {
    const { code, stdout } = await say(["--plain", section]);
    assert.is(code, 0);
    assert.match(stdout, shows);
    const { stdout: json } = await say(["--plain", section, "--json"]);
    assert.type(JSON.parse(json), "object");
  }
  const { stdout } = await say(["--plain", "queue", "--json"]);
  const { held } = JSON.parse(stdout) as { held: { sequence: number; state: string }[] };
  assert.equal(
    held.map(({ sequence, state }) => [sequence, state]),
    [
      [1, "quarantined"],
      [2, "quarantined"],
      [3, "rejected"],
    ],
  );
});

test("wrong use is 2, an act without a PIN is refused with how to set one: 3", async () => {
  for (const args of [
    ["devices"],
    ["--plain", "fly"],
    ["--plain", "restart", "toaster"],
    ["--plain", "requeue"],
    ["--plain", "requeue", "0"],
    ["--json"],
  ])
    assert.is((await say(args)).code, 2, args.join(" "));
  const { code, stderr } = await say(["--plain", "requeue", "all"], `${PIN}\n`);
  assert.is(code, 3);
  assert.match(stderr, /motcua console pin set --name/);
});

test("with the PIN from standard input or a file acts are done; a wrong one and a weak one are 3", async () => {
  assert.is((await say(["pin", "set", "--name", "NVA"], "123456\n123456\n")).code, 3);
  assert.is((await say(["pin", "set", "--name", "NVA"], `${PIN}\n482916\n`)).code, 2);
  assert.is((await say(["pin", "set", "--name", "NVA"], `${PIN}\n${PIN}\n`)).code, 0);
  const wrong = await say(["--plain", "requeue", "1"], "999999\n");
  assert.equal([wrong.code, wrong.stderr], [3, "motcua console: Wrong PIN. (1 s)\n"]);
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  const one = await say(["--plain", "requeue", "1"], `${PIN}\n`);
  assert.equal([one.code, one.stdout], [0, "1 put back into the queue\n"]);
  const file = join(rig.stateDir, "pin");
  writeFileSync(file, `${PIN}\n`, { mode: 0o600 });
  const env = { MOTCUA_PIN_FILE: file };
  const again = await say(["--plain", "requeue", "1"], "", env);
  assert.is(again.code, 1);
  assert.match(again.stderr, /no submission with number 1 is in quarantine/);
  const all = await say(["--plain", "requeue", "all", "--json"], "", env);
  assert.equal([all.code, JSON.parse(all.stdout)], [0, { act: "requeue", requeued: 1 }]);
  const tested = await say(["--plain", "test", "store"], "", env);
  assert.is(tested.code, 0);
  assert.match(tested.stdout, /^store passed: journal of \d+ rows holds/);
  chmodSync(file, 0o644);
  const open = await say(["--plain", "requeue", "all"], "", env);
  assert.is(open.code, 1);
  assert.match(open.stderr, /can be read by others/);
});

test("what the doctor does on the running kiosk needs no PIN, and stands in the journal", async () => {
  const { ended } = startCommand(["doctor", "--device", "store", "--state", rig.stateDir], {
    env: { MOTCUA_SETUP: "done" },
  });
  assert.is((await ended).code, 0);
  const db = new Database(join(rig.stateDir, "store", "motcua.db"), { readonly: true });
  const rows = db.prepare("SELECT entry, subject, data FROM journal ORDER BY id DESC LIMIT 2").all();
  db.close();
  assert.equal(rows, [
    { entry: "outcome", subject: "store", data: '{"detail":"store passed"}' },
    { entry: "intent", subject: "store", data: '{"act":"test","who":"doctor"}' },
  ]);
});

test("what is followed comes again when it changes, and ends with 0 at a signal", async () => {
  const args = ["console", "--plain", "devices", "--follow", "--state", rig.stateDir, "--lang", "en"];
  const follower = startCommand(args, { env: { MOTCUA_SETUP: "done" } });
  await follower.until(/printer \(Printer\): ready/, 60_000);
  rig.board.control.printer.setPaper("out");
  await follower.until(
    /printer \(Printer\): faulted[^\n]*\n {2}fault printer\.paperOut[^\n]*\n {2}vi: .*\n {2}en: /,
    60_000,
  );
  rig.board.control.printer.setPaper("enough");
  follower.child.kill("SIGTERM");
  assert.is((await follower.ended).code, 0);
});

test("who follows the log misses no line of a runtime that was started anew, however many it has by then", () => {
  const lines = (from: number, to: number, startedAt: number): LogLine[] =>
    Array.from({ length: to - from + 1 }, (_, i) => ({
      ...{ serial: from + i, time: startedAt + from + i, level: "info", fields: {} },
      event: "kiosk.started",
    }));
  const before = lines(1, 30, 0);
  const last = before.at(-1);
  const next = (seen: readonly LogLine[]) => newLines(seen, last).map(({ serial, time }) => [serial, time]);
  assert.equal(next(before), []);
  assert.equal(next(lines(1, 32, 0)), [
    [31, 31],
    [32, 32],
  ]);
  assert.is(next(lines(101, 300, 0)).length, 200, "of the same runtime, long after");
  for (const many of [1, 29, 30, 31, 200])
    assert.is(next(lines(1, many, 5_000)).length, many, `${many} lines of the new runtime`);
  assert.equal(next([]), []);
  assert.is(newLines(before, undefined).length, 30);
});

test.run();
