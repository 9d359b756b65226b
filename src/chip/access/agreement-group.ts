// What does PACE need of a group, elliptic or modular? (Doc 9303-11 clauses 4.4.3 and 9.6)

/** A private key in use: its value never leaves it. */
export interface PrivateKey {
  /** The public key over `generator`; over the group's own one when absent. */
  publicKey(generator?: Uint8Array): Uint8Array;
  /** The element that both sides agree on, whole. Throws "card.unreadable" for a public key outside the group. */
  agree(publicKey: Uint8Array): Uint8Array;
  /** What keys are derived from: the x-coordinate, or the element with all octets of the prime. */
  agreeSecret(publicKey: Uint8Array): Uint8Array;
}

/** Elements are octets as the standard sends them: an uncompressed point, or an unsigned integer. */
export interface AgreementGroup {
  readonly kind: "ECDH" | "DH";
  readonly name: string;
  /** Bits of symmetric strength (NIST SP 800-57 table 2). */
  readonly strengthBits: number;
  /** Tag of a public key in the template 7F49 (clauses 9.4.3 and 9.4.4). */
  readonly publicKeyTag: 0x84 | 0x86;
  readonly fieldPrime: bigint;
  readonly fieldBits: number;
  /** False where the mathematics of integrated mapping fails: the prime of NIST P-224 is 1 modulo 4. */
  readonly mapsIntegrated: boolean;
  /** True when a public key is too long for a short APDU. */
  readonly needsExtendedLength: boolean;
  /** @param value 1 .. order-1. */
  privateKey(value: bigint): PrivateKey;
  /** Order of the subgroup: private keys are below it. */
  readonly order: bigint;
  /** nonce × generator + shared (clause 4.4.3.3.1). */
  mapGeneric(nonce: Uint8Array, shared: Uint8Array): Uint8Array;
  /** The generator that a pseudo-random field element stands for (clause 4.4.3.3.2). */
  mapIntegrated(fieldElement: bigint): Uint8Array;
}
