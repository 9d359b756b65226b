// When does the kiosk speak, and when is it quiet?
//
// A screen that asks something new is spoken once; any touch cuts it, and so does the next screen. Each visit
// begins at the board's own volume. Who comes near hears the invitation, now and then and not all day. What is a
// citizen's own is said to who asks for it, and only then.
import type { Clock } from "../core/clock.js";
import type { Wishes } from "../flows/events.js";
import type { View } from "../flows/view.js";
import type { Board } from "../hal/board.js";
import type { ScreenVisit } from "../screen/page-link.js";
import { personalSpeechOf, type Sentence, speechOf } from "../screen/speech.js";

export interface SpeakingParts {
  readonly speaker: Board["speaker"];
  readonly visit: { readonly view: View; watch(callback: (view: View) => void): () => void };
  readonly clock: Clock;
  readonly mode: "on" | "asked" | "off";
}

export interface Speaking {
  /** Somebody touched the screen or pressed a key. */
  touched(): void;
  /** Somebody stands in front. */
  someoneCame(): void;
  /** Says the screen again; `mine`: with what is the citizen's own, who asked for it. */
  replay(mine: boolean): void;
  close(): void;
}

/** People pass a village cultural centre's kiosk all day. */
const INVITE_AGAIN_MS = 60_000;

/** Of the board's full loudness; "normal" is what the board was set to. */
const VOLUME = { soft: 0.35, loud: 1 } as const;

const same = (a: readonly Sentence[], b: readonly Sentence[]): boolean =>
  a.length === b.length && a.every(({ text }, i) => text === b[i]?.text);

class SpokenVisit implements Speaking {
  readonly #parts: SpeakingParts;
  readonly #unwatch: () => void;
  #said: readonly Sentence[] = [];
  /** Grows with whatever cuts a speech short. */
  #turn = 0;
  #inVisit = false;
  #volume: Wishes["volume"] = "normal";
  #on = false;
  #invitedMs = Number.NEGATIVE_INFINITY;

  constructor(parts: SpeakingParts) {
    this.#parts = parts;
    this.#unwatch = parts.mode === "off" ? () => {} : parts.visit.watch((view) => this.#onView(view));
  }

  touched(): void {
    this.#turn += 1;
    this.#stop();
  }

  someoneCame(): void {
    const { visit, clock, mode } = this.#parts;
    const { view } = visit;
    const now = clock.monotonicMs();
    if (mode === "off" || view.screen.name !== "attract" || now - this.#invitedMs < INVITE_AGAIN_MS) return;
    this.#invitedMs = now;
    void this.#say(speechOf(view), "vi");
  }

  replay(mine: boolean): void {
    const { visit, mode } = this.#parts;
    const { view } = visit;
    if (mode === "off" || view.speech === undefined) return;
    const own = mine ? personalSpeechOf(view) : [];
    void this.#say([...speechOf(view), ...own], view.language);
  }

  close(): void {
    this.#unwatch();
    this.touched();
  }

  #onView(view: View): void {
    const inVisit = view.screen.name !== "attract";
    if (inVisit !== this.#inVisit) {
      this.#inVisit = inVisit;
      this.#volume = "normal";
      this.#parts.speaker.use((speaker) => speaker.resetVolume()).catch(() => {});
    }
    this.#setVolume(view.wishes.volume);
    // At the goodbye the visit is forgotten already, but the person still stands there.
    if (view.screen.name !== "goodbye") this.#on = view.speech === "on";
    if (!this.#on) {
      if (this.#said.length > 0) this.touched();
      this.#said = [];
      return;
    }
    const sentences = speechOf(view);
    if (same(sentences, this.#said)) return;
    this.#said = sentences;
    // A stage without words of its own lets the sentence before end.
    if (sentences.length > 0) void this.#say(sentences, view.language);
  }

  #setVolume(volume: Wishes["volume"]): void {
    if (volume === this.#volume) return;
    this.#volume = volume;
    this.#parts.speaker
      .use((speaker) => (volume === "normal" ? speaker.resetVolume() : speaker.setVolume(VOLUME[volume])))
      .catch(() => {});
  }

  /** A kiosk that can not speak still shows everything: the supervisor tells of its speaker's fault. */
  async #say(sentences: readonly Sentence[], language: "vi" | "en"): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    const { pace } = this.#parts.visit.view.wishes;
    for (const { text, keep } of sentences) {
      if (turn !== this.#turn) return;
      try {
        await this.#parts.speaker.use((speaker) =>
          turn === this.#turn ? speaker.say(text, language, { keep, pace }) : Promise.resolve(),
        );
      } catch {
        return;
      }
    }
  }

  #stop(): void {
    if (this.#parts.speaker.status.state === "ready")
      this.#parts.speaker.use((speaker) => speaker.stop()).catch(() => {});
  }
}

export const startSpeaking = (parts: SpeakingParts): Speaking => new SpokenVisit(parts);

/** The visit as the screen sees it, whose touches also stop the speech. */
export const spokenVisit = (visit: ScreenVisit, speaking: Speaking): ScreenVisit => ({
  send: (event) => {
    visit.send(event);
    if (event.type === "REPLAY") speaking.replay(event.mine);
  },
  get view() {
    return visit.view;
  },
  watch: (callback) => visit.watch(callback),
  touched: () => speaking.touched(),
});
