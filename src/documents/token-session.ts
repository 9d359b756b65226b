// How is a token reached through its maker's library, and what does every use of one need? (PKCS #11 v2.40)
import { createRequire } from "node:module";
import { FaultError } from "../core/faults.js";

export interface TokenPlace {
  /** The token's library, "/usr/lib/softhsm/libsofthsm2.so". */
  readonly module: string;
  /** The token's label, blanks at the end left out. */
  readonly token: string;
}

export type Handle = Buffer;

interface Attribute {
  readonly type: number;
  readonly value?: number | string | Buffer;
}

/** What is used of the binding; the package is optional, and its types with it. */
export interface Library {
  load(path: string): void;
  close(): void;
  C_Initialize(): void;
  C_Finalize(): void;
  C_GetSlotList(tokenPresent: boolean): Handle[];
  C_GetTokenInfo(slot: Handle): { readonly label: string; readonly flags: number };
  C_OpenSession(slot: Handle, flags: number): Handle;
  C_CloseSession(session: Handle): void;
  C_Login(session: Handle, user: number, pin: string): void;
  C_Logout(session: Handle): void;
  C_FindObjectsInit(session: Handle, template: Attribute[]): void;
  C_FindObjects(session: Handle): Handle | null;
  C_FindObjectsFinal(session: Handle): void;
  C_GetAttributeValue(session: Handle, object: Handle, template: Attribute[]): { readonly value: Buffer }[];
  C_SignInit(session: Handle, mechanism: { readonly mechanism: number }, key: Handle): void;
  C_Sign(session: Handle, input: Buffer, output: Buffer): Buffer;
  C_SignAsync(session: Handle, input: Buffer, output: Buffer): Promise<Buffer>;
}

type Constant =
  | "CKF_SERIAL_SESSION"
  | "CKU_USER"
  | "CKA_CLASS"
  | "CKA_LABEL"
  | "CKA_VALUE"
  | "CKA_KEY_TYPE"
  | "CKA_EC_POINT"
  | "CKO_CERTIFICATE"
  | "CKO_PUBLIC_KEY"
  | "CKO_PRIVATE_KEY"
  | "CKK_RSA"
  | "CKK_EC"
  | "CKM_RSA_PKCS"
  | "CKM_ECDSA";

export type Pkcs11 = Readonly<Record<Constant, number>> & { readonly PKCS11: new () => Library };

export type ObjectKind = "CKO_CERTIFICATE" | "CKO_PUBLIC_KEY" | "CKO_PRIVATE_KEY";

const BINDING: string = "pkcs11js";

export const unusable: (what: string, cause?: unknown) => never = (what, cause) => {
  throw new FaultError("keys.unusable", what, { cause });
};

/** The library's own word for what went wrong, "CKR_PIN_INCORRECT" and the like (v2.40, 11.1). */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Throws "keys.unusable" where the optional package is not installed. */
export const loadBinding = (): Pkcs11 => {
  try {
    return createRequire(import.meta.url)(BINDING) as Pkcs11;
  } catch (error) {
    return unusable("the optional package pkcs11js is not installed; run npm install pkcs11js", error);
  }
};

/** Throws what the library throws; nothing is left loaded then. */
export const openLibrary = (pkcs11: Pkcs11, module: string): Library => {
  const library = new pkcs11.PKCS11();
  try {
    library.load(module);
    library.C_Initialize();
    return library;
  } catch (error) {
    releaseLibrary(library);
    throw error;
  }
};

export const releaseLibrary = (library: Library): void => {
  try {
    library.C_Finalize();
  } catch {
    // It was never initialised, or the token is gone.
  }
  try {
    library.close();
  } catch {
    // It was never loaded.
  }
};

/** Undefined: no token of this name is plugged in. */
export const slotOf = (library: Library, token: string): Handle | undefined =>
  library.C_GetSlotList(true).find((each) => library.C_GetTokenInfo(each).label.trimEnd() === token);

/** One token, nobody logged in yet. */
export class TokenSession {
  readonly #pkcs11: Pkcs11;
  readonly #library: Library;
  readonly #slot: Handle;
  readonly #session: Handle;

  constructor(pkcs11: Pkcs11, library: Library, slot: Handle) {
    this.#pkcs11 = pkcs11;
    this.#library = library;
    this.#slot = slot;
    this.#session = library.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION);
  }

  /** CK_TOKEN_INFO.flags as they are now. */
  get flags(): number {
    return this.#library.C_GetTokenInfo(this.#slot).flags;
  }

  login(pin: string): void {
    this.#library.C_Login(this.#session, this.#pkcs11.CKU_USER, pin);
  }

  find(kind: ObjectKind, label: string): Handle | null {
    const { CKA_CLASS, CKA_LABEL } = this.#pkcs11;
    this.#library.C_FindObjectsInit(this.#session, [
      { type: CKA_CLASS, value: this.#pkcs11[kind] },
      { type: CKA_LABEL, value: label },
    ]);
    try {
      return this.#library.C_FindObjects(this.#session);
    } finally {
      this.#library.C_FindObjectsFinal(this.#session);
    }
  }

  bytes(object: Handle, type: number): Buffer {
    const [attribute] = this.#library.C_GetAttributeValue(this.#session, object, [{ type }]);
    return attribute?.value ?? unusable("the token tells nothing of its key");
  }

  /** CK_KEY_TYPE is a CK_ULONG; all that are known here fit its low byte, on either byte order. */
  keyType(object: Handle): number {
    return Math.max(...this.bytes(object, this.#pkcs11.CKA_KEY_TYPE));
  }

  /** In a thread of its own: a smart card takes a second. `room`: bytes of the longest signature. */
  sign(key: Handle, mechanism: number, input: Buffer, room: number): Promise<Buffer> {
    this.#library.C_SignInit(this.#session, { mechanism }, key);
    return this.#library.C_SignAsync(this.#session, input, Buffer.alloc(room));
  }

  signNow(key: Handle, mechanism: number, input: Buffer, room: number): Buffer {
    this.#library.C_SignInit(this.#session, { mechanism }, key);
    return this.#library.C_Sign(this.#session, input, Buffer.alloc(room));
  }

  /** A token that was pulled out has ended the session itself. */
  end(): void {
    for (const act of [() => this.#library.C_Logout(this.#session), this.#close])
      try {
        act();
      } catch {
        // As said.
      }
  }

  readonly #close = (): void => this.#library.C_CloseSession(this.#session);
}
