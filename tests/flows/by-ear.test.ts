// Can somebody who sees nothing do a visit with six keys, and is nothing of theirs said to the room?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { NO_WISHES } from "../../src/flows/events.js";
import type { EarKey } from "../../src/flows/protocol.js";
import { CATALOGUES } from "../../src/screen/texts/texts.js";
import { clock, until } from "../contract/bench.js";
import { NUMBER, pageOf, QR, theCitizen } from "./house.js";
import { inVisit, type Told } from "./mouth.js";

const { vi } = CATALOGUES;

/** What was said since, as one text, once it holds `words`. */
const heard = async ({ mouth }: Told, words: string): Promise<void> => {
  await until(`hears "${words}"`, () => mouth.said.some((said) => said.includes(words))).catch((error) => {
    throw new Error(`${error.message}, heard: ${mouth.said.join(" | ")}`);
  });
};

/** Walks from the top of the list until the item is said that holds `words`, and chooses it. */
const choose = async (told: Told, words: string): Promise<void> => {
  const { screen, mouth } = told;
  // Nobody counts the items: back to the top first.
  for (let tries = 0; tries < 60 && screen.view.byEar?.at !== 1; tries++) screen.key?.("previous");
  // What the screen asks names all that it offers.
  screen.key?.("next");
  for (let tries = 0; tries < 80; tries++) {
    if (screen.view.byEar?.text.includes(words) === true) {
      mouth.said.length = 0;
      screen.key?.("select");
      await clock.sleep(5);
      return;
    }
    screen.key?.("next");
  }
  throw new Error(`no item "${words}" on ${screen.view.screen.name}: ${screen.view.byEar?.text}`);
};

const type = ({ screen }: Told, keys: string): void => {
  for (const key of keys) screen.key?.(key as EarKey);
};

/** To the form of the certified copy, with the card's values in it. */
const toForm = async (told: Told, headphones: boolean): Promise<void> => {
  const { speaking, visit, screen } = told;
  if (headphones) {
    visit.send({ type: "HEADPHONES", in: true });
    speaking.headphones(true);
  } else screen.key?.("next");
  await heard(told, vi.language.title.text);
  await choose(told, "Tiếng Việt");
  await choose(told, "copy");
  await heard(told, vi.identify.qrTitle.text);
  visit.send({ type: "CODE_SHOWN", text: QR });
  await heard(told, vi.identify.layTitle.text);
  await choose(told, vi.identify.skipChip.text);
  assert.is(visit.view.screen.name, "form");
};

test("any key of the keypad begins it; what the keys do is said first, twice repeat says it again", () =>
  inVisit("asked", async (told) => {
    const { screen, mouth } = told;
    assert.is(screen.view.byEar, null);
    screen.key?.("select");
    await heard(told, vi.ear.welcome.text);
    await heard(told, vi.ear.keys.text);
    await heard(told, vi.language.title.text);
    await heard(told, "Có 5 mục");
    assert.is(screen.view.screen.name, "language");
    screen.key?.("next");
    assert.equal(screen.view.byEar, { text: "Tiếng Việt", at: 2, of: 5 });
    await heard(told, "2 trên 5");
    mouth.said.length = 0;
    screen.key?.("repeat");
    await heard(told, "Tiếng Việt");
    screen.key?.("repeat");
    await heard(told, vi.ear.keysMore.text);
    type(told, "3");
    assert.is(screen.view.byEar?.text, "English");
    for (let i = 0; i < 9; i++) screen.key?.("next");
    await heard(told, vi.ear.last.text);
    assert.is(screen.view.byEar?.at, 5, "the end of a list is the end");
  }));

test("without headphones the room hears what is asked and never what was answered; asked for, it does", () =>
  inVisit("on", async (told) => {
    const { screen, mouth } = told;
    mouth.said.length = 0;
    await toForm(told, false);
    for (let tries = 0; tries < 20 && screen.view.byEar?.text.startsWith("name") !== true; tries++)
      screen.key?.("next");
    await heard(told, vi.ear.covered.text);
    assert.not.ok(mouth.said.some((said) => said.includes(theCitizen.fullName)));
    assert.not.ok(JSON.stringify(screen.view.byEar).includes(theCitizen.fullName));
    await choose(told, "name");
    await choose(told, "Đọc ra loa");
    await heard(told, theCitizen.fullName);
  }));

test("headphones begin it and hear everything; pulled, the word is cut and nothing personal follows", () =>
  inVisit("on", async (told) => {
    const { screen, mouth, speaking, visit } = told;
    await toForm(told, true);
    assert.is(screen.view.headphones, true);
    assert.ok(mouth.volumes.at(-1) !== undefined && (mouth.volumes.at(-1) ?? 1) < 0.7, "softer at the ear");
    for (let tries = 0; tries < 20 && screen.view.byEar?.text.startsWith("name") !== true; tries++)
      screen.key?.("next");
    await heard(told, theCitizen.fullName);
    mouth.longWinded = true;
    screen.key?.("repeat");
    await until("it is saying", () => mouth.said.at(-1) !== undefined);
    const cuts = mouth.cuts;
    const resets = mouth.resets;
    mouth.said.length = 0;
    mouth.longWinded = false;
    visit.send({ type: "HEADPHONES", in: false });
    speaking.headphones(false);
    await heard(told, vi.ear.unplugged.text);
    assert.ok(mouth.cuts > cuts, "cut at once");
    assert.ok(mouth.resets > resets, "the room's own loudness");
    screen.key?.("previous");
    screen.key?.("next");
    await heard(told, vi.ear.covered.text);
    await clock.sleep(20);
    assert.not.ok(mouth.said.some((said) => said.includes(theCitizen.fullName)));
    assert.is(screen.view.screen.name, "form", "and the visit goes on where it was");
  }));

test("headphones that lay in when the kiosk came up begin nobody's visit", () =>
  inVisit("on", async ({ screen, speaking, visit, mouth }) => {
    visit.send({ type: "HEADPHONES", in: true });
    speaking.headphones(true, "found");
    await clock.sleep(20);
    assert.is(screen.view.byEar, null);
    assert.is(screen.view.screen.name, "attract");
    assert.equal(mouth.said, []);
  }));

test("letters are spelled with tones, what is missing is told and found, a wait tells how far it is", () =>
  inVisit("on", async (told) => {
    const { screen, visit, effects, mouth } = told;
    await toForm(told, true);
    await choose(told, vi.common.next.text);
    await heard(told, "empty");
    assert.ok(screen.view.byEar?.text.startsWith("typed"), "one stands on what is wrong");
    await choose(told, vi.common.next.text);
    await heard(told, "empty");
    assert.ok(screen.view.byEar?.text.startsWith("typed"), "each time that it is tried");
    screen.key?.("select");
    await choose(told, vi.ear.spell.text);
    // "b", "a", acute, done.
    const to = async (said: string, step: EarKey = "next") => {
      mouth.said.length = 0;
      for (let tries = 0; tries < 90; tries++) {
        screen.key?.(step);
        await clock.sleep(2);
        if (mouth.said.at(-1) === said) break;
      }
      screen.key?.("select");
      await clock.sleep(2);
    };
    await to("b");
    await to("a");
    await to(vi.keyboard.acute.text);
    await heard(told, "Bá");
    await to(vi.keyboard.hide.text, "previous");
    const form = visit.view.screen;
    assert.is(form.name === "form" ? form.fields[0]?.value : "", "Bá");
    await choose(told, vi.common.next.text);
    assert.is(visit.view.screen.name, "papers");
    await choose(told, vi.papers.capture.text);
    const call = effects.waiting("capturePaper");
    const report = call.args[1] as (stage: "reading", part: number) => void;
    mouth.said.length = 0;
    report("reading", 0.3);
    report("reading", 0.55);
    await heard(told, "50 phần trăm");
    assert.not.ok(mouth.said.includes("30 phần trăm"));
    call.resolve(pageOf());
    await heard(told, vi.papers.reviewPlain.text);
  }));

test("what was begun outlives the question whether anybody is there, and any key answers it", () =>
  inVisit("on", async (told) => {
    const { screen, clock: time, visit } = told;
    screen.key?.("next");
    await heard(told, vi.language.title.text);
    screen.key?.("next");
    const at = screen.view.byEar?.at;
    time.advance(60_000);
    assert.is(visit.view.idle, null, "who listens has twice the time");
    time.advance(31_000);
    assert.ok(visit.view.idle !== null);
    await heard(told, vi.idle.title.text);
    await heard(told, vi.ear.anyKey.text);
    screen.key?.("next");
    assert.is(visit.view.idle, null);
    assert.is(screen.view.byEar?.at, at, "that key only answered");
  }));

test("the keys of pace and loudness work everywhere", () =>
  inVisit("on", async (told) => {
    const { screen, visit, mouth } = told;
    await toForm(told, false);
    screen.key?.("volume");
    await heard(told, vi.wishes.volume_loud.text);
    assert.is(visit.view.wishes.volume, "loud");
    screen.key?.("pace");
    assert.is(visit.view.wishes.pace, "quick");
    screen.key?.("back");
    mouth.said.length = 0;
    visit.send({ type: "CANCEL" });
    await heard(told, vi.goodbye.title.text);
    assert.ok(visit.view.wishes.audio, "also the goodbye is heard");
    visit.send({ type: "CANCEL" });
    assert.equal(visit.view.wishes, NO_WISHES);
    assert.is(screen.view.byEar, null);
    assert.not.ok(mouth.said.some((said) => said.includes(NUMBER)));
  }));

test.run();
