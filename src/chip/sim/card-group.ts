// How does the card's end compute in the groups of PACE?
//
// Elliptic curves by @noble/curves here, by OpenSSL at the reader's end: the two meet only in the standard.
import { weierstrass } from "@noble/curves/abstract/weierstrass.js";
import { CURVES, type Curve } from "../access/curves.js";
import { standardizedGroup } from "../access/domain-parameters.js";
import { modulo, power, toFewestOctets, toInteger, toOctets } from "../access/integers.js";
import { MODP_GROUPS, type ModpGroup } from "../access/modp-groups.js";
import { concatBytes } from "../tlv.js";

export interface CardGroup {
  readonly publicKeyTag: 0x84 | 0x86;
  readonly order: bigint;
  readonly fieldPrime: bigint;
  readonly generator: Uint8Array;
  multiply(scalar: bigint, element: Uint8Array): Uint8Array;
  /** nonce × generator + shared. */
  map(nonce: bigint, shared: Uint8Array): Uint8Array;
  mapIntegrated(fieldElement: bigint): Uint8Array;
  /** What keys are derived from. */
  secretOf(element: Uint8Array): Uint8Array;
  /** Is what the reader sent an element at all? */
  holds(element: Uint8Array): boolean;
  /** Public keys that a reader has to refuse. */
  readonly bad: { readonly outside: Uint8Array; readonly neutral: Uint8Array };
}

const curveGroup = (curve: Curve, mapIntegrated: CardGroup["mapIntegrated"]): CardGroup => {
  const { p, a, b, order: n, fieldBytes, generator } = curve;
  const [x, y] = [generator.slice(1, 1 + fieldBytes), generator.slice(1 + fieldBytes)];
  const Point = weierstrass({ p, a, b, n, h: 1n, Gx: toInteger(x), Gy: toInteger(y) });
  const point = (element: Uint8Array) => Point.fromBytes(element);
  return {
    publicKeyTag: 0x86,
    order: n,
    fieldPrime: p,
    generator,
    // Nothing secret is computed here, so the quick multiplication serves; and the generator is taken as any
    // point, since the tables that the library makes for its own cost more than the few products of a session.
    multiply: (scalar, element) => point(element).multiplyUnsafe(scalar).toBytes(false),
    map: (nonce, shared) =>
      point(generator).multiplyUnsafe(modulo(nonce, n)).add(point(shared)).toBytes(false),
    mapIntegrated,
    secretOf: (element) => element.slice(1, 1 + fieldBytes),
    holds: (element) => {
      try {
        point(element).assertValidity();
        return true;
      } catch {
        return false;
      }
    },
    bad: {
      outside: concatBytes(generator.slice(0, -1), Uint8Array.of((generator.at(-1) ?? 0) ^ 1)),
      // The encoding that some libraries take for the point at infinity.
      neutral: Uint8Array.of(0),
    },
  };
};

const modpGroup = (group: ModpGroup, mapIntegrated: CardGroup["mapIntegrated"]): CardGroup => {
  const { p, q, generator } = group;
  const octets = Math.ceil(p.toString(2).length / 8);
  return {
    publicKeyTag: 0x84,
    order: q,
    fieldPrime: p,
    generator: toFewestOctets(generator),
    multiply: (scalar, element) => toFewestOctets(power(toInteger(element), scalar, p)),
    map: (nonce, shared) => toFewestOctets((power(generator, nonce, p) * toInteger(shared)) % p),
    mapIntegrated,
    secretOf: (element) => toOctets(toInteger(element), octets),
    holds: (element) => power(toInteger(element), q, p) === 1n,
    // p-1 has order two: a key agreed with it has one of two values.
    bad: { outside: toFewestOctets(p - 1n), neutral: Uint8Array.of(1) },
  };
};

/** Throws for an identifier that stands for no group. */
export const cardGroup = (parameterId: number): CardGroup => {
  // The point encoding is held by worked example H.1, the one modulo a prime by H.2.
  const mapIntegrated = (fieldElement: bigint) =>
    standardizedGroup(parameterId)?.mapIntegrated(fieldElement) ?? new Uint8Array();
  const curve = CURVES.get(parameterId);
  if (curve !== undefined) return curveGroup(curve, mapIntegrated);
  const group = MODP_GROUPS.get(parameterId);
  if (group === undefined) throw new Error(`no domain parameters ${parameterId}`);
  return modpGroup(group, mapIntegrated);
};
