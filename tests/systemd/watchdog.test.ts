// Is the watchdog fed while all answers, and not when one part does not: and is that part named before it fires?
import { type ChildProcess, fork, spawn } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "smol-toml";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createSimBoard } from "../../src/hal/sim/sim-board.js";
import { openServiceManager, statusLine } from "../../src/ops/service-manager.js";
import { openingMs } from "../../src/ops/start-watch.js";
import { packageRoot } from "../../src/package-root.js";
import { loadPortalKeys } from "../../src/sync/protocol/keys.js";
import { FailingDisk } from "../power/failing-disk.js";
import { withFolder } from "../store/fixtures.js";
import { boardInToml } from "../wire/board-toml.js";
import { Notified } from "./notified.js";

const BIN = join(packageRoot(), "src", "motcua.mjs");
const WATCHED = fileURLToPath(new URL("./watched-process.js", import.meta.url));
const WATCHDOG_MS = 8_000;

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode);
    else child.once("exit", (code) => resolve(code));
  });

const end = async (child: ChildProcess): Promise<void> => {
  child.kill("SIGKILL");
  await ended(child);
};

const errorsOf = (child: ChildProcess): (() => string) => {
  let text = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  return () => text;
};

const envOf = (notified: Notified): NodeJS.ProcessEnv => ({
  ...process.env,
  MOTCUA_SETUP: "done",
  NOTIFY_SOCKET: notified.path,
  WATCHDOG_USEC: String(WATCHDOG_MS * 1_000),
});

test("who can not be told is told of in one line, and nobody is told where nobody asked", async () => {
  assert.is(await openServiceManager({}, 1), null);
  const refused = async (address: string): Promise<string> => {
    const env = { NOTIFY_SOCKET: address };
    try {
      await openServiceManager(env, 1);
    } catch (thrown) {
      return (thrown as Error).message;
    }
    throw new Error(`${address} was taken`);
  };
  assert.match(await refused("@/org/freedesktop/systemd1/notify"), /abstract socket/);
  assert.match(await refused("notify"), /begins with \//);
  assert.match(await refused(`/${"n".repeat(108)}`), /107 bytes/);
  assert.match(await refused("/nonexistent/notify"), /ENOENT/);
});

test("what is told is one message of whole lines, and the program's children are told nothing", () =>
  withFolder(async (dir) => {
    const notified = new Notified(dir);
    const env: NodeJS.ProcessEnv = {
      NOTIFY_SOCKET: notified.path,
      WATCHDOG_USEC: "8000000",
      WATCHDOG_PID: "7",
    };
    const manager = await openServiceManager(env, 7);
    assert.equal(env, {});
    assert.is(manager?.watchdogMs, 8_000);
    manager?.tell("READY=1", statusLine("a printer that says\nWATCHDOG=1"));
    await notified.until("the message", () => notified.heard.length === 1);
    assert.equal(notified.heard[0]?.assignments, ["READY=1", "STATUS=a printer that says WATCHDOG=1"]);
    manager?.close();
    // sd_watchdog_enabled(3): it is another process that is watched.
    const other = await openServiceManager({ ...envOf(notified), WATCHDOG_PID: "8" }, 7);
    assert.is(other?.watchdogMs, null);
    other?.close();
    notified.close();
  }));

test("a large store is given the time that an old card needs for it", () =>
  withFolder((dir) => {
    assert.is(openingMs(join(dir, "none")), 60_000);
    writeFileSync(join(dir, "motcua.db"), Buffer.alloc(1_000_000));
    assert.is(openingMs(dir), 63_000);
  }));

test("a runtime that is not reached by systemd says so and ends", () =>
  withFolder(async (dir) => {
    const child = spawn(process.execPath, [BIN, "run", "--port", "0", "--state", join(dir, "var")], {
      env: { ...process.env, MOTCUA_SETUP: "done", NOTIFY_SOCKET: join(dir, "nobody") },
    });
    const errors = errorsOf(child);
    assert.is(await ended(child), 1);
    assert.match(
      errors(),
      /^motcua: systemd can not be told anything: NOTIFY_SOCKET is ".*nobody", .*ENOENT\n$/,
    );
  }));

test("a runtime that stands still in its store, a keeper that is late, a worker that was stopped: each is named", () =>
  withFolder(async (dir) => {
    const notified = new Notified(dir);
    const child = fork(WATCHED, [dir], { env: envOf(notified), stdio: ["ignore", "ignore", "pipe", "ipc"] });
    const errors = errorsOf(child);
    try {
      await notified.until("READY=1", () => notified.count("READY=1") === 1);
      assert.match(notified.heard[0]?.assignments[0] ?? "", /^EXTEND_TIMEOUT_USEC=6\d{7}$/);
      await notified.fed(2);

      child.send(["stand", WATCHDOG_MS]);
      assert.match(
        await notified.status(/^no answer/),
        /^no answer from: store \(the runtime has stood still/,
      );
      // Its own thread stands still: it was another one that spoke.
      assert.match(errors(), /^<3>motcua: no answer from: store /m);
      assert.match(readFileSync(join(dir, "kiosk.log"), "utf8"), /"part":"store".*"msg":"health.silent"/);
      await notified.fed();

      child.send(["keeper", 60_000]);
      assert.match(await notified.status(/^no answer/), /supervisor of printer \(late by 60 s\)/);
      await notified.until("a watchdog that fires", () => notified.hungryMs > WATCHDOG_MS);
      child.send(["keeper", 0]);
      await notified.fed();
      assert.match(notified.statuses.at(-1) ?? "", /^visit attract, 0 queued, link up/);

      // A store that answers with an error answers: a new start would not mend its disk.
      child.send(["blind", 1]);
      assert.match(await notified.status(/not known/), /state not known: disk I\/O error/);
      await notified.fed();
      child.send(["blind", 0]);

      child.send(["worker", 0]);
      const { pid } = await new Promise<{ readonly pid: number }>((resolve) =>
        child.once("message", (message) => resolve(message as { readonly pid: number })),
      );
      process.kill(pid, "SIGSTOP");
      assert.match(await notified.status(/^no answer/), /from: echo process /);
      // Only the worker is ended: the next task has another.
      await notified.fed(2);
      assert.throws(() => process.kill(pid, 0));

      child.send(["stop", 0]);
      assert.is(await ended(child), 0);
      assert.is(notified.count("STOPPING=1"), 1);
    } finally {
      await end(child);
      notified.close();
    }
  }));

test("a kiosk whose card hangs names its store and is not kept alive; when the card is back it serves on", () =>
  withFolder(async (dir) => {
    const disk = await FailingDisk.mount(dir);
    if (disk === null) return;
    const notified = new Notified(dir);
    const board = await createSimBoard({ dir: join(dir, "wires"), widthDots: 576, model: "epson" });
    const state = join(dir, "var");
    mkdirSync(state);
    mkdirSync(join(disk.folder, "store"));
    symlinkSync(join(disk.folder, "store"), join(state, "store"));
    loadPortalKeys(join(state, "portal"));
    const config = join(dir, "kiosk.toml");
    writeFileSync(config, stringify({ screen: { port: 0 }, board: boardInToml(board.wiring) }));
    // The process that systemd would have started: the runtime itself, on hardware that is at the ends of sockets.
    const child = spawn(process.execPath, [BIN, "run", "--state", state, "--config", config], {
      env: envOf(notified),
    });
    const errors = errorsOf(child);
    try {
      await notified.until("READY=1", () => notified.count("READY=1") === 1 || child.exitCode !== null);
      assert.is(child.exitCode, null, errors());
      await notified.fed(2);
      disk.freeze();
      assert.match(await notified.status(/^no answer/), /store/);
      await notified.until("a watchdog that fires", () => notified.hungryMs > WATCHDOG_MS);
      assert.match(errors(), /^<3>motcua: no answer from: store /m);
      disk.thaw();
      await notified.fed(2);
      assert.match(notified.statuses.at(-1) ?? "", /^visit attract/);
      const log = readFileSync(join(state, "log", "kiosk.log"), "utf8");
      assert.match(log, /"part":"store".*"msg":"health.silent"/);
      assert.match(log, /"part":"(store|visit loop)","msg":"health.back"/);
      child.kill("SIGTERM");
      assert.is(await ended(child), 0);
      assert.is(notified.count("STOPPING=1"), 1);
    } finally {
      disk.thaw();
      await end(child);
      await board.close();
      notified.close();
      disk.unmount();
    }
  }));

test.run();
