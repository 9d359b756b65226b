// How is a timestamp asked of an authority, and what if it does not answer? (RFC 3161 over HTTP, 3.4)
import { randomBytes } from "node:crypto";
import * as asn1js from "asn1js";
import * as pkijs from "pkijs";
import { FaultError } from "../core/faults.js";
import { bufferOf, derOf, OID } from "./asn1.js";
import { readCms } from "./cms-parts.js";
import type { Timestamper } from "./signing.js";
import { readTstInfo } from "./verify/token-check.js";

export interface TimestampServer {
  readonly url: string;
  readonly timeoutMs: number;
}

/** A token with a long chain has some 8 KB. */
const MAX_ANSWER = 100_000;

const fail: (url: string, what: string, cause?: unknown) => never = (url, what, cause) => {
  throw new FaultError("timestamp.unavailable", `${url}: ${what}`, { cause });
};

const requestFor = (sha256: Uint8Array, nonce: asn1js.Integer): Uint8Array =>
  derOf(
    new pkijs.TimeStampReq({
      version: 1,
      messageImprint: new pkijs.MessageImprint({
        hashAlgorithm: new pkijs.AlgorithmIdentifier({
          algorithmId: OID.sha256,
          algorithmParams: new asn1js.Null(),
        }),
        hashedMessage: new asn1js.OctetString({ valueHex: bufferOf(sha256) }),
      }),
      nonce,
      certReq: true,
    }),
  );

const bodyOf = async (response: Response): Promise<Uint8Array> => {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    length += piece.length;
    if (length > MAX_ANSWER) throw new RangeError("its answer is too long");
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
};

const ask = async ({ url, timeoutMs }: TimestampServer, request: Uint8Array): Promise<Uint8Array> => {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/timestamp-query" },
      body: Buffer.from(request),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) return fail(url, `it answers HTTP ${response.status}`);
    return await bodyOf(response);
  } catch (error) {
    if (error instanceof FaultError) throw error;
    const { name, message, cause } = error as Error;
    if (name === "TimeoutError") return fail(url, `no answer within ${timeoutMs} ms`, error);
    return fail(url, cause instanceof Error ? cause.message : message, error);
  }
};

const sameBytes = (a: ArrayBuffer | Uint8Array, b: ArrayBuffer | Uint8Array): boolean =>
  Buffer.compare(new Uint8Array(a), new Uint8Array(b)) === 0;

/** PKIStatus: 0 granted, 1 granted with modifications (RFC 3161, 2.4.2). */
const tokenIn = (url: string, answer: Uint8Array): Uint8Array => {
  let response: pkijs.TimeStampResp;
  try {
    response = new pkijs.TimeStampResp({ schema: asn1js.fromBER(bufferOf(answer)).result });
  } catch (error) {
    return fail(url, "its answer is no timestamp", error);
  }
  const { status } = response.status;
  if (status > 1) return fail(url, `it refuses (status ${status})`);
  return response.timeStampToken === undefined
    ? fail(url, "there is no token in its answer")
    : derOf(response.timeStampToken);
};

const checkAnswer = (url: string, token: Uint8Array, sha256: Uint8Array, nonce: asn1js.Integer): void => {
  let info: pkijs.TSTInfo;
  try {
    info = readTstInfo(readCms(token).content ?? new Uint8Array(0));
  } catch (error) {
    fail(url, "its token is damaged", error);
  }
  if (!sameBytes(info.messageImprint.hashedMessage.getValue(), sha256))
    fail(url, "its token is for something else");
  if (info.nonce === undefined || !sameBytes(info.nonce.toBER(), nonce.toBER()))
    fail(url, "its token answers another request");
};

/** Whether the authority is one to believe is judged by who verifies. */
export const httpTimestamper =
  (server: TimestampServer): Timestamper =>
  async (sha256) => {
    const bytes = randomBytes(8);
    bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
    const nonce = new asn1js.Integer({ valueHex: bufferOf(bytes) });
    const token = tokenIn(server.url, await ask(server, requestFor(sha256, nonce)));
    checkAnswer(server.url, token, sha256, nonce);
    return token;
  };
