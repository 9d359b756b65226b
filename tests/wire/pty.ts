// Where do two ends of a real serial line come from on a machine without one? (socat, two linked PTYs)
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface PtyPair {
  readonly a: string;
  readonly b: string;
  /** Nothing is carried meanwhile; what both ends send waits in the kernel. */
  hold(on: boolean): void;
  /** Ends socat (both ends see a hang-up) and removes the folder. */
  close(): Promise<void>;
}

export const openPtyPair = async (): Promise<PtyPair> => {
  const folder = mkdtempSync(join(tmpdir(), "motcua-pty-"));
  const a = join(folder, "a");
  const b = join(folder, "b");
  const socat = spawn("socat", [`pty,raw,echo=0,link=${a}`, `pty,raw,echo=0,link=${b}`], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => {
    socat.once("exit", () => resolve());
    socat.once("error", () => resolve());
  });
  const close = async () => {
    if (socat.exitCode === null) socat.kill("SIGTERM");
    socat.kill("SIGCONT");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const end = performance.now() + 5_000;
  while (!existsSync(a) || !existsSync(b)) {
    if (performance.now() > end || socat.exitCode !== null) {
      await close();
      throw new Error("socat made no PTY pair");
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const hold = (on: boolean): void => {
    socat.kill(on ? "SIGSTOP" : "SIGCONT");
  };
  return { a, b, hold, close };
};
