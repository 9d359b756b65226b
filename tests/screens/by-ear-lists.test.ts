// Is every screen a whole list to the ear: everything on it can be heard, and everything pressed?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FAULTS } from "../../src/core/faults.js";
import type { Language } from "../../src/flows/events.js";
import type { View } from "../../src/flows/view.js";
import type { EarItem } from "../../src/screen/by-ear/items.js";
import { earList } from "../../src/screen/by-ear/list.js";
import { speechOf } from "../../src/screen/speech.js";
import { SAMPLES, viewOf } from "./sample-views.js";
import { type Chromium, openChromium, openStage, PORTRAIT, showOn } from "./stage.js";

const CONTEXT = { drafts: {}, communes: () => [] };

interface Heard {
  readonly menu: string | null;
  readonly item: EarItem;
}

/** Every list that can be opened from the screen's own, however deep. */
const everything = (view: View): readonly Heard[] => {
  const heard: Heard[] = [];
  const seen = new Set<string | null>();
  const walk = (menu: string | null) => {
    if (seen.has(menu)) return;
    seen.add(menu);
    for (const item of earList(view, menu, CONTEXT)) {
      heard.push({ menu, item });
      if (item.deed?.do === "open") walk(item.deed.menu);
    }
  };
  walk(null);
  return heard;
};

const said = ({ says }: EarItem, language: Language): string =>
  says
    .flatMap((say) => say(language))
    .map(({ text }) => text)
    .join(" · ");

const views = SAMPLES.flatMap((sample) =>
  (["vi", "en"] as const).map((language) => ({ name: sample.name, view: viewOf(sample, language, 1) })),
);

test("no item is mute, and none is doubled: the place in a list is known by its items", () => {
  for (const { name, view } of views) {
    const items = everything(view);
    for (const { item } of items)
      assert.ok(said(item, view.language).trim() !== "" || item.id === "title", `${name}: ${item.id}`);
    const ids = items.map(({ menu, item }) => `${menu} ${item.id}`);
    assert.is(new Set(ids).size, ids.length, `${name}: ${ids.join(", ")}`);
  }
});

test("what is to be paid is heard wherever it is seen, and whether it was", () => {
  const fee = (name: string, language: Language): string => {
    const view = views.find((each) => each.name === name && each.view.language === language)?.view;
    if (view === undefined) throw new Error(`no sample ${name}`);
    return earList(view, null, CONTEXT)
      .filter(({ id }) => id === "fee")
      .map((item) => said(item, language))
      .join("");
  };
  assert.match(fee("slip-take", "vi"), /15\.000.*đã/);
  assert.match(fee("slip-take", "en"), /15,000.*paid/);
  assert.match(fee("lookup-found-rate", "vi"), /15\.000.*quầy/);
  assert.is(fee("lookup-found", "vi"), "");
});

test("a list begins with what the screen asks, and from every screen one reaches help, an officer and the way out", () => {
  for (const { name, view } of views) {
    const [first] = earList(view, null, CONTEXT);
    if (!view.helpOpen)
      assert.is(
        said(first as EarItem, view.language),
        speechOf(view)
          .map(({ text }) => text)
          .join(" · "),
        name,
      );
    if (view.idle !== null || view.helpOpen) continue;
    const deeds = everything(view).map(({ item }) => item.deed);
    const sends = (type: string) => deeds.some((deed) => deed?.do === "send" && deed.event.type === type);
    assert.ok(!view.can.back || sends("BACK"), `${name}: back`);
    assert.ok(!view.can.cancel || sends("CANCEL"), `${name}: stop`);
    assert.ok(!view.can.help || sends("HELP"), `${name}: help`);
    assert.ok(view.officerCalled || sends("CALL_OFFICER"), `${name}: officer`);
    assert.ok(
      deeds.some((deed) => deed?.do === "wish" && deed.wish.audio === false),
      `${name}: the way back to the screen`,
    );
  }
});

test("what is a person's stands apart from the words that a room may hear", () => {
  let values = 0;
  for (const { name, view } of views) {
    const { screen } = view;
    const own =
      screen.name === "check"
        ? screen.rows.map(({ value }) => value)
        : screen.name === "form" || screen.name === "papers"
          ? screen.fields.filter(({ choices }) => choices.length === 0).map(({ value }) => value)
          : screen.name === "slip"
            ? [screen.lookupCode]
            : screen.name === "identify" && screen.typed !== undefined
              ? Object.values(screen.typed)
              : [];
    for (const value of own.filter((text) => text.length > 2)) {
      values += 1;
      for (const { item } of everything(view))
        assert.not.ok(said(item, view.language).includes(value), `${name}, ${item.id} says "${value}"`);
    }
  }
  assert.ok(values > 20, `${values} values were looked at`);
});

test("a fault on a screen is in what is said first", () => {
  for (const { name, view } of views) {
    const { screen } = view;
    if (!("fault" in screen) || screen.fault === null || view.idle !== null || view.helpOpen) continue;
    if (screen.fault === undefined) continue;
    const [first] = earList(view, null, CONTEXT);
    assert.ok(
      said(first as EarItem, view.language).includes(FAULTS[screen.fault].citizen[view.language]),
      name,
    );
  }
});

let chromium: Chromium;
test.before(async () => {
  chromium = await openChromium();
});
test.after(() => chromium.end());

/** Runs in the page: the words of everything that can be pressed or filled in, without the keys of the keyboards. */
const PRESSED = `[...document.querySelectorAll(".screen button:not([disabled]), .overlay button:not([disabled])")]
  .filter((button) => button.closest("[inert], .dock, .covered") === null && !button.matches(".paper-large"))
  .filter((button) => button.querySelector("img") === null)
  .map((button) => {
    const words = button.querySelector(".button-words > span, strong, .attract-start span");
    return (words ?? button).innerText.split("\\n").at(-1 * Number(button.matches(".face"))).trim();
  })
  .concat([...document.querySelectorAll(".screen .field-label, .screen .choice span, .place > label")]
    .filter((label) => label.closest("[inert]") === null)
    .map((label) => label.innerText.split("(")[0].trim()))`;

/** What the eye needs: letters, and the buttons of the voice that is on anyway. */
const FOR_THE_EYE =
  /^(Cỡ chữ|Đọc to|Tắt tiếng|Nghe lại|Xem tiếp|Phóng to ảnh|Chạm để bắt đầu|Hiện số|Nhập số|Sửa)$/;

test("whatever the drawn screen lets one press or fill in is in its list", async () => {
  const stage = await openStage();
  const page = await (await chromium.context(PORTRAIT)).newPage();
  await page.goto(stage.server.url);
  const missing: string[] = [];
  let pressed = 0;
  for (const { name } of SAMPLES) {
    await showOn(stage, page, name, "vi");
    const all = everything(stage.visit.view)
      .map(({ item }) => said(item, "vi"))
      .join(" | ")
      .toLowerCase();
    for (const words of (await page.evaluate(PRESSED)) as string[]) {
      if (words === "" || FOR_THE_EYE.test(words)) continue;
      pressed += 1;
      if (!all.includes(words.toLowerCase())) missing.push(`${name}: ${words}`);
    }
  }
  await stage.end();
  assert.equal(missing, []);
  assert.ok(pressed > 300, `${pressed} were looked at`);
});

/** Runs in the page: sentences and values that stand there to be read, each part of a line by itself. */
const READ = `[...document.querySelectorAll(".main p, .main dt, .main dd, .main li, .heading p, .heading h1")]
  .filter((element) => element.closest("[inert], .dock, .covered, button, svg") === null)
  .filter((element) => element.querySelector("p, dt, dd, li, button, input") === null)
  .flatMap((element) => {
    const parts = [...element.children].filter((child) => child.innerText?.trim());
    return parts.length > 1 ? parts.map((part) => part.innerText) : [element.innerText];
  })`;

/** What is read and not heard, and why not. */
const NOT_HEARD = [
  /^Which language/, // in the language that it asks for
  /^(\d|Chụp$|Tìm trang|Đọc chữ)/, // the steps of a wait: the percent tells
  /^Xin (đừng chạm vào giấy|lấy phiếu ở khe)/, // said when it is time to do it
  /^(Lấy từ thẻ căn cước|Ông bà đã nhập)$/, // goes without saying
  /^Máy đã sửa từ/, // letters that the eye would compare: by ear the field is doubtful
  /^Máy không đọc được chữ viết tay\. Xin nhìn ảnh/, // by ear in other words, without the picture
  /^Mở ứng dụng ngân hàng/, // a code for a telephone's eye
  /^Mã sáu số đã gửi đến/, // said first in words without digits, the digits by whom they belong to
  /^(Lệ phí|mười lăm nghìn đồng)$/, // the sum is said, once
  /^Chọn việc cần làm tại quầy/, // the question before it says the same
];

test("whatever the drawn screen tells is in its list", async () => {
  const stage = await openStage();
  const page = await (await chromium.context(PORTRAIT)).newPage();
  await page.goto(stage.server.url);
  const missing: string[] = [];
  let read = 0;
  const bare = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
  const whole = ({ own, ...item }: EarItem): string =>
    `${said(item, "vi")} ${own === undefined ? "" : said({ id: "", says: [own] }, "vi")}`;
  for (const { name } of SAMPLES) {
    await showOn(stage, page, name, "vi");
    const all = bare(
      everything(stage.visit.view)
        .map(({ item }) => whole(item))
        .join(" "),
    );
    for (const line of (await page.evaluate(READ)) as string[]) {
      const words = line.trim();
      if (bare(words) === "" || NOT_HEARD.some((each) => each.test(words))) continue;
      read += 1;
      if (!all.includes(bare(words))) missing.push(`${name}: ${words}`);
    }
  }
  await stage.end();
  assert.equal(missing, []);
  assert.ok(read > 200, `${read} were looked at`);
});

test.run();
