// What does sysfs look like for USB adapters, without any? (The shapes are those of Linux 6.1 on a Pi 4.)
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import type { SystemRoots } from "../../src/hal/port/usb-nodes.js";

export interface Adapter {
  /** "ttyUSB0", "ttyACM1", "lp0". */
  readonly name: string;
  readonly vendor: string;
  readonly product: string;
  /** CH340 has none. */
  readonly serial?: string;
  /** "1-1.2". */
  readonly port: string;
  readonly interfaceNumber?: number;
}

const HOST = "devices/platform/scb/fd500000.pcie/pci0000:00/0000:00:00.0/0000:01:00.0/usb1/1-1";

export class MadeUpSystem {
  readonly folder = mkdtempSync(join(tmpdir(), "motcua-sysfs-"));
  readonly roots: SystemRoots = { sys: join(this.folder, "sys"), dev: join(this.folder, "dev") };

  constructor() {
    for (const folder of ["class/tty", "class/usbmisc"])
      mkdirSync(join(this.roots.sys, folder), { recursive: true });
    mkdirSync(join(this.roots.dev, "serial/by-id"), { recursive: true });
    // A line of the board itself hangs on no USB.
    const uart = join(this.roots.sys, "devices/platform/soc/fe201000.serial/tty/ttyAMA0");
    mkdirSync(uart, { recursive: true });
    symlinkSync(relative(join(this.roots.sys, "class/tty"), uart), join(this.roots.sys, "class/tty/ttyAMA0"));
  }

  /** `node`: what the device node leads to, e.g. one end of a PTY. */
  plug(adapter: Adapter, node: string): void {
    const { name, port } = adapter;
    const kind = name.startsWith("lp") ? "usbmisc" : "tty";
    const usb = join(this.roots.sys, HOST, port);
    const number = adapter.interfaceNumber ?? 0;
    const face = join(usb, `${port}:1.${number}`);
    // A usb-serial port is a device of its own below the interface; a CDC-ACM line and a printer are not.
    const below = name.startsWith("ttyUSB") ? join(face, name) : face;
    const place = join(below, kind, name);
    mkdirSync(place, { recursive: true });
    const write = (folder: string, file: string, text: string) =>
      writeFileSync(join(folder, file), `${text}\n`);
    write(usb, "idVendor", adapter.vendor);
    write(usb, "idProduct", adapter.product);
    if (adapter.serial !== undefined) write(usb, "serial", adapter.serial);
    write(face, "bInterfaceNumber", number.toString(16).padStart(2, "0"));
    const device = kind === "usbmisc" ? `usb/${name}` : name;
    write(place, "uevent", `MAJOR=188\nMINOR=0\nDEVNAME=${device}`);
    const entry = join(this.roots.sys, "class", kind, name);
    symlinkSync(relative(dirname(entry), place), entry);
    mkdirSync(dirname(join(this.roots.dev, device)), { recursive: true });
    symlinkSync(node, join(this.roots.dev, device));
  }

  unplug({ name, port }: Adapter): void {
    const kind = name.startsWith("lp") ? "usbmisc" : "tty";
    unlinkSync(join(this.roots.sys, "class", kind, name));
    rmSync(join(this.roots.sys, HOST, port), { recursive: true });
    unlinkSync(join(this.roots.dev, kind === "usbmisc" ? `usb/${name}` : name));
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
