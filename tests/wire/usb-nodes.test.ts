// Is an adapter found by what it is, on trees of the shape that the kernel makes, and are two never mistaken?
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { CausedError } from "../../src/core/causes.js";
import { parseAddress } from "../../src/hal/port/address.js";
import { listUsbNodes, parseSelector, resolveUsb } from "../../src/hal/port/usb-nodes.js";
import { type Adapter, MadeUpSystem } from "./sysfs.js";

const PRINTER: Adapter = {
  name: "ttyACM0",
  vendor: "04B8",
  product: "0e28",
  serial: "58344A470",
  port: "1-1.1",
};
const FTDI: Adapter = { name: "ttyUSB0", vendor: "0403", product: "6001", serial: "A50285BI", port: "1-1.2" };
const CH340_LEFT: Adapter = { name: "ttyUSB1", vendor: "1a86", product: "7523", port: "1-1.3" };
const CH340_RIGHT: Adapter = { name: "ttyUSB2", vendor: "1a86", product: "7523", port: "1-1.4.2" };
const LINE_PRINTER: Adapter = { name: "lp0", vendor: "04b8", product: "0202", serial: "J2", port: "1-1.5" };

const withSystem = async (work: (system: MadeUpSystem) => void): Promise<void> => {
  const system = new MadeUpSystem();
  try {
    work(system);
  } finally {
    system.close();
  }
};

const refused = (work: () => unknown): CausedError => {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof CausedError) return thrown;
    throw thrown;
  }
  throw new Error("was expected to throw");
};

test("CDC-ACM, FTDI and a line printer are found by vendor, product and serial number", () =>
  withSystem((system) => {
    for (const adapter of [PRINTER, FTDI, LINE_PRINTER]) system.plug(adapter, "/dev/null");
    const { dev } = system.roots;
    assert.is(resolveUsb("tty", "04b8:0E28", system.roots), `${dev}/ttyACM0`);
    assert.is(resolveUsb("tty", "0403:6001:A50285BI", system.roots), `${dev}/ttyUSB0`);
    assert.is(resolveUsb("lp", "04b8:0202", system.roots), `${dev}/usb/lp0`);
    assert.is(listUsbNodes("tty", system.roots).length, 2, "a line of the board is none of them");
    const other = refused(() => resolveUsb("tty", "0403:6001:OTHER", system.roots));
    assert.is(other.why.kind, "missing");
    assert.match(other.message, "0403:6001:A50285BI@1-1.2#0");
  }));

test("two equal adapters without a serial number are a named fault, told apart by their USB port", () =>
  withSystem((system) => {
    for (const adapter of [CH340_LEFT, CH340_RIGHT, FTDI]) system.plug(adapter, "/dev/null");
    const { dev } = system.roots;
    const thrown = refused(() => resolveUsb("tty", "1a86:7523", system.roots));
    assert.is(thrown.why.kind, "ambiguous");
    assert.match(thrown.message, `${dev}/ttyUSB1 = 1a86:7523@1-1.3#0`);
    assert.match(thrown.message, `${dev}/ttyUSB2 = 1a86:7523@1-1.4.2#0`);
    assert.not.match(thrown.message, "ttyUSB0");
    assert.is(resolveUsb("tty", "1a86:7523@1-1.4.2", system.roots), `${dev}/ttyUSB2`);
    system.unplug(CH340_LEFT);
    assert.is(resolveUsb("tty", "1a86:7523", system.roots), `${dev}/ttyUSB2`);
  }));

test("the lines of one adapter are told apart by their interface", () =>
  withSystem((system) => {
    const four = [0, 1, 2, 3].map(
      (n): Adapter => ({
        name: `ttyUSB${n}`,
        vendor: "0403",
        product: "6011",
        port: "1-1.2",
        interfaceNumber: n,
      }),
    );
    for (const adapter of four) system.plug(adapter, "/dev/null");
    assert.is(refused(() => resolveUsb("tty", "0403:6011", system.roots)).why.kind, "ambiguous");
    assert.is(resolveUsb("tty", "0403:6011@1-1.2#2", system.roots), `${system.roots.dev}/ttyUSB2`);
  }));

test("without sysfs nothing is found and that is said", () => {
  const thrown = refused(() => resolveUsb("tty", "0403:6001", { sys: "/nonexistent", dev: "/dev" }));
  assert.match(thrown.message, "present: none");
});

test("addresses with a USB selector: a third part is a speed where lines run at it", () => {
  const of = (address: string) => {
    const parsed = parseAddress(address);
    if (parsed.kind !== "serial" || !("usb" in parsed)) throw new Error(`${address} names no USB device`);
    return [parsed.usb, parsed.baudRate, parsed.flowControl];
  };
  assert.equal(of("serial:usb=1a86:7523"), ["1a86:7523", null, "none"]);
  assert.equal(of("serial:usb=1a86:7523:9600"), ["1a86:7523", 9600, "none"]);
  assert.equal(of("serial:usb=10c4:ea60:0001"), ["10c4:ea60:0001", null, "none"]);
  assert.equal(of("serial:usb=10c4:ea60:0001:19200:rtscts"), ["10c4:ea60:0001", 19_200, "rtscts"]);
  assert.equal(of("serial:usb=1a86:7523:9600:9600"), ["1a86:7523:9600", 9600, "none"]);
  assert.equal(of("serial:usb=1a86:7523@1-1.3:115200"), ["1a86:7523@1-1.3", 115_200, "none"]);
  assert.equal(of("serial:usb=0403:6011@1-1.2#2:115200:xonxoff"), ["0403:6011@1-1.2#2", 115_200, "xonxoff"]);
  assert.equal(parseAddress("file:usb-lp=04b8:0202@1-1.5"), { kind: "file", usb: "04b8:0202@1-1.5" });
  for (const wrong of [
    "serial:usb=",
    "serial:usb=1a86",
    "serial:usb=1a86:75",
    "file:usb-lp=x:y",
    "serial:usb=1a86:7523:A:fast",
  ]) {
    const thrown = refused(() => parseAddress(wrong));
    assert.is(thrown.why.kind, "badAddress", wrong);
    assert.ok(thrown.message.includes(`"${wrong}"`));
  }
});

test("any text is an address or refused with its cause; a selector that was read reads the same again", () => {
  const text = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.stringMatching(/^serial:usb=[0-9a-f:@#.-]{0,40}$/),
    fc.stringMatching(/^(serial|file):[a-z0-9=:/@#-]{0,40}$/),
  );
  fc.assert(
    fc.property(text, (address) => {
      try {
        const parsed = parseAddress(address);
        if ("usb" in parsed) assert.ok(parseSelector(parsed.usb) !== null);
      } catch (thrown) {
        assert.instance(thrown, CausedError);
      }
    }),
    { numRuns: 2_000 },
  );
});

test.run();
