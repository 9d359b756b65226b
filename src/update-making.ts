// How does a bundle become a release that a portal offers? (`motcua update sign` and `motcua update offer`.)
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { offer, releasesFolder, withdraw } from "./portal/releases/offers.js";
import { writeFileDurably } from "./store/durable-file.js";
import { loadDeviceKey } from "./sync/protocol/keys.js";
import { PIECE_BYTES, RELEASE_SUFFIX, type Release, signRelease } from "./sync/protocol/release.js";
import { type Io, say } from "./update-command.js";
import { OWN_SCHEMA } from "./update-kiosk.js";
import type { SignOptions } from "./update-options.js";

const DAY_MS = 24 * 3_600_000;

const factsOf = (
  bundle: string,
): { readonly compatible: string; readonly version: string; readonly build: number } => {
  // Whoever makes a release has signed the bundle a moment ago: here it is only read.
  const { status, stdout, stderr, error } = spawnSync(
    "rauc",
    ["info", "--no-verify", "--output-format=json", bundle],
    {
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(`${bundle} can not be read by RAUC: ${error?.message ?? stderr.trim()}`);
  const said = JSON.parse(stdout) as { compatible: string; version: string | null; build: string | null };
  const build = Number(said.build);
  if (!Number.isInteger(build) || build < 1)
    throw new Error(
      `${bundle} has build "${said.build ?? ""}": give it a whole number that grows, as build= in its manifest`,
    );
  return { compatible: said.compatible, version: said.version ?? String(build), build };
};

/** So that the hashes of a large bundle still fit into a message. */
const pieceBytesFor = (bytes: number): number =>
  bytes > 1_000 * PIECE_BYTES ? 2 * PIECE_BYTES : PIECE_BYTES;

const piecesOf = async (
  bundle: string,
  pieceBytes: number,
): Promise<{ readonly sha256: string; readonly pieces: string }> => {
  const whole = createHash("sha256");
  const pieces: Buffer[] = [];
  const file = await open(bundle, "r");
  try {
    const piece = Buffer.alloc(pieceBytes);
    for (let at = 0; ; at += pieceBytes) {
      const { bytesRead } = await file.read(piece, 0, pieceBytes, at);
      if (bytesRead === 0) break;
      const bytes = piece.subarray(0, bytesRead);
      whole.update(bytes);
      pieces.push(createHash("sha256").update(bytes).digest());
    }
  } finally {
    await file.close();
  }
  return { sha256: whole.digest("hex"), pieces: Buffer.concat(pieces).toString("base64") };
};

export const signCommand = async (bundle: string, options: SignOptions, io: Io): Promise<number> => {
  const { replaces, days, hours } = options;
  const [from = "", to = ""] = hours?.split("-") ?? [];
  const nowMs = Date.now();
  const bytes = statSync(bundle).size;
  const pieceBytes = pieceBytesFor(bytes);
  const schema = options.schema ?? OWN_SCHEMA.version;
  const release: Release = {
    ...{ v: 1, ...factsOf(bundle), ...(await piecesOf(bundle, pieceBytes)), bytes, pieceBytes },
    store: { schema, readableBy: options.readableBy ?? Math.min(schema, OWN_SCHEMA.readableBy) },
    hours: hours === undefined ? null : { from, to },
    issuedAtMs: nowMs,
    allowance: replaces === undefined ? null : { fromBuild: replaces, untilMs: nowMs + days * DAY_MS },
  };
  const key = loadDeviceKey(options.key);
  const shown = `${options.key}.pub.pem`;
  if (!existsSync(shown))
    writeFileDurably(dirname(shown), basename(shown), Buffer.from(key.publicKeyPem), 0o644);
  const manifest = `${bundle}${RELEASE_SUFFIX}`;
  writeFileDurably(dirname(manifest), basename(manifest), signRelease(release, key), 0o644);
  io.stdout.write(`build ${release.build} (${release.version}) for ${release.compatible}: ${manifest}\n`);
  return 0;
};

export const offerCommand = async (
  bundle: string | null,
  wish: {
    readonly kiosks: readonly string[] | null;
    readonly withdraw: boolean;
    readonly stateDir: string;
    readonly json: boolean;
  },
  io: Io,
): Promise<number> => {
  const folder = releasesFolder(join(wish.stateDir, "portal"));
  const atMs = Date.now();
  const whom = wish.kiosks === null ? "all kiosks" : wish.kiosks.join(", ");
  if (wish.withdraw) {
    withdraw(folder, wish.kiosks, atMs);
    say(
      io,
      wish.json,
      { sha256: null, build: null, kiosks: wish.kiosks, atMs },
      `nothing is offered to ${whom}`,
    );
    return 0;
  }
  if (bundle === null) throw new Error("name a bundle, or --withdraw");
  const offered = await offer(folder, bundle, `${bundle}${RELEASE_SUFFIX}`, { kiosks: wish.kiosks, atMs });
  say(io, wish.json, offered, `build ${offered.build} is offered to ${whom}`);
  return 0;
};
