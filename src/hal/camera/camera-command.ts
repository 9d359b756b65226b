// What did one run of `libcamera-still` come to?
import { type ChildProcess, fork } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Cause } from "../../core/causes.js";
import { checkStillOptions, type StillOptions } from "./still-options.js";
import type { RunnerAnswer } from "./still-runner.js";

const RUNNER = fileURLToPath(new URL("./still-runner.js", import.meta.url));
/** What a shell answers for a command that is not there. */
const NOT_FOUND = 127;
/** What it answers for one that may not be run. */
const NOT_EXECUTABLE = 126;
const LONGEST_COMPLAINT = 200;

/** "missing": no such command; "denied": the cameras belong to another group; "failed": everything else. */
export type CommandFailure = "missing" | "denied" | "failed";

export class CameraCommandError extends Error {
  override readonly name = "CameraCommandError";
  constructor(
    message: string,
    readonly failure: CommandFailure,
    /** Known where the complaint says it. */
    readonly why?: Cause,
  ) {
    super(message);
  }
}

/** A command of this folder; empty: of PATH. */
export const commandAt = (commandDir: string, command: string): string =>
  commandDir === "" ? command : join(commandDir, command);

/** What the last line of `complaint` says, and what it means. `command` as `commandAt` gives it. */
export const commandError = (command: string, code: number | null, complaint: string): CameraCommandError => {
  const last = (complaint.trim().split("\n").at(-1) ?? "").slice(0, LONGEST_COMPLAINT);
  return new CameraCommandError(
    `${command} ended with ${code ?? "no exit code"}: ${last}`,
    /Permission denied|EACCES/i.test(complaint) ? "denied" : "failed",
    causeOf(command, code, complaint),
  );
};

/** libcamera's words; the node is one that the complaint names, else the first of those it opens. */
const causeOf = (command: string, code: number | null, complaint: string): Cause | undefined => {
  const at = /\/dev\/\w+/.exec(complaint)?.[0] ?? "/dev/media0";
  if (code === NOT_EXECUTABLE || /EACCES/.test(complaint)) return { kind: "commandDenied", at: command };
  if (/Permission denied/i.test(complaint)) return { kind: "denied", at };
  if (/resource busy|in use by another process|EBUSY/i.test(complaint)) return { kind: "busy", at };
  return undefined;
};

export const missingCommand = (command: string, commandDir: string): CameraCommandError =>
  new CameraCommandError(`no command ${command} on ${commandDir === "" ? "PATH" : commandDir}`, "missing", {
    // The shell passes over a file that may not be run.
    kind: commandDir !== "" && existsSync(join(commandDir, command)) ? "commandDenied" : "commandMissing",
    at: commandAt(commandDir, command),
  });

/**
 * Runs the command and gives what it printed. Rejects with `CameraCommandError` when it failed, with the
 * signal's reason when aborted; in every case no process of it is left when the promise settles.
 */
export const runStill = async (
  options: StillOptions,
  commandDir: string,
  signal: AbortSignal,
): Promise<string> => {
  signal.throwIfAborted();
  const checked = checkStillOptions(options);
  const child = fork(RUNNER, [], {
    // Its own process group, so that shell and command go down with it.
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    env: { ...process.env, PATH: searchPath(commandDir) },
    execArgv: [],
  });
  const kill = () => killGroup(child);
  signal.addEventListener("abort", kill, { once: true });
  try {
    const answer = await answerOf(child, checked);
    signal.throwIfAborted();
    if ("printed" in answer) return answer.printed;
    throw answer.exitCode === NOT_FOUND
      ? missingCommand("libcamera-still", commandDir)
      : commandError(commandAt(commandDir, "libcamera-still"), answer.exitCode, answer.complaint);
  } finally {
    signal.removeEventListener("abort", kill);
    kill();
  }
};

const searchPath = (commandDir: string): string => {
  const { PATH: inherited = "/usr/bin:/bin" } = process.env;
  if (commandDir === "") return inherited;
  if (commandDir.includes(":"))
    throw new CameraCommandError(`the folder ${commandDir} can not be on a PATH`, "missing");
  return `${commandDir}:${inherited}`;
};

const answerOf = (child: ChildProcess, options: StillOptions): Promise<RunnerAnswer> =>
  new Promise((resolve) => {
    let answer: RunnerAnswer = { exitCode: null, complaint: "the camera process ended early" };
    child.once("message", (message) => {
      answer = message as RunnerAnswer;
    });
    child.once("error", (error) => {
      answer = { exitCode: null, complaint: error.message };
      if (child.pid === undefined) resolve(answer);
    });
    child.once("exit", () => resolve(answer));
    child.send(options, () => {});
  });

const killGroup = (child: ChildProcess): void => {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group is gone already.
  }
};
