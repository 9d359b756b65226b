// Is every document of a submission what the manifest says, can each be opened, and what stands in it?
//
// Piece by piece from the disk: a submission may have 256 MB, many come at the same time, and large buffers that
// outlive a few turns of the event loop cost more of the processor than hashing and opening together.
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import { type ApplicationContent, parseContent } from "../sync/protocol/content.js";
import type { PortalKeyPair } from "../sync/protocol/keys.js";
import type { Manifest, ManifestDocument } from "../sync/protocol/messages.js";
import { SEAL_HEAD_BYTES, SealOpener } from "../sync/protocol/seal.js";

const PIECE_BYTES = 64 * 1024;
/** About a millisecond's work; then others have their turn. */
const PIECES_A_TURN = 8;

export type Opened =
  | { readonly kind: "opened"; readonly content: ApplicationContent | undefined }
  | { readonly kind: "damaged"; readonly documents: readonly ManifestDocument[] }
  | { readonly kind: "cannotOpen" };

interface Looked {
  readonly isWhole: boolean;
  /** Null: it can not be opened. */
  readonly plain: readonly Uint8Array[] | null;
}

const headOf = (file: number): Buffer => {
  const head = Buffer.alloc(SEAL_HEAD_BYTES);
  return head.subarray(0, readSync(file, head, 0, head.length, 0));
};

/** `keeps`: what is opened is given back. `opener`: null when the head was wrong already. */
const look = async (
  file: number,
  { sha256, length }: ManifestDocument,
  opener: SealOpener | null,
  keeps: boolean,
): Promise<Looked> => {
  const hash = createHash("sha256");
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  const plain: Uint8Array[] = [];
  const head = headOf(file);
  hash.update(head);
  let at = head.length;
  for (let pieces = 1; ; pieces += 1) {
    const got = readSync(file, piece, 0, PIECE_BYTES, at);
    if (got === 0) break;
    at += got;
    hash.update(piece.subarray(0, got));
    const opened = opener?.update(piece.subarray(0, got)) ?? [];
    if (keeps) plain.push(...opened);
    if (pieces % PIECES_A_TURN === 0) await turn();
  }
  const isWhole = at === length && hash.digest("hex") === sha256;
  try {
    opener?.end();
    return { isWhole, plain: opener === null ? null : plain };
  } catch {
    return { isWhole, plain: null };
  }
};

/** Opens each once, so that nothing is taken that an officer could not read. `pathOf`: a file of what has come. */
export const openDocuments = async (
  { kiosk, submission, documents }: Manifest,
  pathOf: (document: ManifestDocument) => string,
  portalKey: PortalKeyPair | undefined,
): Promise<Opened> => {
  const damaged: ManifestDocument[] = [];
  let content: ApplicationContent | undefined;
  let allOpen = true;
  const begin = portalKey === undefined ? null : await SealOpener.with(portalKey);
  const openerFor = async (file: number, index: number): Promise<SealOpener | null> =>
    begin === null ? null : begin(headOf(file), { kiosk, submission, index }).catch(() => null);
  for (const document of documents) {
    const { index } = document;
    const file = openSync(pathOf(document), "r");
    try {
      const { isWhole, plain } = await look(file, document, await openerFor(file, index), index === 0);
      if (!isWhole) damaged.push(document);
      allOpen &&= plain !== null;
      if (index === 0 && isWhole && plain !== null) content = parseContent(Buffer.concat(plain));
    } finally {
      closeSync(file);
    }
  }
  if (damaged.length > 0) return { kind: "damaged", documents: damaged };
  return allOpen ? { kind: "opened", content } : { kind: "cannotOpen" };
};
