// A real file system under the store turns read-only: who is told, is what was acknowledged kept, does the kiosk come back?
//
// ext4 with errors=remount-ro, as Debian mounts it, and an error that its own test hook raises: files that are open for
// writing fail, too. No simulated disk is in between.
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FaultError } from "../../src/core/faults.js";
import { silentLog } from "../../src/core/log.js";
import { openStore } from "../../src/store/sqlite-store.js";
import type { Ext4Disk } from "../power/ext4-disk.js";
import { withDisk } from "../power/with-disk.js";
import { randomSubmission, testClock } from "../store/fixtures.js";
import { Stories, type Story } from "./visit-story.js";

const CODE = "store.unwritable";
const stories = await Stories.open();

const withFragileDisk = (act: (disk: Ext4Disk) => Promise<void> | void): Promise<void> =>
  withDisk(act, { options: "errors=remount-ro" });

const tell = (act: (story: Story, disk: Ext4Disk) => Promise<void>): Promise<void> =>
  withFragileDisk((disk) =>
    stories.tell({ storeDir: join(disk.folder, "store") }, async (story) => {
      try {
        await act(story, disk);
      } finally {
        // Before the disk can be taken down.
        story.world.cutPower();
      }
    }),
  );

const startAgain = async (story: Story, disk: Ext4Disk): Promise<void> => {
  story.world.cutPower();
  disk.repair();
  story.world.powerUp();
  await story.settled();
  await story.until("it serves", () => story.screen("attract").outOfService === null);
};

test("before anybody begins: the first screen says so within its look at the disk, and nobody gets further", () =>
  tell(async (story, disk) => {
    await story.settled();
    disk.turnReadOnly();
    await story.until("closed", () => story.screen("attract").outOfService === CODE);
    await story.citizenIsTold(CODE);
    story.world.on.send({ type: "WAKE" });
    story.screen("attract");
    assert.not.ok(disk.remount("rw") && story.screen("attract").outOfService === null);
    await startAgain(story, disk);
    await story.to("slip.taking");
    assert.equal(story.books, { submissions: 1, prints: ["done"], slips: 1, unfinished: 0 });
  }));

test("at the last question: trouble is said, nothing is half stored, and after a repair it is stored once", () =>
  tell(async (story, disk) => {
    await (await story.settled()).to("confirm");
    disk.turnReadOnly();
    await story.to("trouble");
    assert.is(story.screen("trouble").fault, CODE);
    await story.citizenIsTold(CODE);
    await startAgain(story, disk);
    assert.equal(story.books, { submissions: 0, prints: [], slips: 0, unfinished: 0 });
    await story.to("slip.taking");
    assert.equal(story.books, { submissions: 1, prints: ["done"], slips: 1, unfinished: 0 });
  }));

test("after the application was stored: it is there after the repair, and the portal has it once", () =>
  tell(async (story, disk) => {
    await (await story.settled()).to("submitting");
    const { outbox } = story.world.on.disk;
    await story.until("stored", () => outbox.stats().queued + outbox.stats().accepted > 0);
    disk.turnReadOnly();
    await story.to("slip.noPaper");
    assert.is(story.screen("slip").fault, CODE);
    story.world.cutPower();
    disk.repair();
    story.world.powerUp();
    // A commit that was refused may be on the disk all the same: then it asks whether the slip came out.
    await story.until("it stands", () => ["attract", "slipInDoubt.asking"].includes(story.step));
    await story.until("the portal has it", () => story.world.on.disk.outbox.stats().accepted === 1);
    assert.is(story.world.on.disk.outbox.stats().queued, 0);
    assert.is(story.books.submissions, 1);
    assert.is(story.books.slips, 0);
  }));

test("an administrator can not take the disk away under a running store; started on such a disk it says so", () =>
  withFragileDisk((disk) => {
    const open = () => openStore({ dir: join(disk.folder, "store"), clock: testClock, log: silentLog });
    const store = open();
    const sent = randomSubmission(store.outbox.reserveSequence(), [90_000]);
    store.outbox.enqueue(sent);
    assert.is(disk.remount("ro"), false, "the kernel refuses: files are open for writing");
    store.close();
    assert.is(disk.remount("ro"), true);
    try {
      open();
      assert.unreachable("it opened");
    } catch (thrown) {
      assert.instance(thrown, FaultError);
      assert.is((thrown as FaultError).code, CODE);
    }
    assert.is(disk.remount("rw"), true);
    const again = open();
    assert.is(again.outbox.state(sent.submissionId), "sealed");
    again.outbox.enqueue(randomSubmission(again.outbox.reserveSequence(), [10]));
    again.close();
  }));

test.run();
