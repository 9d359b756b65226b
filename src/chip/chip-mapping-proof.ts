// Did PACE already prove that the chip holds the key that its issuer signed? (Chip-authentication mapping)
//
// Doc 9303-11 clause 4.4.3.5: the static key stands in EF.CardSecurity, which is signed like EF.SOD; cards that also do
// chip authentication repeat it in DG14.
import { FaultError } from "../core/faults.js";
import type { ChipMapping } from "./access/chip-mapping.js";
import { ecKeyOf, pointOf, UnsupportedKey } from "./key-agreement.js";
import { type ChipPublicKeyInfo, chipKeysIn, type Dg14 } from "./lds/dg14.js";
import { parseSecurityInfos } from "./lds/security-infos.js";
import { parseSignedData, type SignedObject } from "./lds/signed-data.js";
import { failed, notSupported, passed, type Verdict } from "./verdict.js";

export interface MappingProof {
  readonly verdict: Verdict;
  /** Whose signature stands behind the key. */
  readonly backing: "DG14" | SignedObject | null;
}

const CARD_SECURITY = { contentType: "0.4.0.127.0.7.3.2.1", what: "EF.CardSecurity" } as const;

const holds = (mapping: ChipMapping, keys: readonly ChipPublicKeyInfo[]): boolean =>
  keys
    .filter(({ kind }) => kind === "ECDH")
    .some(({ publicKey }) => {
      try {
        return mapping.holds(pointOf(ecKeyOf(publicKey).key));
      } catch (error) {
        // A key of a kind that is not served may stand beside the one that is.
        if (error instanceof UnsupportedKey) return false;
        throw error;
      }
    });

/** `null` when PACE was done otherwise. */
export const judgeMapping = (
  mapping: ChipMapping | null,
  cardSecurity: Uint8Array | null,
  dg14: Dg14 | null,
): MappingProof | null => {
  if (mapping === null) return null;
  const good = (backing: "DG14" | SignedObject, where: string): MappingProof => ({
    verdict: passed(`PACE with chip-authentication mapping: the key in ${where} is the chip's own`),
    backing,
  });
  try {
    if (dg14 !== null && holds(mapping, dg14.chipKeys)) return good("DG14", "DG14");
    if (cardSecurity === null) {
      const verdict = notSupported(
        "PACE with chip-authentication mapping, but no EF.CardSecurity with the key",
      );
      return { verdict, backing: null };
    }
    const object = parseSignedData(cardSecurity, CARD_SECURITY);
    if (holds(mapping, chipKeysIn(parseSecurityInfos(object.content))))
      return good(object, "EF.CardSecurity");
    const verdict = failed("PACE with chip-authentication mapping: the chip does not have the private key");
    return { verdict, backing: null };
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    return { verdict: notSupported(error.detail), backing: null };
  }
};
