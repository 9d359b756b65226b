// What stands around the machine: the far ends of its wires, citizens, the link, the portal?
//
// All of it is outside the machine, as in a village hall: a power cut of the kiosk takes none of it. The kiosk in there
// is the one of real hardware, whose wires happen to lead to a simulated board.
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "smol-toml";
import { deviceKeyFile } from "../../src/acts/device-key.js";
import { sealFolder } from "../../src/acts/sealing.js";
import { type Broker, startMosquitto } from "../../src/dock/broker.js";
import { type Child, startChild } from "../../src/dock/child.js";
import { makeDeck, makeIssuer } from "../../src/dock/deck.js";
import { type DeskAccount, deskAccounts, signIn } from "../../src/dock/desk-accounts.js";
import type { DeckCard } from "../../src/dock/hands.js";
import { type LinkProxy, startLinkProxy } from "../../src/dock/link-proxy.js";
import { samplePapers } from "../../src/dock/samples.js";
import { openSealKey } from "../../src/documents/seal-key.js";
import { createSimBoard, type SimBoard } from "../../src/hal/sim/sim-board.js";
import { packageRoot } from "../../src/package-root.js";
import { enrolByFile } from "../../src/portal/enrolment.js";
import { issueSealByFile } from "../../src/portal/seals.js";
import {
  loadDeviceKey,
  loadPortalKeys,
  PORTAL_PUBLIC_KEYS_FILE,
  sealChainFile,
} from "../../src/sync/protocol/keys.js";
import { oneVisit, type VisitSeen } from "../kernel/one-visit.js";
import { boardInToml } from "../wire/board-toml.js";

const PORTAL_PROCESS = fileURLToPath(new URL("../../src/portal-process.js", import.meta.url));
const KIOSK = "VH01";
const SCREEN = "http://127.0.0.1:8800/";
/** A twentieth of a machine's processors must do. */
const STEP_LIMIT_MS = 900_000;

interface PortalReady {
  readonly type: "ready";
  readonly url: string;
}

export interface PortalRow {
  readonly submission: string;
  readonly slipNumber: string;
}

/** The board's commands call this machine's Node and sources: inside, the installed ones take their place. */
const moveCommands = (commandDir: string): void => {
  for (const name of readdirSync(commandDir)) {
    const file = join(commandDir, name);
    const text = readFileSync(file, "utf8")
      .replaceAll(`'${process.execPath}'`, "'/opt/motcua/bin/node'")
      .replaceAll(packageRoot(), "/opt/motcua");
    writeFileSync(file, text);
  }
};

export class World {
  readonly board: SimBoard;
  readonly link: LinkProxy;
  readonly #broker: Broker;
  readonly #portal: Child<PortalReady>;
  readonly #officer: DeskAccount;
  readonly #portalDir: string;
  readonly #given: string;
  readonly #dir: string;
  #cards: readonly DeckCard[] = [];
  #paper: Uint8Array = new Uint8Array();
  #visits = 0;

  private constructor(
    dir: string,
    parts: {
      board: SimBoard;
      link: LinkProxy;
      broker: Broker;
      portal: Child<PortalReady>;
      officer: DeskAccount;
    },
  ) {
    this.#dir = dir;
    this.#portalDir = join(dir, "portal");
    this.#given = join(dir, "given");
    this.board = parts.board;
    this.link = parts.link;
    this.#broker = parts.broker;
    this.#portal = parts.portal;
    this.#officer = parts.officer;
  }

  /** `dir` is seen under the same path inside the machine. */
  static async start(dir: string): Promise<World> {
    for (const name of ["portal", "run", "broker"]) mkdirSync(join(dir, name), { recursive: true });
    const board = await createSimBoard({
      dir: join(dir, "wires"),
      widthDots: 576,
      model: "epson",
      scanner: true,
    });
    moveCommands(join(dir, "wires", "bin"));
    // Whoever runs the kiosk may plug into every wire.
    for (const name of readdirSync(join(dir, "wires")))
      if (name.endsWith(".sock")) chmodSync(join(dir, "wires", name), 0o666);
    const broker = await startMosquitto({ dir: join(dir, "broker") });
    const link = await startLinkProxy(broker.url);
    const accounts = await deskAccounts(join(dir, "run"));
    const [officer] = accounts.shown.filter(({ role }) => role === "officer");
    if (officer === undefined) throw new Error("there is no officer");
    loadPortalKeys(join(dir, "portal"));
    const settings = join(dir, "run", "portal.json");
    writeFileSync(
      settings,
      JSON.stringify({
        dir: join(dir, "portal"),
        brokerUrl: broker.url,
        port: 0,
        madeUpAccounts: accounts.madeUp,
      }),
    );
    const portal = await startChild<PortalReady>(PORTAL_PROCESS, [settings], {
      what: "the portal",
      timeoutMs: 300_000,
    });
    const world = new World(dir, { board, link, broker, portal, officer });
    // A small one: what is proven here is not the reading.
    const paper = samplePapers().find(({ id }) => id === "health-scan");
    if (paper === undefined) throw new Error("there is no such sample");
    world.#paper = await paper.render();
    return world;
  }

  /** As at an installation: the portal learns the kiosk's keys, the kiosk whose cards and which portal to believe. */
  async enrol(stateDir: string): Promise<void> {
    enrolByFile(this.#portalDir, KIOSK, loadDeviceKey(deviceKeyFile(stateDir)).publicKeyPem);
    const seal = openSealKey(sealFolder(stateDir));
    await issueSealByFile(this.#portalDir, KIOSK, await seal.request(KIOSK), Date.now());
    this.#cards = await makeDeck(makeIssuer(stateDir));
    const { uid, gid } = statSync(stateDir);
    for (const name of ["keys", "csca"]) own(join(stateDir, name), uid, gid);
    // What the portal gives away; its folder is its own.
    mkdirSync(this.#given, { recursive: true });
    cpSync(join(this.#portalDir, PORTAL_PUBLIC_KEYS_FILE), join(this.#given, "keys.json"));
    cpSync(sealChainFile(this.#portalDir, KIOSK), join(this.#given, "seal.pem"));
  }

  /** kiosk.toml of a kiosk with real devices, wired to this world. */
  kioskToml(): string {
    return stringify({
      kiosk: { id: KIOSK },
      link: { url: this.link.url },
      portal: {
        publicKeys: join(this.#given, "keys.json"),
        sealChain: join(this.#given, "seal.pem"),
      },
      board: { ...boardInToml(this.board.wiring), speaker: { player: "none" } },
    });
  }

  get screenUrl(): string {
    return SCREEN;
  }

  /** A citizen comes, does everything, and leaves with a slip; `atScreen` hears each screen as it changes. */
  async visit(atScreen: (name: string) => void = () => {}): Promise<VisitSeen> {
    const card = this.#cards[this.#visits % this.#cards.length];
    if (card === undefined) throw new Error("nobody has a card: enrol first");
    this.#visits += 1;
    return oneVisit({
      ...{ screenUrl: SCREEN, control: this.board.control, card, paper: this.#paper },
      ...{ procedureCode: "1.004873", stepLimitMs: STEP_LIMIT_MS, atScreen },
    });
  }

  /** Each application once for each time that it is at the portal. */
  async rows(): Promise<readonly PortalRow[]> {
    const cookie = await signIn(this.#portal.ready.url, this.#officer);
    const reply = await fetch(new URL("/api/submissions", this.#portal.ready.url), { headers: { cookie } });
    if (!reply.ok) throw new Error(`the portal does not show what it has: ${reply.status}`);
    return (await reply.json()) as PortalRow[];
  }

  /** The first screen's page; null while nobody answers. */
  async page(): Promise<string | null> {
    return fetch(SCREEN).then(
      (reply) => reply.text(),
      () => null,
    );
  }

  async close(): Promise<void> {
    await this.#portal.stop();
    await this.link.close();
    await this.#broker.close();
    await this.board.close();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

const own = (path: string, uid: number, gid: number): void => {
  chownSync(path, uid, gid);
  if (statSync(path).isDirectory()) for (const name of readdirSync(path)) own(join(path, name), uid, gid);
};
