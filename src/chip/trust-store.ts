// Which country-signing certificates has the operator put into the folder?
import { X509Certificate } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TrustStore } from "./passive-authentication.js";

export interface LoadedTrust extends TrustStore {
  /** Files that hold no certificate, with the reason; a technician is told. */
  readonly refused: readonly { readonly file: string; readonly reason: string }[];
}

const CERTIFICATE_NAME = /\.(cer|crt|der|pem)$/i;

/** Reads every .cer, .crt, .der and .pem file (DER or PEM). A folder that is not there is an empty store. */
export const loadTrustStore = async (folder: string): Promise<LoadedTrust> => {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const certificates: Uint8Array[] = [];
  const refused: { file: string; reason: string }[] = [];
  for (const file of names.filter((name) => CERTIFICATE_NAME.test(name)).sort()) {
    try {
      certificates.push(new X509Certificate(await readFile(join(folder, file))).raw);
    } catch (error) {
      refused.push({ file, reason: error instanceof Error ? error.message : "unreadable" });
    }
  }
  return { certificates, refused };
};
