// How does the board say who is called?
//
// The board is a browser and may have no Vietnamese voice: the portal's machine speaks with espeak-ng, where that is
// installed, and the board plays the file. Where it is not, the chime and the number on the wall must do.
import { execFile } from "node:child_process";

/** Slower than a kiosk at arm's length: a hall echoes. */
const WORDS_PER_MINUTE = 125;
const LIMIT_MS = 10_000;
const LARGEST_BYTES = 4 * 1_048_576;
const KEPT = 64;

/** Letter by letter: "A012" must not become a word, nor twelve. */
export const callWords = (label: string, counter: string): string =>
  `Mời số ${[...label].join(", ")}, đến quầy ${[...counter].join(" ")}.`;

const synthesise = (words: string): Promise<Buffer | null> =>
  new Promise((resolve) => {
    execFile(
      "espeak-ng",
      ["-v", "vi", "-s", String(WORDS_PER_MINUTE), "--stdout", words],
      { encoding: "buffer", timeout: LIMIT_MS, maxBuffer: LARGEST_BYTES },
      (error, stdout) => resolve(error === null && stdout.length > 0 ? stdout : null),
    );
  });

export class BoardVoice {
  readonly #made = new Map<string, Promise<Buffer | null>>();

  /** A WAVE file; null: this machine can not speak. */
  say(label: string, counter: string): Promise<Buffer | null> {
    const words = callWords(label, counter);
    const known = this.#made.get(words);
    if (known !== undefined) return known;
    const sound = synthesise(words);
    const oldest = this.#made.keys().next();
    if (this.#made.size >= KEPT && oldest.done !== true) this.#made.delete(oldest.value);
    this.#made.set(words, sound);
    return sound;
  }
}
