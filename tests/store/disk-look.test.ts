// Is a disk in trouble found by the one block that an idle kiosk writes, and what does that block cost the card?
//
// Real ext4 file systems on loop devices, mounted as Debian mounts them; what is counted went to the device.
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FaultError } from "../../src/core/faults.js";
import { silentLog } from "../../src/core/log.js";
import { openStore } from "../../src/store/sqlite-store.js";
import type { Store } from "../../src/store/store.js";
import type { Ext4Disk } from "../power/ext4-disk.js";
import { withDisk } from "../power/with-disk.js";
import { testClock } from "./fixtures.js";

const MEGABYTES = 96;
/** From half a gigabyte on mkfs.ext4 takes blocks of 4 KiB, as on a card; the image is sparse. */
const LARGE_MEGABYTES = 640;
const LOOKS = 8;

const withStore = (act: (store: Store, disk: Ext4Disk) => void, megabytes = MEGABYTES): Promise<void> =>
  withDisk(
    (disk) => {
      const store = openStore({ dir: join(disk.folder, "store"), clock: testClock, log: silentLog });
      try {
        act(store, disk);
      } finally {
        try {
          store.close();
        } catch {
          // The disk under it is gone.
        }
      }
    },
    { megabytes, options: "errors=remount-ro,commit=5,noinit_itable,noatime" },
  );

/** The code of the fault; null: the disk took the block. */
const tried = (store: Store): string | null => {
  try {
    store.tryDisk();
    return null;
  } catch (thrown) {
    assert.instance(thrown, FaultError);
    return (thrown as FaultError).code;
  }
};

test("a file system that turned read-only is found, though its files stay open for writing", () =>
  withStore((store, disk) => {
    assert.is(tried(store), null);
    disk.turnReadOnly();
    assert.is(tried(store), "store.unwritable");
    assert.is(tried(store), "store.unwritable");
  }));

test("a disk that fails is found", () =>
  withStore((store, disk) => {
    assert.is(tried(store), null);
    disk.cutPower();
    assert.is(tried(store), "store.unwritable");
  }));

/** Writes until nothing more fits. */
const fill = (disk: Ext4Disk): void => {
  try {
    writeFileSync(join(disk.folder, "filler"), Buffer.alloc(MEGABYTES * 1_048_576));
  } catch (thrown) {
    assert.is((thrown as NodeJS.ErrnoException).code, "ENOSPC");
    return;
  }
  assert.unreachable("more fitted than the disk has");
};

test("a full disk takes the block, which has its room, and the quota says that it is full", () =>
  withStore((store, disk) => {
    assert.is(tried(store), null);
    fill(disk);
    assert.is(store.quota().level, "refuse");
    assert.is(tried(store), null);
  }));

test("on a full disk that never had the block, the look itself says so", () =>
  withStore((store, disk) => {
    fill(disk);
    assert.is(tried(store), "store.full");
  }));

test("the block is one block however often it is written, and costs the card less than a row", () =>
  withStore((store, disk) => {
    const cost = (act: (time: number) => void): number => {
      act(0);
      const before = disk.writtenBytes;
      for (let time = 1; time <= LOOKS; time += 1) act(time);
      return (disk.writtenBytes - before) / LOOKS;
    };
    const row = cost((time) => store.meta.set("world.probe", String(time)));
    const block = cost(() => store.tryDisk());
    process.stdout.write(`to the device: a block ${block} bytes, a row ${row} bytes\n`);
    assert.is(statSync(join(disk.folder, "store", "look")).size, 4_096);
    assert.ok(block >= 4_096, "it went to the device");
    assert.ok(block <= 20_480, `${block} bytes`);
    assert.ok(block < row, `a block ${block}, a row ${row}`);
  }, LARGE_MEGABYTES));

test.run();
