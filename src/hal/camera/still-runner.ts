// How is one camera command run so that it can be given a PATH and be killed?
//
// node-libcamera starts its shell itself, with this process's environment, and hands out neither child nor
// pid. So it runs in a process of its own that leads a process group: the driver sets the environment and
// kills the whole group, shell and camera command with it. One start costs 40 ms; the camera needs a second.
import { createRequire } from "node:module";
import { checkStillOptions, type StillOptions } from "./still-options.js";

/** What the driver hears, once. */
export type RunnerAnswer =
  | { readonly printed: string }
  | { readonly exitCode: number | null; readonly complaint: string };

interface NodeLibcamera {
  /** Resolves with what the command printed; rejects with `exec`'s error. */
  still(options: StillOptions): Promise<string>;
}

/** The last lines say what failed: "ERROR: *** no cameras available ***". */
const LONGEST_COMPLAINT = 2_000;
const complaintOf = (error: Error): string => error.message.slice(-LONGEST_COMPLAINT);

const run = async (options: unknown): Promise<RunnerAnswer> => {
  // The package's ESM entry imports without file extensions and does not load in Node.
  const { still } = createRequire(import.meta.url)("node-libcamera") as NodeLibcamera;
  try {
    return { printed: await still(checkStillOptions(options)) };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    const { code } = error as { code?: unknown };
    return { exitCode: typeof code === "number" ? code : null, complaint: complaintOf(error) };
  }
};

// The runtime died: its camera command must not outlive it.
process.on("disconnect", () => process.kill(-process.pid, "SIGKILL"));
process.once("message", async (options: unknown) => {
  const answer = await run(options);
  process.send?.(answer, () => process.exit(0));
});
