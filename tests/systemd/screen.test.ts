// Does the citizen's page come up in a real compositor, and come back when it froze, at the runtime's word alone?
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { SystemClock } from "../../src/core/clock.js";
import { packageRoot } from "../../src/package-root.js";
import { screenUnitOf, startScreenUnit } from "../../src/screen/screen-unit.js";
import { viewOf } from "../screens/sample-views.js";
import { openStage, sample, until } from "../screens/stage.js";
import { withFolder } from "../store/fixtures.js";

const LAUNCHER = join(packageRoot(), "systemd", "motcua-screen");
const ASK = join(packageRoot(), "systemd", "motcua-screen-ask");
const LIMIT_MS = 120_000;
/** cage will not run as root; Debian's nobody. */
const NOBODY = 65_534;
const asNobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

/** A `systemctl` that notes what it was told: there is no systemd to tell. */
const noteTaker = (dir: string): { readonly path: string; readonly told: () => readonly string[] } => {
  const notes = join(dir, "told");
  const folder = join(dir, "bin");
  mkdirSync(folder);
  writeFileSync(join(folder, "systemctl"), `#!/bin/sh\necho "$*" >> "${notes}"\n`, { mode: 0o755 });
  return {
    path: `${folder}:${process.env["PATH"] ?? ""}`,
    told: () => (existsSync(notes) ? readFileSync(notes, "utf8").trim().split("\n") : []),
  };
};

const groupOf = (pid: number): number => {
  try {
    return Number(
      readFileSync(`/proc/${pid}/stat`, "latin1")
        .replace(/^.*\) /, "")
        .split(" ")[2],
    );
  } catch {
    return -1;
  }
};

const killAll = (child: ChildProcess | null): void => {
  if (child?.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // All of it has ended.
  }
};

test("who asks may say two words and no third", () =>
  withFolder((dir) => {
    const notes = noteTaker(dir);
    const asked = (input: string) => spawnSync(ASK, { input, encoding: "utf8", env: { PATH: notes.path } });
    assert.is(asked("start\n").stdout, "done\n");
    for (const word of ["stop\n", "restart other.service\n", "", "start; reboot\n", "$(reboot)\n"]) {
      const { status, stdout } = asked(word);
      assert.is(status, 1, word);
      assert.is(stdout, "neither start nor restart\n");
    }
    assert.equal(notes.told(), ["--no-block start motcua-screen.service"]);
  }));

test("the browser is given an address of this machine, or nothing comes up", () =>
  withFolder((dir) => {
    const tried = (address: string | null) => {
      const file = join(dir, "screen-url");
      if (address !== null) writeFileSync(file, address);
      const env = { PATH: "/usr/bin:/bin", XDG_RUNTIME_DIR: dir, MOTCUA_SCREEN_URL_FILE: file };
      return spawnSync(LAUNCHER, { encoding: "utf8", env });
    };
    assert.match(tried(null).stderr, /the runtime has not started yet/);
    for (const address of [
      ...["http://192.0.2.1:8800/", "https://127.0.0.1:8800/", "http://127.0.0.1:8800/x", ""],
      ...["http://127.0.0.1:8800/ --no-sandbox", "http://127.0.0.1:8800/\nhttp://192.0.2.1/"],
    ]) {
      const { status, stderr } = tried(address);
      assert.is(status, 1, address);
      assert.match(stderr, /holds no address of this machine/);
    }
    assert.is(screenUnitOf({}), null);
  }));

test("the page comes up under a real compositor, freezes, and comes back where the citizen was", () =>
  withFolder(async (dir) => {
    chmodSync(dir, 0o711);
    const notes = noteTaker(dir);
    const run = join(dir, "run");
    mkdirSync(run, { mode: 0o700 });
    if ("uid" in asNobody) chownSync(run, NOBODY, NOBODY);
    const unit = { askSocket: join(dir, "ask"), urlFile: join(dir, "screen-url") };
    // As motcua-screen-ask.socket does with Accept=yes.
    const socket = spawn("systemd-socket-activate", ["--accept", "--inetd", "-l", unit.askSocket, ASK], {
      env: { PATH: notes.path },
      stdio: "ignore",
    });
    await until("the socket", () => existsSync(unit.askSocket), LIMIT_MS);
    const stage = await openStage();
    let screen: ChildProcess | null = null;
    // What systemd does with the unit when it is told.
    const obey = (): void => {
      killAll(screen);
      screen = spawn(LAUNCHER, ["--disable-gpu"], {
        ...asNobody,
        detached: true,
        stdio: "ignore",
        env: {
          ...{ PATH: "/usr/bin:/bin", XDG_RUNTIME_DIR: run, HOME: run, LANG: "C.UTF-8" },
          ...{ MOTCUA_SCREEN_URL_FILE: unit.urlFile, LIBSEAT_BACKEND: "noop" },
          // A compositor without a screen and without a graphics card.
          ...{ WLR_BACKENDS: "headless", WLR_LIBINPUT_NO_DEVICES: "1", WLR_RENDERER: "pixman" },
        },
      });
    };
    const runtime = startScreenUnit({
      ...unit,
      screen: stage.server,
      endVisit: () => assert.unreachable("one death is no reason"),
      clock: new SystemClock({ floorMs: 0, synchronised: () => true }),
      log: (event, fields) => stage.lines.push({ event, fields }),
    });
    try {
      await until("the runtime asks", () => notes.told().length === 1, LIMIT_MS);
      assert.is(statSync(unit.urlFile).mode & 0o777, 0o644);
      obey();
      await until("the page", () => stage.server.connected, LIMIT_MS);
      stage.visit.show(viewOf(sample("form-from-card"), "vi", 0));
      const { view } = stage.visit;
      const group = (screen as ChildProcess | null)?.pid ?? -1;
      const ours = readdirSync("/proc").filter(
        (name) => /^\d+$/.test(name) && groupOf(Number(name)) === group,
      );
      assert.ok(ours.length > 3, `compositor and browser: ${ours.length} processes`);
      for (const pid of ours) process.kill(Number(pid), "SIGSTOP");
      await until("the runtime asks anew", () => notes.told().length === 2, LIMIT_MS);
      assert.equal(
        notes.told(),
        ["start", "restart"].map((word) => `--no-block ${word} motcua-screen.service`),
      );
      obey();
      await until("the page again", () => stage.server.connected, LIMIT_MS);
      assert.equal(stage.visit.view, view, "the visit is where it was");
      assert.equal(stage.visit.events, [], "and nothing was sent for the citizen");
      const said = stage.lines.map(({ fields }) => (fields as { detail?: string }).detail ?? "");
      assert.ok(said.includes("restart: done"), said.join("; "));
    } finally {
      await runtime.close();
      killAll(screen);
      socket.kill("SIGKILL");
      await stage.end();
    }
  }));

test.run();
