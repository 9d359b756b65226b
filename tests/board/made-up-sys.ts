// What do sysfs and /dev look like to udev and to USBGuard, for devices that are not there? (Shapes of Linux 6.1.)
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface UsbId {
  /** Four hexadecimal digits, as lsusb prints them. */
  readonly vendor: string;
  readonly product: string;
  /** "1-1.2". */
  readonly port: string;
}

/** Class, subclass, protocol of one interface (USB 2.0, table 9-12). */
export type UsbInterface = readonly [classCode: number, subclass: number, protocol: number];

const HOST = "devices/pci0000:00/0000:00:14.0";

/** USB 2.0, tables 9-8, 9-10 and 9-12: device, configuration and interface descriptors, no endpoints. */
export const usbDescriptors = (
  { vendor, product }: Pick<UsbId, "vendor" | "product">,
  interfaces: readonly UsbInterface[],
  deviceClass = 0,
): Uint8Array => {
  const device = Buffer.alloc(18);
  device.set([18, 1, 0x00, 0x02, deviceClass, 0, 0, 64]);
  device.writeUInt16LE(Number.parseInt(vendor, 16), 8);
  device.writeUInt16LE(Number.parseInt(product, 16), 10);
  device.set([0x00, 0x01, 1, 2, 3, 1], 12);
  const faces = interfaces.map(([classCode, subclass, protocol], number) =>
    Buffer.from([9, 4, number, 0, 0, classCode, subclass, protocol, 0]),
  );
  const configuration = Buffer.from([9, 2, 0, 0, interfaces.length, 1, 0, 0x80, 50]);
  configuration.writeUInt16LE(9 + 9 * faces.length, 2);
  return Buffer.concat([device, configuration, ...faces]);
};

/** Writes into the folders that stand for /sys and /dev; each verb gives the device's path in the first. */
export class MadeUpSys {
  readonly #sys: string;
  readonly #dev: string | null;

  constructor(sys: string, dev: string | null = null) {
    this.#sys = sys;
    this.#dev = dev;
    for (const folder of ["bus/usb/devices", "bus/usb/drivers/usb", "bus/usb-serial", "class"])
      mkdirSync(join(sys, folder), { recursive: true });
    for (const folder of [dirname(HOST), HOST]) this.#put(join(sys, folder), { uevent: "DRIVER=xhci_hcd" });
  }

  serial(name: string, id: UsbId): string {
    const face = this.#face(id, "ff");
    const below = name.startsWith("ttyUSB") ? join(face, name) : face;
    if (below !== face) this.#device(below, "bus/usb-serial", { uevent: "DRIVER=usb-serial" });
    return this.#withNode(join(below, "tty", name), { subsystem: "class/tty", name, numbers: [188, 0] });
  }

  printer(name: string, id: UsbId): string {
    const place = join(this.#face(id, "07"), "usbmisc", name);
    return this.#withNode(place, { subsystem: "class/usbmisc", name: `usb/${name}`, numbers: [180, 0] });
  }

  /** A device with its own node below /dev/bus/usb. */
  usbDevice(id: UsbId, bus: number, number: number): string {
    const path = this.#usb(id);
    const name = `bus/usb/${String(bus).padStart(3, "0")}/${String(number).padStart(3, "0")}`;
    const minor = (bus - 1) * 128 + number - 1;
    const product = `PRODUCT=${Number.parseInt(id.vendor, 16).toString(16)}/${Number.parseInt(id.product, 16).toString(16)}/100`;
    this.#put(path, {
      uevent: `MAJOR=189\nMINOR=${minor}\nDEVNAME=${name}\nDEVTYPE=usb_device\n${product}`,
      busnum: String(bus),
      devnum: String(number),
    });
    this.#node(name, 189, minor);
    return path;
  }

  video(name: string, index: number, id: UsbId): string {
    const path = join(this.#face(id, "0e"), "video4linux", name);
    this.#withNode(path, { subsystem: "class/video4linux", name, numbers: [81, index] });
    this.#put(path, { index: String(index), name: "USB Camera" });
    return path;
  }

  subdevice(name: string, sensor: string): string {
    const path = this.node("video4linux", name, 81, 100 + Number(/\d+$/.exec(name)?.[0]));
    this.#put(path, { name: sensor });
    return path;
  }

  input(
    device: string,
    event: string,
    name: string,
    bits: { readonly sw?: string; readonly key?: string },
  ): string {
    const parent = join(this.#sys, "devices/platform/sound", device);
    const uevent = `PRODUCT=0/0/0/0\nNAME="${name}"\nPROP=0\nEV=${bits.sw === undefined ? "3" : "21"}\nSW=${bits.sw ?? "0"}`;
    this.#device(parent, "class/input", { uevent, name });
    this.#put(join(parent, "capabilities"), {
      ...{ ev: bits.sw === undefined ? "3" : "21", sw: bits.sw ?? "0", key: bits.key ?? "0" },
      ...{ rel: "0", abs: "0" },
    });
    this.#put(parent, { properties: "0" });
    const minor = 64 + Number(/\d+$/.exec(event)?.[0]);
    return this.#withNode(join(parent, event), {
      subsystem: "class/input",
      name: `input/${event}`,
      numbers: [13, minor],
    });
  }

  /** A device of the board itself, with a node. */
  node(subsystem: string, name: string, major: number, minor: number): string {
    const path = join(this.#sys, "devices/platform/soc", subsystem, name);
    return this.#withNode(path, { subsystem: `class/${subsystem}`, name, numbers: [major, minor] });
  }

  /** A device of the board that has files and no node. */
  files(subsystem: string, name: string, files: Readonly<Record<string, string>>): string {
    const path = join(this.#sys, "devices/platform/soc", subsystem, name);
    this.#device(path, `class/${subsystem}`, { uevent: "", ...files });
    return path;
  }

  /** A line that was exported in sysfs. */
  gpioLine(name: string): string {
    this.#put(join(this.#sys, "class/gpio"), { export: "", unexport: "" });
    return this.files("gpio", name, { active_low: "0", direction: "in", edge: "none", value: "0" });
  }

  /** As the kernel shows it to USBGuard: not yet authorised, with its descriptors. */
  guarded(
    id: UsbId & { readonly name: string; readonly serial?: string },
    interfaces: readonly UsbInterface[],
  ) {
    const isRoot = /^usb\d+$/.test(id.port);
    const path = this.#usb(id);
    const deviceClass = isRoot ? 9 : 0;
    this.#put(path, {
      ...{ product: id.name, manufacturer: "Made up", speed: "480", removable: "removable", remove: "" },
      ...{ authorized: isRoot ? "1" : "0", authorized_default: "0", busnum: "1", devnum: "1" },
      ...{ bDeviceClass: deviceClass.toString(16).padStart(2, "0"), bNumConfigurations: "1" },
      ...(id.serial !== undefined && { serial: id.serial }),
    });
    writeFileSync(join(path, "descriptors"), usbDescriptors(id, interfaces, deviceClass));
    this.#link(join(path, "driver"), "bus/usb/drivers/usb");
    this.#link(join(this.#sys, "bus/usb/devices", id.port), path.slice(this.#sys.length + 1));
    return path;
  }

  #usb({ vendor, product, port }: UsbId): string {
    const root = `usb${port.replace(/-.*$/, "")}`;
    const path = join(this.#sys, HOST, ...(/^usb\d+$/.test(port) ? [port] : [root, port]));
    const [v, p] = [vendor, product].map((text) => Number.parseInt(text, 16).toString(16));
    this.#device(path, "bus/usb", { uevent: `DEVTYPE=usb_device\nPRODUCT=${v}/${p}/100\nTYPE=0/0/0` });
    this.#put(path, { idVendor: vendor, idProduct: product });
    return path;
  }

  #face(id: UsbId, classCode: string): string {
    const path = join(this.#usb(id), `${id.port}:1.0`);
    const files = { uevent: "DEVTYPE=usb_interface", bInterfaceNumber: "00", bInterfaceClass: classCode };
    this.#device(path, "bus/usb", files);
    return path;
  }

  #withNode(
    path: string,
    of: { readonly subsystem: string; readonly name: string; readonly numbers: readonly [number, number] },
  ): string {
    const [major, minor] = of.numbers;
    this.#device(path, of.subsystem, { uevent: `MAJOR=${major}\nMINOR=${minor}\nDEVNAME=${of.name}` });
    this.#node(of.name, major, minor);
    return path;
  }

  #device(path: string, subsystem: string, files: Readonly<Record<string, string>>): void {
    this.#put(path, files);
    mkdirSync(join(this.#sys, subsystem), { recursive: true });
    this.#link(join(path, "subsystem"), subsystem);
  }

  #put(folder: string, files: Readonly<Record<string, string>>): void {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), `${text}\n`);
  }

  #link(at: string, to: string): void {
    if (!existsSync(at)) symlinkSync(join(this.#sys, to), at);
  }

  #node(name: string, major: number, minor: number): void {
    if (this.#dev === null) return;
    const path = join(this.#dev, name);
    mkdirSync(dirname(path), { recursive: true });
    if (existsSync(path)) return;
    const made = spawnSync("mknod", ["-m", "600", path, "c", String(major), String(minor)]);
    if (made.status !== 0) throw new Error(`mknod ${path}: ${made.stderr}`);
  }
}
