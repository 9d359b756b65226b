// How does a kiosk ask for the certificate of its seal, and how does the reference portal's authority issue it?
//
// RFC 2986 for the request, RFC 5280 for the certificate. Real officers and agencies have certificates of their
// country's authorities; what is here certifies kiosks, and people in tests.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  webcrypto,
} from "node:crypto";
import { isIPv4 } from "node:net";
import * as asn1js from "asn1js";
import * as pkijs from "pkijs";
import { FaultError } from "../core/faults.js";
import { bufferOf, derOf, nameOf, nameText, OID, parseCertificate } from "./asn1.js";

/** Keep the key's file at mode 0600. */
export interface SigningAuthority {
  /** DER, self-signed. */
  readonly certificate: Uint8Array;
  /** PKCS#8, P-256. */
  readonly privateKeyPem: string;
}

export interface CertificateSubject {
  readonly commonName: string;
  readonly organisation?: string;
  readonly title?: string;
}

export interface Validity {
  /** Epoch ms. */
  readonly fromMs: number;
  readonly toMs: number;
}

const DAY_MS = 86_400_000;
/** A kiosk whose clock is a little late must not find its certificate "not yet valid". */
const BACKDATED_MS = 3_600_000;
const KEY_USAGE = { signature: 0xc0, certificates: 0x06 } as const;

const fail: (what: string, cause?: unknown) => never = (what, cause) => {
  throw new FaultError("keys.unusable", what, { cause });
};

const cryptoKey = (privateKeyPem: string): Promise<webcrypto.CryptoKey> => {
  const pkcs8 = createPrivateKey(privateKeyPem).export({ type: "pkcs8", format: "der" });
  return webcrypto.subtle.importKey("pkcs8", pkcs8, { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
};

const extension = (extnID: string, critical: boolean, value: asn1js.BaseBlock): pkijs.Extension =>
  new pkijs.Extension({ extnID, critical, extnValue: value.toBER() });

/** Bits from the left: digitalSignature, nonRepudiation, …, keyCertSign, cRLSign (RFC 5280, 4.2.1.3). */
const keyUsage = (bits: number): pkijs.Extension => {
  const unusedBits = Math.clz32(bits & -bits) === 32 ? 0 : 31 - Math.clz32(bits & -bits);
  const valueHex = Uint8Array.of(bits).buffer;
  return extension(OID.keyUsage, true, new asn1js.BitString({ valueHex, unusedBits }));
};

const keyIdentifier = (spki: Uint8Array): ArrayBuffer =>
  bufferOf(createHash("sha256").update(spki).digest().subarray(0, 20));

interface Profile {
  readonly subject: CertificateSubject;
  /** SPKI, DER. */
  readonly publicKey: Uint8Array;
  readonly validity: Validity;
  readonly isAuthority: boolean;
  /** OIDs; then critical (RFC 3161, 2.3 asks it of a timestamp authority). */
  readonly extendedKeyUsage?: readonly string[];
  /** DNS names and IPv4 addresses of a server (RFC 5280, 4.2.1.6). */
  readonly hosts?: readonly string[];
}

const subjectParts = ({
  commonName,
  organisation,
  title,
}: CertificateSubject): readonly (readonly [string, string])[] => [
  ...(organisation === undefined ? [] : ([[OID.organisation, organisation]] as const)),
  ...(title === undefined ? [] : ([[OID.title, title]] as const)),
  [OID.commonName, commonName],
];

const alternativeNames = (hosts: readonly string[]): pkijs.Extension => {
  const names = hosts.map((host) => {
    const octets = isIPv4(host) ? Uint8Array.from(host.split("."), Number) : null;
    if (octets === null) return new pkijs.GeneralName({ type: 2, value: host });
    return new pkijs.GeneralName({ type: 7, value: new asn1js.OctetString({ valueHex: octets.buffer }) });
  });
  return extension(OID.subjectAlternativeName, false, new pkijs.GeneralNames({ names }).toSchema());
};

const extensionsOf = (profile: Profile, issuerKey: Uint8Array): pkijs.Extension[] => {
  const { isAuthority, extendedKeyUsage, publicKey, hosts } = profile;
  const constraints = new pkijs.BasicConstraints(isAuthority ? { cA: true } : {});
  const authorityKey = new pkijs.AuthorityKeyIdentifier({
    keyIdentifier: new asn1js.OctetString({ valueHex: keyIdentifier(issuerKey) }),
  });
  const usages = extendedKeyUsage?.map((value) => new asn1js.ObjectIdentifier({ value }));
  return [
    extension(OID.basicConstraints, true, constraints.toSchema()),
    keyUsage(isAuthority ? KEY_USAGE.certificates : KEY_USAGE.signature),
    extension(
      OID.subjectKeyIdentifier,
      false,
      new asn1js.OctetString({ valueHex: keyIdentifier(publicKey) }),
    ),
    extension(OID.authorityKeyIdentifier, false, authorityKey.toSchema()),
    ...(usages === undefined
      ? []
      : [extension(OID.extendedKeyUsage, true, new asn1js.Sequence({ value: usages }))]),
    ...(hosts === undefined ? [] : [alternativeNames(hosts)]),
  ];
};

interface Issuer {
  readonly name: pkijs.RelativeDistinguishedNames;
  readonly publicKey: Uint8Array;
  readonly privateKeyPem: string;
}

/** UTCTime until 2049, GeneralizedTime from 2050 on (RFC 5280, 4.1.2.5). */
const timeOf = (epochMs: number): pkijs.Time => {
  const value = new Date(epochMs);
  return new pkijs.Time({ type: value.getUTCFullYear() < 2050 ? 0 : 1, value });
};

const issue = async (profile: Profile, issuer: Issuer): Promise<Uint8Array> => {
  const certificate = new pkijs.Certificate();
  certificate.version = 2;
  // RFC 5280, 4.1.2.2: positive, at most 20 bytes; 64 bits and more of it unguessable.
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  certificate.serialNumber = new asn1js.Integer({ valueHex: bufferOf(serial) });
  certificate.issuer = issuer.name;
  certificate.subject = nameOf(subjectParts(profile.subject));
  certificate.notBefore = timeOf(profile.validity.fromMs);
  certificate.notAfter = timeOf(profile.validity.toMs);
  certificate.subjectPublicKeyInfo = new pkijs.PublicKeyInfo({
    schema: asn1js.fromBER(bufferOf(profile.publicKey)).result,
  });
  certificate.extensions = extensionsOf(profile, issuer.publicKey);
  await certificate.sign(await cryptoKey(issuer.privateKeyPem), "SHA-256");
  return derOf(certificate);
};

const spkiOf = (pem: string): Uint8Array =>
  new Uint8Array(createPublicKey(pem).export({ type: "spki", format: "der" }));

/** A root of its own. */
export const createAuthority = async (
  subject: CertificateSubject,
  validity: Validity,
): Promise<SigningAuthority> => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const privateKeyPem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const publicKey = spkiOf(privateKeyPem);
  const name = nameOf(subjectParts(subject));
  const profile = { subject, publicKey, validity, isAuthority: true };
  return { certificate: await issue(profile, { name, publicKey, privateKeyPem }), privateKeyPem };
};

export interface IssueOrder {
  readonly subject: CertificateSubject;
  /** SPKI, DER. */
  readonly publicKey: Uint8Array;
  readonly validity: Validity;
  readonly extendedKeyUsage?: readonly string[];
  readonly hosts?: readonly string[];
}

/** The DER of a signer's certificate. */
export const issueCertificate = async (
  authority: SigningAuthority,
  order: IssueOrder,
): Promise<Uint8Array> => {
  const { subject: name } = parseCertificate(authority.certificate);
  const issuer = { name, publicKey: spkiOf(authority.privateKeyPem), privateKeyPem: authority.privateKeyPem };
  return issue({ ...order, isAuthority: false }, issuer);
};

/** The DER of a PKCS#10 request for a kiosk's seal. `privateKeyPem`: PKCS#8, P-256. */
export const requestSealCertificate = async (privateKeyPem: string, kiosk: string): Promise<Uint8Array> => {
  const request = new pkijs.CertificationRequest();
  request.version = 0;
  request.subject = nameOf([[OID.commonName, kiosk]]);
  request.subjectPublicKeyInfo = new pkijs.PublicKeyInfo({
    schema: asn1js.fromBER(bufferOf(spkiOf(privateKeyPem))).result,
  });
  request.attributes = [];
  await request.sign(await cryptoKey(privateKeyPem), "SHA-256");
  return derOf(request);
};

export interface SealRequest {
  readonly kiosk: string;
  /** SPKI, DER. */
  readonly publicKey: Uint8Array;
}

/** What a request asks for, once it has proven that it holds the key. Throws "keys.unusable". */
export const readSealRequest = async (csr: Uint8Array): Promise<SealRequest> => {
  let request: pkijs.CertificationRequest;
  let proven: boolean;
  try {
    request = new pkijs.CertificationRequest({ schema: asn1js.fromBER(bufferOf(csr)).result });
    proven = await request.verify();
  } catch (error) {
    return fail("the request for a seal's certificate can not be read", error);
  }
  if (!proven) return fail("the request for a seal's certificate is not signed by its own key");
  const kiosk = nameText(request.subject).commonName;
  if (!/^[A-Za-z0-9-]{1,32}$/.test(kiosk)) return fail("the request names no kiosk");
  return { kiosk, publicKey: derOf(request.subjectPublicKeyInfo) };
};

export interface SealIssue {
  /** The kiosk that is known to ask: a request for another one is refused. */
  readonly kiosk: string;
  readonly organisation?: string;
  readonly atMs: number;
  /** 1,095 when absent. */
  readonly days?: number;
}

/** The chain for a kiosk's request: its certificate, then the authority's (DER). Throws "keys.unusable". */
export const issueSealCertificate = async (
  authority: SigningAuthority,
  csr: Uint8Array,
  { kiosk, organisation, atMs, days = 1_095 }: SealIssue,
): Promise<readonly [Uint8Array, Uint8Array]> => {
  const request = await readSealRequest(csr);
  if (request.kiosk !== kiosk) return fail(`the request is for "${request.kiosk}", not for "${kiosk}"`);
  const leaf = await issueCertificate(authority, {
    subject: { commonName: kiosk, ...(organisation === undefined ? {} : { organisation }) },
    publicKey: request.publicKey,
    validity: { fromMs: atMs - BACKDATED_MS, toMs: atMs + days * DAY_MS },
  });
  return [leaf, authority.certificate];
};
