// What is asked of the kiosk in the machine, of its citizens and of its portal, in every step of the story?
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { PageClient } from "../../src/dock/rehearsal/page-client.js";
import type { VisitSeen } from "../kernel/one-visit.js";
import type { Ext4Disk } from "../power/ext4-disk.js";
import { type Machine, until } from "./nspawn-machine.js";
import type { World } from "./nspawn-world.js";

export interface Scene {
  readonly machine: Machine;
  readonly world: World;
  /** The data's disk. */
  readonly disk: Ext4Disk;
  /** Package files as the machine sees them, the older first. */
  readonly debs: readonly [string, string];
  /** Slip numbers that citizens were told, and that must be at the portal once each in the end. */
  readonly told: Set<string>;
  readonly say: (line: string) => void;
}

export const secondsSince = (started: number): string =>
  `${((performance.now() - started) / 1_000).toFixed(1)} s`;

const journal = ({ machine }: Scene): string =>
  machine.ask("journalctl", "-u", "motcua", "-n", "40", "--no-pager", "-o", "cat");

/** For whoever reads why a step failed. */
export const howItIs = (scene: Scene): string =>
  `${scene.machine.ask("systemctl", "status", "motcua", "--no-pager")}\n${journal(scene)}`;

/** The first screen's page, as soon as it is served. */
export const serving = (scene: Scene): Promise<string> =>
  until(
    () => scene.world.page(),
    () => `no screen answers; ${howItIs(scene)}`,
  );

/** The machine runs with its root as on a plain Debian, whatever step came before. */
export const runs = async ({ machine, disk, say }: Scene): Promise<void> => {
  if (!machine.isOn) say(`boot: ${(await machine.boot({ data: disk.folder })).toFixed(1)} s`);
};

/** The kiosk's own count of what the portal has not confirmed, by the installed command and the control socket. */
export const queued = ({ machine }: Scene): number => {
  const words = ["console", "--plain", "queue", "--json", "--state", "/var/lib/motcua"];
  return (JSON.parse(machine.do("runuser", "-u", "motcua", "--", "motcua", ...words)) as { queued: number })
    .queued;
};

export const queueIsEmpty = (scene: Scene): Promise<true> =>
  until(
    () => (queued(scene) === 0 ? true : null),
    () => `the kiosk still counts ${queued(scene)}`,
  );

/** What must be so after a visit, however it was disturbed; the number that the citizen was told. */
export const finished = (scene: Scene, seen: VisitSeen): string => {
  assert.is(seen.outcome, "finished", `${seen.hang ?? ""}\n${howItIs(scene)}`);
  assert.is(seen.told.length, 1, `one number, and not ${seen.told.join(", ")}`);
  const [number = ""] = seen.told;
  scene.told.add(number);
  return number;
};

/** A citizen comes while nothing goes wrong. */
export const visited = async (scene: Scene): Promise<string> => {
  await serving(scene);
  const seen = await scene.world.visit();
  const number = finished(scene, seen);
  assert.equal(seen.printedCodes, [seen.lookupCode], "one whole slip");
  scene.say(`visit ${number}: ${seen.seconds.toFixed(1)} s`);
  return number;
};

/** Everything that citizens were told is at the portal, each once, and nothing else is. */
export const allArrived = async ({ world, told, say }: Scene): Promise<void> => {
  const started = performance.now();
  const numbers = await until(
    async () => {
      const rows = (await world.rows()).map(({ slipNumber }) => slipNumber);
      return [...told].every((number) => rows.includes(number)) ? rows : null;
    },
    () => `not all of ${[...told].join(", ")} are at the portal`,
  );
  assert.equal([...numbers].sort(), [...told].sort());
  say(`${numbers.length} told, ${numbers.length} at the portal, each once (waited ${secondsSince(started)})`);
};

/**
 * Starts the service and says how long after systemd started its program it was ready, and the first view was on the
 * screen's wire. The program's files lie in memory here: what a slow card adds is not seen.
 */
export const startMeasured = async ({ machine, world, say }: Scene): Promise<void> => {
  machine.do("systemctl", "start", "--no-block", "motcua");
  const page = new PageClient(world.screenUrl);
  try {
    await page.until((view) => view !== null, 600_000, "the first screen");
    // systemd's clock and this one are both CLOCK_MONOTONIC of one kernel.
    const screenAtUs = Number(process.hrtime.bigint() / 1_000n);
    await until(
      () => (machine.unit("motcua", "ActiveState") === "active" ? true : null),
      () => "the service does not become active",
    );
    const startedAtUs = Number(machine.unit("motcua", "ExecMainStartTimestampMonotonic"));
    const readyAtUs = Number(machine.unit("motcua", "ActiveEnterTimestampMonotonic"));
    const seconds = (atUs: number) => ((atUs - startedAtUs) / 1e6).toFixed(1);
    assert.ok(startedAtUs > 0 && screenAtUs > startedAtUs);
    say(
      `from systemd's start: first screen after ${seconds(screenAtUs)} s, ready after ${seconds(readyAtUs)} s`,
    );
  } finally {
    page.close();
  }
};

/** The version that the newest start in the kiosk's own log names. */
export const versionThatRuns = ({ disk }: Scene): string => {
  const lines = readFileSync(join(disk.folder, "log", "kiosk.log"), "utf8").split("\n");
  const started = lines.findLast((line) => line.includes('"msg":"kiosk.started"'));
  return started === undefined ? "" : (JSON.parse(started) as { version: string }).version;
};
