// Are the words plain, whole and polite in both languages?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { CATALOGUES, type Entry } from "../../src/screen/texts/texts.js";

interface Line {
  readonly key: string;
  readonly text: string;
}

const lines = (language: "vi" | "en"): readonly Line[] =>
  Object.entries(CATALOGUES[language]).flatMap(([group, entries]) =>
    Object.entries(entries as Readonly<Record<string, Entry>>).flatMap(([name, entry]) =>
      [entry.text, entry.speech ?? entry.text].map((text) => ({ key: `${language} ${group}.${name}`, text })),
    ),
  );
const ALL = [...lines("vi"), ...lines("en")];

const placeholders = (text: string): string => (text.match(/\{\{\w+\}\}/g) ?? []).sort().join(" ");

test("no text is empty, doubled in its spaces, or composed of loose signs", () => {
  for (const { key, text } of ALL) {
    assert.ok(text.trim() === text && text !== "" && !text.includes("  "), key);
    assert.is(text.normalize("NFC"), text, key);
  }
});

test("both languages speak of the same numbers", () => {
  for (const [group, entries] of Object.entries(CATALOGUES.vi))
    for (const [name, entry] of Object.entries(entries as Readonly<Record<string, Entry>>)) {
      const other = (CATALOGUES.en as unknown as Record<string, Record<string, Entry>>)[group]?.[name];
      assert.is(placeholders(other?.text ?? ""), placeholders(entry.text), `${group}.${name}`);
    }
});

test("no sentence is longer than fifteen words", () => {
  const tooLong = ALL.filter(({ text }) =>
    text.split(/[.?!]\s|[.?!]$/).some((sentence) => sentence.split(/\s+/).filter(Boolean).length > 15),
  );
  assert.equal(
    tooLong.map(({ key, text }) => `${key}: ${text}`),
    [],
  );
});

test("elders are spoken to in one way, and nobody is shouted at", () => {
  for (const { key, text } of ALL) {
    assert.not.match(text, /quý vị|quý khách|bạn|cô chú|anh chị/i, key);
    assert.not.match(text, /!/, key);
  }
});

test.run();
