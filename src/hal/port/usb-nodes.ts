// Which device node belongs to a USB adapter that is named by what it is, not by when it was plugged in?
//
// /dev/serial/by-id has one name for two adapters without a serial number (every CH340), and the last one
// wins. So the choice is made here, over what the kernel itself tells in sysfs (Documentation/ABI/stable/
// sysfs-bus-usb): a tty or line printer node, above it its interface, above that the device.
import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { CausedError } from "../../core/causes.js";

/** Where the kernel's file systems are; made-up ones in tests. */
export interface SystemRoots {
  readonly sys: string;
  readonly dev: string;
}

export const SYSTEM_ROOTS: SystemRoots = { sys: "/sys", dev: "/dev" };

export type UsbNodeKind = "tty" | "lp";

export interface UsbSelector {
  /** Four hexadecimal digits, lower case. */
  readonly vendor: string;
  readonly product: string;
  readonly serial: string | null;
  /** Where it is plugged in, as the kernel names it: bus-port.port, e.g. "1-1.4". */
  readonly port: string | null;
  /** Of adapters with several lines (FT4232): bInterfaceNumber. */
  readonly interfaceNumber: number | null;
}

export interface UsbNode extends UsbSelector {
  /** E.g. "/dev/ttyUSB0". */
  readonly node: string;
}

const FOLDERS: Readonly<Record<UsbNodeKind, { readonly folder: string; readonly name: RegExp }>> = {
  tty: { folder: "class/tty", name: /^tty(USB|ACM)\d+$/ },
  lp: { folder: "class/usbmisc", name: /^lp\d+$/ },
};

/** A node lies at most this far below its USB device: ttyUSB0/tty/ttyUSB0 under the interface. */
const DEEPEST = 6;

const attribute = (folder: string, name: string): string | null => {
  try {
    return readFileSync(join(folder, name), "utf8").trim();
  } catch {
    return null;
  }
};

const names = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
};

/** `DEVNAME` is relative to /dev: udev may place a node in a folder of it. */
const nodeOf = (folder: string, name: string, kind: UsbNodeKind, dev: string): string => {
  const named = /^DEVNAME=(.+)$/m.exec(attribute(folder, "uevent") ?? "")?.[1];
  return join(dev, named ?? (kind === "lp" ? `usb/${name}` : name));
};

const describe = (folder: string, node: string): UsbNode | null => {
  let interfaceNumber: number | null = null;
  for (let at = folder, deep = 0; deep <= DEEPEST; at = dirname(at), deep++) {
    const number = attribute(at, "bInterfaceNumber");
    if (number !== null) interfaceNumber = Number.parseInt(number, 16);
    const vendor = attribute(at, "idVendor");
    const product = attribute(at, "idProduct");
    if (vendor === null || product === null) continue;
    return {
      node,
      vendor: vendor.toLowerCase(),
      product: product.toLowerCase(),
      // Some clones answer with blanks.
      serial: attribute(at, "serial") || null,
      port: basename(at),
      interfaceNumber,
    };
  }
  return null;
};

/** Every node of this kind that hangs on USB; empty where sysfs is not there. */
export const listUsbNodes = (kind: UsbNodeKind, { sys, dev }: SystemRoots): readonly UsbNode[] => {
  const { folder, name } = FOLDERS[kind];
  return names(join(sys, folder))
    .filter((entry) => name.test(entry))
    .flatMap((entry) => {
      let real: string;
      try {
        real = realpathSync(join(sys, folder, entry));
      } catch {
        return []; // Pulled between the two looks.
      }
      const found = describe(real, nodeOf(real, entry, kind, dev));
      return found === null ? [] : [found];
    });
};

const SELECTOR =
  /^([0-9a-f]{4}):([0-9a-f]{4})(?::([^:@#\s]{1,64}))?(?:@(\d{1,3}-\d{1,3}(?:\.\d{1,3})*))?(?:#(\d{1,2}))?$/i;

/** `VID:PID[:SERIAL][@PORT][#INTERFACE]`; null when it is not one. */
export const parseSelector = (text: string): UsbSelector | null => {
  const [, vendor, product, serial, port, number] = SELECTOR.exec(text) ?? [];
  if (vendor === undefined || product === undefined) return null;
  return {
    vendor: vendor.toLowerCase(),
    product: product.toLowerCase(),
    serial: serial ?? null,
    port: port ?? null,
    interfaceNumber: number === undefined ? null : Number(number),
  };
};

const fits = (node: UsbNode, wanted: UsbSelector): boolean =>
  node.vendor === wanted.vendor &&
  node.product === wanted.product &&
  (wanted.serial === null || node.serial === wanted.serial) &&
  (wanted.port === null || node.port === wanted.port) &&
  (wanted.interfaceNumber === null || node.interfaceNumber === wanted.interfaceNumber);

/** As it would be written to choose exactly this one. */
const shown = ({ node, vendor, product, serial, port, interfaceNumber }: UsbNode): string => {
  const number = serial === null ? "" : `:${serial}`;
  const line = interfaceNumber === null ? "" : `#${interfaceNumber}`;
  return `${node} = ${vendor}:${product}${number}@${port ?? "?"}${line}`;
};

const list = (nodes: readonly UsbNode[]): string =>
  nodes.length === 0 ? "none" : nodes.slice(0, 8).map(shown).join(", ");

/**
 * The one node that fits. Throws `CausedError`: "missing" names those that are there, "ambiguous" the
 * candidates, each as it could be written.
 */
export const resolveUsb = (kind: UsbNodeKind, selector: string, roots: SystemRoots): string => {
  const wanted = parseSelector(selector);
  const at = `usb=${selector}`;
  if (wanted === null)
    throw new CausedError(`"${at}" is not VID:PID[:SERIAL][@PORT][#INTERFACE]`, { kind: "badAddress", at });
  const present = listUsbNodes(kind, roots);
  const [first, ...others] = present.filter((node) => fits(node, wanted));
  if (first === undefined)
    throw new CausedError(`no USB device fits ${at}; present: ${list(present)}`, { kind: "missing", at });
  if (others.length > 0) {
    const all = list([first, ...others]);
    throw new CausedError(`${others.length + 1} USB devices fit ${at}: ${all}`, { kind: "ambiguous", at });
  }
  return first.node;
};
