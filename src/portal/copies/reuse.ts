// Which stored copies come with an application in the place of papers, and may they?
//
// Answered at take-in, after the receipt: whatever the answer is, the application is taken, and the officer sees
// it. What could not be answered then (a cut in between) is answered when somebody looks.

import type { ApplicationContent } from "../../sync/protocol/content.js";
import type { PortalDb } from "../db/portal-db.js";
import { citizenNumber } from "../holder.js";
import type { Application } from "../register.js";
import type { Copies, Copy } from "./copies.js";

export type ReuseResult =
  | "attached"
  | "notFound"
  /** There is one under this code, and it belongs to somebody else. */
  | "notTheirs"
  | "revoked";

export interface Reuse {
  /** Place among the papers of the application. */
  readonly paper: number;
  readonly result: ReuseResult;
  /** Null: none is shown. */
  readonly copy: string | null;
}

export interface ReusesParts {
  readonly db: PortalDb;
  readonly copies: Copies;
  /** What stands in the application that a copy was made from; undefined when it can not be opened. */
  readonly contentOf: (application: number) => Promise<ApplicationContent | undefined>;
}

export class Reuses {
  readonly #parts: ReusesParts;

  constructor(parts: ReusesParts) {
    this.#parts = parts;
  }

  /** Idempotent: what was answered once stays answered. */
  async settle(application: Application, content: ApplicationContent): Promise<readonly Reuse[]> {
    const known = this.#known(application.id);
    for (const [paper, { stored, paperClass }] of content.papers.entries()) {
      if (stored === undefined || known.some((reuse) => reuse.paper === paper)) continue;
      const found = this.#parts.copies.wished({ ...stored, paperClass }, () => true);
      this.#keep(application.id, { paper, ...(await this.#judge(found, content)) });
    }
    return this.#known(application.id);
  }

  async #judge(copy: Copy | undefined, content: ApplicationContent): Promise<Omit<Reuse, "paper">> {
    if (copy === undefined) return { result: "notFound", copy: null };
    const theirs = await this.#parts.contentOf(copy.application);
    const holder = theirs === undefined ? null : citizenNumber(theirs);
    if (holder === null || holder !== citizenNumber(content)) return { result: "notTheirs", copy: null };
    return { result: copy.state === "revoked" ? "revoked" : "attached", copy: copy.id };
  }

  #keep(application: number, { paper, result, copy }: Reuse): void {
    this.#parts.db
      .prepare(`INSERT INTO reuses (application, paper, result, copy) VALUES (?, ?, ?, ?)
        ON CONFLICT DO NOTHING`)
      .run(application, paper, result, copy);
  }

  #known(application: number): readonly Reuse[] {
    return this.#parts.db
      .prepare("SELECT paper, result, copy FROM reuses WHERE application = ? ORDER BY paper")
      .all(application) as Reuse[];
  }
}
