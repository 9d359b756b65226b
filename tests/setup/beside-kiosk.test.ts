// What does a set-up do beside a kiosk that runs, and whose is what root makes in the kiosk's folder?
import { spawn } from "node:child_process";
import { chownSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { askKiosk } from "../../src/ops/control-socket.js";
import { Refusal } from "../../src/ops/pin.js";
import { startRig } from "../console/kiosk-rig.js";
import { withFolder } from "../store/fixtures.js";

const BIN = fileURLToPath(new URL("../../../src/motcua.mjs", import.meta.url));
const PIN = "482915";
const NOBODY = 65_534;

const setUp = (
  stateDir: string,
  args: readonly string[],
  input: string,
  env: NodeJS.ProcessEnv = {},
): Promise<{ readonly code: number | null; readonly out: string }> =>
  new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      [BIN, "setup", "--plain", "--lang", "en", "--state", stateDir, ...args],
      {
        env: { ...process.env, MOTCUA_SETUP: "done", ...env },
      },
    );
    let out = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        out += chunk.toString();
      });
    child.on("close", (code) => resolve({ code, out }));
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });

const steps = (stateDir: string): readonly string[] => {
  const db = new Database(join(stateDir, "store", "motcua.db"), { readonly: true });
  const rows = db
    .prepare("SELECT * FROM journal ORDER BY rowid")
    .all()
    .map((row) => JSON.stringify(row));
  db.close();
  return rows.filter((row) => row.includes("setup place"));
};

test("the kiosk that runs writes the journal, keeps the PIN, and lets nobody in without it", async () => {
  const rig = await startRig();
  try {
    const { stateDir } = rig;
    const begin = (token: string | null) =>
      askKiosk<{ id: number }>(stateDir, { ask: "setUpBegin", token, step: "setup place" });
    const { id } = await begin(null);
    await askKiosk(stateDir, { ask: "setUpEnd", id, done: true, detail: "BP07" });
    const twice = await askKiosk(stateDir, { ask: "setUpEnd", id, done: true, detail: "" }).catch(String);
    assert.match(String(twice), /no step of a set-up/);
    await askKiosk(stateDir, { ask: "setPin", name: "NVA", pin: PIN, old: null });
    for (const token of [null, "made-up"]) {
      const thrown: unknown = await begin(token).catch((error: unknown) => error);
      assert.ok(thrown instanceof Refusal && thrown.code === "locked");
    }
    const pin = join(stateDir, "pin");
    writeFileSync(pin, `${PIN}\n`, { mode: 0o600 });
    const before = steps(stateDir).length;
    const { code, out } = await setUp(stateDir, ["--step", "place"], "BP07\n\n\n\n1\n", {
      MOTCUA_PIN_FILE: pin,
    });
    assert.is(code, 1, out);
    assert.match(out, /sudo systemctl restart motcua/);
    assert.match(readFileSync(join(stateDir, "kiosk.toml"), "utf8"), /id = "BP07"/);
    assert.is(steps(stateDir).length, before + 2);
    assert.match(steps(stateDir).at(-2) ?? "", /NVA/);
  } finally {
    await rig.close();
  }
});

test("what root makes in the kiosk's folder becomes its owner's", () =>
  withFolder(async (dir) => {
    if (process.geteuid?.() !== 0) {
      process.stdout.write("skipped: only root can give files away\n");
      return;
    }
    const stateDir = join(dir, "var");
    mkdirSync(stateDir);
    chownSync(stateDir, NOBODY, NOBODY);
    await setUp(stateDir, ["--step", "pin", "--config", join(dir, "kiosk.toml")], `NVA\n${PIN}\n${PIN}\n1\n`);
    const names = readdirSync(stateDir, { recursive: true }).map(String);
    assert.ok(names.includes(join("console", "pin.json")), names.join());
    for (const name of names) assert.is(lstatSync(join(stateDir, name)).uid, NOBODY, name);
  }));

test.run();
