// How do two sides agree on a key modulo a prime? (Doc 9303-11 clause 9.6; RFC 2631)
import { malformed } from "../tlv.js";
import type { AgreementGroup, PrivateKey } from "./agreement-group.js";
import { bitLength, power, toFewestOctets, toInteger, toOctets } from "./integers.js";
import type { ModpGroup } from "./modp-groups.js";

/** RFC 2631 clause 2.1.5: refuses what lies outside the subgroup, where an agreed key could be guessed. */
const elementOf = (group: ModpGroup, bytes: Uint8Array): bigint => {
  const element = toInteger(bytes);
  if (element < 2n || element >= group.p - 1n) throw malformed("DH: a public key outside 2 .. p-2");
  if (power(element, group.q, group.p) !== 1n)
    throw malformed("DH: a public key outside the prime-order subgroup");
  return element;
};

const privateKey = (group: ModpGroup, value: bigint): PrivateKey => {
  const primeBytes = Math.ceil(bitLength(group.p) / 8);
  const raise = (base: bigint) => power(base, value, group.p);
  const agreed = (publicKey: Uint8Array) => raise(elementOf(group, publicKey));
  return {
    publicKey: (generator) =>
      toFewestOctets(raise(generator === undefined ? group.generator : toInteger(generator))),
    agree: (publicKey) => toFewestOctets(agreed(publicKey)),
    agreeSecret: (publicKey) => toOctets(agreed(publicKey), primeBytes),
  };
};

const STRENGTH: ReadonlyMap<number, number> = new Map([
  [1024, 80],
  [2048, 112],
]);

const LARGEST_SHORT_BITS = 1024;

export const modpAgreement = (group: ModpGroup): AgreementGroup => {
  const fieldBits = bitLength(group.p);
  const proper = (element: bigint): Uint8Array => {
    if (element <= 1n) throw malformed("DH: the mapped generator is no generator");
    return toFewestOctets(element);
  };
  return {
    kind: "DH",
    name: group.name,
    strengthBits: STRENGTH.get(fieldBits) ?? 0,
    publicKeyTag: 0x84,
    fieldPrime: group.p,
    fieldBits,
    mapsIntegrated: true,
    needsExtendedLength: fieldBits > LARGEST_SHORT_BITS,
    order: group.q,
    privateKey: (value) => privateKey(group, value),
    mapGeneric: (nonce, shared) =>
      proper((power(group.generator, toInteger(nonce), group.p) * toInteger(shared)) % group.p),
    mapIntegrated: (fieldElement) => proper(power(fieldElement, (group.p - 1n) / group.q, group.p)),
  };
};
