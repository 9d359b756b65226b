// Which of the scanners that SANE lists is meant, also after a re-plug gave it another number?
import { constants } from "node:fs";
import { access, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Cause } from "../../core/causes.js";
import type { ListedScanner } from "./scan-output.js";

export type ScannerChoice =
  | { readonly scanner: ListedScanner }
  | { readonly problem: string; readonly why: Cause };

const USB = /^usb:([0-9a-f]{4}):([0-9a-f]{4})$/i;
const SYSFS = "/sys/bus/usb/devices";

interface UsbPlace {
  /** As in SANE's names: "libusb:001:004". */
  readonly libusb: string;
  /** "/dev/bus/usb/001/004". */
  readonly node: string;
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
    const [bus, device] = [await padded("busnum"), await padded("devnum")];
    places.push({ libusb: `libusb:${bus}:${device}`, node: `/dev/bus/usb/${bus}/${device}`, words });
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
  mayUse = mayUseNode,
): Promise<ScannerChoice> => {
  const [, vendor, product] = USB.exec(wanted) ?? [];
  const places =
    vendor === undefined || product === undefined
      ? null
      : await usbPlaces(vendor.toLowerCase(), product.toLowerCase(), sysfs);
  const found = places === null ? byText(scanners, wanted) : byUsb(scanners, places);
  const [scanner, another] = found;
  if (another !== undefined)
    return {
      problem: `"${wanted}" fits ${found.length} scanners (${listing(found)})`,
      why: { kind: "ambiguous", at: wanted },
    };
  if (scanner !== undefined) return { scanner };
  const problem = `SANE lists no scanner "${wanted}" (it lists: ${listing(scanners)})`;
  // SANE passes in silence over what it may not open.
  for (const { node } of places ?? [])
    if (!(await mayUse(node))) return { problem, why: { kind: "denied", at: node } };
  return { problem, why: { kind: scanners.length === 0 ? "missing" : "wrongDevice", at: wanted } };
};

const mayUseNode = (node: string): Promise<boolean> =>
  access(node, constants.R_OK | constants.W_OK).then(
    () => true,
    (thrown: unknown) => !["EACCES", "EPERM"].includes((thrown as NodeJS.ErrnoException).code ?? ""),
  );

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
