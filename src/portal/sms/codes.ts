// Does a citizen hold the phone whose number they gave?
//
// A code of six random digits goes there by SMS, and what is typed at the kiosk is compared with it here. Of number and
// code nothing is kept but keyed hashes (the key is a file, not in the database), and neither stands in the audit or the
// log. A code counts for minutes and for five tries; what was proven by it holds for one application.
import { createHmac, hkdfSync, randomBytes, randomInt, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../core/clock.js";
import type { Log } from "../../core/log.js";
import { PHONE_CODE_DIGITS, toMobileE164 } from "../../core/mobile-number.js";
import type { ApplicationContent } from "../../sync/protocol/content.js";
import type { PortalKeyPair } from "../../sync/protocol/keys.js";
import type { CodeMessage, CodeResult, CodeWish } from "../../sync/protocol/messages.js";
import { openQuestion } from "../../sync/protocol/seal.js";
import { decode } from "../../sync/protocol/validate.js";
import type { Audit } from "../access/audit.js";
import type { Application } from "../register.js";
import type { CodeRows, Sending } from "./code-rows.js";
import type { Gateway } from "./gateway.js";
import type { SmsSettings } from "./sms-settings.js";

export interface CodesParts {
  readonly rows: CodeRows;
  /** 32 bytes that are not in the database. */
  readonly secret: Uint8Array;
  /** Null: there is no gateway. */
  readonly sms: { readonly gateway: Gateway; readonly settings: SmsSettings } | null;
  readonly audit: Audit;
  readonly isEnrolled: (kiosk: string) => boolean;
  readonly portalKey: (id: string) => PortalKeyPair | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

const MOST_TRIES = 5;
const TOKEN_BYTES = 16;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MINUTE_MS = 60_000;
/** Longer than any limit looks back. */
const KEPT_MS = 2 * DAY_MS;

/** One part of 160 signs of the GSM 7-bit alphabet: Vietnamese marks would make it three. */
export const smsText = (code: string, minutes: number): string =>
  `Ma xac nhan nop ho so: ${code}. Co gia tri ${minutes} phut. Khong dua ma nay cho ai. Your code for the kiosk; do not share it.`;

type Place = Pick<Application, "kiosk" | "submission">;
type Answer = Omit<CodeMessage, "v" | "id">;

const only = (result: CodeResult): Answer => ({ result, triesLeft: null, secondsLeft: null });

export class Codes {
  readonly #parts: CodesParts;
  readonly #key: Buffer;

  constructor(parts: CodesParts) {
    this.#parts = parts;
    this.#key = Buffer.from(hkdfSync("sha256", parts.secret, "", "motcua sms code 1", TOKEN_BYTES * 2));
  }

  /** Null: it is no question, or its first coming is still being answered. Rejects when nothing can be written. */
  async hear(kiosk: string, payload: Uint8Array): Promise<CodeMessage | null> {
    const message = decode("codeWish", payload);
    if (!message.ok) {
      this.#parts.log("portal.refused", { kiosk, submission: "unknown", reason: message.problem });
      return null;
    }
    const answer = await this.#answer(kiosk, message.value);
    return answer && { v: 1, id: message.value.id, ...answer };
  }

  /** What the gateway tells by Kannel's `type`. */
  report(token: string, type: number): "kept" | "unknownToken" | "badType" {
    const state = { 1: "delivered", 2: "failed", 4: "taken", 8: "taken", 16: "failed" } as const;
    if (!(type in state)) return "badType";
    const known = this.#parts.rows.reported(token, state[type as keyof typeof state]);
    return known ? "kept" : "unknownToken";
  }

  /** At take-in: what was proven holds for this application from now on. Idempotent. */
  settle({ kiosk, submission }: Place, content: ApplicationContent): void {
    const proof = this.#proofIn(content);
    if (proof !== null) this.#parts.rows.use({ kiosk, submission, ...proof });
  }

  /** Whether the number in this application is proven; null: the citizen confirmed in another way. */
  isProven({ kiosk, submission }: Place, content: ApplicationContent): boolean | null {
    if (content.confirmation.method !== "sms") return null;
    const proof = this.#proofIn(content);
    const sending = proof === null ? undefined : this.#parts.rows.of(kiosk, proof.reference);
    return sending?.usedBy === submission && proof !== null && sending.phoneMark.equals(proof.phoneMark);
  }

  #proofIn({ confirmation, form }: ApplicationContent): Pick<Sending, "reference" | "phoneMark"> | null {
    const { method, reference, field } = confirmation;
    const phone = toMobileE164(form.find(({ key }) => key === field)?.value ?? "");
    if (method !== "sms" || reference === undefined || phone === null) return null;
    return { reference, phoneMark: this.#mark("phone", phone) };
  }

  async #answer(kiosk: string, wish: CodeWish): Promise<Answer | null> {
    if (!this.#parts.isEnrolled(kiosk)) return only("unknownKiosk");
    const { id, asks, reference } = wish;
    const text = await this.#opened(kiosk, wish);
    if (text === null || (asks === "send" && id !== reference)) return only("badQuestion");
    return asks === "send" ? this.#send(kiosk, reference, text) : this.#try(kiosk, wish, text);
  }

  async #opened(
    kiosk: string,
    { id, asks, reference, portalKeyId, sealed }: CodeWish,
  ): Promise<string | null> {
    const key = this.#parts.portalKey(portalKeyId);
    if (key === undefined) return null;
    const place = { kiosk, id, asks, reference };
    return openQuestion(Buffer.from(sealed, "base64"), key, place).catch(() => null);
  }

  async #send(kiosk: string, reference: string, given: string): Promise<Answer | null> {
    const { sms, rows } = this.#parts;
    if (sms === null) return only("noGateway");
    const phone = toMobileE164(given);
    if (phone === null) return only("badNumber");
    const code = String(randomInt(0, 10 ** PHONE_CODE_DIGITS)).padStart(PHONE_CODE_DIGITS, "0");
    const token = randomBytes(TOKEN_BYTES).toString("hex");
    // On the disk before it goes: a cut in between costs one of the citizen's messages, and never a limit.
    const before = rows.together(() =>
      this.#begin(kiosk, reference, { phone, code, token, settings: sms.settings }),
    );
    if (before !== "begun") return before;
    const { taken, detail } = await sms.gateway.send({
      to: phone,
      text: smsText(code, sms.settings.minutes),
      token,
    });
    rows.handed(kiosk, reference, taken ? "taken" : "notTaken");
    this.#note(kiosk, reference, taken ? "sms.sent" : "sms.notTaken", detail);
    this.#parts.log("portal.sms", { kiosk, taken, detail });
    const sending = rows.of(kiosk, reference);
    return sending === undefined ? null : this.#standing(sending);
  }

  #begin(
    kiosk: string,
    reference: string,
    made: {
      readonly phone: string;
      readonly code: string;
      readonly token: string;
      readonly settings: SmsSettings;
    },
  ): "begun" | Answer | null {
    const { rows } = this.#parts;
    const known = rows.of(kiosk, reference);
    if (known !== undefined) return known.state === "sending" ? null : this.#standing(known);
    const nowMs = this.#nowMs();
    const { phone, code, token, settings } = made;
    const phoneMark = this.#mark("phone", phone);
    rows.sweep(nowMs - KEPT_MS);
    const tooMany =
      rows.toNumberSince(phoneMark, nowMs - HOUR_MS) >= settings.perNumberAndHour
        ? "number"
        : rows.fromKioskSince(kiosk, nowMs - DAY_MS) >= settings.perKioskAndDay
          ? "kiosk"
          : null;
    if (tooMany !== null) {
      this.#note(kiosk, reference, "sms.tooMany", tooMany);
      return only("tooMany");
    }
    rows.insert({
      ...{ kiosk, reference, phoneMark, token, sentAtMs: nowMs },
      codeMark: this.#codeMark(kiosk, reference, code),
      expiresAtMs: nowMs + settings.minutes * MINUTE_MS,
    });
    this.#note(kiosk, reference, "sms.begun", "");
    return "begun";
  }

  #try(kiosk: string, { id, reference }: CodeWish, code: string): Answer {
    const { rows } = this.#parts;
    const mark = this.#codeMark(kiosk, reference, code);
    return rows.together(() => {
      const sending = rows.of(kiosk, reference);
      if (sending === undefined) return only("expired");
      // The same question again: answered as before, and not counted.
      if (sending.lastTry === id) return sending.provenAtMs === null ? this.#wrong(sending) : only("right");
      const over = sending.provenAtMs !== null || this.#secondsLeft(sending) === 0;
      if (over || sending.wrongTries >= MOST_TRIES) return only("expired");
      const isRight = timingSafeEqual(mark, sending.codeMark);
      const tried: Sending = {
        ...{ ...sending, lastTry: id },
        ...(isRight ? { provenAtMs: this.#nowMs() } : { wrongTries: sending.wrongTries + 1 }),
      };
      rows.tried(tried);
      this.#note(kiosk, reference, isRight ? "sms.right" : "sms.wrong", "");
      return isRight ? only("right") : this.#wrong(tried);
    });
  }

  #wrong(sending: Sending): Answer {
    const triesLeft = MOST_TRIES - sending.wrongTries;
    if (triesLeft <= 0) return only("expired");
    return { result: "wrong", triesLeft, secondsLeft: this.#secondsLeft(sending) };
  }

  #standing(sending: Sending): Answer {
    if (sending.state === "notTaken" || sending.state === "failed") return only("gatewayDown");
    const triesLeft = MOST_TRIES - sending.wrongTries;
    return { result: "sent", triesLeft, secondsLeft: this.#secondsLeft(sending) };
  }

  #secondsLeft({ expiresAtMs }: Sending): number {
    return Math.max(0, Math.ceil((expiresAtMs - this.#nowMs()) / 1000));
  }

  #nowMs(): number {
    return Math.round(this.#parts.clock.wall().epochMs);
  }

  #codeMark(kiosk: string, reference: string, code: string): Buffer {
    return this.#mark("code", JSON.stringify([kiosk, reference, code]));
  }

  #mark(what: "phone" | "code", text: string): Buffer {
    return createHmac("sha256", this.#key).update(`${what}\n${text}`).digest();
  }

  #note(kiosk: string, reference: string, act: string, detail: string): void {
    this.#parts.audit.write({
      ...{ who: `kiosk:${kiosk}`, role: "", address: "", act },
      ...{ application: null, subject: reference, detail },
    });
  }
}
