// Which secret do a chip's static key and a fresh key of this reader agree on? (Doc 9303-11 clause 9.6)
//
// ECDH runs in OpenSSL, which refuses points off the curve and recognises written-out parameters of the standard
// curves; a chip with parameters of its own making is not served. DH is node:crypto's over the chip's own group.
import {
  createDiffieHellman,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import * as asn1js from "asn1js";
import { guarded, magnitudeOf, membersOf, oidOf, parseDer, smallInteger } from "./lds/der.js";
import { concatBytes, malformed, writeTlv } from "./tlv.js";

export type KeyAgreementKind = "DH" | "ECDH";

export interface Agreement {
  /** This reader's fresh public key as it is sent: a point, or an integer of the group's length. */
  readonly ownPublicKey: Uint8Array;
  /** The x coordinate, or the integer, in the field's length. */
  readonly secret: Uint8Array;
  /** "ECDH brainpoolP256r1", "DH 2048 bits": for evidence. */
  readonly name: string;
}

const STANDARDISED = "0.4.0.127.0.7.1.2";
const EC_PUBLIC_KEY = "1.2.840.10045.2.1";
/** Curves by their number in 9303-11 table 4, which a key may give in place of parameters. */
const STANDARDISED_CURVES: Readonly<Record<number, string>> = {
  8: "06082a8648ce3d030101",
  9: "06092b2403030208010103",
  10: "06052b81040021",
  11: "06092b2403030208010105",
  12: "06082a8648ce3d030107",
  13: "06092b2403030208010107",
  14: "06092b2403030208010109",
  15: "06052b81040022",
  16: "06092b240303020801010b",
  17: "06092b240303020801010d",
  18: "06052b81040023",
};
/** Curves that a document may have (9303-11 clause 9.6); others, of which OpenSSL knows many, are not served. */
const ALLOWED =
  /^(prime192v1|secp224r1|prime256v1|secp384r1|secp521r1|brainpoolP(192|224|256|320|384|512)r1)$/;
/** Below, anyone can compute the chip's key; above, no chip can. */
const [MIN_DH_BITS, MAX_DH_BITS] = [1024, 4096] as const;

/** The one reason for which a key is not wrong but not served. */
export class UnsupportedKey extends Error {}

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));

/** SubjectPublicKeyInfo with a named curve in place of a standardised number; any other comes back unchanged. */
const withNamedCurve = (spki: Uint8Array): Uint8Array => {
  const [algorithm, bits] = membersOf(parseDer(spki, "chip key"));
  const [identifier, parameters] = membersOf(algorithm);
  if (oidOf(identifier) !== STANDARDISED) return spki;
  const curve = STANDARDISED_CURVES[smallInteger(parameters) ?? -1];
  if (curve === undefined || !(bits instanceof asn1js.BitString))
    throw new UnsupportedKey("a standardised parameter number that is not served");
  const point = Uint8Array.from(bits.valueBlock.valueHexView);
  const named = writeTlv(0x30, hex("06072a8648ce3d0201"), hex(curve));
  return writeTlv(0x30, named, writeTlv(0x03, Uint8Array.of(0), point));
};

/** An EC key on a curve that documents may have. Throws `UnsupportedKey` or "card.unreadable". */
export const ecKeyOf = (spki: Uint8Array): { readonly key: KeyObject; readonly curve: string } => {
  const named = guarded("chip key", () => {
    const converted = withNamedCurve(spki);
    return createPublicKey({ key: Buffer.from(converted), format: "der", type: "spki" });
  });
  const curve = named.asymmetricKeyDetails?.namedCurve;
  if (curve === undefined || !ALLOWED.test(curve)) throw new UnsupportedKey("a curve that is not served");
  return { key: named, curve };
};

/** The uncompressed point of an EC key. */
export const pointOf = (key: KeyObject): Uint8Array => {
  const [, bits] = membersOf(
    parseDer(Uint8Array.from(key.export({ type: "spki", format: "der" })), "own key"),
  );
  if (!(bits instanceof asn1js.BitString)) throw malformed("own key: no point");
  return Uint8Array.from(bits.valueBlock.valueHexView);
};

const agreeEc = (spki: Uint8Array): Agreement => {
  const { key, curve } = ecKeyOf(spki);
  const own = generateKeyPairSync("ec", { namedCurve: curve });
  const secret = diffieHellman({ privateKey: own.privateKey, publicKey: key });
  return { ownPublicKey: pointOf(own.publicKey), secret: Uint8Array.from(secret), name: `ECDH ${curve}` };
};

const leftPad = (bytes: Uint8Array, length: number): Uint8Array =>
  concatBytes(new Uint8Array(Math.max(0, length - bytes.length)), bytes);

/** PKCS#3 and X9.42 both begin with p and g, in this order. */
const dhGroupOf = (spki: Uint8Array) => {
  const [algorithm, bits] = membersOf(parseDer(spki, "chip key"));
  const [, parameters] = membersOf(algorithm);
  const [p, g] = membersOf(parameters).map(magnitudeOf);
  if (!(bits instanceof asn1js.BitString)) throw malformed("chip key: no DH value");
  const y = magnitudeOf(parseDer(Uint8Array.from(bits.valueBlock.valueHexView), "chip key"));
  if (p === undefined || p === null || g === undefined || g === null || y === null)
    throw new UnsupportedKey("DH parameters of an unknown form");
  return { p, g, y };
};

const agreeDh = (spki: Uint8Array): Agreement => {
  const { p, g, y } = dhGroupOf(spki);
  const bits = p.length * 8;
  if (bits < MIN_DH_BITS || bits > MAX_DH_BITS) throw new UnsupportedKey(`a DH group of ${bits} bits`);
  const own = createDiffieHellman(Buffer.from(p), Buffer.from(g));
  // OpenSSL's own check of a composite p would take seconds; a wrong group only makes the chip fail.
  own.generateKeys();
  const secret = guarded("chip key", () => own.computeSecret(Buffer.from(y)));
  return {
    ownPublicKey: leftPad(own.getPublicKey(), p.length),
    secret: leftPad(secret, p.length),
    name: `DH ${bits} bits`,
  };
};

/** Throws `UnsupportedKey` for a key that is not served, "card.unreadable" for one that is none. */
export const agreeWith = (kind: KeyAgreementKind, spki: Uint8Array): Agreement => {
  const [algorithm] = membersOf(parseDer(spki, "chip key"));
  const isEc = [EC_PUBLIC_KEY, STANDARDISED].includes(oidOf(membersOf(algorithm)[0]) ?? "");
  if (isEc !== (kind === "ECDH")) throw new UnsupportedKey("a key of another kind than its protocol");
  return kind === "ECDH" ? agreeEc(spki) : agreeDh(spki);
};
