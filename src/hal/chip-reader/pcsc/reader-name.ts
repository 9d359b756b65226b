// Which of the readers that PC/SC knows is the kiosk's?
import type { CauseKind } from "../../../core/causes.js";
import { FaultError } from "../../../core/faults.js";

/** How makers name the contactless slot of a reader that also takes cards with contacts. */
const CONTACTLESS = /\b(CL|PICC|NFC|contactless)\b/i;

const list = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");

/**
 * `wanted` is a name, or a part of one that no other has: the number at the end of a PC/SC name changes with
 * the order of plugging. Without it there is one reader, or one contactless one.
 * Throws `FaultError` "chipReader.absent" that says which there are.
 */
export const chooseReader = (names: readonly string[], wanted: string | null): string => {
  const absent = (detail: string, kind: CauseKind) =>
    new FaultError("chipReader.absent", detail, { why: { kind, at: `pcsc:${wanted ?? ""}` } });
  if (names.length === 0) throw absent("no PC/SC reader is plugged in", "missing");
  const fitting =
    wanted === null
      ? names.filter((name) => names.length === 1 || CONTACTLESS.test(name))
      : names.filter((name) => name === wanted);
  const chosen =
    fitting.length > 0 || wanted === null ? fitting : names.filter((name) => name.includes(wanted));
  const [only, second] = chosen;
  if (only !== undefined && second === undefined) return only;
  if (wanted === null)
    throw absent(`several PC/SC readers, name one in "pcsc:NAME": ${list(names)}`, "ambiguous");
  if (only === undefined)
    throw absent(`no PC/SC reader named "${wanted}"; there are ${list(names)}`, "wrongDevice");
  throw absent(`"${wanted}" names more than one PC/SC reader: ${list(chosen)}`, "ambiguous");
};
