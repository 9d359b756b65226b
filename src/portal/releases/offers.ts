// Where do releases lie at the portal, and which kiosk is offered which?
//
// <portal>/releases/<sha256>.raucb            the bundle
// <portal>/releases/<sha256>.release          its signed manifest
// <portal>/releases/offers.json               who is offered what; the last line that names a kiosk holds
//
// Files, so that several replicas on one folder give out the same, and `motcua update offer` needs no running portal.
import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { copyFile, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { FaultError } from "../../core/faults.js";
import { syncFolder, writeFileDurably } from "../../store/durable-file.js";
import { peekRelease } from "../../sync/protocol/release.js";

const OFFERS_FILE = "offers.json";

export const releasesFolder = (portalDir: string): string => join(portalDir, "releases");
export const bundleFile = (folder: string, sha256: string): string => join(folder, `${sha256}.raucb`);
export const manifestFile = (folder: string, sha256: string): string => join(folder, `${sha256}.release`);

const offersSchema = z.object({
  v: z.literal(1),
  offers: z.array(
    z.object({
      /** Null: nothing. */
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .nullable(),
      build: z.int().positive().nullable(),
      /** Null: all. */
      kiosks: z.array(z.string().regex(/^[A-Za-z0-9-]{1,32}$/)).nullable(),
      atMs: z.int().nonnegative(),
    }),
  ),
});
export type Offers = z.infer<typeof offersSchema>;
export type Offer = Offers["offers"][number];

/** Throws one line when the file is there and can not be understood. */
export const readOffers = (folder: string): Offers => {
  const path = join(folder, OFFERS_FILE);
  if (!existsSync(path)) return { v: 1, offers: [] };
  try {
    return offersSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (thrown) {
    throw new FaultError("store.corrupt", `${path} is not a list of offers`, { cause: thrown });
  }
};

export const offersChangedMs = (folder: string): number =>
  statSync(join(folder, OFFERS_FILE), { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Undefined: no line names this kiosk. */
export const offerFor = ({ offers }: Offers, kiosk: string): Offer | undefined =>
  offers.findLast(({ kiosks }) => kiosks?.includes(kiosk) ?? true);

const sumOf = async (path: string): Promise<string> => {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
};

const copyDurably = async (from: string, to: string): Promise<void> => {
  const making = `${to}.tmp`;
  try {
    await copyFile(from, making);
    const file = await open(making, "r+");
    try {
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(making, to);
  } catch (thrown) {
    await rm(making, { force: true });
    throw thrown;
  }
};

/** Older lines that name the very same kiosks say nothing any more. */
const withOffer = (offers: readonly Offer[], added: Offer): Offer[] =>
  added.kiosks === null
    ? [added]
    : [
        ...offers.filter(
          ({ kiosks }) => kiosks === null || !kiosks.every((each) => added.kiosks?.includes(each)),
        ),
        added,
      ];

/** Bundle, manifest, then the line that offers them: a portal never offers what is not there. Throws one line. */
export const offer = async (
  folder: string,
  bundle: string,
  manifest: string,
  to: { readonly kiosks: readonly string[] | null; readonly atMs: number },
): Promise<Offer> => {
  const envelope = readFileSync(manifest);
  const release = peekRelease(envelope);
  if (release === undefined) throw new Error(`${manifest} is no manifest of a release`);
  if ((await sumOf(bundle)) !== release.sha256) throw new Error(`${bundle} is not the bundle of ${manifest}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { sha256, build } = release;
  if (!existsSync(bundleFile(folder, sha256))) await copyDurably(bundle, bundleFile(folder, sha256));
  writeFileDurably(folder, `${sha256}.release`, envelope);
  const added: Offer = { sha256, build, kiosks: to.kiosks === null ? null : [...to.kiosks], atMs: to.atMs };
  writeOffers(folder, added);
  return added;
};

/** From now on these kiosks are offered nothing; what none is installing yet is dropped there. */
export const withdraw = (folder: string, kiosks: readonly string[] | null, atMs: number): void => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeOffers(folder, { sha256: null, build: null, kiosks: kiosks === null ? null : [...kiosks], atMs });
};

const writeOffers = (folder: string, added: Offer): void => {
  const offers = withOffer(readOffers(folder).offers, added);
  writeFileDurably(folder, OFFERS_FILE, Buffer.from(JSON.stringify({ v: 1, offers }, null, 2)));
  syncFolder(folder);
};
