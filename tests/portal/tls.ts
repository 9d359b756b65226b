// With which certificate does a peer on the loopback speak TLS, and whom must the portal believe for it?
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface TestTls {
  /** PEM of the authority. */
  readonly caFile: string;
  readonly key: string;
  readonly cert: string;
}

const openssl = (...parameters: readonly string[]): void => {
  execFileSync("openssl", parameters, { stdio: "ignore" });
};

/** A root of its own in `dir`, and a leaf for the loopback, or for those names. */
export const makeTestTls = (dir: string, names = "DNS:localhost,IP:127.0.0.1"): TestTls => {
  const at = (name: string) => join(dir, name);
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl(
    "req",
    "-x509",
    ...newKey,
    "-keyout",
    at("ca.key"),
    "-out",
    at("ca.pem"),
    "-subj",
    "/CN=Test CA",
    "-days",
    "2",
  );
  openssl("req", ...newKey, "-keyout", at("leaf.key"), "-out", at("leaf.csr"), "-subj", "/CN=localhost");
  writeFileSync(at("leaf.ext"), `subjectAltName=${names}\nextendedKeyUsage=serverAuth\n`);
  openssl(
    ...[
      "x509",
      "-req",
      "-in",
      at("leaf.csr"),
      "-CA",
      at("ca.pem"),
      "-CAkey",
      at("ca.key"),
      "-CAcreateserial",
    ],
    ...["-out", at("leaf.pem"), "-days", "2", "-extfile", at("leaf.ext")],
  );
  return {
    caFile: at("ca.pem"),
    key: readFileSync(at("leaf.key"), "utf8"),
    cert: readFileSync(at("leaf.pem"), "utf8"),
  };
};
