// Does a call of another office's machine come from whom it says, and now?
//
// For connectors whose other end calls the portal, or is called by it, with a shared secret. The caller signs method,
// path, time and body with HMAC-SHA256 (RFC 2104, FIPS 180-4); `Authorization` carries time and signature, so that no
// page of a browser can send such a call. Who repeats an old call is refused by its time; within the time it takes to
// be refused, the receiver acts once by what stands in the body.
import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { FaultError } from "../../core/faults.js";

const SCHEME = "MOTCUA-HMAC-SHA256";
const HEADER = /^MOTCUA-HMAC-SHA256 ts=(\d{1,12}), sig=([0-9a-f]{64})$/;
/** Clocks of two offices differ, and a proxy may hold a call for a moment. */
export const SIGNED_WITHIN_S = 300;
const SHORTEST_SECRET = 32;
/** The old one is accepted beside the new one, until the other end has changed over. */
const MOST_SECRETS = 2;
const OTHERS = 0o077;

export interface SignedCall {
  readonly method: string;
  /** Without the query, which such calls do not have. */
  readonly path: string;
  /** As it is on the wire. */
  readonly body: Uint8Array;
}

export const CALL_PROBLEMS = ["noSignature", "badSignature", "staleTimestamp"] as const;
export type CallProblem = (typeof CALL_PROBLEMS)[number];

const signature = ({ method, path, body }: SignedCall, seconds: string, secret: string): Buffer =>
  createHmac("sha256", secret).update(`${method}\n${path}\n${seconds}\n`).update(body).digest();

/** The value of `Authorization`. `nowS`: seconds since 1970. */
export const signCall = (call: SignedCall, secret: string, nowS: number): string => {
  const seconds = String(Math.floor(nowS));
  return `${SCHEME} ts=${seconds}, sig=${signature(call, seconds, secret).toString("hex")}`;
};

/** Null: it is signed with one of the secrets, within `SIGNED_WITHIN_S` of now. */
export const callProblem = (
  call: SignedCall,
  header: string | undefined,
  secrets: readonly string[],
  nowS: number,
): CallProblem | null => {
  const [, seconds, given] = HEADER.exec(header ?? "") ?? [];
  if (seconds === undefined || given === undefined) return "noSignature";
  const told = Buffer.from(given, "hex");
  // Every secret is tried whatever came of the one before: the time it takes tells nothing.
  const holds = secrets.filter((secret) => timingSafeEqual(signature(call, seconds, secret), told));
  if (holds.length === 0) return "badSignature";
  return Math.abs(nowS - Number(seconds)) > SIGNED_WITHIN_S ? "staleTimestamp" : null;
};

/** One secret a line, the newest first. Read anew for each call, so that it can be changed. Throws "keys.unusable". */
export const loadSecrets = (file: string): readonly string[] => {
  const unusable = (why: string) => new FaultError("keys.unusable", `${file}: ${why}`);
  let text: string;
  try {
    if ((statSync(file).mode & OTHERS) !== 0) throw unusable("others can read it; run chmod 600 on it");
    text = readFileSync(file, "utf8");
  } catch (thrown) {
    if (thrown instanceof FaultError) throw thrown;
    throw unusable(`can not be read (${String((thrown as { code?: unknown }).code)})`);
  }
  const secrets = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (secrets.length === 0 || secrets.length > MOST_SECRETS)
    throw unusable(
      `holds ${secrets.length} secrets; one a line, the new one and perhaps the old one, please`,
    );
  if (secrets.some((secret) => secret.length < SHORTEST_SECRET))
    throw unusable(`a secret has fewer than ${SHORTEST_SECRET} signs`);
  return secrets;
};
