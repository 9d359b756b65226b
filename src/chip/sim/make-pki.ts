// Who signs the made-up cards? (A country-signing and a document-signing key, born and gone with the process.)
import { type KeyKind, makeKey, type SigningKey } from "./key-kinds.js";
import { certify, revoke, type Validity } from "./make-certificate.js";
import { type SodOptions, signInfos, signSod } from "./make-sod.js";

export type { KeyKind } from "./key-kinds.js";

export interface SimPki {
  /** DER; put it into a trust store and the cards are trusted. */
  readonly cscaCertificate: Uint8Array;
  readonly signerCertificate: Uint8Array;
  /** EF.SOD over these data groups, by number. */
  signSod(groups: ReadonlyMap<number, Uint8Array>, options?: SodOptions): Uint8Array;
  /** EF.CardSecurity with these DER SecurityInfos. */
  signInfos(infos: readonly Uint8Array[]): Uint8Array;
  /** A revocation list of the country-signing authority. */
  revocationList(wish?: RevocationOptions): Uint8Array;
  /** A new country-signing key with a link certificate of the old one, and a new signer under it. */
  rollOver(options?: PkiOptions): { readonly pki: SimPki; readonly link: Uint8Array };
}

export interface PkiOptions {
  /** Curve of both keys where they are not chosen apart: "brainpoolP256r1", "prime256v1" (the default). */
  readonly curve?: string;
  readonly csca?: KeyKind;
  readonly signer?: KeyKind;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Of the signer's certificate alone. */
  readonly signerNotAfter?: Date;
  /** When the signer's key may sign. */
  readonly keyPeriod?: Validity;
  readonly sod?: SodOptions;
}

export interface RevocationOptions {
  /** Takes the signer's certificate back; true when absent. */
  readonly signer?: boolean;
  readonly thisUpdate?: Date;
  readonly nextUpdate?: Date;
}

const DAY_MS = 86_400_000;
const YEAR_MS = 365.25 * DAY_MS;
const ISSUER = "Made-up CSCA";
const SIGNER = "Made-up Document Signer";
const CSCA_SERIAL = 1;
const SIGNER_SERIAL = 200;

interface Authority {
  readonly key: SigningKey;
  readonly validity: Validity;
}

const validityOf = ({ notBefore, notAfter }: PkiOptions): Validity => {
  const now = Date.now();
  return {
    notBefore: notBefore ?? new Date(now - YEAR_MS),
    notAfter: notAfter ?? new Date(now + 12 * YEAR_MS),
  };
};

const certifyAuthority = ({ key, validity }: Authority, by: SigningKey, serial: number): Uint8Array =>
  certify(
    {
      ...validity,
      serial,
      issuer: ISSUER,
      subject: ISSUER,
      publicKey: key.publicKey,
      issuerKey: by.publicKey,
      role: "authority",
    },
    by,
  );

const certifySigner = (authority: Authority, signer: SigningKey, options: PkiOptions): Uint8Array => {
  const { keyPeriod, signerNotAfter } = options;
  return certify(
    {
      notBefore: authority.validity.notBefore,
      notAfter: signerNotAfter ?? authority.validity.notAfter,
      serial: SIGNER_SERIAL,
      issuer: ISSUER,
      subject: SIGNER,
      publicKey: signer.publicKey,
      issuerKey: authority.key.publicKey,
      role: "signer",
      ...(keyPeriod === undefined ? {} : { keyPeriod }),
    },
    authority.key,
  );
};

const usualKey = (options: PkiOptions): KeyKind => ({ kind: "ec", curve: options.curve ?? "prime256v1" });

const pkiUnder = (authority: Authority, options: PkiOptions): SimPki => {
  const signer = makeKey(options.signer ?? usualKey(options));
  const signerCertificate = certifySigner(authority, signer, options);
  return {
    cscaCertificate: certifyAuthority(authority, authority.key, CSCA_SERIAL),
    signerCertificate,
    signSod: (groups, sod) => signSod(groups, signerCertificate, signer, { ...options.sod, ...sod }),
    signInfos: (infos) => signInfos(infos, signerCertificate, signer),
    revocationList: (wish = {}) =>
      revoke(
        {
          issuer: ISSUER,
          serials: wish.signer === false ? [] : [SIGNER_SERIAL],
          thisUpdate: wish.thisUpdate ?? new Date(Date.now() - DAY_MS),
          nextUpdate: wish.nextUpdate ?? new Date(Date.now() + 90 * DAY_MS),
        },
        authority.key,
      ),
    rollOver: (next = {}) => {
      const successor = makeAuthority(next);
      return {
        pki: pkiUnder(successor, next),
        link: certifyAuthority(successor, authority.key, CSCA_SERIAL + 1),
      };
    },
  };
};

const makeAuthority = (options: PkiOptions): Authority => ({
  key: makeKey(options.csca ?? usualKey(options)),
  validity: validityOf(options),
});

/** Makes both key pairs and certificates anew; nothing of them is ever written down. */
export const makePki = (options: PkiOptions = {}): SimPki => pkiUnder(makeAuthority(options), options);
