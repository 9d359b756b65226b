// Who signs in the portal's tests where real signers are set up, and by whom are they certified? (All made up.)
import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  createAuthority,
  issueCertificate,
  type SigningAuthority,
} from "../../src/documents/certificates.js";
import type { SealingKey } from "../../src/documents/scan.js";
import { fileSealingKey, pemOf } from "../../src/documents/seal-key.js";
import { type TrustKind, trust } from "../../src/portal/trust.js";

const DAY_MS = 86_400_000;

export interface Person {
  readonly key: SealingKey;
  readonly keyFile: string;
  readonly certificatesFile: string;
}

const validity = () => ({ fromMs: Date.now() - DAY_MS, toMs: Date.now() + 30 * DAY_MS });

export const newAuthority = (commonName: string): Promise<SigningAuthority> =>
  createAuthority({ commonName }, validity());

/** A key, its certificate by `authority`, and both as files in `dir`. */
export const newPerson = async (dir: string, name: string, authority: SigningAuthority): Promise<Person> => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const leaf = await issueCertificate(authority, {
    subject: { commonName: name, organisation: "UBND xã Thử (bịa)" },
    publicKey: new Uint8Array(publicKey.export({ type: "spki", format: "der" })),
    validity: validity(),
  });
  const chain = [leaf, authority.certificate];
  mkdirSync(dir, { recursive: true });
  const [keyFile, certificatesFile] = [join(dir, `${name}.key.pem`), join(dir, `${name}.crt.pem`)];
  writeFileSync(keyFile, pem, { mode: 0o600 });
  writeFileSync(certificatesFile, pemOf(chain));
  return { key: fileSealingKey(pem, chain), keyFile, certificatesFile };
};

export const believe = (portalDir: string, kind: TrustKind, authority: SigningAuthority): void =>
  trust(portalDir, kind, "test", pemOf([authority.certificate]));

export const SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so";

/** A SoftHSM token that holds this person's key; `SOFTHSM2_CONF` of this process and its children leads to it. */
export const onToken = (dir: string, label: string, pin: string, person: Person): void => {
  const tokens = join(dir, "tokens");
  mkdirSync(tokens, { recursive: true });
  const configuration = join(dir, "softhsm2.conf");
  writeFileSync(
    configuration,
    `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  process.env["SOFTHSM2_CONF"] = configuration;
  const run = (...parameters: readonly string[]) =>
    execFileSync("softhsm2-util", parameters, { stdio: "ignore" });
  run("--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", `${pin}00`);
  run("--import", person.keyFile, "--token", label, "--label", label, "--id", "01", "--pin", pin);
};
