// How is one run of `scanimage` started, watched and ended, so that the papers come out again?
import type { Clock } from "../../core/clock.js";
import { type CommandEnd, runCommand } from "../process-group.js";

export interface ScanimageRun {
  readonly words: readonly string[];
  readonly commandDir: string;
  readonly clock: Clock;
  /** Without a sign of life for so long it is taken for stalled. */
  readonly silentMs: number;
  readonly signal: AbortSignal;
  /** True when the text is a sign of life. */
  readonly onStderr?: (text: string) => boolean;
  readonly onStdout?: (text: string) => void;
}

export type ScanimageEnd = CommandEnd & { readonly stalled: boolean };

/**
 * At the first signal scanimage calls sane_cancel, on which backends stop the motor and push the sheet out; that
 * takes them some seconds. At the second it gives up (scanimage(1), SIGNALS).
 */
const CANCEL_WITHIN_MS = 5_000;

/** Settles when nothing of the command is left; never rejects. */
export const runScanimage = async (run: ScanimageRun): Promise<ScanimageEnd> => {
  const { clock, silentMs, signal } = run;
  let stalled = false;
  let timer: unknown = null;
  const running = runCommand({
    command: "scanimage",
    commandDir: run.commandDir,
    words: run.words,
    onStdout: (chunk) => {
      alive();
      run.onStdout?.(chunk.toString("utf8"));
    },
    onStderr: (chunk) => {
      if (run.onStderr?.(chunk.toString("utf8")) === true) alive();
    },
  });
  let cancelling = false;
  const cancel = () => {
    if (cancelling) return;
    cancelling = true;
    clock.clearTimeout(timer);
    running.kill("SIGINT");
    timer = clock.setTimeout(() => running.kill("SIGKILL"), CANCEL_WITHIN_MS);
  };
  const alive = () => {
    if (cancelling) return;
    clock.clearTimeout(timer);
    timer = clock.setTimeout(() => {
      stalled = true;
      cancel();
    }, silentMs);
  };
  alive();
  signal.addEventListener("abort", cancel, { once: true });
  if (signal.aborted) cancel();
  try {
    return { ...(await running.ended), stalled };
  } finally {
    clock.clearTimeout(timer);
    signal.removeEventListener("abort", cancel);
  }
};
