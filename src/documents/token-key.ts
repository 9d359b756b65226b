// How does a key sign that lies on a token and never leaves it? (PKCS #11 v2.40)
//
// The hash is made here: tokens (and SoftHSM) refuse CKM_ECDSA_SHA256, and all know CKM_ECDSA and CKM_RSA_PKCS.
import { createHash } from "node:crypto";
import { FaultError } from "../core/faults.js";
import type { SealingKey } from "./scan.js";

export interface TokenAddress {
  /** The token's library, "/usr/lib/softhsm/libsofthsm2.so". */
  readonly module: string;
  /** The token's label, blanks at the end left out. */
  readonly token: string;
  /** Of the key and, unless `certificates` are given, of its certificate. */
  readonly label: string;
  readonly pin: string;
  /** DER, the leaf first; absent: the certificate with the key's label on the token. */
  readonly certificates?: readonly Uint8Array[];
}

export interface TokenKey extends SealingKey {
  close(): void;
}

type Handle = Buffer;

interface Attribute {
  readonly type: number;
  readonly value?: number | string | Buffer;
}

/** What is used of the binding; the package is optional, and its types with it. */
interface Library {
  load(path: string): void;
  close(): void;
  C_Initialize(): void;
  C_Finalize(): void;
  C_GetSlotList(tokenPresent: boolean): Handle[];
  C_GetTokenInfo(slot: Handle): { readonly label: string };
  C_OpenSession(slot: Handle, flags: number): Handle;
  C_CloseSession(session: Handle): void;
  C_Login(session: Handle, user: number, pin: string): void;
  C_Logout(session: Handle): void;
  C_FindObjectsInit(session: Handle, template: Attribute[]): void;
  C_FindObjects(session: Handle): Handle | null;
  C_FindObjectsFinal(session: Handle): void;
  C_GetAttributeValue(session: Handle, object: Handle, template: Attribute[]): { readonly value: Buffer }[];
  C_SignInit(session: Handle, mechanism: { readonly mechanism: number }, key: Handle): void;
  C_SignAsync(session: Handle, input: Buffer, output: Buffer): Promise<Buffer>;
}

type Constant =
  | "CKF_SERIAL_SESSION"
  | "CKU_USER"
  | "CKA_CLASS"
  | "CKA_LABEL"
  | "CKA_VALUE"
  | "CKA_KEY_TYPE"
  | "CKO_CERTIFICATE"
  | "CKO_PRIVATE_KEY"
  | "CKK_RSA"
  | "CKK_EC"
  | "CKM_RSA_PKCS"
  | "CKM_ECDSA";

type Pkcs11 = Readonly<Record<Constant, number>> & { readonly PKCS11: new () => Library };

const BINDING: string = "pkcs11js";
const RSA_ROOM = 1_024;
/** DigestInfo of SHA-256 without the hash (RFC 8017, 9.2, note 1). */
const SHA256_INFO = Buffer.from("3031300d060960864801650304020105000420", "hex");

const fail: (what: string, cause?: unknown) => never = (what, cause) => {
  throw new FaultError("keys.unusable", what, { cause });
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const loadBinding = async (): Promise<Pkcs11> => {
  try {
    const loaded = (await import(BINDING)) as Pkcs11 & { readonly default?: Pkcs11 };
    return loaded.default ?? loaded;
  } catch (error) {
    return fail("the optional package pkcs11js is not installed; run npm install pkcs11js", error);
  }
};

/** One token, logged in. */
class Session {
  readonly #pkcs11: Pkcs11;
  readonly #library: Library;
  readonly #session: Handle;

  constructor(pkcs11: Pkcs11, library: Library, { token, pin }: TokenAddress) {
    this.#pkcs11 = pkcs11;
    this.#library = library;
    const slot = library
      .C_GetSlotList(true)
      .find((each) => library.C_GetTokenInfo(each).label.trimEnd() === token);
    if (slot === undefined) fail(`there is no token "${token}"; is it plugged in?`);
    this.#session = library.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION);
    library.C_Login(this.#session, pkcs11.CKU_USER, pin);
  }

  #find(kind: number, label: string): Handle | null {
    const { CKA_CLASS, CKA_LABEL } = this.#pkcs11;
    this.#library.C_FindObjectsInit(this.#session, [
      { type: CKA_CLASS, value: kind },
      { type: CKA_LABEL, value: label },
    ]);
    try {
      return this.#library.C_FindObjects(this.#session);
    } finally {
      this.#library.C_FindObjectsFinal(this.#session);
    }
  }

  #bytes(object: Handle, type: number): Buffer {
    const [attribute] = this.#library.C_GetAttributeValue(this.#session, object, [{ type }]);
    return attribute?.value ?? fail("the token tells nothing of its key");
  }

  certificate(label: string): Uint8Array {
    const found = this.#find(this.#pkcs11.CKO_CERTIFICATE, label);
    if (found === null) return fail(`there is no certificate "${label}" on the token; give its file`);
    return new Uint8Array(this.#bytes(found, this.#pkcs11.CKA_VALUE));
  }

  privateKey(label: string): { readonly handle: Handle; readonly isRsa: boolean } {
    const handle = this.#find(this.#pkcs11.CKO_PRIVATE_KEY, label);
    if (handle === null) return fail(`there is no private key "${label}" on the token`);
    // CK_KEY_TYPE is a CK_ULONG: the low byte tells RSA (0) and EC (3) apart on either byte order.
    const kind = Math.max(...this.#bytes(handle, this.#pkcs11.CKA_KEY_TYPE));
    if (kind !== this.#pkcs11.CKK_RSA && kind !== this.#pkcs11.CKK_EC)
      return fail(`key "${label}" is neither RSA nor EC`);
    return { handle, isRsa: kind === this.#pkcs11.CKK_RSA };
  }

  /** In a thread of its own: a smart card takes a second. */
  sign(key: Handle, mechanism: number, input: Buffer, room: number): Promise<Buffer> {
    this.#library.C_SignInit(this.#session, { mechanism }, key);
    return this.#library.C_SignAsync(this.#session, input, Buffer.alloc(room));
  }

  end(): void {
    this.#library.C_Logout(this.#session);
    this.#library.C_CloseSession(this.#session);
  }
}

const release = (library: Library): void => {
  try {
    library.C_Finalize();
  } catch {
    // It was never initialised, or the token is gone.
  }
  library.close();
};

const keyOf = (pkcs11: Pkcs11, library: Library, address: TokenAddress): TokenKey => {
  const session = new Session(pkcs11, library, address);
  const { handle, isRsa } = session.privateKey(address.label);
  const certificates = address.certificates ?? [session.certificate(address.label)];
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
      return fail(`the token did not sign (${messageOf(error)})`, error);
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
      try {
        session.end();
      } catch {
        // A token that was pulled out has ended the session itself.
      }
      release(library);
    },
  };
};

/** Throws `FaultError` "keys.unusable": no package, no library, no token, a wrong PIN, no such key. */
export const openTokenKey = async (address: TokenAddress): Promise<TokenKey> => {
  const pkcs11 = await loadBinding();
  const library = new pkcs11.PKCS11();
  try {
    library.load(address.module);
    library.C_Initialize();
    return keyOf(pkcs11, library, address);
  } catch (error) {
    release(library);
    if (error instanceof FaultError) throw error;
    return fail(`${address.module}: ${messageOf(error)}`, error);
  }
};
