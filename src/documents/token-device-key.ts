// How does the kiosk's Ed25519 key sign from a token, at once and without a doubt? (PKCS #11 v3.0, 2.3.14; RFC 8032)
//
// Every signature is checked before it is given out: what the token answers goes to the portal under the kiosk's name.
// A PIN that was refused is never tried again by itself: after a few wrong ones a token locks for good.
import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { type FaultCode, FaultError } from "../core/faults.js";
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
} from "./token-session.js";

export interface TokenDeviceKeyAddress extends TokenPlace {
  /** Of the private key and of its public half or its certificate. */
  readonly label: string;
}

/** The PIN, and what is remembered of it between tries and starts. */
export interface TokenPin {
  /** Throws "keys.tokenPin" where it must not be tried. `flagged`: the token counts a wrong PIN since the last right one. */
  take(flagged: boolean): string;
  accepted(): void;
  refused(): void;
}

export interface TokenDeviceKey {
  readonly publicKeyPem: string;
  /** 64 bytes. Throws "keys.tokenAbsent" or "keys.tokenKey". */
  sign(bytes: Uint8Array): Uint8Array;
  /** False once the token was pulled out, also when it is back: open it again then. */
  isThere(): boolean;
  close(): void;
}

/** Not in the binding's table, which is that of v2.40. */
const CKM_EDDSA = 0x1057;
const CKK_EC_EDWARDS = 0x40;
/** CK_TOKEN_INFO.flags (v2.40, 3.2). */
const CKF_USER_PIN_COUNT_LOW = 0x10000;
const CKF_USER_PIN_FINAL_TRY = 0x20000;
const CKF_USER_PIN_LOCKED = 0x40000;
const POINT_BYTES = 32;
const SIGNATURE_BYTES = 64;
/** SubjectPublicKeyInfo of an Ed25519 key without the key itself (RFC 8410, 4). */
const SPKI_HEAD = Buffer.from("302a300506032b6570032100", "hex");
/** Proves that the two halves belong together; under no other domain is anything signed that begins like this. */
const PROBE = Buffer.from("motcua key probe v1\0");

const fault = (code: FaultCode, detail: string, cause?: unknown): never => {
  throw new FaultError(code, detail, { cause });
};

/** Tokens give the point bare (v3.0), as an OCTET STRING (v2.40) or as a BIT STRING (a draft of v3.0). */
export const ed25519Point = (attribute: Uint8Array): Uint8Array | null => {
  if (attribute.length === POINT_BYTES) return attribute;
  const [tag, length, unused] = attribute;
  if (attribute.length === POINT_BYTES + 2 && tag === 0x04 && length === POINT_BYTES)
    return attribute.subarray(2);
  if (attribute.length === POINT_BYTES + 3 && tag === 0x03 && length === POINT_BYTES + 1 && unused === 0)
    return attribute.subarray(3);
  return null;
};

const publicKeyOn = (pkcs11: Pkcs11, session: TokenSession, label: string): KeyObject => {
  const half = session.find("CKO_PUBLIC_KEY", label);
  if (half === null) return fault("keys.tokenKey", `there is no public key "${label}" on the token`);
  const point = ed25519Point(session.bytes(half, pkcs11.CKA_EC_POINT));
  if (point === null) return fault("keys.tokenKey", `the public key "${label}" is no Ed25519 point`);
  return createPublicKey({ key: Buffer.concat([SPKI_HEAD, point]), format: "der", type: "spki" });
};

const privateKeyOn = (session: TokenSession, label: string): Handle => {
  const handle = session.find("CKO_PRIVATE_KEY", label);
  if (handle === null) return fault("keys.tokenKey", `there is no private key "${label}" on the token`);
  if (session.keyType(handle) !== CKK_EC_EDWARDS)
    return fault("keys.tokenKey", `the private key "${label}" is not an Edwards key`);
  return handle;
};

const logIn = (session: TokenSession, pin: TokenPin): void => {
  const { flags } = session;
  if ((flags & CKF_USER_PIN_LOCKED) !== 0) fault("keys.tokenPin", "the token's PIN is locked");
  if ((flags & CKF_USER_PIN_FINAL_TRY) !== 0)
    fault("keys.tokenPin", "one more wrong PIN locks the token: log in once by hand");
  const given = pin.take((flags & CKF_USER_PIN_COUNT_LOW) !== 0);
  try {
    session.login(given);
  } catch (thrown) {
    const said = messageOf(thrown);
    if (!said.includes("CKR_PIN")) throw thrown;
    pin.refused();
    fault("keys.tokenPin", `the token refuses the PIN (${said})`, thrown);
  }
  pin.accepted();
};

class OpenKey implements TokenDeviceKey {
  readonly publicKeyPem: string;
  readonly #library: Library;
  readonly #session: TokenSession;
  readonly #key: Handle;
  readonly #public: KeyObject;
  readonly #label: string;

  constructor(
    pkcs11: Pkcs11,
    library: Library,
    { session, label }: { readonly session: TokenSession; readonly label: string },
  ) {
    this.#library = library;
    this.#session = session;
    this.#label = label;
    this.#key = privateKeyOn(session, label);
    this.#public = publicKeyOn(pkcs11, session, label);
    this.publicKeyPem = this.#public.export({ type: "spki", format: "pem" }).toString();
    this.sign(PROBE);
  }

  sign(bytes: Uint8Array): Uint8Array {
    let signature: Buffer;
    try {
      signature = this.#session.signNow(this.#key, CKM_EDDSA, Buffer.from(bytes), SIGNATURE_BYTES);
    } catch (thrown) {
      const said = messageOf(thrown);
      const isUnfit = /CKR_(MECHANISM|KEY_TYPE|KEY_FUNCTION)/.test(said);
      return fault(
        isUnfit ? "keys.tokenKey" : "keys.tokenAbsent",
        `the token did not sign (${said})`,
        thrown,
      );
    }
    return verify(null, bytes, this.#public, signature)
      ? new Uint8Array(signature)
      : fault("keys.tokenKey", `the two halves of the token's key "${this.#label}" do not match`);
  }

  isThere(): boolean {
    try {
      return this.#session.flags >= 0 && this.#session.find("CKO_PRIVATE_KEY", this.#label) !== null;
    } catch {
      return false;
    }
  }

  close(): void {
    this.#session.end();
    releaseLibrary(this.#library);
  }
}

/**
 * Throws `FaultError`: "keys.unusable" without the binding, "keys.tokenAbsent" without the library or the token,
 * "keys.tokenPin" when the PIN is refused or must not be tried, "keys.tokenKey" for a key that is missing or no
 * Ed25519 key. Nothing stays open then.
 */
export const openTokenDeviceKey = (address: TokenDeviceKeyAddress, pin: TokenPin): TokenDeviceKey => {
  const pkcs11 = loadBinding();
  const { module, token, label } = address;
  let library: Library;
  try {
    library = openLibrary(pkcs11, module);
  } catch (thrown) {
    return fault("keys.tokenAbsent", `${module}: ${messageOf(thrown)}`, thrown);
  }
  try {
    const slot = slotOf(library, token);
    if (slot === undefined) return fault("keys.tokenAbsent", `there is no token "${token}"`);
    const session = new TokenSession(pkcs11, library, slot);
    logIn(session, pin);
    return new OpenKey(pkcs11, library, { session, label });
  } catch (thrown) {
    releaseLibrary(library);
    if (thrown instanceof FaultError) throw thrown;
    return fault("keys.tokenAbsent", `the token does not answer (${messageOf(thrown)})`, thrown);
  }
};
