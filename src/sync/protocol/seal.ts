// How is a document sealed so that only the portal can read it?
//
// HPKE (RFC 9180) base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. The associated data binds a
// ciphertext to its kiosk, submission, place and format version, so it can not be moved to another. Who sealed
// it is not said here but by the signed manifest of the ciphertexts' hashes.
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import type { PortalKeyPair, PortalPublicKey } from "./keys.js";

export interface SealPlace {
  readonly kiosk: string;
  readonly submission: string;
  readonly index: number;
}

const FORMAT = 1;
const ENCAPSULATED_BYTES = 32;
const TAG_BYTES = 16;
/** What sealing adds to the plaintext: format byte, encapsulated key, tag. */
export const SEAL_OVERHEAD_BYTES = 1 + ENCAPSULATED_BYTES + TAG_BYTES;
const INFO = new TextEncoder().encode("motcua sealed document");

const suite = (): CipherSuite =>
  new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });

const associatedData = (place: SealPlace): Uint8Array =>
  new TextEncoder().encode(JSON.stringify([FORMAT, place.kiosk, place.submission, place.index]));

/** Whole bytes on their own: a view into a larger buffer must not take its neighbours along. */
const exact = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

/** Layout: format (1 byte) ‖ encapsulated key (32) ‖ ciphertext with tag. */
export const seal = async (
  plain: Uint8Array,
  portalKey: PortalPublicKey,
  place: SealPlace,
): Promise<Uint8Array> => {
  const hpke = suite();
  const recipientPublicKey = await hpke.kem.deserializePublicKey(exact(portalKey.publicKey));
  const sender = await hpke.createSenderContext({ recipientPublicKey, info: exact(INFO) });
  const cipher = await sender.seal(plain, associatedData(place));
  const out = new Uint8Array(1 + sender.enc.byteLength + cipher.byteLength);
  out[0] = FORMAT;
  out.set(new Uint8Array(sender.enc), 1);
  out.set(new Uint8Array(cipher), 1 + sender.enc.byteLength);
  return out;
};

/** Throws when the key, the place or a byte is wrong. */
export const open = async (
  sealed: Uint8Array,
  portalKey: PortalKeyPair,
  place: SealPlace,
): Promise<Uint8Array> => {
  if (sealed.length < SEAL_OVERHEAD_BYTES || sealed[0] !== FORMAT)
    throw new Error("not a sealed document of format 1");
  const hpke = suite();
  const recipientKey = await hpke.kem.deserializePrivateKey(exact(portalKey.privateKey));
  const enc = exact(sealed.subarray(1, 1 + ENCAPSULATED_BYTES));
  const recipient = await hpke.createRecipientContext({ recipientKey, enc, info: exact(INFO) });
  const cipher = sealed.subarray(1 + ENCAPSULATED_BYTES);
  return new Uint8Array(await recipient.open(cipher, associatedData(place)));
};
