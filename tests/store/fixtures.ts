// What do the store's tests put in, and where?
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SystemClock } from "../../src/core/clock.js";
import type { SealedSubmission, Store } from "../../src/store/store.js";

export const testClock = new SystemClock({ floorMs: 0, synchronised: () => true });

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** A submission of random bytes: the store never looks inside. */
export const randomSubmission = (sequence: number, sizes: readonly number[]): SealedSubmission => ({
  submissionId: randomUUID(),
  sequence,
  procedureCode: "2.000815",
  manifest: randomBytes(400),
  documents: sizes.map((size, index) => {
    const bytes = new Uint8Array(randomBytes(size));
    return { index, sha256: sha256(bytes), bytes };
  }),
  lookupHash: sha256(randomBytes(10)),
  slipNumber: `T01-${String(sequence).padStart(6, "0")}`,
});

export const withFolder = async (act: (dir: string) => void | Promise<void>): Promise<void> => {
  const dir = mkdtempSync(join(tmpdir(), "motcua-store-"));
  try {
    await act(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};

/** The number alone. */
export const nextTicket = (store: Pick<Store, "tickets">, day: string, letters = "A"): number =>
  store.tickets.take({ day, letters, service: "general", group: null, atMs: 0, wallTrust: "trusted" }).number;
