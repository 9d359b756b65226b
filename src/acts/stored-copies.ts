// Does the portal keep an electronic copy of this person under this code?
import { toFault } from "../core/faults.js";
import type { StoredWish } from "../flows/effects.js";
import type { StoredAnswer } from "../flows/paper.js";
import type { Link } from "../sync/link.js";

/** The portal answers in well under a second; nobody waits longer for what can be looked for later. */
const ASK_MS = 8_000;

/** "unasked" when there is no link, or no answer in time; rejects with the signal only. */
export const findStored = async (
  link: Pick<Link, "state" | "findStoredCopy">,
  { lookupCode, paperClass, holder }: StoredWish,
  signal: AbortSignal,
): Promise<StoredAnswer> => {
  if (link.state !== "up") return { result: "unasked" };
  const wish = { lookupCode, number: holder.reveal(), ...(paperClass === "any" ? {} : { paperClass }) };
  try {
    const found = await link.findStoredCopy(wish, ASK_MS, signal);
    if (found === null) return { result: "unknown" };
    const { copy, title, certifiedAt, state } = found;
    return state === "revoked"
      ? { result: "revoked" }
      : { result: "found", copy: { copy, title, date: certifiedAt } };
  } catch (thrown) {
    signal.throwIfAborted();
    if (toFault(thrown).code === "link.down") return { result: "unasked" };
    throw thrown;
  }
};
