// Can anything half-signed get out, whenever the portal dies, or when a signature comes too late?
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Clock } from "../../src/core/clock.js";
import { silentLog } from "../../src/core/log.js";
import { buildCms } from "../../src/documents/cms.js";
import { verifyPdf } from "../../src/documents/verify.js";
import type { Role } from "../../src/portal/access/roles.js";
import { referenceSigner } from "../../src/portal/authority.js";
import { CertificationRows } from "../../src/portal/certify/certification-rows.js";
import { Certifier } from "../../src/portal/certify/certifier.js";
import { DeskError } from "../../src/portal/desk-error.js";
import { trustOf } from "../../src/portal/trust.js";
import { testClock } from "../store/fixtures.js";
import { Desk, NUMBER } from "./desk.js";
import { open } from "./holdings.js";

const PROCESS = fileURLToPath(new URL("./certify-process.js", import.meta.url));

/** Resolves with how it ended: an exit code, or the signal. */
const signAndDie = (
  dir: string,
  id: string,
  signer: string,
  moment: string,
): Promise<number | string | null> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--enable-source-maps", PROCESS, dir, id, signer, moment], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(signal ?? code));
  });

const MOMENTS = ["key", "signed", "kept", "released"] as const;

test("killed at every moment of a signature: nothing is given out, the paper can be signed again", () =>
  Desk.with(async (desk) => {
    const application = await desk.submit();
    await desk.start(application, "1");
    const id = await desk.certification(application);
    const { portalDir, portal } = desk.rig;
    const port = Number(new URL(desk.url).port);
    const nothingIsOut = async (where: string, role: Role) => {
      await desk.startPortal(port);
      assert.is((await desk.fetch(`/copies/${id}/pdf`)).status, 404, where);
      assert.type(await desk.download(application.lookupCode, NUMBER), "string", where);
      assert.match(await desk.page(`/verify?code=${application.lookupCode}`), "Không có bản sao nào", where);
      const text = await desk.page(`/applications/${application.id}`, role);
      assert.match(text, /Ký – /, `${where}: it can be signed again`);
      await desk.rig.portal?.end("SIGKILL");
      return text;
    };
    await portal?.end("SIGKILL");
    for (const signer of ["officer", "agency"] as const) {
      const moments = MOMENTS.filter((moment) => signer === "agency" || moment !== "released");
      for (const moment of moments) {
        assert.is(await signAndDie(portalDir, id, signer, moment), "SIGKILL", `${signer} ${moment}`);
        const text = await nothingIsOut(`${signer} ${moment}`, signer);
        assert.match(text, "interrupted: nothing was given out");
        assert.match(text, signer === "officer" ? "chưa ký" : "công chức đã ký");
        const files = readdirSync(join(portalDir, "copies")).length;
        assert.is(files, signer === "officer" ? 0 : 1, "what a cut left lies nowhere");
      }
      assert.is(await signAndDie(portalDir, id, signer, "never"), 0);
    }
    await desk.startPortal(port);
    assert.type(await desk.download(application.lookupCode, NUMBER), "object", "and then it is out");
  }));

test("a signature from elsewhere that comes too late does not count, and takes no number", () =>
  Desk.with(async (desk) => {
    const application = await desk.submit();
    await desk.start(application, "1");
    const id = await desk.certification(application);
    const { portalDir } = desk.rig;
    await desk.rig.portal?.end("SIGTERM");
    const held = open(portalDir);
    try {
      let lateMs = 0;
      const clock: Clock = {
        monotonicMs: () => testClock.monotonicMs(),
        sleep: (ms, signal) => testClock.sleep(ms, signal),
        setTimeout: (callback, ms) => testClock.setTimeout(callback, ms),
        clearTimeout: (handle) => testClock.clearTimeout(handle),
        wall: () => ({ ...testClock.wall(), epochMs: testClock.wall().epochMs + lateMs }),
      };
      const taken = held.register.byId(application.id);
      const certifier = new Certifier({
        ...{ rows: new CertificationRows(held.db, clock), vault: held.copyVault, timestamp: null },
        ...{ log: silentLog, sessionMs: 60_000 },
        verify: (pdf) => verifyPdf(pdf, { trust: trustOf(portalDir) }),
        scanOf: async () => {
          const pdf = taken && (await held.vault.read(taken, 1));
          if (pdf === undefined) throw new Error("no scan");
          return { pdf, takenAtMs: Date.now() };
        },
        releaseFor: async () => {
          throw new Error("never");
        },
      });
      const { digest } = await certifier.defer(id, { signer: "officer", by: "thu" });
      const key = await referenceSigner(portalDir, "officer", Date.now());
      const { cms } = await buildCms(Buffer.from(digest, "hex"), key);
      lateMs = 60_001;
      const refused = await certifier.finish(id, cms, { by: "thu" }).catch((thrown: unknown) => thrown);
      assert.instance(refused, DeskError);
      assert.match(String(refused), "its time is over");
      assert.is(held.rows.get(id).state, "open");
      assert.is(held.rows.get(id).pending, null);
      const again = await certifier.defer(id, { signer: "officer", by: "thu" });
      assert.is.not(again.digest, digest, "another time, another digest");
      const old = await certifier.finish(id, cms, { by: "thu" }).catch((thrown: unknown) => thrown);
      assert.instance(old, Error, "the old signature does not fit the new digest");
      assert.is(held.rows.get(id).state, "open");
    } finally {
      held.db.close();
    }
  }));

test.run();
