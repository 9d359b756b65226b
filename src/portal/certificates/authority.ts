// Who signs the certificates that the broker believes, and where does that authority lie?
//
// In the portal's folder `certificates/`: authority.key.pem (0600), authority.crt.pem, and crl.pem for the broker.
// Nothing here is made by itself: a fleet that is signed by an authority nobody knows of would be worse than none.
import { createPrivateKey, createPublicKey, webcrypto, X509Certificate } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { FaultError } from "../../core/faults.js";
import { createAuthority, type SigningAuthority } from "../../documents/certificates.js";
import { pemOf } from "../../documents/seal-key.js";
import { writeFileDurably } from "../../store/durable-file.js";

export const CERTIFICATES_FOLDER = "certificates";
export const REVOCATION_LIST = "crl.pem";
const KEY_FILE = "authority.key.pem";
const CERTIFICATE_FILE = "authority.crt.pem";
const OTHERS = 0o077;
const DAY_MS = 86_400_000;
/** A kiosk whose clock is a little late must not find it "not yet valid". */
const BACKDATED_MS = 3_600_000;

const fail: (what: string, cause?: unknown) => never = (what, cause) => {
  throw new FaultError("keys.unusable", what, { cause });
};

export const authorityFiles = (portalDir: string) => {
  const folder = join(portalDir, CERTIFICATES_FOLDER);
  return {
    folder,
    key: join(folder, KEY_FILE),
    certificate: join(folder, CERTIFICATE_FILE),
    revocationList: join(folder, REVOCATION_LIST),
  } as const;
};

const readText = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    return fail(`${path}: can not be read (${String((error as NodeJS.ErrnoException).code)})`, error);
  }
};

const readPrivate = (path: string): string => {
  const text = readText(path);
  const mode = statSync(path).mode & 0o777;
  if ((mode & OTHERS) !== 0)
    fail(`${path}: mode ${mode.toString(8)} lets others read a private key; run chmod 600 on it`);
  return text;
};

/** Throws "keys.unusable" for what is no authority: another key, no CA, no P-256. */
const authorityOf = (keyPath: string, certificatePath: string): SigningAuthority => {
  const keyPem = readPrivate(keyPath);
  const certificatePem = readText(certificatePath);
  try {
    const key = createPrivateKey(keyPem);
    const certificate = new X509Certificate(certificatePem);
    if (key.asymmetricKeyDetails?.namedCurve !== "prime256v1") fail(`${keyPath}: is not a P-256 key`);
    if (!certificate.ca) fail(`${certificatePath}: is not the certificate of an authority (no CA:TRUE)`);
    const spki = (of: ReturnType<typeof createPublicKey>) => of.export({ type: "spki", format: "pem" });
    if (spki(certificate.publicKey) !== spki(createPublicKey(key)))
      fail(`${certificatePath}: belongs to another key than ${keyPath}`);
    const privateKeyPem = key.export({ type: "pkcs8", format: "pem" }).toString();
    return { certificate: new Uint8Array(certificate.raw), privateKeyPem };
  } catch (error) {
    if (error instanceof FaultError) throw error;
    return fail(`${certificatePath}: this and ${keyPath} are no PEM key and certificate`, error);
  }
};

export const hasAuthority = (portalDir: string): boolean => existsSync(authorityFiles(portalDir).certificate);

/** Throws "keys.unusable" with what to do. */
export const readAuthority = (portalDir: string): SigningAuthority => {
  const { key, certificate } = authorityFiles(portalDir);
  if (!existsSync(certificate))
    return fail(`${certificate}: there is no authority yet; run motcua portal certificate init`);
  return authorityOf(key, certificate);
};

export interface NewAuthority {
  readonly commonName: string;
  readonly days: number;
  readonly nowMs: number;
}

export interface OwnAuthority {
  /** PEM; PKCS#8 or SEC 1, P-256. */
  readonly keyFile: string;
  readonly certificateFile: string;
}

/** Throws "keys.unusable" where there is one. */
export const refuseSecond = (portalDir: string): void => {
  if (!hasAuthority(portalDir)) return;
  fail(`${authorityFiles(portalDir).certificate}: there is an authority already; it is not replaced`);
};

/** Makes one, or takes one over. An authority that is there is never replaced: every certificate would die with it. */
export const initAuthority = async (
  portalDir: string,
  wish: NewAuthority | OwnAuthority,
): Promise<SigningAuthority> => {
  refuseSecond(portalDir);
  const { folder } = authorityFiles(portalDir);
  const made =
    "keyFile" in wish
      ? authorityOf(wish.keyFile, wish.certificateFile)
      : await createAuthority(
          { commonName: wish.commonName, organisation: "motcua" },
          { fromMs: wish.nowMs - BACKDATED_MS, toMs: wish.nowMs + wish.days * DAY_MS },
        );
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  // The certificate last: a key without one is made anew after a cut.
  writeFileDurably(folder, KEY_FILE, Buffer.from(made.privateKeyPem), 0o600);
  writeFileDurably(folder, CERTIFICATE_FILE, Buffer.from(pemOf([made.certificate])), 0o644);
  return made;
};

/** For WebCrypto, which pkijs signs with. */
export const signingKeyOf = ({ privateKeyPem }: SigningAuthority): Promise<webcrypto.CryptoKey> => {
  const pkcs8 = createPrivateKey(privateKeyPem).export({ type: "pkcs8", format: "der" });
  return webcrypto.subtle.importKey("pkcs8", pkcs8, { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
};
