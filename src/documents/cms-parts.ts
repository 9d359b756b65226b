// Which parts has a stranger's CMS, and are they what a signature of PAdES may have? (RFC 5652, RFC 5035)
import * as asn1js from "asn1js";
import * as pkijs from "pkijs";
import { FaultError } from "../core/faults.js";
import { bufferOf, OID } from "./asn1.js";

/** The CMS is damaged or is of a kind that no PDF signature is; the message is technical English. */
export class CmsError extends Error {
  override readonly name = "CmsError";
}

export const cmsFail: (what: string) => never = (what) => {
  throw new CmsError(what);
};

const MAX_CERTIFICATES = 20;

export interface CmsParts {
  readonly signer: pkijs.SignerInfo;
  /** DER, in the order of the CMS. */
  readonly certificates: readonly Uint8Array[];
  /** What is signed: the attributes as a SET (RFC 5652, 5.4). */
  readonly signedBytes: Uint8Array;
  readonly attributes: ReadonlyMap<string, asn1js.BaseBlock>;
  readonly unsignedAttributes: ReadonlyMap<string, asn1js.BaseBlock>;
  /** The content's type, and the content where it is in the CMS (timestamps). */
  readonly contentType: string;
  readonly content: Uint8Array | null;
  /** Bytes of the DER; the place in a PDF is longer. */
  readonly length: number;
}

const attributesOf = (
  given: pkijs.SignedAndUnsignedAttributes | undefined,
): ReadonlyMap<string, asn1js.BaseBlock> => {
  const found = new Map<string, asn1js.BaseBlock>();
  for (const { type, values } of given?.attributes ?? []) {
    if (found.has(type)) cmsFail(`attribute ${type} stands twice`);
    if (values.length !== 1) cmsFail(`attribute ${type} has not one value`);
    found.set(type, values[0] as asn1js.BaseBlock);
  }
  return found;
};

/** pkijs keeps the attributes as they stood, under the tag that is signed. */
const signedBytesOf = (signer: pkijs.SignerInfo): Uint8Array => {
  const encoded = signer.signedAttrs?.encodedValue;
  if (encoded === undefined || encoded.byteLength === 0) return cmsFail("it has no signed attributes");
  const bytes = new Uint8Array(encoded.slice(0));
  bytes[0] = 0x31;
  return bytes;
};

const contentOf = ({ encapContentInfo }: pkijs.SignedData): Uint8Array | null => {
  const content = encapContentInfo.eContent;
  if (content === undefined) return null;
  return new Uint8Array(content.getValue());
};

const contextZero = (block: asn1js.BaseBlock): boolean =>
  block.idBlock.tagClass === 3 && block.idBlock.tagNumber === 0;

const childrenOf = (block: asn1js.BaseBlock | undefined): readonly asn1js.BaseBlock[] => {
  const value: unknown = (block?.valueBlock as { value?: unknown } | undefined)?.value;
  return Array.isArray(value) ? (value as asn1js.BaseBlock[]) : [];
};

/** As they stand in the CMS: a certificate that was encoded anew may have another hash. */
const rawCertificates = (signedData: asn1js.BaseBlock): readonly Uint8Array[] =>
  childrenOf(childrenOf(signedData).find(contextZero))
    .filter((block) => block instanceof asn1js.Sequence)
    .slice(0, MAX_CERTIFICATES)
    .map((block) => new Uint8Array(block.valueBeforeDecodeView));

const takeApart = (bytes: Uint8Array): CmsParts => {
  const { result, offset } = asn1js.fromBER(bufferOf(bytes));
  if (offset <= 0) return cmsFail("it is no DER");
  const info = new pkijs.ContentInfo({ schema: result });
  if (info.contentType !== OID.signedData) return cmsFail("it is no SignedData");
  const signedData = new pkijs.SignedData({ schema: info.content });
  const [signer, ...others] = signedData.signerInfos;
  if (signer === undefined || others.length > 0) return cmsFail("it has not one signer");
  return {
    signer,
    certificates: rawCertificates(info.content as asn1js.BaseBlock),
    signedBytes: signedBytesOf(signer),
    attributes: attributesOf(signer.signedAttrs),
    unsignedAttributes: attributesOf(signer.unsignedAttrs),
    contentType: signedData.encapContentInfo.eContentType,
    content: contentOf(signedData),
    length: offset,
  };
};

/** Throws `CmsError`. */
export const readCms = (bytes: Uint8Array): CmsParts => {
  try {
    return takeApart(bytes);
  } catch (error) {
    if (error instanceof CmsError) throw error;
    // The ASN.1 library throws whatever comes to hand; deep nesting ends as a RangeError.
    return cmsFail(`it is damaged (${error instanceof Error ? error.message.slice(0, 120) : "unreadable"})`);
  }
};

export const octets = (block: asn1js.BaseBlock | undefined): Uint8Array =>
  block instanceof asn1js.OctetString
    ? new Uint8Array(block.getValue())
    : cmsFail("an octet string is missing");

/** What a CMS says it signs. Throws `FaultError` "document.unreadable". */
export const messageDigestOf = (cms: Uint8Array): Uint8Array => {
  try {
    return octets(readCms(cms).attributes.get(OID.messageDigest));
  } catch (error) {
    throw new FaultError("document.unreadable", "what came back is no CMS of a signature", { cause: error });
  }
};
