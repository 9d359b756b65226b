// Which messages do kiosk and portal exchange, on which topics?
//
// Version 1. Topics: `motcua/1/<kiosk>/up/{init,chunk,fin}` from the kiosk, `motcua/1/<kiosk>/down/{need,ack,status}`
// from the portal, `motcua/1/<kiosk>/state` retained birth and death. Control messages are JSON; a chunk is a
// binary payload whose place is told by MQTT 5 user properties.

export const PROTOCOL_VERSION = 1;

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

/** What the portal still lacks: byte ranges per document, [from, to). Empty when it has everything. */
export interface NeedMessage {
  readonly v: 1;
  readonly submission: string;
  readonly ranges: readonly { readonly document: string; readonly from: number; readonly to: number }[];
}

export interface AckMessage {
  readonly v: 1;
  readonly submission: string;
  readonly result: "accepted" | "rejected";
  /** Machine word when rejected: "badManifest", "badHash", "unknownKiosk", "unsupportedVersion", "cannotOpen". */
  readonly reason: string | null;
  readonly status: StatusBody;
}

export interface StatusBody {
  readonly revision: number;
  readonly state: "received" | "inReview" | "approved" | "refused" | "ready";
  readonly receiptNumber: string | null;
  /** yyyy-MM-ddTHH:mm local time of the authority. */
  readonly appointment: string | null;
}

export interface StatusMessage {
  readonly v: 1;
  readonly submission: string;
  readonly status: StatusBody;
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
