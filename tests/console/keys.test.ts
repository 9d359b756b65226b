// Do slow keys arrive whole, and does every row fit 80 × 24 in both languages?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { frame, LEAST_COLUMNS, LEAST_ROWS } from "../../src/console/frame.js";
import { helpOf } from "../../src/console/help.js";
import { type Key, Keyboard } from "../../src/console/keyboard.js";
import { filtered } from "../../src/console/log-rows.js";
import { firstUi, step, type Ui } from "../../src/console/state.js";
import { PANELS, wordsOf } from "../../src/console/words.js";
import { FAULTS, type FaultCode, technicianRemedy } from "../../src/core/faults.js";
import { EVENT_LEVEL } from "../../src/core/log.js";
import type { ConsoleView } from "../../src/ops/console-view.js";
import type { LogLine } from "../../src/ops/log.js";
import { DEVICE_NAMES } from "../../src/ops/status.js";

const SIZE = { columns: LEAST_COLUMNS, rows: LEAST_ROWS };
const LANGUAGES = ["vi", "en"] as const;

/** Long everywhere: what a bad day looks like. */
const badDay = (fault: FaultCode): ConsoleView => {
  const remedy = technicianRemedy({ code: fault });
  const detail = "the device file /dev/serial/by-id/usb-Example_Long_Name_0001 said EIO ".repeat(3);
  const log: LogLine[] = Object.entries(EVENT_LEVEL).map(([event, level], serial) => ({
    ...{ serial, time: 1_790_000_000_000 + serial, event: event as LogLine["event"], level },
    fields: { detail, note: "ghi chú \x1b[2J \n dòng" },
  }));
  return {
    ...{ kioskId: "QNM-BINH-PHU-0123456789-0123456789", version: "10.20.30", uptimeSeconds: 8_640_000 },
    screen: { url: "http://127.0.0.1:65535/", connected: false },
    devices: DEVICE_NAMES.map((device) => ({
      ...{ device, state: "absent", presence: "inconclusive", quarantined: true, inGrace: false },
      ...{ sinceMs: 0, fault, detail, remedy },
    })),
    visit: { state: "identify.chip.reading", busy: true },
    queue: {
      ...{ queued: 100_000, bytes: 8_000_000_000, oldestAgeSeconds: 9_000_000, quarantined: 99, accepted: 1 },
      ...{ quota: "refuse", usedFraction: 0.99 },
    },
    ...{ link: "connecting", clock: { epochMs: 1_790_000_000_000, trust: "floor" }, log, monotonicMs: 9e9 },
    troubles: (["link", "store"] as const).map((of) => ({ of, fault: "store.lost", detail, remedy })),
    deviceKey: { where: `token ${"long ".repeat(30)}`, fingerprint: "0".repeat(64), fault },
    lastFaults: {},
    connection: {
      broker: `mqtts://${"long.".repeat(30)}:8883`,
      sinceSeconds: 9e6,
      losses: 123_456,
      heardSecondsAgo: 9e6,
    },
    states: { sealed: 100_000, sending: 3, uploaded: 30, quarantined: 99, rejected: 12_345 },
    held: Array.from({ length: 100 }, (_, index) => ({
      ...{ sequence: 1_000_000 + index, state: index % 2 === 0 ? "quarantined" : "rejected" },
      ...{ reason: detail, bytes: 1e9, ageSeconds: 9e6, attempts: 99 },
    })) as ConsoleView["held"],
    versions: {
      ...{
        program: "10.20.30",
        node: "v20.19.0",
        board: "A board of a very long name ".repeat(4),
        ...{ build: 7, update: "waiting 8" },
        schema: 12,
      },
      certificates: [
        { name: "current", serial: "0A".repeat(20), untilMs: 1_789_000_000_000 },
        { name: "next", serial: "0B".repeat(20), untilMs: 1_890_000_000_000 },
      ],
    },
    pin: { holder: "NGUYỄN", problem: null },
  };
};

const widest = (rows: readonly { readonly text: string }[]): number =>
  Math.max(...rows.map(({ text }) => text.length));

test("every panel, its help and its questions fit, whatever the fault and in both languages", () => {
  const codes = Object.keys(FAULTS) as FaultCode[];
  assert.ok(codes.length > 20);
  for (const language of LANGUAGES)
    for (const code of codes)
      for (const panel of PANELS) {
        if (code !== codes[0] && panel !== "devices") continue;
        const view = badDay(code);
        const ui: Ui = { ...firstUi(language), panel, held: 99, device: 10 };
        const modes: Ui["mode"][] = [
          { kind: "look" },
          { kind: "help" },
          { kind: "confirm", wish: { act: "test", part: "motion" } },
          { kind: "pin", wish: { act: "requeue", which: 1_000_000_000 }, typed: "123456789012" },
          { kind: "filter", typed: "x".repeat(40) },
        ];
        for (const mode of modes)
          for (const gone of [false, true]) {
            const rows = frame({ ...ui, mode, notice: "a notice ".repeat(30) }, view, gone, SIZE);
            assert.is(rows.length, LEAST_ROWS - 1, `${panel} ${mode.kind}`);
            for (const { text } of rows) {
              assert.ok(
                text.length <= LEAST_COLUMNS,
                `${panel} ${mode.kind} ${language}: ${text.length} ${text}`,
              );
              assert.not.match(text, "\x1b");
            }
          }
      }
});

test("keys and help are never cut short", () => {
  for (const language of LANGUAGES)
    for (const panel of PANELS) {
      assert.ok(` ${wordsOf(language).keys(panel)}`.length <= LEAST_COLUMNS, wordsOf(language).keys(panel));
      const lines = helpOf(panel, language).map((text) => ({ text: ` ${text}` }));
      assert.ok(widest(lines) <= LEAST_COLUMNS, `${panel} ${language}`);
      assert.ok(lines.length <= LEAST_ROWS - 7);
    }
});

test("the remedy of the chosen device stands below in Vietnamese and in English", () => {
  const texts = frame(firstUi("vi"), badDay("printer.paperOut"), false, SIZE).map(({ text }) => text);
  assert.ok(texts.some((text) => text.startsWith(" vi: ")));
  assert.ok(texts.some((text) => text.startsWith(" en: ")));
});

test("a terminal that is too small is told in one line that fits it", () => {
  for (const size of [
    { columns: 79, rows: 24 },
    { columns: 80, rows: 23 },
    { columns: 20, rows: 5 },
  ]) {
    const rows = frame(firstUi("vi"), badDay("printer.paperOut"), false, size);
    assert.is(rows.length, 1);
    assert.ok(widest(rows) < size.columns);
  }
});

const pressed = async (chunks: readonly string[], waitMs = 0): Promise<readonly Key[]> => {
  const keys: Key[] = [];
  const keyboard = new Keyboard((key) => keys.push(key));
  for (const chunk of chunks) {
    keyboard.feed(chunk);
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
  await new Promise((resolve) => setTimeout(resolve, 150));
  keyboard.close();
  return keys;
};

test("an arrow that comes byte by byte is an arrow; an Escape alone is one after a moment", async () => {
  assert.equal(await pressed(["\x1b", "[", "A"], 2), ["up"]);
  assert.equal(await pressed(["\x1b"]), ["escape"]);
  assert.equal(await pressed(["\x1b", "q"], 200), ["escape", { char: "q" }]);
  assert.equal(await pressed(["\x1bOB\x1b[6~"]), ["down", "pageDown"]);
  assert.equal(await pressed(["ry48\r"]), [
    { char: "r" },
    { char: "y" },
    { char: "4" },
    { char: "8" },
    "enter",
  ]);
  // F5, a mouse, Alt-x: nothing of them may act as a letter of its own, save the letter after an Escape.
  assert.equal(await pressed(["\x1b[15~\x1b[200~"]), []);
  assert.equal(await pressed(["ữ\x7f\x03\x0c"]), [{ char: "ữ" }, "backspace", "interrupt", "redraw"]);
});

const typed = (ui: Ui, keys: readonly Key[], view: ConsoleView): { ui: Ui; effects: unknown[] } => {
  const effects: unknown[] = [];
  let now = ui;
  for (const key of keys) {
    const next = step(now, key, { view, height: 17 });
    now = next.ui;
    if (next.effect !== undefined) effects.push(next.effect);
  }
  return { ui: now, effects };
};
const letters = (text: string): readonly Key[] => [...text].map((char) => ({ char }));

test("nothing is done without the confirmation and the PIN, and other keys do not confirm", () => {
  const view = badDay("printer.paperOut");
  const start = { ...firstUi("en") };
  for (const keys of [
    letters("rn"),
    [...letters("r"), "escape"],
    [...letters("r"), "enter"],
    letters("r r"),
    [...letters("ry12345"), "escape"],
  ] as const)
    assert.equal(typed(start, keys, view).effects, [], JSON.stringify(keys));
  const wish = { act: "restart", device: "printer" };
  assert.equal(typed(start, [...letters("ry12x345"), "enter"], view).effects, [
    { do: "unlock", wish, pin: "12345" },
  ]);
  assert.equal(typed({ ...start, unlocked: true }, letters("ry"), view).effects, [{ do: "act", wish }]);
  const none = { ...view, pin: { holder: null, problem: null } };
  assert.match(typed(start, letters("r"), none).ui.notice, /motcua console pin set/);
  // While it works no key begins another.
  assert.equal(typed({ ...start, unlocked: true }, letters("ryryq"), view).effects, [{ do: "act", wish }]);
});

test("only a quarantined one can be sent again", () => {
  const view = badDay("printer.paperOut");
  const queue = { ...firstUi("en"), panel: "queue", unlocked: true } as const;
  assert.equal(typed(queue, letters("ry"), view).effects, [
    { do: "act", wish: { act: "requeue", which: 1_000_000 } },
  ]);
  assert.equal(typed(queue, ["down", ...letters("ry")], view).effects, []);
  assert.equal(typed(queue, letters("ay"), view).effects, [
    { do: "act", wish: { act: "requeue", which: "all" } },
  ]);
});

test("the log is filtered by words and by level, scrolls, and stands still when it is stopped", () => {
  const view = badDay("printer.paperOut");
  const log = { ...firstUi("en"), panel: "log" } as const;
  const found = typed(log, [...letters("/STATE link"), "enter"], view).ui;
  assert.equal(
    filtered(view.log, found.log).map(({ event }) => event),
    ["link.state", "portal.link"].filter((event) => event === "link.state"),
  );
  const errors = typed(log, letters("vvv"), view).ui;
  assert.ok(filtered(view.log, errors.log).every(({ level }) => level === "error"));
  const up = typed(log, ["pageUp", "up"], view).ui;
  assert.is(up.log.back, 17);
  assert.is(typed(log, ["home", "end"], view).ui.log.back, 0);
  const stopped = typed(log, letters("p"), view).ui;
  const later = { ...view, log: [] };
  const text = (ui: Ui) =>
    frame(ui, later, false, SIZE)
      .map((row) => row.text)
      .join("\n");
  assert.match(text(stopped), /PAUSED/);
  assert.match(text(stopped), /worker\.state/);
  assert.match(text(typed(stopped, letters("p"), later).ui), /No line matches/);
});

test.run();
