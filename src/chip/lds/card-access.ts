// What does the card say of its protocols before any access? (EF.CardAccess, Doc 9303-11 clause 9.2.11)
import { FaultError } from "../../core/faults.js";
import type { Channel } from "../access/channel.js";
import { describeStatus } from "../apdu.js";
import { FileReader, oneChannel } from "./file-reader.js";
import { EF_CARD_ACCESS } from "./files.js";
import { parseSecurityInfos, type SecurityInfo } from "./security-infos.js";

export interface CardAccess {
  /** The file's bytes; `null` when the card did not give it. */
  readonly file: Uint8Array | null;
  readonly infos: readonly SecurityInfo[];
  /** Why PACE is out of the question, when it is. */
  readonly obstacle: string | null;
}

const none = (obstacle: string): CardAccess => ({ file: null, infos: [], obstacle });

/**
 * Reads the file without selecting the master file, which some cards refuse with 6D00: after activation it is
 * current anyway. The file is not authenticated here; the copy of its content in DG14 is.
 */
export const readCardAccess = async (channel: Channel): Promise<CardAccess> => {
  try {
    const outcome = await new FileReader(oneChannel(channel), () => {}).read(EF_CARD_ACCESS);
    if (outcome.state === "missing") return none(`no EF.CardAccess: ${describeStatus(outcome.sw)}`);
    return { file: outcome.bytes, infos: parseSecurityInfos(outcome.bytes), obstacle: null };
  } catch (error) {
    // A card that left or a wire that broke is no property of the file.
    if (!(error instanceof FaultError) || error.code !== "card.unreadable") throw error;
    return none(`EF.CardAccess unreadable: ${error.detail}`);
  }
};
