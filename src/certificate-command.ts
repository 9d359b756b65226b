// What do `motcua certificate request|install|show` do at a kiosk?
//
// For the first certificate, and for one that ran out: otherwise the kiosk renews it by itself over its session.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { requestSealCertificate } from "./documents/certificates.js";
import { type PairName, Pairs } from "./sync/certificates/pairs.js";
import { dueMs } from "./sync/certificates/rotation.js";

export interface CertificatePlace {
  readonly stateDir: string;
  readonly kioskId: string;
  readonly json: boolean;
}

interface Io {
  readonly stdout: NodeJS.WritableStream;
}

/** Where the kiosk's key and certificate for the broker lie. */
export const certificateFolder = (stateDir: string): string => join(stateDir, "certificates");

const pemOfRequest = (der: Uint8Array): string => {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE REQUEST-----\n${lines.join("\n")}\n-----END CERTIFICATE REQUEST-----\n`;
};

/** The key stays here; the same request comes out until it is answered. */
export const requestCertificate = async (
  { stateDir, kioskId, json }: CertificatePlace,
  out: string | undefined,
  { stdout }: Io,
): Promise<number> => {
  const pairs = new Pairs(certificateFolder(stateDir));
  const request = pemOfRequest(await requestSealCertificate(pairs.requestKey(), kioskId));
  if (out !== undefined) writeFileSync(out, request);
  if (json)
    stdout.write(`${JSON.stringify({ kiosk: kioskId, ...(out === undefined ? { request } : { out }) })}\n`);
  else stdout.write(out === undefined ? request : `request of ${kioskId}: ${out}\n`);
  return 0;
};

/** The first one counts at once; later ones are tried by the kiosk before they replace anything. */
export const installCertificate = async (
  { stateDir, kioskId, json }: CertificatePlace,
  file: string,
  { stdout }: Io,
): Promise<number> => {
  if (!existsSync(file)) throw new Error(`${file}: no such file`);
  const pairs = new Pairs(certificateFolder(stateDir));
  const isFirst = pairs.get("current") === null;
  const { serial, toMs } = pairs.keepNext(readFileSync(file, "utf8"), kioskId);
  if (isFirst) pairs.promote();
  const until = new Date(toMs).toISOString();
  const how = isFirst ? "in use from the next connection" : "the kiosk tries it when nobody is there";
  if (json) stdout.write(`${JSON.stringify({ serial, until, state: isFirst ? "current" : "next" })}\n`);
  else stdout.write(`certificate ${serial} until ${until.slice(0, 10)}: ${how}\n`);
  return 0;
};

type Shown =
  | { readonly name: PairName; readonly damage: string }
  | {
      readonly name: PairName;
      readonly kiosk: string;
      readonly serial: string;
      readonly from: string;
      readonly until: string;
      readonly renewFrom: string;
      readonly holds: boolean;
    };

/** Exit code 1 when there is none that holds now. */
export const showCertificates = async (
  { stateDir, json }: CertificatePlace,
  { stdout }: Io,
): Promise<number> => {
  const pairs = new Pairs(certificateFolder(stateDir));
  const nowMs = Date.now();
  const names: readonly PairName[] = ["current", "next", "previous"];
  const found = names.flatMap((name): readonly Shown[] => {
    const pair = pairs.get(name);
    const damage = pairs.damage(name);
    if (pair === null) return damage === null ? [] : [{ name, damage }];
    const { serial, commonName, fromMs, toMs } = pair;
    const iso = (epochMs: number) => new Date(epochMs).toISOString();
    const holds = fromMs <= nowMs && nowMs <= toMs;
    return [
      {
        name,
        kiosk: commonName,
        serial,
        from: iso(fromMs),
        until: iso(toMs),
        renewFrom: iso(dueMs(pair)),
        holds,
      },
    ];
  });
  const line = (entry: Shown) =>
    "damage" in entry
      ? `${entry.name}: ${entry.damage}\n`
      : `${entry.name}: ${entry.serial} of ${entry.kiosk}, ${entry.from} to ${entry.until}, ${entry.holds ? `renewed from ${entry.renewFrom}` : "does not hold now"}\n`;
  const none = "there is none: motcua certificate request\n";
  stdout.write(json ? `${JSON.stringify(found)}\n` : found.length === 0 ? none : found.map(line).join(""));
  return found.some((entry) => entry.name === "current" && !("damage" in entry) && entry.holds) ? 0 : 1;
};
