// Do OpenSSL and this room agree on what a signed security object is, in both directions?
import { execFileSync, spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseCertificate } from "../../src/chip/certificate.js";
import { parseSod } from "../../src/chip/lds/sod.js";
import { authenticatePassively, summarise } from "../../src/chip/passive-authentication.js";
import { checkRevocation, parseRevocationList } from "../../src/chip/revocation.js";
import { writeDg1, writeDg13 } from "../../src/chip/sim/files.js";
import { makePki } from "../../src/chip/sim/make-pki.js";
import { madeUpPerson } from "../../src/chip/sim/people.js";
import { readTlv, writeTlv } from "../../src/chip/tlv.js";
import { loadTrustStore } from "../../src/chip/trust-store.js";

const folder = mkdtempSync(join(tmpdir(), "motcua-chip-"));
const at = (name: string): string => join(folder, name);
const openssl = (...args: readonly string[]): Buffer =>
  execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });

const person = madeUpPerson(9);
const groups = new Map([
  [1, writeDg1(person)],
  [13, writeDg13(person)],
]);

test.after(() => rmSync(folder, { recursive: true, force: true }));

test("OpenSSL verifies the made-up cards' EF.SOD and certificate path", () => {
  for (const curve of ["prime256v1", "brainpoolP384r1"]) {
    const pki = makePki({ curve });
    const sod = pki.signSod(groups);
    writeFileSync(at("sod.cms"), readTlv(sod).value);
    writeFileSync(at("csca.pem"), new X509Certificate(pki.cscaCertificate).toString());
    const verify = [
      "cms",
      "-verify",
      "-inform",
      "DER",
      "-in",
      "sod.cms",
      "-CAfile",
      "csca.pem",
      "-purpose",
      "any",
    ];
    const content = openssl(...verify, "-binary");
    assert.equal(Uint8Array.from(content), Uint8Array.from(parseSod(sod).content), curve);
  }
});

const SIGNERS: readonly (readonly [
  name: string,
  key: readonly string[],
  sign: readonly string[],
  kind: string,
])[] = [
  ["RSA", ["-newkey", "rsa:2048"], [], "rsa"],
  [
    "RSA-PSS",
    ["-newkey", "rsa:2048"],
    ["-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:32"],
    "rsaPss",
  ],
  ["ECDSA P-384", ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"], [], "ecdsa"],
  [
    "ECDSA brainpool with explicit parameters",
    ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:brainpoolP256r1", "-pkeyopt", "ec_param_enc:explicit"],
    [],
    "ecdsa",
  ],
];

for (const [name, newKey, signOptions, kind] of SIGNERS) {
  test(`a security object signed by OpenSSL with ${name} passes, with a forged group fails`, () => {
    writeFileSync(at("content.der"), parseSod(makePki().signSod(groups)).content);
    const ca = ["-subj", "/C=VN/CN=Made-up CSCA", "-days", "30", "-keyout", "ca.key", "-out", "ca.pem"];
    openssl("req", "-x509", ...newKey, "-nodes", ...ca, "-addext", "basicConstraints=critical,CA:TRUE");
    openssl(
      "req",
      ...newKey,
      "-nodes",
      "-subj",
      "/C=VN/CN=Made-up DS",
      "-keyout",
      "key.pem",
      "-out",
      "ds.csr",
    );
    const by = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "20", "-out", "cert.pem"];
    openssl("x509", "-req", "-in", "ds.csr", ...by);
    const output = ["-outform", "DER", "-out", "signed.cms", "-md", "sha256"];
    const signed = ["cms", "-sign", "-in", "content.der", "-binary", "-nodetach", "-nosmimecap"];
    const type = ["-econtent_type", "2.23.136.1.1.1"];
    openssl(...signed, ...type, "-signer", "cert.pem", "-inkey", "key.pem", ...output, ...signOptions);
    const sod = writeTlv(0x77, readFileSync(at("signed.cms")));
    assert.is(parseSod(sod).signer.scheme.kind, kind);
    const trust = { certificates: [new X509Certificate(readFileSync(at("ca.pem"))).raw] };
    const good = authenticatePassively({ sod, groups, trust, today: null, listed: [1, 13], wanted: [1, 13] });
    assert.is(summarise(good).verdict, "passed", JSON.stringify(good));
    const forged = new Map([...groups, [13, writeDg13(madeUpPerson(10))]]);
    const bad = authenticatePassively({
      sod,
      groups: forged,
      trust,
      today: null,
      listed: [1, 13],
      wanted: [1, 13],
    });
    assert.is(summarise(bad).verdict, "failed");
    assert.is(bad.signature.verdict, "passed");
  });
}

test("OpenSSL verifies the made-up authorities' revocation lists and reads what they take back", () => {
  for (const csca of [
    { kind: "ec", curve: "brainpoolP512r1", explicit: true, hash: "sha512" },
    { kind: "rsa", bits: 2048, pss: true },
  ] as const) {
    const pki = makePki({ csca });
    writeFileSync(at("made.crl"), pki.revocationList());
    writeFileSync(at("csca.pem"), new X509Certificate(pki.cscaCertificate).toString());
    const { stdout, stderr } = spawnSync(
      "openssl",
      ["crl", "-inform", "DER", "-in", "made.crl", "-CAfile", "csca.pem", "-noout", "-text"],
      { cwd: folder, encoding: "utf8" },
    );
    assert.match(`${stdout}${stderr}`, /verify OK/);
    assert.match(stdout, /Serial Number: C8/);
  }
});

test("a revocation list made by OpenSSL is verified and taken at its word", () => {
  const settings =
    "[ca]\ndefault_ca=x\n[x]\ndatabase=index.txt\ndefault_md=sha256\ndefault_crl_days=30\ncrlnumber=number\n";
  writeFileSync(at("ca.cnf"), settings);
  writeFileSync(at("number"), "01\n");
  const ca = ["-subj", "/C=VN/CN=Made-up CSCA", "-days", "30", "-keyout", "ca.key", "-out", "ca.pem"];
  openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", ...ca);
  const serial = "00C8";
  writeFileSync(
    at("index.txt"),
    `R\t401122000000Z\t261101000000Z\t${serial.slice(2)}\tunknown\t/CN=Made-up DS\n`,
  );
  openssl("ca", "-config", "ca.cnf", "-gencrl", "-cert", "ca.pem", "-keyfile", "ca.key", "-out", "list.crl");
  openssl("crl", "-in", "list.crl", "-outform", "DER", "-out", "list.der");
  const list = parseRevocationList(readFileSync(at("list.der")));
  assert.equal([...list.revoked], ["c8"]);
  const authority = parseCertificate(new X509Certificate(readFileSync(at("ca.pem"))).raw);
  const judged = (revoked: string) =>
    checkRevocation(
      { signer: { ...authority, serial: revoked }, issuers: [authority] },
      [authority],
      [readFileSync(at("list.der"))],
      null,
    ).verdict;
  assert.is(judged("c8"), "failed");
  assert.is(judged("c9"), "passed");
});

test("the trust folder takes DER and PEM, names what is none, and may be absent", async () => {
  const pki = makePki();
  mkdirSync(at("trust"));
  writeFileSync(at("trust/a.cer"), pki.cscaCertificate);
  writeFileSync(at("trust/b.pem"), new X509Certificate(pki.cscaCertificate).toString());
  writeFileSync(at("trust/c.crt"), "no certificate");
  writeFileSync(at("trust/d.crl"), pki.revocationList());
  const armoured = Buffer.from(pki.revocationList()).toString("base64");
  writeFileSync(at("trust/e.crl"), `-----BEGIN X509 CRL-----\n${armoured}\n-----END X509 CRL-----\n`);
  writeFileSync(at("trust/f.crl"), "no list");
  writeFileSync(at("trust/readme.txt"), "not looked at");
  const store = await loadTrustStore(at("trust"));
  assert.is(store.certificates.length, 2);
  assert.is(store.revocationLists.length, 2);
  assert.equal(
    store.refused.map(({ file }) => file),
    ["c.crt", "f.crl"],
  );
  assert.equal((await loadTrustStore(at("nowhere"))).certificates, []);
});

test.run();
