// What does the portal answer to the request of a kiosk's set-up?
//
// On the portal's own machine, as who may write its folder. A person decides: this command is that decision, and the
// fingerprint that it prints is compared with the one on the kiosk's screen.
import { createPublicKey } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import sharp from "sharp";
import { readSealRequest } from "./documents/certificates.js";
import { issueCommand } from "./portal/certificates/command.js";
import { enrolByFile } from "./portal/enrolment.js";
import { issueSealByFile } from "./portal/seals.js";
import {
  fileOf,
  fingerprintOf,
  linesOf,
  type Parcel,
  parcelIn,
  pemOf,
  thingsOf,
} from "./provision/parcel.js";
import { qrPixels } from "./provision/qr-text.js";
import { OPS_PUBLIC_KEY_FILE, PORTAL_PUBLIC_KEYS_FILE } from "./sync/protocol/keys.js";

export interface AdmitOptions {
  readonly request: string;
  readonly out: string;
  readonly codes?: string;
  readonly days?: number;
  readonly state: string;
  readonly json: boolean;
}

interface Io {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

/** Version 15-L, some 7 cm on paper: any reader takes it from a sheet or a telephone. */
const LONGEST_ANSWER_CODE = 758;
const QUIET: Io["stdout"] = process.stderr;

const certified = async (
  dir: string,
  kiosk: string,
  { der, days }: { readonly der: Uint8Array; readonly days: number | undefined },
): Promise<Parcel> => {
  const scratch = mkdtempSync(join(tmpdir(), "motcua-admit-"));
  const [request, out] = [join(scratch, "request.pem"), join(scratch, "answer.pem")];
  try {
    writeFileSync(request, pemOf("request", der));
    const order = { dir, json: false, name: kiosk, role: "kiosk", hosts: [], request, out } as const;
    const code = await issueCommand(
      { ...order, ...(days === undefined ? {} : { days }) },
      { stdout: QUIET, stderr: QUIET },
    );
    if (code !== 0) throw new Error(`no certificate was issued for ${kiosk}`);
    return parcelIn(readFileSync(out, "utf8"), "A") ?? [];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
};

/** A kiosk that is older than the seal in this parcel asks for none. */
const sealed = async (dir: string, kiosk: string, parcel: Parcel): Promise<Parcel> => {
  const [der] = thingsOf(parcel, "sealRequest");
  if (der === undefined) return [];
  const chain = await issueSealByFile(dir, kiosk, der, Date.now());
  return chain.map((bytes) => ({ kind: "sealCertificate", bytes }));
};

const qrPngOf = async (line: string): Promise<Uint8Array> => {
  const { side, pixels } = await qrPixels(line);
  return sharp(pixels, { raw: { width: side, height: side, channels: 1 } })
    .png()
    .toBuffer();
};

const portalThings = (dir: string): Parcel => {
  const [keys, operations] = [PORTAL_PUBLIC_KEYS_FILE, OPS_PUBLIC_KEY_FILE].map((name) => join(dir, name));
  const things: Parcel[number][] = [];
  if (keys !== undefined && existsSync(keys))
    things.push({
      kind: "portalKeys",
      bytes: new Uint8Array(Buffer.from(JSON.stringify(JSON.parse(readFileSync(keys, "utf8"))))),
    });
  if (operations !== undefined && existsSync(operations)) {
    const der = createPublicKey(readFileSync(operations, "utf8")).export({ type: "spki", format: "der" });
    things.push({ kind: "operations", bytes: new Uint8Array(der) });
  }
  return things;
};

/** Exit code 0, or 1 when the file holds no request. Throws as the issuing of certificates does. */
export const admitKiosk = async (options: AdmitOptions, { stdout, stderr }: Io): Promise<number> => {
  const dir = join(resolve(options.state), "portal");
  const parcel = parcelIn(readFileSync(options.request, "utf8"), "R");
  const [der] = parcel === null ? [] : thingsOf(parcel, "request");
  const [device] = parcel === null ? [] : thingsOf(parcel, "device");
  if (parcel === null || der === undefined || device === undefined) {
    stderr.write(
      `motcua setup admit: ${options.request} holds no whole request; every line of its codes is needed\n`,
    );
    return 1;
  }
  const { kiosk } = await readSealRequest(der);
  const key = createPublicKey({ key: Buffer.from(device), format: "der", type: "spki" });
  if (key.asymmetricKeyType !== "ed25519") throw new Error("the device key in the request is no Ed25519 key");
  const answer = [
    ...(await certified(dir, kiosk, { der, days: options.days })),
    ...portalThings(dir),
    ...(await sealed(dir, kiosk, parcel)),
  ];
  enrolByFile(dir, kiosk, key.export({ type: "spki", format: "pem" }).toString());
  writeFileSync(options.out, fileOf(answer), { flush: true });
  const lines = linesOf("A", answer, LONGEST_ANSWER_CODE);
  if (options.codes !== undefined) {
    mkdirSync(options.codes, { recursive: true });
    for (const [index, line] of lines.entries())
      writeFileSync(join(options.codes, `${kiosk}-${index + 1}-of-${lines.length}.png`), await qrPngOf(line));
  }
  const said = { kiosk, request: fingerprintOf(parcel), answer: fingerprintOf(answer), out: options.out };
  stdout.write(
    options.json
      ? `${JSON.stringify({ ...said, lines })}\n`
      : `kiosk ${kiosk} is enrolled and certified\nrequest's fingerprint  ${said.request}\nanswer's fingerprint   ${said.answer}\n${options.out}\n`,
  );
  return 0;
};
