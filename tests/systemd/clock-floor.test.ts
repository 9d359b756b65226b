// Does a machine whose battery is dead come up no earlier than its build and the last time that it was sure of?
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { packageRoot } from "../../src/package-root.js";
import { ClockFloor } from "../../src/sync/clock-floor.js";
import { withFolder } from "../store/fixtures.js";

const SCRIPT = join(packageRoot(), "systemd", "motcua-clock-floor");
const YEAR_MS = 365 * 86_400_000;

interface Set {
  /** Epoch milliseconds; null: the clock was left alone. */
  readonly toMs: number | null;
  readonly said: string;
}

/** A `date` that notes what it was to set, and tells everything else as ever: this machine's clock is not ours. */
const withClock = async (act: (built: (ms: number) => void, folder: string, run: () => Set) => void) =>
  withFolder((dir) => {
    const program = join(dir, "kiosk.js");
    const folder = join(dir, "clock");
    const noted = join(dir, "set");
    mkdirSync(join(dir, "bin"));
    writeFileSync(
      join(dir, "bin", "date"),
      `#!/bin/sh\ncase " $* " in *" -s "*) echo "$*" > "${noted}" ;; *) exec /bin/date "$@" ;; esac\n`,
      { mode: 0o755 },
    );
    writeFileSync(program, "");
    const run = (): Set => {
      rmSync(noted, { force: true });
      const { status, stdout, stderr } = spawnSync(SCRIPT, {
        encoding: "utf8",
        env: {
          PATH: `${join(dir, "bin")}:/usr/bin:/bin`,
          ...{ MOTCUA_PROGRAM: program, MOTCUA_CLOCK_FILE: join(folder, "floor") },
        },
      });
      assert.is(`${status}${stderr}`, "0");
      const set = existsSync(noted)
        ? /^-u -s @(\d+)$/.exec(readFileSync(noted, "utf8").trim())?.[1]
        : undefined;
      return { toMs: set === undefined ? null : Number(set) * 1_000, said: stdout };
    };
    act((ms) => utimesSync(program, ms / 1_000, ms / 1_000), folder, run);
  });

const STARTED_MS = Math.floor(Date.now() / 1_000) * 1_000;
/** Whole seconds, as the script counts. */
const away = (years: number): number => STARTED_MS + years * YEAR_MS;

test("a clock that is right is left alone", () =>
  withClock((built, folder, run) => {
    built(away(-1));
    new ClockFloor(folder, away(-2)).keep({ epochMs: away(-0.5), trust: "trusted" });
    assert.is(run().toMs, null);
  }));

test("a clock before the build is set to the build", () =>
  withClock((built, _folder, run) => {
    built(away(3));
    const { toMs, said } = run();
    assert.is(toMs, away(3));
    assert.match(said, /set to \d{4}-/);
  }));

test("a clock before the last time that the kiosk believed is set to that", () =>
  withClock((built, folder, run) => {
    built(away(-1));
    // The runtime's own file.
    new ClockFloor(folder, away(-1)).keep({ epochMs: away(2), trust: "trusted" });
    assert.is(run().toMs, away(2));
  }));

test("a damaged or impossible file counts as none: root believes no stranger's word", () =>
  withClock((built, folder, run) => {
    built(away(1));
    mkdirSync(folder);
    for (const text of [
      ...["", "2", "9999-12-31T23:59:59.000Z\n", "\0\0\0\0", `${"9".repeat(4000)}\n`],
      ...["$(reboot)\n", "now + 3 years\n", new Date(away(30)).toISOString()],
    ]) {
      writeFileSync(join(folder, "floor"), text);
      assert.is(run().toMs, away(1), JSON.stringify(text.slice(0, 40)));
    }
  }));

test.run();
