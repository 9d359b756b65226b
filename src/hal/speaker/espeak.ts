// How does text become speech: `espeak-ng` makes the sound, `aplay` plays it?
//
// Two commands and not one: the sound of a sentence is made once, its volume can change, and ALSA's own player
// says in words which device it can not open.
import { join } from "node:path";
import type { Clock } from "../../core/clock.js";
import { type Fault, FaultError, toFault } from "../../core/faults.js";
import { runSound, type SoundProcess } from "./sound-command.js";
import type { Pace, Speaker } from "./speaker.js";
import { VoiceCache } from "./voice-cache.js";
import { readWav, type Sound, softer, wavOf } from "./wav.js";

export interface EspeakOptions {
  readonly clock: Clock;
  /** Folder that holds `espeak-ng`; empty: the one on PATH. */
  readonly commandDir?: string;
  /** A player that takes `-q [-D DEVICE] -` and a WAVE on stdin, as alsa-utils' aplay. */
  readonly player?: string;
  /** ALSA's name of the device; empty: its default. */
  readonly device?: string;
  /** 0 … 1, at the start of each visit. */
  readonly volume?: number;
  /** Where sentences of the catalogue are kept; empty: nowhere. */
  readonly cacheFolder?: string;
  /** Added to the environment of both commands, e.g. ALSA_CARD where the board has several sound devices. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A sentence that a person read aloud; null: none did. Played at the normal pace alone: a recording has one. */
  readonly recorded?: (text: string, language: "vi" | "en") => Sound | null;
  /** Runs both commands; left out: as processes of their own. */
  readonly startSound?: SoundProcess;
}

/** Voices of Debian's espeak-ng-data; "vi" is the northern one. */
const VOICES = { vi: "vi", en: "en-us" } as const;
/** Words a minute; the default of 175 is too fast for the elderly. */
const WORDS_PER_MINUTE: Readonly<Record<Pace, number>> = { slow: 105, normal: 140, quick: 175 };
const DEFAULT_VOLUME = 0.7;
const LONGEST_TEXT = 2_000;
/** A silent start opens the audio device; a blocked sound server would keep it for ever. */
const PROBE_WITHIN_MS = 4_000;
/** Making a sentence takes some 30 ms; a board under full load is ten times as slow. */
const SYNTHESIS_WITHIN_MS = 8_000;
/** Opening the device and draining its buffer, beyond the sound's own length. */
const PLAY_SLACK_MS = 5_000;
const PROBE_SAMPLE_RATE_HZ = 22_050;
/** The whole catalogue in two languages is about 30 MB. */
const CACHE_LIMIT_BYTES = 64 * 1_048_576;

/**
 * Throws `FaultError` "speaker.absent" without either command or without an audio device, the signal's reason when
 * it was ended; nothing of a command is left then.
 */
export const openEspeak = async (options: EspeakOptions, signal?: AbortSignal): Promise<Speaker> => {
  const speaker = new Espeak(options);
  await speaker.probe(signal ?? new AbortController().signal);
  return speaker;
};

interface Said {
  readonly text: string;
  readonly language: "vi" | "en";
  readonly pace: Pace;
}

class Espeak implements Speaker {
  readonly #options: EspeakOptions;
  readonly #cache: VoiceCache;
  readonly #firstVolume: number;
  #volume: number;
  #running: AbortController | null = null;
  #fault: Fault | null = null;

  constructor(options: EspeakOptions) {
    this.#options = options;
    this.#cache = new VoiceCache({ folder: options.cacheFolder ?? "", limitBytes: CACHE_LIMIT_BYTES });
    this.#firstVolume = options.volume ?? DEFAULT_VOLUME;
    this.#volume = this.#firstVolume;
  }

  async probe(cut: AbortSignal): Promise<void> {
    await this.#synthesise({ text: "a", language: "vi", pace: "normal" }, cut);
    const silence = { sampleRateHz: PROBE_SAMPLE_RATE_HZ, samples: Buffer.alloc(PROBE_SAMPLE_RATE_HZ / 10) };
    await this.#play(silence, PROBE_WITHIN_MS, cut);
  }

  async say(
    text: string,
    language: "vi" | "en",
    { keep, pace = "normal" }: { readonly keep: boolean; readonly pace?: Pace } = { keep: false },
  ): Promise<void> {
    this.#cut();
    const run = new AbortController();
    this.#running = run;
    try {
      const sound = await this.#soundOf(
        { text: text.slice(0, LONGEST_TEXT), language, pace },
        keep,
        run.signal,
      );
      const lengthMs = (sound.samples.length / 2 / sound.sampleRateHz) * 1_000;
      await this.#play(softer(sound, this.#volume), lengthMs + PLAY_SLACK_MS, run.signal);
      this.#fault = null;
    } catch (thrown) {
      // Cut by `stop` or by the next sentence: that is an end like any other.
      if (run.signal.aborted) return;
      this.#fault = toFault(thrown, "speaker.absent");
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

  async resetVolume(): Promise<void> {
    this.#volume = this.#firstVolume;
  }

  async health(): Promise<Fault | null> {
    return this.#fault;
  }

  async close(): Promise<void> {
    this.#cut();
  }

  /** At once, so that of two sentences started together the second is heard. */
  #cut(): void {
    this.#running?.abort(new Error("stopped"));
    this.#running = null;
  }

  async #soundOf(said: Said, keep: boolean, cut: AbortSignal): Promise<Sound> {
    const read = keep && said.pace === "normal" ? this.#options.recorded?.(said.text, said.language) : null;
    if (read !== null && read !== undefined) return read;
    const recipe = `${VOICES[said.language]} ${WORDS_PER_MINUTE[said.pace]} ${said.text}`;
    const kept = keep ? this.#cache.get(recipe) : null;
    const known = kept === null ? null : readWav(kept);
    if (known !== null) return known;
    const sound = await this.#synthesise(said, cut);
    if (keep) this.#cache.put(recipe, wavOf(sound.samples, sound.sampleRateHz));
    return sound;
  }

  async #synthesise({ text, language, pace }: Said, cut: AbortSignal): Promise<Sound> {
    const { clock, commandDir = "", environment = {}, device = "" } = this.#options;
    const command = commandDir === "" ? "espeak-ng" : join(commandDir, "espeak-ng");
    const wav = await runSound(
      clock,
      {
        command,
        words: [
          "-v",
          VOICES[language],
          "-s",
          String(WORDS_PER_MINUTE[pace]),
          "-b",
          "1",
          "--stdin",
          "--stdout",
        ],
        input: Buffer.from(text, "utf8"),
        limitMs: SYNTHESIS_WITHIN_MS,
        environment,
        device: device || "default",
      },
      cut,
      this.#options.startSound,
    );
    const sound = readWav(wav);
    if (sound !== null) return sound;
    throw new FaultError("speaker.absent", `${command} gave ${wav.length} bytes that are no sound`, {
      why: { kind: "wrongDevice", at: command },
    });
  }

  async #play(sound: Sound, limitMs: number, cut: AbortSignal): Promise<void> {
    const { clock, player = "aplay", environment = {}, device = "" } = this.#options;
    const words = device === "" ? ["-q", "-"] : ["-q", "-D", device, "-"];
    const input = wavOf(sound.samples, sound.sampleRateHz);
    await runSound(
      clock,
      { command: player, words, input, limitMs, environment, device: device || "default" },
      cut,
      this.#options.startSound,
    );
  }
}
