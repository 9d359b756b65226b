// How does a person who does not see the screen do a whole visit with a few keys?
//
// It follows the view: each screen is the list of `earList`, the keys walk it, choosing an item sends what the
// screen's button would send. Nothing of the visit is decided here.
import type { CitizenEvent, Wishes } from "../flows/events.js";
import type { EarKey } from "../flows/protocol.js";
import type { EarView, FieldView, View } from "../flows/view.js";
import { beginEntry, type Entry, type EntryStep, entryKey } from "../screen/by-ear/entry.js";
import { fasterThan, louderThan } from "../screen/by-ear/everywhere.js";
import type { Deed, EarContext, EarItem } from "../screen/by-ear/items.js";
import { earList, earPlace } from "../screen/by-ear/list.js";
import { type Say, type Sentence, speechOf, text } from "../screen/speech.js";

export interface ByEarParts {
  readonly view: () => View;
  send(event: CitizenEvent): void;
  /** Cuts what is being said; `after`: waits for its end instead, and the newest such sentence is said. */
  say(sentences: readonly Sentence[], how?: "after"): void;
  readonly communes: EarContext["communes"];
  /** What stands on the screen changed. */
  changed(): void;
}

interface Menu {
  readonly name: string | null;
  readonly at: number;
}

const TOP: Menu = { name: null, at: 0 };
/** Of a wait: often enough to know that it goes on, seldom enough to be listened to. */
const SAID_PERCENT = 25;

const sameWords = (a: readonly Sentence[], b: readonly Sentence[]): boolean =>
  a.length === b.length && a.every(({ text: said }, i) => said === b[i]?.text);

export class ByEar {
  readonly #parts: ByEarParts;
  #place = "";
  /** The lists that are open, the innermost last. */
  #menus: readonly Menu[] = [TOP];
  #entry: Entry | null = null;
  #drafts: Readonly<Record<string, string>> = {};
  #said: readonly Sentence[] = [];
  #percent = 0;
  /** "repeat" twice in a row asks what the keys do. */
  #repeated = false;
  #greeted = false;
  /** The question whether anybody is there stands over the screen. */
  #warned = false;

  constructor(parts: ByEarParts) {
    this.#parts = parts;
  }

  get on(): boolean {
    return this.#parts.view().wishes.audio;
  }

  /** Nothing personal is in it: the words of the item without the citizen's own. */
  get shown(): EarView | null {
    if (!this.on) return null;
    if (this.#entry !== null) {
      const { ask, typed } = this.#entry;
      return { text: this.#inWords([ask.label]), at: typed.length, of: ask.length };
    }
    const items = this.#items();
    const at = this.#at(items);
    return { text: this.#inWords(items[at]?.says ?? []), at: at + 1, of: items.length };
  }

  /** A person asks for it: by a key, or by plugging headphones in at the first screen. */
  begin(): void {
    const { wishes, screen } = this.#parts.view();
    if (wishes.audio) return;
    // In this order, so that the first list that is told is the one of the visit.
    if (screen.name === "attract") this.#parts.send({ type: "WAKE" });
    this.#parts.send({ type: "SET_WISHES", wishes: { ...this.#wishes, audio: true } });
  }

  /** After each change of the view. */
  follow(): void {
    const view = this.#parts.view();
    if (!this.on) {
      this.#forget();
      return;
    }
    this.#onChange(view);
    this.#parts.changed();
  }

  #onChange(view: View): void {
    const warned = this.#warned;
    this.#warned = view.idle !== null && view.screen.name !== "attract";
    if (this.#warned || warned) {
      // What was begun is kept: the warning lies over it, and any key takes it away.
      if (!warned) this.#parts.say([...speechOf(view), ...this.#sentences([text("ear.anyKey")])]);
      if (this.#warned || earPlace(view) === this.#place) return;
    }
    const place = earPlace(view);
    const sentences = speechOf(view);
    if (place !== this.#place) this.#arrive(place, sentences);
    else if (!sameWords(sentences, this.#said)) this.#onNews(sentences, view);
    this.#said = sentences;
    this.#tellPercent(view);
  }

  key(key: EarKey): void {
    if (!this.on) {
      this.begin();
      return;
    }
    // Whoever presses a key is there, whatever the key does.
    const warned = this.#warned;
    this.#parts.send({ type: "STILL_HERE" });
    if (warned) {
      this.#hearNow();
      this.#parts.changed();
      return;
    }
    const again = this.#repeated && key === "repeat";
    this.#repeated = key === "repeat" && !again;
    if (again) this.#say([text("ear.keys"), text("ear.keysMore")]);
    else if (key === "volume") this.#wish({ volume: louderThan(this.#wishes.volume) });
    else if (key === "pace") this.#wish({ pace: fasterThan(this.#wishes.pace) });
    else if (this.#entry !== null) this.#step(entryKey(this.#entry, key, this.#private));
    else this.#walk(key);
    this.#parts.changed();
  }

  get #wishes(): Wishes {
    return this.#parts.view().wishes;
  }

  /** One pair of ears hears it. */
  get #private(): boolean {
    return this.#parts.view().headphones === true;
  }

  #forget(): void {
    this.#place = "";
    this.#menus = [TOP];
    this.#entry = null;
    this.#drafts = {};
    this.#said = [];
    this.#greeted = false;
    this.#repeated = false;
  }

  #arrive(place: string, sentences: readonly Sentence[]): void {
    this.#place = place;
    this.#menus = [TOP];
    this.#entry = null;
    this.#drafts = {};
    this.#percent = 0;
    const greeting = this.#greeted ? [] : [text("ear.welcome"), text("ear.keys"), text("ear.keysMore")];
    this.#greeted = true;
    const { length } = this.#items();
    this.#parts.say([
      ...this.#sentences(greeting),
      ...sentences,
      ...this.#sentences([text("ear.items", { of: length })]),
    ]);
  }

  /** The same screen asks something else: a coach's word, or what is wrong with an answer. */
  #onNews(sentences: readonly Sentence[], view: View): void {
    const wrong = this.#wrongField(view);
    const at = this.#items().findIndex(({ id }) => id === `field-${wrong?.key ?? ""}`);
    if (at >= 0) this.#menus = [{ name: null, at }];
    if (sentences.length > 0) this.#parts.say(sentences);
  }

  #tellPercent({ screen }: View): void {
    if (!("percent" in screen)) return;
    const step = Math.floor(screen.percent / SAID_PERCENT) * SAID_PERCENT;
    if (step > this.#percent && step > 0)
      this.#parts.say(this.#sentences([text("common.percent", { percent: step })]), "after");
    this.#percent = step;
  }

  #items(): readonly EarItem[] {
    const { communes } = this.#parts;
    const name = this.#menus.at(-1)?.name ?? null;
    return earList(this.#parts.view(), name, { drafts: this.#drafts, communes });
  }

  /** A list may have become shorter. */
  #at(items: readonly EarItem[]): number {
    return Math.min(this.#menus.at(-1)?.at ?? 0, items.length - 1);
  }

  #walk(key: EarKey): void {
    const items = this.#items();
    const at = this.#at(items);
    if (key === "select") this.#choose(items[at]);
    else if (key === "next" || key === "previous") this.#moveTo(items, at + (key === "next" ? 1 : -1));
    else if (key === "repeat") this.#hear(items, at);
    else if (key === "back" || key === "erase") this.#back(items);
    else this.#digit(items, key);
  }

  #moveTo(items: readonly EarItem[], to: number): void {
    const at = Math.max(0, Math.min(to, items.length - 1));
    this.#menus = [...this.#menus.slice(0, -1), { name: this.#menus.at(-1)?.name ?? null, at }];
    if (to === at) this.#hear(items, at);
    else this.#hear(items, at, text(to < 0 ? "ear.first" : "ear.last"));
  }

  /** Where one thing is to be typed, a digit begins it; elsewhere it is the number of an item. */
  #digit(items: readonly EarItem[], key: EarKey): void {
    const asks = items.filter(({ deed }) => deed?.do === "enter");
    const [only] = asks;
    if (asks.length === 1 && only?.deed?.do === "enter") {
      const begun = beginEntry({ ...only.deed.ask, value: "" }).entry;
      if (begun !== null) this.#step(entryKey(begun, key, this.#private));
      return;
    }
    const ten = items.length > 20 ? 10 : 1;
    this.#moveTo(items, Number(key) * ten - 1);
  }

  #hear(items: readonly EarItem[], at: number, before?: Say): void {
    const item = items[at];
    if (item === undefined) return;
    this.#say([
      ...(before === undefined ? [] : [before]),
      ...item.says,
      ...this.#ownOf(item),
      text("ear.at", { at: at + 1, of: items.length }),
    ]);
  }

  #ownOf({ own }: EarItem): readonly Say[] {
    if (own === undefined) return [];
    return [this.#private ? own : text("ear.covered")];
  }

  #choose(item: EarItem | undefined): void {
    if (item?.deed === undefined) {
      const items = this.#items();
      this.#hear(items, this.#at(items));
    } else this.#do(item.deed);
  }

  #do(deed: Deed): void {
    switch (deed.do) {
      case "send":
        this.#send(deed.event);
        return;
      case "sendAndBack":
        this.#menus = this.#menus.length > 1 ? this.#menus.slice(0, -1) : this.#menus;
        this.#parts.send(deed.event);
        this.#hearHere(text("ear.saved"));
        return;
      case "open":
        this.#menus = [...this.#menus, { name: deed.menu, at: 0 }];
        this.#hearHere();
        return;
      case "back":
        this.#back(this.#items());
        return;
      case "enter":
        this.#step(beginEntry(deed.ask));
        return;
      case "read":
        this.#say([deed.own]);
        return;
      case "wish":
        this.#wish(deed.wish);
        return;
      case "draft":
        this.#drafts = { ...this.#drafts, [deed.key]: deed.value };
        this.#moveOn();
        return;
      case "say":
        this.#say([deed.words]);
        return;
    }
  }

  /** What can not go on because of a field is said each time that it is tried, also when nothing else has changed. */
  #send(event: CitizenEvent): void {
    const said = this.#said;
    this.#parts.send(event);
    const view = this.#parts.view();
    if (event.type !== "NEXT" || this.#said !== said || earPlace(view) !== this.#place) return;
    if (this.#wrongField(view) !== undefined) this.#onNews(speechOf(view), view);
  }

  #wrongField({ screen }: View): FieldView | undefined {
    const fields = screen.name === "form" || screen.name === "papers" ? screen.fields : [];
    return fields.find(({ error }) => error !== null);
  }

  #moveOn(): void {
    const items = this.#items();
    const at = Math.min(this.#at(items) + 1, items.length - 1);
    this.#menus = [...this.#menus.slice(0, -1), { name: this.#menus.at(-1)?.name ?? null, at }];
    this.#hear(items, at, text("ear.saved"));
  }

  /** Where one was. */
  #hearNow(): void {
    if (this.#entry === null) this.#hearHere();
    else this.#step(entryKey(this.#entry, "repeat", this.#private));
  }

  #hearHere(before?: Say): void {
    const items = this.#items();
    this.#hear(items, this.#at(items), before);
  }

  #back(items: readonly EarItem[]): void {
    if (this.#menus.length > 1) {
      this.#menus = this.#menus.slice(0, -1);
      this.#hearHere();
      return;
    }
    const way = items.find(({ deed }) => deed?.do === "send" && deed.event.type === "BACK");
    if (way?.deed !== undefined) this.#do(way.deed);
    else this.#hearHere();
  }

  #wish(wish: Partial<Wishes>): void {
    const wishes = { ...this.#wishes, ...wish };
    this.#parts.send({ type: "SET_WISHES", wishes });
    if (wish.volume !== undefined) this.#say([text("wishes.volume"), text(`wishes.volume_${wish.volume}`)]);
    if (wish.pace !== undefined) this.#say([text("wishes.pace"), text(`wishes.pace_${wish.pace}`)]);
    if (wish.blank !== undefined && wishes.audio)
      this.#say([text(wish.blank ? "ear.blanked" : "ear.unblanked")]);
  }

  #step({ entry, says, value }: EntryStep): void {
    const ask = this.#entry?.ask ?? entry?.ask;
    this.#entry = entry;
    if (value !== undefined && ask !== undefined) this.#do(ask.done(value));
    else if (entry === null) this.#hearHere(says[0]);
    else this.#say(says);
  }

  #sentences(says: readonly Say[]): readonly Sentence[] {
    const { language } = this.#parts.view();
    return says.flatMap((say) => say(language)).filter(({ text: said }) => said !== "");
  }

  #say(says: readonly Say[]): void {
    this.#parts.say(this.#sentences(says));
  }

  #inWords(says: readonly Say[]): string {
    return this.#sentences(says)
      .map(({ text: said }) => said.replace(/[.…]$/, ""))
      .join(". ");
  }
}
