// Why would broker and kiosk not trust each other, and what does a technician do about it?
//
// Two sides check. Kiosk of broker: OpenSSL's verify codes, as Node names them (X509_V_ERR_…). Broker of kiosk: a TLS
// alert (RFC 8446, 6.2), which with TLS 1.3 comes after the kiosk's own handshake has ended well. An alert can get
// lost when the broker closes at once; then what the kiosk knows of its own certificate must do.
import type { FaultCode } from "../../core/faults.js";

export interface Refusal {
  readonly code: Extract<FaultCode, `link.${string}` | "clock.untrusted">;
  /** In English, for the log; nothing secret. */
  readonly detail: string;
  /** True: the pair itself was refused, so that another one may be tried. */
  readonly isOfPair: boolean;
}

/** What the kiosk knows of the certificate that it showed. */
export interface Shown {
  readonly serial: string;
  readonly fromMs: number;
  readonly toMs: number;
}

const day = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 16).replace("T", " ");

const brokerCodes: readonly (readonly [RegExp, Refusal])[] = [
  [
    /CERT_NOT_YET_VALID/,
    {
      ...{ code: "clock.untrusted", isOfPair: false },
      detail: "by this kiosk's clock the broker's certificate is not yet valid: the clock is wrong, set it",
    },
  ],
  [
    /CERT_HAS_EXPIRED/,
    {
      ...{ code: "link.brokerUntrusted", isOfPair: false },
      detail: "the broker's certificate has expired, or this kiosk's clock is ahead",
    },
  ],
  [
    /ERR_TLS_CERT_ALTNAME_INVALID/,
    {
      ...{ code: "link.brokerUntrusted", isOfPair: false },
      detail: "the broker's certificate is for another name than link.url has",
    },
  ],
  [
    /SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF|UNABLE_TO_GET_ISSUER|DEPTH_ZERO_SELF_SIGNED|CERT_SIGNATURE_FAILURE/,
    {
      ...{ code: "link.brokerUntrusted", isOfPair: false },
      detail: "the broker's certificate is not from the authority in link.authority",
    },
  ],
];

const ofShown = ({ serial, fromMs, toMs }: Shown, nowMs: number): Refusal | null => {
  if (nowMs > toMs)
    return {
      ...{ code: "link.certificateExpired", isOfPair: true },
      detail: `this kiosk's certificate ${serial} expired on ${day(toMs)} UTC`,
    };
  if (nowMs < fromMs)
    return {
      ...{ code: "clock.untrusted", isOfPair: true },
      detail: `this kiosk's certificate ${serial} is valid only from ${day(fromMs)} UTC: check the clock`,
    };
  return null;
};

const alertCodes = (shown: Shown | null): readonly (readonly [RegExp, Refusal])[] => {
  const named = shown === null ? "this kiosk's certificate" : `this kiosk's certificate ${shown.serial}`;
  const expired = shown === null ? "" : ` (it says until ${day(shown.toMs)} UTC)`;
  return [
    [
      /ALERT_CERTIFICATE_EXPIRED/,
      {
        ...{ code: "link.certificateExpired", isOfPair: true },
        detail: `the broker says that ${named} has expired${expired}`,
      },
    ],
    [
      /ALERT_CERTIFICATE_REVOKED/,
      {
        ...{ code: "link.certificateRefused", isOfPair: true },
        detail: `the broker says that ${named} was revoked`,
      },
    ],
    [
      /ALERT_UNKNOWN_CA/,
      {
        ...{ code: "link.certificateRefused", isOfPair: true },
        detail: `the broker does not know the authority that issued ${named}`,
      },
    ],
    [
      /CERTIFICATE_REQUIRED|ALERT_HANDSHAKE_FAILURE/,
      {
        ...{ code: "link.certificateRefused", isOfPair: true },
        detail:
          shown === null
            ? "the broker wants a certificate and this kiosk has none: motcua certificate request"
            : `the broker did not take ${named}`,
      },
    ],
    [
      /ALERT_BAD_CERTIFICATE|ALERT_UNSUPPORTED_CERTIFICATE|ALERT_CERTIFICATE_UNKNOWN|ALERT_ACCESS_DENIED/,
      {
        ...{ code: "link.certificateRefused", isOfPair: true },
        detail: `the broker did not take ${named}: not yet valid by its clock, or damaged`,
      },
    ],
  ];
};

/** Every name and message along the chain of causes. */
const textOf = (thrown: unknown): string => {
  const parts: string[] = [];
  for (let at = thrown, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1)
    parts.push(String((at as { code?: unknown }).code ?? ""), at.message);
  return parts.join(" ");
};

/** MQTT 5 reason codes of a CONNACK that speaks of who asks (Not authorized, Bad user name, Banned). */
const NOT_AUTHORISED = /Not authorized|Bad User Name|Banned|Client Identifier not valid/i;
/** How Node says that the other side left without a word. */
const CUT_SHORT = /ECONNRESET|EPIPE|closed before it was up|socket disconnected before secure TLS/;

/**
 * What a failed connection says about trust. Null: nothing; the network, the broker or its load is to blame.
 * `shown`: the certificate that was offered, null where none was.
 */
export const refusalOf = (thrown: unknown, shown: Shown | null, nowMs: number): Refusal | null => {
  const text = textOf(thrown);
  const own = shown === null ? null : ofShown(shown, nowMs);
  // "Bad certificate" is what OpenSSL says for one that is not yet valid: the kiosk's own knowledge is clearer.
  for (const [pattern, refusal] of [...brokerCodes, ...alertCodes(shown)])
    if (pattern.test(text)) return refusal.isOfPair && own !== null ? own : refusal;
  if (NOT_AUTHORISED.test(text))
    return {
      ...{ code: "link.certificateRefused", isOfPair: true },
      detail: "the broker does not let this kiosk's identity in",
    };
  return CUT_SHORT.test(text) ? own : null;
};
