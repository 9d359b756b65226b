// Something else than a printer is behind the printer's path: it is told by what it says, and what it says is not repeated.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FaultError, technicianRemedy } from "../../src/core/faults.js";
import type { BytePort } from "../../src/hal/port/byte-port.js";
import { memoryPair } from "../../src/hal/port/memory.js";
import { openPrinter } from "../../src/hal/printer/driver.js";
import { Pn532Sim } from "../../src/hal/sim/pn532-sim.js";
import { PrinterSim } from "../../src/hal/sim/printer-sim.js";
import { clock, ptyWire, thrownBy } from "../contract/bench.js";
import { uartPair } from "../wire/uart.js";

const ADDRESS = "serial:/dev/ttyUSB0:115200";
/** What a scanner gives at a code; a person's data in the field, a made-up line here. */
const CODE_LINE = "001099000001|Nguyen Van A|01011999|Nam|Ha Noi";

const talk = (far: BytePort, text: string, everyMs: number): void => {
  const timer = setInterval(() => {
    far.write(new TextEncoder().encode(text)).catch(() => {});
  }, everyMs);
  far.onClose(() => clearInterval(timer));
};

const refusal = async (port: BytePort, address: string | null = ADDRESS): Promise<FaultError> => {
  const thrown = await thrownBy(
    openPrinter({
      port,
      widthDots: 384,
      model: "epson",
      clock,
      ...(address === null ? {} : { address }),
    }),
  );
  if (thrown instanceof FaultError) return thrown;
  throw thrown;
};

const isStranger = (fault: FaultError, detail: RegExp): void => {
  assert.is(fault.code, "printer.silent");
  assert.match(fault.detail, detail);
  assert.not.match(fault.detail, /Nguyen|0010/);
  assert.equal(fault.why, { kind: "wrongDevice", at: ADDRESS });
  const { vi, en } = technicianRemedy(fault);
  for (const text of [vi, en]) {
    assert.match(text, /ttyUSB0/);
    assert.match(text, /board\.printer\.port/);
  }
};

test("a code scanner: text, and none of it in the fault", async () => {
  const [near, far] = memoryPair();
  talk(far, `${CODE_LINE}\r\n`, 20);
  isStranger(await refusal(near), /bytes of text/);
});

test("a modem that says RING and NO CARRIER, whose letters look like statuses", async () => {
  const [near, far] = memoryPair();
  talk(far, "RING\r\nNO CARRIER\r\nVZRrvz\r\n", 10);
  isStranger(await refusal(near), /bytes of text/);
});

test("a modem or console that echoes, or RX joined to TX, over a real line too", async () => {
  const pty = await ptyWire(115_200);
  try {
    for (const [near, far] of [memoryPair(), await pty.open()] as const) {
      far.onData((chunk) => {
        far.write(chunk).catch(() => {});
      });
      isStranger(await refusal(near), /comes back/);
    }
  } finally {
    await pty.close();
  }
});

test("a PN532 says nothing to a printer's question: silent, in bounded time", async () => {
  const [near, far] = memoryPair();
  new Pn532Sim(clock).attach(far);
  const started = clock.monotonicMs();
  const fault = await refusal(near);
  assert.is(fault.code, "printer.silent");
  assert.ok(clock.monotonicMs() - started < 15_000);
});

test("a satellite receiver at another speed: noise, and the speed is what to look at", async () => {
  const [near, far] = uartPair(115_200, 9_600);
  talk(far, "$GPGGA,123519,2102.038,N,10551.000,E,1,08,0.9,12.4,M,46.9,M,,*47\r\n", 30);
  const fault = await refusal(near);
  assert.is(fault.code, "printer.silent");
  assert.ok(fault.why !== undefined, fault.detail);
});

test("a printer that was just spoken to by another process is no stranger", async () => {
  for (const model of ["epson", "generic"] as const) {
    const sim = new PrinterSim({ widthDots: 384, model });
    const [near, far] = memoryPair();
    sim.attach(far);
    for (const n of [1, 2, 3, 4, 1, 2, 3, 4]) await near.write(Uint8Array.of(0x10, 0x04, n));
    await near.write(Uint8Array.of(0x1d, 0x61, 0x0e));
    await near.write(Uint8Array.of(0x1d, 0x28, 0x48, 6, 0, 48, 48, 65, 66, 67, 68));
    sim.control.setPaper("out");
    const printer = await openPrinter({ port: near, widthDots: 384, model, clock, address: ADDRESS });
    assert.is((await printer.health())?.code, "printer.paperOut");
    await printer.close();
  }
});

test.run();
