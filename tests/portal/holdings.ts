// What do the portal's tests put into its database without a kiosk?
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Copy } from "../../src/portal/copies/copies.js";
import { holdings } from "../../src/portal/holdings.js";
import { PORTAL_MIGRATIONS } from "../../src/portal/migrations.js";
import type { Application } from "../../src/portal/register.js";
import { openDatabase } from "../../src/store/database.js";
import { hashHolder, hashLookupCode, newLookupCode } from "../../src/sync/protocol/lookup-code.js";
import { testClock } from "../store/fixtures.js";

export type Held = ReturnType<typeof holdings> & { readonly dir: string };

export const withFolder = async (act: (dir: string) => Promise<void>): Promise<void> => {
  const dir = mkdtempSync(join(tmpdir(), "motcua-portal-"));
  try {
    await act(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};

export const open = (dir: string): Held => {
  const { db } = openDatabase(join(dir, "portal.db"), PORTAL_MIGRATIONS);
  return { ...holdings(db, { dir, clock: testClock, settings: {} }), dir };
};

export const withHeld = (act: (held: Held) => Promise<void>): Promise<void> =>
  withFolder(async (dir) => {
    const held = open(dir);
    try {
      await act(held);
    } finally {
      held.db.close();
    }
  });

/** A row of an application; its documents are nowhere. */
export const takeApplication = ({ register }: Held, lookupCode: string): Application =>
  register.take({
    manifest: {
      ...{ v: 1, kiosk: "T01", submission: randomUUID(), sequence: 1, procedure: "2.000815" },
      ...{ slipNumber: "T01-000001", lookupHash: hashLookupCode(lookupCode), portalKeyId: "none" },
      ...{ documents: [], wallMs: 0, wallTrust: "trusted" },
    },
    signedManifest: randomBytes(10),
    procedureTitle: "Chứng thực bản sao từ bản chính",
    workingDays: 1,
  });

export interface Made {
  readonly copy: Copy;
  readonly pdf: Uint8Array;
  readonly lookupCode: string;
}

export const NUMBER = "001190000017";

/** A copy that nobody signed: for what comes after the signing. */
export const makeCopy = async (held: Held, registerNumber: string, paperClass = "diploma"): Promise<Made> => {
  const lookupCode = newLookupCode();
  const application = takeApplication(held, lookupCode);
  const statement = {
    ...{ registerNumber, book: "01-SCT/BS", date: "2026-11-20", authority: "UBND xã Thử" },
    officer: { name: "Trần Thử", position: "Phó Chủ tịch" },
  };
  const { id } = held.rows.start({ application: application.id, paper: 0, by: "thu" }, statement);
  const pdf = new Uint8Array(Buffer.concat([Buffer.from("%PDF-1.7\n"), randomBytes(3000)]));
  held.copies.add({
    ...{ id, application: application.id, paper: 0, statement, signatures: [], pages: 1, paperClass },
    ...{ lookupHash: hashLookupCode(lookupCode), holderHash: hashHolder(lookupCode, NUMBER) },
    ...{ title: { vi: "Bằng tốt nghiệp", en: "Diploma" }, bytes: pdf.length },
    sha256: createHash("sha256").update(pdf).digest("hex"),
    ...(await held.copyVault.put(id, "copy", pdf)),
  });
  const copy = held.copies.byId(id);
  if (copy === undefined) throw new Error("the copy is not there");
  return { copy, pdf, lookupCode };
};
