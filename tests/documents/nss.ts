// How are authorities put into the kind of database that poppler's pdfsig asks for trust, without NSS' own tools?
//
// NSS' store is itself a PKCS#11 token; its vendor attributes are those of nss/lib/util/pkcs11n.h.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { parseCertificate } from "../../src/documents/asn1.js";

const MODULES = ["x86_64", "aarch64", "arm"].flatMap((machine) =>
  ["", "eabihf"].map((abi) => `/usr/lib/${machine}-linux-gnu${abi}/libsoftokn3.so`),
);

/** The library; undefined: NSS is not installed here. */
export const softToken = (): string | undefined => MODULES.find((path) => existsSync(path));

const VENDOR = 0xce534350;
const TRUST = VENDOR + 0x2000;
const TRUST_OBJECT = VENDOR + 3;
const TRUSTED_DELEGATOR = VENDOR + 2;
const CLASS = 0;
const TOKEN = 1;
const LABEL = 3;
const VALUE = 0x11;
const CERTIFICATE_TYPE = 0x80;
const ISSUER = 0x81;
const SERIAL = 0x82;
const SUBJECT = 0x101;
const ID = 0x102;

interface Attribute {
  readonly type: number;
  readonly value: number | boolean | string | Buffer;
}

interface Library {
  load(path: string): void;
  close(): void;
  C_Initialize(options: { readonly libraryParameters: string; readonly flags: number }): void;
  C_Finalize(): void;
  C_GetSlotList(tokenPresent: boolean): Buffer[];
  C_GetTokenInfo(slot: Buffer): { readonly label: string };
  C_OpenSession(slot: Buffer, flags: number): Buffer;
  C_Login(session: Buffer, user: number, pin: string): void;
  C_Logout(session: Buffer): void;
  C_InitPIN(session: Buffer, pin: string): void;
  C_CreateObject(session: Buffer, template: Attribute[]): Buffer;
}

const certificateObject = (der: Buffer, label: string): Attribute[] => {
  const { subject, issuer, serialNumber } = parseCertificate(der);
  return [
    { type: CLASS, value: 1 },
    { type: TOKEN, value: true },
    { type: CERTIFICATE_TYPE, value: 0 },
    { type: LABEL, value: label },
    { type: ID, value: createHash("sha1").update(der).digest() },
    { type: SUBJECT, value: Buffer.from(subject.toSchema().toBER()) },
    { type: ISSUER, value: Buffer.from(issuer.toSchema().toBER()) },
    { type: SERIAL, value: Buffer.from(serialNumber.toBER()) },
    { type: VALUE, value: der },
  ];
};

const trustObject = (der: Buffer): Attribute[] => {
  const { issuer, serialNumber } = parseCertificate(der);
  return [
    { type: CLASS, value: TRUST_OBJECT },
    { type: TOKEN, value: true },
    { type: ISSUER, value: Buffer.from(issuer.toSchema().toBER()) },
    { type: SERIAL, value: Buffer.from(serialNumber.toBER()) },
    { type: TRUST + 100, value: createHash("sha1").update(der).digest() },
    { type: TRUST + 101, value: createHash("md5").update(der).digest() },
    ...[8, 9, 10, 11].map((use) => ({ type: TRUST + use, value: TRUSTED_DELEGATOR })),
  ];
};

/** Fills an empty folder with a database that trusts these roots (DER). */
export const makeTrustDatabase = (folder: string, module: string, roots: readonly Uint8Array[]): void => {
  const { PKCS11 } = createRequire(import.meta.url)("pkcs11js") as { PKCS11: new () => Library };
  const library = new PKCS11();
  library.load(module);
  const libraryParameters = `configdir='sql:${folder}' certPrefix='' keyPrefix='' secmod='secmod.db' flags=`;
  library.C_Initialize({ libraryParameters, flags: 0 });
  try {
    const slot = library
      .C_GetSlotList(true)
      .find((each) => library.C_GetTokenInfo(each).label.startsWith("NSS Certificate DB"));
    if (slot === undefined) throw new Error("NSS shows no database");
    const session = library.C_OpenSession(slot, 4 | 2);
    library.C_Login(session, 0, "");
    library.C_InitPIN(session, "");
    library.C_Logout(session);
    library.C_Login(session, 1, "");
    for (const [index, der] of roots.entries()) {
      library.C_CreateObject(session, certificateObject(Buffer.from(der), `root ${index}`));
      library.C_CreateObject(session, trustObject(Buffer.from(der)));
    }
  } finally {
    library.C_Finalize();
    library.close();
  }
};
