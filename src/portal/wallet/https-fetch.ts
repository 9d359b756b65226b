// How is a wallet's server spoken to over HTTPS, also where its authority is none that Node knows?
//
// Node's own `fetch` takes no authority for one call alone, and would follow redirects with our token in hand.
import { request } from "node:https";

export interface HttpsOptions {
  /** PEM; empty: the authorities that Node knows. */
  readonly ca?: string;
  /** For the whole exchange. */
  readonly timeoutMs: number;
}

export interface HttpsCall {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Answers are small documents; more is not read. */
const MAX_ANSWER_BYTES = 256 * 1024;

/** Statuses that must not have a body, for `Response`. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

export type HttpsFetch = (url: string, call: HttpsCall) => Promise<Response>;

/** Rejects when there was no whole answer; every status is an answer, redirects too. */
export const makeHttpsFetch = ({ ca, timeoutMs }: HttpsOptions): HttpsFetch => {
  return (url, call) =>
    new Promise((resolve, reject) => {
      if (new URL(url).protocol !== "https:") {
        reject(new Error("only https: is spoken to"));
        return;
      }
      const deadline = AbortSignal.timeout(timeoutMs);
      const signal = call.signal === undefined ? deadline : AbortSignal.any([deadline, call.signal]);
      const body = call.body === undefined ? undefined : Buffer.from(call.body);
      const sent = request(
        url,
        {
          method: call.method,
          headers: {
            ...call.headers,
            ...(body !== undefined && { "content-length": String(body.length) }),
          },
          ...{ minVersion: "TLSv1.2" as const, agent: false, signal },
          ...(ca !== undefined && { ca }),
        },
        (answer) => {
          const chunks: Buffer[] = [];
          let length = 0;
          answer.on("data", (chunk: Buffer) => {
            length += chunk.length;
            if (length > MAX_ANSWER_BYTES) answer.destroy(new Error("the answer is too long"));
            else chunks.push(chunk);
          });
          answer.once("error", reject);
          answer.once("end", () => {
            const status = answer.statusCode ?? 0;
            const headers = Object.entries(answer.headers).flatMap(([name, value]) =>
              value === undefined ? [] : [[name, String(value)] as [string, string]],
            );
            const text = BODILESS.has(status) ? null : Buffer.concat(chunks);
            if (status < 200) reject(new Error(`the server answered ${status}`));
            else resolve(new Response(text, { status, headers }));
          });
        },
      );
      sent.once("error", reject);
      sent.end(body);
    });
};
