// What is on a stick that was pulled out in the middle, that is too small, or that nobody may write to?
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { BundleFiles } from "../../src/portal/courier/bundle.js";
import {
  ANSWER_FILE,
  BUNDLE_NAME,
  COURIER_FOLDER,
  INDEX_FILE,
  openIndex,
} from "../../src/sync/protocol/courier.js";
import { Ext4Disk } from "../power/ext4-disk.js";
import { Walk } from "./courier-rig.js";
import { allAccepted, until } from "./rig.js";

const CUTS = process.env["MOTCUA_LONG"] === "1" ? 60 : 4;

const skip = (why: string) => process.stdout.write(`skipped: ${why}\n`);

/** Every folder with a bundle's name holds all that its signed index promises; returns how many there are. */
const wholeBundles = async (walk: Walk, stick: string): Promise<number> => {
  const folder = join(stick, COURIER_FOLDER);
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => BUNDLE_NAME.test(name)) : [];
  for (const name of names) {
    const key = walk.rig.deviceKey.publicKeyPem;
    const opened = openIndex(readFileSync(join(folder, name, INDEX_FILE)), () => key);
    if (!opened.ok) return assert.unreachable(`${name}: ${opened.problem}`) as never;
    const files = new BundleFiles(join(folder, name));
    for (const item of opened.index.items)
      assert.ok(await files.item(item), `${name}: submission ${item.sequence} is whole`);
    await files.close();
  }
  return names.length;
};

test(`pulled out at ${CUTS} moments of an export: what has a bundle's name is whole, and what was reported is there`, () =>
  Walk.with(async (walk) => {
    const { rig, courier } = walk;
    const disk = Ext4Disk.make(join(rig.dir, "disk"), 64);
    if (disk === null) return void skip("no file system can be mounted here");
    try {
      for (let each = 0; each < 4; each += 1) await rig.enqueue(400_000, 3000);
      let [finished, interrupted] = [0, 0];
      for (let cut = 0; cut < CUTS; cut += 1) {
        const before = await wholeBundles(walk, disk.folder);
        const exporting = courier.export(disk.folder).then(
          () => true,
          () => false,
        );
        await new Promise((resolve) => setTimeout(resolve, (cut * 3) % 24));
        disk.cutPower();
        const reported = await exporting;
        disk.restart();
        const after = await wholeBundles(walk, disk.folder);
        assert.ok(after >= before + (reported ? 1 : 0), `cut ${cut}: ${before} bundles, then ${after}`);
        if (reported) finished += 1;
        else interrupted += 1;
      }
      assert.ok(interrupted > 0, "at least one cut met the export");
      assert.is((await courier.export(disk.folder)).submissions, 4, `${finished} finished before`);
      assert.is(rig.store.outbox.stats().queued, 4);
      assert.is(rig.store.journal.open("courier").length, 0);
      assert.not.ok(readdirSync(join(disk.folder, COURIER_FOLDER)).some((name) => name.endsWith(".tmp")));
    } finally {
      disk.unmount();
    }
  }));

test("a stick that is too small is refused in one line; on a write-protected one the answer goes by the link", () =>
  Walk.with(async (walk) => {
    const { rig, stick, courier } = walk;
    const mount = (...args: string[]) => spawnSync("mount", [...args, stick]).status === 0;
    mkdirSync(stick, { recursive: true });
    if (!mount("-t", "tmpfs", "-o", "size=2m", "tmpfs")) return void skip("no stick can be mounted here");
    try {
      const sent = [await rig.enqueue(900_000), await rig.enqueue(3000)];
      const said = await courier.export(stick).then(
        () => "nothing",
        (thrown: unknown) => String(thrown),
      );
      assert.match(said, /bytes free, and \d+ are needed/);
      assert.is(walk.bundles().length, 0);
      mount("-o", "remount,size=32m");
      await courier.export(stick);
      mount("-o", "remount,ro");
      const portal = await walk.startPortal();
      await until("both are taken in", async () => (await portal.submissions()).length === 2);
      assert.not.ok(walk.bundles().some((bundle) => existsSync(join(bundle, ANSWER_FILE))));
      rig.startLink();
      await until("the link brings the receipts", allAccepted(rig, 2));
      await walk.assertEachOnce(portal, sent);
    } finally {
      await rig.portal?.end("SIGKILL");
      spawnSync("umount", [stick]);
    }
  }));

test.run();
