// What can be said of an uploaded file? A process that answers once and ends.
//
// `verify-worker PORTAL_DIR BOUNDARY`: the form on stdin, JSON on stdout. Its heap is bounded by whoever starts it.
import { createHash } from "node:crypto";
import { writeSync } from "node:fs";
import { verifyPdf } from "../../documents/verify.js";
import { trustOf } from "../trust.js";
import { parseForm } from "./multipart.js";

const STDOUT = 1;
const [, , portalDir = "", boundary = ""] = process.argv;

const answer = (message: object): void => {
  const bytes = Buffer.from(JSON.stringify(message));
  for (let at = 0; at < bytes.length; ) at += writeSync(STDOUT, bytes, at);
};

const chunks: Buffer[] = [];
for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
const part = parseForm(Buffer.concat(chunks), boundary)?.find(({ name }) => name === "file");
if (part === undefined || part.bytes.length === 0) answer({ problem: "noFile" });
else {
  const sha256 = createHash("sha256").update(part.bytes).digest("hex");
  answer({ sha256, report: await verifyPdf(part.bytes, { trust: await trustOf(portalDir) }) });
}
