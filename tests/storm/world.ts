// How does a whole kiosk, with its far ends, its network and its portal, live in one process on one clock?
//
// The product's own drivers, supervisors, acts, visit, store and link; only what is slow and proven elsewhere
// has a cheap equal: the reading of papers, the letters on slips, the network and the camera's process.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deviceKeyFile } from "../../src/acts/device-key.js";
import { type MakeCardOptions, makeCard, type SimCard } from "../../src/chip/sim/make-card.js";
import { makePki } from "../../src/chip/sim/make-pki.js";
import { cardQrText, type MadeUpPerson, madeUpPerson } from "../../src/chip/sim/people.js";
import { type KioskConfig, parseConfig } from "../../src/config.js";
import type { BoardWiring } from "../../src/hal/board.js";
import { createMemoryBoard, type MemoryBoard } from "../../src/hal/sim/memory-board.js";
import { enrolByFile } from "../../src/portal/enrolment.js";
import { loadCatalogue } from "../../src/procedures/catalogue.js";
import type { Catalogue } from "../../src/procedures/procedure.js";
import { loadDeviceKey, loadPortalKeys } from "../../src/sync/protocol/keys.js";
import { MemoryBroker } from "./broker.js";
import { DrivenClock } from "./driven-clock.js";
import type { Disk } from "./failing-store.js";
import { Kiosk } from "./kiosk.js";
import { SlipPrinter } from "./paper.js";
import { composePaper, type ReadingTrouble } from "./paper-desk.js";
import { type StormPortal, startStormPortal } from "./portal.js";

export interface CardHolder {
  readonly person: MadeUpPerson;
  readonly qr: string;
  readonly card: SimCard;
}

/** Made once: cards are signed, and that takes a second. */
export interface Deck {
  /** By turns of the first kind (BAC) and of the newer one (PACE, and BAC beside it). */
  readonly holders: readonly CardHolder[];
  /** Everything of a genuine card but its key. */
  readonly copied: CardHolder;
  readonly csca: Uint8Array;
}

const NEWER: MakeCardOptions = {
  pace: { offers: [{ agreement: "ECDH", mapping: "GM", suite: "AES-128", parameterId: 13 }] },
};
const COPIED: MakeCardOptions = {
  chipKeys: [{ domain: "brainpoolP256r1", suite: "AES-128", cloned: true }],
};

export const makeDeck = async (size: number): Promise<Deck> => {
  const pki = makePki();
  const holderOf = async (index: number, options: MakeCardOptions): Promise<CardHolder> => {
    const person = madeUpPerson(index + 1);
    return { person, qr: cardQrText(person), card: await makeCard(person, { pki, ...options }) };
  };
  const holders = Array.from({ length: size }, (_, index) => holderOf(index, index % 2 === 1 ? NEWER : {}));
  return {
    holders: await Promise.all(holders),
    copied: await holderOf(size, COPIED),
    csca: pki.cscaCertificate,
  };
};

export interface WorldOptions {
  readonly deck: Deck;
  readonly model?: "epson" | "generic";
  readonly random?: () => number;
  /** More of kiosk.toml. */
  readonly settings?: string;
  /** Other wires than the board's own. */
  readonly wiring?: Partial<BoardWiring>;
  /** Of the store, where it must lie on a disk of its own. */
  readonly storeDir?: string;
  /** How often ops hears of the kiosk; as in the product when left out. */
  readonly telemetryMs?: number;
}

const PROCEDURES = fileURLToPath(new URL("../../src/procedures/data", import.meta.url));
/** 75 mm a second, a slow desktop printer. */
const ROWS_PER_SECOND = 600;
/** Every wire is up and every device asked within this. */
const SETTLED_WITHIN_MS = 40_000;

const temporaryFolder = (): string => {
  // In memory where there is such a folder: what a disk makes of a power cut is proven in tests/power.
  const parent = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  return mkdtempSync(join(parent, "motcua-storm-"));
};

export class World {
  readonly clock = new DrivenClock();
  readonly board: MemoryBoard;
  readonly broker: MemoryBroker;
  readonly portal: StormPortal;
  readonly slips = new SlipPrinter();
  readonly catalogue: Catalogue;
  readonly config: KioskConfig;
  readonly deck: Deck;
  readonly dir: string;
  readonly storeDir: string;
  readonly random: () => number;
  readonly wiring: BoardWiring;
  readonly telemetryMs: number | null;
  readonly disk: Disk = { trouble: "none" };
  readonly reading: ReadingTrouble[] = [];
  #kiosk: Kiosk | null = null;
  /** Program errors that any kiosk of this world logged. */
  readonly errors: string[] = [];

  constructor(options: WorldOptions) {
    const { deck, model = "epson", random = () => 0.5, settings = "", wiring, telemetryMs } = options;
    this.deck = deck;
    this.random = random;
    this.dir = temporaryFolder();
    this.storeDir = options.storeDir ?? join(this.dir, "store");
    this.config = parseConfig(`${settings}\n[kiosk]\nid = "K01"\n`, "storm.toml");
    this.catalogue = loadCatalogue([PROCEDURES]);
    this.broker = new MemoryBroker(this.clock);
    mkdirSync(this.portalDir, { recursive: true });
    loadPortalKeys(this.portalDir);
    enrolByFile(this.portalDir, this.config.kiosk.id, loadDeviceKey(deviceKeyFile(this.dir)).publicKeyPem);
    this.portal = startStormPortal(this.portalDir, this.broker);
    this.board = createMemoryBoard({
      clock: this.clock,
      widthDots: 384,
      model,
      rowsPerSecond: ROWS_PER_SECOND,
      compose: composePaper,
    });
    this.board.parts.chipReader.quirks.cardMs = World.CARD_MS;
    this.wiring = { ...this.board.wiring, ...wiring };
    this.telemetryMs = telemetryMs ?? null;
  }

  /** A chip answers a command in about this time. */
  static readonly CARD_MS = 25;

  get portalDir(): string {
    return join(this.dir, "portal");
  }

  /** Null while the power is off. */
  get kiosk(): Kiosk | null {
    return this.#kiosk;
  }

  /** The kiosk, which must be on. */
  get on(): Kiosk {
    if (this.#kiosk === null) throw new Error("the kiosk has no power");
    return this.#kiosk;
  }

  powerUp(): Kiosk {
    if (this.#kiosk !== null) throw new Error("the kiosk is on already");
    this.#kiosk = new Kiosk(this);
    return this.#kiosk;
  }

  /** kill -9: memory is gone, the disk and the paper stay. */
  cutPower(): void {
    this.#kiosk?.cut();
    this.#kiosk = null;
    this.broker.cut();
  }

  /** Until every device is ready and the link up. */
  async settle(): Promise<boolean> {
    return this.clock.run(() => this.kiosk?.whole === true, SETTLED_WITHIN_MS);
  }

  holder(index: number): CardHolder {
    const holder = this.deck.holders[index % this.deck.holders.length];
    if (holder === undefined) throw new Error("the deck is empty");
    return holder;
  }

  async close(): Promise<void> {
    const kiosk = this.#kiosk;
    this.#kiosk = null;
    if (kiosk !== null) {
      let closed = false;
      const done = () => {
        closed = true;
      };
      const closing = kiosk.close();
      closing.then(done, done);
      await this.clock.run(() => closed, 60_000);
      await closing;
    }
    this.portal.close();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
