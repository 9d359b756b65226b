// Signs as the portal does, and dies at a chosen moment: `certify-process DIR CERTIFICATION SIGNER MOMENT`.
//
// Moments: "key" when the key is asked for, "signed" when the signature is made, "kept" when the signed file is on
// the disk, "released" inside the transaction that would let it count, "never".

import { silentLog } from "../../src/core/log.js";
import { verifyPdf } from "../../src/documents/verify.js";
import { referenceSigner } from "../../src/portal/authority.js";
import type { Signer } from "../../src/portal/certify/certification-rows.js";
import { Certifier } from "../../src/portal/certify/certifier.js";
import { trustOf } from "../../src/portal/trust.js";
import { open } from "./holdings.js";

const [, , dir = "", id = "", signer = "", moment = ""] = process.argv;
const dieAt = (here: string): void => {
  if (here === moment) process.kill(process.pid, "SIGKILL");
};

const held = open(dir);
const { put } = held.copyVault;
held.copyVault.put = async (...given) => {
  const kept = await put.apply(held.copyVault, given);
  dieAt("kept");
  return kept;
};
const certifier = new Certifier({
  ...{ rows: held.rows, vault: held.copyVault, timestamp: null, log: silentLog, sessionMs: 60_000 },
  verify: (pdf, atMs) => verifyPdf(pdf, { trust: trustOf(dir), ...(atMs !== undefined && { atMs }) }),
  scanOf: async ({ application: number }) => {
    const application = held.register.byId(number);
    const pdf = application && (await held.vault.read(application, 1));
    if (application === undefined || pdf === undefined) throw new Error("no scan");
    return { pdf, takenAtMs: application.takenAtMs };
  },
  releaseFor: async ({ application: number }) => {
    const lookupHash = held.register.lookupHash(number) ?? "";
    return (copy) => {
      const title = { vi: "Giấy khai sinh", en: "Birth certificate" };
      held.copies.add({ ...copy, lookupHash, holderHash: null, title, paperClass: "birthCertificate" });
      held.deliveryRows.add(copy.id, "mail");
      dieAt("released");
    };
  },
});
await certifier.sign(id, { signer: signer as Signer, by: "thu" }, async () => {
  dieAt("key");
  const key = await referenceSigner(dir, signer as Signer, Date.now());
  return {
    ...key,
    sign: async (data) => {
      const signature = await key.sign(data);
      dieAt("signed");
      return signature;
    },
  };
});
held.db.close();
