// Do OpenSSL and this room agree on what a signed security object is, in both directions?
import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseSod } from "../../src/chip/lds/sod.js";
import { authenticatePassively, summarise } from "../../src/chip/passive-authentication.js";
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
    const self = ["-subj", "/C=VN/CN=Made-up", "-days", "30", "-keyout", "key.pem", "-out", "cert.pem"];
    openssl("req", "-x509", ...newKey, "-nodes", ...self, "-addext", "basicConstraints=critical,CA:TRUE");
    const output = ["-outform", "DER", "-out", "signed.cms", "-md", "sha256"];
    const signed = ["cms", "-sign", "-in", "content.der", "-binary", "-nodetach", "-nosmimecap"];
    const type = ["-econtent_type", "2.23.136.1.1.1"];
    openssl(...signed, ...type, "-signer", "cert.pem", "-inkey", "key.pem", ...output, ...signOptions);
    const sod = writeTlv(0x77, readFileSync(at("signed.cms")));
    assert.is(parseSod(sod).signer.scheme.kind, kind);
    const trust = { certificates: [new X509Certificate(readFileSync(at("cert.pem"))).raw] };
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

test("the trust folder takes DER and PEM, names what is none, and may be absent", async () => {
  const pki = makePki();
  mkdirSync(at("trust"));
  writeFileSync(at("trust/a.cer"), pki.cscaCertificate);
  writeFileSync(at("trust/b.pem"), new X509Certificate(pki.cscaCertificate).toString());
  writeFileSync(at("trust/c.crt"), "no certificate");
  writeFileSync(at("trust/readme.txt"), "not looked at");
  const store = await loadTrustStore(at("trust"));
  assert.is(store.certificates.length, 2);
  assert.equal(
    store.refused.map(({ file }) => file),
    ["c.crt"],
  );
  assert.equal((await loadTrustStore(at("nowhere"))).certificates, []);
});

test.run();
