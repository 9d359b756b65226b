// What is gathered from vault, registry and scan for the page of one application?
import type { VerifyReport } from "../documents/verdict.js";
import type { ApplicationContent } from "../sync/protocol/content.js";
import { localDay } from "./appointments.js";
import type { CertificationRows, Signer } from "./certify/certification-rows.js";
import { nextSigner } from "./certify/certifier.js";
import type { SignerWay } from "./certify/signers.js";
import type { Copies, Copy } from "./copies/copies.js";
import type { CopyVault } from "./copies/copy-vault.js";
import type { Reuses } from "./copies/reuse.js";
import type { DeliveryRows } from "./deliver/delivery-rows.js";
import type { ApplicationView } from "./pages/application.js";
import type { CertifyView } from "./pages/copy.js";
import type { Paper, PaperView, Sheet } from "./pages/paper.js";
import { picturesIn } from "./pictures.js";
import type { Application } from "./register.js";
import type { Vault } from "./vault.js";

export interface PaperViewsParts {
  readonly vault: Vault;
  readonly copies: Copies;
  readonly copyVault: CopyVault;
  readonly rows: CertificationRows;
  readonly deliveries: DeliveryRows;
  readonly reuses: Reuses;
  /** `atMs`: when certificates are judged. */
  readonly verify: (pdf: Uint8Array, atMs?: number) => Promise<VerifyReport>;
  readonly ways: Readonly<Record<Signer, SignerWay>>;
  readonly tryingOut: boolean;
  readonly authority: string;
}

const PDF = "application/pdf";

/** The scan that can be certified: the one PDF of a paper. */
export const scanIndex = (application: Application, paper: Paper): number | null => {
  const [index, ...more] = paper.documents;
  const isPdf = application.documents.some((each) => each.index === index && each.mediaType === PDF);
  return index !== undefined && more.length === 0 && isPdf ? index : null;
};

interface Files {
  readonly sheets: readonly (Sheet | null)[];
  readonly report: VerifyReport | null;
}

export class PaperViews {
  readonly #parts: PaperViewsParts;

  constructor(parts: PaperViewsParts) {
    this.#parts = parts;
  }

  async of(application: Application, content: ApplicationContent): Promise<ApplicationView["papers"]> {
    const reuses = await this.#parts.reuses.settle(application, content);
    const out: ApplicationView["papers"][number][] = [];
    for (const [place, paper] of content.papers.entries()) {
      const reuse = reuses.find((each) => each.paper === place);
      const copy = reuse?.copy ? (this.#parts.copies.byId(reuse.copy) ?? null) : null;
      const files = copy === null ? await this.#files(application, paper) : await this.#stored(copy);
      const view: PaperView = {
        ...{ place, paper, ...files },
        files: paper.documents.map((index) => ({
          path: `/applications/${application.id}/pages/${index}`,
          name: `Tệp ${index}`,
        })),
        reuse: reuse === undefined ? null : { reuse, copy },
      };
      const canCertify = scanIndex(application, paper) !== null;
      out.push({ view, certify: canCertify ? this.#certify(application, place) : null });
    }
    return out;
  }

  async #files(application: Application, paper: Paper): Promise<Files> {
    const sheets: (Sheet | null)[] = [];
    let report: VerifyReport | null = null;
    for (const index of paper.documents) {
      const type = application.documents.find((each) => each.index === index)?.mediaType ?? "";
      const bytes = await this.#parts.vault.read(application, index);
      if (bytes === undefined) continue;
      if (type === PDF) report = await this.#parts.verify(bytes, application.takenAtMs);
      const path = `/applications/${application.id}/pages/${index}`;
      for (const [page, picture] of (await picturesIn(type, bytes)).entries())
        sheets.push(
          picture && {
            path: type === PDF ? `${path}/pictures/${page}` : path,
            widthPx: picture.widthPx,
            heightPx: picture.heightPx,
          },
        );
    }
    return { sheets, report };
  }

  /** A stored copy in the place of a paper is judged anew each time somebody looks. */
  async #stored(copy: Copy): Promise<Files> {
    const bytes = await this.#parts.copyVault.read(copy.id, "copy", copy);
    const pictures = await picturesIn(PDF, bytes);
    return {
      sheets: pictures.map(
        (picture, page) =>
          picture && {
            path: `/copies/${copy.id}/pictures/${page}`,
            widthPx: picture.widthPx,
            heightPx: picture.heightPx,
          },
      ),
      report: await this.#parts.verify(bytes),
    };
  }

  #certify(application: Application, paper: number): CertifyView {
    const { rows, copies, deliveries, ways, tryingOut, authority } = this.#parts;
    const under = rows
      .ofApplication(application.id)
      .find((each) => each.paper === paper && nextSigner(each) !== null);
    return {
      ...{ application: application.id, paper, ways, tryingOut },
      proposed: { date: localDay(rows.now()), authority },
      under:
        under === undefined
          ? null
          : {
              ...{ id: under.id, state: under.state, pending: under.pending },
              registerNumber: under.statement.registerNumber,
              book: under.statement.book,
              journal: rows.journal(under.id),
            },
      copies: copies
        .ofApplication(application.id)
        .filter((copy) => copy.paper === paper)
        .map((copy) => ({ copy, deliveries: deliveries.ofCopy(copy.id) })),
    };
  }
}
