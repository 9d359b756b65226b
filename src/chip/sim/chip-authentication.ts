// How does a made-up chip prove that its key is its own? (Chip authentication, the card's end; Doc 9303-11 clause 6.2)
import {
  createDiffieHellman,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  getDiffieHellman,
  type KeyObject,
} from "node:crypto";
import type { CipherSuite } from "../access/kdf.js";
import { type Command, type Response, SW } from "../apdu.js";
import { concatBytes, equalBytes, readTlv, readTlvs, writeTlv } from "../tlv.js";
import type { SecuredService, ServiceAnswer } from "./card.js";
import { CardMessaging } from "./card-messaging.js";

export interface ChipKeyOptions {
  /** OpenSSL's name of a curve, or a group of node:crypto ("modp2": 1024 bits) for DH. */
  readonly domain: string;
  readonly suite: CipherSuite;
  readonly explicit?: boolean;
  /** Number of 9303-11 table 4 in place of the curve's name. */
  readonly standardised?: number;
  readonly keyId?: number;
  /** The files are a genuine card's, the private key is not: a copy. */
  readonly cloned?: boolean;
  /** Answers every attempt so. */
  readonly refuses?: number;
  /** Leaves ChipAuthenticationInfo out, as the first chips did. */
  readonly keyOnly?: boolean;
}

export interface SimChipKey {
  /** DER SecurityInfos for DG14. */
  readonly infos: readonly Uint8Array[];
  readonly service: SecuredService;
}

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));
const status = (sw: number, data: Uint8Array = new Uint8Array()): Response => ({ data, sw });
const SUITE_ARC: Readonly<Record<CipherSuite, number>> = {
  "3DES": 1,
  "AES-128": 2,
  "AES-192": 3,
  "AES-256": 4,
};
const oid = (value: Uint8Array): Uint8Array => writeTlv(0x06, value);
const integerOf = (bytes: Uint8Array): Uint8Array =>
  writeTlv(0x02, (bytes[0] ?? 0) > 0x7f ? concatBytes(Uint8Array.of(0), bytes) : bytes);
const small = (value: number): Uint8Array => writeTlv(0x02, Uint8Array.of(value));

interface KeyPair {
  readonly spki: Uint8Array;
  /** The secret with a reader's public key. */
  agree(publicKey: Uint8Array): Uint8Array;
}

const bitsIn = (spki: Uint8Array): Uint8Array =>
  readTlvs(readTlv(spki).value)[1]?.value.subarray(1) ?? new Uint8Array();

const withPoint = (key: KeyObject, point: Uint8Array): KeyObject => {
  const spki = Uint8Array.from(key.export({ type: "spki", format: "der" }));
  const [algorithm] = readTlvs(readTlv(spki).value);
  if (algorithm === undefined) throw new Error("a key without its algorithm");
  const changed = writeTlv(0x30, algorithm.raw, writeTlv(0x03, Uint8Array.of(0), point));
  return createPublicKey({ key: Buffer.from(changed), format: "der", type: "spki" });
};

const makeEc = ({ domain, explicit, standardised }: ChipKeyOptions): KeyPair => {
  const paramEncoding = explicit === true ? "explicit" : "named";
  const pair = generateKeyPairSync("ec", { namedCurve: domain, paramEncoding });
  const spki = Uint8Array.from(pair.publicKey.export({ type: "spki", format: "der" }));
  const numbered = () => {
    const algorithm = writeTlv(0x30, oid(hex("04007f00070102")), small(standardised ?? 0));
    return writeTlv(0x30, algorithm, writeTlv(0x03, Uint8Array.of(0), bitsIn(spki)));
  };
  return {
    spki: standardised === undefined ? spki : numbered(),
    agree: (point) =>
      Uint8Array.from(
        diffieHellman({ privateKey: pair.privateKey, publicKey: withPoint(pair.publicKey, point) }),
      ),
  };
};

/** X9.42 parameters p, g and q = (p − 1) / 2 of a safe prime. */
const makeDh = (group: string): KeyPair => {
  const known = getDiffieHellman(group);
  const [p, g] = [Uint8Array.from(known.getPrime()), Uint8Array.from(known.getGenerator())];
  const own = createDiffieHellman(Buffer.from(p), Buffer.from(g));
  own.generateKeys();
  const half = (BigInt(`0x${Buffer.from(p).toString("hex")}`) >> 1n).toString(16);
  const q = hex(half.padStart(half.length + (half.length % 2), "0"));
  const parameters = writeTlv(0x30, integerOf(p), integerOf(g), integerOf(q));
  const algorithm = writeTlv(0x30, oid(hex("2a8648ce3e0201")), parameters);
  const value = integerOf(Uint8Array.from(own.getPublicKey()));
  return {
    spki: writeTlv(0x30, algorithm, writeTlv(0x03, Uint8Array.of(0), value)),
    agree: (publicKey) => {
      const secret = own.computeSecret(Buffer.from(publicKey));
      return concatBytes(new Uint8Array(p.length - secret.length), Uint8Array.from(secret));
    },
  };
};

class ChipAuthenticationService implements SecuredService {
  readonly #protocol: Uint8Array;
  readonly #options: ChipKeyOptions;
  readonly #key: KeyPair;
  #chosen = false;

  constructor(options: ChipKeyOptions, protocol: Uint8Array, key: KeyPair) {
    this.#options = options;
    this.#protocol = protocol;
    this.#key = key;
  }

  reset(): void {
    this.#chosen = false;
  }

  answer(command: Command): ServiceAnswer | null {
    if (command.ins === 0x22 && command.p1 === 0x41) return this.#set(command);
    if (command.ins === 0x86 && this.#chosen) return this.#general(command);
    return null;
  }

  #set(command: Command): ServiceAnswer | null {
    const objects = readTlvs(command.data ?? new Uint8Array());
    const { refuses, keyId, suite } = this.#options;
    const valueIn = (tag: number) => objects.find((object) => object.tag === tag)?.value;
    const reference = valueIn(0x84);
    if (keyId !== undefined && reference !== undefined && reference[0] !== keyId) return null;
    if (refuses !== undefined) return { response: status(refuses) };
    if (command.p2 === 0xa6) {
      const point = valueIn(0x91);
      if (suite !== "3DES" || point === undefined) return { response: status(SW.wrongData) };
      return this.#agreed(point, new Uint8Array());
    }
    this.#chosen = equalBytes(valueIn(0x80) ?? new Uint8Array(), this.#protocol);
    return this.#chosen ? { response: status(SW.ok) } : null;
  }

  #general(command: Command): ServiceAnswer {
    this.#chosen = false;
    const dynamic = readTlv(command.data ?? new Uint8Array());
    const point = dynamic.tag === 0x7c ? readTlvs(dynamic.value).find(({ tag }) => tag === 0x80) : undefined;
    if (point === undefined) return { response: status(SW.wrongData) };
    return this.#agreed(point.value, hex("7c00"));
  }

  #agreed(publicKey: Uint8Array, data: Uint8Array): ServiceAnswer {
    try {
      const secret = this.#key.agree(publicKey);
      return { response: status(SW.ok, data), next: new CardMessaging(this.#options.suite, secret) };
    } catch {
      return { response: status(SW.wrongData) };
    }
  }
}

/** A key pair, what DG14 says of it, and the chip's end of the protocol. */
export const makeChipKey = (options: ChipKeyOptions): SimChipKey => {
  const isDh = options.domain.startsWith("modp");
  const make = () => (isDh ? makeDh(options.domain) : makeEc(options));
  const key = make();
  const kindArc = isDh ? 1 : 2;
  const base = hex("04007f00070202");
  const protocol = concatBytes(base, Uint8Array.of(3, kindArc, SUITE_ARC[options.suite]));
  const id = options.keyId === undefined ? new Uint8Array() : small(options.keyId);
  const publicKey = writeTlv(0x30, oid(concatBytes(base, Uint8Array.of(1, kindArc))), key.spki, id);
  const info = writeTlv(0x30, oid(protocol), small(1), id);
  return {
    infos: options.keyOnly === true ? [publicKey] : [info, publicKey],
    service: new ChipAuthenticationService(options, protocol, options.cloned === true ? make() : key),
  };
};
