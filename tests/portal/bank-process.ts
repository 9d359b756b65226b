// What does a bank's gateway do that keeps to src/portal/fees/contract.yaml? (A process: address and authority are told.)
//
// Written from the contract alone: its own signature, and every answer held to the contract's schemas.
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { createInterface } from "node:readline";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { parse } from "yaml";

export interface Errand {
  /** The notice, or text that is none. */
  readonly body: unknown;
  readonly secret: string;
  /** The gateway's clock, in seconds ahead of the right time. */
  readonly aheadS?: number;
  /** Signs this body instead. */
  readonly signInstead?: unknown;
  readonly unsigned?: boolean;
  /** Without any authorization. */
  readonly bare?: boolean;
  readonly mediaType?: string;
  readonly cookie?: string;
  /** Wrong on purpose: the schema of the notice is not looked at. */
  readonly wrong?: boolean;
}

export interface Report {
  readonly status: number;
  readonly answer: Readonly<Record<string, unknown>>;
  readonly retryAfter: string | null;
  readonly breaches: readonly string[];
}

const CONTRACT = new URL("../../../src/portal/fees/contract.yaml", import.meta.url);
const PATH = "/api/payments/notices";

interface Contract {
  readonly paths: Readonly<
    Record<string, { readonly post: { readonly responses: Readonly<Record<string, { content?: unknown }>> } }>
  >;
}
const contract = parse(readFileSync(CONTRACT, "utf8")) as Contract;
const ajv = formats.default(new Ajv2020({ strict: false, allErrors: true }));
ajv.addSchema({ $id: "contract", ...contract });
const schema = (name: string) => {
  const found = ajv.getSchema(`contract#/components/schemas/${name}`);
  if (found === undefined) throw new Error(`the contract has no ${name}`);
  return found;
};

const textOf = (body: unknown): string => (typeof body === "string" ? body : JSON.stringify(body));

const post = (url: URL, ca: string, headers: Record<string, string>, body: string) =>
  new Promise<{ status: number; retryAfter: string | null; text: string }>((resolve, reject) => {
    const call = request(new URL(PATH, url), { method: "POST", ca, headers, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () =>
        resolve({
          status: answer.statusCode ?? 0,
          retryAfter: answer.headers["retry-after"] ?? null,
          text: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    call.on("error", reject);
    call.end(body);
  });

const authorization = ({ body, signInstead = body, secret, aheadS = 0 }: Errand): string => {
  const seconds = Math.floor(Date.now() / 1000) + aheadS;
  const sig = createHmac("sha256", secret)
    .update(`POST\n${PATH}\n${seconds}\n${textOf(signInstead)}`)
    .digest("hex");
  return `MOTCUA-HMAC-SHA256 ts=${seconds}, sig=${sig}`;
};

const breachesOf = (errand: Errand, status: number, answer: unknown): string[] => {
  const breaches: string[] = [];
  const notice = schema("Notice");
  if (errand.wrong !== true && !notice(errand.body))
    breaches.push(`notice: ${JSON.stringify(notice.errors)}`);
  const described = contract.paths[PATH]?.post.responses[String(status)];
  if (described === undefined) breaches.push(`the contract has no ${status}`);
  const shape = schema(status === 200 ? "Taken" : "Refused");
  if (described?.content !== undefined && !shape(answer))
    breaches.push(`${status}: ${JSON.stringify(answer)} ${JSON.stringify(shape.errors)}`);
  return breaches;
};

const [, , address = "", caFile = ""] = process.argv;
const ca = readFileSync(caFile, "utf8");

for await (const line of createInterface({ input: process.stdin })) {
  const errand = JSON.parse(line) as Errand;
  const headers = {
    "content-type": errand.mediaType ?? "application/json",
    ...(errand.bare !== true && {
      authorization: errand.unsigned === true ? "Basic Og==" : authorization(errand),
    }),
    ...(errand.cookie !== undefined && { cookie: errand.cookie }),
  };
  const { status, retryAfter, text } = await post(new URL(address), ca, headers, textOf(errand.body));
  const answer = JSON.parse(text) as Report["answer"];
  const report: Report = { status, answer, retryAfter, breaches: breachesOf(errand, status, answer) };
  process.stdout.write(`${JSON.stringify(report)}\n`);
}
