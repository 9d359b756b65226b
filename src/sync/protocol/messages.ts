// Which messages do kiosk and portal exchange, on which topics?
//
// Version 1; for readers without this program it stands in ../asyncapi.yaml. From the kiosk
// `motcua/1/<kiosk>/up/{init,chunk,fin,seen,lookup,copy,fee,code,command,certificate,tickets,opinion,want}`, from the portal
// `motcua/1/<kiosk>/down/{need,ack,status,found,copy,fee,code,command,heard,certificate,ticketed,queue,opinion,offer,part}`, and what tells how things are: the kiosk's
// retained birth and death on `…/state`, its figures on `…/telemetry` (those of a time without a link on
// `…/telemetry/past`, how content citizens were on `…/telemetry/ratings`, how far an
// update is, retained, on `…/telemetry/update`), each device's retained fault, or that it has none, on `…/device/<device>`, the portal's
// retained presence on `motcua/1/portal/state`. Control messages are JSON; a chunk is a binary payload whose place is
// told by MQTT 5 user properties. Everything may come twice, late or not at all: each message is idempotent.

export const PROTOCOL_VERSION = 1;

export const UP_KINDS = [
  "init",
  "chunk",
  "fin",
  "seen",
  "lookup",
  "copy",
  "fee",
  "code",
  "command",
  "certificate",
  "tickets",
  "opinion",
  "want",
] as const;
export type UpKind = (typeof UP_KINDS)[number];
export const DOWN_KINDS = [
  "need",
  "ack",
  "status",
  "found",
  "copy",
  "fee",
  "code",
  "command",
  "heard",
  "certificate",
  "ticketed",
  "queue",
  "opinion",
  "offer",
  "part",
] as const;
export type DownKind = (typeof DOWN_KINDS)[number];

const ROOT = "motcua/1";

export const topics = {
  up: (kiosk: string, kind: UpKind) => `${ROOT}/${kiosk}/up/${kind}`,
  down: (kiosk: string, kind: DownKind) => `${ROOT}/${kiosk}/down/${kind}`,
  allDown: (kiosk: string) => `${ROOT}/${kiosk}/down/#`,
  state: (kiosk: string) => `${ROOT}/${kiosk}/state`,
  telemetry: (kiosk: string) => `${ROOT}/${kiosk}/telemetry`,
  past: (kiosk: string) => `${ROOT}/${kiosk}/telemetry/past`,
  ratings: (kiosk: string) => `${ROOT}/${kiosk}/telemetry/ratings`,
  update: (kiosk: string) => `${ROOT}/${kiosk}/telemetry/update`,
  device: (kiosk: string, device: string) => `${ROOT}/${kiosk}/device/${device}`,
  /** "portal" is therefore no kiosk's id. */
  portal: `${ROOT}/portal/state`,
  everyUp: `${ROOT}/+/up/#`,
  everyState: `${ROOT}/+/state`,
  everyTelemetry: `${ROOT}/+/telemetry`,
  everyPast: `${ROOT}/+/telemetry/past`,
  everyRatings: `${ROOT}/+/telemetry/ratings`,
  everyUpdate: `${ROOT}/+/telemetry/update`,
  everyDevice: `${ROOT}/+/device/+`,
} as const;

/** What a topic is about: the kiosk, and the rest ("up/init", "state"). Undefined for foreign topics. */
export const parseTopic = (topic: string): { readonly kiosk: string; readonly rest: string } | undefined => {
  const match = /^motcua\/1\/([A-Za-z0-9-]{1,32})\/(.+)$/.exec(topic);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { kiosk: match[1], rest: match[2] };
};

export interface InitMessage {
  readonly v: 1;
  readonly submission: string;
  readonly sequence: number;
  /** Base64 of the signed manifest. */
  readonly manifest: string;
}

/** User properties of a chunk publish; the payload is the ciphertext slice. */
export interface ChunkProperties {
  readonly submission: string;
  /** Lower-case hex SHA-256 of the whole document. */
  readonly document: string;
  /** Byte offset, decimal. */
  readonly offset: string;
}

export interface FinMessage {
  readonly v: 1;
  readonly submission: string;
}

/** The kiosk holds this revision durably: the portal need not send it again. */
export interface SeenMessage {
  readonly v: 1;
  readonly submission: string;
  readonly revision: number;
}

/** Asks for an application that perhaps another kiosk took in. */
export interface LookupMessage {
  readonly v: 1;
  /** Chosen by the kiosk; the answer carries it. */
  readonly id: string;
  readonly lookupHash: string;
}

/** Asks for a certified copy that is stored at the portal, to be used again instead of the paper. */
export interface CopyWishMessage {
  readonly v: 1;
  /** Chosen by the kiosk; the answer carries it. */
  readonly id: string;
  readonly lookupHash: string;
  /** Of code and citizen number together (`hashHolder`): neither can be had from it. */
  readonly holderHash: string;
  /** What the procedure asks for: it is preferred where several papers were certified under one code. */
  readonly paperClass?: string | undefined;
}

export const COPY_STATES = ["current", "revoked"] as const;

/** What a citizen needs for choosing it again; nothing of what stands in it. */
export interface StoredCopy {
  /** The portal's name of the copy; opaque. */
  readonly copy: string;
  readonly title: { readonly vi: string; readonly en: string };
  readonly paperClass: string;
  readonly pages: number;
  /** yyyy-MM-dd, the date of the officer's statement. */
  readonly certifiedAt: string;
  readonly state: (typeof COPY_STATES)[number];
}

export interface CopyMessage {
  readonly v: 1;
  readonly id: string;
  /** Null: there is none, or it is not this person's; the two are not told apart. */
  readonly found: StoredCopy | null;
}

/**
 * Asks how a submission's fee can be paid, and again how far that is. Apart from the submission, which may still be on
 * its way: one submission has one order, whenever it is asked for.
 */
export interface FeeWish {
  readonly v: 1;
  /** Chosen by the kiosk; the answer carries it. */
  readonly id: string;
  readonly submission: string;
  readonly slipNumber: string;
  readonly procedure: string;
  /** Whole đồng. */
  readonly amountVnd: number;
}

/** "wrongAmount": money came that was not the amount; only an officer can settle that. */
export const FEE_STATES = ["open", "paid", "wrongAmount"] as const;
export type FeeState = (typeof FEE_STATES)[number];
export const FEE_REASONS = ["noPayments", "unknownKiosk"] as const;
export type FeeReason = (typeof FEE_REASONS)[number];

export interface FeeOrder {
  /** Words of the transfer hold it; the slip shows it. */
  readonly reference: string;
  readonly amountVnd: number;
  readonly state: FeeState;
  /** Who holds the account, as the payer's app will name them. */
  readonly payee: string;
  /** Text of the VietQR code; null when nothing is to be paid by it any more. */
  readonly qr: string | null;
  /** For so long the code is to be shown; told as a span, since clocks differ. */
  readonly secondsLeft: number;
}

/** The answer to a `FeeWish`; also said unasked, under an id of the portal's, when the state changes. */
export interface FeeMessage {
  readonly v: 1;
  readonly id: string;
  readonly submission: string;
  /** Null: it is paid at the desk, and `reason` says why. */
  readonly order: FeeOrder | null;
  readonly reason: FeeReason | null;
}

/**
 * Two questions about a number that a citizen gave: "send a code to it", and "is this the code". What is personal in
 * them is sealed to the portal's key (`sealQuestion`); the broker sees who asks, which of the two, and nothing else.
 */
export interface CodeWish {
  readonly v: 1;
  /** UUID chosen by the kiosk; the answer carries it. Asked twice, it is answered twice and done once. */
  readonly id: string;
  readonly asks: "send" | "try";
  /** Of the sending that is meant: its question's `id`. For "send" the same as `id`. */
  readonly reference: string;
  readonly portalKeyId: string;
  /** Base64 of the sealed number ("+84912345678") or code ("482913"). */
  readonly sealed: string;
}

/** One word for each way it can end; all but the first three mean: use the code on the screen instead. */
export const CODE_RESULTS = [
  "sent",
  "right",
  "wrong",
  "noGateway",
  "tooMany",
  "badNumber",
  "gatewayDown",
  "expired",
  "unknownKiosk",
  "badQuestion",
] as const;
export type CodeResult = (typeof CODE_RESULTS)[number];

export interface CodeMessage {
  readonly v: 1;
  readonly id: string;
  readonly result: CodeResult;
  /** With "sent" and "wrong"; else null. */
  readonly triesLeft: number | null;
  /** How long the code still counts, with "sent" and "wrong"; told as a span, since clocks differ. */
  readonly secondsLeft: number | null;
}

export interface NeedRange {
  readonly document: string;
  readonly from: number;
  readonly to: number;
}

/** What the portal still lacks: byte ranges per document, [from, to). Empty when it has everything. */
export interface NeedMessage {
  readonly v: 1;
  readonly submission: string;
  readonly ranges: readonly NeedRange[];
}

export const REJECT_REASONS = [
  "badManifest",
  "badHash",
  "tooLarge",
  "unknownKiosk",
  "unsupportedVersion",
  "cannotOpen",
] as const;
export type RejectReason = (typeof REJECT_REASONS)[number];

export interface AckMessage {
  readonly v: 1;
  readonly submission: string;
  readonly result: "accepted" | "rejected";
  /** Machine word when rejected. */
  readonly reason: RejectReason | null;
  /** Null when rejected. */
  readonly status: StatusBody | null;
}

export const STATUS_STATES = ["received", "inReview", "approved", "refused", "ready"] as const;

export interface StatusBody {
  /** From 1, grows with each change. */
  readonly revision: number;
  readonly state: (typeof STATUS_STATES)[number];
  readonly receiptNumber: string | null;
  /** yyyy-MM-ddTHH:mm local time of the authority. */
  readonly appointment: string | null;
}

export interface StatusMessage {
  readonly v: 1;
  readonly submission: string;
  readonly status: StatusBody;
}

/** What a citizen asks about a fee: how much, and is it paid? */
export interface FoundFee {
  readonly amountVnd: number;
  readonly paid: boolean;
}

export interface FoundMessage {
  readonly v: 1;
  readonly id: string;
  readonly found: {
    readonly submission: string;
    readonly slipNumber: string;
    readonly procedure: string;
    readonly status: StatusBody;
    /** Left out: it costs nothing, or the portal is older than this. */
    readonly fee?: FoundFee | undefined;
  } | null;
}

export const COMMAND_STAGES = ["received", "started", "done", "failed", "refused"] as const;
export type CommandStage = (typeof COMMAND_STAGES)[number];

/** On `…/up/command`; the last one for an id counts. */
export interface CommandReport {
  readonly v: 1;
  readonly id: string;
  readonly stage: CommandStage;
  /** A word or a sentence for ops; nothing personal. */
  readonly detail: string | null;
}

/** What stands in the portal's record of a command: the kiosk need not report this stage again. */
export interface HeardMessage {
  readonly v: 1;
  readonly id: string;
  readonly stage: CommandStage;
}

/** Asks for the certificate of a new key, over a session that the old one opened. */
export interface CertificateWish {
  readonly v: 1;
  /** Chosen by the kiosk; the answer carries it. */
  readonly id: string;
  /** Base64 of a PKCS#10 request (RFC 2986) that names this kiosk. */
  readonly csr: string;
  /** Base64 of the device key's signature (Ed25519) over `certificateProof`: who can only speak on the topic gets none. */
  readonly proof: string;
}

export const CERTIFICATE_REASONS = [
  "unknownKiosk",
  "badRequest",
  "badProof",
  "revoked",
  "tooMany",
  "noAuthority",
] as const;
export type CertificateReason = (typeof CERTIFICATE_REASONS)[number];

/** The same request is answered with the same certificate. */
export interface CertificateMessage {
  readonly v: 1;
  readonly id: string;
  /** PEM, the kiosk's own first; null: there is none, and `reason` says why. */
  readonly chain: string | null;
  readonly reason: CertificateReason | null;
}

/** What a device key signs when the kiosk asks for a certificate. */
export const certificateProof = (kiosk: string, csr: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`motcua certificate request 1\n${kiosk}\n`), csr]);

/** Retained; `online: false` is the last will, or the word of an orderly stop. */
export interface StateMessage {
  readonly v: 1;
  readonly online: boolean;
  readonly atMs: number;
  /** Program version; absent in the last will of a kiosk that does not say. */
  readonly version?: string | undefined;
  /** From a portal: how many kiosks are enrolled, so that they can come back one after the other. */
  readonly fleet?: number | undefined;
}

/** Retained; the end of a fault overwrites its beginning. */
export interface DeviceMessage {
  readonly v: 1;
  /** The fault's stable code, e.g. "P02"; null: nothing is wrong. */
  readonly code: string | null;
  /** Its name, e.g. "printer.paperOut". */
  readonly fault: string | null;
  readonly severity: string | null;
  /** Wall time at which this began, as trusted as `wallTrust` says. */
  readonly sinceMs: number;
  readonly wallTrust: string;
}

export interface TelemetryMessage {
  readonly v: 1;
  readonly atMs: number;
  readonly wallTrust: string;
  readonly queue: {
    readonly queued: number;
    readonly bytes: number;
    readonly oldestAgeMs: number | null;
    readonly quarantined: number;
    readonly accepted: number;
  };
  readonly storeUsed: number;
  /** Paper, doors, temperature …: flat, and nothing personal. */
  readonly readings: Readonly<Record<string, string | number | boolean | null>>;
  /** Numbers with their unit in the name ("temperatureCelsius"); null: could not be measured. */
  readonly figures?: Readonly<Record<string, number | null>> | undefined;
}

/** Samples that nobody could hear when they were taken, oldest first. */
export interface PastMessage {
  readonly v: 1;
  /** Samples before these that are lost for good. */
  readonly dropped: number;
  readonly samples: readonly TelemetryMessage[];
}

/** Counts so far, anonymous from the start; a day's may come again, larger. */
export interface RatingsMessage {
  readonly v: 1;
  readonly days: readonly {
    /** yyyy-MM-dd in Asia/Ho_Chi_Minh. */
    readonly day: string;
    readonly procedure: string;
    /** Five: how many chose the first to the fifth face, from discontent to content. */
    readonly faces: readonly number[];
  }[];
}

export interface ManifestDocument {
  readonly index: number;
  readonly sha256: string;
  readonly length: number;
  readonly mediaType: string;
}

/** Signed with the kiosk's Ed25519 device key; canonical JSON, see manifest.ts. */
export interface Manifest {
  readonly v: 1;
  readonly kiosk: string;
  readonly submission: string;
  readonly sequence: number;
  readonly procedure: string;
  readonly slipNumber: string;
  readonly lookupHash: string;
  readonly portalKeyId: string;
  readonly documents: readonly ManifestDocument[];
  readonly wallMs: number;
  readonly wallTrust: string;
}
