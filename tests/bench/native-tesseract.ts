// What does the tesseract command read on the same picture, on one thread?
import { spawnSync } from "node:child_process";

export interface NativeReading {
  readonly text: string;
  readonly ms: number;
}

/** `tesseract -l vie --psm 3` of Debian's package, process start included, as anybody would run it. */
export const readNatively = (file: string): NativeReading => {
  const started = performance.now();
  const { status, stdout, stderr, error } = spawnSync("tesseract", [file, "-", "-l", "vie", "--psm", "3"], {
    encoding: "utf8",
    env: { ...process.env, OMP_THREAD_LIMIT: "1" },
  });
  if (status !== 0) throw new Error(`tesseract: ${error?.message ?? stderr.trim()}`);
  return { text: stdout, ms: performance.now() - started };
};
