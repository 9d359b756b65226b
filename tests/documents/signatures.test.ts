// Do others accept the signatures: pdfsig, openssl; and does signing work from afar, from a token, with a timestamp?
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { PDFDocument } from "pdf-lib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FaultError } from "../../src/core/faults.js";
import {
  issueCertificate,
  issueSealCertificate,
  requestSealCertificate,
} from "../../src/documents/certificates.js";
import { buildCms } from "../../src/documents/cms.js";
import type { SealingKey } from "../../src/documents/scan.js";
import { makeScanPdf } from "../../src/documents/scan-pdf.js";
import { openSealKey, pemOf } from "../../src/documents/seal-key.js";
import { finishSignature, prepareSignature } from "../../src/documents/sign.js";
import type { SignatureOrder } from "../../src/documents/signing.js";
import { httpTimestamper } from "../../src/documents/timestamp.js";
import { openTokenKey } from "../../src/documents/token-key.js";
import { verifyPdf } from "../../src/documents/verify.js";
import { makeFolder, put, removeFolder, run, tryRun } from "./folder.js";
import { GOOD, makeHouse } from "./keys.js";
import { makeTrustDatabase, softToken } from "./nss.js";
import { SCANNED_AT_MS, sampleScan } from "./scans.js";
import { STATEMENT } from "./statements.js";

const folder = makeFolder();
test.after(() => removeFolder(folder));

const house = await makeHouse();
const sealed = await makeScanPdf(await sampleScan(1), house.seal);
const OFFICER: SignatureOrder = {
  fieldName: "Officer",
  signer: "Trần Văn Bình",
  reason: "Chứng thực bản sao",
  signedAtMs: SCANNED_AT_MS + 60_000,
  statement: STATEMENT,
};
const AGENCY: SignatureOrder = {
  fieldName: "Agency",
  signer: "UBND phường Đông",
  reason: "Cơ quan",
  signedAtMs: SCANNED_AT_MS + 70_000,
};

const sign = async (pdf: Uint8Array, order: SignatureOrder, key: SealingKey): Promise<Uint8Array> => {
  const prepared = prepareSignature(pdf, order);
  return prepared.finish((await buildCms(prepared.digest, key)).cms);
};

const refusal = async (work: () => unknown): Promise<FaultError> => {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof FaultError, String(error));
    return error;
  }
  throw new Error("nothing was refused");
};

/** openssl over the CMS in a field's place and over the bytes that its range names, as a stranger would do it. */
const opensslSays = (pdf: Uint8Array, index: number, roots: string): { code: number; output: string } => {
  const text = Buffer.from(pdf).toString("latin1");
  const found = [...text.matchAll(/\/ByteRange \[0 (\d+) +(\d+) +(\d+) *\]/g)][index];
  const [first = 0, second = 0, length = 0] = (found?.slice(1) ?? []).map(Number);
  const cms = put(folder, "one.cms", Buffer.from(text.slice(first + 1, second - 1), "hex"));
  const data = put(
    folder,
    "one.data",
    Buffer.concat([pdf.subarray(0, first), pdf.subarray(second, second + length)]),
  );
  const trust = ["-CAfile", roots, "-purpose", "any", "-out", "/dev/null"];
  return tryRun(
    "openssl",
    "cms",
    "-verify",
    "-cades",
    "-binary",
    "-inform",
    "DER",
    "-in",
    cms,
    "-content",
    data,
    ...trust,
  );
};

const roots = put(
  folder,
  "roots.pem",
  pemOf([house.kiosks, house.people, house.agencies].map((each) => each.certificate)),
);
const whole = await sign(await sign(sealed, OFFICER, house.officer), AGENCY, house.agency);

test("openssl accepts each of the three signatures as CAdES, and none that was changed", () => {
  for (const index of [0, 1, 2])
    assert.match(opensslSays(whole, index, roots).output, /CAdES Verification successful/);
  const changed = Uint8Array.from(whole);
  changed[5_000] = (changed[5_000] ?? 0) ^ 1;
  assert.is.not(opensslSays(changed, 2, roots).code, 0);
});

test("pdfsig finds three valid signatures; with the authorities in its database it trusts them", () => {
  const file = put(folder, "whole.pdf", whole);
  const plain = run("pdfsig", "-nocert", file);
  assert.is(plain.match(/Signature is Valid/g)?.length, 3, plain);
  assert.is(plain.match(/Total document signed/g)?.length, 1);
  assert.is(plain.match(/ETSI\.CAdES\.detached/g)?.length, 3);
  const module = softToken();
  if (module === undefined) return;
  const database = join(folder, "nss");
  mkdirSync(database);
  makeTrustDatabase(
    database,
    module,
    [house.kiosks, house.people].map(({ certificate }) => certificate),
  );
  const known = run("pdfsig", "-nssdir", database, file);
  assert.is(known.match(/Certificate is Trusted/g)?.length, 2, known);
  assert.is(known.match(/Certificate issuer is unknown/g)?.length, 1, known);
});

test("pdfsig sees one changed byte", () => {
  const changed = Uint8Array.from(whole);
  changed[5_000] = (changed[5_000] ?? 0) ^ 1;
  assert.not.match(run("pdfsig", "-nocert", put(folder, "changed.pdf", changed)), /Signature is Valid/);
});

test("the bytes before a signature stay as they were", () => {
  assert.is(Buffer.compare(Buffer.from(whole.subarray(0, sealed.length)), Buffer.from(sealed)), 0);
});

test("the digest goes out, the CMS comes back: made by another program, days later", async () => {
  const prepared = prepareSignature(sealed, OFFICER);
  const kept = JSON.parse(JSON.stringify({ byteRange: prepared.byteRange })) as {
    byteRange: [0, number, number, number];
  };
  const { cms } = await buildCms(prepared.digest, house.officer);
  const signed = finishSignature(prepared.pdf, kept, cms);
  assert.is((await verifyPdf(signed, { trust: house.trust })).verdict, "certified");
  const other = await buildCms(
    Uint8Array.from(prepared.digest, (byte) => byte ^ 1),
    house.officer,
  );
  assert.match((await refusal(() => prepared.finish(other.cms))).detail, /another digest/);
  assert.match((await refusal(() => prepared.finish(new Uint8Array(20)))).detail, /no CMS/);
});

test("what can not be signed is refused in a sentence", async () => {
  const signedTwice = await refusal(() => prepareSignature(whole, AGENCY));
  assert.match(signedTwice.detail, /already/);
  assert.match(
    (await refusal(() => prepareSignature(whole, { ...OFFICER, fieldName: "Second" }))).detail,
    /notice/,
  );
  assert.match((await refusal(() => prepareSignature(new Uint8Array(9), AGENCY))).detail, /%PDF-/);
  const date = { ...STATEMENT, date: "22.11.2026" };
  assert.match(
    (await refusal(() => prepareSignature(sealed, { ...OFFICER, statement: date }))).detail,
    /date/,
  );
  assert.match(
    (await refusal(() => prepareSignature(sealed, { ...OFFICER, fieldName: "a b" }))).detail,
    /field/,
  );
});

test("a file that others wrote, with compressed objects, is signed too", async () => {
  const document = await PDFDocument.create();
  document.addPage([300, 300]).drawText("Hello");
  const packed = await document.save({ useObjectStreams: true });
  const signed = await sign(packed, AGENCY, house.agency);
  const file = put(folder, "packed.pdf", signed);
  assert.is(tryRun("qpdf", "--check", file).code, 0, tryRun("qpdf", "--check", file).output);
  assert.match(run("pdfsig", "-nocert", file), /Total document signed\n.*Signature is Valid/);
  const report = await verifyPdf(signed, { trust: house.trust });
  assert.is(report.signatures[0]?.integrity, "intact");
  assert.is.not(report.verdict, "certified");
});

test("the kiosk's key is made once, kept from others, and certified by request", async () => {
  const home = join(folder, "seal");
  const store = openSealKey(home);
  assert.is(store.key(), null);
  assert.is(statSync(join(home, "seal.key.pem")).mode & 0o777, 0o600);
  const request = await store.request("KIOSK-07");
  assert.match(
    run(
      "openssl",
      "req",
      "-inform",
      "DER",
      "-in",
      put(folder, "csr.der", request),
      "-noout",
      "-verify",
      "-subject",
    ),
    /KIOSK-07/,
  );
  const chain = await issueSealCertificate(house.kiosks, request, { kiosk: "KIOSK-07", atMs: Date.now() });
  assert.match(
    (await refusal(() => issueSealCertificate(house.kiosks, request, { kiosk: "KIOSK-08", atMs: 0 }))).detail,
    /KIOSK-07/,
  );
  store.install(chain);
  const again = openSealKey(home);
  assert.is(again.publicKeyPem, store.publicKeyPem);
  const key = again.key();
  assert.ok(key !== null);
  const leaf = put(folder, "leaf.pem", pemOf([chain[0]]));
  assert.match(run("openssl", "verify", "-x509_strict", "-CAfile", roots, leaf), /OK/);
  assert.is(
    (await verifyPdf(await makeScanPdf(await sampleScan(1), key), { trust: house.trust })).verdict,
    "sealedScan",
  );
  assert.match(
    (await refusal(() => openSealKey(join(folder, "other")).install(chain))).detail,
    /another key/,
  );
  chmodSync(join(home, "seal.key.pem"), 0o644);
  assert.match((await refusal(() => openSealKey(home))).detail, /chmod 600/);
});

test("a request that another key signed is refused", async () => {
  const { privateKeyPem } = house.people;
  const request = Uint8Array.from(await requestSealCertificate(privateKeyPem, "KIOSK-01"));
  request[request.length - 3] = (request.at(-3) ?? 0) ^ 1;
  const { code } = await refusal(() =>
    issueSealCertificate(house.kiosks, request, { kiosk: "KIOSK-01", atMs: 0 }),
  );
  assert.is(code, "keys.unusable");
});

const SOFTHSM = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so"].find(existsSync);

const prepareToken = (module: string): void => {
  const tokens = join(folder, "tokens");
  mkdirSync(tokens);
  process.env["SOFTHSM2_CONF"] = put(
    folder,
    "softhsm2.conf",
    `directories.tokendir = ${tokens}\nlog.level = ERROR\n`,
  );
  run("softhsm2-util", "--init-token", "--free", "--label", "desk", "--so-pin", "1234", "--pin", "4321");
  const tool = (...args: readonly string[]): string =>
    run("pkcs11-tool", "--module", module, "--token-label", "desk", "--login", "--pin", "4321", ...args);
  for (const [label, kind] of [
    ["ec", "EC:prime256v1"],
    ["rsa", "RSA:2048"],
  ] as const)
    tool("--keypairgen", "--key-type", kind, "--label", label, "--id", label === "ec" ? "01" : "02");
};

const certifyToken = async (module: string, label: string): Promise<void> => {
  const args = ["--module", module, "--token-label", "desk", "--login", "--pin", "4321", "--label", label];
  const spki = join(folder, `${label}.spki`);
  run("pkcs11-tool", ...args, "--read-object", "--type", "pubkey", "-o", spki);
  const publicKey = new Uint8Array(readFileSync(spki));
  const subject = { commonName: `Officer with ${label} (made up)` };
  const leaf = await issueCertificate(house.people, { subject, publicKey, validity: GOOD });
  run("pkcs11-tool", ...args, "--write-object", put(folder, `${label}.der`, leaf), "--type", "cert");
};

test("an officer signs with a token, elliptic or RSA; the key stays on it", async () => {
  if (SOFTHSM === undefined) return;
  prepareToken(SOFTHSM);
  const address = { module: SOFTHSM, token: "desk", pin: "4321" };
  for (const label of ["ec", "rsa"]) {
    await certifyToken(SOFTHSM, label);
    const key = await openTokenKey({ ...address, label });
    assert.is(
      new X509Certificate(key.certificates[0] ?? new Uint8Array(0)).subject,
      `CN=Officer with ${label} (made up)`,
    );
    const [signed] = await Promise.all([sign(sealed, OFFICER, key), key.sign(new Uint8Array(5))]);
    key.close();
    assert.is((await verifyPdf(signed, { trust: house.trust })).verdict, "certified", label);
    assert.match(opensslSays(signed, 1, roots).output, /CAdES Verification successful/);
    assert.match(
      run("pdfsig", "-nocert", put(folder, "token.pdf", signed)),
      /Total document signed\n.*Signature is Valid/,
    );
  }
  for (const [wrong, why] of [
    [{ pin: "9999" }, /PIN_INCORRECT/],
    [{ token: "none" }, /no token "none"/],
    [{ label: "none" }, /no private key/],
    [{ module: "/nowhere.so" }, /nowhere/],
  ] as const) {
    const { code, detail } = await refusal(() => openTokenKey({ ...address, label: "ec", ...wrong }));
    assert.is(code, "keys.unusable");
    assert.match(detail, why);
  }
});

const serve = async (listener: RequestListener): Promise<{ url: string; close(): void }> => {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

/** openssl's own timestamp authority, behind HTTP. */
const timestampAuthority = async (): Promise<RequestListener> => {
  const authority = house.agencies;
  run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", join(folder, "tsa.key"));
  run(
    "openssl",
    "pkey",
    "-in",
    join(folder, "tsa.key"),
    "-pubout",
    "-outform",
    "DER",
    "-out",
    join(folder, "tsa.spki"),
  );
  const leaf = await issueCertificate(authority, {
    subject: { commonName: "Timestamps (made up)" },
    publicKey: new Uint8Array(readFileSync(join(folder, "tsa.spki"))),
    validity: GOOD,
    extendedKeyUsage: ["1.3.6.1.5.5.7.3.8"],
  });
  put(folder, "tsa.pem", pemOf([leaf]));
  put(folder, "serial", "01");
  const lines = [
    "[tsa]",
    `serial = ${folder}/serial`,
    `signer_cert = ${folder}/tsa.pem`,
    `signer_key = ${folder}/tsa.key`,
  ];
  const more = [
    "signer_digest = sha256",
    "default_policy = 1.2.3.4.1",
    "digests = sha256",
    "ess_cert_id_alg = sha256",
  ];
  const config = put(folder, "tsa.conf", [...lines, ...more, ""].join("\n"));
  return (request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const query = put(folder, "query.tsq", Buffer.concat(pieces));
      run(
        "openssl",
        "ts",
        "-reply",
        "-config",
        config,
        "-section",
        "tsa",
        "-queryfile",
        query,
        "-out",
        join(folder, "answer.tsr"),
      );
      response.setHeader("content-type", "application/timestamp-reply");
      response.end(readFileSync(join(folder, "answer.tsr")));
    });
  };
};

test("with a timestamp authority in reach the signature is B-T, and proves its time", async () => {
  const server = await serve(await timestampAuthority());
  const prepared = prepareSignature(sealed, OFFICER);
  const timestamp = httpTimestamper({ url: server.url, timeoutMs: 20_000 });
  const built = await buildCms(prepared.digest, house.officer, { timestamp });
  server.close();
  assert.is(built.level, "B-T", built.withoutTimestamp?.detail);
  const signed = prepared.finish(built.cms);
  assert.match(opensslSays(signed, 1, roots).output, /CAdES Verification successful/);
  assert.match(
    run("pdfsig", "-nocert", put(folder, "bt.pdf", signed)),
    /Total document signed\n.*Signature is Valid/,
  );
  const trust = { ...house.trust, timestamps: [house.agencies.certificate] };
  const report = await verifyPdf(signed, { trust });
  const officer = report.signatures.find(({ role }) => role === "officer");
  assert.is(officer?.level, "B-T");
  assert.ok(Math.abs((officer?.provenAtMs ?? 0) - Date.now()) < 3_600_000);
  // What the token covers existed by then, too.
  assert.is(report.signatures[0]?.provenAtMs, officer?.provenAtMs);
  const stranger = await verifyPdf(signed, { trust: house.trust });
  assert.is(stranger.signatures[1]?.provenAtMs, null);
  assert.match(stranger.problems.join(), /authority is not in the list/);
  // When the certificates have expired, the proven time is what counts.
  const later = { atMs: GOOD.toMs + 86_400_000 };
  assert.is((await verifyPdf(signed, { trust, ...later })).verdict, "certified");
  assert.is((await verifyPdf(signed, { trust: house.trust, ...later })).verdict, "certificateFails");
});

test("without reach, or with a wrong answer, the signature is B-B and says why", async () => {
  const { digest } = prepareSignature(sealed, OFFICER);
  const gone = await serve(() => {});
  gone.close();
  const answers: readonly (readonly [RequestListener, RegExp])[] = [
    [() => {}, /no answer within 300 ms/],
    [(_, response) => response.writeHead(503).end(), /HTTP 503/],
    [(_, response) => response.end("hello"), /no timestamp/],
    [(_, response) => response.end(Buffer.alloc(200_000)), /too long/],
    [(_, response) => response.end(Buffer.from("30053003020102", "hex")), /refuses/],
  ];
  for (const [listener, why] of answers) {
    const server = await serve(listener);
    const timestamp = httpTimestamper({ url: server.url, timeoutMs: 300 });
    const { level, withoutTimestamp } = await buildCms(digest, house.officer, { timestamp });
    server.close();
    assert.is(level, "B-B");
    assert.is(withoutTimestamp?.code, "timestamp.unavailable");
    assert.match(withoutTimestamp?.detail ?? "", why);
  }
  const timestamp = httpTimestamper({ url: gone.url, timeoutMs: 2_000 });
  assert.match(
    (await buildCms(digest, house.officer, { timestamp })).withoutTimestamp?.detail ?? "",
    /ECONNREFUSED|refused/,
  );
});

test.run();
