// How does a driver run a command of the system so that nothing of it is left when the driver is done with it?
//
// Never through a shell: the words go to the program as they are. The program leads a process group of its
// own, so that what it started goes down with it.
import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

export interface CommandEnd {
  /** Null when it ended by a signal or did not start. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** "ENOENT" or "EACCES" when it could not be started. */
  readonly errno: string | null;
  /** The last of what it wrote to stderr, at most `TAIL_CHARACTERS`. */
  readonly complaint: string;
}

export interface RunningCommand {
  /** Settles when the program is gone; never rejects. */
  readonly ended: Promise<CommandEnd>;
  /** To the whole group; false when it is gone already. */
  kill(signal: NodeJS.Signals): boolean;
}

export interface CommandOptions {
  readonly command: string;
  /** Searched before PATH; empty: PATH alone. */
  readonly commandDir: string;
  readonly words: readonly string[];
  readonly onStdout?: (chunk: Buffer) => void;
  readonly onStderr?: (chunk: Buffer) => void;
}

const TAIL_CHARACTERS = 4_000;

/** The program's file as the system would find it; null when it is nowhere. */
export const findCommand = (command: string, commandDir: string): string | null => {
  const found = lookFor(command, commandDir);
  return typeof found === "string" ? found : null;
};

const lookFor = (command: string, commandDir: string): string | { readonly errno: string } => {
  let errno = "ENOENT";
  const { PATH: inherited = "/usr/bin:/bin" } = process.env;
  for (const folder of [commandDir, ...inherited.split(delimiter)]) {
    if (folder === "") continue;
    const file = join(folder, command);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch (thrown) {
      // The next folder; one that is there and may not be run says more than one that is not.
      if ((thrown as NodeJS.ErrnoException).code === "EACCES") errno = "EACCES";
    }
  }
  return { errno };
};

const start = (options: CommandOptions): ChildProcess | { readonly errno: string } => {
  const file = lookFor(options.command, options.commandDir);
  if (typeof file !== "string") return file;
  return spawn(file, options.words, {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    // Messages are matched: they must not come in the machine's language.
    env: { ...process.env, LC_ALL: "C" },
  });
};

export const runCommand = (options: CommandOptions): RunningCommand => {
  const child = start(options);
  if ("errno" in child) {
    const missing: CommandEnd = { code: null, signal: null, errno: child.errno, complaint: "" };
    return { ended: Promise.resolve(missing), kill: () => false };
  }
  let complaint = "";
  child.stdout?.on("data", (chunk: Buffer) => options.onStdout?.(chunk));
  child.stderr?.on("data", (chunk: Buffer) => {
    complaint = (complaint + chunk.toString("utf8")).slice(-TAIL_CHARACTERS);
    options.onStderr?.(chunk);
  });
  let gone = false;
  const kill = (signal: NodeJS.Signals): boolean => {
    // The number of a group that is gone may be another's by now.
    if (gone || child.pid === undefined) return false;
    try {
      return process.kill(-child.pid, signal);
    } catch {
      return false;
    }
  };
  const ended = new Promise<CommandEnd>((resolve) => {
    child.once("error", (error: NodeJS.ErrnoException) =>
      resolve({ code: null, signal: null, errno: error.code ?? "EUNKNOWN", complaint }),
    );
    child.once("exit", () => {
      // A grandchild that holds the pipes open must not hold us up.
      kill("SIGKILL");
    });
    child.once("close", (code, signal) => {
      gone = true;
      resolve({ code, signal, errno: null, complaint });
    });
  });
  return { ended, kill };
};
