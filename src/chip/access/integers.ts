// How do octets become the integers of key agreement, and integers octets? (BSI TR-03111 clause 3.1)
import { malformed } from "../tlv.js";

/** Gives `count` unpredictable bytes. */
export type RandomSource = (count: number) => Uint8Array;

export const toInteger = (bytes: Uint8Array): bigint =>
  bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString("hex")}`);

/** Big-endian, with leading zeros up to `length` octets. */
export const toOctets = (value: bigint, length: number): Uint8Array =>
  Uint8Array.from(Buffer.from(value.toString(16).padStart(2 * length, "0"), "hex"));

/** Big-endian in the fewest octets (Doc 9303-11 clause 9.4.1). */
export const toFewestOctets = (value: bigint): Uint8Array => {
  const digits = value.toString(16);
  return Uint8Array.from(Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, "hex"));
};

export const bitLength = (value: bigint): number => value.toString(2).length;

export const modulo = (value: bigint, modulus: bigint): bigint => {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
};

export const power = (base: bigint, exponent: bigint, modulus: bigint): bigint => {
  let [result, square] = [1n, base % modulus];
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
};

/** By the extended Euclidean algorithm. `value` is not divisible by the prime `modulus`. */
export const inverse = (value: bigint, modulus: bigint): bigint => {
  let [rest, next] = [modulus, modulo(value, modulus)];
  let [factor, nextFactor] = [0n, 1n];
  while (next !== 0n) {
    const quotient = rest / next;
    [rest, next] = [next, rest - quotient * next];
    [factor, nextFactor] = [nextFactor, factor - quotient * nextFactor];
  }
  return modulo(factor, modulus);
};

const MAX_DRAWS = 128;

/** Uniform in 1 .. below-1: bits beyond those of `below` are cut off, what is still too large is drawn anew. */
export const drawBelow = (below: bigint, random: RandomSource): bigint => {
  const bits = bitLength(below);
  for (let draw = 0; draw < MAX_DRAWS; draw += 1) {
    const value = BigInt.asUintN(bits, toInteger(random(Math.ceil(bits / 8))));
    if (value > 0n && value < below) return value;
  }
  throw malformed("key agreement: the random generator gives no usable private key");
};
