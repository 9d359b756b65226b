// How does a scan become a certified electronic copy, and what makes sure that nothing half-signed gets out?
//
// INVARIANT. Only `#complete` inserts into the registry of copies, and only a file that was just verified as
// certified, with every signature holding. Drafts are sealed under another name than copies and have no route.
import { createHash } from "node:crypto";
import { type Bilingual, toFault } from "../../core/faults.js";
import type { Log } from "../../core/log.js";
import { buildCms } from "../../documents/cms.js";
import type { CopyStatement, SealingKey } from "../../documents/scan.js";
import { finishSignature, prepareSignature } from "../../documents/sign.js";
import type { PreparedSignature, Timestamper } from "../../documents/signing.js";
import type { VerifyReport } from "../../documents/verdict.js";
import type { NewCopy } from "../copies/copies.js";
import type { CopyVault } from "../copies/copy-vault.js";
import { DeskError } from "../desk-error.js";
import type {
  ActedBy,
  Certification,
  CertificationRows,
  PaperPlace,
  PendingSignature,
  Signer,
} from "./certification-rows.js";

export type SignedCopy = Omit<NewCopy, "lookupHash" | "holderHash" | "title" | "paperClass">;

export interface CertifierParts {
  readonly rows: CertificationRows;
  readonly vault: CopyVault;
  /** `atMs`: when certificates are judged; now when absent. */
  readonly verify: (pdf: Uint8Array, atMs?: number) => Promise<VerifyReport>;
  /** Null: signatures are B-B. */
  readonly timestamp: Timestamper | null;
  /** The scan as the kiosk sealed it, and when the portal took it in. */
  readonly scanOf: (place: PaperPlace) => Promise<{ readonly pdf: Uint8Array; readonly takenAtMs: number }>;
  /**
   * Answers what puts a copy into the registry and its deliveries in line; that runs inside the transaction that
   * ends the certification.
   */
  readonly releaseFor: (place: PaperPlace) => Promise<(copy: SignedCopy) => void>;
  readonly log: Log;
  /** How long a digest that went out may come back signed. */
  readonly sessionMs: number;
}

const FIELDS: Readonly<Record<Signer, string>> = { officer: "Officer", agency: "Agency" };
const REASONS: Readonly<Record<Signer, string>> = {
  officer: "Chứng thực bản sao điện tử từ bản chính (Nghị định 45/2020/NĐ-CP, Điều 10)",
  agency: "Chữ ký số của cơ quan chứng thực",
};

const refuse: (sentence: Bilingual, status?: number) => never = (sentence, status = 409) => {
  throw new DeskError(status, sentence);
};

/** Whose turn it is; null: nobody's. */
export const nextSigner = ({ state }: Certification): Signer | null =>
  state === "open" ? "officer" : state === "officerSigned" ? "agency" : null;

export class Certifier {
  readonly #parts: CertifierParts;
  /** One act at a time on one certification: tokens are slow, and people press twice. */
  readonly #busy = new Set<string>();

  constructor(parts: CertifierParts) {
    this.#parts = parts;
  }

  /**
   * At start: what a cut interrupted is said, sessions that are over are ended, files without a row go. Beside other
   * replicas nothing is known of what they are at: intents are left to who starts alone, and young files stay.
   */
  recover(
    filesInUse: readonly string[],
    beside: { readonly alone: boolean; readonly spareMs: number },
  ): void {
    const { rows, vault } = this.#parts;
    if (beside.alone)
      for (const { id, certification } of rows.openIntents())
        rows.settle(certification, id, "interrupted: nothing was given out");
    this.expire();
    vault.sweep(new Set([...filesInUse, ...rows.files()]), beside.spareMs);
  }

  expire(): void {
    const { rows } = this.#parts;
    for (const { id } of rows.overdue())
      rows.together(() => {
        if (rows.unpend(id)) rows.note(id, "deferred session over");
      });
  }

  /** Throws `DeskError` when the scan is not what a kiosk sealed, or the number is taken. */
  async start(place: PaperPlace & ActedBy, statement: CopyStatement): Promise<Certification> {
    const { rows, verify } = this.#parts;
    const scan = await this.#parts.scanOf(place);
    const report = await verify(scan.pdf, scan.takenAtMs);
    if (report.verdict !== "sealedScan")
      refuse({
        vi: `Không thể chứng thực bản quét này: ${report.sentence.vi}`,
        en: `This scan can not be certified: ${report.sentence.en}`,
      });
    return rows.start(place, statement);
  }

  /** With a key at hand. */
  async sign(
    id: string,
    { signer, by }: { readonly signer: Signer } & ActedBy,
    openKey: () => Promise<SealingKey>,
  ): Promise<Certification> {
    return this.#alone(id, async () => {
      const { rows, timestamp } = this.#parts;
      const before = this.#turn(id, signer);
      const intent = rows.intend(id, `sign ${signer}`, by);
      return this.#settled(id, intent, async () => {
        const signedAtMs = rows.now();
        const prepared = await this.#prepare(before, signer, signedAtMs);
        const { cms, withoutTimestamp } = await buildCms(
          prepared.digest,
          await openKey(),
          timestamp === null ? {} : { timestamp },
        );
        if (withoutTimestamp !== undefined) rows.note(id, "no timestamp", { detail: withoutTimestamp.code });
        await this.#accept(before, { signer, signedAtMs, intent }, prepared.finish(cms));
      });
    });
  }

  /** The digest goes out: the CMS may be made on another machine, and come back to `finish` in time. */
  async defer(id: string, { signer, by }: { readonly signer: Signer } & ActedBy): Promise<PendingSignature> {
    return this.#alone(id, async () => {
      const { rows, vault, sessionMs } = this.#parts;
      const before = this.#turn(id, signer);
      const signedAtMs = rows.now();
      const prepared = await this.#prepare(before, signer, signedAtMs);
      const digest = Buffer.from(prepared.digest).toString("hex");
      const pending: PendingSignature = {
        ...(await vault.put(id, "draft", prepared.pdf)),
        ...{ byteRange: prepared.byteRange, signer, signedAtMs, digest, untilMs: signedAtMs + sessionMs },
      };
      rows.together(() => {
        rows.pend(before, pending);
        rows.note(id, `digest out for ${signer}`, { detail: digest, by });
      });
      return pending;
    });
  }

  /** Takes the CMS (DER) that was made elsewhere. */
  async finish(id: string, cms: Uint8Array, { by }: ActedBy): Promise<Certification> {
    return this.#alone(id, async () => {
      const { rows, vault } = this.#parts;
      this.expire();
      const before = rows.get(id);
      const { pending } = before;
      if (pending === null)
        return refuse({
          vi: "Không có phiên ký nào đang chờ, hoặc phiên đã hết hạn",
          en: "No signature is awaited, or its time is over",
        });
      const intent = rows.intend(id, `signature from elsewhere ${pending.signer}`, by);
      return this.#settled(id, intent, async () => {
        const prepared = await vault.read(id, "draft", pending);
        await this.#accept(before, { ...pending, intent }, finishSignature(prepared, pending, cms));
      });
    });
  }

  /** Gives the register number back; a copy that is out is revoked instead. */
  cancel(id: string, { by }: ActedBy): void {
    const { rows } = this.#parts;
    const before = rows.get(id);
    if (nextSigner(before) === null) refuse({ vi: "Không thể hủy", en: "It can not be cancelled" });
    rows.together(() => {
      rows.advance(before, "abandoned", null);
      rows.note(id, "cancelled", { by });
    });
  }

  #turn(id: string, signer: Signer): Certification {
    const found = this.#parts.rows.get(id);
    if (nextSigner(found) !== signer)
      refuse({ vi: "Chưa đến lượt ký này", en: "It is not this signature's turn" });
    return found;
  }

  async #prepare(before: Certification, signer: Signer, signedAtMs: number): Promise<PreparedSignature> {
    const { vault, scanOf } = this.#parts;
    const { id, statement, draft } = before;
    const base = draft === null ? (await scanOf(before)).pdf : await vault.read(id, "draft", draft);
    return prepareSignature(base, {
      fieldName: FIELDS[signer],
      signer: signer === "officer" ? statement.officer.name : statement.authority,
      reason: REASONS[signer],
      signedAtMs,
      ...(signer === "officer" && { statement }),
    });
  }

  /** Judges the signed file as anybody would, and only then lets it count. */
  async #accept(
    before: Certification,
    act: { readonly signer: Signer; readonly signedAtMs: number; readonly intent: number },
    signed: Uint8Array,
  ): Promise<void> {
    const { rows, vault, verify, log } = this.#parts;
    const report = await verify(signed);
    const own = report.signatures.find(({ field }) => field === FIELDS[act.signer]);
    if (
      own === undefined ||
      own.integrity !== "intact" ||
      own.certificate !== "trusted" ||
      own.role !== act.signer
    ) {
      const said = own?.sentence ?? report.sentence;
      refuse(
        { vi: `Chữ ký không được chấp nhận: ${said.vi}`, en: `The signature is not accepted: ${said.en}` },
        422,
      );
    }
    if (act.signer === "agency") await this.#complete(before, act.intent, signed, report);
    else {
      const draft = await vault.put(before.id, "draft", signed);
      rows.together(() => {
        rows.advance(before, "officerSigned", draft);
        rows.settle(before.id, act.intent, "signed");
      });
    }
    log("portal.certified", { copy: before.id, step: act.signer });
  }

  async #complete(
    before: Certification,
    intent: number,
    signed: Uint8Array,
    report: VerifyReport,
  ): Promise<void> {
    const { rows, vault, releaseFor } = this.#parts;
    const { scan } = report;
    if (report.verdict !== "certified" || !report.holds || scan === null)
      refuse(
        { vi: `Không được chấp nhận: ${report.sentence.vi}`, en: `Not accepted: ${report.sentence.en}` },
        422,
      );
    const release = await releaseFor(before);
    const file = await vault.put(before.id, "copy", signed);
    const { id, application, paper, statement } = before;
    const signatures = report.signatures.flatMap(({ role, signer, claimedAtMs }) =>
      role === "officer" || role === "agency"
        ? [{ role, signer: signer.commonName, atMs: claimedAtMs ?? rows.now() }]
        : [],
    );
    rows.together(() => {
      rows.advance(before, "done", null);
      rows.settle(id, intent, "certified");
      release({
        ...{ id, application, paper, statement, signatures, ...file },
        ...{
          pages: scan.pages,
          bytes: signed.length,
          sha256: createHash("sha256").update(signed).digest("hex"),
        },
      });
    });
  }

  async #settled(id: string, intent: number, act: () => Promise<void>): Promise<Certification> {
    const { rows } = this.#parts;
    try {
      await act();
    } catch (thrown) {
      // Of a fault its code: what a token says may hold what was typed.
      rows.settle(id, intent, thrown instanceof DeskError ? thrown.sentence.en : toFault(thrown).code);
      throw thrown;
    }
    return rows.get(id);
  }

  async #alone<T>(id: string, act: () => Promise<T>): Promise<T> {
    if (this.#busy.has(id))
      refuse({ vi: "Đang ký, xin chờ một chút", en: "It is being signed, please wait a moment" });
    this.#busy.add(id);
    try {
      return await act();
    } finally {
      this.#busy.delete(id);
    }
  }
}
