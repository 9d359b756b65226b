// How is one kiosk, from power-up to power-down, wired in a world? (As src/kiosk.ts wires it, without pages.)
import { join } from "node:path";
import { deviceKeyFile } from "../../src/acts/device-key.js";
import { makeEffects } from "../../src/acts/effects.js";
import { PageImages } from "../../src/acts/papers.js";
import { Printing } from "../../src/acts/printing.js";
import { makeSealer } from "../../src/acts/sealing.js";
import { type Speaking, startSpeaking } from "../../src/acts/speaking.js";
import { reconcileSubmissions } from "../../src/acts/submitting.js";
import { watchWorld } from "../../src/acts/world.js";
import { plainStatus } from "../../src/console/plain.js";
import type { EventName, Log } from "../../src/core/log.js";
import type { CitizenEvent } from "../../src/flows/events.js";
import { createVisit, type Visit } from "../../src/flows/run-visit.js";
import { slipLayout } from "../../src/flows/slip.js";
import type { View } from "../../src/flows/view.js";
import type { Board } from "../../src/hal/board.js";
import { openBoard } from "../../src/hal/open-board.js";
import type { Mains } from "../../src/hal/sim/memory-board.js";
import {
  DEVICE_NAMES,
  deviceConditions,
  type KioskStatus,
  queueReport,
  reading,
  reportDevices,
} from "../../src/ops/status.js";
import { openStore } from "../../src/store/sqlite-store.js";
import type { Store } from "../../src/store/store.js";
import { type Link, startLink } from "../../src/sync/link.js";
import {
  loadDeviceKey,
  loadPortalPublicKeys,
  PORTAL_PUBLIC_KEYS_FILE,
} from "../../src/sync/protocol/keys.js";
import { hashLookupCode } from "../../src/sync/protocol/lookup-code.js";
import { PoweredClock } from "./driven-clock.js";
import { onDisk } from "./failing-store.js";
import { PaperDesk } from "./paper-desk.js";
import type { World } from "./world.js";

const VERSION = "storm";

export interface Logged {
  readonly event: EventName;
  readonly fields: object;
}

export class Kiosk {
  readonly clock: PoweredClock;
  readonly board: Board;
  readonly visit: Visit;
  readonly link: Link;
  /** As the kiosk sees it, disk trouble included. */
  readonly store: Store;
  /** As it lies on the disk. */
  readonly disk: Store;
  /** The newest lines. */
  readonly logged: Logged[] = [];
  readonly #world: World;
  readonly #mains: Mains;
  readonly #speaking: Speaking;
  readonly #stopWatching: () => void;
  #on = true;

  constructor(world: World) {
    this.#world = world;
    this.clock = new PoweredClock(world.clock);
    this.#mains = world.board.powerUp();
    const { clock } = this;
    const { config } = world;
    const log = this.#log;
    this.disk = openStore({ dir: world.storeDir, clock, log, keepFreeBytes: 0 });
    this.store = onDisk(this.disk, world.disk);
    reconcileSubmissions(this.store);
    const { cut: _, ...mains } = this.#mains;
    this.board = openBoard({ wiring: world.wiring, clock, log, random: world.random, ...mains });
    const place = { name: { vi: config.kiosk.placeVi, en: config.kiosk.placeEn }, phone: null };
    const printing = new Printing({
      store: this.store,
      printer: this.board.printer,
      render: async (layout, widthDots) => world.slips.render(layout, widthDots),
      layoutOf: (slip) => slipLayout(slip, place, slip.language),
      clock,
      log,
    });
    const publicKeysFile = join(world.portalDir, PORTAL_PUBLIC_KEYS_FILE);
    const seal = makeSealer({
      ...{ publicKeysFile, clock },
      ...{ device: loadDeviceKey(deviceKeyFile(world.dir)), kioskId: config.kiosk.id },
    });
    this.link = this.#startLink();
    const effects = makeEffects({
      config,
      store: this.store,
      board: this.board,
      reader: new PaperDesk(clock, world.reading),
      images: new PageImages(),
      printing,
      seal: (request) => world.clock.during(seal(request)),
      portalKey: () => loadPortalPublicKeys(publicKeysFile)[0],
      trust: { certificates: [world.deck.csca] },
      link: this.link,
      catalogue: world.catalogue,
      place,
      clock,
      log,
    });
    this.visit = createVisit({
      effects,
      catalogue: world.catalogue,
      clock,
      log,
      delays: { idleWarning: config.visit.idleSeconds * 1_000 },
      speech: config.visit.speech,
    });
    const { board, store, visit } = this;
    this.#speaking = startSpeaking({ speaker: board.speaker, visit, clock, mode: config.visit.speech });
    this.#stopWatching = watchWorld({ board, store, visit, clock, speaking: this.#speaking });
    const inDoubt = printing.reconcile(
      (lookupCode) => this.store.outbox.statusByLookup(hashLookupCode(lookupCode)) !== undefined,
    );
    if (inDoubt !== null) this.visit.send({ type: "PRINT_IN_DOUBT", ...inDoubt });
  }

  readonly #log: Log = (event, fields) => {
    // What a process that died would have logged, it did not.
    if (!this.#on) return;
    this.logged.push({ event, fields });
    if (this.logged.length > 400) this.logged.splice(0, 200);
    if (event === "kiosk.error") this.#world.errors.push(JSON.stringify(fields));
  };

  #startLink(): Link {
    const { broker, config, random, telemetryMs } = this.#world;
    return startLink({
      store: this.store,
      kioskId: config.kiosk.id,
      url: "mqtt://memory",
      version: VERSION,
      telemetry: () =>
        Object.fromEntries(reportDevices(this.board).map((report) => [report.device, reading(report)])),
      devices: deviceConditions(this.board),
      clock: this.clock,
      log: this.#log,
      connect: broker.connect,
      ...(telemetryMs !== null && { timings: { telemetryMs } }),
      random,
    });
  }

  get view(): View {
    return this.visit.view;
  }

  /** As the page does it: a touch cuts the speech. */
  send(event: CitizenEvent): void {
    this.#speaking.touched();
    this.visit.send(event);
  }

  /** Everything is up and nobody stands here. */
  get whole(): boolean {
    return (
      DEVICE_NAMES.every((device) => this.board[device].status.state === "ready") &&
      this.link.state === "up" &&
      this.atRest
    );
  }

  get atRest(): boolean {
    const { screen } = this.view;
    return screen.name === "attract" && screen.outOfService === null && !this.visit.state.busy;
  }

  get status(): KioskStatus {
    const { config } = this.#world;
    return {
      kioskId: config.kiosk.id,
      version: VERSION,
      uptimeSeconds: 0,
      screen: { url: "none", connected: true },
      devices: reportDevices(this.board),
      visit: { state: this.visit.state.name, busy: this.visit.state.busy },
      queue: queueReport(this.store),
      link: this.link.state,
      deviceKey: { where: "key file", fingerprint: "none", fault: null },
      troubles: [],
      clock: this.clock.wall(),
      log: [],
    };
  }

  /** What `motcua console --plain` says. */
  get console(): string {
    return plainStatus(this.status);
  }

  cut(): void {
    this.#on = false;
    this.clock.cut();
    this.#mains.cut();
    this.disk.close();
  }

  async close(): Promise<void> {
    this.#stopWatching();
    this.#speaking.close();
    this.visit.close();
    await Promise.all([this.link.close(), this.board.close()]);
    this.disk.close();
    if (this.clock.pending > 0) throw new Error(`${this.clock.pending} timers outlive the kiosk`);
  }
}
