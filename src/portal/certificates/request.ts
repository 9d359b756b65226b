// What does a request for a certificate ask for, and does who asks hold the key?
import { createPublicKey } from "node:crypto";
import * as asn1js from "asn1js";
import * as pkijs from "pkijs";
import { FaultError } from "../../core/faults.js";
import { bufferOf, derOf, nameText } from "../../documents/asn1.js";

export interface CertificateRequest {
  readonly commonName: string;
  /** SPKI, DER. */
  readonly publicKey: Uint8Array;
}

const MIN_RSA_BITS = 2048;
const PEM = /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([^-]+)-----END (?:NEW )?CERTIFICATE REQUEST-----/;

const fail: (what: string, cause?: unknown) => never = (what, cause) => {
  throw new FaultError("keys.unusable", what, { cause });
};

/** DER of a file that is PEM or DER already. */
export const requestInFile = (bytes: Uint8Array): Uint8Array => {
  const base64 = PEM.exec(Buffer.from(bytes).toString("latin1"))?.[1];
  return base64 === undefined ? bytes : new Uint8Array(Buffer.from(base64, "base64"));
};

/** P-256, P-384 or RSA of 2048 bits and more: what brokers and kiosks of any age can check. */
const checkKey = (publicKey: Uint8Array): void => {
  const key = createPublicKey({ key: Buffer.from(publicKey), format: "der", type: "spki" });
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  const isGood =
    key.asymmetricKeyType === "rsa"
      ? modulusLength >= MIN_RSA_BITS
      : namedCurve === "prime256v1" || namedCurve === "secp384r1";
  if (!isGood) fail("the request's key is neither P-256, P-384 nor RSA of 2048 bits and more");
};

/** RFC 2986. Throws "keys.unusable" when it can not be read, or is not signed by the key that it carries. */
export const readRequest = async (der: Uint8Array): Promise<CertificateRequest> => {
  try {
    const { result, offset } = asn1js.fromBER(bufferOf(der));
    if (offset !== der.length) return fail("the request is no DER, or has something behind it");
    const request = new pkijs.CertificationRequest({ schema: result });
    const publicKey = derOf(request.subjectPublicKeyInfo);
    checkKey(publicKey);
    if (!(await request.verify())) return fail("the request is not signed by its own key");
    return { commonName: nameText(request.subject).commonName, publicKey };
  } catch (error) {
    if (error instanceof FaultError) throw error;
    return fail("the request is not a PKCS#10 request (RFC 2986)", error);
  }
};
