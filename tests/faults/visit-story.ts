// How is a fault told as a story: what the citizen sees and hears, the technician sees, ops gets, the store holds?
import { join } from "node:path";
import Database from "better-sqlite3";
import * as assert from "uvu/assert";
import { FAULTS, type FaultCode, isFaultCode, technicianRemedy } from "../../src/core/faults.js";
import { Random } from "../../src/dock/rehearsal/random.js";
import type { Screen } from "../../src/flows/view.js";
import type { DeviceName } from "../../src/hal/board.js";
import { type DeviceMessage, topics } from "../../src/sync/protocol/messages.js";
import { decode } from "../../src/sync/protocol/validate.js";
import { type Errand, Person } from "../storm/person.js";
import { type CardHolder, type Deck, makeDeck, World, type WorldOptions } from "../storm/world.js";
import { type DrawnPage, loadPage } from "./drawn-page.js";

const STEP_WITHIN_MS = 10 * 60_000;
const TELEMETRY_MS = 2_000;
/** The longest period of a health question and of a look at the disk, and a reopening. */
const NOTICED_WITHIN_MS = 200_000;

/** A heading and what to do come before it; a screen that nobody touches warns after 45 s. */
const SAID_WITHIN_MS = 25_000;
const SAID_LATELY_MS = 60_000;

const LANGUAGES = ["vi", "en"] as const;

const decodedFault = (payload: Buffer | undefined): string | null | undefined => {
  const message = payload === undefined ? undefined : decode("device", payload);
  return message?.ok === true ? message.value.fault : undefined;
};

export interface Books {
  readonly submissions: number;
  /** Results of the print intents, oldest first; null: nobody knows. */
  readonly prints: readonly (string | null)[];
  /** Whole slips and queue numbers in the slot. */
  readonly slips: number;
  readonly unfinished: number;
}

export interface StoryOptions extends Partial<Omit<WorldOptions, "deck">> {
  readonly errand?: Partial<Errand>;
}

/** What the stories of one file share. */
export class Stories {
  readonly #deck: Deck;
  readonly page: DrawnPage;

  private constructor(deck: Deck, page: DrawnPage) {
    this.#deck = deck;
    this.page = page;
  }

  static async open(): Promise<Stories> {
    return new Stories(await makeDeck(2), await loadPage());
  }

  /** Whose card speaks PACE. */
  get newer(): CardHolder {
    const [, newer] = this.#deck.holders;
    if (newer === undefined) throw new Error("the deck has no second card");
    return newer;
  }

  get copied(): CardHolder {
    return this.#deck.copied;
  }

  /** A kiosk that is whole, and a calm person in front of it. */
  async tell(options: StoryOptions, act: (story: Story) => Promise<void>): Promise<void> {
    const { errand, ...world } = options;
    const story = new Story(
      new World({ deck: this.#deck, telemetryMs: TELEMETRY_MS, ...world }),
      this.page,
      errand,
    );
    try {
      story.world.powerUp();
      await act(story);
      assert.equal(story.world.errors, [], "no program error");
    } finally {
      await story.world.close();
    }
  }
}

export class Story {
  readonly world: World;
  readonly person: Person;
  readonly #page: DrawnPage;
  #readings: Readonly<Record<string, unknown>> = {};
  /** What ops was told of each device, oldest first. */
  readonly #alerts = new Map<string, DeviceMessage[]>();
  #arrived = false;

  constructor(world: World, page: DrawnPage, errand: Partial<Errand> = {}) {
    this.world = world;
    this.#page = page;
    // Nobody of these dice presses the wrong thing: the story is the fault's.
    const calm = new Random(3);
    const dice = {
      between: (from: number, to: number) => calm.between(from, to),
      chance: () => false,
      pick: <T>(items: readonly T[]) => calm.pick(items),
    };
    this.person = new Person(world, dice, {
      what: "apply",
      procedureCode: "2.000815",
      language: "vi",
      holder: world.holder(0),
      stopsAt: null,
      walksAwayAt: null,
      impatient: false,
      lookupCode: "MC1:00000000000000000000000000",
      ...errand,
    });
    world.broker.listen(topics.everyDevice, (topic, payload) => {
      const message = decode("device", payload);
      assert.ok(message.ok, payload.toString());
      const device = topic.split("/").at(-1) ?? "";
      if (message.ok) this.#alerts.set(device, [...(this.#alerts.get(device) ?? []), message.value]);
    });
    world.broker.listen(topics.everyTelemetry, (_topic, payload) => {
      this.#readings = (JSON.parse(payload.toString()) as { readings: Record<string, unknown> }).readings;
    });
  }

  get step(): string {
    return this.world.on.visit.state.name;
  }

  async settled(): Promise<this> {
    assert.ok(await this.world.settle(), "the kiosk is whole");
    return this;
  }

  /** The person goes on until the visit stands at `step`; then everything but devices waits. */
  async to(step: string): Promise<this> {
    if (!this.#arrived) this.person.arrive();
    else this.person.goOn();
    this.#arrived = true;
    const there = () => this.world.kiosk?.visit.state.name.startsWith(step) === true;
    assert.ok(
      await this.world.clock.run(there, STEP_WITHIN_MS),
      `never at ${step}, but at ${this.step}: ${this.person.trail.join(" > ")}`,
    );
    this.person.stop();
    return this;
  }

  /** Time goes by, the person only looks. */
  async wait(ms: number): Promise<void> {
    await this.world.clock.pass(ms);
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    assert.ok(await this.world.clock.run(holds, NOTICED_WITHIN_MS), `never: ${what}; at ${this.step}`);
  }

  /** To the end of the visit, and the first screen again. */
  async finish(): Promise<void> {
    this.person.goOn();
    assert.ok(
      await this.world.clock.run(
        () => this.person.gone && this.world.on.view.screen.name === "attract",
        STEP_WITHIN_MS,
      ),
      `the visit does not end: ${this.person.trail.join(" > ")}`,
    );
  }

  screen<Name extends Screen["name"]>(name: Name): Extract<Screen, { name: Name }> {
    const { screen } = this.world.on.view;
    assert.is(screen.name, name, this.person.trail.join(" > "));
    return screen as Extract<Screen, { name: Name }>;
  }

  /**
   * The screen draws the fault's sentence in both languages, and nothing that is for programmers; the room hears
   * it to its end, in the visit's. (At the first screen only who comes is spoken to.)
   */
  async citizenIsTold(code: FaultCode): Promise<void> {
    for (const language of LANGUAGES) {
      const words = this.#page.words(this.world.on.view, language);
      const sentence = FAULTS[code].citizen[language];
      assert.ok(words.includes(sentence), `"${sentence}" is not in "${words}"`);
      // A sentence that can be read out, without a code or a number of ours.
      assert.match(sentence, /^\p{Lu}[\p{L}\p{N}\s,.:;?!’'()“”-]+[.?!]$/u);
    }
    this.citizenIsSpared();
    if (this.world.on.view.screen.name !== "attract") await this.citizenHears(code);
  }

  async citizenHears(code: FaultCode): Promise<void> {
    const { sound } = this.world.board;
    const { language } = this.world.on.view;
    const sentence = FAULTS[code].citizen[language];
    const sinceMs = this.world.clock.monotonicMs() - SAID_LATELY_MS;
    const heard = () =>
      sound.heard.some(
        ({ text, language: voice, atMs, whole }) =>
          whole && text === sentence && voice === language && atMs >= sinceMs,
      );
    const said = () => sound.heard.slice(-5).map(({ text, whole }) => `${text}${whole ? "" : " (cut)"}`);
    assert.ok(
      await this.world.clock.run(heard, SAID_WITHIN_MS),
      `not said: "${sentence}", but: ${said().join(" / ")}`,
    );
  }

  /** A whole sentence, from now on. */
  async citizenHearsSomething(): Promise<void> {
    const { clock, board } = this.world;
    const { name } = this.world.on.view.screen;
    const before = board.sound.heard.filter(({ whole }) => whole).length;
    const heard = () => board.sound.heard.filter(({ whole }) => whole).length > before;
    assert.ok(await clock.run(heard, SAID_WITHIN_MS), `silence at ${name}`);
  }

  /** No code, no stack trace, no English on a Vietnamese screen where a fault would be named. */
  citizenIsSpared(): void {
    for (const language of LANGUAGES) {
      const words = this.#page.words(this.world.on.view, language);
      for (const word of words.split(/[\s"'():,]+/))
        assert.not.ok(isFaultCode(word), `${word} is on the screen`);
      assert.not.match(words, /Error\b|\.js:\d|undefined|\[object|ENOENT|null/);
    }
  }

  citizenIsNotTold(code: FaultCode): void {
    for (const language of LANGUAGES)
      assert.not.ok(this.#page.words(this.world.on.view, language).includes(FAULTS[code].citizen[language]));
    this.citizenIsSpared();
  }

  /** The console names fault and remedy, the next telemetry the fault. */
  async staffIsTold(device: DeviceName, code: FaultCode): Promise<void> {
    await this.until(`${device} shows ${code}`, () => this.#faultOf(device) === code);
    const line = this.world.on.console.split("\n").find((text) => text.startsWith(`device ${device}:`)) ?? "";
    assert.ok(line.includes(code), line);
    const { status } = this.world.on.board[device];
    // What is known of the cause says more than the fault alone.
    const remedy = "fault" in status ? technicianRemedy(status.fault) : FAULTS[code].technician;
    assert.ok(line.includes(remedy.en), line);
    const report = this.world.on.status.devices.find((each) => each.device === device);
    assert.equal(report?.remedy, remedy);
    await this.until(`ops hears ${device} ${code}`, () => this.#readings[device] === code);
    await this.#opsIsAlerted(device, code);
  }

  /** The retained word on the device carries the fault's code; off-line it comes with the link. */
  async #opsIsAlerted(device: DeviceName, fault: FaultCode | null): Promise<void> {
    const newest = () => this.#alerts.get(device)?.at(-1);
    await this.until(`ops is alerted of ${device} ${fault}`, () => newest()?.fault === fault);
    const { epochMs } = this.world.clock.wall();
    const { code, severity, sinceMs = Number.POSITIVE_INFINITY } = newest() ?? {};
    assert.is(code, fault === null ? null : FAULTS[fault].telemetry);
    assert.is(severity, fault === null ? null : FAULTS[fault].severity);
    assert.ok(sinceMs <= epochMs && sinceMs > epochMs - STEP_WITHIN_MS, "since when, by the wall");
    const retained = this.world.broker.retainedFor(topics.device(this.world.config.kiosk.id, device));
    assert.is(decodedFault(retained[0]?.[1]), fault);
  }

  async staffSeesReady(device: DeviceName): Promise<void> {
    await this.until(`${device} is ready again`, () => this.world.on.board[device].status.state === "ready");
    await this.until(`ops hears ${device} ready`, () => this.#readings[device] === "ready");
    await this.#opsIsAlerted(device, null);
  }

  #faultOf(device: DeviceName): FaultCode | null {
    const { status } = this.world.on.board[device];
    return "fault" in status ? status.fault.code : null;
  }

  get books(): Books {
    const { printer } = this.world.board.control;
    const { disk } = this.world.on;
    const db = new Database(join(this.world.storeDir, "motcua.db"), { readonly: true });
    try {
      const prints = db
        .prepare("SELECT result FROM intents JOIN journal USING (id) WHERE kind = 'print' ORDER BY id")
        .pluck()
        .all() as (string | null)[];
      const submissions = Number(db.prepare("SELECT count(*) FROM submissions").pluck().get());
      const slips = printer.slips.filter((slip) => this.world.slips.numberOn(slip) !== null).length;
      assert.ok(disk.journal.verify().ok, "the journal's chain holds");
      return { submissions, prints, slips, unfinished: disk.journal.open().length };
    } finally {
      db.close();
    }
  }
}
