// How does a test let a technician walk between a kiosk and a portal with a stick?
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import type { SealedSubmission } from "../../src/store/store.js";
import { KioskCourier } from "../../src/sync/courier/courier.js";
import { ANSWER_FILE, COURIER_FOLDER } from "../../src/sync/protocol/courier.js";
import { loadOpsKey } from "../../src/sync/protocol/keys.js";
import { testClock } from "../store/fixtures.js";
import { KIOSK, PortalProcess, Rig, until } from "./rig.js";

const PORTAL = fileURLToPath(new URL("./courier-portal.js", import.meta.url));

export class Walk {
  readonly rig: Rig;
  readonly stick: string;
  readonly courier: KioskCourier;

  constructor(rig: Rig) {
    this.rig = rig;
    this.stick = join(rig.dir, "stick");
    mkdirSync(this.stick, { recursive: true });
    this.courier = this.courierOf(loadOpsKey(rig.portalDir).publicKeyPem);
  }

  static with(act: (walk: Walk) => Promise<void>): Promise<void> {
    return Rig.with((rig) => act(new Walk(rig)));
  }

  /** A kiosk that believes the holder of this key. */
  courierOf(portalKey: string): KioskCourier {
    const { store, deviceKey: device } = this.rig;
    const portalKeys = () => [portalKey];
    return new KioskCourier({ store, device, portalKeys, kioskId: KIOSK, clock: testClock, log: silentLog });
  }

  get folder(): string {
    return join(this.stick, COURIER_FOLDER);
  }

  /** Folders of finished bundles. */
  bundles(): readonly string[] {
    if (!existsSync(this.folder)) return [];
    return readdirSync(this.folder).map((name) => join(this.folder, name));
  }

  async startPortal(): Promise<PortalProcess> {
    const { portalDir, broker } = this.rig;
    this.rig.portal = await PortalProcess.start(portalDir, broker.url, 0, PORTAL);
    return this.rig.portal;
  }

  async answered(): Promise<void> {
    await until("each bundle is answered", () =>
      this.bundles().every((bundle) => existsSync(join(bundle, ANSWER_FILE))),
    );
  }

  /** Every file on the stick, one after another. */
  bytes(): Buffer {
    const names = readdirSync(this.stick, { recursive: true, encoding: "utf8", withFileTypes: true });
    const files = names.filter((entry) => entry.isFile());
    return Buffer.concat(files.map((entry) => readFileSync(join(entry.parentPath, entry.name))));
  }

  /** At the portal each once, with its very documents; at the kiosk accepted with the same receipt. */
  async assertEachOnce(portal: PortalProcess, sent: readonly SealedSubmission[]): Promise<void> {
    const entries = await portal.submissions();
    assert.equal(entries.map((entry) => entry.submission).sort(), sent.map((one) => one.submissionId).sort());
    for (const one of sent) {
      const entry = entries.find((found) => found.submission === one.submissionId);
      assert.equal(
        entry?.sha256,
        one.documents.map((document) => document.sha256),
      );
      assert.is(this.rig.store.outbox.status(one.submissionId)?.receiptNumber, entry?.receipt);
      assert.is(this.rig.store.outbox.state(one.submissionId), "accepted");
    }
    const { journal } = this.rig.store;
    assert.is(journal.open("courier").length, 0, "every act has its outcome");
    assert.ok(journal.verify().ok);
  }
}
