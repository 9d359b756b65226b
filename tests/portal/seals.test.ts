// Does a kiosk get its seal's certificate from the portal, for its own name and no other?
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { certificatesInPem, openSealKey } from "../../src/documents/seal-key.js";
import { requestSealByFile } from "../../src/portal/seals.js";
import { trustOf } from "../../src/portal/trust.js";
import { sealChainFile } from "../../src/sync/protocol/keys.js";
import { KIOSK, Rig, until } from "../sync/rig.js";

test("asked for by file: answered at the portal's start, at a kiosk's birth, and anew for a new key", () =>
  Rig.with(async (rig) => {
    const { portalDir, dir } = rig;
    const file = sealChainFile(portalDir, KIOSK);
    const first = openSealKey(join(dir, "seal-1"));
    requestSealByFile(portalDir, KIOSK, await first.request(KIOSK));
    await rig.startPortal();
    first.install(certificatesInPem(readFileSync(file, "utf8")));
    assert.ok(first.key() !== null);
    const [, root] = certificatesInPem(readFileSync(file, "utf8"));
    assert.equal(
      trustOf(portalDir).devices?.map((der) => Buffer.from(der)),
      [Buffer.from(root ?? [])],
    );
    assert.is(statSync(join(portalDir, "pki", "kiosks.key.pem")).mode & 0o777, 0o600);

    const second = openSealKey(join(dir, "seal-2"));
    requestSealByFile(portalDir, KIOSK, await second.request(KIOSK));
    rig.startLink();
    await until("the new key has its certificate", () => {
      try {
        second.install(certificatesInPem(readFileSync(file, "utf8")));
        return true;
      } catch {
        return false;
      }
    });
  }));

test("not for a kiosk that is not enrolled, not for another's name, not for noise", () =>
  Rig.with(async (rig) => {
    const { portalDir, dir } = rig;
    const key = openSealKey(join(dir, "seal"));
    requestSealByFile(portalDir, "T99", await key.request("T99"));
    requestSealByFile(portalDir, KIOSK, await key.request("T99"));
    await rig.startPortal();
    assert.not(existsSync(sealChainFile(portalDir, "T99")));
    assert.not(existsSync(sealChainFile(portalDir, KIOSK)));
    await rig.portal?.end("SIGTERM");
    writeFileSync(join(portalDir, "enrol", `${KIOSK}.csr`), "noise");
    await rig.startPortal();
    assert.not(existsSync(sealChainFile(portalDir, KIOSK)));
    assert.throws(() => requestSealByFile(portalDir, "../x", new Uint8Array()), /no kiosk id/);
  }));

test.run();
