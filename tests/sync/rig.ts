// How does a test set up a kiosk, a broker and a portal, all real?
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { silentLog } from "../../src/core/log.js";
import { Pii } from "../../src/core/pii.js";
import type { Broker } from "../../src/dock/broker.js";
import type { Role } from "../../src/portal/access/roles.js";
import { enrolByFile } from "../../src/portal/enrolment.js";
import { openStore } from "../../src/store/sqlite-store.js";
import type { SealedSubmission, Store } from "../../src/store/store.js";
import { type Link, startLink } from "../../src/sync/link.js";
import type { ApplicationContent } from "../../src/sync/protocol/content.js";
import {
  type DeviceKey,
  loadDeviceKey,
  loadPortalKeys,
  loadPortalPublicKeys,
  PORTAL_PUBLIC_KEYS_FILE,
} from "../../src/sync/protocol/keys.js";
import { hashLookupCode, newLookupCode } from "../../src/sync/protocol/lookup-code.js";
import { sealSubmission } from "../../src/sync/protocol/submission.js";
import type { LinkTimings } from "../../src/sync/timings.js";
import { Browsers } from "../portal/people.js";
import { testClock } from "../store/fixtures.js";
import { startBroker } from "../wire/mosquitto.js";

const PORTAL = fileURLToPath(new URL("./portal-process.js", import.meta.url));

/** Impatient, so that a test of many failures ends soon. */
export const QUICK: Partial<LinkTimings> = {
  replyTimeoutMs: 1500,
  publishTimeoutMs: 3000,
  connectTimeoutMs: 2000,
  reconnectBaseMs: 50,
  reconnectCapMs: 300,
  coolMs: 300,
  telemetryMs: 500,
};

export const until = async (what: string, check: () => boolean | Promise<boolean>, limitMs = 15_000) => {
  const deadline = performance.now() + limitMs;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`did not happen within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
};

export interface PortalEntry {
  readonly id: number;
  readonly kiosk: string;
  readonly submission: string;
  readonly slipNumber: string;
  readonly sha256: readonly string[];
  readonly receipt: string;
  readonly appointment: string | null;
  readonly state: string;
  readonly revision: number;
  readonly seenRevision: number;
}

/** The portal as a process of its own, so that it can be killed. */
export class PortalProcess {
  readonly #child: ChildProcess;
  readonly #browsers: Browsers;
  readonly url: string;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.#browsers = new Browsers(url);
    this.url = url;
  }

  static async start(dir: string, brokerUrl: string, port = 0, program = PORTAL): Promise<PortalProcess> {
    const child = spawn(process.execPath, ["--enable-source-maps", program, dir, brokerUrl, String(port)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = createInterface({ input: child.stdout });
    const url = await new Promise<string>((resolve, reject) => {
      lines.once("line", resolve);
      child.once("exit", (code) => reject(new Error(`the portal ended with ${code}`)));
    });
    return new PortalProcess(child, url);
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill(signal);
    await gone;
  }

  /** Logged in. */
  fetch(path: string, init: RequestInit = {}, role: Role = "officer"): Promise<Response> {
    return this.#browsers.fetch(path, init, role);
  }

  async submissions(): Promise<readonly PortalEntry[]> {
    return (await (await this.fetch("/api/submissions")).json()) as readonly PortalEntry[];
  }

  decide(id: number, action: string, origin = this.url): Promise<Response> {
    return this.fetch(`/api/applications/${id}/decision`, {
      method: "POST",
      headers: { "content-type": "application/json", origin },
      body: JSON.stringify({ action }),
    });
  }
}

export const KIOSK = "T01";

/** Every value that is personal in the fixture carries this word. */
export const SENTINEL = "Sentinel-Zq7vK9";

export const contentOf = (pages: number): ApplicationContent => ({
  v: 1,
  procedure: {
    code: "2.000815",
    title: { vi: "Chứng thực bản sao từ bản chính", en: "Certified copy from the original" },
    workingDays: 1,
  },
  language: "vi",
  identity: {
    level: "chipRead",
    source: "chip",
    evidence: ["BAC"],
    citizen: { fullName: `Nguyễn Thử ${SENTINEL}`, number: "000000000000", birthDate: "1990-01-02" },
  },
  form: [{ key: "copies", label: { vi: "Số bản", en: "Copies" }, value: `2 ${SENTINEL}` }],
  papers: [
    {
      paperId: "original",
      title: { vi: "Bản chính", en: "Original" },
      documents: Array.from({ length: pages }, (_, page) => page + 1),
      fields: [{ key: "title", label: { vi: "Tên giấy tờ", en: "Title" }, value: "Bằng tốt nghiệp" }],
    },
  ],
  confirmation: { method: "codeOnScreen", atMs: 0 },
});

export class Rig {
  readonly dir: string;
  readonly portalDir: string;
  readonly storeDir: string;
  readonly deviceKey: DeviceKey;
  readonly broker: Broker;
  store: Store;
  portal: PortalProcess | null = null;
  link: Link | null = null;

  private constructor(broker: Broker, dir: string) {
    this.dir = dir;
    this.portalDir = join(dir, "portal");
    this.storeDir = join(dir, "kiosk");
    this.broker = broker;
    this.deviceKey = loadDeviceKey(join(dir, "keys", "device.pem"));
    loadPortalKeys(this.portalDir);
    enrolByFile(this.portalDir, KIOSK, this.deviceKey.publicKeyPem);
    this.store = this.openStore();
  }

  static async with(act: (rig: Rig) => Promise<void>, brokerConfig?: (dir: string) => string): Promise<void> {
    const dir = mkdtempSync(join(tmpdir(), "motcua-sync-"));
    let rig: Rig | undefined;
    try {
      rig = new Rig(await startBroker(dir, brokerConfig?.(dir) ?? ""), dir);
      await act(rig);
    } finally {
      await rig?.link?.close();
      await rig?.portal?.end("SIGKILL");
      await rig?.broker.close();
      rig?.store.close();
      rmSync(dir, { recursive: true, force: true });
    }
  }

  openStore(): Store {
    return openStore({ dir: this.storeDir, clock: testClock, log: silentLog });
  }

  async startPortal(port = 0): Promise<PortalProcess> {
    this.portal = await PortalProcess.start(this.portalDir, this.broker.url, port);
    return this.portal;
  }

  startLink(url = this.broker.url, timings: Partial<LinkTimings> = {}): Link {
    const named = new URL(url);
    // A line between has no name and password of its own.
    const { username, password } = new URL(this.broker.url);
    Object.assign(named, { username, password });
    this.link = startLink({
      ...{
        store: this.store,
        kioskId: KIOSK,
        url: named.href,
        clock: testClock,
        log: silentLog,
        version: "test",
      },
      telemetry: () => ({ paper: "enough", door: "closed", temperature: 31 }),
      timings: { ...QUICK, ...timings },
    });
    return this.link;
  }

  async seal(pageBytes: readonly number[]): Promise<SealedSubmission & { readonly lookupCode: string }> {
    const sequence = this.store.outbox.reserveSequence();
    const lookupCode = newLookupCode();
    const [portalKey] = loadPortalPublicKeys(join(this.portalDir, PORTAL_PUBLIC_KEYS_FILE));
    const sealed = await sealSubmission(
      {
        kiosk: KIOSK,
        submissionId: randomUUID(),
        sequence,
        slipNumber: `${KIOSK}-${String(sequence).padStart(6, "0")}`,
        lookupHash: hashLookupCode(lookupCode),
        content: new Pii(contentOf(pageBytes.length)),
        pages: pageBytes.map((size) => new Pii({ mediaType: "image/jpeg", bytes: randomBytes(size) })),
        wall: testClock.wall(),
      },
      { device: this.deviceKey, portal: portalKey },
    );
    return { ...sealed, lookupCode };
  }

  async enqueue(
    ...pageBytes: readonly number[]
  ): Promise<SealedSubmission & { readonly lookupCode: string }> {
    const sealed = await this.seal(pageBytes);
    this.store.outbox.enqueue(sealed);
    return sealed;
  }
}

export const allAccepted = (rig: Rig, count: number) => () => rig.store.outbox.stats().accepted === count;
