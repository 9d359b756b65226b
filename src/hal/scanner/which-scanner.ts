// Which of the scanners that SANE lists is meant, also after a re-plug gave it another number?
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ListedScanner } from "./scan-output.js";

export type ScannerChoice = { readonly scanner: ListedScanner } | { readonly problem: string };

const USB = /^usb:([0-9a-f]{4}):([0-9a-f]{4})$/i;
const SYSFS = "/sys/bus/usb/devices";

interface UsbPlace {
  /** As in SANE's names: "libusb:001:004". */
  readonly libusb: string;
  /** Serial number and product: other backends name the scanner by these. */
  readonly words: readonly string[];
}

const listing = (scanners: readonly ListedScanner[]): string =>
  scanners.length === 0
    ? "none"
    : scanners.map(({ name, vendor, model }) => `${name} (${vendor} ${model})`).join(", ");

const usbPlaces = async (vendor: string, product: string, sysfs: string): Promise<readonly UsbPlace[]> => {
  const places: UsbPlace[] = [];
  for (const name of await readdir(sysfs).catch(() => [])) {
    const read = async (file: string) =>
      (await readFile(join(sysfs, name, file), "utf8").catch(() => "")).trim();
    if ((await read("idVendor")) !== vendor || (await read("idProduct")) !== product) continue;
    const padded = async (file: string) => (await read(file)).padStart(3, "0");
    const words = [await read("serial"), await read("product")].filter((word) => word.length > 2);
    places.push({ libusb: `libusb:${await padded("busnum")}:${await padded("devnum")}`, words });
  }
  return places;
};

/**
 * By SANE's name, by a part of name, vendor and model that no other has, or by "usb:VVVV:PPPP" through the
 * kernel's list of USB devices (`sysfs`). `problem` lists what there is.
 */
export const chooseScanner = async (
  scanners: readonly ListedScanner[],
  wanted: string,
  sysfs = SYSFS,
): Promise<ScannerChoice> => {
  const [, vendor, product] = USB.exec(wanted) ?? [];
  const found =
    vendor === undefined || product === undefined
      ? byText(scanners, wanted)
      : byUsb(scanners, await usbPlaces(vendor.toLowerCase(), product.toLowerCase(), sysfs));
  const [scanner, another] = found;
  if (scanner === undefined)
    return { problem: `SANE lists no scanner "${wanted}" (it lists: ${listing(scanners)})` };
  if (another !== undefined)
    return { problem: `"${wanted}" fits ${found.length} scanners (${listing(found)})` };
  return { scanner };
};

const byText = (scanners: readonly ListedScanner[], wanted: string): readonly ListedScanner[] => {
  const exact = scanners.filter(({ name }) => name === wanted);
  return exact.length > 0
    ? exact
    : scanners.filter(({ name, vendor, model }) => `${name} ${vendor} ${model}`.includes(wanted));
};

const byUsb = (scanners: readonly ListedScanner[], places: readonly UsbPlace[]): readonly ListedScanner[] => {
  const at = scanners.filter(({ name }) => places.some(({ libusb }) => name.includes(libusb)));
  if (at.length > 0) return at;
  return scanners.filter(({ name }) => places.some(({ words }) => words.some((word) => name.includes(word))));
};
