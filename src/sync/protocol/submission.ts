// How does an application become something that the kiosk can keep and can not read?
import { createHash } from "node:crypto";
import type { WallTime } from "../../core/clock.js";
import type { Pii } from "../../core/pii.js";
import type { SealedSubmission } from "../../store/store.js";
import type { ApplicationContent } from "./content.js";
import type { DeviceKey, PortalPublicKey } from "./keys.js";
import { signManifest } from "./manifest.js";
import { type ManifestDocument, PROTOCOL_VERSION } from "./messages.js";
import { seal } from "./seal.js";

export interface Page {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

export interface SealRequest {
  readonly kiosk: string;
  readonly submissionId: string;
  /** From `outbox.reserveSequence()`. */
  readonly sequence: number;
  readonly slipNumber: string;
  readonly lookupHash: string;
  readonly content: Pii<ApplicationContent>;
  /** Documents 1 … in order; `content.papers[].documents` names them. */
  readonly pages: readonly Pii<Page>[];
  readonly wall: WallTime;
}

export interface SealKeys {
  readonly device: DeviceKey;
  readonly portal: PortalPublicKey;
}

const CONTENT_TYPE = "application/json";

export const sealSubmission = async (request: SealRequest, keys: SealKeys): Promise<SealedSubmission> => {
  const { kiosk, submissionId, sequence, slipNumber, lookupHash, wall } = request;
  const content = request.content.reveal();
  const plain: readonly Page[] = [
    { mediaType: CONTENT_TYPE, bytes: Buffer.from(JSON.stringify(content)) },
    ...request.pages.map((page) => page.reveal()),
  ];
  const documents = await Promise.all(
    plain.map(async (page, index) => {
      const bytes = await seal(page.bytes, keys.portal, { kiosk, submission: submissionId, index });
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      return { index, sha256, bytes, mediaType: page.mediaType };
    }),
  );
  const listed: readonly ManifestDocument[] = documents.map(({ index, sha256, bytes, mediaType }) => ({
    index,
    sha256,
    length: bytes.length,
    mediaType,
  }));
  const manifest = signManifest(
    {
      v: PROTOCOL_VERSION,
      kiosk,
      submission: submissionId,
      sequence,
      procedure: content.procedure.code,
      slipNumber,
      lookupHash,
      portalKeyId: keys.portal.id,
      documents: listed,
      wallMs: Math.round(wall.epochMs),
      wallTrust: wall.trust,
    },
    keys.device,
  );
  return {
    submissionId,
    sequence,
    procedureCode: content.procedure.code,
    manifest,
    documents: documents.map(({ index, sha256, bytes }) => ({ index, sha256, bytes })),
    lookupHash,
    slipNumber,
  };
};
