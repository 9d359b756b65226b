// Does the page do what hands and keyboards mean, and does it forget?
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { BrowserContext, Page } from "playwright-core";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isSigned, parseSignature, SIGNS_AT_DESK } from "../../src/core/drawn-signature.js";
import { type CitizenEvent, NO_WISHES } from "../../src/flows/events.js";
import type { Screen } from "../../src/flows/view.js";
import { viewOf } from "./sample-views.js";
import {
  type Chromium,
  LANDSCAPE,
  openChromium,
  openStage,
  PORTRAIT,
  type Stage,
  sample,
  settled,
  showOn,
  until,
} from "./stage.js";

let chromium: Chromium;
let stage: Stage;
let context: BrowserContext;
let page: Page;

test.before(async () => {
  chromium = await openChromium();
});
test.before.each(async () => {
  stage = await openStage();
  context = await chromium.context(PORTRAIT);
  page = await context.newPage();
  await page.goto(stage.server.url);
  await page.waitForSelector(".attract");
});
test.after.each(async () => {
  await context.close();
  await stage.end();
});
test.after(() => chromium.end());

const sent = async (type: CitizenEvent["type"]): Promise<CitizenEvent> => {
  await until(type, () => stage.visit.events.some((event) => event.type === type));
  return stage.visit.events.find((event) => event.type === type) as CitizenEvent;
};
const types = (): string[] => stage.visit.events.map((event) => event.type);

/** The last value that the page sent for a field. */
const lastField = (key: string): string | undefined =>
  stage.visit.events.findLast(
    (event): event is Extract<CitizenEvent, { type: "SET_FIELD" }> =>
      event.type === "SET_FIELD" && event.key === key,
  )?.value;

/** The sample's form, with the values that the page sent: what the flows would echo. */
const echoForm = (name: string): void => {
  const { screen, ...rest } = viewOf(sample(name), "vi", 0);
  if (screen.name !== "form") throw new Error("no form");
  const fields = screen.fields.map((field) => ({ ...field, value: lastField(field.key) ?? field.value }));
  stage.visit.show({ ...rest, screen: { ...screen, fields } });
};

const press = (name: string | RegExp) =>
  page.getByRole("button", { name, exact: typeof name === "string" }).click();

test("a whole way with a keyboard alone", async () => {
  await page.keyboard.press("Enter");
  await sent("WAKE");
  await showOn(stage, page, "language", "vi");
  await page.keyboard.press("1");
  assert.equal(await sent("CHOOSE_LANGUAGE"), { type: "CHOOSE_LANGUAGE", language: "vi" });
  await showOn(stage, page, "procedure", "vi");
  // Past stop, officer, replay, sound, help, letters and language to the second procedure.
  for (let step = 0; step < 9; step += 1) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  assert.equal(await sent("CHOOSE_PROCEDURE"), { type: "CHOOSE_PROCEDURE", code: "1.004873" });
  await showOn(stage, page, "form-fill-in", "vi");
  await page.keyboard.type("Xin vieecj ");
  await page.keyboard.press("Enter");
  await page.keyboard.type("0912x345678");
  await page.keyboard.press("Enter");
  await sent("NEXT");
  assert.is(lastField("purpose"), "Xin việc ");
  assert.is(lastField("phone"), "0912345678");
  assert.is(types().at(-1), "NEXT", "fields go before the deed");
  await page.keyboard.press("Escape");
  await sent("BACK");
  await showOn(stage, page, "confirm", "vi");
  await page.keyboard.type("4719");
  await page.keyboard.press("Enter");
  assert.equal(await sent("TYPE_CODE"), { type: "TYPE_CODE", code: "4719" });
  await showOn(stage, page, "rate", "vi");
  await page.keyboard.press("4");
  assert.equal(await sent("RATE"), { type: "RATE", stars: 4 });
});

test("the screen's keyboard writes Vietnamese by its own letters and tones", async () => {
  await showOn(stage, page, "form-fill-in", "vi");
  const keyboard = page.locator(".keyboard");
  const key = (name: string) => keyboard.getByRole("button", { name, exact: true }).click();
  await key("Chữ hoa");
  for (const letter of ["N", "g", "u", "y", "ê", "n", "Dấu ngã", "Dấu cách", "x", "Xoá một chữ", "đ", "i"])
    await key(letter);
  assert.is(await page.inputValue("#field-purpose"), "Nguyễn đi");
  await until("value sent", () => lastField("purpose") === "Nguyễn đi");
  await key("123");
  await key("5");
  await key("ABC");
  await key("Xong");
  assert.is(await keyboard.count(), 0);
  assert.is(await page.inputValue("#field-purpose"), "Nguyễn đi5");
});

test("numbers are covered until they are asked for, and covered again on the next screen", async () => {
  await showOn(stage, page, "form-numbers", "vi");
  const shown = () => page.locator(".screen").innerText();
  assert.not.match(await shown(), /001950000123/);
  assert.match(await shown(), /•123/);
  assert.is(await page.locator("#field-idNumber").count(), 0);
  await press("Hiện số: Số căn cước");
  assert.is(await page.inputValue("#field-idNumber"), "001950000123");
  await page.locator("#field-phone").fill("0912345678");
  assert.is(await page.inputValue("#field-phone"), "0912345678", "who types must see");
  await showOn(stage, page, "check", "vi");
  assert.not.match(await shown(), /001950000123/);
  await press("Hiện số: Số căn cước");
  assert.match(await shown(), /001950000123/);
  await showOn(stage, page, "form-numbers", "vi");
  assert.not.match(await shown(), /001950000123/);
  await showOn(stage, page, "check", "vi");
  assert.not.match(await shown(), /001950000123/);
});

/** From one corner of the pad to another by way of some, as shares of its width and height. */
const draw = async (points: readonly (readonly [x: number, y: number])[]): Promise<void> => {
  const box = await page.locator(".signature-pad").boundingBox();
  assert.ok(box);
  for (const [index, [x, y]] of points.entries()) {
    await page.mouse.move(box.x + x * box.width, box.y + y * box.height);
    if (index === 0) await page.mouse.down();
  }
  await page.mouse.up();
};

test("a signature is drawn in strokes, done again, or left to the desk", async () => {
  await showOn(stage, page, "form-signature", "vi");
  await draw([
    [0.1, 0.8],
    [0.2, 0.1],
    [0.3, 0.8],
  ]);
  await until("one stroke", () => isSigned(lastField("signature") ?? ""));
  assert.is(parseSignature(lastField("signature") ?? "")?.length, 1);
  const [[first, peak, end] = []] = parseSignature(lastField("signature") ?? "") ?? [];
  for (const [at, x, y] of [
    [first, 100, 320],
    [peak, 200, 40],
    [end, 300, 320],
  ] as const)
    assert.ok(at !== undefined && Math.hypot(at[0] - x, at[1] - y) < 8, `${at}, not ${x} ${y}`);
  echoForm("form-signature");
  await draw([
    [0.5, 0.5],
    [0.9, 0.5],
  ]);
  await until("two strokes", () => parseSignature(lastField("signature") ?? "")?.length === 2);
  await press("Ký lại");
  await until("nothing", () => lastField("signature") === "");
  await draw([
    [0.95, 0.5],
    [1.4, 0.5],
  ]);
  await until("kept within", () => parseSignature(lastField("signature") ?? "")?.[0]?.at(-1)?.[0] === 1000);
  await page.getByRole("button", { name: "Tôi ký tại quầy" }).focus();
  await page.keyboard.press("Enter");
  await until("at the desk", () => lastField("signature") === SIGNS_AT_DESK);
});

test("a place is found without marks, and choosing leads on to the line of the street", async () => {
  await showOn(stage, page, "form-address", "vi");
  await page.keyboard.type("ha noi");
  assert.is(await page.locator(".place-offer").first().textContent(), "Hà Nội");
  await page.keyboard.press("Enter");
  assert.is(await page.inputValue("#field-stay"), "Thành phố Hà Nội");
  const focused = () => page.evaluate("document.activeElement.id");
  assert.is(await focused(), "field-stay-commune");
  await page.locator(".place-offer").first().waitFor();
  await page.keyboard.type("viet h");
  await page.locator(".place-offer", { hasText: "Việt Hưng" }).click();
  assert.is(await focused(), "field-stay-line");
  for (const key of ["s", "ô", "Dấu sắc", "Dấu cách"])
    await page.locator(".keyboard").getByRole("button", { name: key, exact: true }).click();
  await page.keyboard.type("5");
  await until("whole", () => lastField("stay") === "số 5, Phường Việt Hưng, Thành phố Hà Nội");
  await page.locator("#field-stay").fill("quang nam");
  await page.getByText("Không có tên này").waitFor();
  assert.is(await page.inputValue("#field-stay-commune"), "", "a commune belongs to its province");
});

test("where no communes were imported the commune is typed", async () => {
  await showOn(stage, page, "form-address", "en");
  await page.keyboard.type("dn");
  await page.locator(".place-offer", { hasText: "Đà Nẵng" }).click();
  await page.keyboard.type("xax Binhf Phus");
  await page.keyboard.press("Enter");
  await page.keyboard.type("thoon Maaux");
  await until("whole", () => lastField("stay") === "thôn Mẫu, xã Bình Phú, Thành phố Đà Nẵng");
  await page.keyboard.press("Enter");
  await sent("NEXT");
});

test("who types VNI changes over, on the screen's keys and on a keyboard", async () => {
  await showOn(stage, page, "form-fill-in", "vi");
  await page.getByRole("button", { name: "Gõ kiểu VNI" }).click();
  const said = await sent("SET_WISHES");
  assert.equal(said, { type: "SET_WISHES", wishes: { ...NO_WISHES, typing: "vni" } });
  stage.visit.show({ ...viewOf(sample("form-fill-in"), "vi", 0), wishes: { ...NO_WISHES, typing: "vni" } });
  const keyboard = page.locator(".keyboard");
  for (const key of ["d", "9", "u", "o", "c", "7", "5"])
    await keyboard.getByRole("button", { name: key, exact: true }).click();
  assert.is(await page.inputValue("#field-purpose"), "được");
  await page.keyboard.type(" hoc5 2 lop71");
  assert.is(await page.inputValue("#field-purpose"), "được học 2 lớp");
  assert.is(await keyboard.getByRole("button", { name: "Gõ kiểu Telex" }).count(), 1);
});

test("letters typed in the middle stay in the middle, and the echo of the runtime disturbs nobody", async () => {
  await showOn(stage, page, "form-fill-in", "vi");
  await page.keyboard.type("binh phu");
  for (let step = 0; step < 4; step += 1) await page.keyboard.press("ArrowLeft");
  await page.keyboard.type("f");
  await until("value sent", () => lastField("purpose") === "bình phu");
  echoForm("form-fill-in");
  await settled(page);
  await page.keyboard.type("x");
  assert.is(await page.inputValue("#field-purpose"), "bĩnh phu");
});

test("a date is three boxes that lead on by themselves; an impossible day is told", async () => {
  await showOn(stage, page, "form-errors", "vi");
  await page.locator("#field-married").click();
  await page.keyboard.type("31021999");
  await page.getByText("Không có ngày này").waitFor();
  assert.is(lastField("married"), undefined);
  await page.locator(".date-day input").click();
  for (const digit of ["9", "2"])
    await page.locator(".digit-pad").getByRole("button", { name: digit, exact: true }).click();
  await until("value sent", () => lastField("married") === "1999-02-09");
});

test("a card typed by hand: number, birth, expiry, one at a time", async () => {
  await showOn(stage, page, "identify-typed", "vi");
  const next = page.locator(".bottom-next .button");
  await page.keyboard.type("00195000012");
  assert.is(await next.isDisabled(), true);
  await page.keyboard.type("3");
  await page.keyboard.press("Enter");
  await page.locator("#typed-birth").waitFor();
  await page.keyboard.type("08031950");
  await next.click();
  await page.locator("#typed-expiry").waitFor();
  await press("Thẻ ghi “Không thời hạn”");
  await next.click();
  assert.equal(await sent("SUBMIT_TYPED"), {
    type: "SUBMIT_TYPED",
    number: "001950000123",
    birthDate: "1950-03-08",
    expiryDate: "2099-12-31",
  });
  await showOn(stage, page, "identify-typed-again", "vi");
  await page.getByText("Thẻ này không khớp").waitFor();
  assert.is(await page.locator(".box-digits input").inputValue(), "001950000123", "nothing typed is lost");
});

test("touch alone: code pad, paper, slip, choices", async () => {
  await showOn(stage, page, "confirm-wrong", "vi");
  await page.getByText("Số chưa đúng").waitFor();
  for (const digit of "4719")
    await page.locator(".digit-pad").getByRole("button", { name: digit, exact: true }).click();
  await press("Nộp hồ sơ");
  assert.equal(await sent("TYPE_CODE"), { type: "TYPE_CODE", code: "4719" });
  await showOn(stage, page, "papers-place", "vi");
  await press("Không có giấy này");
  await press("Chụp giấy này");
  await showOn(stage, page, "papers-review", "vi");
  await page.locator("#field-number").fill("B 0012345");
  await press("Rõ và đúng");
  await showOn(stage, page, "slip-in-doubt", "vi");
  await press("Chưa, in lại");
  await showOn(stage, page, "slip-no-paper", "vi");
  await press("Tôi đã ghi lại");
  await showOn(stage, page, "form-choice", "vi");
  await page.getByText("Đã ly hôn").click();
  await press("Tiếp tục");
  await sent("NEXT");
  await until("choice", () => lastField("status") === "divorced");
  assert.equal(
    types().filter((type) => type !== "SET_FIELD"),
    ["TYPE_CODE", "SKIP_PAPER", "CAPTURE", "SET_PAPER_FIELD", "NEXT", "SLIP_CAME_OUT", "SLIP_TAKEN", "NEXT"],
  );
});

test("a long page shows its rest before it lets one go on", async () => {
  await page.setViewportSize(LANDSCAPE);
  await showOn(stage, page, "check", "vi");
  for (let screenfuls = 0; screenfuls < 5; screenfuls += 1) {
    if ((await page.locator(".bottom-next").textContent()) === "Đúng cả") break;
    await press("Xem tiếp");
    await page.waitForTimeout(350);
  }
  assert.equal(stage.visit.events, []);
  await press("Đúng cả");
  await sent("NEXT");
});

test("the idle question covers everything and one touch ends it", async () => {
  await showOn(stage, page, "idle", "vi");
  const box = await page.locator(".overlay").boundingBox();
  assert.equal(box, { x: 0, y: 0, ...PORTRAIT });
  assert.is(await page.locator(".screen").getAttribute("inert"), "");
  assert.match((await page.locator(".idle-count").textContent()) ?? "", /17/);
  await page.keyboard.press("Enter");
  await sent("STILL_HERE");
  await showOn(stage, page, "form-from-card", "vi");
  assert.is(await page.locator(".overlay").count(), 0);
});

test("help, an officer, the other language; stopping asks first", async () => {
  await showOn(stage, page, "identify-qr", "vi");
  await press("Trợ giúp");
  await press("Gọi cán bộ");
  await press("English");
  await press("Dừng lại");
  await press("Không, làm tiếp");
  await press("Dừng lại");
  await press("Dừng và xoá");
  await sent("CANCEL");
  assert.equal(types(), ["HELP", "CALL_OFFICER", "CHOOSE_LANGUAGE", "CANCEL"]);
  await showOn(stage, page, "help", "en");
  await page.keyboard.press("Escape");
  await sent("CLOSE_HELP");
});

test("the runtime gone: nothing stays on the screen; the runtime back: the page comes back by itself", async () => {
  const { port } = stage.server;
  await showOn(stage, page, "form-from-card", "vi");
  await stage.end();
  await page.waitForSelector("[data-screen='connecting']");
  assert.not.match(await page.content(), /NGUYỄN THỊ MẪU/);
  stage = await openStage({ port });
  await page.waitForSelector(".attract", { timeout: 10_000 });
});

test("a second window takes over; the first says so and can take it back", async () => {
  await showOn(stage, page, "form-from-card", "vi");
  const second = await context.newPage();
  await second.goto(stage.server.url);
  await second.waitForSelector(".screen-form");
  await page.waitForSelector("[data-screen='elsewhere']");
  assert.not.match(await page.content(), /NGUYỄN THỊ MẪU/);
  await press(/Dùng ở đây/);
  await page.waitForSelector(".screen-form");
  await second.waitForSelector("[data-screen='elsewhere']");
});

const heapText = async (): Promise<string> => {
  const session = await context.newCDPSession(page);
  const chunks: string[] = [];
  session.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => chunks.push(chunk));
  await session.send("HeapProfiler.collectGarbage");
  await session.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  await session.detach();
  return chunks.join("");
};

test("after the visit nothing of it is left in the page's memory or storage", async () => {
  const secret = "SENTINEL-OF-THE-VIEW";
  const typed = "sentinel of the keyboard";
  const { screen, ...rest } = viewOf(sample("form-fill-in"), "vi", 0);
  const form = screen as Extract<Screen, { name: "form" }>;
  const fields = form.fields.map((field, index) => (index === 1 ? { ...field, value: secret } : field));
  stage.visit.show({ ...rest, screen: { ...form, fields } });
  await page.waitForSelector(".screen-form");
  await page.locator("#field-purpose").fill(typed);
  await until("typed value sent", () => lastField("purpose") === typed);
  const during = await heapText();
  assert.ok(during.includes(secret) && during.includes(typed), "the search finds what is there");
  await showOn(stage, page, "rate", "vi");
  await showOn(stage, page, "attract", "vi");
  const after = await heapText();
  assert.not(after.includes(secret), "a value of the view stayed");
  assert.not(after.includes(typed), "a typed value stayed");
  assert.is(await page.evaluate("localStorage.length + sessionStorage.length"), 0);
});

/** MOTCUA_LONG=1 takes as many visits as a kiosk sees in a week. */
const [WARM, MANY] = process.env["MOTCUA_LONG"] === undefined ? [5, 20] : [100, 500];
/** What a visit left behind would be there as often as there are visits, and one view is larger; the engine's own grows in steps. */
const LEAST_LEFT_BYTES = 1_000;

test(`${MANY} visits leave no element, no listener and no memory behind`, async () => {
  const session = await context.newCDPSession(page);
  const visits = async (count: number) => {
    for (let visit = 0; visit < count; visit += 1)
      for (const name of ["form-fill-in", "check", "goodbye", "attract"])
        await showOn(stage, page, name, "vi");
    await session.send("HeapProfiler.collectGarbage");
    const { nodes, jsEventListeners } = await session.send("Memory.getDOMCounters");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    return { left: { nodes, jsEventListeners }, usedSize };
  };
  const early = await visits(WARM);
  const late = await visits(MANY);
  assert.equal(late.left, early.left);
  const grownBytes = late.usedSize - early.usedSize;
  process.stdout.write(`the page's heap grew by ${grownBytes} bytes over ${MANY} visits\n`);
  if (MANY > 100) assert.ok(grownBytes / MANY < LEAST_LEFT_BYTES, `${grownBytes / MANY} bytes a visit`);
});

test("a renderer that hangs is noticed; it reloads when it wakes", async () => {
  const losses: string[] = [];
  stage.server.onHeartbeatLost((loss) => losses.push(loss));
  await page.evaluate(
    "window.beforeTheFreeze = true; setTimeout(() => { const end = Date.now() + 13500; while (Date.now() < end); }, 0)",
  );
  await until("frozen", () => losses.length > 0, 14_000);
  assert.equal(losses, ["frozen"]);
  await until("back", () => stage.server.connected);
  // Evaluated from outside: the page's own policy forbids what the driver's waiting would put into it.
  const isNew = () =>
    page
      .evaluate("window.beforeTheFreeze === undefined && document.querySelector('.attract') !== null")
      .catch(() => false);
  for (let wait = 0; wait < 600 && !(await isNew()); wait += 1)
    await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(await isNew(), "it reloaded and shows the first screen");
});

test("a page that answers and shows nothing is white, not well", async () => {
  const losses: string[] = [];
  stage.server.onHeartbeatLost((loss) => losses.push(loss));
  await page.evaluate("document.getElementById('page').replaceChildren()");
  await until("white", () => losses.length > 0, 60_000);
  assert.equal(losses, ["white"]);
});

test("the page's scripts weigh at most 150 KB compressed", () => {
  const folder = fileURLToPath(new URL("../../src/screen/web/assets/", import.meta.url));
  const scripts = readdirSync(folder).filter((name) => name.endsWith(".js"));
  const bytes = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(`${folder}${name}`)).length, 0);
  assert.ok(scripts.length > 0 && bytes <= 150_000, `${bytes} bytes`);
});

test.run();
