// Can a code reach the citizen's phone, and is what they typed that code?
//
// Number and code go to the portal sealed, each as part of its very question; here they are neither kept nor noted.
import { randomUUID } from "node:crypto";
import { FaultError, toFault } from "../core/faults.js";
import type { Log } from "../core/log.js";
import type { Pii } from "../core/pii.js";
import type { CodeRefusal, CodeSent, CodeTried } from "../flows/phone-code.js";
import type { Store } from "../store/store.js";
import type { Link } from "../sync/link.js";
import type { PortalPublicKey } from "../sync/protocol/keys.js";
import type { CodeMessage, CodeResult } from "../sync/protocol/messages.js";
import { sealQuestion } from "../sync/protocol/seal.js";

export interface PhoneCodeParts {
  readonly link: Pick<Link, "state" | "askCode">;
  readonly store: Pick<Store, "journal">;
  readonly kioskId: string;
  /** The portal's newest; throws "keys.unusable". */
  readonly portalKey: () => PortalPublicKey;
  readonly log: Log;
}

/** The gateway has ten seconds; then the code on the screen is quicker. */
const ASK_MS = 12_000;

const REFUSALS: Readonly<Record<Exclude<CodeResult, "sent" | "right" | "wrong">, CodeRefusal>> = {
  noGateway: "noGateway",
  tooMany: "tooMany",
  badNumber: "badNumber",
  gatewayDown: "gatewayDown",
  expired: "expired",
  // What ops must mend; to the citizen it is all the same.
  unknownKiosk: "noGateway",
  badQuestion: "noGateway",
};

const refusalOf = (result: CodeResult): CodeRefusal =>
  result in REFUSALS ? REFUSALS[result as keyof typeof REFUSALS] : "gatewayDown";

interface Asked {
  readonly asks: "send" | "try";
  readonly id: string;
  readonly reference: string;
  readonly text: Pii<string>;
}

/** Throws "link.down", and what else went wrong. */
const ask = async (
  { link, kioskId, portalKey }: PhoneCodeParts,
  { asks, id, reference, text }: Asked,
  signal: AbortSignal,
): Promise<CodeMessage> => {
  if (link.state !== "up" || link.askCode === undefined)
    throw new FaultError("link.down", "no connection to the portal");
  const key = portalKey();
  const place = { kiosk: kioskId, id, asks, reference };
  const sealed = Buffer.from(await sealQuestion(text.reveal(), key, place)).toString("base64");
  return link.askCode({ v: 1, id, asks, reference, portalKeyId: key.id, sealed }, ASK_MS, signal);
};

/** Null: there was no answer; the citizen goes on with the code on the screen. */
const answerTo = async (
  parts: PhoneCodeParts,
  asked: Asked,
  signal: AbortSignal,
): Promise<CodeMessage | null> => {
  const { journal } = parts.store;
  const { asks, reference } = asked;
  journal.note(`phoneCode.${asks}`, reference, {});
  const answer = await ask(parts, asked, signal).catch((thrown: unknown) => {
    signal.throwIfAborted();
    const { code, detail } = toFault(thrown);
    if (code !== "link.down") parts.log("kiosk.error", { where: "code to a phone", message: detail });
    return null;
  });
  journal.note(`phoneCode.${asks}Answered`, reference, { result: answer?.result ?? "offline" });
  return answer;
};

export const sendCode = async (
  parts: PhoneCodeParts,
  phone: Pii<string>,
  signal: AbortSignal,
): Promise<CodeSent> => {
  const id = randomUUID();
  const answer = await answerTo(parts, { asks: "send", id, reference: id, text: phone }, signal);
  if (answer === null) return { kind: "no", why: "offline" };
  return answer.result === "sent"
    ? { kind: "sent", reference: id, secondsLeft: answer.secondsLeft ?? 0 }
    : { kind: "no", why: refusalOf(answer.result) };
};

export const tryCode = async (
  parts: PhoneCodeParts,
  { reference, code }: { readonly reference: string; readonly code: Pii<string> },
  signal: AbortSignal,
): Promise<CodeTried> => {
  const answer = await answerTo(parts, { asks: "try", id: randomUUID(), reference, text: code }, signal);
  if (answer === null) return { kind: "no", why: "offline" };
  if (answer.result === "right") return { kind: "right" };
  return answer.result === "wrong"
    ? { kind: "wrong", triesLeft: answer.triesLeft ?? 0 }
    : { kind: "no", why: refusalOf(answer.result) };
};
