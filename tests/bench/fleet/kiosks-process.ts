// How do thousands of kiosks run in one process, with the product's own link?
//
// Real: the link with its timings, back-off and spread, the uplink, the chunks, HPKE sealing, a device key and a
// signed manifest for each. Not real: the store (memory-store.ts) and the devices.
import { createPrivateKey, createPublicKey, randomBytes, randomUUID, sign } from "node:crypto";
import { silentLog } from "../../../src/core/log.js";
import { Pii } from "../../../src/core/pii.js";
import type { Store } from "../../../src/store/store.js";
import { type Link, startLink } from "../../../src/sync/link.js";
import type { DeviceKey } from "../../../src/sync/protocol/keys.js";
import { loadPortalPublicKeys, type PortalPublicKey } from "../../../src/sync/protocol/keys.js";
import { hashLookupCode, newLookupCode } from "../../../src/sync/protocol/lookup-code.js";
import { sealSubmission } from "../../../src/sync/protocol/submission.js";
import { Wire } from "../../../src/sync/protocol/wire.js";
import { testClock } from "../../store/fixtures.js";
import { contentOf } from "../../sync/rig.js";
import { memoryStore } from "./memory-store.js";
import type { Figures, KioskSeed, KiosksStart, Order } from "./messages.js";

const FIGURES_MS = 500;

const deviceKey = ({ deviceKeyPem }: KioskSeed): DeviceKey => {
  const key = createPrivateKey(deviceKeyPem);
  const publicKeyPem = createPublicKey(key).export({ type: "spki", format: "pem" }).toString();
  return { publicKeyPem, sign: (bytes) => new Uint8Array(sign(null, bytes, key)) };
};

interface Kiosk {
  readonly id: string;
  readonly store: Store;
  readonly link: Link;
  readonly key: DeviceKey;
}

class Kiosks {
  readonly #start: KiosksStart;
  readonly #portalKey: PortalPublicKey;
  readonly #kiosks: Kiosk[];
  readonly #enqueuedAt = new Map<string, number>();
  #tries: number[] = [];
  #cameUp: number[] = [];
  #receipts: { atMs: number; tookMs: number }[] = [];
  #enqueued = 0;
  #wake: () => void = () => {};
  #stopped = false;

  constructor(start: KiosksStart) {
    this.#start = start;
    [this.#portalKey] = loadPortalPublicKeys(start.portalKeysFile);
    this.#kiosks = start.kiosks.map((seed) => this.#kiosk(seed));
  }

  figures(): Figures {
    const told = {
      up: this.#kiosks.filter(({ link }) => link.state === "up").length,
      ...{ tries: this.#tries, cameUp: this.#cameUp, receipts: this.#receipts, enqueued: this.#enqueued },
      residentBytes: process.memoryUsage.rss(),
    };
    this.#tries = [];
    this.#cameUp = [];
    this.#receipts = [];
    return told;
  }

  async enqueueEach(each: number): Promise<void> {
    for (let turn = 0; turn < each; turn += 1) for (const kiosk of this.#kiosks) await this.#enqueue(kiosk);
  }

  async stream(count: number, atOnce: number, untilMs: number): Promise<void> {
    for (let sent = 0; sent < count && !this.#stopped && Date.now() < untilMs; sent += 1) {
      while (this.#enqueuedAt.size >= atOnce && !this.#stopped)
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      const kiosk = this.#kiosks[sent % this.#kiosks.length];
      if (kiosk !== undefined) await this.#enqueue(kiosk);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await Promise.all(this.#kiosks.map(({ link }) => link.close()));
  }

  #kiosk(seed: KioskSeed): Kiosk {
    const { url, caPem } = this.#start;
    const store = memoryStore((submission) => this.#settled(submission));
    const tls = seed.tls && {
      ...{ key: Buffer.from(seed.tls.key), cert: Buffer.from(seed.tls.cert) },
      ...(caPem !== undefined && { ca: Buffer.from(caPem) }),
    };
    const link = startLink({
      ...{ store, kioskId: seed.id, url, clock: testClock, log: silentLog, version: "bench" },
      ...(tls && { tls }),
      telemetry: () => ({ paper: "enough", door: "closed", temperature: 31 }),
      connect: (options, signal) => {
        this.#tries.push(Date.now());
        return Wire.connect(options, signal);
      },
    });
    link.watch((state) => {
      if (state === "up") this.#cameUp.push(Date.now());
    });
    return { id: seed.id, store, link, key: deviceKey(seed) };
  }

  #settled(submission: string): void {
    const at = this.#enqueuedAt.get(submission);
    if (at === undefined) return;
    this.#enqueuedAt.delete(submission);
    const atMs = Date.now();
    this.#receipts.push({ atMs, tookMs: atMs - at });
    this.#wake();
  }

  async #enqueue({ id, store, key }: Kiosk): Promise<void> {
    const { pageBytes } = this.#start;
    const sequence = store.outbox.reserveSequence();
    const sealed = await sealSubmission(
      {
        ...{ kiosk: id, submissionId: randomUUID(), sequence },
        slipNumber: `${id}-${String(sequence).padStart(6, "0")}`,
        lookupHash: hashLookupCode(newLookupCode()),
        content: new Pii(contentOf(pageBytes.length)),
        pages: pageBytes.map((size) => new Pii({ mediaType: "image/jpeg", bytes: randomBytes(size) })),
        wall: testClock.wall(),
      },
      { device: key, portal: this.#portalKey },
    );
    this.#enqueuedAt.set(sealed.submissionId, Date.now());
    this.#enqueued += 1;
    store.outbox.enqueue(sealed);
  }
}

let kiosks: Kiosks | null = null;
let acting: Promise<unknown> = Promise.resolve();

const obey = (order: Order): void => {
  if (order.type === "start") kiosks = new Kiosks(order.start);
  else if (order.type === "enqueue") acting = acting.then(() => kiosks?.enqueueEach(order.each));
  else if (order.type === "stream")
    acting = acting.then(() => kiosks?.stream(order.count, order.atOnce, order.untilMs));
  else void kiosks?.stop().then(() => process.exit(0));
};

process.on("message", (order) => obey(order as Order));
process.once("disconnect", () => process.exit(1));
setInterval(() => {
  if (kiosks !== null && process.connected) process.send?.(kiosks.figures());
}, FIGURES_MS);
