// Which authorities does the reference portal itself have, and what do they certify?
//
// Made at the first start, private keys at mode 0600. "kiosks" certifies seals: which kiosk scanned a paper is this
// portal's own knowledge, so that authority is real. "officer" and "agency" are for trying things out where no
// signers are set up; nobody but this very portal believes them, and only while none are.
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { FaultError } from "../core/faults.js";
import {
  createAuthority,
  issueCertificate,
  issueSealCertificate,
  type SigningAuthority,
} from "../documents/certificates.js";
import type { SealingKey } from "../documents/scan.js";
import { certificatesInPem, fileSealingKey, pemOf } from "../documents/seal-key.js";
import { writeFileDurably } from "../store/durable-file.js";
import type { Signer } from "./certify/certification-rows.js";

const FOLDER = "pki";
export const SEAL_AUTHORITY = "kiosks";
const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 20 * 365;
const REFERENCE_DAYS = 5 * 365;
const BACKDATED_MS = DAY_MS;
const OTHERS = 0o077;

/** They must not be mistaken for anybody. */
const NAMES: Readonly<Record<Signer, string>> = {
  officer: "Công chức THỬ NGHIỆM (cổng tham chiếu)",
  agency: "Cơ quan THỬ NGHIỆM (cổng tham chiếu)",
};

export const referenceAuthority = (signer: Signer): string =>
  signer === "officer" ? "reference-officers" : "reference-agencies";

/** Where the certificate of one of the portal's own authorities lies. */
export const authorityFile = (portalDir: string, name: string): string =>
  place(join(portalDir, FOLDER), name).chain;

const readPrivate = (path: string): string => {
  if ((statSync(path).mode & OTHERS) !== 0)
    throw new FaultError("keys.unusable", `${path}: others can read it; run chmod 600 on it`);
  return readFileSync(path, "utf8");
};

const place = (folder: string, name: string): { readonly key: string; readonly chain: string } => ({
  key: join(folder, `${name}.key.pem`),
  chain: join(folder, `${name}.crt.pem`),
});

const keep = (folder: string, name: string, pem: string, chain: readonly Uint8Array[]): void => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // The certificate last: a key without one is made anew after a cut.
  writeFileDurably(folder, `${name}.key.pem`, Buffer.from(pem), 0o600);
  writeFileDurably(folder, `${name}.crt.pem`, Buffer.from(pemOf(chain)), 0o644);
};

const authority = async (folder: string, name: string, nowMs: number): Promise<SigningAuthority> => {
  const { key, chain } = place(folder, name);
  if (!existsSync(chain)) {
    const validity = { fromMs: nowMs - BACKDATED_MS, toMs: nowMs + AUTHORITY_DAYS * DAY_MS };
    const made = await createAuthority({ commonName: `motcua ${name}`, organisation: "motcua" }, validity);
    keep(folder, name, made.privateKeyPem, [made.certificate]);
  }
  const [certificate] = certificatesInPem(readFileSync(chain, "utf8"));
  if (certificate === undefined) throw new FaultError("keys.unusable", `${chain}: holds no certificate`);
  return { certificate, privateKeyPem: readPrivate(key) };
};

const sealAuthority = (portalDir: string, nowMs: number): Promise<SigningAuthority> =>
  authority(join(portalDir, FOLDER), SEAL_AUTHORITY, nowMs);

/** Makes it when there is none, so that seals can be judged and issued. */
export const ensureSealAuthority = async (portalDir: string, nowMs: number): Promise<void> => {
  await sealAuthority(portalDir, nowMs);
};

/** The chain for a kiosk's PKCS#10 request (DER), the kiosk's own first. Throws "keys.unusable". */
export const issueSeal = async (
  portalDir: string,
  kiosk: string,
  csr: Uint8Array,
  nowMs: number,
): Promise<readonly Uint8Array[]> =>
  issueSealCertificate(await sealAuthority(portalDir, nowMs), csr, { kiosk, atMs: nowMs });

/** A key for trying out; made when there is none. */
export const referenceSigner = async (
  portalDir: string,
  signer: Signer,
  nowMs: number,
): Promise<SealingKey> => {
  const folder = join(portalDir, FOLDER);
  const root = await authority(folder, referenceAuthority(signer), nowMs);
  const name = `reference-${signer}`;
  const { key, chain } = place(folder, name);
  if (!existsSync(chain)) {
    const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const leaf = await issueCertificate(root, {
      subject: { commonName: NAMES[signer], organisation: "motcua" },
      publicKey: new Uint8Array(pair.publicKey.export({ type: "spki", format: "der" })),
      validity: { fromMs: nowMs - BACKDATED_MS, toMs: nowMs + REFERENCE_DAYS * DAY_MS },
    });
    const pem = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    keep(folder, name, pem, [leaf, root.certificate]);
  }
  const certificates = certificatesInPem(readFileSync(chain, "utf8"));
  return fileSealingKey(readPrivate(key), certificates);
};
