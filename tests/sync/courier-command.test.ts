// Does `motcua courier` do the same with a kiosk that runs as with one that does not?
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { deviceKeyFile } from "../../src/acts/device-key.js";
import { type KioskConfig, parseConfig } from "../../src/config.js";
import { silentLog } from "../../src/core/log.js";
import { courierCommand, makeCourier } from "../../src/courier.js";
import { controlSocketPath, startControlSocket } from "../../src/ops/control-socket.js";
import { openStore } from "../../src/store/sqlite-store.js";
import type { AcknowledgeReport, ExportReport } from "../../src/sync/courier/courier.js";
import { loadOpsKey, OPS_PUBLIC_KEY_FILE } from "../../src/sync/protocol/keys.js";
import { testClock } from "../store/fixtures.js";
import { Walk } from "./courier-rig.js";
import { KIOSK } from "./rig.js";

const configOf = (walk: Walk): KioskConfig => {
  const key = join(walk.rig.portalDir, OPS_PUBLIC_KEY_FILE);
  loadOpsKey(walk.rig.portalDir);
  return parseConfig(`[kiosk]\nid = "${KIOSK}"\n[commands]\nkeys = ["${key}"]\n`, "test");
};

/** What the command wrote, and with which code it ended. */
const command = async <T>(walk: Walk, act: "export" | "acknowledge") => {
  let text = "";
  const stdout = new Writable({
    write: (chunk, _encoding, done) => {
      text += String(chunk);
      done();
    },
  });
  // Where it takes more than a second, it tells how far it is.
  const stderr = new Writable({ write: (_chunk, _encoding, done) => done() });
  const { rig, stick } = walk;
  const options = { act, stick, state: rig.dir, config: configOf(walk), json: true };
  const code = await courierCommand(options, { stdout, stderr });
  return { code, report: JSON.parse(text) as T };
};

/** The state folder as a kiosk has it: its store in `store`, its device key in `keys`. */
const asState = (walk: Walk) => {
  const { rig } = walk;
  assert.is(deviceKeyFile(rig.dir), join(rig.dir, "keys", "device.pem"));
  const dir = join(rig.dir, "store");
  mkdirSync(dir);
  rig.store.close();
  rig.store = openStore({ dir, clock: testClock, log: silentLog });
  return dir;
};

test("on the store of a kiosk that does not run, and through one that does", () =>
  Walk.with(async (walk) => {
    const { rig, stick } = walk;
    const dir = asState(walk);
    const sent = [await rig.enqueue(3000), await rig.enqueue(70_000)];
    rig.store.close();
    const stopped = await command<ExportReport>(walk, "export");
    assert.equal([stopped.code, stopped.report.submissions], [0, 2]);

    rig.store = openStore({ dir, clock: testClock, log: silentLog });
    await assertSays(() => command(walk, "export"), /is in use by process/);
    const { store } = rig;
    const house = { store, device: rig.deviceKey, config: configOf(walk), clock: testClock, log: silentLog };
    const courier = makeCourier(house);
    const unused = (): never => {
      throw new Error("not in this test");
    };
    const control = await startControlSocket(controlSocketPath(rig.dir), {
      ...{ status: unused, console: unused, test: unused },
      technician: undefined as never,
      update: undefined as never,
      courier: { work: (act, on) => courier[act](on), progress: () => courier.progress },
    });
    try {
      const running = await command<ExportReport>(walk, "export");
      assert.equal([running.code, running.report.submissions], [0, 2]);
      const portal = await walk.startPortal();
      await walk.answered();
      const { code, report } = await command<AcknowledgeReport>(walk, "acknowledge");
      assert.equal([code, report.answers, report.waiting], [0, 2, 0]);
      assert.is(report.removed.length, 2);
      await walk.assertEachOnce(portal, sent);
      await assertSays(
        () => command({ ...walk, rig, stick: join(stick, "gone") } as Walk, "export"),
        /is not there; is the stick plugged in/,
      );
      assert.not.ok(existsSync(join(stick, "gone")));
    } finally {
      await control.close();
    }
  }));

const assertSays = async (act: () => Promise<unknown>, pattern: RegExp): Promise<void> => {
  const said = await act().then(
    () => "nothing",
    (thrown: unknown) => String(thrown),
  );
  assert.match(said, pattern);
};

test.run();
