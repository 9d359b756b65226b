// How does a certified copy get into a citizen's document wallet?
//
// The contract is `contract.yaml` beside this file. It is ours: it was tried against a peer written to it, and
// against no wallet in service (iHanoi and VNeID publish none); connecting one means an adapter at this place.
import { readFileSync } from "node:fs";
import type { Clock } from "../../core/clock.js";
import { FaultError } from "../../core/faults.js";
import type { Courier, Parcel, Sent } from "../deliver/parcel.js";
import { AccessToken } from "./access-token.js";
import { type HttpsFetch, makeHttpsFetch } from "./https-fetch.js";

export interface WalletOptions {
  /** Base of the contract's paths, https://… */
  readonly url: string;
  readonly issuer: string;
  readonly discovery: "oauth2" | "oidc";
  readonly clientId: string;
  readonly clientSecretFile: string;
  readonly scope: string;
  readonly resource?: string;
  /** PEM of the servers' authority, where it is none that Node knows. */
  readonly caFile?: string;
}

const TIMEOUT_MS = 60_000;
const CITIZEN_NUMBER = /^\d{12}$/;
/** The other end is busy or out of order; anything else in 4xx is about this very document. */
const COMES_AGAIN: ReadonlySet<number> = new Set([401, 403, 408, 425, 429]);
const DAY_S = 86_400;

const documentOf = ({ copy, pdf, recipient, language }: Parcel) => ({
  holder: { scheme: "vn-citizen-number", value: recipient },
  title: copy.title,
  paperClass: copy.paperClass,
  pages: copy.pages,
  language,
  certification: {
    authority: copy.statement.authority,
    registerNumber: copy.statement.registerNumber,
    book: copy.statement.book,
    date: copy.statement.date,
    officer: copy.statement.officer,
  },
  content: {
    mediaType: "application/pdf",
    sha256: copy.sha256,
    base64: Buffer.from(pdf).toString("base64"),
  },
});

/** RFC 9110, 10.2.3, in seconds; the other form, a date, is left to our own waiting. */
const retryAfterMs = (response: Response): { notBeforeMs?: number } => {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? { notBeforeMs: Math.min(seconds, DAY_S) * 1000 } : {};
};

const outcomeOf = (response: Response): Sent => {
  const { status } = response;
  const detail = `HTTP ${status}`;
  // 409: it is there already, and is the same.
  if ((status >= 200 && status < 300) || status === 409) return { kind: "delivered", detail };
  if (status >= 500 || COMES_AGAIN.has(status)) return { kind: "later", detail, ...retryAfterMs(response) };
  return { kind: "failed", detail };
};

/** RFC 6749, 5.2: "invalid_client" and its like; free text of the other end is not kept. */
const OAUTH_ERROR = /^[a-z_]{1,40}$/;

const nameOf = (thrown: unknown): string => {
  const { code, error } = thrown as { readonly code?: unknown; readonly error?: unknown };
  const name = thrown instanceof Error ? thrown.name : "error";
  return [name, code, error]
    .filter((part): part is string => typeof part === "string" && (part !== error || OAUTH_ERROR.test(part)))
    .join(" ");
};

export class WalletCourier implements Courier {
  readonly #url: string;
  readonly #fetch: HttpsFetch;
  readonly #token: AccessToken;

  /** Throws when the settings can not work. */
  constructor(options: WalletOptions, clock: Clock) {
    if (new URL(options.url).protocol !== "https:")
      throw new FaultError("runtime.internal", `wallet: "${options.url}" is not https:`);
    this.#url = options.url.replace(/\/$/, "");
    const ca = options.caFile === undefined ? {} : { ca: readFileSync(options.caFile, "utf8") };
    this.#fetch = makeHttpsFetch({ ...ca, timeoutMs: TIMEOUT_MS });
    const clientSecret = readFileSync(options.clientSecretFile, "utf8").trim();
    this.#token = new AccessToken({ ...options, clientSecret }, this.#fetch, clock);
  }

  async send(parcel: Parcel, signal: AbortSignal): Promise<Sent> {
    if (!CITIZEN_NUMBER.test(parcel.recipient))
      return { kind: "failed", detail: "the holder has no citizen number of 12 digits" };
    return this.#push(`/v1/documents/${parcel.copy.id}`, "PUT", parcel.key, documentOf(parcel), signal);
  }

  /** Tells the wallet that the copy no longer counts. */
  async revoke(parcel: Parcel, signal: AbortSignal): Promise<Sent> {
    const body = { sha256: parcel.copy.sha256, reason: parcel.copy.revocationReason ?? "" };
    return this.#push(`/v1/documents/${parcel.copy.id}/revocation`, "PUT", parcel.key, body, signal);
  }

  async #push(path: string, method: string, key: string, body: object, signal: AbortSignal): Promise<Sent> {
    try {
      const text = JSON.stringify(body);
      const first = await this.#attempt({ path, method, key, text }, signal);
      if (first.status !== 401) return outcomeOf(first);
      // The token may have been withdrawn before its time: one new one, and then it is the other end's matter.
      this.#token.forget();
      return outcomeOf(await this.#attempt({ path, method, key, text }, signal));
    } catch (thrown) {
      return { kind: "later", detail: nameOf(thrown) };
    }
  }

  async #attempt(
    call: { readonly path: string; readonly method: string; readonly key: string; readonly text: string },
    signal: AbortSignal,
  ): Promise<Response> {
    const token = await this.#token.get(signal);
    return this.#fetch(this.#url + call.path, {
      method: call.method,
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        "idempotency-key": call.key,
      },
      body: call.text,
      signal,
    });
  }
}
