// What do `espeak-ng` and `aplay` do in a room of its own, and what does somebody in that room hear?
import type { Clock } from "../../core/clock.js";
import type { BytePort } from "../port/byte-port.js";
import { JsonLines, type JsonObject } from "../port/json-lines.js";
import type { SoundCommand, SoundEnd, SoundProcess } from "../speaker/sound-command.js";
import { readWav, wavOf } from "../speaker/wav.js";

/** "hangs": a sound server that takes the samples and never plays them. */
export type SoundTrouble = "none" | "noVoice" | "noPlayer" | "busy" | "noDevice" | "hangs";

export interface Heard {
  readonly text: string;
  readonly language: "vi" | "en";
  readonly atMs: number;
  /** False while it is played, and when it was cut. */
  whole: boolean;
}

const SAMPLE_RATE_HZ = 8_000;
/** 140 words a minute, some five letters each. */
const LETTER_MS = 75;
const SYNTHESIS_MS = 30;
const KEPT = 400;

const ended = (part: Partial<SoundEnd>): SoundEnd => ({
  output: Buffer.alloc(0),
  complaint: "",
  code: 0,
  killedBy: null,
  errno: null,
  ...part,
});

const notThere = (command: string): SoundEnd =>
  ended({ code: null, errno: { code: "ENOENT", message: `spawn ${command} ENOENT` } });

/** As alsa-utils' aplay complains (strerror's words). */
const refused = (words: string): SoundEnd =>
  ended({ code: 1, complaint: `aplay: main:831: audio open error: ${words}\n` });

export class SoundSim {
  /** What the room heard, oldest first; the newest of it. */
  readonly heard: Heard[] = [];
  trouble: SoundTrouble = "none";
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  /** By the number of samples, which volume leaves alone: no two sentences are equally long. */
  readonly #sentences = new Map<number, Pick<Heard, "text" | "language">>();
  readonly #lengths = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly start: SoundProcess = (sound, signal) =>
    /espeak-ng$/.test(sound.command) ? this.#synthesise(sound, signal) : this.#play(sound, signal);

  /** A command of the board's folder (sound-program.ts), which asks for one thing and is gone. */
  attach(port: BytePort): void {
    const gone = new AbortController();
    port.onClose(() => gone.abort());
    const lines = new JsonLines(port, (request) => {
      this.#answer(request, gone.signal)
        .then((answer) => lines.send(answer))
        .catch(() => {});
    });
  }

  onHeard(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #answer({ text, language, samples, rateHz }: JsonObject, cut: AbortSignal): Promise<JsonObject> {
    if (typeof text === "string")
      return { samples: this.#lengthOf(text, language === "vi" ? "vi" : "en"), rateHz: SAMPLE_RATE_HZ };
    if (typeof samples !== "number" || typeof rateHz !== "number") return { complaint: "aplay: no sound" };
    await this.#sound(samples, rateHz, cut);
    return {};
  }

  async #sound(samples: number, rateHz: number, cut: AbortSignal): Promise<boolean> {
    const heard = this.#hear(samples);
    const whole = await this.#lasts((samples / rateHz) * 1_000, cut);
    if (heard !== null) heard.whole = whole;
    for (const listener of [...this.#listeners]) listener();
    return whole;
  }

  async #synthesise({ command, words, input }: SoundCommand, signal: AbortSignal): Promise<SoundEnd> {
    if (this.trouble === "noVoice") return notThere(command);
    if (!(await this.#lasts(SYNTHESIS_MS, signal))) return ended({ code: null, killedBy: "SIGKILL" });
    const language = words[words.indexOf("-v") + 1] === "vi" ? "vi" : "en";
    const samples = this.#lengthOf(Buffer.from(input).toString("utf8"), language);
    return ended({ output: wavOf(Buffer.alloc(2 * samples), SAMPLE_RATE_HZ) });
  }

  async #play({ command, input }: SoundCommand, signal: AbortSignal): Promise<SoundEnd> {
    switch (this.trouble) {
      case "noPlayer":
        return notThere(command);
      case "busy":
        return refused("Device or resource busy");
      case "noDevice":
        return refused("No such file or directory");
      case "hangs":
        await this.#lasts(Number.MAX_SAFE_INTEGER, signal);
        return ended({ code: null, killedBy: "SIGKILL" });
      case "none":
      case "noVoice": {
        const sound = readWav(Buffer.from(input));
        if (sound === null)
          return ended({ code: 1, complaint: "aplay: playback:2756: unknown file format error" });
        const whole = await this.#sound(sound.samples.length / 2, sound.sampleRateHz, signal);
        return whole ? ended({}) : ended({ code: null, killedBy: "SIGKILL" });
      }
    }
  }

  #hear(samples: number): Heard | null {
    const sentence = this.#sentences.get(samples);
    if (sentence === undefined) return null;
    const heard = { ...sentence, atMs: this.#clock.monotonicMs(), whole: false };
    this.heard.push(heard);
    if (this.heard.length > KEPT) this.heard.shift();
    for (const listener of [...this.#listeners]) listener();
    return heard;
  }

  #lengthOf(text: string, language: Heard["language"]): number {
    const key = `${language} ${text}`;
    const known = this.#lengths.get(key);
    if (known !== undefined) return known;
    let samples = Math.round((text.length * LETTER_MS * SAMPLE_RATE_HZ) / 1_000);
    while (this.#sentences.has(samples)) samples += 1;
    this.#sentences.set(samples, { text, language });
    this.#lengths.set(key, samples);
    return samples;
  }

  async #lasts(ms: number, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#clock.sleep(ms, signal);
      return true;
    } catch {
      return false;
    }
  }
}
