// Does the firmware of a Raspberry Pi start the slot that was meant, after every step of an update and every power cut
// between two of them?
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { LAYER, python } from "./yocto-tree.js";

const BACKEND = join(LAYER, "recipes-motcua", "slots", "files", "slot-backend");
const TRY_HOOK = join(LAYER, "recipes-motcua", "slots", "files", "slot-try");

/** What the image's build writes onto a new card. */
const FROM_THE_HOUSE = python(
  "import json; from motcua import slots; print(json.dumps(slots.autoboot(2, 3)))",
).value as string;

type Slot = "A" | "B";
const PARTITION: Readonly<Record<string, Slot>> = { "2": "A", "3": "B" };

/** A board: what of it is on the card, and what only until it is started anew. */
class Board {
  readonly #folder = mkdtempSync(join(tmpdir(), "motcua-slots-"));
  readonly #at = (name: string): string => join(this.#folder, name);
  #running: Slot = "A";

  constructor() {
    writeFileSync(this.#at("autoboot.txt"), FROM_THE_HOUSE);
    this.#started("A");
  }

  static with(use: (board: Board) => void): void {
    const board = new Board();
    try {
      use(board);
    } finally {
      rmSync(board.#folder, { recursive: true, force: true });
    }
  }

  get running(): Slot {
    return this.#running;
  }

  get autoboot(): string {
    return this.#at("autoboot.txt");
  }

  run(...args: string[]): { readonly out: string; readonly code: number; readonly err: string } {
    const { status, stdout, stderr } = spawnSync("sh", [BACKEND, ...args], {
      encoding: "utf8",
      env: this.#environment(),
    });
    return { out: stdout.trim(), code: status ?? -1, err: stderr };
  }

  say(...args: string[]): string {
    const { out, code, err } = this.run(...args);
    assert.is(code, 0, `${args.join(" ")}: ${err}`);
    return out;
  }

  /** As systemd ends: its hooks, the reboot's parameter, then the firmware. */
  reboot(): void {
    const { status, stderr } = spawnSync("sh", [TRY_HOOK, "reboot"], {
      encoding: "utf8",
      env: this.#environment(),
    });
    assert.is(status, 0, stderr);
    const tries = existsSync(this.#at("param")) && readFileSync(this.#at("param"), "utf8") === "0 tryboot";
    this.#firmware(tries);
  }

  /** Without a word to anybody. */
  cutPower(): void {
    this.#firmware(false);
  }

  /** boot_partition of [all], or of [tryboot] where the reboot asked for it. */
  #firmware(tries: boolean): void {
    const text = readFileSync(this.autoboot, "utf8");
    const [all, tryboot] = [...text.matchAll(/^boot_partition=(\d)$/gm)].map(
      ([, digit]) => PARTITION[digit ?? ""],
    );
    assert.ok(all && tryboot && text.startsWith("[all]\ntryboot_a_b=1\n"), text);
    this.#started(tries ? tryboot : all);
  }

  #started(slot: Slot): void {
    this.#running = slot;
    writeFileSync(
      this.#at("cmdline"),
      `quiet ro rauc.slot=${slot} root=/dev/dm-0 dm-mod.create="motcua-root,,0,ro,0 8 verity"\n`,
    );
    for (const gone of ["try", "param"]) rmSync(this.#at(gone), { force: true });
  }

  #environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      MOTCUA_AUTOBOOT: this.autoboot,
      MOTCUA_CMDLINE: this.#at("cmdline"),
      MOTCUA_TRY: this.#at("try"),
      MOTCUA_BAD: this.#at("bad"),
      MOTCUA_REBOOT_PARAM: this.#at("param"),
    };
  }
}

/** RAUC's own order: the other slot is bad while it is written, then good and primary. */
const install = (board: Board): void => {
  board.say("set-state", "B", "bad");
  board.say("set-primary", "B");
};

test("a new card starts A, and both slots are good", () =>
  Board.with((board) => {
    assert.is(board.say("get-current"), "A");
    assert.is(board.say("get-primary"), "A");
    assert.is(board.say("get-state", "A"), "good");
    assert.is(board.say("get-state", "B"), "good");
    board.reboot();
    assert.is(board.running, "A");
  }));

test("an update is tried once, and stays when it says of itself that it is good", () =>
  Board.with((board) => {
    install(board);
    assert.is(board.say("get-primary"), "B");
    assert.is(board.say("get-state", "B"), "good");
    board.reboot();
    assert.is(board.running, "B");
    // Until it is kept, the firmware's own word is the old slot.
    assert.is(board.say("get-primary"), "A");
    board.say("set-state", "B", "good");
    assert.is(board.say("get-primary"), "B");
    board.reboot();
    assert.is(board.running, "B");
    board.cutPower();
    assert.is(board.running, "B");
  }));

test("an update that never says so is left for the old one by any restart", () =>
  Board.with((board) => {
    for (const end of [() => board.cutPower(), () => board.reboot()]) {
      install(board);
      board.reboot();
      assert.is(board.running, "B");
      end();
      assert.is(board.running, "A");
    }
  }));

test("a power cut before the reboot leaves the old slot running, and the update can be begun again", () =>
  Board.with((board) => {
    board.say("set-state", "B", "bad");
    board.cutPower();
    assert.is(board.running, "A");
    assert.is(board.say("get-state", "B"), "bad");
    install(board);
    board.cutPower();
    assert.is(board.running, "A");
    assert.is(board.say("get-primary"), "A");
    install(board);
    board.reboot();
    assert.is(board.running, "B");
  }));

test("a slot that is marked bad before the reboot is not tried", () =>
  Board.with((board) => {
    install(board);
    board.say("set-state", "B", "bad");
    assert.is(board.say("get-primary"), "A");
    board.reboot();
    assert.is(board.running, "A");
  }));

test("the old slot's good mark does not take back a new one that was kept, nor the other way round", () =>
  Board.with((board) => {
    install(board);
    // The old system still runs and marks itself, as it does at each start.
    board.say("set-state", "A", "good");
    assert.is(board.say("get-primary"), "B");
    board.reboot();
    // Nobody but the slot that runs keeps itself.
    board.say("set-state", "A", "good");
    board.cutPower();
    assert.is(board.running, "A");
  }));

test("back and forth over many updates the file stays in its place, equally long and below a sector", () =>
  Board.with((board) => {
    const { ino, size } = statSync(board.autoboot);
    assert.ok(size <= 512, "the firmware reads 512 bytes");
    for (let round = 0; round < 3; round++)
      for (const slot of ["B", "A"] as const) {
        board.say("set-state", slot, "bad");
        board.say("set-primary", slot);
        board.reboot();
        board.say("set-state", slot, "good");
        const now = statSync(board.autoboot);
        assert.equal([now.ino, now.size], [ino, size]);
        assert.is(board.say("get-primary"), slot);
      }
  }));

test("a file that somebody else wrote is refused, not written over", () =>
  Board.with((board) => {
    writeFileSync(board.autoboot, `${FROM_THE_HOUSE}# by hand\n`);
    install(board);
    board.reboot();
    const { code, err } = board.run("set-state", "B", "good");
    assert.is(code, 1);
    assert.match(err, /is not as this program wrote it/);
    assert.match(readFileSync(board.autoboot, "utf8"), /# by hand/);
  }));

test("wrong words are answered with one line", () =>
  Board.with((board) => {
    for (const [args, sentence] of [
      [["get-state", "C"], /there is no slot C/],
      [["set-state", "A", "fine"], /good or bad, not "fine"/],
      [["set-primary"], /there is no slot/],
      [["burn"], /unknown command "burn"/],
    ] as const) {
      const { code, err } = board.run(...args);
      assert.is(code, 1, args.join(" "));
      assert.match(err, sentence);
    }
    writeFileSync(board.autoboot, "");
    assert.match(board.run("get-primary").err, /names no slot/);
  }));

test.run();
