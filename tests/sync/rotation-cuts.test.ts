// Does a kiosk come back after a cut at any moment of a rotation?
import { spawn } from "node:child_process";
import fs, { chmodSync, cpSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import { PairChoice } from "../../src/sync/certificates/pair-choice.js";
import { Pairs } from "../../src/sync/certificates/pairs.js";
import { Wire } from "../../src/sync/protocol/wire.js";
import { testClock } from "../store/fixtures.js";
import { type Kiosk, oldKiosk, serialOf, TlsRig } from "./tls-rig.js";

const PROCESS = fileURLToPath(new URL("./rotating-process.js", import.meta.url));

/** Ends by itself when settled, or is killed at the step. */
const runUntilEnd = (rig: TlsRig, kiosk: Kiosk, step = ""): Promise<readonly string[]> =>
  new Promise((resolve) => {
    const args = ["--enable-source-maps", PROCESS, kiosk.stateDir, kiosk.id, rig.url, rig.authority, step];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const lines: string[] = [];
    const limit = setTimeout(() => child.kill("SIGKILL"), 90_000);
    createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
    child.once("close", () => {
      clearTimeout(limit);
      resolve(lines);
    });
  });

test("killed at each step of a rotation, the kiosk comes back and ends with a new certificate", () =>
  TlsRig.with(async (rig) => {
    await rig.startPortal();
    const all = ["asking", "received", "trying", "switching", "switched", "lettingGo", "letGo"];
    const few = ["asking", "received", "switching", "switched"];
    const steps = process.env["MOTCUA_LONG"] === "1" ? all : few;
    for (const [place, step] of steps.entries()) {
      const kiosk = oldKiosk(rig, `K${place}`);
      const before = serialOf(kiosk);
      const killed = await runUntilEnd(rig, kiosk, step);
      assert.is(killed.at(-1), `step ${step}`, "it was killed there");
      const after = await runUntilEnd(rig, kiosk);
      assert.is(after.at(-1), "settled", `after a cut at ${step}: ${after.join(", ")}`);
      assert.is.not(serialOf(kiosk), before);
      assert.equal(readdirSync(kiosk.pairs.folder), ["current.pem"], step);
    }
  }));

/** Copies the folder before each call that changes a file: every state that a cut can leave. */
const statesOf = (folder: string, into: string, act: () => void): readonly string[] => {
  const states: string[] = [];
  const names = ["openSync", "writeSync", "writeFileSync", "renameSync", "rmSync"] as const;
  const real = names.map((name) => [name, fs[name]] as const);
  let copying = false;
  const keep = () => {
    if (copying) return;
    copying = true;
    const copy = join(into, String(states.length));
    cpSync(folder, copy, { recursive: true });
    // Node 22 makes the copy's folder with the mode that any new one has.
    chmodSync(copy, statSync(folder).mode);
    states.push(copy);
    copying = false;
  };
  for (const [name, original] of real)
    Object.assign(fs, {
      [name]: (...args: unknown[]) => {
        keep();
        return (original as (...all: unknown[]) => unknown)(...args);
      },
    });
  syncBuiltinESMExports();
  try {
    act();
  } finally {
    for (const [name, original] of real) Object.assign(fs, { [name]: original });
    syncBuiltinESMExports();
  }
  keep();
  return states;
};

test("whatever call of the file system is the last before a cut, what it leaves opens a connection", () =>
  TlsRig.with(async (rig) => {
    const kiosk = await rig.kiosk("T01");
    const into = mkdtempSync(join(tmpdir(), "motcua-states-"));
    try {
      const { pairs } = kiosk;
      // An answer without the asking: the same key, the same name, signed by the fleet's authority.
      rig.keepFromOpenssl(kiosk, { fromDays: -1, toDays: 300 });
      const answer = pairs.get("next")?.chainPem ?? "";
      const key = pairs.get("next")?.keyPem ?? "";
      pairs.dropNext();
      const states = statesOf(pairs.folder, into, () => {
        fs.writeFileSync(join(pairs.folder, "next.key.pem"), `${key}\n`, { mode: 0o600 });
        pairs.keepNext(answer, "T01");
        pairs.promote();
        pairs.prove();
      });
      assert.ok(states.length >= 12, `${states.length} states`);
      for (const folder of states) {
        const left = new Pairs(folder);
        const parts = { pairs: left, clock: testClock, log: silentLog, journal: { note: () => {} } };
        const pair = new PairChoice(parts).offer();
        assert.ok(pair !== null, `${folder}: a pair is left`);
        const tls = {
          ca: fs.readFileSync(rig.authority),
          cert: Buffer.from(pair?.chainPem ?? ""),
          key: Buffer.from(pair?.keyPem ?? ""),
        };
        const wire = await Wire.connect({
          ...{ url: rig.url, clientId: "T01", clock: testClock, tls, onMessage: () => {} },
          ...{ connectTimeoutMs: 60_000, publishTimeoutMs: 60_000 },
        });
        await wire.close();
      }
    } finally {
      rmSync(into, { recursive: true, force: true });
    }
  }));

test.run();
