// Who signs in the tests of documents, and by whom are they certified? (All made up.)
import { generateKeyPairSync } from "node:crypto";
import {
  createAuthority,
  issueCertificate,
  issueSealCertificate,
  requestSealCertificate,
  type SigningAuthority,
  type Validity,
} from "../../src/documents/certificates.js";
import type { SealingKey } from "../../src/documents/scan.js";
import { fileSealingKey } from "../../src/documents/seal-key.js";
import type { TrustPolicy } from "../../src/documents/verdict.js";

const DAY_MS = 86_400_000;
/** Other programs judge by the machine's clock, whatever that says. */
export const GOOD: Validity = { fromMs: Date.UTC(2001, 0, 1), toMs: Date.UTC(2049, 11, 31) };

const newPem = (): { readonly pem: string; readonly publicKey: Uint8Array } => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    pem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicKey: new Uint8Array(publicKey.export({ type: "spki", format: "der" })),
  };
};

/** A signer whom `authority` certified. */
export const signer = async (
  authority: SigningAuthority,
  commonName: string,
  validity: Validity = GOOD,
): Promise<SealingKey> => {
  const { pem, publicKey } = newPem();
  const subject = { commonName, organisation: "Ủy ban nhân dân phường Đông (bịa)" };
  const leaf = await issueCertificate(authority, { subject, publicKey, validity });
  return fileSealingKey(pem, [leaf, authority.certificate]);
};

export interface House {
  readonly kiosks: SigningAuthority;
  readonly people: SigningAuthority;
  readonly agencies: SigningAuthority;
  readonly seal: SealingKey;
  readonly officer: SealingKey;
  readonly agency: SealingKey;
  readonly trust: TrustPolicy;
}

export const makeHouse = async (): Promise<House> => {
  const [kiosks, people, agencies] = await Promise.all(
    ["Kiosk authority (made up)", "Officers' authority (made up)", "Agencies' authority (made up)"].map(
      (commonName) => createAuthority({ commonName }, GOOD),
    ),
  );
  if (kiosks === undefined || people === undefined || agencies === undefined)
    throw new Error("no authorities");
  const { pem } = newPem();
  const request = await requestSealCertificate(pem, "KIOSK-01");
  const chain = await issueSealCertificate(kiosks, request, {
    kiosk: "KIOSK-01",
    atMs: GOOD.fromMs + DAY_MS,
    days: (GOOD.toMs - GOOD.fromMs) / DAY_MS - 2,
  });
  return {
    kiosks,
    people,
    agencies,
    seal: fileSealingKey(pem, chain),
    officer: await signer(people, "Trần Văn Bình (bịa)"),
    agency: await signer(agencies, "UBND phường Đông (bịa)"),
    trust: {
      officers: [people.certificate],
      agencies: [agencies.certificate],
      devices: [kiosks.certificate],
      timestamps: [],
      revocationLists: [],
    },
  };
};
