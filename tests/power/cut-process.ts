// What had a process said when its power went?
import { spawn } from "node:child_process";

/**
 * Runs `script dir`, calls `cut` so many milliseconds after its first word and ends it by SIGKILL. Returns the
 * whole lines that it said: each of them is a promise about what is on the disk.
 */
export const runAndCut = (
  script: string,
  dir: string,
  afterMs: number,
  cut: () => void = () => {},
): Promise<string[]> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, dir], { stdio: ["ignore", "pipe", "ignore"] });
    let said = "";
    let armed = false;
    let cutAt = Number.POSITIVE_INFINITY;
    child.stdout.on("data", (chunk: Buffer) => {
      // What is said after the cut was begun may be about a disk that is gone.
      if (performance.now() < cutAt) said += chunk.toString();
      if (armed) return;
      armed = true;
      setTimeout(() => {
        try {
          cut();
        } catch (error) {
          reject(error);
        }
        cutAt = performance.now();
        child.kill("SIGKILL");
      }, afterMs);
    });
    child.on("error", reject);
    child.on("close", () => {
      if (armed) resolve(said.split("\n").slice(0, -1));
      else reject(new Error(`${script} ended before it said a word`));
    });
  });
