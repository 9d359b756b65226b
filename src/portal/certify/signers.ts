// With which keys do the officer and the agency sign here, and how is a key opened for one signature?
//
// A token's PIN comes with the one request that signs, goes to the token and nowhere else; the session on the token
// ends with the signature. A key file is for a portal whose machine is locked away, or for trying things out.
import { readFileSync, statSync } from "node:fs";
import { type Bilingual, FaultError } from "../../core/faults.js";
import type { SealingKey } from "../../documents/scan.js";
import { certificatesInPem, fileSealingKey } from "../../documents/seal-key.js";
import { openTokenKey } from "../../documents/token-key.js";
import { DeskError } from "../desk-error.js";
import type { Signer } from "./certification-rows.js";

export type SignerOptions =
  | {
      readonly kind: "file";
      /** PEM, PKCS#8, mode 0600. */
      readonly keyFile: string;
      /** PEM: the signer's own first, then its issuers. */
      readonly certificatesFile: string;
    }
  | {
      readonly kind: "token";
      /** The PKCS#11 module of the token's maker. */
      readonly module: string;
      /** Label of the token. */
      readonly token: string;
      /** Of the key and, without `certificatesFile`, of its certificate on the token. */
      readonly keyLabel: string;
      readonly certificatesFile?: string;
    }
  /** No key at the portal: the digest goes out, the CMS comes in. */
  | { readonly kind: "deferred" };

export interface SigningOptions {
  /** "cơ quan chứng thực", proposed to the officer. */
  readonly authority: string;
  readonly officer: SignerOptions;
  readonly agency: SignerOptions;
  readonly deferredMinutes: number;
  /** RFC 3161; absent: signatures are B-B. */
  readonly timestampUrl?: string;
}

export type SignerWay = SignerOptions["kind"];

const OTHERS = 0o077;

/** What PKCS #11 says of a PIN (v2.40, 5.1), for the person who typed it. */
const PIN_REFUSALS: readonly (readonly [word: string, sentence: Bilingual])[] = [
  ["CKR_PIN_LOCKED", { vi: "Mã PIN của thiết bị ký đã bị khóa", en: "The token's PIN is locked" }],
  [
    "CKR_PIN",
    {
      vi: "Mã PIN không đúng; thiết bị ký sẽ khóa sau vài lần sai",
      en: "The PIN is wrong; the token locks after a few wrong ones",
    },
  ],
];

const chainOf = (file: string): readonly Uint8Array[] => {
  const chain = certificatesInPem(readFileSync(file, "utf8"));
  if (chain.length === 0) throw new FaultError("keys.unusable", `${file}: holds no certificate`);
  return chain;
};

const fileKey = (keyFile: string, certificatesFile: string): SealingKey => {
  if ((statSync(keyFile).mode & OTHERS) !== 0)
    throw new FaultError("keys.unusable", `${keyFile}: others can read it; run chmod 600 on it`);
  return fileSealingKey(readFileSync(keyFile, "utf8"), chainOf(certificatesFile));
};

export interface SignersParts {
  readonly options: Readonly<Record<Signer, SignerOptions>> | null;
  /** Where nothing is set up: keys for trying out. */
  readonly reference: (signer: Signer) => Promise<SealingKey>;
}

export class Signers {
  readonly #parts: SignersParts;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: SignersParts) {
    this.#parts = parts;
  }

  get ways(): Readonly<Record<Signer, SignerWay>> {
    const { options } = this.#parts;
    return { officer: options?.officer.kind ?? "file", agency: options?.agency.kind ?? "file" };
  }

  /**
   * Gives `act` a way to open the key, and closes what it opened; one after the other, since a token's library is
   * one for the process. Throws "keys.unusable", or `DeskError`.
   */
  withKey<T>(
    signer: Signer,
    pin: string,
    act: (openKey: () => Promise<SealingKey>) => Promise<T>,
  ): Promise<T> {
    const turn = this.#last.then(() => this.#withKey(signer, pin, act));
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #withKey<T>(
    signer: Signer,
    pin: string,
    act: (openKey: () => Promise<SealingKey>) => Promise<T>,
  ): Promise<T> {
    let close: () => void = () => {};
    try {
      return await act(async () => {
        const opened = await this.#open(signer, pin);
        close = opened.close;
        return opened.key;
      });
    } finally {
      close();
    }
  }

  async #openToken(
    { module, token, keyLabel, certificatesFile }: Extract<SignerOptions, { kind: "token" }>,
    pin: string,
  ): Promise<{ readonly key: SealingKey; readonly close: () => void }> {
    const certificates = certificatesFile === undefined ? {} : { certificates: chainOf(certificatesFile) };
    try {
      const key = await openTokenKey({ module, token, label: keyLabel, pin, ...certificates });
      return { key, close: () => key.close() };
    } catch (thrown) {
      const said = thrown instanceof FaultError ? thrown.detail : "";
      const [, refusal] = PIN_REFUSALS.find(([word]) => said.includes(word)) ?? [];
      throw refusal === undefined ? thrown : new DeskError(403, refusal);
    }
  }

  async #open(
    signer: Signer,
    pin: string,
  ): Promise<{ readonly key: SealingKey; readonly close: () => void }> {
    const options = this.#parts.options?.[signer];
    if (options === undefined) return { key: await this.#parts.reference(signer), close: () => {} };
    switch (options.kind) {
      case "file":
        return { key: fileKey(options.keyFile, options.certificatesFile), close: () => {} };
      case "token":
        return this.#openToken(options, pin);
      case "deferred":
        throw new DeskError(409, {
          vi: "Chữ ký này được làm ở máy khác: hãy lấy mã băm",
          en: "This signature is made elsewhere: take the digest",
        });
    }
  }
}
