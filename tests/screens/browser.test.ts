// Does a frozen, crashed or white page come back with the visit where it was? (With the real Chromium.)
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { SystemClock } from "../../src/core/clock.js";
import { type Browser, startBrowser } from "../../src/screen/browser.js";
import { viewOf } from "./sample-views.js";
import { openStage, type Stage, sample, until } from "./stage.js";

interface World {
  folder: string;
  stage: Stage;
  browser: Browser;
  ends: number;
}

const test = suite<World>("browser");
const LIMIT_MS = 90_000;
const FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

test.before.each(async (world) => {
  world.folder = mkdtempSync(join(tmpdir(), "motcua-browser-"));
  world.stage = await openStage();
  world.ends = 0;
  world.browser = startBrowser({
    command: "/usr/bin/chromium",
    flags: FLAGS,
    profileDir: join(world.folder, "profile"),
    screen: world.stage.server,
    endVisit: () => {
      world.ends += 1;
    },
    clock: new SystemClock({ floorMs: 0, synchronised: () => true }),
    log: (event, fields) => world.stage.lines.push({ event, fields }),
  });
});
test.after.each(async ({ browser, stage, folder }) => {
  await browser.close();
  await stage.end();
  rmSync(folder, { recursive: true, force: true });
});

/** Processes of the browser's group that draw pages. proc(5): the fifth word of stat is the group. */
const renderers = (group: number | null): number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/stat`, "latin1")
          .replace(/^.*\) /, "")
          .split(" ");
        return (
          Number(words[2]) === group &&
          readFileSync(`/proc/${pid}/cmdline`, "latin1").includes("--type=renderer")
        );
      } catch {
        return false;
      }
    });

/** Pings come every two seconds: this page's own answer, not only its socket. */
const shown = (world: World): Promise<void> =>
  until("the page is there", () => world.stage.server.connected, LIMIT_MS);

const states = ({ stage }: World): readonly string[] =>
  stage.lines.map(({ fields }) => (fields as { state?: string }).state ?? "");

/** The citizen is in the middle of a form when it happens. */
const survives = async (
  world: World,
  loss: string,
  harm: (pids: readonly number[]) => void,
): Promise<void> => {
  await shown(world);
  world.stage.visit.show(viewOf(sample("form-from-card"), "vi", 0));
  const { view } = world.stage.visit;
  const first = world.browser.pid;
  const pids = renderers(first);
  assert.ok(pids.length > 0, "a renderer runs");
  harm(pids);
  await until(loss, () => states(world).includes("browserEnded"), LIMIT_MS);
  await until("another browser", () => world.browser.pid !== null && world.browser.pid !== first, LIMIT_MS);
  await shown(world);
  assert.equal(world.stage.visit.view, view, "the visit is where it was");
  assert.equal(world.stage.visit.events, [], "and nothing was sent for the citizen");
  assert.is(world.ends, 0);
  assert.equal(renderers(first), [], "nothing of the old one is left");
  if (loss !== "") assert.ok(states(world).includes(loss), states(world).join());
};

test("SIGSTOP: the socket stays open and nothing answers; the browser is started anew", (world) =>
  survives(world, "frozen", (pids) => {
    for (const pid of pids) process.kill(pid, "SIGSTOP");
  }));

test("kill -9 of the renderer: the page is gone; the browser is started anew", (world) =>
  survives(world, "gone", (pids) => {
    for (const pid of pids) process.kill(pid, "SIGKILL");
  }));

test("a browser that dies again and again ends the visit that may be why", async (world) => {
  for (let death = 1; death <= 3; death += 1) {
    await until("a browser", () => world.browser.pid !== null, LIMIT_MS);
    const { pid } = world.browser;
    process.kill(pid ?? 0, "SIGKILL");
    await until("its end", () => world.browser.pid !== pid, LIMIT_MS);
    assert.is(world.ends, death === 3 ? 1 : 0);
  }
});

test.run();
