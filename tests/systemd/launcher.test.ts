// On a simulated board systemd knows the launcher alone: does it hear through it how the runtime is?
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { packageRoot } from "../../src/package-root.js";
import { withFolder } from "../store/fixtures.js";
import { Notified } from "./notified.js";

const BIN = join(packageRoot(), "src", "motcua.mjs");
const WATCHDOG_MS = 6_000;

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode);
    else child.once("exit", (code) => resolve(code));
  });

/** proc(5): the children of the launcher's main thread. */
const runtimeOf = ({ pid = -1 }: ChildProcess): number => {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").trim().split(" ").map(Number);
  const found = children.find((child) =>
    readFileSync(`/proc/${child}/cmdline`, "latin1").includes("kiosk-process.js"),
  );
  if (found === undefined) throw new Error(`no runtime among ${children.join()}`);
  return found;
};

test("a runtime that stands still starves the watchdog although its launcher lives, and one that is back feeds it", () =>
  withFolder(async (dir) => {
    const notified = new Notified(dir);
    const words = [BIN, "run", "--port", "0", "--no-portal", "--state", join(dir, "var")];
    const child = spawn(process.execPath, words, {
      stdio: ["ignore", "ignore", "pipe"],
      env: {
        ...process.env,
        MOTCUA_SETUP: "done",
        NOTIFY_SOCKET: notified.path,
        WATCHDOG_USEC: String(WATCHDOG_MS * 1_000),
      },
    });
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString();
    });
    try {
      await notified.until("READY=1", () => notified.count("READY=1") === 1 || child.exitCode !== null);
      assert.is(child.exitCode, null, errors);
      await notified.fed();
      const runtime = runtimeOf(child);
      process.kill(runtime, "SIGSTOP");
      await notified.until("a watchdog that fires", () => notified.hungryMs > WATCHDOG_MS);
      process.kill(runtime, "SIGCONT");
      await notified.fed();
      assert.is(notified.count("STOPPING=1"), 0);
      child.kill("SIGTERM");
      assert.is(await ended(child), 0);
      assert.is(notified.count("STOPPING=1"), 1, "the launcher says it for all");
    } finally {
      child.kill("SIGKILL");
      await ended(child);
      notified.close();
    }
  }));

test.run();
