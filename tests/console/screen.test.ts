// What does a technician see on a terminal of 80 × 24, also at 9600 baud, and what comes of keys?
import { join } from "node:path";
import Database from "better-sqlite3";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { PageClient } from "../../src/dock/rehearsal/page-client.js";
import { runCommand } from "../wire/command.js";
import { type ConsoleSeat, type ConsoleWish, PATIENCE_MS } from "./console-pty.js";
import { type KioskRig, startRig } from "./kiosk-rig.js";
import { seatedAt } from "./seated.js";

let rig: KioskRig;
test.before(async () => {
  rig = await startRig();
});
test.after(async () => {
  await rig.close();
});

const PIN = "482915";
/** Whatever was typed by the citizen or stands on a slip. */
const CITIZEN = "001185012345";
const ENTER = "\r";
const ESCAPE = "\x1b";
const DOWN = "\x1b[B";

const seated = (wish: Partial<ConsoleWish>, act: (seat: ConsoleSeat) => Promise<void>): Promise<void> =>
  seatedAt(rig, wish, act, CITIZEN);

/** What changes by itself: version, ages, times, the port of the page. */
const stable = (text: string): string =>
  text
    .replace(/motcua \d\S* /, "motcua V ")
    .replace(/(<1|\d+) min( ·| {2}|$)/gm, "AGE$2")
    .replace(/\d\d:\d\d$/gm, "HH:MM")
    .replace(/127\.0\.0\.1:\d+/, "127.0.0.1:PORT")
    .replaceAll(/ +$/gm, "");

const everyDeviceReady = (screen: { readonly text: string }): boolean =>
  (screen.text.match(/ {2}ready/g) ?? []).length === 11;

const DEVICES = ` motcua V · kiosk VH01 · up AGE · HH:MM
[1 Devices] 2 Visit  3 Queue  4 Link  5 Log  6 Versions

 device                    state      since    fault
›Printer                   ready      AGE
 Chip reader               ready      AGE
 Code reader               ready      AGE
 Document camera           ready      AGE
 Face camera               ready      AGE
 Scanner                   ready      AGE
 Lamps and switches        ready      AGE
 Power and battery         ready      AGE
 Climate                   ready      AGE
 Tilt and tamper sensor    ready      AGE
 Speaker                   ready      AGE
 No fault since the runtime started.






 ↑↓ choose  t self-test  r reopen  1-6 Tab ? help  l tiếng Việt  q quit
`;

test("the first frame at 9600 baud is at most 2 KB, and an idle second sends less than 200 bytes", () =>
  seated({ baud: 9_600 }, async (seat) => {
    await seat.until(/q quit/);
    // A device may still be opening, which is a change of its own.
    const first = seat.sent().indexOf("q quit");
    const frame = Buffer.byteLength(seat.sent().slice(0, first));
    assert.ok(frame < 2_048, `${frame} bytes`);
    await seat.until(everyDeviceReady);
    assert.is(stable(seat.screen.text), DEVICES);
    // The cheapest of some seconds: in the others a minute may end, or a device may have news.
    let least = Number.POSITIVE_INFINITY;
    for (let second = 0; second < 5; second += 1) {
      const before = seat.bytes();
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      least = Math.min(least, seat.bytes() - before);
    }
    assert.ok(least < 200, `${least} bytes`);
    const before = seat.bytes();
    seat.type(DOWN);
    await seat.until(/›Chip reader/);
    assert.ok(seat.bytes() - before < 300, `a key cost ${seat.bytes() - before} bytes`);
  }));

test("keys alone reach each panel; nothing of a citizen stands on any; a row above the last stays the last", () =>
  seated({}, async (seat) => {
    const page = new PageClient(rig.ready().screenUrl);
    try {
      await page.until((view) => view !== null, PATIENCE_MS, "the page");
      page.send({ type: "WAKE" });
      page.send({ type: "CHOOSE_LANGUAGE", language: "vi" });
      const at = await page.until((view) => view?.screen.name === "procedure", PATIENCE_MS, "the procedures");
      const code = JSON.stringify(at).match(/"code":"([^"]+)"/)?.[1] ?? "";
      page.send({ type: "CHOOSE_PROCEDURE", code });
      page.send({ type: "TYPE_INSTEAD" });
      page.send({ type: "SUBMIT_TYPED", number: CITIZEN, birthDate: "1985-01-01", expiryDate: "2045-01-01" });
      await seat.until(/q quit/);
      for (const [key, shows] of [
        ["2", /\[2 Visit\][\s\S]*State {19}identify/],
        ["3", /\[3 Queue\][\s\S]*Waiting for a person: 3/],
        ["4", /\[4 Link\][\s\S]*Broker {18}none set/],
        ["5", /\[5 Log\][\s\S]*level all[\s\S]*device\.state/],
        ["6", /\[6 Versions\][\s\S]*Store schema {12}\d/],
        ["\t", /\[1 Devices\]/],
        ["\x1b[Z", /\[6 Versions\]/],
        ["?", /A certificate renews itself/],
        [ESCAPE, /Store schema/],
        ["l", /\[6 Phiên bản\][\s\S]*Mã PIN kỹ thuật {9}chưa đặt/],
      ] as const) {
        seat.type(key);
        await seat.until(shows);
        assert.is(seat.screen.lines[23], "", "the last row");
        assert.is.not(seat.screen.lines[22], "", "the keys");
      }
    } finally {
      page.close();
    }
  }));

test("the held ones are listed by number and reason, and what a broker says does not steer the terminal", () =>
  seated({}, async (seat) => {
    await seat.until(/q quit/);
    seat.type("3");
    await seat.until(/Waiting for a person: 3/);
    const rows = seat.screen.lines.filter((line) => /^[› ]\d +[qr]/.test(line));
    assert.equal(
      rows.map((line) => stable(line).replace(/ +/g, " ")),
      [
        "›1 quarantined AGE the broker refused it: packet too large",
        " 2 quarantined AGE portal: certificate [2J [1;1Hgone",
        " 3 refused for good AGE portal: signature",
      ],
    );
  }));

test("a fault shows its state in words and the remedy in both languages; gone, it is still told as the last", () =>
  seated({}, async (seat) => {
    await seat.until(/q quit/);
    rig.board.control.printer.setPaper("out");
    await seat.until(/›Printer +FAULT .*printer\.paperOut[\s\S]*\n vi: [\s\S]*\n en: /);
    rig.board.control.printer.setPaper("enough");
    await seat.until(/›Printer +ready .*\(last printer\.paperOut[\s\S]*\n vi: [\s\S]*\n en: /);
  }));

test("without a PIN looking works and acting says how to set one", () =>
  seated({}, async (seat) => {
    await seat.until(/q quit/);
    seat.type("r");
    await seat.until(/No PIN is set: looking only\. Set one: motcua console pin set/);
  }));

const journal = (): readonly { entry: string; kind: string; subject: string; data: string }[] => {
  const db = new Database(join(rig.stateDir, "store", "motcua.db"), { readonly: true });
  try {
    return db
      .prepare(
        "SELECT entry, kind, subject, data FROM journal WHERE kind LIKE 'console%' OR intent IN (SELECT id FROM journal WHERE kind = 'console') ORDER BY id",
      )
      .all() as ReturnType<typeof journal>;
  } finally {
    db.close();
  }
};

test("an act is confirmed, needs the PIN once, waits after a wrong one, and stands in the chain before and after", async () => {
  await seated(
    { args: ["console", "pin", "set", "--name", "NVA", "--state", rig.stateDir, "--lang", "en"] },
    async (seat) => {
      const says = (what: RegExp) => seat.until((screen) => what.test(screen.outside));
      await says(/New PIN \(6 to 12 digits\): $/);
      seat.type(`${PIN}${ENTER}`);
      await says(/again: $/);
      seat.type(`${PIN}${ENTER}`);
      await says(/the PIN is set, held by NVA/);
      assert.is((await seat.ended()).code, 0);
      assert.not.match(seat.sent(), PIN);
    },
  );
  await seated({}, async (seat) => {
    await seat.until(everyDeviceReady);
    seat.type("r");
    await seat.until(/Close and reopen: Printer\?[\s\S]*y: yes/);
    seat.type("n");
    await seat.until((screen) => !/y: yes/.test(screen.text));
    seat.type("ry");
    await seat.until(/Technician PIN: _/);
    seat.type("999999");
    await seat.until(/Technician PIN: \*{6}_/);
    seat.type(ENTER);
    await seat.until(/Wrong PIN\. \(1 s\)/);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    seat.type(`${PIN}${ENTER}`);
    await seat.until(/printer was opened anew/);
    // The PIN is not asked a second time.
    seat.type("3ry");
    await seat.until(/1 put back into the queue/);
    await seat.until(/Waiting for a person: 2/);
    assert.not.match(seat.sent(), PIN);
  });
  const acts = journal().map(({ entry, kind, subject, data }) => {
    const { act, who, detail } = JSON.parse(data) as { act?: string; who?: string; detail?: string };
    return [entry, kind, subject, act ?? "", who ?? "", detail ?? ""].join(" ").trim();
  });
  assert.equal(
    acts.map((line) => line.replace(/opening$|ready$/, "STATE")),
    [
      "intent console pin setPin NVA",
      "outcome done pin",
      "note console.refused pin",
      "note console.unlocked pin  NVA",
      "intent console printer restart NVA",
      "outcome done printer   STATE",
      "intent console 1 requeue NVA",
      "outcome done 1   1 requeued",
    ],
  );
  const { code, stdout } = await runCommand(["journal", "verify", "--state", rig.stateDir], {
    env: { MOTCUA_SETUP: "done" },
  });
  assert.is(code, 0, stdout);
});

test.run();
