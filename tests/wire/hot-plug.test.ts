// Is a device that is pulled and plugged in served again at once, whatever node it has then?
import { renameSync, symlinkSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import type { Device } from "../../src/hal/device.js";
import type { BytePort } from "../../src/hal/port/byte-port.js";
import { HotPlug, pathSpot, spotOfAddress } from "../../src/hal/port/hot-plug.js";
import { openPort } from "../../src/hal/port/open.js";
import { type PlugEvent, type SupervisedDevice, supervise } from "../../src/hal/supervisor.js";
import { clock, until } from "../contract/bench.js";
import { openPtyPair, type PtyPair } from "./pty.js";
import { type Adapter, MadeUpSystem } from "./sysfs.js";

const BY_ID = "usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0";

interface Wired extends Device {
  send(text: string): Promise<void>;
}

/** Only the wire matters here: a device that is well while its port is open. */
const wired = (port: BytePort): Wired => {
  let gone: Error | null = null;
  port.onClose((reason) => {
    gone = reason;
  });
  return {
    send: (text) => port.write(Buffer.from(text)),
    health: async () => (gone === null ? null : { code: "printer.absent", detail: (gone as Error).message }),
    close: () => port.close(),
  };
};

const keep = (address: string, system: MadeUpSystem, plugs: HotPlug): SupervisedDevice<Wired> =>
  supervise<Wired>({
    part: "printer",
    absentFault: "printer.absent",
    open: async () => wired(await openPort(address, { roots: system.roots })),
    clock,
    log: silentLog,
    healthEveryMs: 100,
    // Without a plug it would be minutes.
    retryFirstMs: 300_000,
    retryCapMs: 300_000,
    plugs: plugs.at(spotOfAddress(address, system.roots)),
  });

const withSystem = async (work: (system: MadeUpSystem, plugs: HotPlug) => Promise<void>): Promise<void> => {
  const system = new MadeUpSystem();
  const plugs = new HotPlug({ clock, roots: system.roots });
  try {
    await work(system, plugs);
  } finally {
    plugs.close();
    system.close();
  }
};

const answers = async (device: SupervisedDevice<Wired>, pair: PtyPair, text: string): Promise<void> => {
  const far = await openPort(`serial:${pair.b}`);
  let heard = "";
  far.onData((chunk) => {
    heard += Buffer.from(chunk).toString();
  });
  await device.use((open) => open.send(text));
  await until(`"${text}" arrives`, () => heard === text, 5_000);
  await far.close();
};

test("a serial adapter by its id comes back at once, on another /dev/pts node too", () =>
  withSystem(async (system, plugs) => {
    const link = join(system.roots.dev, "serial/by-id", BY_ID);
    const device = keep(`serial:${link}:9600`, system, plugs);
    await until("absent", () => device.status.state === "absent");
    assert.is(plugs.watching, 1, "the kernel tells");
    const held: PtyPair[] = [];
    for (let round = 0; round < 3; round++) {
      const pair = await openPtyPair();
      symlinkSync(pair.a, link);
      const plugged = clock.monotonicMs();
      await until("ready", () => device.status.state === "ready", 8_000);
      assert.ok(clock.monotonicMs() - plugged < 8_000);
      await answers(device, pair, `round ${round}`);
      unlinkSync(link);
      await pair.close();
      await until("absent", () => device.status.state === "absent", 8_000);
      // Takes the number that is free now, so that the next plug is another node.
      held.push(await openPtyPair());
    }
    await device.close();
    for (const pair of held) await pair.close();
  }));

test("a link that is swapped in one step for another node is another plug", () =>
  withSystem(async (system, plugs) => {
    const link = join(system.roots.dev, "serial/by-id", BY_ID);
    const events: PlugEvent[] = [];
    const stop = plugs.at(pathSpot(link))((event) => events.push(event));
    symlinkSync("/dev/null", link);
    await until("appeared", () => events.length === 1, 8_000);
    symlinkSync("/dev/zero", `${link}.new`);
    renameSync(`${link}.new`, link);
    await until("appeared anew", () => events.length === 2, 8_000);
    unlinkSync(link);
    await until("gone", () => events.length === 3, 8_000);
    assert.equal(events, ["appeared", "appeared", "gone"]);
    stop();
  }));

test("an adapter named by vendor and product is opened where it turns up, also under another name", () =>
  withSystem(async (system, plugs) => {
    const device = keep("serial:usb=1a86:7523", system, plugs);
    await until("absent", () => device.status.state === "absent");
    assert.match("fault" in device.status ? device.status.fault.detail : "", "no USB device fits");
    for (const name of ["ttyUSB0", "ttyUSB3"]) {
      const adapter: Adapter = { name, vendor: "1a86", product: "7523", port: "1-1.3" };
      const pair = await openPtyPair();
      system.plug(adapter, pair.a);
      await until("ready", () => device.status.state === "ready", 8_000);
      await answers(device, pair, name);
      system.unplug(adapter);
      await pair.close();
      await until("absent", () => device.status.state === "absent", 8_000);
    }
    await device.close();
  }));

test("a second equal adapter stops the opening, and pulling it lets it go on", () =>
  withSystem(async (system, plugs) => {
    const [left, right] = [await openPtyPair(), await openPtyPair()];
    const adapters: readonly Adapter[] = [
      { name: "ttyUSB0", vendor: "1a86", product: "7523", port: "1-1.3" },
      { name: "ttyUSB1", vendor: "1a86", product: "7523", port: "1-1.4" },
    ];
    const [first, second] = adapters as [Adapter, Adapter];
    system.plug(first, left.a);
    system.plug(second, right.a);
    const device = keep("serial:usb=1a86:7523", system, plugs);
    await until("absent", () => device.status.state === "absent");
    assert.is("fault" in device.status && device.status.fault.why?.kind, "ambiguous");
    system.unplug(second);
    await until("ready", () => device.status.state === "ready", 8_000);
    await answers(device, left, "left");
    await device.close();
    await left.close();
    await right.close();
  }));

test("a place whose folder does not exist yet is seen when it comes", () =>
  withSystem(async (system, plugs) => {
    const events: PlugEvent[] = [];
    const spot = spotOfAddress(`file:${join(system.roots.dev, "usb/lp0")}`, system.roots);
    const stop = plugs.at(spot)((event) => events.push(event));
    const printer: Adapter = { name: "lp0", vendor: "04b8", product: "0202", port: "1-1.5" };
    system.plug(printer, "/dev/null");
    await until("appeared", () => events.length === 1, 8_000);
    system.unplug(printer);
    await until("gone", () => events.length === 2, 8_000);
    stop();
  }));

test.run();
