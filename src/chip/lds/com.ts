// Which data groups does the card say it has? (EF.COM, Doc 9303-10 clause 4.6.1)
import { childOf, expectTlv, malformed, readTlvs } from "../tlv.js";
import { GROUP_BY_TAG } from "./files.js";

export interface Com {
  /** "0107" */
  readonly ldsVersion: string;
  /** Data group numbers, in the card's order. Unsigned: the SOD's list is the one to believe. */
  readonly groups: readonly number[];
  /** Tags in the list that no data group has; kept, never an error. */
  readonly unknownTags: readonly number[];
}

export const parseCom = (file: Uint8Array): Com => {
  const members = readTlvs(expectTlv(file, 0x60, "EF.COM").value);
  const version = new TextDecoder("latin1").decode(childOf(members, 0x5f01, "EF.COM").value);
  if (!/^\d{4}$/.test(version)) throw malformed("EF.COM: the LDS version is not four digits");
  const tags = [...childOf(members, 0x5c, "EF.COM").value];
  const groups = tags.flatMap((tag) => GROUP_BY_TAG.get(tag) ?? []);
  const unknownTags = tags.filter((tag) => !GROUP_BY_TAG.has(tag));
  return { ldsVersion: version, groups, unknownTags };
};
