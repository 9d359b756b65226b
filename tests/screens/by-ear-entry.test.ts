// Can digits, dates, codes and places be given with a few keys, and is what is typed kept from the room?
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { EarKey } from "../../src/flows/protocol.js";
import { beginEntry, type EntryStep, entryKey } from "../../src/screen/by-ear/entry.js";
import type { Ask, Deed, EarItem } from "../../src/screen/by-ear/items.js";
import { earList } from "../../src/screen/by-ear/list.js";
import { text } from "../../src/screen/speech.js";
import { SAMPLES, viewOf } from "./sample-views.js";

const ask = (more: Partial<Ask> = {}): Ask => ({
  label: text("identify.typedBirth"),
  alphabet: "digits",
  length: 8,
  exact: true,
  date: true,
  own: true,
  value: "",
  done: (value) => ({ do: "draft", key: "birthDate", value }),
  ...more,
});

const words = ({ says }: EntryStep): string =>
  says
    .flatMap((say) => say("vi"))
    .map(({ text: said }) => said)
    .join(" ");

/** All keys one after the other; the last step. */
const type = (asked: Ask, keys: readonly EarKey[], whole = false): EntryStep => {
  let step = beginEntry(asked);
  for (const key of keys) {
    if (step.entry === null) throw new Error(`over before ${key}`);
    step = entryKey(step.entry, key, whole);
  }
  return step;
};

const keys = (digits: string): readonly EarKey[] => [...digits] as EarKey[];

test("a date is eight digits; one that is no day is said and typed anew; too few are counted", () => {
  assert.is(type(ask(), [...keys("08031950"), "select"]).value, "1950-03-08");
  const wrong = type(ask(), [...keys("31022000"), "select"]);
  assert.match(words(wrong), /Không có ngày này/);
  assert.is(wrong.entry?.typed, "");
  assert.match(words(type(ask(), [...keys("0803"), "select"])), /thiếu 4 số/);
  assert.match(words(type(ask(), keys("08031950"))), /Đủ rồi/);
  const more = type(ask(), keys("080319507"));
  assert.is(more.entry?.typed, "08031950", "what is too much is not taken");
});

test("the room hears how much was typed, one pair of ears hears what", () => {
  const room = type(ask(), keys("08"));
  assert.match(words(room), /Đã nhập 2/);
  assert.not.match(words(room), /8/);
  assert.not.match(words(type(ask(), [...keys("0803"), "repeat"])), /0, 8/);
  assert.match(words(type(ask(), [...keys("0803"), "repeat"], true)), /0, 8, 0, 3/);
  assert.is(words(type(ask({ own: false }), keys("4"))), "4", "a code that is spoken anyway is repeated");
});

test("six keys without digits do the same: next finds a digit, previous from the start finds done", () => {
  const asked = ask({ exact: true, length: 2, date: false });
  const seven: readonly EarKey[] = [...Array<EarKey>(8).fill("next"), "select"];
  const step = type(asked, [...seven, ...seven, "previous", "select"], true);
  assert.is(step.value, "77");
  assert.is(type(asked, [...seven, "previous", "previous"], true).entry?.typed, "7");
  assert.match(words(type(asked, [...seven, "erase"], true)), /Đã xoá một chữ. Chưa có/);
  assert.is(type(asked, ["back"]).entry, null);
  assert.is(type(asked, ["back"]).value, undefined);
});

const itemsOf = (
  name: string,
  menu: string | null,
  communes: readonly { code: string; name: string }[] = [],
) => {
  const sample = SAMPLES.find((each) => each.name === name);
  if (sample === undefined) throw new Error(`no sample ${name}`);
  return earList(viewOf(sample, "vi", 1), menu, { drafts: {}, communes: () => communes });
};

const deedOf = (items: readonly EarItem[], id: string): Deed | undefined =>
  items.find((item) => item.id === id)?.deed;

test("an address is two lists and a line; another province forgets the commune", () => {
  const menu = itemsOf("form-address-done", "field:stay");
  assert.ok(menu.some(({ id }) => id === "address.province") && menu.some(({ id }) => id === "address.line"));
  const provinces = itemsOf("form-address-done", "field:stay:province");
  assert.is(provinces.filter(({ id }) => id.startsWith("place-")).length, 34);
  const hanoi = deedOf(provinces, "place-01");
  assert.equal(hanoi, {
    do: "sendAndBack",
    event: { type: "SET_FIELD", key: "stay", value: "Thôn Mẫu, , Thành phố Hà Nội" },
  });
  const communes = itemsOf("form-address-done", "field:stay:commune", [{ code: "7", name: "Xã Mẫu" }]);
  assert.equal(deedOf(communes, "place-7"), {
    do: "sendAndBack",
    event: { type: "SET_FIELD", key: "stay", value: "Thôn Mẫu, Xã Mẫu, Thành phố Đà Nẵng" },
  });
  assert.ok(
    itemsOf("form-address-done", "field:stay:commune").some(({ id }) => id === "spell"),
    "without a list of communes it is spelled, or an officer types it",
  );
});

test("a card that is typed is sent when its three parts are there, and only then", () => {
  const sample = SAMPLES.find(({ name }) => name === "identify-typed");
  if (sample === undefined) throw new Error("no sample");
  const view = viewOf(sample, "vi", 1);
  const next = (drafts: Readonly<Record<string, string>>) =>
    deedOf(earList(view, null, { drafts, communes: () => [] }), "next");
  assert.is(next({ number: "001950000123", birthDate: "1950-03-08" })?.do, "say");
  assert.equal(next({ number: "001950000123", birthDate: "1950-03-08", expiryDate: "2099-12-31" }), {
    do: "send",
    event: {
      type: "SUBMIT_TYPED",
      number: "001950000123",
      birthDate: "1950-03-08",
      expiryDate: "2099-12-31",
    },
  });
});

test.run();
