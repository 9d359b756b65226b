// Whose certificates has the operator put where, and for which kind of signature?
import { X509Certificate } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { certificatesInPem } from "./seal-key.js";
import type { TrustPolicy } from "./verdict.js";
import { parseLists } from "./verify/path.js";

export interface TrustFolders {
  /**
   * Its `officers`, `agencies` and `timestamps` hold certificates for each; what lies in the folder itself may be
   * either an officer's or an agency's. Null: nobody is competent.
   */
  readonly competent: string | null;
  /** Certificates of kiosks' authorities; null: kiosks are not judged. */
  readonly devices: string | null;
}

export interface LoadedPolicy {
  readonly trust: TrustPolicy;
  /** Files that hold neither certificate nor list, with the reason; the operator is told. */
  readonly refused: readonly { readonly file: string; readonly reason: string }[];
}

const CERTIFICATE_NAME = /\.(cer|crt|der|pem)$/i;
const LIST_NAME = /\.crl$/i;

const derOfList = (content: Buffer): Uint8Array => {
  const armoured = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----/.exec(
    content.toString("latin1"),
  );
  return new Uint8Array(armoured === null ? content : Buffer.from(armoured[1] ?? "", "base64"));
};

const certificatesIn = (content: Buffer): readonly Uint8Array[] => {
  const armoured = certificatesInPem(content.toString("latin1"));
  return armoured.length > 0 ? armoured : [new Uint8Array(new X509Certificate(content).raw)];
};

class Loading {
  readonly lists: Uint8Array[] = [];
  readonly refused: { file: string; reason: string }[] = [];

  /** Every certificate of a folder (not of those in it), DER or PEM; lists are kept apart. */
  folder(path: string): readonly Uint8Array[] {
    if (!existsSync(path)) return [];
    const names = readdirSync(path, { withFileTypes: true }).filter((entry) => !entry.isDirectory());
    return names
      .map(({ name }) => name)
      .sort()
      .flatMap((name) => this.#file(join(path, name)));
  }

  #file(file: string): readonly Uint8Array[] {
    const isList = LIST_NAME.test(file);
    if (!isList && !CERTIFICATE_NAME.test(file)) return [];
    try {
      const content = readFileSync(file);
      if (!isList) return certificatesIn(content);
      const list = derOfList(content);
      if (parseLists([list]).length === 0) throw new TypeError("it is no revocation list");
      this.lists.push(list);
    } catch (error) {
      this.refused.push({ file, reason: error instanceof Error ? error.message : "unreadable" });
    }
    return [];
  }
}

/** Reads every .cer, .crt, .der, .pem and .crl file. A folder that is not there is an empty one. */
export const loadTrustFolders = ({ competent, devices }: TrustFolders): LoadedPolicy => {
  const loading = new Loading();
  const inside = (name: string): readonly Uint8Array[] =>
    competent === null ? [] : loading.folder(join(competent, name));
  const either = inside(".");
  const trust = {
    officers: [...either, ...inside("officers")],
    agencies: [...either, ...inside("agencies")],
    timestamps: inside("timestamps"),
    devices: devices === null ? null : loading.folder(devices),
    revocationLists: loading.lists,
  };
  return { trust, refused: loading.refused };
};
