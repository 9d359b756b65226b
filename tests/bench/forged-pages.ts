// How do untouched and forged papers come to a reader: on which paper, by which camera or scanner?
import sharp from "sharp";
import { madeUpPerson, mrzLines } from "../../src/chip/sim/people.js";
import type { Rgb } from "../../src/ml/page/raster.js";
import { LOW_LIGHT, PHONE_FRAME, photograph } from "../../src/ml/samples/camera.js";
import { cardBack } from "../../src/ml/samples/card-back.js";
import { KIOSK_FRAME } from "../../src/ml/samples/conditions.js";
import type { Area } from "../../src/ml/samples/forger.js";
import { FORGERIES, type ForgeryKind, forge, pageToForge } from "../../src/ml/samples/forgeries.js";
import { scannedPage } from "../../src/ml/samples/ink.js";
import { layOutPaper, type SampleKind } from "../../src/ml/samples/papers.js";
import { scanDpi } from "../../src/ml/samples/render.js";

/** "file": changed after the scan, in the file; all others on the paper, before any camera or scanner. */
const MEDIA = ["phone", "scan", "kiosk camera", "low light", "file"] as const;
export type Medium = (typeof MEDIA)[number];

/** A copy, a display and a cut page are things that a camera sees. */
const CAMERAS = MEDIA.filter((medium) => medium !== "file" && medium !== "scan");
const SEEN_ONLY: readonly Kind[] = ["photocopy", "screen", "cut", "check digit"];

/** Issued with a hand-stamped seal. */
const SEALED: readonly SampleKind[] = [
  "birthCertificate",
  "diploma",
  "marriageCertificate",
  "householdConfirmation",
  "confirmationLetter",
  "decision",
];

const ALL: readonly SampleKind[] = [
  ...SEALED,
  "landUseCertificate",
  "drivingLicence",
  "vehicleRegistration",
  "healthInsuranceCard",
];

export type Kind = ForgeryKind | "check digit" | "untouched";
export const FORGED: readonly Kind[] = [...FORGERIES, "check digit"];

export interface Picture {
  readonly kind: Kind;
  readonly medium: Medium;
  readonly paper: string;
  readonly jpeg: Uint8Array;
  readonly widthMm: number;
  readonly heightMm: number;
  readonly area: Area | null;
}

export const asJpeg = async (page: Rgb, quality: number): Promise<Uint8Array> => {
  const raw = { width: page.width, height: page.height, channels: 3 as const };
  return new Uint8Array(await sharp(page.data, { raw }).jpeg({ quality }).toBuffer());
};

const take = async (page: Rgb, medium: Medium, seed: number): Promise<Uint8Array> => {
  if (medium === "file") return asJpeg(page, 92);
  if (medium === "scan") return asJpeg(await scannedPage(page, seed + 1), 92);
  const camera = { "kiosk camera": KIOSK_FRAME, phone: PHONE_FRAME, "low light": LOW_LIGHT }[medium];
  return (await photograph(page, camera, seed)).jpeg;
};

const CAMERA_DPI = 300;

/** A page with its seals stamped is what an office hands out: that is the untouched paper. */
const onPaper = async (kind: Kind, seed: number, place: number): Promise<Picture | null> => {
  const forgery = kind === "untouched" || kind === "check digit" ? "none" : kind;
  const papers = kind === "untouched" ? ALL : SEALED;
  const sample = papers[(place + seed) % papers.length] ?? "decision";
  const media = SEEN_ONLY.includes(kind) ? CAMERAS : MEDIA;
  const medium = media[(seed * 2 + place) % media.length] ?? "phone";
  const paper = layOutPaper(sample, seed);
  const dpi = medium === "scan" || medium === "file" ? scanDpi(paper) : Math.max(CAMERA_DPI, scanDpi(paper));
  const drawn = await pageToForge(forgery, paper, { dpi, seed });
  if (drawn === null) return null;
  const page = medium === "file" ? await scannedPage(drawn, seed) : drawn;
  const forged = forgery === "none" ? { page, area: null } : await forge(forgery, page, paper, seed);
  if (forged === null) return null;
  const { widthMm, heightMm } = paper;
  const jpeg = await take(forged.page, medium, seed);
  return { kind, medium, paper: sample, jpeg, widthMm, heightMm, area: forged.area };
};

/** A card's back on the tray; one digit of the holder's birth date is another, its check digit is as it was. */
const wrongZone = async (seed: number): Promise<Picture> => {
  const [first, second, third] = mrzLines(madeUpPerson(seed));
  const at = seed % 6;
  const wrong = `${second.slice(0, at)}${(Number(second[at]) + 1 + (seed % 9)) % 10}${second.slice(at + 1)}`;
  const tray = { turnDegrees: (seed % 7) - 3, x: 62, y: 120 };
  const page = await cardBack([first, wrong, third], { dpi: CAMERA_DPI, seed, tray });
  const medium = CAMERAS[seed % CAMERAS.length] ?? "phone";
  const jpeg = await take(page, medium, seed);
  return { kind: "check digit", medium, paper: "card", jpeg, widthMm: 210, heightMm: 297, area: null };
};

/** `place` turns paper and medium. Null when the paper has nothing that this forger wants. */
export const pictureOf = (kind: Kind, seed: number, place: number): Promise<Picture | null> =>
  kind === "check digit" ? wrongZone(seed) : onPaper(kind, seed, place);
