// How does a test make real bundles and their manifests, good ones and bad ones?
import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DeviceKey, loadDeviceKey } from "../../src/sync/protocol/keys.js";
import { type Release, signRelease } from "../../src/sync/protocol/release.js";

export const COMPATIBLE = "motcua-test";

export const hasRauc = (): boolean =>
  spawnSync("rauc", ["--version"]).status === 0 && spawnSync("mksquashfs", ["-version"]).status === 0;

export const run = (command: string, args: readonly string[], cwd?: string): string => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? stderr.trim()}`);
  return stdout;
};

/** An authority and a signer below it, as RAUC wants them. */
export class BundleSigner {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
    mkdirSync(dir, { recursive: true });
    const openssl = (...args: string[]) => run("openssl", args, dir);
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    openssl(
      "req",
      "-x509",
      ...key,
      "-keyout",
      "ca.key",
      "-out",
      "ca.pem",
      "-days",
      "3650",
      "-subj",
      "/CN=Bundles",
    );
    openssl("req", ...key, "-keyout", "signer.key", "-out", "signer.csr", "-subj", "/CN=Release");
    writeFileSync(join(dir, "ext"), "basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\n");
    const by = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "3650", "-extfile", "ext"];
    openssl("x509", "-req", "-in", "signer.csr", ...by, "-out", "signer.pem");
  }

  get keyring(): string {
    return join(this.dir, "ca.pem");
  }

  /** A bundle whose slot image is `image`. */
  bundle(
    name: string,
    build: number,
    image: Uint8Array,
    { compatible = COMPATIBLE, format = "plain" }: { compatible?: string; format?: "plain" | "verity" } = {},
  ): string {
    const content = join(this.dir, `${name}-content`);
    const out = join(this.dir, `${name}.raucb`);
    if (existsSync(out)) rmSync(out);
    mkdirSync(content, { recursive: true });
    writeFileSync(join(content, "rootfs.img"), image);
    writeFileSync(
      join(content, "manifest.raucm"),
      `[update]\ncompatible=${compatible}\nversion=0.${build}.0\nbuild=${build}\n\n[bundle]\nformat=${format}\n\n[image.rootfs]\nfilename=rootfs.img\n`,
    );
    const signing = [`--cert=${join(this.dir, "signer.pem")}`, `--key=${join(this.dir, "signer.key")}`];
    run("rauc", [...signing, `--keyring=${this.keyring}`, "bundle", content, out]);
    rmSync(content, { recursive: true });
    return out;
  }
}

const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

/** What a release of these very bytes says, and what the test wants otherwise. */
export const releaseOfBytes = (bytes: Uint8Array, build: number, other: Partial<Release> = {}): Release => {
  const pieceBytes = other.pieceBytes ?? 65_536;
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes)
    pieces.push(sha256(bytes.subarray(at, at + pieceBytes)));
  return {
    ...{ v: 1, build, version: `0.${build}.0`, compatible: COMPATIBLE, bytes: bytes.length, pieceBytes },
    sha256: sha256(bytes).toString("hex"),
    pieces: Buffer.concat(pieces).toString("base64"),
    store: { schema: 2, readableBy: 1 },
    ...{ hours: null, issuedAtMs: 0, allowance: null },
    ...other,
  };
};

export const releaseKey = (dir: string): DeviceKey => loadDeviceKey(join(dir, "release.pem"));

/** The bundle's envelope, signed. */
export const envelopeOf = (
  bundle: string,
  build: number,
  key: DeviceKey,
  other: Partial<Release> = {},
): Buffer => signRelease(releaseOfBytes(readFileSync(bundle), build, other), key);

export const anImage = (bytes = 400_000): Buffer => randomBytes(bytes);
