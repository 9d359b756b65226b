// Mains is gone for good: does a real kiosk close its store, run the command that switches off, and know it afterwards?
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bootIdOf, switchOff } from "../../src/acts/power-off.js";
import { defaultConfig } from "../../src/config.js";
import { Stack } from "../../src/dock/stack.js";
import { createSimBoard } from "../../src/hal/sim/sim-board.js";
import { verifyJournal } from "../../src/store/sqlite-store.js";
import { eventually } from "../contract/wires.js";
import { hardwareToml, startHardwareKiosk } from "./hardware-kiosk.js";

const WITHIN_MS = 120_000;
const HOLD_SECONDS = 5;

const lost = suite("mains lost");

const powerRows = (store: string): readonly string[] => {
  const db = new Database(join(store, "motcua.db"), { readonly: true });
  try {
    return db
      .prepare(
        "SELECT coalesce((SELECT kind FROM journal AS o WHERE o.intent = j.id), 'open') FROM journal AS j WHERE entry = 'intent' AND kind = 'powerOff' ORDER BY id",
      )
      .pluck()
      .all() as string[];
  } finally {
    db.close();
  }
};

lost("a kiosk on a board file closes its store first and then runs the command, once", async () => {
  const folder = mkdtempSync(join(tmpdir(), "mt-off-"));
  const store = join(folder, "state", "store");
  const board = await createSimBoard({ dir: join(folder, "w"), widthDots: 576, model: "epson" });
  // What the command finds when it runs: a write-ahead log would be a store that is still open.
  const script = join(folder, "off.sh");
  writeFileSync(script, `#!/bin/sh\nls "${store}" >>"${folder}/found"\necho off >>"${folder}/found"\n`, {
    mode: 0o755,
  });
  const power = `[power]\nholdSeconds = ${HOLD_SECONDS}\noffCommand = ["${script}"]\n`;
  const { child, said, ended } = await startHardwareKiosk(folder, hardwareToml(board, power));
  try {
    board.control.lines.setInput("powerLost", true);
    assert.is(await ended, 0, said());
    const found = readFileSync(join(folder, "found"), "utf8").split("\n");
    assert.ok(found.includes("motcua.db"), found.join(" "));
    assert.not.ok(
      found.some((name) => name.endsWith("-wal")),
      found.join(" "),
    );
    assert.is(found.filter((line) => line === "off").length, 1);
    assert.equal(powerRows(store), ["open"]);
    assert.ok(verifyJournal(store).ok);
  } finally {
    child.kill("SIGKILL");
    await board.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

lost(
  "a kiosk with wires to the dock goes off, and is on again with mains; its journal says that it went off",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "mt-dock-"));
    const config = defaultConfig();
    const stack = await Stack.start({
      config: { ...config, power: { ...config.power, holdSeconds: HOLD_SECONDS } },
      ...{ stateDir: folder, screenPort: 0, portalPort: 0, withPortal: false },
    });
    try {
      stack.control.lines.setInput("powerLost", true);
      await eventually("off", () => stack.switchedOff, WITHIN_MS);
      assert.is(stack.power, "off");
      assert.not.ok(existsSync(join(folder, "store", "motcua.db-wal")));
      assert.equal(powerRows(join(folder, "store")), ["open"]);
      stack.control.lines.setInput("powerLost", false);
      await stack.restorePower();
      assert.not.ok(stack.switchedOff);
      assert.equal(powerRows(join(folder, "store")), ["done"]);
    } finally {
      await stack.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

lost("a command that fails, hangs or is not there is told in a line", async () => {
  const refused = async (command: readonly string[], limitMs?: number): Promise<string> => {
    try {
      await switchOff(command, limitMs);
    } catch (thrown) {
      return (thrown as Error).message;
    }
    throw new Error("it was not refused");
  };
  assert.match(await refused(["sh", "-c", "echo Access denied >&2; exit 4"]), /exit code 4: Access denied$/);
  assert.match(await refused(["sleep", "600"], 200), /ended by SIGKILL/);
  assert.match(await refused(["motcua-no-such-command"]), /ENOENT/);
  assert.match(await refused([]), /offCommand is empty/);
  await switchOff(["true"]);
});

lost("the kernel's boot id is one", () => {
  assert.match(bootIdOf(), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});

lost.run();
