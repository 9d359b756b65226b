// Which submissions does a kiosk put in whose manifests are really signed, and who can read them?

import type { ReadManifest } from "../../src/store/record.js";
import type { SealedSubmission } from "../../src/store/store.js";
import type { DeviceKey } from "../../src/sync/protocol/keys.js";
import { signManifest, verifyManifest } from "../../src/sync/protocol/manifest.js";
import { randomSubmission } from "./fixtures.js";

const KIOSK = "T01";

export const signedSubmission = (
  device: DeviceKey,
  sequence: number,
  sizes: readonly number[],
): SealedSubmission => {
  const plain = randomSubmission(sequence, sizes);
  const { submissionId, slipNumber, lookupHash, procedureCode } = plain;
  const manifest = signManifest(
    {
      ...{ v: 1, kiosk: KIOSK, submission: submissionId, sequence, procedure: procedureCode },
      ...{ slipNumber, lookupHash, portalKeyId: "k1", wallMs: 1_700_000_000_000, wallTrust: "trusted" },
      documents: plain.documents.map(({ index, sha256, bytes }) => ({
        ...{ index, sha256, length: bytes.length, mediaType: "application/octet-stream" },
      })),
    },
    device,
  );
  return { ...plain, manifest };
};

export const readerOf =
  (device: DeviceKey): ReadManifest =>
  (signed) => {
    const manifest = verifyManifest(signed, device.publicKeyPem);
    return manifest && { ...manifest, submissionId: manifest.submission };
  };
