// Can every document of a submission be opened, and what stands in it?
import { type ApplicationContent, parseContent } from "../sync/protocol/content.js";
import type { PortalKeyPair } from "../sync/protocol/keys.js";
import type { Manifest } from "../sync/protocol/messages.js";
import { open } from "../sync/protocol/seal.js";

/** Of one submission: what lies between two threads of the pool waits for neither. */
const OPENED_AT_ONCE = 4;

/** Opens each once, so that nothing is taken that an officer could not read; some side by side. */
export const openDocuments = async (
  { kiosk, submission }: Manifest,
  sealed: readonly Uint8Array[],
  portalKey: PortalKeyPair,
): Promise<ApplicationContent | undefined | "cannotOpen"> => {
  let content: ApplicationContent | undefined;
  const waiting = [...sealed.entries()];
  const openInTurn = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, bytes] = next;
      const plain = await open(bytes, portalKey, { kiosk, submission, index });
      if (index === 0) content = parseContent(plain);
    }
  };
  try {
    await Promise.all(Array.from({ length: OPENED_AT_ONCE }, openInTurn));
  } catch {
    return "cannotOpen";
  }
  return content;
};
