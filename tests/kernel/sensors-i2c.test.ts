// Do the sensors read true through the real i2c-bus, and does each errno of the kernel become its own words?
import { execFile } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import { openPn532 } from "../../src/hal/chip-reader/pn532/driver.js";
import { i2cPort } from "../../src/hal/chip-reader/pn532/i2c-transport.js";
import { openClimate, SHT31_ADDRESS } from "../../src/hal/climate/sht31.js";
import { openI2cBus } from "../../src/hal/i2c/i2c-bus-wire.js";
import { boundTo, I2cNackError } from "../../src/hal/i2c/i2c-wire.js";
import { openPower } from "../../src/hal/power/driver.js";
import { MAX17048_ADDRESS } from "../../src/hal/power/max17048.js";
import { ClimateSim, I2cBusSim, PowerSim } from "../../src/hal/sim/i2c-sim.js";
import { Pn532I2cFace } from "../../src/hal/sim/pn532-i2c-face.js";
import { Pn532Sim } from "../../src/hal/sim/pn532-sim.js";
import { thrownBy } from "../contract/bench.js";
import { sensorsSuite } from "../contract/sensors-suite.js";
import { assertFault, systemClock } from "../contract/wires.js";
import { EmulatedKernel, ENXIO, EREMOTEIO, type I2cAnswer } from "./kernel.js";
import { withPrivateKernel } from "./namespace.js";

const clock = systemClock();
const GONE = 3;

/** Bytes that the kernel's own interface gives python, which knows nothing of i2c-bus: I2C_RDWR, I2C_FUNCS. */
const PYTHON = `
import ctypes, fcntl, os
class Message(ctypes.Structure):
    _fields_ = [("addr", ctypes.c_uint16), ("flags", ctypes.c_uint16), ("len", ctypes.c_uint16), ("buf", ctypes.c_void_p)]
class Call(ctypes.Structure):
    _fields_ = [("msgs", ctypes.POINTER(Message)), ("count", ctypes.c_uint32)]
fd = os.open("/dev/i2c-1", os.O_RDWR)
functions = bytearray(8)
fcntl.ioctl(fd, 0x0705, functions)
out = ctypes.create_string_buffer(b"\\x08", 1)
answer = ctypes.create_string_buffer(2)
messages = (Message * 2)(Message(0x36, 0, 1, ctypes.addressof(out)), Message(0x36, 1, 2, ctypes.addressof(answer)))
sent = fcntl.ioctl(fd, 0x0707, bytearray(bytes(Call(messages, 2))))
print(functions[0] & 1, sent, answer.raw.hex())
`;

/** Not synchronous: the far end of the bus answers from this process. `null` where there is no python3. */
const runPython = (): Promise<string | null> =>
  new Promise((resolve, reject) => {
    execFile("python3", ["-c", PYTHON], { timeout: 20_000 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout.trim());
      else if (error.code === "ENOENT") resolve(null);
      else reject(new Error(stderr));
    });
  });

const suite = async () => {
  const kernel = await EmulatedKernel.start();

  sensorsSuite(test, {
    open: async (bus) => {
      kernel.addBus(1, bus);
      await kernel.sync();
      return openI2cBus(1);
    },
    pull: async () => {
      kernel.removeBus(1);
      await kernel.sync();
    },
  });

  const plug = async (answer: (address: number, write: Uint8Array, length: number) => I2cAnswer) => {
    kernel.addBus(1, { transfer: answer });
    await kernel.sync();
  };

  for (const [name, errno] of [
    ["ENXIO", ENXIO],
    ["EREMOTEIO", EREMOTEIO],
  ] as const)
    test(`a missing acknowledge is one, also where the adapter calls it ${name}`, async () => {
      kernel.nackErrno = errno;
      await plug(() => null);
      const wire = await openI2cBus(1);
      const ways = [
        () => wire.transfer(0x44, Uint8Array.of(1), 2),
        () => wire.transfer(0x44, Uint8Array.of(1, 2), 0),
        () => wire.transfer(0x44, new Uint8Array(), 6),
      ];
      for (const transfer of ways) assert.instance(await thrownBy(transfer()), I2cNackError);
      await assertFault("power.absent", /0x36 does not acknowledge/, () => openPower({ wire, clock }));
    });

  test("a bus that a chip holds down is a fault in the adapter's time, and serves again when let go", async () => {
    let stuck = true;
    const power = new PowerSim();
    const sim = new I2cBusSim(power.chips);
    kernel.addBus(1, {
      transfer: (address, write, length) => (stuck ? "stuck" : sim.transfer(address, write, length)),
    });
    await kernel.sync();
    const started = clock.monotonicMs();
    const open = async () => openPower({ wire: await openI2cBus(1), clock });
    await assertFault("power.absent", /ETIMEDOUT, the bus is stuck/, open);
    assert.ok(clock.monotonicMs() - started < 30_000);
    stuck = false;
    const device = await open();
    assert.is((await device.read()).mains, true);
    await device.close();
  });

  test("an address that a driver of the kernel owns is said, every time, and never another chip's", async () => {
    const climate = new ClimateSim();
    const asked: number[] = [];
    const sim = new I2cBusSim(climate.chips);
    kernel.addBus(1, {
      transfer: (address, write, length) => {
        asked.push(address);
        return sim.transfer(address, write, length);
      },
    });
    kernel.claimAddress(1, SHT31_ADDRESS, true);
    await kernel.sync();
    const open = async () => openClimate({ wire: await openI2cBus(1), clock });
    await assertFault("climate.absent", /EBUSY, a driver of the kernel/, open);
    assert.equal(asked, []);
    kernel.claimAddress(1, SHT31_ADDRESS, false);
    await kernel.sync();
    await (await open()).close();
  });

  test("a bus that is not there names the setting", async () => {
    const open = async () => openPower({ wire: await openI2cBus(GONE), clock });
    await assertFault("power.absent", /I2C bus 3: ENOENT.*i2c_arm/, open);
  });

  test("transfers asked for at once keep their addresses and their answers", async () => {
    await plug((address, write, length) => Uint8Array.from({ length }, () => address ^ (write[0] ?? 0)));
    const wire = await openI2cBus(1);
    const asked = Array.from({ length: 40 }, (_, at) => ({ address: 0x10 + (at % 8), command: at }));
    const answers = await Promise.all(
      asked.map(({ address, command }) => wire.transfer(address, Uint8Array.of(command), 1)),
    );
    assert.equal(
      answers.map(([byte]) => byte),
      asked.map(({ address, command }) => address ^ command),
    );
    await wire.close();
    assert.match(String(await thrownBy(wire.transfer(0x10, Uint8Array.of(1), 1))), /closed/);
  });

  test("a PN532 on the bus says who it is", async () => {
    const face = new Pn532I2cFace(new Pn532Sim(clock));
    kernel.addBus(2, {
      transfer: async (address, write, length) => {
        if (address !== 0x24) return null;
        if (write.length > 0) await face.write(write);
        return length === 0 ? new Uint8Array() : face.read(length);
      },
    });
    await kernel.sync();
    const port = i2cPort({ wire: boundTo(await openI2cBus(2), 0x24), clock });
    const reader = await openPn532({ port, clock, log: silentLog, transport: "i2c" });
    assert.is(await reader.health(), null);
    await reader.close();
  });

  test("combined messages and the adapter's functions are the kernel's own, for a program that is not ours", async () => {
    await plug((address, write, length) =>
      address === MAX17048_ADDRESS && write[0] === 8 ? Uint8Array.of(0x00, 0x12).slice(0, length) : null,
    );
    const said = await runPython();
    if (said === null) process.stdout.write("skipped: I2C_RDWR needs python3\n");
    else assert.is(said, "1 2 0012");
  });

  test.after(() => kernel.stop());
  test.run();
};

await withPrivateKernel(import.meta.url, suite);
