// How are pkijs' structures and plain bytes turned into each other?
import * as asn1js from "asn1js";
import * as pkijs from "pkijs";
import { plainText } from "./pdf/objects.js";

/** Memory of its own: pkijs wants the whole buffer, and slices of a file lie in the middle of one. */
export const bufferOf = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

export const derOf = (value: { toSchema(): { toBER(): ArrayBuffer } }): Uint8Array =>
  new Uint8Array(value.toSchema().toBER());

/** Throws TypeError for what is no certificate. */
export const parseCertificate = (der: Uint8Array): pkijs.Certificate => {
  const { result, offset } = asn1js.fromBER(bufferOf(der));
  if (offset !== der.length) throw new TypeError("no DER, or something behind it");
  return new pkijs.Certificate({ schema: result });
};

/** 2.5.4.x and what people call them; anything else keeps its number. */
const NAMES: Readonly<Record<string, string>> = {
  "2.5.4.3": "CN",
  "2.5.4.5": "serialNumber",
  "2.5.4.6": "C",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.10": "O",
  "2.5.4.11": "OU",
  "2.5.4.12": "title",
};

export interface NameText {
  readonly commonName: string;
  /** "CN=…, O=…". */
  readonly whole: string;
}

export const nameText = (name: pkijs.RelativeDistinguishedNames): NameText => {
  const parts = name.typesAndValues.map(({ type, value }) => {
    const text: unknown = value.valueBlock.value;
    return [NAMES[type] ?? type, typeof text === "string" ? plainText(text) : "?"] as const;
  });
  return {
    commonName: parts.find(([type]) => type === "CN")?.[1] ?? "",
    whole: parts.map(([type, text]) => `${type}=${text}`).join(", "),
  };
};

/** A name of UTF-8 strings, each in a set of its own as X.501 has it (pkijs would put all into one). */
export const nameOf = (
  parts: readonly (readonly [oid: string, text: string])[],
): pkijs.RelativeDistinguishedNames => {
  const sets = parts.map(([type, text]) => {
    const value = new asn1js.Utf8String({ value: text.normalize("NFC") });
    return new asn1js.Set({ value: [new pkijs.AttributeTypeAndValue({ type, value }).toSchema()] });
  });
  const schema = asn1js.fromBER(new asn1js.Sequence({ value: sets }).toBER()).result;
  return new pkijs.RelativeDistinguishedNames({ schema });
};

export const OID = {
  commonName: "2.5.4.3",
  organisation: "2.5.4.10",
  country: "2.5.4.6",
  title: "2.5.4.12",
  data: "1.2.840.113549.1.7.1",
  signedData: "1.2.840.113549.1.7.2",
  tstInfo: "1.2.840.113549.1.9.16.1.4",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingTime: "1.2.840.113549.1.9.5",
  signingCertificateV2: "1.2.840.113549.1.9.16.2.47",
  timestampToken: "1.2.840.113549.1.9.16.2.14",
  sha256: "2.16.840.1.101.3.4.2.1",
  sha384: "2.16.840.1.101.3.4.2.2",
  sha512: "2.16.840.1.101.3.4.2.3",
  ecdsaSha256: "1.2.840.10045.4.3.2",
  ecdsaSha384: "1.2.840.10045.4.3.3",
  ecdsaSha512: "1.2.840.10045.4.3.4",
  rsa: "1.2.840.113549.1.1.1",
  rsaSha256: "1.2.840.113549.1.1.11",
  rsaSha384: "1.2.840.113549.1.1.12",
  rsaSha512: "1.2.840.113549.1.1.13",
  rsaPss: "1.2.840.113549.1.1.10",
  keyUsage: "2.5.29.15",
  basicConstraints: "2.5.29.19",
  extendedKeyUsage: "2.5.29.37",
  subjectKeyIdentifier: "2.5.29.14",
  authorityKeyIdentifier: "2.5.29.35",
  subjectAlternativeName: "2.5.29.17",
  timeStamping: "1.3.6.1.5.5.7.3.8",
} as const;
