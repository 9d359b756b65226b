// Does every procedure come to its slip in both languages for somebody who hears it and has a number pad alone?
//
// On the real stack. One way on every run; all of them with MOTCUA_LONG=1. What is spoken, and to whom, is asked by
// by-ear-visit.test.ts.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { CATALOGUES } from "../../src/screen/texts/texts.js";
import {
  act,
  at,
  attribute,
  choose,
  dockState,
  type Ear,
  hears,
  item,
  press,
  said,
  until,
  walkTo,
} from "./ear.js";
import { LANDSCAPE, PORTRAIT } from "./stage.js";
import { startWholeKiosk, type WholeKiosk } from "./whole-kiosk.js";

type Language = "vi" | "en";

interface World {
  kiosk: WholeKiosk;
}

interface Way {
  readonly procedure: number;
  readonly language: Language;
  readonly lying: boolean;
}

const MOST_SCREENS = 60;
const LANGUAGES = { vi: "Tiếng Việt", en: "English" } as const;
/** Of a copy's purpose, an address's line: a letter is an answer. */
const ONE_LETTER = ["NumpadAdd", "NumpadEnter", "NumpadEnter"];

const test = suite<World>("by-ear-every");

test.before(async (world) => {
  world.kiosk = await startWholeKiosk('[board]\nkind = "simulated"\nspeaker = true\n');
});
test.after((world) => world.kiosk.end());

class Listener {
  readonly path: string[] = [];
  readonly #ear: Ear;
  readonly #way: Way;

  constructor(ear: Ear, way: Way) {
    this.#ear = ear;
    this.#way = way;
  }

  get #words() {
    return CATALOGUES[this.#way.language];
  }

  #screen = (): Promise<string> => attribute(this.#ear, "data-screen");

  #leaves = (screen: string): Promise<void> =>
    until(`${screen} is left`, async () => (await this.#screen()) !== screen);

  #has = async (words: string): Promise<boolean> =>
    walkTo(this.#ear, words).then(
      () => true,
      () => false,
    );

  #keys = async (keys: readonly string[]): Promise<void> => {
    for (const key of keys) await press(this.#ear, key);
  };

  /** Stands on a field: opens it and gives the first answer that its list has, or types one. */
  #fill = async (label: string): Promise<void> => {
    const { ear, address } = this.#words;
    await this.#keys(["NumpadEnter", "NumpadAdd"]);
    const first = await item(this.#ear);
    if (first.startsWith(address.province.text)) return this.#fillAddress();
    if (first.startsWith(ear.enter.text)) return this.#type(label);
    await this.#keys(first.startsWith(ear.spell.text) ? ["NumpadEnter", ...ONE_LETTER] : ["NumpadEnter"]);
  };

  /** A day is the one thing that is eight digits long. */
  #type = async (label: string): Promise<void> => {
    await press(this.#ear, "NumpadEnter");
    const day = /8$/.test((await this.#ear.page.locator(".by-ear-at").textContent()) ?? "");
    const digits = /điện thoại|phone/i.test(label) ? "0912345678" : "2";
    await this.#keys([...[...(day ? "15122026" : digits)].map((digit) => `Numpad${digit}`), "NumpadEnter"]);
  };

  #fillAddress = async (): Promise<void> => {
    const { address, ear } = this.#words;
    await this.#keys(["NumpadEnter", "NumpadAdd", "NumpadEnter"]);
    await choose(this.#ear, address.commune.text);
    await press(this.#ear, "NumpadAdd");
    const spelt = (await item(this.#ear)).startsWith(ear.spell.text);
    await this.#keys(spelt ? ["NumpadEnter", ...ONE_LETTER] : ["NumpadEnter"]);
    await choose(this.#ear, address.line.text);
    await this.#keys(ONE_LETTER);
  };

  /** "Next" leads to what is missing, as long as something is. */
  #form = async (screen: string): Promise<void> => {
    for (let missing = 0; missing < 12; missing += 1) {
      await choose(this.#ear, new RegExp(`^${this.#words.common.next.text}`));
      await this.#ear.page.waitForTimeout(300);
      if ((await this.#screen()) !== screen) return;
      await this.#fill(await item(this.#ear));
    }
    throw new Error(`${screen} never has all; stands on ${await item(this.#ear)}`);
  };

  #slot = async (screen: string): Promise<void> => {
    const { papers } = this.#words;
    if (await this.#has(papers.skip.text))
      return press(this.#ear, "NumpadEnter").then(() => this.#leaves(screen));
    await act(this.#ear, { act: "loadSheet", sample: "birth-scan" });
    await choose(this.#ear, papers.feed.text);
    return this.#leaves(screen);
  };

  #confirm = async (screen: string): Promise<void> => {
    const code = /^\d(, \d){3}$/;
    const heard = await hears(this.#ear, code, this.#from);
    const digits = heard.findLast((text) => code.test(text))?.split(", ") ?? [];
    await this.#keys([...digits.map((digit) => `Numpad${digit}`), "NumpadEnter"]);
    await this.#leaves(screen);
  };

  #from = 0;

  begin = async (): Promise<void> => {
    this.#from = (await said(this.#ear)).length;
    await at(this.#ear, "attract");
    await until("the speaker is up", async () => (await dockState(this.#ear)).heard !== null);
    await act(this.#ear, { act: "input", line: "headphones", on: true });
    await at(this.#ear, "language");
    await choose(this.#ear, LANGUAGES[this.#way.language]);
    await at(this.#ear, "procedure");
    // The first item is the question.
    await this.#keys([`Numpad${this.#way.procedure + 2}`, "NumpadEnter"]);
    await this.#leaves("procedure");
  };

  /** One screen; what it waits for by itself is waited for. */
  #step = async (screen: string): Promise<void> => {
    const { papers, check, pay, slip, rate } = this.#words;
    const next: readonly (readonly [RegExp, string | RegExp])[] = [
      [/^papers-\d+-takeBack/, papers.takenBack.text],
      [/^papers-\d+-review/, new RegExp(`^(${papers.accept.text}|${papers.acceptPlain.text})`)],
      [/^check/, check.ok.text],
      [/^pay-(paid|desk)/, pay.toSlip.text],
      [/^pay-(show|slow)/, pay.atDesk.text],
      [/^slip-take/, slip.taken.text],
      [/^rate/, rate.skip.text],
    ];
    if (screen.startsWith("identify-showQr")) await act(this.#ear, { act: "showCardQr", person: 0 });
    else if (screen.startsWith("identify-layCard")) await act(this.#ear, { act: "layCard", person: 0 });
    else if (screen.startsWith("form")) return this.#form(screen);
    else if (/^papers-\d+-slot$/.test(screen)) return this.#slot(screen);
    else if (screen === "confirm") return this.#confirm(screen);
    const [, words] = next.find(([pattern]) => pattern.test(screen)) ?? [];
    if (/takeBack/.test(screen)) await act(this.#ear, { act: "takeSheets" });
    if (/^slip-take/.test(screen)) await act(this.#ear, { act: "liftCard" });
    if (words !== undefined) await choose(this.#ear, words);
    await this.#leaves(screen);
  };

  walk = async (): Promise<void> => {
    await this.begin();
    for (let screens = 0; screens < MOST_SCREENS; screens += 1) {
      const screen = await this.#screen();
      this.path.push(screen);
      if (screen === "attract") return;
      await this.#step(screen).catch((cause: Error) => {
        throw new Error(`${this.path.join(", ")}: ${cause.message}`, { cause });
      });
    }
    throw new Error(`no end: ${this.path.join(", ")}`);
  };
}

const ALL: readonly Way[] = [0, 1, 2].flatMap((procedure) =>
  (["vi", "en"] as const).map((language, at) => ({ procedure, language, lying: at === 1 })),
);
const SOME: readonly Way[] = [{ procedure: 1, language: "en", lying: false }];

for (const way of process.env["MOTCUA_LONG"] === "1" ? ALL : SOME) {
  const { procedure, language, lying } = way;
  test(`procedure ${procedure + 1}, ${language}, ${lying ? "lying" : "upright"}, by ear`, async (world) => {
    const context = await world.kiosk.chromium.context(lying ? LANDSCAPE : PORTRAIT);
    const page = await context.newPage();
    const ear: Ear = { page, dockUrl: world.kiosk.dockUrl };
    try {
      await page.goto(world.kiosk.screenUrl);
      const { length: slips } = (await dockState(ear)).slips;
      const listener = new Listener(ear, way);
      await listener.walk();
      assert.is((await dockState(ear)).slips.length, slips + 1, listener.path.join(", "));
    } finally {
      await act(ear, { act: "input", line: "headphones", on: false });
      await context.close();
    }
  });
}

test.run();
