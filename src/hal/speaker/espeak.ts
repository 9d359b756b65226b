// How does text become speech through the `espeak-ng` command?
import { type ChildProcess, spawn } from "node:child_process";
import { type Clock, TimeoutError, withDeadline } from "../../core/clock.js";
import { type Fault, FaultError } from "../../core/faults.js";
import type { Speaker } from "./speaker.js";

export interface EspeakOptions {
  readonly clock: Clock;
  /** Folder that holds the command; empty: the one on PATH. */
  readonly commandDir?: string;
  /** Added to the environment, e.g. ALSA_CARD where the board has several sound devices. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Voices of Debian's espeak-ng-data; "vi" is the northern one. */
const VOICES = { vi: "vi", en: "en-us" } as const;
/** Words a minute; the default of 175 is too fast for the elderly. */
const WORDS_PER_MINUTE = 140;
/** `-a`: 100 is espeak's default, beyond 150 small speakers rattle. */
const LOUDEST_AMPLITUDE = 150;
const FIRST_VOLUME = 0.7;
/** A silent start opens the audio device; a blocked sound server would keep it for ever. */
const PROBE_WITHIN_MS = 4_000;
/** Slowest speech seen is about 12 characters a second at this rate; numbers are read out in full. */
const SPEECH_BASE_MS = 8_000;
const SPEECH_MS_PER_CHARACTER = 400;
const LONGEST_TEXT = 2_000;

/** Throws `FaultError` "speaker.absent" without the command or without an audio device. */
export const openEspeak = async (options: EspeakOptions): Promise<Speaker> => {
  const speaker = new Espeak(options);
  await speaker.probe();
  return speaker;
};

class Espeak implements Speaker {
  readonly #options: EspeakOptions;
  #volume = FIRST_VOLUME;
  #running: AbortController | null = null;
  #fault: Fault | null = null;

  constructor(options: EspeakOptions) {
    this.#options = options;
  }

  async probe(): Promise<void> {
    await this.#bounded(PROBE_WITHIN_MS, ["-v", VOICES.vi, "-a", "0"], "", new AbortController());
  }

  async say(text: string, language: "vi" | "en"): Promise<void> {
    this.#cut();
    const spoken = text.slice(0, LONGEST_TEXT);
    const run = new AbortController();
    this.#running = run;
    const limitMs = SPEECH_BASE_MS + spoken.length * SPEECH_MS_PER_CHARACTER;
    const amplitude = Math.round(this.#volume * LOUDEST_AMPLITUDE);
    const voice = ["-v", VOICES[language], "-s", String(WORDS_PER_MINUTE), "-a", String(amplitude)];
    try {
      await this.#bounded(limitMs, voice, spoken, run);
      this.#fault = null;
    } catch (thrown) {
      // Cut by `stop` or by the next sentence: that is an end like any other.
      if (run.signal.aborted) return;
      this.#fault = thrown instanceof FaultError ? thrown : null;
      throw thrown;
    } finally {
      if (this.#running === run) this.#running = null;
    }
  }

  async stop(): Promise<void> {
    this.#cut();
  }

  async setVolume(volume: number): Promise<void> {
    this.#volume = Math.min(1, Math.max(0, volume));
  }

  async health(): Promise<Fault | null> {
    return this.#fault === null ? null : { code: this.#fault.code, detail: this.#fault.detail };
  }

  async close(): Promise<void> {
    this.#cut();
  }

  /** At once, so that of two sentences started together the second is heard. */
  #cut(): void {
    this.#running?.abort(new Error("stopped"));
    this.#running = null;
  }

  async #bounded(
    limitMs: number,
    voice: readonly string[],
    text: string,
    run: AbortController,
  ): Promise<void> {
    try {
      await withDeadline(
        this.#options.clock,
        limitMs,
        "speaking",
        (signal) => this.#run(voice, text, signal),
        run.signal,
      );
    } catch (thrown) {
      if (thrown instanceof TimeoutError) throw absent(thrown.message, thrown);
      throw thrown;
    }
  }

  /** The text goes in by stdin: a command line can be read by every process of the machine. */
  #run(voice: readonly string[], text: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const { commandDir = "", environment = {} } = this.#options;
      const command = commandDir === "" ? "espeak-ng" : `${commandDir}/espeak-ng`;
      const child: ChildProcess = spawn(command, [...voice, "-b", "1", "--stdin"], {
        stdio: ["pipe", "ignore", "pipe"],
        env: { ...process.env, ...environment },
      });
      const kill = () => child.kill("SIGKILL");
      signal.addEventListener("abort", kill, { once: true });
      let complaint = "";
      child.stderr?.on("data", (chunk: Buffer) => {
        complaint = (complaint + chunk.toString("utf8")).slice(-2_000);
      });
      child.once("error", (error) => reject(absent(`${command} does not start: ${error.message}`, error)));
      child.once("close", (code) => {
        signal.removeEventListener("abort", kill);
        // Without an audio device it says "error: …" and still exits with 0.
        const line = complaint.split("\n").find((text) => /^error:/i.test(text));
        if (code === 0 && line === undefined) resolve();
        else reject(absent(`${command} ended with ${code}: ${line?.slice(0, 120) ?? "no reason given"}`));
      });
      // EPIPE when it ended before it read: its exit says why.
      child.stdin?.on("error", () => {});
      child.stdin?.end(text);
      if (signal.aborted) kill();
    });
  }
}

const absent = (detail: string, cause?: unknown): FaultError =>
  new FaultError("speaker.absent", detail, { cause });
