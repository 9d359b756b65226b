// How does a test file run where it may mount over /sys/class and /dev without anybody noticing?
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { missingForKernel } from "./build.js";

const MARK = "MOTCUA_PRIVATE_KERNEL";
/** A whole visit on a busy machine takes minutes. */
const LIMIT_MS = 600_000;

/** A folder of this namespace's own for mounts. It is removed from outside, where nothing is mounted in it. */
export const privateFolder = (): string => {
  const folder = process.env[MARK];
  if (folder === undefined) throw new Error("only inside withPrivateKernel");
  return folder;
};

/**
 * Runs the test file `url` again in a mount namespace of its own, where `suite` is what it does. Without the
 * means it says what is missing and counts as skipped.
 */
export const withPrivateKernel = (url: string, suite: () => void | Promise<void>): void | Promise<void> => {
  if (process.env[MARK] !== undefined) return suite();
  const missing = missingForKernel();
  if (missing !== null) {
    process.stdout.write(`skipped: real onoff and i2c-bus on emulated files need ${missing}\n`);
    test("what the emulated kernel needs here is named", () => assert.ok(missing.length > 0));
    test.skip("the drivers on emulated kernel files", () => {});
    test.run();
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "motcua-kernel-"));
  const { status } = spawnSync(
    "unshare",
    ["-m", "--propagation", "private", process.execPath, "--enable-source-maps", fileURLToPath(url)],
    { stdio: "inherit", timeout: LIMIT_MS, killSignal: "SIGKILL", env: { ...process.env, [MARK]: folder } },
  );
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = status ?? 1;
};
