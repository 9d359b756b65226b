// Something else than a PN532 is behind the reader's path: it is told by what it says, and what it says is not repeated.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import { CODE } from "../../src/hal/chip-reader/pn532/commands.js";
import { openPn532 } from "../../src/hal/chip-reader/pn532/driver.js";
import { ACK_FRAME, encodeFrame, FrameDecoder, TFI_ANSWER } from "../../src/hal/chip-reader/pn532/frame.js";
import { i2cPort } from "../../src/hal/chip-reader/pn532/i2c-transport.js";
import type { BytePort } from "../../src/hal/port/byte-port.js";
import { memoryPair } from "../../src/hal/port/memory.js";
import { PrinterSim } from "../../src/hal/sim/printer-sim.js";
import { clock, ptyWire } from "../contract/bench.js";
import { assertFault, faultOf } from "../contract/wires.js";
import { uartPair } from "../wire/uart.js";

/** What a scanner gives at every code, CR behind it; a person's data in the field, a made-up line here. */
const CODE_LINE = "001099000001|Nguyen Van A|01011999|Nam|Ha Noi";

/** A device that says a line now and then; unref'd by its wire's end. */
const talk = (far: BytePort, text: string): void => {
  const timer = setInterval(() => {
    far.write(new TextEncoder().encode(`${text}\r\n`)).catch(() => {});
  }, 30);
  far.onClose(() => clearInterval(timer));
};

const open = (port: BytePort) => openPn532({ port, clock, log: silentLog });

test("a code scanner: text, and none of it in the fault", async () => {
  const [near, far] = memoryPair();
  talk(far, CODE_LINE);
  const fault = await faultOf(() => open(near));
  assert.is(fault.code, "chipReader.wrongDevice");
  assert.match(fault.detail, /bytes of text/);
  assert.not.match(fault.detail, /Nguyen|0010/);
});

test("a satellite receiver at 9600 bit/s: garbled at the PN532's rates, text at its own", async () => {
  const [near, far] = uartPair(115_200, 9_600);
  talk(far, "$GPGGA,123519,2102.038,N,10551.000,E,1,08,0.9,12.4,M,46.9,M,,*47");
  await assertFault("chipReader.wrongDevice", /at 9600 bit\/s .* bytes of text/, () => open(near));
});

test("a console or modem, or RX joined to TX: what is sent comes back, over a real line too", async () => {
  const pty = await ptyWire(115_200);
  try {
    for (const [near, far] of [memoryPair(), await pty.open()] as const) {
      far.onData((chunk) => {
        far.write(chunk).catch(() => {});
      });
      await assertFault("chipReader.wrongDevice", /comes back/, () => open(near));
    }
  } finally {
    await pty.close();
  }
});

test("a PN531: answers like one, but is another chip", async () => {
  const [near, far] = memoryPair();
  const decoder = new FrameDecoder();
  far.onData(async (chunk) => {
    for (const frame of decoder.push(chunk)) {
      if (frame.kind !== "data") continue;
      const [code = 0, ...rest] = frame.body;
      await far.write(ACK_FRAME);
      const answer = code === CODE.getFirmwareVersion ? [0x31, 0x04, 0x02] : rest;
      await far.write(encodeFrame(TFI_ANSWER, Uint8Array.of(code + 1, ...answer)));
    }
  });
  await assertFault("chipReader.wrongDevice", /IC 0x31/, () =>
    openPn532({ port: near, clock, log: silentLog, fastBaud: 115_200 }),
  );
});

test("the receipt printer says nothing to it: silent, in bounded time", async () => {
  const [near, far] = memoryPair();
  const printer = new PrinterSim({ widthDots: 576, model: "generic" });
  printer.attach(far);
  const started = clock.monotonicMs();
  assert.match((await faultOf(() => open(near))).code, /^chipReader\.(silent|wrongDevice)$/);
  assert.ok(clock.monotonicMs() - started < 30_000);
  assert.is(printer.control.slips.length, 0, "and nothing was cut off");
});

test("noise at every rate stays a silent reader: it may be a poor wire", async () => {
  const [near, far] = memoryPair();
  const timer = setInterval(() => {
    far.write(Uint8Array.of(0x80, 0x01, 0xfe, 0x13, 0x90)).catch(() => {});
  }, 30);
  far.onClose(() => clearInterval(timer));
  assert.is((await faultOf(() => open(near))).code, "chipReader.silent");
});

test("a port expander at the I2C address: ready for ever, and no frames", async () => {
  const wire = {
    read: async (length: number) => new Uint8Array(length).fill(0xff),
    write: async () => {},
    close: async () => {},
  };
  await assertFault("chipReader.wrongDevice", /another chip has this I2C address/, () =>
    openPn532({ port: i2cPort({ wire, clock }), clock, log: silentLog, transport: "i2c" }),
  );
});

test.run();
