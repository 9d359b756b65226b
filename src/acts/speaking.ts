// When does the kiosk speak, and when is it quiet?
//
// A screen that asks something new is spoken once; any touch cuts it, and so does the next screen. Each visit
// begins at the board's own volume. Who comes near hears the invitation, now and then and not all day. What is a
// citizen's own is said to who asks for it or has headphones in, and stops as they are pulled.
import type { Clock } from "../core/clock.js";
import type { CitizenEvent, Wishes } from "../flows/events.js";
import type { EarKey } from "../flows/protocol.js";
import type { EarView, View } from "../flows/view.js";
import type { Board } from "../hal/board.js";
import type { ScreenVisit } from "../screen/page-link.js";
import { personalSpeechOf, type Sentence, speechOf, text } from "../screen/speech.js";
import { ByEar } from "./by-ear.js";

export interface SpeakingParts {
  readonly speaker: Board["speaker"];
  readonly visit: {
    send(event: CitizenEvent): void;
    readonly view: View;
    watch(callback: (view: View) => void): () => void;
  };
  readonly clock: Clock;
  readonly mode: "on" | "asked" | "off";
  /** What the operator imported, by the code of the province; left out: nothing. */
  readonly communes?: (province: string) => readonly { readonly code: string; readonly name: string }[];
}

export interface Speaking {
  /** Somebody touched the screen or pressed a key. */
  touched(): void;
  /** Somebody stands in front. */
  someoneCame(): void;
  /** A key of the keypad, wherever it hangs. */
  key(key: EarKey): void;
  /**
   * Headphones went in or out; the visit knows already. "found": nobody plugged them in just now, the kiosk or its
   * lines came up with them, so nobody's visit begins.
   */
  headphones(isIn: boolean, how?: "found"): void;
  /** Says the screen again; `mine`: with what is the citizen's own, who asked for it. */
  replay(mine: boolean): void;
  /** Null: the visit is not done by ear. Absent where the kiosk does not speak. */
  readonly byEar: EarView | null | undefined;
  /** Calls back when `byEar` changed; returns the unsubscribe. */
  watch(callback: () => void): () => void;
  close(): void;
}

/** People pass a village cultural centre's kiosk all day. */
const INVITE_AGAIN_MS = 60_000;

/** Of the full loudness. In the room "normal" is what the board was set to (null). */
const VOLUME = {
  room: { soft: 0.35, normal: null, loud: 1 },
  /** Right at the ear: a third of the room's is as loud. */
  headphones: { soft: 0.12, normal: 0.3, loud: 0.6 },
} as const;

const same = (a: readonly Sentence[], b: readonly Sentence[]): boolean =>
  a.length === b.length && a.every(({ text }, i) => text === b[i]?.text);

class SpokenVisit implements Speaking {
  readonly #parts: SpeakingParts;
  readonly #unwatch: () => void;
  readonly #byEar: ByEar;
  readonly #watchers = new Set<() => void>();
  #said: readonly Sentence[] = [];
  /** Grows with whatever cuts a speech short. */
  #turn = 0;
  #talking = false;
  /** Said when what is being said has ended. */
  #after: readonly Sentence[] = [];
  #inVisit = false;
  #volume: number | null = null;
  #headphones = false;
  #on = false;
  #invitedMs = Number.NEGATIVE_INFINITY;

  constructor(parts: SpeakingParts) {
    this.#parts = parts;
    const { visit, communes = () => [] } = parts;
    this.#byEar = new ByEar({
      view: () => visit.view,
      send: (event) => this.#press(event),
      say: (sentences, how) => this.#tell(sentences, how),
      communes,
      changed: () => {
        for (const watcher of this.#watchers) watcher();
      },
    });
    this.#unwatch = parts.mode === "off" ? () => {} : visit.watch((view) => this.#onView(view));
  }

  get byEar(): EarView | null | undefined {
    return this.#parts.mode === "off" ? undefined : this.#byEar.shown;
  }

  watch(callback: () => void): () => void {
    this.#watchers.add(callback);
    return () => this.#watchers.delete(callback);
  }

  touched(): void {
    this.#turn += 1;
    this.#after = [];
    this.#talking = false;
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

  key(key: EarKey): void {
    if (this.#parts.mode === "off") return;
    this.touched();
    this.#byEar.key(key);
  }

  headphones(isIn: boolean, how?: "found"): void {
    if (this.#parts.mode === "off" || isIn === this.#headphones) return;
    this.#headphones = isIn;
    // First of all: in the middle of a word, if need be.
    this.touched();
    const { view } = this.#parts.visit;
    if (isIn && view.screen.name === "attract") {
      this.#setVolume(view.wishes);
      if (how !== "found") this.#byEar.begin();
      return;
    }
    // What was loud enough at the ear is too loud, or too soft, for the room.
    this.#press({ type: "SET_WISHES", wishes: { ...view.wishes, volume: "normal" } });
    this.#setVolume(this.#parts.visit.view.wishes);
    if (view.screen.name === "attract") return;
    if (isIn && view.speech === "off") this.#press({ type: "SPEAK", on: true });
    void this.#say(this.#aboutHeadphones(isIn, view), view.language);
  }

  replay(mine: boolean): void {
    const { visit, mode } = this.#parts;
    const { view } = visit;
    if (mode === "off" || view.speech === undefined) return;
    const own = mine ? personalSpeechOf(view, view.headphones === true) : [];
    void this.#say([...speechOf(view), ...own], view.language);
  }

  close(): void {
    this.#unwatch();
    this.#watchers.clear();
    this.touched();
  }

  #aboutHeadphones(isIn: boolean, view: View): readonly Sentence[] {
    if (!isIn) return text("ear.unplugged")(view.language);
    const how = view.wishes.audio ? [] : text("ear.pluggedHow")(view.language);
    return [...text("ear.plugged")(view.language), ...how];
  }

  /** As the page's own buttons do. */
  #press(event: CitizenEvent): void {
    this.#parts.visit.send(event);
    if (event.type === "REPLAY") this.replay(event.mine);
  }

  #onView(view: View): void {
    const inVisit = view.screen.name !== "attract";
    if (inVisit !== this.#inVisit) {
      this.#inVisit = inVisit;
      this.#volume = null;
      this.#parts.speaker.use((speaker) => speaker.resetVolume()).catch(() => {});
    }
    this.#setVolume(view.wishes);
    // At the goodbye the visit is forgotten already, but the person still stands there.
    if (view.screen.name !== "goodbye") this.#on = view.speech === "on";
    if (!this.#on) {
      if (this.#said.length > 0) this.touched();
      this.#said = [];
      this.#byEar.follow();
      return;
    }
    const sentences = speechOf(view);
    const isNew = !same(sentences, this.#said);
    this.#said = sentences;
    this.#byEar.follow();
    // By ear the list is told, which begins with the same words.
    if (this.#byEar.on) return;
    // A stage without words of its own lets the sentence before end.
    if (isNew && sentences.length > 0) void this.#say(sentences, view.language);
  }

  #setVolume({ volume }: Wishes): void {
    const wanted = VOLUME[this.#headphones ? "headphones" : "room"][volume];
    if (wanted === this.#volume) return;
    this.#volume = wanted;
    this.#parts.speaker
      .use((speaker) => (wanted === null ? speaker.resetVolume() : speaker.setVolume(wanted)))
      .catch(() => {});
  }

  #tell(sentences: readonly Sentence[], how?: "after"): void {
    if (how === "after" && this.#talking) this.#after = sentences;
    else void this.#say(sentences, this.#parts.visit.view.language);
  }

  /** A kiosk that can not speak still shows everything: the supervisor tells of its speaker's fault. */
  async #say(sentences: readonly Sentence[], language: "vi" | "en"): Promise<void> {
    this.#turn += 1;
    this.#after = [];
    this.#talking = true;
    const turn = this.#turn;
    const { pace } = this.#parts.visit.view.wishes;
    const waiting = [...sentences];
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { text: said, keep, language: own = language } = next;
      if (turn !== this.#turn) return;
      try {
        await this.#parts.speaker.use((speaker) =>
          turn === this.#turn ? speaker.say(said, own, { keep, pace }) : Promise.resolve(),
        );
      } catch {
        break;
      }
      if (turn !== this.#turn) return;
      if (waiting.length === 0) {
        waiting.push(...this.#after);
        this.#after = [];
      }
    }
    if (turn === this.#turn) this.#talking = false;
  }

  #stop(): void {
    if (this.#parts.speaker.status.state === "ready")
      this.#parts.speaker.use((speaker) => speaker.stop()).catch(() => {});
  }
}

export const startSpeaking = (parts: SpeakingParts): Speaking => new SpokenVisit(parts);

/** The visit as the screen sees it: with the list that it is to the ear, and touches that stop the speech. */
class SpokenScreen implements ScreenVisit {
  readonly #visit: Pick<ScreenVisit, "send" | "view" | "watch">;
  readonly #speaking: Speaking;
  /** Moves in the list are changes of the view that the visit does not count. */
  #moves = 0;
  #shown = "";

  constructor(visit: Pick<ScreenVisit, "send" | "view" | "watch">, speaking: Speaking) {
    this.#visit = visit;
    this.#speaking = speaking;
  }

  get view(): View {
    const { view } = this.#visit;
    const { byEar } = this.#speaking;
    const now = JSON.stringify(byEar ?? null);
    if (now !== this.#shown) this.#moves += 1;
    this.#shown = now;
    return {
      ...view,
      revision: view.revision + this.#moves,
      ...(byEar === undefined ? {} : { byEar }),
    };
  }

  send(event: CitizenEvent): void {
    this.#visit.send(event);
    if (event.type === "REPLAY") this.#speaking.replay(event.mine);
  }

  watch(callback: () => void): () => void {
    const stops = [this.#visit.watch(callback), this.#speaking.watch(callback)];
    return () => {
      for (const stop of stops) stop();
    };
  }

  touched(): void {
    this.#speaking.touched();
  }

  key(key: EarKey): void {
    this.#speaking.key(key);
  }
}

export const spokenVisit = (visit: ScreenVisit, speaking: Speaking): ScreenVisit =>
  new SpokenScreen(visit, speaking);
