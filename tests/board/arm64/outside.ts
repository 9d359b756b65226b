// What is around the emulated board: its wires' far ends, a broker and the portal, all on the machine outside.
import { copyFileSync, cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "smol-toml";
import { deviceKeyFile } from "../../../src/acts/device-key.js";
import { sealFolder } from "../../../src/acts/sealing.js";
import { startMosquitto } from "../../../src/dock/broker.js";
import { startChild } from "../../../src/dock/child.js";
import { makeDeck, makeIssuer } from "../../../src/dock/deck.js";
import { type DeskAccounts, deskAccounts, signIn } from "../../../src/dock/desk-accounts.js";
import type { DeckCard } from "../../../src/dock/hands.js";
import { samplePapers } from "../../../src/dock/samples.js";
import { openSealKey } from "../../../src/documents/seal-key.js";
import { createSimBoard, type SimBoard } from "../../../src/hal/sim/sim-board.js";
import { enrolByFile } from "../../../src/portal/enrolment.js";
import { requestSealByFile } from "../../../src/portal/seals.js";
import {
  loadDeviceKey,
  loadPortalKeys,
  PORTAL_PUBLIC_KEYS_FILE,
  sealChainFile,
} from "../../../src/sync/protocol/keys.js";
import { PAPER } from "./tray.js";

const PORTAL_PROCESS = fileURLToPath(new URL("../../../src/portal-process.js", import.meta.url));
const KIOSK_ID = "ARM1";
/** How the machine outside looks from inside of QEMU's user network. */
export const OUTSIDE = "10.0.2.2";
const PORTAL_WITHIN_MS = 180_000;

interface PortalReady {
  readonly type: "ready";
  readonly url: string;
}

/** A TCP port that leads to a Unix socket. */
const lead = async (path: string): Promise<{ readonly port: number; readonly server: Server }> => {
  const server = createServer((near: Socket) => {
    const far = connect(path);
    const end = () => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.setNoDelay(true).once("close", end).once("error", end);
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return { server, port: typeof address === "object" && address !== null ? address.port : 0 };
};

const wirePath = (address: string): string => address.slice("unix:".length);

export interface Outside {
  readonly board: SimBoard;
  readonly card: DeckCard;
  /** What the board's tray holds when it is laid down: JPEG. */
  readonly paper: Uint8Array;
  /** Paths of the far ends of printer, chip reader and code reader. */
  readonly serial: readonly [string, string, string];
  /** Slip numbers that the portal has. */
  arrived(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** `run` is this run's folder: `run/data` becomes the board's data disk, `run/extra` lies over its root. */
export const openOutside = async (run: string, questionsPort: number): Promise<Outside> => {
  const portalDir = join(run, "portal");
  for (const folder of ["broker", "portal", "wires", "data", "extra/etc/motcua"])
    mkdirSync(join(run, folder), { recursive: true });
  const data = join(run, "data");
  enrolByFile(portalDir, KIOSK_ID, loadDeviceKey(deviceKeyFile(data)).publicKeyPem);
  requestSealByFile(portalDir, KIOSK_ID, await openSealKey(sealFolder(data)).request(KIOSK_ID));
  loadPortalKeys(portalDir);
  const [card] = await makeDeck(makeIssuer(data));
  if (card === undefined) throw new Error("no card");
  const paper = await samplePapers()[0]?.render();
  if (paper === undefined) throw new Error("no sample paper");
  writeFileSync(join(run, "extra", PAPER), paper);
  const board = await createSimBoard({ dir: join(run, "wires"), widthDots: 576, model: "epson" });
  const broker = await startMosquitto({ dir: join(run, "broker") });
  const accounts = await deskAccounts(run);
  const settings = join(run, "portal.json");
  const wanted = { dir: portalDir, brokerUrl: broker.url, port: 0, madeUpAccounts: accounts.madeUp };
  writeFileSync(settings, JSON.stringify(wanted), { mode: 0o600 });
  const portal = await startChild<PortalReady>(PORTAL_PROCESS, [settings], {
    what: "the portal",
    timeoutMs: PORTAL_WITHIN_MS,
  });
  const lines = await lead(wirePath(board.wiring.lines.bus));
  const bus = await lead(wirePath(board.wiring.i2c.bus));
  writeSettings(run, portalDir, { board, brokerPort: broker.port });
  const environment = {
    BOARD_HOST: OUTSIDE,
    BOARD_LINES_PORT: lines.port,
    BOARD_I2C_PORT: bus.port,
    BOARD_QUESTIONS_PORT: questionsPort,
    BOARD_LINES: `'${JSON.stringify(board.wiring.lines.offsets)}'`,
  };
  const file = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(run, "extra", "etc", "board.env"), file.join(""));
  const { printer, chipReader, codeReader } = board.wiring;
  return {
    board,
    card,
    paper,
    serial: [wirePath(printer.port), wirePath(chipReader.port), wirePath(codeReader.port)],
    arrived: () => arrivedAt(portal.ready.url, accounts),
    close: async () => {
      for (const { server } of [lines, bus]) server.close();
      await portal.stop();
      await broker.close();
      await board.close();
    },
  };
};

const arrivedAt = async (url: string, accounts: DeskAccounts): Promise<readonly string[]> => {
  const officer = accounts.shown.find(({ role }) => role === "officer");
  if (officer === undefined) throw new Error("there is no desk to log in at");
  const cookie = await signIn(url, officer);
  const reply = await fetch(new URL("/api/submissions", url), { headers: { cookie } });
  if (!reply.ok) throw new Error(`the portal does not show what it has: ${reply.status}`);
  return ((await reply.json()) as readonly { slipNumber: string }[]).map(({ slipNumber }) => slipNumber);
};

/** kiosk.toml as for a Raspberry Pi, with the emulated board's own nodes. */
const writeSettings = (
  run: string,
  portalDir: string,
  { board, brokerPort }: { readonly board: SimBoard; readonly brokerPort: number },
): void => {
  const etc = join(run, "extra", "etc", "motcua");
  copyFileSync(join(portalDir, PORTAL_PUBLIC_KEYS_FILE), join(etc, PORTAL_PUBLIC_KEYS_FILE));
  const chain = sealChainFile(portalDir, KIOSK_ID);
  if (existsSync(chain)) copyFileSync(chain, join(etc, "seal.pem"));
  cpSync(join(run, "data", "csca"), join(etc, "csca"), { recursive: true });
  const { offsets, activeLow } = board.wiring.lines;
  // Small pictures and one reader: vimc draws, and everything reads, on one emulated processor.
  const camera = { camera: "vimc", widthPx: 960, heightPx: 720, deadlineMs: 60_000 };
  const toml = {
    kiosk: { id: KIOSK_ID },
    screen: { port: 8800 },
    portal: {
      publicKeys: PORTAL_PUBLIC_KEYS_FILE,
      ...(existsSync(chain) && { sealChain: "seal.pem" }),
    },
    link: { url: `mqtt://${OUTSIDE}:${brokerPort}`, receiptWaitMs: 30_000 },
    identity: { trustFolder: "csca" },
    reading: { workers: 1 },
    visit: { speech: "off", idleSeconds: 600 },
    board: {
      kind: "hardware",
      printer: { port: "serial:/dev/ttyS0:115200", widthDots: 576, model: "epson" },
      chipReader: { port: "serial:/dev/ttyS1:115200" },
      codeReader: { port: "serial:/dev/ttyS2:9600" },
      documentCamera: camera,
      faceCamera: camera,
      lines: { bus: "gpio-sysfs", chip: "pinctrl-bcm2711", offsets, activeLow, debounceMs: 20 },
      i2c: { bus: "1" },
      motion: { sensor: "lis3dh" },
      speaker: { player: "none" },
    },
  };
  writeFileSync(join(etc, "kiosk.toml"), stringify(toml));
};
