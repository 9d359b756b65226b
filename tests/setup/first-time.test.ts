// Can a technician who never saw it set a kiosk up at 80 × 24, also when the line breaks in the middle?
import { X509Certificate } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { makeScanSeal } from "../../src/acts/sealing.js";
import { loadConfig } from "../../src/config.js";
import { silentLog } from "../../src/core/log.js";
import { readCode } from "../../src/dock/paper.js";
import { verifyJournal } from "../../src/store/sqlite-store.js";
import { type ConsoleSeat, PATIENCE_MS } from "../console/console-pty.js";
import { zbar } from "../paper/reading.js";
import { TlsRig } from "../sync/tls-rig.js";
import { runCommand } from "../wire/command.js";
import { codeOn } from "./code-on-screen.js";
import { answer, type Cabinet, DOWN, ENTER, ESCAPE, PIN, standCabinet, WIFI } from "./first-time.js";

const withCabinet = async (act: (cabinet: Cabinet) => Promise<void>): Promise<void> => {
  const cabinet = await standCabinet();
  try {
    await act(cabinet);
  } finally {
    await cabinet.close();
  }
};

const seated = async (seat: ConsoleSeat, act: (seat: ConsoleSeat) => Promise<void>): Promise<void> => {
  try {
    await act(seat);
  } finally {
    // It writes into the journal that it was left; the folder must not go before.
    await seat.hangUp();
    await seat.ended().catch(() => {});
    await seat.close();
  }
  assert.not.match(seat.sent(), PIN);
  assert.not.match(seat.sent(), WIFI.psk);
  assert.not.match(seat.sent(), "PRIVATE KEY");
};

const placeIt = async (seat: ConsoleSeat): Promise<void> => {
  await answer(seat, /Kiosk id:/, `bp-7${ENTER}`);
  // What was typed wrong is still there to be mended.
  await answer(seat, /> bp-7_\n\n ! 2 to 12 capital letters/, "\x7f\x7f\x7f\x7fBP07\r");
  await answer(seat, /in Vietnamese:/, `Nhà văn hóa Bình Phú${ENTER}`);
  await answer(seat, /in English:/, `Binh Phu house${ENTER}`);
  await answer(seat, /telephone/, `12 ab${ENTER}`);
  await answer(seat, /! a telephone number/, `\x7f\x7f\x7f${ENTER}`);
};

const BOARD = ` motcua · Kiosk set-up · BP07 · 2/9 Board

 This machine says that it is: Raspberry Pi 4 Model B Rev 1.4

 Which board?
› Keep what the file has (hardware)
  Radxa ROCK 5B (Rockchip RK3588)
  Raspberry Pi 4 Model B or Compute Module 4 (this machine)
  Raspberry Pi 5 or Compute Module 5
  Simulated board (no hardware)












 ↑↓ choose  Enter: take  Esc: steps  Ctrl-C: leave
`;

/** A telephone tries each picture until one can be read: at first half of it still shows the code before. */
const readOn = async (seat: ConsoleSeat, before: readonly string[]): Promise<string> => {
  const end = performance.now() + PATIENCE_MS;
  while (performance.now() < end) {
    try {
      const line = zbar(await codeOn(seat.screen.lines.slice(0, 23)));
      if (!before.includes(line)) return line;
    } catch {
      // Not yet whole.
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no other code came on\n${seat.screen.text}`);
};

/** Each code once, not in their order. */
const scanned = async (seat: ConsoleSeat): Promise<readonly string[]> => {
  const first = await seat.until(/Code 1 of \d/);
  const count = Number(/Code 1 of (\d)/.exec(first.text)?.[1]);
  const lines: string[] = [];
  while (lines.length < count) {
    lines.push(await readOn(seat, lines));
    seat.type("p");
  }
  return lines;
};

const certify = async (seat: ConsoleSeat, cabinet: Cabinet, rig: TlsRig): Promise<void> => {
  const { folder, board } = cabinet;
  await answer(seat, /How does the request get to the portal\?/, ENTER);
  const lines = await scanned(seat);
  const { text: shown } = await seat.until(/Fingerprint:/);
  seat.type(ENTER);
  const [request, out, codes] = ["request.txt", "BP07.answer.pem", "codes"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  writeFileSync(request, `${lines.join("\n")}\n`);
  const admitted = await runCommand(
    ["setup", "admit", request, "--out", out, "--codes", codes, "--state", join(rig.dir, "state"), "--json"],
    { env: { MOTCUA_SETUP: "done" } },
  );
  assert.is(admitted.code, 0, admitted.stderr);
  const said = JSON.parse(admitted.stdout) as { kiosk: string; request: string; answer: string };
  assert.is(said.kiosk, "BP07");
  // What the two people read to each other.
  for (const group of said.request.split(" ")) assert.ok(shown.includes(group), `${group} on\n${shown}`);
  await answer(seat, /How does the answer come\?/, ENTER);
  await seat.until(/Show each code of the answer/);
  const pictures = readdirSync(codes).sort();
  assert.ok(pictures.length > 1);
  board.control.codeReader.show("https://example.test/not-it");
  await seat.until(/This is no code of the portal/);
  for (const [index, name] of pictures.entries()) {
    const text = await readCode(readFileSync(join(codes, name)));
    board.control.codeReader.show(text ?? "");
    if (index < pictures.length - 1)
      await seat.until(new RegExp(`${index + 1} of ${pictures.length} codes are here`));
  }
  const compared = await seat.until(/Is the fingerprint the same\?/);
  assert.ok(compared.text.includes(said.answer), compared.text);
  // The one that does no harm stands first.
  assert.match(compared.text, /› Not the same/);
  seat.type(DOWN + ENTER);
  const checked = await answer(seat, /The broker answers\n[\s\S]*MQTT/, ENTER);
  assert.match(checked, /MQTT: PASSED – MQTT 5, BP07/);
};

test("a whole first set-up, killed in the middle, with request and answer as codes", () =>
  TlsRig.with((rig) =>
    withCabinet(async (cabinet) => {
      const { stateDir, configFile, folder, board } = cabinet;
      mkdirSync(join(folder, "machine", "proc", "device-tree"), { recursive: true });
      writeFileSync(
        join(folder, "machine", "proc", "device-tree", "model"),
        "Raspberry Pi 4 Model B Rev 1.4\0",
      );
      await seated(cabinet.sit(), async (seat) => {
        await placeIt(seat);
        assert.is(`${await answer(seat, /Which board\?/, ENTER)}`, BOARD);
        await seat.until(/Which network\?/);
        seat.signal("KILL");
      });
      assert.not.match(readFileSync(configFile, "utf8"), "BP07");
      await seated(cabinet.sit(), async (seat) => {
        // Where it was left, and not before it.
        const { text } = await seat.until(/Which network\?/);
        assert.match(text, /BP07 · 3\/9 Network\n[\s\S]*It goes on where it was left\./);
        seat.type(DOWN.repeat(0) + ENTER);
        await answer(seat, /Which Wi-Fi\?/, ENTER);
        await answer(seat, /Password of UBND/, `short${ENTER}`);
        await answer(seat, /> \*\*\*\*\*_\n\n ! 8 to 63/, `\x7f\x7f\x7f\x7f\x7f${WIFI.psk}${ENTER}`);
        await answer(seat, /Internet \(nmcli\): full/, ENTER);
        await answer(seat, /portal's broker:/, `https://portal${ENTER}`);
        await answer(seat, /! mqtts:\/\/MACHINE:8883/, "\x7f".repeat(14) + rig.url + ENTER);
        await answer(seat, /TLS: NEEDS CERTIFICATE/, ENTER);
        await certify(seat, cabinet, rig);
        await answer(seat, /Initials of who holds it/, `NVA${ENTER}`);
        await answer(seat, /New PIN \(6 to 12 digits\)/, `123456${ENTER}`);
        await answer(seat, /! The PIN is easy to guess/, `\x7f\x7f\x7f\x7f\x7f\x7f${PIN}${ENTER}`);
        await answer(seat, /New PIN, again/, `482916${ENTER}`);
        await answer(seat, /! the two entries differ/, `\x7f5${ENTER}`);
        const found = await answer(seat, /11 passed, 0 failed, 3 not fitted/, ENTER);
        assert.match(found, /^ Printer {19}PASSED/m);
        await answer(seat, /Print a test slip\?/, ENTER);
        await answer(seat, /Did the slip come out\?/, ENTER);
        assert.is(board.control.printer.slips.length, 1);
        const summary = await answer(seat, /Write to /, ENTER);
        assert.match(summary, /\[x\] Certificate: [0-9A-F]+$/m);
        const written = await answer(seat, /The settings are written/, ENTER);
        assert.match(written, /The one before: .*kiosk\.toml\.\d{8}T\d{6}/);
        assert.equal(await seat.ended(), { code: 0, lineAsBefore: true });
        await seat.until((screen) => /The set-up is whole\./.test(screen.outside));
      });
      const text = readFileSync(configFile, "utf8");
      for (const kept of ["# The one at the market.", 'speech = "asked" # quiet there'])
        assert.ok(text.includes(kept));
      const config = loadConfig(configFile);
      assert.is(config.kiosk.placeVi, "Nhà văn hóa Bình Phú");
      assert.is(config.link.url, rig.url);
      assert.is(config.link.authority, join(stateDir, "trust", "authority.crt.pem"));
      assert.is(config.portal.publicKeys, join(stateDir, "trust", "portal-keys.pub.json"));
      sealsScans(stateDir, config.portal.sealChain);
      assert.is(verifyJournal(join(stateDir, "store")).ok, true);
      assert.not.match(readFileSync(join(stateDir, "setup", "progress.json"), "utf8"), /482915|mat khau/);
      journalSays(stateDir);
      await laterChange(cabinet);
    }),
  ));

/** The kiosk has a seal on its scans from the first visit on. */
const sealsScans = (stateDir: string, chainFile: string): void => {
  const seal = makeScanSeal({ stateDir, chainFile, log: silentLog })();
  const [leaf, authority] = (seal?.certificates ?? []).map((der) => new X509Certificate(der));
  assert.is(leaf?.subject, "CN=BP07");
  assert.ok(leaf !== undefined && authority !== undefined && leaf.verify(authority.publicKey));
};

/** Each step before and after it, and the one that was killed as failed. */
const journalSays = (stateDir: string): void => {
  const db = new Database(join(stateDir, "store", "motcua.db"), { readonly: true });
  const rows = db
    .prepare("SELECT * FROM journal ORDER BY rowid")
    .all()
    .map((row) => JSON.stringify(row));
  db.close();
  const about = (what: string): number => rows.filter((row) => row.includes(what)).length;
  for (const step of ["place", "board", "portal", "certificate", "devices", "print", "write"])
    assert.is(about(`setup ${step}`) >= 1, true, step);
  assert.is(about("the set-up ended before the outcome was written"), 1);
  for (const row of rows) assert.not.match(row, /482915|mat khau/);
};

const laterChange = async (cabinet: Cabinet): Promise<void> => {
  const args = ["setup", "--state", cabinet.stateDir, "--config", cabinet.configFile, "--lang", "en"];
  await seated(cabinet.sit({ args: [...args, "--step", "place"], baud: 9600 }), async (seat) => {
    await answer(seat, /Technician PIN, to change this kiosk/, `999999${ENTER}`);
    await answer(seat, /Wrong PIN\./, ENTER);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await answer(seat, /Technician PIN, to change this kiosk/, `${PIN}${ENTER}`);
    for (const page of [/Kiosk id:/, /in Vietnamese:/]) await answer(seat, page, ENTER);
    await answer(seat, /in English:/, `The market${ENTER}`);
    await answer(seat, /telephone/, ENTER);
    await answer(seat, /\+ placeEn = "The market"/, ENTER);
    await answer(seat, /The settings are written/, ENTER);
    assert.equal(await seat.ended(), { code: 0, lineAsBefore: true });
  });
  assert.is(loadConfig(cabinet.configFile).kiosk.placeEn, "The market");
  await seated(cabinet.sit(), async (seat) => {
    await answer(seat, /to change this kiosk/, `${PIN}${ENTER}`);
    const { text } = await seat.until(/› Leave the set-up/);
    assert.is((text.match(/\[x\]/g) ?? []).length, 9);
    seat.type("\x03");
    assert.equal(await seat.ended(), { code: 1, lineAsBefore: true });
  });
};

test("Escape shows the steps, a small or resized terminal says so, and a signal leaves the line as it was", () =>
  withCabinet(async (cabinet) => {
    await seated(cabinet.sit(), async (seat) => {
      await answer(seat, /Kiosk id:/, ESCAPE);
      await seat.until(/› \[ \] Kiosk and place: not done/);
      seat.type(DOWN.repeat(8) + ENTER);
      await answer(seat, /Write to .*kiosk\.toml\?/, DOWN + ENTER);
      await answer(seat, /\[!\] Summary and writing: Later/, "");
      seat.resize(60, 20);
      await answer(seat, /Needs 80 × 24 characters; here 60 × 20/, "");
      seat.resize(100, 30);
      await answer(seat, /\[!\] Summary and writing: Later/, "");
      seat.resize(80, 24);
      await answer(seat, /\[!\] Summary and writing: Later/, "");
      seat.signal("TERM");
      assert.equal(await seat.ended(), { code: 143, lineAsBefore: true });
      await seat.until((screen) => /The answers are kept/.test(screen.outside));
    });
  }));

test.run();
