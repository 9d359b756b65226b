// What does the console do when the terminal changes its size, the line is hung up, or the kiosk dies?
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type ConsoleSeat, PATIENCE_MS } from "./console-pty.js";
import { type KioskRig, startRig } from "./kiosk-rig.js";
import { seatedAt } from "./seated.js";

let rig: KioskRig;
test.before(async () => {
  rig = await startRig();
});
test.after(async () => {
  await rig.close();
});

test("another size is drawn anew; one too small is told in one line; nothing is drawn outside", () =>
  seatedAt(rig, {}, async (seat) => {
    await seat.until(/q quit/);
    seat.resize(100, 30);
    await seat.until((screen) => /q quit/.test(screen.lines[28] ?? ""));
    seat.resize(60, 20);
    await seat.until(/Needs 80 × 24 characters; here 60 × 20/);
    assert.is(seat.screen.lines.filter((line) => line !== "").length, 1);
    seat.resize(80, 24);
    await seat.until((screen) => /q quit/.test(screen.lines[22] ?? ""));
    const before = seat.bytes();
    seat.type("\x0c");
    await seat.until(() => seat.bytes() - before > 600);
    await seat.until(/›Printer/);
  }));

test("a serial line that says 0 × 0 is taken for 80 × 24", () =>
  seatedAt(rig, { columns: 0, rows: 0 }, async (seat) => {
    await seat.until((screen) => /q quit/.test(screen.lines[22] ?? ""));
  }));

test("a kiosk that dies is told, and followed again when it is back", () =>
  seatedAt(rig, {}, async (seat) => {
    await seat.until(/q quit/);
    await rig.kill();
    await seat.until(/KIOSK DOES NOT ANSWER/);
    seat.type("2");
    await seat.until(/\[2 Visit\]/);
    await rig.start();
    await seat.until((screen) => !/DOES NOT ANSWER/.test(screen.text) && /up <1 min/.test(screen.text));
  }));

for (const [how, leave, code] of [
  ["Ctrl-C", (seat: ConsoleSeat) => seat.type("\x03"), 0],
  ["q", (seat: ConsoleSeat) => seat.type("q"), 0],
  ["SIGTERM", (seat: ConsoleSeat) => seat.signal("TERM"), 143],
] as const)
  test(`${how} leaves the terminal as it was`, () =>
    seatedAt(rig, {}, async (seat) => {
      await seat.until(/q quit/);
      assert.is(seat.screen.alternate, true);
      assert.is(seat.screen.cursorShown, false);
      leave(seat);
      const end = await seat.ended();
      assert.equal(end, { code, lineAsBefore: true });
      await seat.until((screen) => !screen.alternate && screen.cursorShown);
    }));

test("a line that hangs up ends the console by that signal, and no other way", () =>
  seatedAt(rig, {}, async (seat) => {
    await seat.until(/q quit/);
    await seat.hangUp();
    assert.is((await seat.ended()).code, 129);
  }));

test("in tmux the scroll-back is as it was before", async () => {
  const socket = `motcua-${process.pid}`;
  const tmux = (...args: string[]): string =>
    spawnSync("tmux", ["-L", socket, "-f", "/dev/null", ...args], { encoding: "utf8" }).stdout;
  const until = async (command: readonly string[], shows: RegExp): Promise<string> => {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      const seen = tmux(...command);
      if (shows.test(seen)) return seen;
      if (performance.now() > end) throw new Error(`never came: ${shows} in\n${seen}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  const capture = ["capture-pane", "-p", "-S", "-100"] as const;
  const motcua = fileURLToPath(new URL("../../../src/motcua.mjs", import.meta.url));
  const run = `MOTCUA_SETUP=done ${process.execPath} ${motcua} console --lang en --state ${rig.stateDir}`;
  try {
    tmux("new-session", "-d", "-x", "80", "-y", "24", "env -u CI PS1='$ ' sh");
    // What is typed before the shell asks is echoed ahead of its prompt, and the first number lands behind it.
    await until(capture, /^\$/m);
    tmux("send-keys", "seq 60", "Enter");
    await until(capture, /\n60\n/);
    tmux("send-keys", "-l", run);
    tmux("send-keys", "Enter");
    await until(["capture-pane", "-p"], /q quit/);
    assert.match(tmux("display-message", "-p", "#{alternate_on} #{cursor_flag}"), /^1 0/);
    tmux("send-keys", "3");
    await until(["capture-pane", "-p"], /\[3 Queue\]/);
    tmux("send-keys", "q");
    await until(["display-message", "-p", "#{alternate_on} #{cursor_flag}"], /^0 1/);
    const after = tmux(...capture);
    assert.match(after, /\n1\n2\n3\n[\s\S]*\n59\n60\n/);
    assert.not.match(after, /q quit|Queue/);
  } finally {
    tmux("kill-server");
  }
});

test.run();
