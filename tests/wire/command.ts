// How do tests run the command line as a person does?
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../../../src/motcua.mjs", import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Finished>;
  /** Resolves with all of stdout once it matches; rejects when the process ends first or time is up. */
  until(pattern: RegExp, timeoutMs?: number): Promise<string>;
}

/** Starts `motcua ARGS…` in a process group of its own. */
export const startCommand = (
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Started => {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let stdout = "";
  let stderr = "";
  const listeners = new Set<() => void>();
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
    for (const listener of listeners) listener();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = new Promise<Finished>((resolve) => {
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  const until = (pattern: RegExp, timeoutMs = 40_000): Promise<string> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no ${pattern} after ${timeoutMs} ms\n${stdout}\n${stderr}`)),
        timeoutMs,
      );
      const check = (): void => {
        if (!pattern.test(stdout)) return;
        clearTimeout(timer);
        listeners.delete(check);
        resolve(stdout);
      };
      listeners.add(check);
      void ended.then(() => {
        check();
        clearTimeout(timer);
        reject(new Error(`ended before ${pattern}\n${stdout}\n${stderr}`));
      });
      check();
    });
  return { child, ended, until };
};

/** Runs to the end. */
export const runCommand = (
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Finished> => startCommand(args, options).ended;
