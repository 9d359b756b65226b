// When did a signature exist at the latest, on the word of a timestamp authority? (RFC 3161, 2.4.2; EN 319 122-1, 5.3)
import { createHash } from "node:crypto";
import * as asn1js from "asn1js";
import * as pkijs from "pkijs";
import { bufferOf, OID } from "../asn1.js";
import { checkCms } from "./cms-check.js";
import { findPath, judgePath, type Parsed, type RevocationList } from "./path.js";
import { HASHES } from "./signature-check.js";

export interface TokenFinding {
  /** Epoch ms; null: the token proves nothing, `reason` says why. */
  readonly atMs: number | null;
  readonly reason: string;
}

export interface TokenTrust {
  readonly roots: readonly Parsed[];
  readonly lists: readonly RevocationList[];
}

export const readTstInfo = (content: Uint8Array): pkijs.TSTInfo =>
  new pkijs.TSTInfo({ schema: asn1js.fromBER(bufferOf(content)).result });

/** Does the token speak of these bytes? */
export const isImprintOf = ({ messageImprint }: pkijs.TSTInfo, bytes: Uint8Array): boolean => {
  const algorithm = HASHES[messageImprint.hashAlgorithm.algorithmId];
  if (algorithm === undefined) return false;
  const hashed = new Uint8Array(messageImprint.hashedMessage.getValue());
  return Buffer.compare(createHash(algorithm).update(bytes).digest(), hashed) === 0;
};

/** `stamped`: the bytes that the token is over. Never throws. */
export const checkToken = (token: Uint8Array, stamped: Uint8Array, trust: TokenTrust): TokenFinding => {
  const no = (reason: string): TokenFinding => ({ atMs: null, reason });
  try {
    const cms = checkCms(token, OID.tstInfo, null);
    if (!cms.holds || cms.parts.content === null) return no("the timestamp's signature does not hold");
    const info = readTstInfo(cms.parts.content);
    if (!isImprintOf(info, stamped)) return no("the timestamp is for something else");
    const path = findPath(cms.signer, cms.others, trust.roots);
    if (path === null) return no("the timestamp's authority is not in the list");
    const atMs = info.genTime.getTime();
    const { standing } = judgePath(path, "timestamps", trust.lists, atMs);
    return standing === "trusted" ? { atMs, reason: "" } : no(`the timestamp's certificate is ${standing}`);
  } catch (error) {
    return no(`the timestamp is damaged (${error instanceof Error ? error.message : "unreadable"})`);
  }
};
