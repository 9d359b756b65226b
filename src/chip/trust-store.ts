// Which country-signing certificates and revocation lists has the operator put into the folder?
import { X509Certificate } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TrustStore } from "./certificate-path.js";
import { parseRevocationList } from "./revocation.js";

export interface LoadedTrust extends TrustStore {
  readonly revocationLists: readonly Uint8Array[];
  /** Files that hold neither certificate nor list, with the reason; a technician is told. */
  readonly refused: readonly { readonly file: string; readonly reason: string }[];
}

const CERTIFICATE_NAME = /\.(cer|crt|der|pem)$/i;
const LIST_NAME = /\.crl$/i;
const PEM_LIST = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----/;

const certificateIn = (content: Buffer): Uint8Array => Uint8Array.from(new X509Certificate(content).raw);

const listIn = (content: Buffer): Uint8Array => {
  const armoured = PEM_LIST.exec(content.toString("latin1"));
  const der = armoured === null ? content : Buffer.from(armoured[1] ?? "", "base64");
  parseRevocationList(der);
  return Uint8Array.from(der);
};

/** Reads every .cer, .crt, .der, .pem and .crl file (DER or PEM). A folder that is not there is an empty store. */
export const loadTrustStore = async (folder: string): Promise<LoadedTrust> => {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const certificates: Uint8Array[] = [];
  const revocationLists: Uint8Array[] = [];
  const refused: { file: string; reason: string }[] = [];
  for (const file of [...names].sort()) {
    const isList = LIST_NAME.test(file);
    if (!isList && !CERTIFICATE_NAME.test(file)) continue;
    try {
      const content = await readFile(join(folder, file));
      if (isList) revocationLists.push(listIn(content));
      else certificates.push(certificateIn(content));
    } catch (error) {
      refused.push({ file, reason: error instanceof Error ? error.message : "unreadable" });
    }
  }
  return { certificates, revocationLists, refused };
};
