// How do two sides agree on a key on an elliptic curve, over a generator that OpenSSL does not know?
//
// Node's ECDH multiplies any point by a private key in constant time, but gives the x-coordinate alone, while
// PACE adds and sends whole points. So the product with the next larger key is asked for too: from x(kP),
// x((k+1)P) and P the y-coordinate of kP follows without a square root (Okeya and Sakurai, 2001). On P-256 that
// is an order of magnitude faster than multiplying in JavaScript.
import { createECDH, type ECDH, getCurves } from "node:crypto";
import { concatBytes, malformed } from "../tlv.js";
import type { AgreementGroup, PrivateKey } from "./agreement-group.js";
import type { Curve } from "./curves.js";
import { bitLength, inverse, modulo, power, toInteger, toOctets } from "./integers.js";

interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

const UNCOMPRESSED = 0x04;

const encode = (curve: Curve, { x, y }: Point): Uint8Array =>
  concatBytes(Uint8Array.from([UNCOMPRESSED]), toOctets(x, curve.fieldBytes), toOctets(y, curve.fieldBytes));

const rightSide = (curve: Curve, x: bigint): bigint => modulo((x * x + curve.a) * x + curve.b, curve.p);

/** Order and cofactor 1 make every point of the curve one of the group; infinity has no such encoding. */
const decode = (curve: Curve, bytes: Uint8Array): Point => {
  if (bytes.length !== 1 + 2 * curve.fieldBytes || bytes[0] !== UNCOMPRESSED) {
    throw malformed("ECDH: a public key that is no uncompressed point");
  }
  const x = toInteger(bytes.subarray(1, 1 + curve.fieldBytes));
  const y = toInteger(bytes.subarray(1 + curve.fieldBytes));
  if (x >= curve.p || y >= curve.p || modulo(y * y, curve.p) !== rightSide(curve, x)) {
    throw malformed("ECDH: a public key that is no point of the curve");
  }
  return { x, y };
};

const add = (curve: Curve, one: Point, other: Point): Point => {
  const { p, a } = curve;
  if (one.x === other.x && modulo(one.y + other.y, p) === 0n) {
    throw malformed("ECDH: the mapped generator is the point at infinity");
  }
  const slope =
    one.x === other.x
      ? (3n * one.x * one.x + a) * inverse(2n * one.y, p)
      : (other.y - one.y) * inverse(other.x - one.x, p);
  const x = modulo(slope * slope - one.x - other.x, p);
  return { x, y: modulo(slope * (one.x - x) - one.y, p) };
};

class CurveKey implements PrivateKey {
  readonly #curve: Curve;
  readonly #value: bigint;
  #key: ECDH | null = null;
  #next: ECDH | null = null;

  constructor(curve: Curve, value: bigint) {
    this.#curve = curve;
    this.#value = value;
  }

  publicKey(generator?: Uint8Array): Uint8Array {
    return generator === undefined ? Uint8Array.from(this.#own().getPublicKey()) : this.agree(generator);
  }

  agree(publicKey: Uint8Array): Uint8Array {
    const curve = this.#curve;
    const { p } = curve;
    const point = decode(curve, publicKey);
    // The next larger key would be the order itself, and its product infinity.
    if (this.#value === curve.order - 1n) return encode(curve, { x: point.x, y: p - point.y });
    this.#next ??= this.#with(this.#value + 1n);
    const x = toInteger(this.agreeSecret(publicKey));
    const beyond = toInteger(this.#next.computeSecret(publicKey));
    const square = rightSide(curve, x) + point.y * point.y - (beyond + x + point.x) * (x - point.x) ** 2n;
    const y = modulo(square * inverse(2n * point.y, p), p);
    return encode(curve, { x, y });
  }

  agreeSecret(publicKey: Uint8Array): Uint8Array {
    decode(this.#curve, publicKey);
    return Uint8Array.from(this.#own().computeSecret(publicKey));
  }

  #own(): ECDH {
    this.#key ??= this.#with(this.#value);
    return this.#key;
  }

  #with(value: bigint): ECDH {
    const key = createECDH(this.#curve.openSslName);
    key.setPrivateKey(toOctets(value, Math.ceil(bitLength(this.#curve.order) / 8)));
    return key;
  }
}

/** f_G of Brier et al. for primes that are 3 modulo 4 (Doc 9303-11 appendix B.2). */
const mapIntegrated = (curve: Curve, fieldElement: bigint): Point => {
  const { p, a, b } = curve;
  const t = fieldElement;
  const alpha = modulo(-t * t, p);
  const sum = modulo(alpha + alpha * alpha, p);
  if (sum === 0n) throw malformed("ECDH: the integrated mapping gives no point");
  const x2 = modulo(-b * inverse(a, p) * (1n + inverse(sum, p)), p);
  const h2 = rightSide(curve, x2);
  const root = power(h2, p - 1n - (p + 1n) / 4n, p);
  if (modulo(root * root * h2, p) === 1n) return { x: x2, y: modulo(root * h2, p) };
  return { x: modulo(alpha * x2, p), y: modulo(root * t ** 3n * h2, p) };
};

/** `null` when this Node's OpenSSL was built without the curve. */
export const curveAgreement = (curve: Curve): AgreementGroup | null => {
  if (!getCurves().includes(curve.openSslName)) return null;
  const fieldBits = bitLength(curve.p);
  return {
    kind: "ECDH",
    name: curve.name,
    strengthBits: Math.floor(bitLength(curve.order) / 2),
    publicKeyTag: 0x86,
    fieldPrime: curve.p,
    fieldBits,
    mapsIntegrated: curve.p % 4n === 3n,
    needsExtendedLength: false,
    order: curve.order,
    privateKey: (value) => new CurveKey(curve, value),
    mapGeneric: (nonce, shared) => {
      const scalar = toInteger(nonce) % curve.order;
      if (scalar === 0n) return shared;
      const product = decode(curve, new CurveKey(curve, scalar).publicKey());
      return encode(curve, add(curve, product, decode(curve, shared)));
    },
    mapIntegrated: (fieldElement) => encode(curve, mapIntegrated(curve, fieldElement)),
  };
};
