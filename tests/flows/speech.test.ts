// Is every screen of a visit said, once, until somebody touches it, and is nothing of a person ever said?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FAULTS } from "../../src/core/faults.js";
import { NO_WISHES } from "../../src/flows/events.js";
import type { View } from "../../src/flows/view.js";
import { personalSpeechOf, speechOf } from "../../src/screen/speech.js";
import { CATALOGUES } from "../../src/screen/texts/texts.js";
import { clock, until } from "../contract/bench.js";
import { SAMPLES, viewOf } from "../screens/sample-views.js";
import { inVisit } from "./mouth.js";
import { small } from "./small-catalogue.js";

const { vi, en } = CATALOGUES;

test("each screen is said once as it appears, in the visit's language; the next visit begins at its own volume", () =>
  inVisit("on", async ({ visit, mouth, press }) => {
    assert.equal(mouth.said, [], "the first screen is not said to an empty room");
    press({ type: "WAKE" });
    await until("language", () => mouth.said.includes(vi.language.title.text));
    press({ type: "CHOOSE_LANGUAGE", language: "en" });
    await until("procedure", () => mouth.said.includes(en.procedure.title.text));
    assert.is(mouth.resets, 1);
    const [procedure] = small.procedures;
    await until("and what is offered", () => mouth.said.includes(procedure?.title.en ?? "?"));
    press({ type: "HELP" });
    await until("help", () => mouth.said.includes(en.help.procedure.text));
    press({ type: "CLOSE_HELP" });
    await clock.sleep(30);
    assert.is(mouth.said.filter((text) => text === en.language.title.text).length, 0);
    assert.is(visit.view.speech, "on");
    press({ type: "CANCEL" });
    await until("goodbye", () => mouth.said.includes(en.goodbye.forgotten.text));
  }));

test("a touch cuts what is being said, and the rest of it is not said", () =>
  inVisit("on", async ({ mouth, press, speaking }) => {
    mouth.longWinded = true;
    press({ type: "WAKE" });
    await until("language", () => mouth.said.length === 1);
    press({ type: "CHOOSE_LANGUAGE", language: "vi" });
    await until("procedure", () => mouth.said.includes(vi.procedure.title.text));
    const said = mouth.said.length;
    const cuts = mouth.cuts;
    speaking.touched();
    await until("cut", () => mouth.cuts === cuts + 1);
    await clock.sleep(50);
    assert.is(mouth.said.length, said);
  }));

test("muted it is silent at once; asked for, it says the screen that stands there", () =>
  inVisit("asked", async ({ visit, mouth, press }) => {
    press({ type: "WAKE" });
    press({ type: "CHOOSE_LANGUAGE", language: "vi" });
    await clock.sleep(30);
    assert.equal(mouth.said, []);
    assert.is(visit.view.speech, "off");
    press({ type: "SPEAK", on: true });
    await until("said now", () => mouth.said.includes(vi.procedure.title.text));
    press({ type: "SPEAK", on: false });
    const said = mouth.said.length;
    press({ type: "TAKE_NUMBER" });
    await clock.sleep(50);
    assert.is(mouth.said.length, said);
    press({ type: "CANCEL" });
  }));

test("who comes near is invited, not all day; where speech is off nothing is said and no button offers it", async () => {
  await inVisit("on", async ({ mouth, speaking }) => {
    for (let i = 0; i < 5; i++) speaking.someoneCame();
    await until("invited", () => mouth.said.includes(vi.attract.start.speech ?? ""));
    await clock.sleep(30);
    assert.is(mouth.said.length, 2);
  });
  await inVisit("off", async ({ visit, mouth, speaking, press }) => {
    speaking.someoneCame();
    press({ type: "WAKE" });
    press({ type: "SPEAK", on: true });
    await clock.sleep(30);
    assert.equal(mouth.said, []);
    assert.is(visit.view.speech, undefined);
  });
});

test("a loudspeaker that fails keeps nobody from anything", () =>
  inVisit("on", async ({ visit, mouth, press }) => {
    mouth.broken = true;
    press({ type: "WAKE" });
    press({ type: "CHOOSE_LANGUAGE", language: "vi" });
    await clock.sleep(50);
    assert.is(visit.view.screen.name, "procedure");
    assert.equal(mouth.said, []);
  }));

/** Whatever of a view may be a person's. */
const personalIn = ({ screen }: View): readonly string[] => {
  if (screen.name === "form") return screen.fields.map(({ value }) => value);
  if (screen.name === "papers") return screen.fields.map(({ value }) => value);
  if (screen.name === "check") return screen.rows.map(({ value }) => value);
  if (screen.name === "identify" && screen.typed !== undefined) return Object.values(screen.typed);
  return [];
};

test("what a person entered or a card held is in no sentence, and a fault on the screen is in one", () => {
  let personal = 0;
  let faults = 0;
  for (const sample of SAMPLES)
    for (const language of ["vi", "en"] as const) {
      const view = viewOf(sample, language, 1);
      const { name } = sample;
      const said = speechOf(view);
      for (const value of personalIn(view).filter((text) => text.length > 1)) {
        personal += 1;
        assert.not.ok(
          said.some(({ text }) => text.includes(value)),
          `${name} says "${value}"`,
        );
      }
      const { screen } = view;
      if (!("fault" in screen) || screen.fault === null || view.helpOpen || view.idle !== null) continue;
      faults += 1;
      const { citizen } = FAULTS[screen.fault];
      assert.ok(
        said.some(({ text }) => text === citizen[language]),
        `${name} tells of ${screen.fault}`,
      );
    }
  assert.ok(personal > 10 && faults > 1, `${personal} values, ${faults} faults were looked at`);
});

test("pace and loudness are the citizen's for this visit; the screen is said again when asked, also while muted", () =>
  inVisit("on", async ({ visit, mouth, press }) => {
    press({ type: "WAKE" });
    await until("language", () => mouth.said.includes(vi.language.title.text));
    assert.is(mouth.paces.at(-1), "normal");
    press({ type: "SET_WISHES", wishes: { ...NO_WISHES, pace: "slow", volume: "loud" } });
    await until("louder", () => mouth.volumes.length === 1);
    press({ type: "SPEAK", on: false });
    const before = mouth.said.length;
    press({ type: "REPLAY", mine: false });
    await until("again", () => mouth.said.length > before);
    assert.is(mouth.said.at(-1), vi.language.title.text);
    assert.is(mouth.paces.at(-1), "slow");
    const resets = mouth.resets;
    visit.send({ type: "CANCEL" });
    visit.send({ type: "CANCEL" });
    await until("the next visit's own loudness", () => mouth.resets > resets);
  }));

test("what is the citizen's own is said only to who asks for it, and a covered number never whole", () => {
  const check = SAMPLES.find(({ name }) => name === "check");
  if (check === undefined) throw new Error("no sample");
  const view = viewOf(check, "vi", 1);
  const textOf = (sentences: readonly { readonly text: string }[]) =>
    sentences.map(({ text }) => text).join(" | ");
  assert.not.match(textOf(speechOf(view)), /NGUYỄN|1950|123/);
  const own = personalSpeechOf(view);
  assert.match(textOf(own), /NGUYỄN THỊ MẪU/);
  assert.match(textOf(own), /08\/03\/1950/);
  assert.match(textOf(own), /1, 2, 3/);
  assert.not.match(textOf(own), /001950000123/);
  assert.ok(
    own.every(({ text, keep }) => !keep || !/NGUYỄN|1950|1, 2, 3/.test(text)),
    "and never kept on disk",
  );
});

test.run();
