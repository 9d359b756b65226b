// How is the machine switched off, once the store is closed?
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** The machine of a simulated board is the runtime's process: so it says that it is off, until mains is back. */
export const EXIT_SWITCHED_OFF = 86;
/** `systemctl poweroff` only queues the job; whoever takes longer hangs. */
const LIMIT_MS = 20_000;
const SAID_BYTES = 400;
const BOOT_ID = "/proc/sys/kernel/random/boot_id";

/** proc(5): another one for each boot of this machine. */
export const bootIdOf = (file = BOOT_ID): string => readFileSync(file, "utf8").trim();

/**
 * Runs `command` (its name and arguments, no shell). Rejects with one line when it can not be started, takes too long or
 * says no; then the machine is still on.
 */
export const switchOff = (command: readonly string[], limitMs = LIMIT_MS): Promise<void> =>
  new Promise((resolve, reject) => {
    const [name, ...words] = command;
    if (name === undefined) {
      reject(new Error("[power] offCommand is empty: nothing switches the machine off"));
      return;
    }
    const child = spawn(name, words, { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(0, SAID_BYTES);
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), limitMs);
    const fail = (why: string) => {
      clearTimeout(timer);
      reject(new Error(`${command.join(" ")}: ${why}${said === "" ? "" : `: ${said.trim()}`}`));
    };
    child.on("error", (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
    child.on("close", (code, signal) => {
      if (code !== 0) {
        fail(signal === null ? `exit code ${code}` : `ended by ${signal}`);
        return;
      }
      clearTimeout(timer);
      resolve();
    });
  });
