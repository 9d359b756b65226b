// How is a sound command run: bytes in, bytes out, bounded, cut at once, and its complaint made a cause?
import { spawn } from "node:child_process";
import { type Cause, causeOfCommand } from "../../core/causes.js";
import { type Clock, TimeoutError, withDeadline } from "../../core/clock.js";
import { FaultError } from "../../core/faults.js";

export interface SoundCommand {
  readonly command: string;
  readonly words: readonly string[];
  /** Goes in by stdin: a command line can be read by every process of the machine. */
  readonly input: Uint8Array;
  readonly limitMs: number;
  /** Added to the environment, e.g. ALSA_CARD where the board has several sound devices. */
  readonly environment: Readonly<Record<string, string>>;
  /** What a complaint says of the sound device; named in the cause. */
  readonly device: string;
}

/** Five minutes at 22.05 kHz; a command that writes for ever must not fill the memory. */
const LONGEST_OUTPUT_BYTES = 16 * 1_048_576;
const LONGEST_COMPLAINT = 2_000;

/** How one run of a command ended. */
export interface SoundEnd {
  readonly output: Buffer;
  /** What it wrote on stderr, its newest part. */
  readonly complaint: string;
  readonly code: number | null;
  readonly killedBy: string | null;
  /** Why it did not start at all, e.g. ENOENT. */
  readonly errno: { readonly code: string; readonly message: string } | null;
}

/** Runs a command until it ends or the signal ends it; nothing of it is left then. Never rejects. */
export type SoundProcess = (sound: SoundCommand, signal: AbortSignal) => Promise<SoundEnd>;

/**
 * Resolves with what it wrote. Throws `FaultError` "speaker.absent", or the signal's reason when it was cut.
 * `start`: a process of its own where nobody says otherwise.
 */
export const runSound = async (
  clock: Clock,
  sound: SoundCommand,
  cut: AbortSignal,
  start: SoundProcess = startProcess,
): Promise<Buffer> => {
  try {
    const what = `the command ${sound.command}`;
    const work = async (signal: AbortSignal) => outputOf(sound, await start(sound, signal));
    return await withDeadline(clock, sound.limitMs, what, work, cut);
  } catch (thrown) {
    if (thrown instanceof TimeoutError)
      throw new FaultError("speaker.absent", thrown.message, {
        cause: thrown,
        why: { kind: "busy", at: sound.device },
      });
    throw thrown;
  }
};

const outputOf = ({ command, device }: SoundCommand, end: SoundEnd): Buffer => {
  const { output, complaint, code, killedBy, errno } = end;
  if (errno !== null)
    throw absent(`${command} does not start: ${errno.message}`, causeOfCommand(errno.code, command));
  // Without an audio device espeak-ng says "error: …" and still exits with 0.
  // alsa-lib tells its whole way before; the tool's own word comes last.
  const line = complaint.split("\n").findLast((text) => /error/i.test(text));
  if (code === 0 && line === undefined) return output;
  const said = line?.trim().slice(0, 160) ?? "no reason given";
  throw absent(`${command} ended with ${code ?? killedBy}: ${said}`, soundCause(complaint, device));
};

const startProcess: SoundProcess = ({ command, words, input, environment }, signal) =>
  new Promise((resolve) => {
    const child = spawn(command, words, {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, LC_ALL: "C", ...environment },
    });
    const kill = () => child.kill("SIGKILL");
    signal.addEventListener("abort", kill, { once: true });
    const output: Buffer[] = [];
    let bytes = 0;
    let complaint = "";
    const end = (how: Pick<SoundEnd, "code" | "killedBy" | "errno">) => {
      signal.removeEventListener("abort", kill);
      resolve({ output: Buffer.concat(output), complaint, ...how });
    };
    child.stdout.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > LONGEST_OUTPUT_BYTES) kill();
      else output.push(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      complaint = (complaint + chunk.toString("utf8")).slice(-LONGEST_COMPLAINT);
    });
    child.once("error", ({ code = "", message }: NodeJS.ErrnoException) =>
      end({ code: null, killedBy: null, errno: { code, message } }),
    );
    child.once("close", (code, killedBy) => end({ code, killedBy, errno: null }));
    // EPIPE when it ended before it read: its exit says why.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    if (signal.aborted) kill();
  });

/** What alsa-lib and its tools say (strerror's words in the C locale). */
const soundCause = (complaint: string, at: string): Cause | null => {
  if (/busy/i.test(complaint)) return { kind: "busy", at };
  if (/permission denied|not permitted/i.test(complaint)) return { kind: "denied", at };
  if (/no such (file|device)|cannot find card|unknown pcm|no soundcards/i.test(complaint))
    return { kind: "noAudioDevice", at };
  return null;
};

const absent = (detail: string, why: Cause | null): FaultError =>
  new FaultError("speaker.absent", detail, why === null ? {} : { why });
