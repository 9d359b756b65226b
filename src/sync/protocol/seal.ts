// How is a document sealed so that only the portal can read it?
//
// HPKE (RFC 9180) base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. The associated data binds a
// ciphertext to its kiosk, submission, place and format version, so it can not be moved to another. Who sealed
// it is not said here but by the signed manifest of the ciphertexts' hashes.
import {
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  type DecipherGCM,
  diffieHellman,
  type KeyObject,
} from "node:crypto";
import {
  Aes256Gcm,
  CipherSuite,
  DhkemX25519HkdfSha256,
  HkdfSha256,
  type RecipientContextParams,
} from "@hpke/core";
import type { PortalKeyPair, PortalPublicKey } from "./keys.js";

export interface SealPlace {
  readonly kiosk: string;
  readonly submission: string;
  readonly index: number;
}

const FORMAT = 1;
const ENCAPSULATED_BYTES = 32;
const TAG_BYTES = 16;
const HASH_BYTES = 32;
/** What sealing adds to the plaintext: format byte, encapsulated key, tag. */
export const SEAL_OVERHEAD_BYTES = 1 + ENCAPSULATED_BYTES + TAG_BYTES;
const INFO = new TextEncoder().encode("motcua sealed document");

/** Format byte and encapsulated key, which stand before the ciphertext. */
export const SEAL_HEAD_BYTES = 1 + ENCAPSULATED_BYTES;

/** Another purpose, another key: what was sealed as one can not be opened as the other. */
const QUESTION_INFO = new TextEncoder().encode("motcua sealed question");

const suite = (aead = new Aes256Gcm()): CipherSuite =>
  new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead });

const associatedData = (place: SealPlace): Uint8Array =>
  new TextEncoder().encode(JSON.stringify([FORMAT, place.kiosk, place.submission, place.index]));

/** Whole bytes on their own: a view into a larger buffer must not take its neighbours along. */
const exact = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

interface Bound {
  readonly info: Uint8Array;
  readonly associated: Uint8Array;
}

const sealBound = async (
  plain: Uint8Array,
  portalKey: PortalPublicKey,
  { info, associated }: Bound,
): Promise<Uint8Array> => {
  const hpke = suite();
  const recipientPublicKey = await hpke.kem.deserializePublicKey(exact(portalKey.publicKey));
  const sender = await hpke.createSenderContext({ recipientPublicKey, info: exact(info) });
  const cipher = await sender.seal(plain, associated);
  const out = new Uint8Array(1 + sender.enc.byteLength + cipher.byteLength);
  out[0] = FORMAT;
  out.set(new Uint8Array(sender.enc), 1);
  out.set(new Uint8Array(cipher), 1 + sender.enc.byteLength);
  return out;
};

/** Layout: format (1 byte) ‖ encapsulated key (32) ‖ ciphertext with tag. */
export const seal = (plain: Uint8Array, portalKey: PortalPublicKey, place: SealPlace): Promise<Uint8Array> =>
  sealBound(plain, portalKey, { info: INFO, associated: associatedData(place) });

const openBound = async (
  sealed: Uint8Array,
  portalKey: PortalKeyPair,
  { info, associated }: Bound,
): Promise<Uint8Array> => {
  if (sealed.length < SEAL_OVERHEAD_BYTES || sealed[0] !== FORMAT)
    throw new Error("not a sealed document of format 1");
  const hpke = suite();
  const recipientKey = await hpke.kem.deserializePrivateKey(exact(portalKey.privateKey));
  const enc = exact(sealed.subarray(1, 1 + ENCAPSULATED_BYTES));
  const recipient = await hpke.createRecipientContext({ recipientKey, enc, info: exact(info) });
  const cipher = sealed.subarray(1 + ENCAPSULATED_BYTES);
  return new Uint8Array(await recipient.open(cipher, associated));
};

/** Throws when the key, the place or a byte is wrong. */
export const open = (sealed: Uint8Array, portalKey: PortalKeyPair, place: SealPlace): Promise<Uint8Array> =>
  openBound(sealed, portalKey, { info: INFO, associated: associatedData(place) });

/** Which question of which kiosk something personal belongs to. */
export interface QuestionPlace {
  readonly kiosk: string;
  readonly id: string;
  readonly asks: string;
  readonly reference: string;
}

const boundTo = ({ kiosk, id, asks, reference }: QuestionPlace): Bound => ({
  info: QUESTION_INFO,
  associated: new TextEncoder().encode(JSON.stringify([FORMAT, kiosk, id, asks, reference])),
});

/** For what is personal in a question: it can be read by the portal alone, and as part of this very question. */
export const sealQuestion = (
  text: string,
  portalKey: PortalPublicKey,
  place: QuestionPlace,
): Promise<Uint8Array> => sealBound(new TextEncoder().encode(text), portalKey, boundTo(place));

/** Throws when the key, the question or a byte is another. */
export const openQuestion = async (
  sealed: Uint8Array,
  portalKey: PortalKeyPair,
  place: QuestionPlace,
): Promise<string> => Buffer.from(await openBound(sealed, portalKey, boundTo(place))).toString("utf8");

const AES_256_GCM = "aes-256-gcm";

const bytesOf = (given: ArrayBufferLike | ArrayBufferView): Uint8Array =>
  ArrayBuffer.isView(given)
    ? new Uint8Array(given.buffer, given.byteOffset, given.byteLength)
    : new Uint8Array(given);

/** X25519 private keys in DER, without the key itself (RFC 8410, 7), and public ones (4). */
const PKCS8_HEAD = Buffer.from("302e020100300506032b656e04220420", "hex");
const SPKI_HEAD = Buffer.from("302a300506032b656e032100", "hex");

/** Node's own HMAC under the library's labels: WebCrypto hands each step to another thread, which costs more than the step. */
class HkdfAtOnce extends HkdfSha256 {
  override async extract(...[salt, ikm]: Parameters<HkdfSha256["extract"]>): Promise<ArrayBuffer> {
    return exact(createHmac("sha256", bytesOf(salt)).update(bytesOf(ikm)).digest());
  }

  override async expand(...[prk, info, length]: Parameters<HkdfSha256["expand"]>): Promise<ArrayBuffer> {
    const blocks: Buffer[] = [];
    for (let number = 1; blocks.length * HASH_BYTES < length; number += 1) {
      const hmac = createHmac("sha256", bytesOf(prk));
      blocks.push(
        hmac
          .update(blocks.at(-1) ?? Buffer.alloc(0))
          .update(bytesOf(info))
          .update(Uint8Array.of(number))
          .digest(),
      );
    }
    return exact(Buffer.concat(blocks).subarray(0, length));
  }

  override async extractAndExpand(
    ...[salt, ikm, info, length]: Parameters<HkdfSha256["extractAndExpand"]>
  ): Promise<ArrayBuffer> {
    return this.expand(await this.extract(salt, ikm), info, length);
  }
}

/** Decap of RFC 9180, 4.1, for one recipient whose key is read once, and likewise at once. */
class OpeningKem extends DhkemX25519HkdfSha256 {
  readonly #privateKey: KeyObject;
  readonly #publicKey: Uint8Array;

  constructor({ privateKey, publicKey }: PortalKeyPair) {
    super();
    const der = Buffer.concat([PKCS8_HEAD, privateKey]);
    this.#privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
    this.#publicKey = publicKey;
    this._kdf = new HkdfAtOnce();
    this._kdf.init(Buffer.concat([Buffer.from("KEM"), Uint8Array.of(this.id >> 8, this.id & 0xff)]));
  }

  /** Throws for a point of small order, which gives no secret. */
  override async decap({ enc }: Parameters<DhkemX25519HkdfSha256["decap"]>[0]): Promise<ArrayBuffer> {
    const sender = bytesOf(enc);
    const der = Buffer.concat([SPKI_HEAD, sender]);
    const publicKey = createPublicKey({ key: der, format: "der", type: "spki" });
    const shared = diffieHellman({ privateKey: this.#privateKey, publicKey });
    const ikm = this._kdf.buildLabeledIkm(Buffer.from("eae_prk"), shared);
    const context = Buffer.concat([sender, this.#publicKey]);
    const info = this._kdf.buildLabeledInfo(Buffer.from("shared_secret"), context, this.secretSize);
    return this._kdf.extractAndExpand(new Uint8Array(0), ikm, info, this.secretSize);
  }
}

/** The key schedule is the library's; the key and the nonce that it comes to open the bytes piece by piece. */
class KeyScheduleAlone extends Aes256Gcm {
  decipher: DecipherGCM | null = null;

  override createEncryptionContext(key: ArrayBuffer): ReturnType<Aes256Gcm["createEncryptionContext"]> {
    return {
      seal: () => Promise.reject(new Error("this one only opens")),
      open: async (nonce, _bytes, associated) => {
        this.decipher = createDecipheriv(AES_256_GCM, bytesOf(key), bytesOf(nonce));
        this.decipher.setAAD(bytesOf(associated));
        return new ArrayBuffer(0);
      },
    };
  }
}

/** `head`: the first `SEAL_HEAD_BYTES`. Rejects when it is not of format 1, or holds no key. */
export type BeginOpening = (head: Uint8Array, place: SealPlace) => Promise<SealOpener>;

/** Opens what is too large to be held: nothing of it may be believed before `end` returned. */
export class SealOpener {
  readonly #decipher: DecipherGCM;
  /** The last bytes that came: whether they are the tag is known at the end. */
  #held: Uint8Array = new Uint8Array(0);

  private constructor(decipher: DecipherGCM) {
    this.#decipher = decipher;
  }

  /** For all documents of a submission: reading the key costs more than using it. */
  static async with(portalKey: PortalKeyPair): Promise<BeginOpening> {
    const kem = new OpeningKem(portalKey);
    const kdf = new HkdfAtOnce();
    // The KEM has its key already.
    const recipientKey = {} as RecipientContextParams["recipientKey"];
    return async (head, place) => {
      if (head.length !== SEAL_HEAD_BYTES || head[0] !== FORMAT)
        throw new Error("not a sealed document of format 1");
      const schedule = new KeyScheduleAlone();
      const enc = exact(head.subarray(1));
      const hpke = new CipherSuite({ kem, kdf, aead: schedule });
      const recipient = await hpke.createRecipientContext({ recipientKey, enc, info: exact(INFO) });
      await recipient.open(new ArrayBuffer(0), exact(associatedData(place)));
      if (schedule.decipher === null) throw new Error("the key schedule gave no key");
      return new SealOpener(schedule.decipher);
    };
  }

  /** The bytes after the head, in their order; `piece` may be overwritten afterwards. */
  update(piece: Uint8Array): readonly Uint8Array[] {
    const sure = piece.length - TAG_BYTES;
    if (sure < 0) {
      const both = Buffer.concat([this.#held, piece]);
      const plain = this.#decipher.update(both.subarray(0, Math.max(0, both.length - TAG_BYTES)));
      this.#held = both.subarray(Math.max(0, both.length - TAG_BYTES));
      return [plain];
    }
    const before = this.#decipher.update(this.#held);
    const plain = this.#decipher.update(piece.subarray(0, sure));
    this.#held = Uint8Array.from(piece.subarray(sure));
    return [before, plain];
  }

  /** Throws when the key, the place or a byte was wrong. */
  end(): void {
    if (this.#held.length !== TAG_BYTES) throw new Error("a sealed document ends before its tag");
    this.#decipher.setAuthTag(this.#held);
    this.#decipher.final();
  }
}
