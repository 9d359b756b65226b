// How does a made-up chip sign the reader's challenge? (Active authentication, the card's end; 9303-11 clause 6.1)
import {
  constants,
  createHash,
  generateKeyPairSync,
  type KeyObject,
  privateEncrypt,
  randomBytes,
  sign,
} from "node:crypto";
import { type Command, type Response, SW } from "../apdu.js";
import type { HashName } from "../signature.js";
import { concatBytes, writeTlv } from "../tlv.js";
import type { SecuredService } from "./card.js";

export interface ActiveKeyOptions {
  readonly key:
    | { readonly kind: "rsa"; readonly bits: number }
    | { readonly kind: "ec"; readonly curve: string; readonly explicit?: boolean };
  readonly hash?: HashName;
  /** Leaves ActiveAuthenticationInfo out of DG14. */
  readonly untold?: boolean;
  /** Signatures in DER, as some chips give against the standard. */
  readonly derSignature?: boolean;
  readonly cloned?: boolean;
  readonly refuses?: number;
}

export interface SimActiveKey {
  /** DER SubjectPublicKeyInfo for DG15. */
  readonly publicKey: Uint8Array;
  /** DER SecurityInfos for DG14. */
  readonly infos: readonly Uint8Array[];
  readonly service: SecuredService;
}

const HASH_ARC: Readonly<Record<HashName, number>> = {
  sha1: 1,
  sha224: 2,
  sha256: 3,
  sha384: 4,
  sha512: 5,
};
const TRAILER: Readonly<Record<HashName, readonly number[]>> = {
  sha1: [0xbc],
  sha224: [0x38, 0xcc],
  sha256: [0x34, 0xcc],
  sha384: [0x36, 0xcc],
  sha512: [0x35, 0xcc],
};

/** 6A, the chip's nonce, the hash, the trailer: as long as the modulus. */
const recoverable = (bytes: number, hash: HashName, challenge: Uint8Array): Uint8Array => {
  const trailer = Uint8Array.from(TRAILER[hash]);
  const hashBytes = createHash(hash).digest().length;
  const nonce = randomBytes(bytes - 1 - hashBytes - trailer.length);
  const digest = createHash(hash).update(concatBytes(nonce, challenge)).digest();
  return concatBytes(Uint8Array.of(0x6a), nonce, digest, trailer);
};

const signer =
  (options: ActiveKeyOptions, key: KeyObject) =>
  (challenge: Uint8Array): Uint8Array => {
    const hash = options.hash ?? "sha256";
    if (options.key.kind === "ec") {
      const dsaEncoding = options.derSignature === true ? "der" : "ieee-p1363";
      return sign(hash, challenge, { key, dsaEncoding });
    }
    const block = recoverable(options.key.bits / 8, hash, challenge);
    return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, block);
  };

export const makeActiveKey = (options: ActiveKeyOptions): SimActiveKey => {
  const { key: kind } = options;
  const make = () =>
    kind.kind === "rsa"
      ? generateKeyPairSync("rsa", { modulusLength: kind.bits })
      : generateKeyPairSync("ec", {
          namedCurve: kind.curve,
          paramEncoding: kind.explicit === true ? "explicit" : "named",
        });
  const pair = make();
  const answerTo = signer(options, options.cloned === true ? make().privateKey : pair.privateKey);
  const hash = options.hash ?? "sha256";
  const algorithm = Uint8Array.from([...Buffer.from("04007f0007010104", "hex"), 1, HASH_ARC[hash]]);
  const info = writeTlv(
    0x30,
    writeTlv(0x06, Uint8Array.from(Buffer.from("678108010105", "hex"))),
    writeTlv(0x02, Uint8Array.of(1)),
    writeTlv(0x06, algorithm),
  );
  const respond = (command: Command): Response => {
    if (options.refuses !== undefined) return { data: new Uint8Array(), sw: options.refuses };
    const challenge = command.data ?? new Uint8Array();
    if (challenge.length !== 8) return { data: new Uint8Array(), sw: SW.wrongLength };
    return { data: Uint8Array.from(answerTo(challenge)), sw: SW.ok };
  };
  return {
    publicKey: Uint8Array.from(pair.publicKey.export({ type: "spki", format: "der" })),
    infos: kind.kind === "ec" && options.untold !== true ? [info] : [],
    service: {
      answer: (command) => (command.ins === 0x88 ? { response: respond(command) } : null),
      reset: () => {},
    },
  };
};
