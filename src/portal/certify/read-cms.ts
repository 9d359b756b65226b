// What did an officer upload as the signature that was made elsewhere?
import type { Readable } from "node:stream";
import { DeskError } from "../desk-error.js";
import { parseForm } from "../public/multipart.js";

/** Two long chains and a timestamp are some 12 KB. */
const MAX_BYTES = 128 * 1024;
const DER_SEQUENCE = 0x30;
const PEM = /-----BEGIN [A-Z0-9 ]+-----([A-Za-z0-9+/=\s]+)-----END [A-Z0-9 ]+-----/;

const unusable = (): DeskError =>
  new DeskError(400, {
    vi: "Tệp tải lên không phải là chữ ký CMS (DER hoặc base64)",
    en: "What was uploaded is no CMS signature (DER or base64)",
  });

const bodyOf = async (stream: Readable): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BYTES) throw unusable();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

/** DER as it is; base64 with or without PEM's lines around it. */
const derOf = (bytes: Uint8Array): Uint8Array => {
  if (bytes[0] === DER_SEQUENCE) return bytes;
  const text = Buffer.from(bytes).toString("latin1").trim();
  const body = (PEM.exec(text)?.[1] ?? text).replace(/\s/g, "");
  const der = new Uint8Array(Buffer.from(body, "base64"));
  if (!/^[A-Za-z0-9+/]+=*$/.test(body) || der[0] !== DER_SEQUENCE) throw unusable();
  return der;
};

/** DER of the ContentInfo. Throws `DeskError` for anything else. */
export const readCms = async (stream: Readable, boundary: string | undefined): Promise<Uint8Array> => {
  if (boundary === undefined) throw unusable();
  const parts = parseForm(await bodyOf(stream), boundary) ?? [];
  const given = parts.find(({ name, bytes }) => (name === "cms" || name === "text") && bytes.length > 0);
  if (given === undefined) throw unusable();
  return derOf(given.bytes);
};
