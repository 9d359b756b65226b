// Does the package do on a Debian of its own what the kiosk promises: serve, come back, lose nothing, leave the data?
//
// One story in order, each test on what the one before it left. The machine is a container whose PID 1 is systemd; its
// kernel is this machine's, so no driver and no hardware watchdog is proven here.
import { cpSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Ext4Disk } from "../power/ext4-disk.js";
import { GROUND, Machine, prepareGround } from "./nspawn-machine.js";
import { installed, removedWhileNobodyWaits, removedWhileOneWaits, upgraded } from "./nspawn-packaged.js";
import {
  firstVisit,
  powerCutAtReceipt,
  powerCutAtSlip,
  readOnlyRoot,
  standsStill,
} from "./nspawn-running.js";
import { runs, type Scene } from "./nspawn-scene.js";
import { DEBS, STEPS, type StepWord } from "./nspawn-steps.js";
import { World } from "./nspawn-world.js";

const WORLD = "/srv/world";
const DATA_MEGABYTES = 512;

const ACTS: Readonly<Record<StepWord, (scene: Scene) => Promise<void>>> = {
  install: installed,
  visit: firstVisit,
  watchdog: standsStill,
  "cut-at-slip": powerCutAtSlip,
  "cut-at-receipt": powerCutAtReceipt,
  "read-only": readOnlyRoot,
  upgrade: upgraded,
  remove: removedWhileOneWaits,
  purge: removedWhileNobodyWaits,
};

const say = (line: string): void => {
  process.stdout.write(`    ${line}\n`);
};

/** Each step stands on what the one before it left: after a failure the rest says nothing. */
const tell = (scene: Scene, words: readonly string[]): void => {
  let failed = false;
  for (const { word, promise, isGround } of STEPS) {
    if (words.length > 0 && !isGround && !words.includes(word)) continue;
    test(promise, async () => {
      assert.not(failed, "not tried: a step before it failed");
      failed = true;
      const started = performance.now();
      const seconds = () => Math.round((performance.now() - started) / 1_000);
      process.stdout.write(`  ${word}: ${promise}\n`);
      try {
        await runs(scene);
        await ACTS[word](scene);
      } catch (thrown) {
        say(`FAILED after ${seconds()} s: ${String(thrown)}`);
        throw thrown;
      }
      failed = false;
      say(`passed in ${seconds()} s`);
    });
  }
};

const stage = async (base: string): Promise<void> => {
  const [first, second] = (process.env[DEBS] ?? "").split(":");
  if (!first || !second) throw new Error(`${DEBS} names no two packages`);
  prepareGround();
  const disk = Ext4Disk.make("/srv/data", DATA_MEGABYTES);
  if (disk === null) throw new Error("no disk image can be mounted here: loop devices are needed");
  const world = await World.start(WORLD);
  const brought = (deb: string): string => {
    const inside = join(WORLD, basename(deb));
    cpSync(deb, inside);
    return inside;
  };
  const machine = new Machine(base, "/srv/machine", WORLD);
  tell(
    { machine, world, disk, debs: [brought(first), brought(second)], told: new Set(), say },
    process.argv.slice(2),
  );
  test.after(async () => {
    await machine.cut();
    await world.close();
    disk.unmount();
  });
  test.run();
};

const base = process.env[GROUND];
if (base === undefined) throw new Error("it runs in namespaces of its own: npm run test:board -- nspawn");
await stage(base);
