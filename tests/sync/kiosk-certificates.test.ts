// Does the whole kiosk, as it is started in the field, come in by its certificate and renew it by itself?
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseConfig } from "../../src/config.js";
import { startChild } from "../../src/dock/child.js";
import { createSimBoard } from "../../src/hal/sim/sim-board.js";
import { TlsRig, untilPatiently } from "./tls-rig.js";

const KIOSK_PROCESS = fileURLToPath(new URL("../../src/kiosk-process.js", import.meta.url));

test("the runtime on a simulated board: over mqtts, with a certificate whose time has come", () =>
  TlsRig.with(async (rig) => {
    await rig.startPortal();
    const kiosk = rig.bareKiosk("T01");
    rig.keepFromOpenssl(kiosk, { fromDays: -90, toDays: 10 });
    kiosk.pairs.promote();
    const before = kiosk.pairs.get("current")?.serial;
    const wires = join(rig.dir, "wires");
    mkdirSync(wires);
    const board = await createSimBoard({ dir: wires, widthDots: 576, model: "epson" });
    const config = parseConfig(
      `[kiosk]\nid = "T01"\n[screen]\nport = 0\n[link]\nauthority = "${rig.authority}"\n`,
      "test",
    );
    const file = join(rig.dir, "kiosk.json");
    const { stateDir } = kiosk;
    const settings = { config, stateDir, wiring: board.wiring, linkUrl: rig.url, portalDir: rig.portalDir };
    writeFileSync(file, JSON.stringify(settings), { mode: 0o600 });
    const options = { what: "the kiosk", timeoutMs: 120_000 };
    const child = await startChild<{ readonly type: "ready" }>(KIOSK_PROCESS, [file], options);
    try {
      await untilPatiently("it has a new certificate", () => kiosk.pairs.get("current")?.serial !== before);
      const log = () => readFileSync(join(stateDir, "log", "kiosk.log"), "utf8");
      await untilPatiently("and is in with it", () => {
        const after = log().slice(log().indexOf('"step":"switched"'));
        return log().includes('"step":"switched"') && /"state":"up"/.test(after);
      });
      assert.is(
        kiosk.pairs.get("previous")?.serial,
        before,
        "the old one is kept until the new has proven itself",
      );
      await child.stop();
      assert.ok(existsSync(join(stateDir, "clock", "floor")), "an orderly stop keeps the time");
    } finally {
      await child.stop();
      await board.close();
    }
  }));

test.run();
