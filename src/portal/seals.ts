// How does a kiosk get the certificate of its seal?
//
// As it is enrolled: a person (or, on a laptop, the launcher) puts the kiosk's PKCS#10 request beside its
// enrolment; the portal's own authority answers with a file of PEM certificates, which is carried back to the
// kiosk the way the portal's public keys are. Only for a kiosk that is enrolled, and only for its own name.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { FaultError } from "../core/faults.js";
import type { Log } from "../core/log.js";
import { pemOf } from "../documents/seal-key.js";
import { writeFileDurably } from "../store/durable-file.js";
import { SEALS_FOLDER, sealChainFile } from "../sync/protocol/keys.js";
import { issueSeal } from "./authority.js";
import type { Enrolment } from "./enrolment.js";

const REQUESTS = "enrol";
const SUFFIX = ".csr";
const KIOSK_ID = /^(?!portal$)[A-Za-z0-9-]{1,32}$/;

const checkId = (kiosk: string): void => {
  if (!KIOSK_ID.test(kiosk))
    throw new FaultError("keys.unusable", `"${kiosk}" is no kiosk id: up to 32 letters, digits and dashes`);
};

/** Leaves the request (DER) that the portal answers at its start and when the kiosk is born. */
export const requestSealByFile = (portalDir: string, kiosk: string, csr: Uint8Array): void => {
  checkId(kiosk);
  const folder = join(portalDir, REQUESTS);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileDurably(folder, `${kiosk}${SUFFIX}`, csr);
};

/** Issues at once and leaves the chain where the kiosk looks. */
export const issueSealByFile = async (
  portalDir: string,
  kiosk: string,
  csr: Uint8Array,
  nowMs: number,
): Promise<readonly Uint8Array[]> => {
  checkId(kiosk);
  const chain = await issueSeal(portalDir, kiosk, csr, nowMs);
  const folder = join(portalDir, SEALS_FOLDER);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = sealChainFile(portalDir, kiosk);
  writeFileDurably(folder, file.slice(folder.length + 1), Buffer.from(pemOf(chain)), 0o644);
  return chain;
};

export interface SealsParts {
  readonly dir: string;
  readonly enrolment: Enrolment;
  readonly nowMs: () => number;
  readonly log: Log;
}

export class Seals {
  readonly #parts: SealsParts;

  constructor(parts: SealsParts) {
    this.#parts = parts;
  }

  /** Every request that has no newer answer. */
  async answerAll(): Promise<void> {
    const folder = join(this.#parts.dir, REQUESTS);
    if (!existsSync(folder)) return;
    for (const name of readdirSync(folder).filter((entry) => entry.endsWith(SUFFIX)))
      await this.answer(name.slice(0, -SUFFIX.length));
  }

  /** A bad request is logged, and answers nothing. */
  async answer(kiosk: string): Promise<void> {
    const { dir, enrolment, nowMs, log } = this.#parts;
    const request = join(dir, REQUESTS, `${kiosk}${SUFFIX}`);
    const asked = statSync(request, { throwIfNoEntry: false });
    const answered = statSync(sealChainFile(dir, kiosk), { throwIfNoEntry: false });
    if (asked === undefined || (answered !== undefined && answered.mtimeMs >= asked.mtimeMs)) return;
    if (enrolment.publicKeyOf(kiosk) === undefined) return;
    try {
      await issueSealByFile(dir, kiosk, readFileSync(request), nowMs());
      log("portal.seal", { kiosk });
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      log("kiosk.error", { where: `seal of kiosk ${kiosk}`, message });
    }
  }
}
