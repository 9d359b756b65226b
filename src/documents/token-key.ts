// How does a key sign that lies on a token and never leaves it?
//
// The hash is made here: tokens (and SoftHSM) refuse CKM_ECDSA_SHA256, and all know CKM_ECDSA and CKM_RSA_PKCS.
import { createHash } from "node:crypto";
import { FaultError } from "../core/faults.js";
import type { SealingKey } from "./scan.js";
import {
  type Handle,
  type Library,
  loadBinding,
  messageOf,
  openLibrary,
  type Pkcs11,
  releaseLibrary,
  slotOf,
  type TokenPlace,
  TokenSession,
  unusable,
} from "./token-session.js";

export interface TokenAddress extends TokenPlace {
  /** Of the key and, unless `certificates` are given, of its certificate. */
  readonly label: string;
  readonly pin: string;
  /** DER, the leaf first; absent: the certificate with the key's label on the token. */
  readonly certificates?: readonly Uint8Array[];
}

export interface TokenKey extends SealingKey {
  close(): void;
}

const RSA_ROOM = 1_024;
/** DigestInfo of SHA-256 without the hash (RFC 8017, 9.2, note 1). */
const SHA256_INFO = Buffer.from("3031300d060960864801650304020105000420", "hex");

const certificateOn = (pkcs11: Pkcs11, session: TokenSession, label: string): Uint8Array => {
  const found = session.find("CKO_CERTIFICATE", label);
  if (found === null) return unusable(`there is no certificate "${label}" on the token; give its file`);
  return new Uint8Array(session.bytes(found, pkcs11.CKA_VALUE));
};

const privateKeyOn = (
  pkcs11: Pkcs11,
  session: TokenSession,
  label: string,
): { readonly handle: Handle; readonly isRsa: boolean } => {
  const handle = session.find("CKO_PRIVATE_KEY", label);
  if (handle === null) return unusable(`there is no private key "${label}" on the token`);
  const kind = session.keyType(handle);
  if (kind !== pkcs11.CKK_RSA && kind !== pkcs11.CKK_EC)
    return unusable(`key "${label}" is neither RSA nor EC`);
  return { handle, isRsa: kind === pkcs11.CKK_RSA };
};

const sessionOf = (pkcs11: Pkcs11, library: Library, { token, pin }: TokenAddress): TokenSession => {
  const slot = slotOf(library, token) ?? unusable(`there is no token "${token}"; is it plugged in?`);
  const session = new TokenSession(pkcs11, library, slot);
  session.login(pin);
  return session;
};

const keyOf = (pkcs11: Pkcs11, library: Library, address: TokenAddress): TokenKey => {
  const session = sessionOf(pkcs11, library, address);
  const { handle, isRsa } = privateKeyOn(pkcs11, session, address.label);
  const certificates = address.certificates ?? [certificateOn(pkcs11, session, address.label)];
  // A token knows one operation at a time.
  let last: Promise<unknown> = Promise.resolve();
  const signOne = async (data: Uint8Array): Promise<Uint8Array> => {
    const hash = createHash("sha256").update(data).digest();
    try {
      const signature = isRsa
        ? await session.sign(handle, pkcs11.CKM_RSA_PKCS, Buffer.concat([SHA256_INFO, hash]), RSA_ROOM)
        : await session.sign(handle, pkcs11.CKM_ECDSA, hash, 64);
      return new Uint8Array(signature);
    } catch (error) {
      return unusable(`the token did not sign (${messageOf(error)})`, error);
    }
  };
  return {
    certificates,
    algorithm: isRsa ? "rsa-pkcs1-sha256" : "ecdsa-p256-sha256",
    sign(data) {
      const signed = last.then(() => signOne(data));
      last = signed.catch(() => {});
      return signed;
    },
    close() {
      session.end();
      releaseLibrary(library);
    },
  };
};

/** Throws `FaultError` "keys.unusable": no package, no library, no token, a wrong PIN, no such key. */
export const openTokenKey = async (address: TokenAddress): Promise<TokenKey> => {
  const pkcs11 = loadBinding();
  let library: Library | null = null;
  try {
    library = openLibrary(pkcs11, address.module);
    return keyOf(pkcs11, library, address);
  } catch (error) {
    if (library !== null) releaseLibrary(library);
    if (error instanceof FaultError) throw error;
    return unusable(`${address.module}: ${messageOf(error)}`, error);
  }
};
