// Does a visit complete through onoff, i2c-bus and serialport as they are, from the first touch to the slip?
//
// The runtime is a process of its own with the wiring of real hardware: pins and I2C behind files of an emulated
// kernel (the PN532 and the sensors hang on one bus), printer and scanner on PTYs. Only the cameras are commands.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { defaultConfig } from "../../src/config.js";
import { silentLog } from "../../src/core/log.js";
import { startChild } from "../../src/dock/child.js";
import { makeDeck, makeIssuer } from "../../src/dock/deck.js";
import { samplePapers } from "../../src/dock/samples.js";
import { I2cNackError } from "../../src/hal/i2c/i2c-wire.js";
import { socketI2cWire } from "../../src/hal/i2c/socket-wire.js";
import { openPort } from "../../src/hal/port/open.js";
import { Pn532I2cFace } from "../../src/hal/sim/pn532-i2c-face.js";
import { Pn532Sim } from "../../src/hal/sim/pn532-sim.js";
import { createSimBoard, type SimBoard } from "../../src/hal/sim/sim-board.js";
import { openStore } from "../../src/store/sqlite-store.js";
import { loadPortalKeys } from "../../src/sync/protocol/keys.js";
import { systemClock } from "../contract/wires.js";
import { openPtyPair, type PtyPair } from "../wire/pty.js";
import { EmulatedKernel, type I2cAnswer } from "./kernel.js";
import { solder } from "./kernel-lines.js";
import { withPrivateKernel } from "./namespace.js";
import { oneVisit } from "./one-visit.js";
import { relay } from "./relay.js";

const KIOSK_PROCESS = fileURLToPath(new URL("../../src/kiosk-process.js", import.meta.url));
const CHIP = { base: 512, lines: 58, label: "pinctrl-bcm2711" };
const PN532 = 0x24;
const READY_WITHIN_MS = 120_000;
const clock = systemClock();

/** A serial line whose far end is a wire of the simulated board. */
const serialTo = async (wire: string, baud: number): Promise<PtyPair> => {
  const pair = await openPtyPair();
  relay(await openPort(`serial:${pair.b}:${baud}`), await openPort(wire));
  return pair;
};

/** The board's sensors and a PN532 on one bus; `asked` fills with the addresses that were spoken to. */
const hangOnBus = async (kernel: EmulatedKernel, board: SimBoard, asked: Set<number>): Promise<Pn532Sim> => {
  const sensors = socketI2cWire(await openPort(board.wiring.i2c.bus), clock);
  const reader = new Pn532Sim(clock);
  const face = new Pn532I2cFace(reader);
  const answer = async (address: number, write: Uint8Array, length: number): Promise<I2cAnswer> => {
    asked.add(address);
    if (address !== PN532)
      return sensors.transfer(address, write, length).catch((thrown: unknown) => {
        if (thrown instanceof I2cNackError) return null;
        throw thrown;
      });
    if (write.length > 0) await face.write(write);
    return length === 0 ? new Uint8Array() : face.read(length);
  };
  kernel.addBus(1, { transfer: answer });
  return reader;
};

const suite = async () => {
  const folder = mkdtempSync(join(tmpdir(), "motcua-visit-"));
  const kernel = await EmulatedKernel.start();
  const board = await createSimBoard({ dir: join(folder, "wires"), widthDots: 576, model: "epson" });
  const lines: PtyPair[] = [];

  test("a visit completes, its slip is printed once and its submission waits in the queue", async () => {
    const asked = new Set<number>();
    const driven: string[] = [];
    kernel.addChip(CHIP);
    const reader = await hangOnBus(kernel, board, asked);
    kernel.onOutput((pin, level) => driven.push(`${pin - CHIP.base} ${level}`));
    const cabinet = await openPort(board.wiring.lines.bus);
    await solder(kernel, CHIP.base, { attach: (port) => relay(port, cabinet) }, board.wiring.lines.offsets);
    const printer = await serialTo(board.wiring.printer.port, 115_200);
    const scanner = await serialTo(board.wiring.codeReader.port, 9_600);
    lines.push(printer, scanner);
    const stateDir = join(folder, "var");
    loadPortalKeys(join(folder, "portal"));
    const deck = await makeDeck(makeIssuer(stateDir));
    const config = defaultConfig();
    const settings = {
      config: { ...config, screen: { ...config.screen, port: 0 } },
      stateDir,
      wiring: {
        ...board.wiring,
        printer: { ...board.wiring.printer, port: `serial:${printer.a}:115200` },
        codeReader: { port: `serial:${scanner.a}:9600` },
        chipReader: { port: "i2c:1" },
        lines: { ...board.wiring.lines, bus: "gpio-sysfs", chip: CHIP.label },
        i2c: { bus: "1" },
      },
      linkUrl: "",
      portalDir: join(folder, "portal"),
    };
    const settingsFile = join(folder, "kiosk.json");
    writeFileSync(settingsFile, JSON.stringify(settings));
    const kiosk = await startChild<{ type: "ready"; screenUrl: string }>(KIOSK_PROCESS, [settingsFile], {
      what: "the kiosk",
      timeoutMs: READY_WITHIN_MS,
    });
    const [card] = deck;
    const paper = await samplePapers()[0]?.render();
    if (card === undefined || paper === undefined) throw new Error("no card or paper");
    const control = {
      ...board.control,
      chipReader: { ...reader.control, setPlugged: () => {} },
    } as typeof board.control;
    const seen = await oneVisit({
      ...{ screenUrl: kiosk.ready.screenUrl, control, card, paper, stepLimitMs: 180_000 },
      procedureCode: "1.004873",
    });
    await kiosk.stop();
    assert.is(seen.outcome, "finished", seen.hang ?? "");
    assert.equal(seen.printedCodes, [seen.lookupCode]);
    // Reader, gauge, supply, climate and motion were all reached by their addresses.
    assert.equal([...asked].sort(), [0x18, PN532, 0x36, 0x40, 0x44]);
    const lamp = `${board.wiring.lines.offsets["cardLamp"]} 1`;
    assert.ok(driven.includes(lamp), `the card's lamp never burnt: ${driven.join(", ")}`);
    const store = openStore({ dir: join(stateDir, "store"), clock, log: silentLog });
    assert.is(store.outbox.stats().queued, 1);
    store.close();
  });

  test.after(async () => {
    for (const line of lines) await line.close();
    await board.close();
    await kernel.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  test.run();
};

await withPrivateKernel(import.meta.url, suite);
