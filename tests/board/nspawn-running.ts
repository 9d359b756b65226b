// Does the installed kiosk serve, come back after whatever stopped it, and lose nothing that a citizen was told?
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import type { VisitSeen } from "../kernel/one-visit.js";
import { until } from "./nspawn-machine.js";
import {
  allArrived,
  finished,
  howItIs,
  queued,
  queueIsEmpty,
  runs,
  type Scene,
  secondsSince,
  serving,
  startMeasured,
  visited,
} from "./nspawn-scene.js";

/** Before this the kiosk rehearses; from here on it is one of real hardware, whose wires lead to this world. */
export const firstVisit = async (scene: Scene): Promise<void> => {
  const { machine, world, disk } = scene;
  machine.do("systemctl", "stop", "motcua");
  await world.enrol(disk.folder);
  writeFileSync(machine.path("etc/motcua/kiosk.toml"), world.kioskToml());
  await startMeasured(scene);
  await visited(scene);
  await allArrived(scene);
  const memory = machine.ask("cat", `/proc/${machine.unit("motcua", "MainPID")}/status`);
  scene.say(`the runtime after a visit: ${/VmRSS:\s*(.*)/.exec(memory)?.[1] ?? "no figure"}`);
};

/** Its main process is another one than `before`, and is ready. */
const startedAnew = async (scene: Scene, before: string): Promise<void> => {
  const { machine } = scene;
  await until(
    () => {
      const now = machine.unit("motcua", "MainPID");
      return now !== before && now !== "0" && machine.unit("motcua", "ActiveState") === "active"
        ? true
        : null;
    },
    () => `it was not started anew: ${howItIs(scene)}`,
  );
};

export const standsStill = async (scene: Scene): Promise<void> => {
  const { machine, world, say } = scene;
  world.link.cut();
  await visited(scene);
  assert.is(queued(scene), 1);
  const before = machine.unit("motcua", "MainPID");
  const restarts = Number(machine.unit("motcua", "NRestarts"));
  const started = performance.now();
  machine.do("kill", "-STOP", before);
  await startedAnew(scene, before);
  say(`watchdog: ${secondsSince(started)} from kill -STOP to a new runtime that is ready`);
  const said = machine.ask("journalctl", "-u", "motcua", "--no-pager", "-o", "cat");
  const bite = said.split("\n").findLast((line) => line.includes("Watchdog timeout"));
  assert.type(bite, "string", "systemd's watchdog fired, and not something else");
  assert.match(said, /Failed with result 'watchdog'/);
  say(bite ?? "");
  assert.is(Number(machine.unit("motcua", "NRestarts")), restarts + 1);
  await serving(scene);
  assert.is(queued(scene), 1);
  world.link.restore();
  await allArrived(scene);
  await queueIsEmpty(scene);
};

interface Cut {
  /** Call it at the worst moment; what follows a first call is nothing. */
  readonly now: () => void;
  /** The machine is up again. */
  readonly over: Promise<void>;
  readonly happened: () => boolean;
}

/** Disk first: what was not flushed at that instant is gone, whatever the machine still does. */
const powerCut = ({ machine, disk, say }: Scene): Cut => {
  let at = 0;
  let begin: () => void = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const again = async (): Promise<void> => {
    await begun;
    await machine.cut();
    disk.restart();
    const off = secondsSince(at);
    const up = await machine.boot({ data: disk.folder });
    say(`power cut: off within ${off}, up again in ${up.toFixed(1)} s`);
  };
  return {
    now: () => {
      if (at > 0) return;
      at = performance.now();
      disk.cutPower();
      begin();
    },
    over: again(),
    happened: () => at > 0,
  };
};

/** A visit into which the power goes at the first screen of this name; the citizen stays and does what the kiosk says. */
const visitCutAt = async (scene: Scene, screen: string): Promise<VisitSeen> => {
  await serving(scene);
  const cut = powerCut(scene);
  const trail: string[] = [];
  const visit = scene.world
    .visit((name) => {
      if (trail.at(-1) !== name) trail.push(name);
      if (name.startsWith(screen)) cut.now();
    })
    .then((seen) => {
      assert.ok(cut.happened(), `${screen} was never seen: ${trail.join(" → ")}`);
      return seen;
    });
  const [seen] = await Promise.all([visit, cut.over]);
  const from = trail.findIndex((name) => name.startsWith(screen));
  scene.say(`cut at "${trail[from]}", then: ${trail.slice(from + 1).join(" → ") || "nothing more"}`);
  return seen;
};

/** The moment in which it has just promised: the number stands on the screen, the slip is on its way. */
export const powerCutAtSlip = async (scene: Scene): Promise<void> => {
  scene.world.link.cut();
  const seen = await visitCutAt(scene, "slip");
  finished(scene, seen);
  await serving(scene);
  assert.is(queued(scene), 1);
  const slips = seen.printedCodes.filter((code) => code === seen.lookupCode).length;
  scene.say(`whole slips: ${slips}; the citizen said ${seen.saidNo.length} times that none came out`);
  assert.is(slips, 1, "one whole slip");
  scene.world.link.restore();
  await allArrived(scene);
  await queueIsEmpty(scene);
};

/** How often the kiosk's own log says that a whole application was sent; a line is there before the next thing is done. */
const sentWhole = ({ disk }: Scene): number =>
  readFileSync(join(disk.folder, "log", "kiosk.log"), "utf8").split('"state":"uploaded"').length - 1;

/** The moment in which all of it is sent, and the portal's receipt is on its way. */
export const powerCutAtReceipt = async (scene: Scene): Promise<void> => {
  const { world, say } = scene;
  world.link.cut();
  await visited(scene);
  assert.is(queued(scene), 1);
  const cut = powerCut(scene);
  const before = sentWhole(scene);
  world.link.restore();
  await until(
    () => (sentWhole(scene) > before ? true : null),
    () => "nothing was sent",
    2,
  );
  // The cable first: the disk takes longer to die than a receipt to come.
  world.link.cut();
  cut.now();
  await cut.over;
  await serving(scene);
  say(
    `sent, cut: the portal has ${(await world.rows()).length}, of ${queued(scene)} the kiosk has no receipt`,
  );
  world.link.restore();
  await queueIsEmpty(scene);
  await allArrived(scene);
};

export const readOnlyRoot = async (scene: Scene): Promise<void> => {
  const { machine, world, disk, say } = scene;
  world.link.cut();
  await visited(scene);
  await machine.powerOff();
  const seconds = await machine.boot({ data: disk.folder, readOnly: true });
  say(`boot with a read-only root: ${seconds.toFixed(1)} s`);
  for (const place of ["/opt/motcua/x", "/etc/motcua/x", "/usr/bin/x"])
    assert.match(machine.ask("sh", "-c", `touch ${place} 2>&1`), /Read-only file system/);
  await serving(scene);
  const failed = machine.ask("systemctl", "--failed", "--no-legend", "--plain").match(/^\S+/gm) ?? [];
  // The packages that it needs are recommended, and this Debian has none of those: the citizens here are the pages.
  assert.equal(
    failed.filter((unit) => unit !== "motcua-screen.service"),
    [],
    "no unit failed",
  );
  assert.is(queued(scene), 1);
  world.link.restore();
  await allArrived(scene);
  await visited(scene);
  await allArrived(scene);
  await queueIsEmpty(scene);
  await machine.powerOff();
  await runs(scene);
};
