// Is every kind of tampering told, every kind of certificate told apart, and nothing but a certified copy called one?
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createAuthority, issueCertificate } from "../../src/documents/certificates.js";
import { buildCms } from "../../src/documents/cms.js";
import { PdfFile } from "../../src/documents/pdf/file.js";
import {
  dict,
  name,
  type PdfDict,
  PdfRef,
  PdfStream,
  PdfString,
  type PdfValue,
  textString,
} from "../../src/documents/pdf/objects.js";
import { PdfWriter } from "../../src/documents/pdf/write.js";
import type { SealingKey } from "../../src/documents/scan.js";
import { makeScanPdf } from "../../src/documents/scan-pdf.js";
import { certificatesInPem, fileSealingKey, pemOf } from "../../src/documents/seal-key.js";
import { prepareSignature } from "../../src/documents/sign.js";
import type { SignatureOrder } from "../../src/documents/signing.js";
import type { VerifyReport } from "../../src/documents/verdict.js";
import { verifyPdf } from "../../src/documents/verify.js";
import { makeFolder, put, removeFolder, run, tryRun } from "./folder.js";
import { GOOD, makeHouse, signer } from "./keys.js";
import { SCANNED_AT_MS, sampleScan } from "./scans.js";
import { STATEMENT } from "./statements.js";

const folder = makeFolder();
test.after(() => removeFolder(folder));

const house = await makeHouse();
const AT = { trust: house.trust, atMs: SCANNED_AT_MS + 3_600_000 };
const scan = await sampleScan(2);
const unsealed = await makeScanPdf(scan, null);
const sealed = await makeScanPdf(scan, house.seal);
const OFFICER: SignatureOrder = {
  fieldName: "Officer",
  signer: "Trần Văn Bình",
  reason: "Chứng thực bản sao",
  signedAtMs: SCANNED_AT_MS + 60_000,
  statement: STATEMENT,
};
const { statement: _statement, ...WITHOUT_STATEMENT } = OFFICER;
const AGENCY: SignatureOrder = {
  ...WITHOUT_STATEMENT,
  fieldName: "Agency",
  signer: "UBND",
  reason: "Cơ quan",
};

const sign = async (pdf: Uint8Array, order: SignatureOrder, key: SealingKey): Promise<Uint8Array> => {
  const prepared = prepareSignature(pdf, order);
  return prepared.finish((await buildCms(prepared.digest, key)).cms);
};

const officers = await sign(sealed, OFFICER, house.officer);
const whole = await sign(officers, AGENCY, house.agency);
const judge = (pdf: Uint8Array): Promise<VerifyReport> => verifyPdf(pdf, AT);

test("each state of a file is called what it is", async () => {
  assert.is((await judge(unsealed)).verdict, "unsigned");
  assert.is((await judge(sealed)).verdict, "sealedScan");
  const certified = await judge(officers);
  assert.is(certified.verdict, "certified");
  assert.ok(certified.holds);
  assert.equal(certified.statement, STATEMENT);
  const both = await judge(whole);
  assert.equal(
    both.signatures.map(({ role }) => role),
    ["device", "officer", "agency"],
  );
  assert.ok(both.holds);
  assert.is(both.scan?.kiosk, "KIOSK-01");
  assert.is(both.scan?.submission, scan.submission);
});

test("a statement that nobody competent signed certifies nothing", async () => {
  const { pdf } = prepareSignature(sealed, OFFICER);
  assert.is((await judge(pdf)).verdict, "changed");
  const byKiosk = await judge(await sign(sealed, OFFICER, house.seal));
  assert.is(byKiosk.verdict, "falseStatement");
  assert.is(byKiosk.statement, null);
  const painted = update(unsealed, (file, writer) => {
    const ref = stampRef(file);
    writer.add(merged(file.dict(ref) ?? new Map(), { NM: textString("motcua-statement-1") }), ref);
  });
  assert.is((await judge(painted)).verdict, "falseStatement");
  assert.is((await judge(await sign(sealed, WITHOUT_STATEMENT, house.officer))).verdict, "noStatement");
});

test("one flipped bit anywhere is told", async () => {
  for (let index = 0; index < 160; index++) {
    const changed = Uint8Array.from(whole);
    const at = Math.floor((index * (whole.length - 1)) / 159);
    changed[at] = (changed[at] ?? 0) ^ (1 << (index % 8));
    const report = await judge(changed);
    assert.not.ok(
      report.holds && Buffer.compare(changed, whole) !== 0 && !isCaseOfHex(whole, changed, at),
      `byte ${at}`,
    );
  }
});

/** Inside a signature's place the case of a hexadecimal digit says nothing. */
const isCaseOfHex = (before: Uint8Array, after: Uint8Array, at: number): boolean => {
  const letter = (byte: number | undefined): string => String.fromCharCode(byte ?? 0).toLowerCase();
  return /[a-f]/.test(letter(before[at])) && letter(before[at]) === letter(after[at]);
};

test("bytes behind the last signature are told, however few", async () => {
  for (const [tail, verdict] of [
    ["\n", "changed"],
    ["x", "unreadable"],
    [" %%EOF\n", "unreadable"],
  ] as const) {
    const report = await judge(Buffer.concat([whole, Buffer.from(tail)]));
    assert.is(report.verdict, verdict, JSON.stringify(tail));
    assert.not.ok(report.holds);
  }
});

/** One more revision, as an attacker writes it. */
const update = (pdf: Uint8Array, change: (file: PdfFile, writer: PdfWriter) => void): Uint8Array => {
  const file = new PdfFile(pdf);
  const { at: xrefAt, kind: xrefKind } = file.newest;
  const writer = new PdfWriter({ bytes: pdf, xrefAt, xrefKind, size: file.size });
  change(file, writer);
  const id = new PdfString(Buffer.alloc(16));
  return writer.end({ root: file.catalogRef, id: [id, id] });
};

const merged = (entries: PdfDict, more: Readonly<Record<string, PdfValue>>): PdfDict =>
  new Map([...entries, ...Object.entries(more)]);

const firstPage = (file: PdfFile): { ref: PdfRef; dict: PdfDict } => {
  const [page] = file.pages();
  if (page === undefined) throw new Error("no page");
  return page;
};

const drawing = (text: string): PdfStream => new PdfStream(dict({}), Buffer.from(text, "latin1"));

const overlay = (file: PdfFile, writer: PdfWriter, more: Readonly<Record<string, PdfValue>>): PdfRef => {
  const form = writer.add(
    new PdfStream(
      dict({ Type: name("XObject"), Subtype: name("Form"), BBox: [0, 0, 100, 100], Resources: dict({}) }),
      Buffer.from("1 1 1 rg 0 0 100 100 re f"),
    ),
  );
  const { ref } = firstPage(file);
  return writer.add(
    dict({ Type: name("Annot"), Rect: [100, 500, 200, 600], F: 4, P: ref, AP: dict({ N: form }), ...more }),
  );
};

const addAnnotation = (file: PdfFile, writer: PdfWriter, annotation: PdfRef): void => {
  const annotations = firstPage(file).dict.get("Annots");
  if (!(annotations instanceof PdfRef)) throw new Error("no list of annotations");
  writer.add([...(file.array(annotations) ?? []), annotation], annotations);
};

const stampRef = (file: PdfFile): PdfRef => {
  const [stamp] = file.array(firstPage(file).dict.get("Annots")) ?? [];
  if (!(stamp instanceof PdfRef)) throw new Error("no stamp");
  return stamp;
};

const metadataRef = (file: PdfFile): PdfRef => file.catalog.get("Metadata") as PdfRef;

/** What is known as shadow attacks, and their simpler kin. */
const ATTACKS: Readonly<Record<string, (file: PdfFile, writer: PdfWriter) => void>> = {
  "the page's content is replaced": (file, writer) => {
    writer.add(drawing("0 0 100 100 re f"), firstPage(file).dict.get("Contents") as PdfRef);
  },
  "the picture is replaced": (file, writer) => {
    const resources = file.dict(firstPage(file).dict.get("Resources"));
    const image = file.dict(resources?.get("XObject"))?.get("Im1") as PdfRef;
    const { dict: entries, raw } = file.stream(image) as PdfStream;
    writer.add(
      new PdfStream(
        entries,
        Uint8Array.from(raw, (byte, at) => (at === 9_000 ? byte ^ 1 : byte)),
      ),
      image,
    );
  },
  "the page points to other content": (file, writer) => {
    const { ref, dict: page } = firstPage(file);
    writer.add(merged(page, { Contents: writer.add(drawing("q Q")) }), ref);
  },
  "the font is replaced": (file, writer) => {
    const fonts = file.dict(file.dict(firstPage(file).dict.get("Resources"))?.get("Font"));
    const font = fonts?.get("F1") as PdfRef;
    writer.add(merged(file.dict(font) ?? new Map(), { ToUnicode: null }), font);
  },
  "a page is put in": (file, writer) => {
    const tree = file.catalog.get("Pages") as PdfRef;
    const pages = file.dict(tree) ?? new Map();
    const more = writer.add(merged(firstPage(file).dict, { Contents: writer.add(drawing("q Q")) }));
    writer.add(merged(pages, { Kids: [...(file.array(pages.get("Kids")) ?? []), more], Count: 3 }), tree);
  },
  "a page is taken out": (file, writer) => {
    const tree = file.catalog.get("Pages") as PdfRef;
    writer.add(merged(file.dict(tree) ?? new Map(), { Kids: [firstPage(file).ref], Count: 1 }), tree);
  },
  "two pages change places": (file, writer) => {
    const tree = file.catalog.get("Pages") as PdfRef;
    const pages = file.dict(tree) ?? new Map();
    writer.add(merged(pages, { Kids: [...(file.array(pages.get("Kids")) ?? [])].reverse() }), tree);
  },
  "the page is cropped": (file, writer) => {
    const { ref, dict: page } = firstPage(file);
    writer.add(merged(page, { CropBox: [0, 200, 500, 800] }), ref);
  },
  "an annotation is laid over the page": (file, writer) => {
    addAnnotation(file, writer, overlay(file, writer, { Subtype: name("Stamp") }));
  },
  "a signature's picture is laid over the page": (file, writer) => {
    const field = { Subtype: name("Widget"), FT: name("Sig"), T: textString("Extra") };
    const widget = overlay(file, writer, field);
    addAnnotation(file, writer, widget);
    const form = file.catalog.get("AcroForm") as PdfRef;
    const entries = file.dict(form) ?? new Map();
    writer.add(merged(entries, { Fields: [...(file.array(entries.get("Fields")) ?? []), widget] }), form);
  },
  "the stamp is taken away": (file, writer) => {
    writer.add([], firstPage(file).dict.get("Annots") as PdfRef);
  },
  "the stamp is moved over the page": (file, writer) => {
    const ref = stampRef(file);
    writer.add(merged(file.dict(ref) ?? new Map(), { Rect: [0, 400, 500, 800] }), ref);
  },
  "the stamp is hidden": (file, writer) => {
    const ref = stampRef(file);
    writer.add(merged(file.dict(ref) ?? new Map(), { F: 2 }), ref);
  },
  "the metadata alone is changed": (file, writer) => {
    const { dict: entries, raw } = file.stream(metadataRef(file)) as PdfStream;
    const text = Buffer.from(raw).toString("utf8").replaceAll("KIOSK-01", "KIOSK-99");
    writer.add(new PdfStream(entries, Buffer.from(text)), metadataRef(file));
  },
  "the title is changed": (file, writer) => {
    const { dict: entries, raw } = file.stream(metadataRef(file)) as PdfStream;
    const text = Buffer.from(raw).toString("utf8").replaceAll("Birth certificate", "Land use right");
    writer.add(new PdfStream(entries, Buffer.from(text)), metadataRef(file));
  },
  "a script is put in": (file, writer) => {
    const script = dict({ S: name("JavaScript"), JS: textString("app.alert(1)") });
    writer.add(merged(file.catalog, { OpenAction: script }), file.catalogRef);
  },
  "a layer is put in": (file, writer) => {
    writer.add(merged(file.catalog, { OCProperties: dict({}) }), file.catalogRef);
  },
  "a form is put in": (file, writer) => {
    const form = file.catalog.get("AcroForm") as PdfRef;
    writer.add(merged(file.dict(form) ?? new Map(), { XFA: textString("<xfa/>") }), form);
  },
};

for (const [what, attack] of Object.entries(ATTACKS)) {
  test(`${what}: after the last signature`, async () => {
    const report = await judge(update(whole, attack));
    assert.is(report.verdict, "changed");
    assert.match(report.problems.join(), /appended after the last signature/);
  });

  test(`${what}: between the seal and a signature that holds`, async () => {
    const report = await judge(await sign(update(sealed, attack), AGENCY, house.agency));
    assert.is(report.verdict, "changed", report.problems.join());
    assert.ok((report.signatures[1]?.forbiddenChanges.length ?? 0) > 0);
    assert.is(report.signatures[1]?.integrity, "intact");
  });
}

test("a statement is put on by the officer and never altered by who comes later", async () => {
  const other = { ...STATEMENT, registerNumber: "9999" };
  const forged = update(officers, (file, writer) => {
    const { dict: entries, raw } = file.stream(metadataRef(file)) as PdfStream;
    const text = Buffer.from(raw).toString("utf8").replace(">1234<", `>${other.registerNumber}<`);
    writer.add(new PdfStream(entries, Buffer.from(text)), metadataRef(file));
  });
  const report = await judge(await sign(forged, AGENCY, house.agency));
  assert.is(report.verdict, "changed");
});

test("an update that changes nothing is none", async () => {
  const same = update(sealed, (file, writer) => {
    const { ref, dict: page } = firstPage(file);
    writer.add(page, ref);
  });
  assert.is((await judge(await sign(same, OFFICER, house.officer))).verdict, "certified");
});

test("the seal taken out, a remnant is noticed", async () => {
  const stripped = update(sealed, (file, writer) => {
    const catalog = new Map(file.catalog);
    catalog.delete("AcroForm");
    writer.add(catalog, file.catalogRef);
  });
  assert.is((await judge(stripped)).verdict, "changed");
});

test("byte ranges that leave out more than the signature are told", async () => {
  const text = Buffer.from(sealed).toString("latin1");
  const match = /\/ByteRange \[0 (\d+) +(\d+) +(\d+) *\]/.exec(text);
  const [first = 0, second = 0, length = 0] = (match?.slice(1) ?? []).map(Number);
  const room = (match?.[0] ?? "").length - "/ByteRange []".length;
  for (const range of [
    [0, first - 10, second, length],
    [0, first, second + 10, length - 10],
    [0, first, second, length - 10],
    [1, first - 1, second, length],
    [0, first, second, length + 10],
    [0, 0, 0, 0],
    [0, first, second],
    [0, second, first, length],
  ]) {
    const changed = Buffer.from(sealed);
    changed.write(`/ByteRange [${range.join(" ").padEnd(room)}]`, match?.index ?? 0, "latin1");
    const report = await judge(changed);
    assert.is(report.verdict, "changed", range.join(" "));
    assert.is(report.signatures[0]?.integrity, "uncovered");
  }
});

const YEAR_MS = 365 * 86_400_000;

test("expired, not yet valid, foreign, unsuitable and weak certificates are told apart", async () => {
  const old = { fromMs: GOOD.fromMs, toMs: SCANNED_AT_MS - 1 };
  const young = { fromMs: SCANNED_AT_MS + YEAR_MS, toMs: GOOD.toMs };
  const stranger = await createAuthority({ commonName: "Officers' authority (made up)" }, GOOD);
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const leaf = await issueCertificate(house.people, {
    subject: { commonName: "A server" },
    publicKey: new Uint8Array(publicKey.export({ type: "spki", format: "der" })),
    validity: GOOD,
    extendedKeyUsage: ["1.3.6.1.5.5.7.3.1"],
  });
  const server = fileSealingKey(privateKey.export({ type: "pkcs8", format: "pem" }).toString(), [leaf]);
  const cases = [
    [await signer(house.people, "Old", old), "expired", "certificateFails"],
    [await signer(house.people, "Young", young), "notYetValid", "certificateFails"],
    [await signer(stranger, "Stranger"), "foreign", "falseStatement"],
    [server, "unsuitable", "certificateFails"],
  ] as const;
  for (const [key, standing, verdict] of cases) {
    const report = await judge(await sign(sealed, OFFICER, key));
    assert.is(report.signatures[1]?.certificate, standing);
    assert.is(report.verdict, verdict);
    assert.is(report.statement, null);
    assert.not.ok(report.holds);
    assert.is(report.signatures[1]?.integrity, "intact");
  }
  const sentences = new Set(cases.map(([, standing]) => standing));
  assert.is(sentences.size, 4);
});

test("a certified copy whose seal is by a stranger's kiosk is certified, and does not hold in all", async () => {
  const strangers = { ...house.trust, devices: [house.agencies.certificate] };
  const report = await verifyPdf(officers, { ...AT, trust: strangers });
  assert.is(report.verdict, "certified");
  assert.not.ok(report.holds);
  const unjudged = await verifyPdf(officers, { ...AT, trust: { ...house.trust, devices: null } });
  assert.is(unjudged.signatures[0]?.certificate, "notJudged");
  assert.ok(unjudged.holds);
});

/** A certificate by openssl for a new RSA key; `issuer`: a name of one made before. */
const byOpenssl = (label: string, issuer: string | null, extensions: string): void => {
  const at = (ending: string): string => join(folder, `${label}.${ending}`);
  put(folder, `${label}.ext`, extensions);
  run("openssl", "genrsa", "-out", at("key"), "2048");
  run("openssl", "req", "-new", "-key", at("key"), "-subj", `/O=Made up/CN=${label}`, "-out", at("csr"));
  const by = issuer ?? label;
  const sign =
    issuer === null
      ? ["-signkey", at("key")]
      : ["-CA", join(folder, `${by}.pem`), "-CAkey", join(folder, `${by}.key`)];
  run(
    "openssl",
    "x509",
    "-req",
    "-in",
    at("csr"),
    ...sign,
    "-CAcreateserial",
    "-days",
    "3650",
    "-sha256",
    "-extfile",
    at("ext"),
    "-out",
    at("pem"),
  );
};

const AUTHORITY = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n";
const LEAF = "basicConstraints=CA:FALSE\nkeyUsage=critical,nonRepudiation\n";

test("a chain of several authorities is followed, and each of them has to be one", async () => {
  byOpenssl("root", null, AUTHORITY);
  byOpenssl("last", "root", AUTHORITY.replace("CA:TRUE", "CA:TRUE,pathlen:0"));
  byOpenssl("extra", "last", AUTHORITY);
  byOpenssl("person", "last", LEAF);
  byOpenssl("below", "extra", LEAF);
  byOpenssl("child", "person", LEAF);
  const pem = (label: string): string => readFileSync(join(folder, `${label}.pem`), "utf8");
  const [root] = certificatesInPem(pem("root"));
  assert.ok(root !== undefined);
  const trust = { ...house.trust, officers: [root] };
  for (const [chain, standing] of [
    [["person", "last", "root"], "trusted"],
    [["below", "extra", "last"], "unsuitable"],
    [["child", "person", "last"], "unsuitable"],
    [["person"], "foreign"],
  ] as const) {
    const key = fileSealingKey(
      readFileSync(join(folder, `${chain[0]}.key`), "utf8"),
      chain.flatMap((label) => certificatesInPem(pem(label))),
    );
    const report = await verifyPdf(await sign(sealed, OFFICER, key), { trust });
    assert.is(report.signatures[1]?.certificate, standing, chain.join());
    assert.is(report.signatures[1]?.integrity, "intact");
  }
});

/** A list by openssl, of the officers' authority. */
const revocationList = (revoked: SealingKey | null, day: string): Uint8Array => {
  const home = join(folder, `ca-${revoked === null ? "empty" : "full"}`);
  mkdirSync(home);
  const key = put(home, "ca.key", house.people.privateKeyPem);
  const cert = put(home, "ca.pem", pemOf([house.people.certificate]));
  put(home, "index.txt", "");
  put(home, "crlnumber", "01");
  const lines = [`database = ${home}/index.txt`, `crlnumber = ${home}/crlnumber`, "default_md = sha256"];
  const config = put(home, "ca.conf", ["[ca]", "default_ca = it", "[it]", ...lines, ""].join("\n"));
  const args = ["ca", "-config", config, "-keyfile", key, "-cert", cert];
  if (revoked !== null) {
    const leaf = put(home, "leaf.pem", pemOf(revoked.certificates.slice(0, 1)));
    run("openssl", ...args, "-revoke", leaf);
    const index = run("cat", join(home, "index.txt")).replace(/^(R\t\d+Z\t)\d+Z/, `$1${day}000000Z`);
    put(home, "index.txt", index);
  }
  const pem = join(home, "list.pem");
  run("openssl", ...args, "-gencrl", "-crldays", "3650", "-out", pem);
  run("openssl", "crl", "-in", pem, "-outform", "DER", "-out", join(home, "list.crl"));
  return new Uint8Array(Buffer.from(run("openssl", "base64", "-A", "-in", join(home, "list.crl")), "base64"));
};

test("a revoked certificate is told, and a good one said to be checked", async () => {
  const trust = { ...house.trust, revocationLists: [revocationList(house.officer, "260101")] };
  const revoked = await verifyPdf(officers, { ...AT, trust });
  assert.is(revoked.verdict, "certificateFails");
  assert.is(revoked.signatures[1]?.certificate, "revoked");
  const empty = { ...house.trust, revocationLists: [revocationList(null, "")] };
  const good = await verifyPdf(officers, { ...AT, trust: empty });
  assert.is(good.signatures[1]?.revocation, "good");
  assert.is(good.verdict, "certified");
});

test("motcua verify explains, offline, with an exit code that a script can use", async () => {
  const [competent, devices] = [join(folder, "trust"), join(folder, "devices")];
  for (const each of [join(competent, "officers"), join(competent, "agencies"), devices])
    mkdirSync(each, { recursive: true });
  put(join(competent, "officers"), "people.pem", pemOf([house.people.certificate]));
  put(join(competent, "agencies"), "agencies.der", house.agencies.certificate);
  put(devices, "kiosks.crt", pemOf([house.kiosks.certificate]));
  const copy = put(folder, "copy.pdf", whole);
  const motcua = (...args: readonly string[]): { code: number; output: string } =>
    tryRun(process.execPath, "--input-type=module", "-e", MAIN, "verify", ...args);
  const good = motcua(copy, "--trust", competent, "--device-trust", devices);
  assert.is(good.code, 0, good.output);
  assert.match(good.output, /CERTIFIED COPY/);
  assert.match(good.output, /Seal of the kiosk “KIOSK-01”/);
  const json = JSON.parse(motcua(copy, "--trust", competent, "--json").output) as VerifyReport;
  assert.is(json.verdict, "certified");
  const alone = motcua(put(folder, "sealed.pdf", sealed), "--trust", competent);
  assert.is(alone.code, 1);
  assert.match(alone.output, /NOT a certified copy/);
  const missing = motcua(join(folder, "none.pdf"), "--trust", competent);
  assert.is(missing.code, 1);
  assert.match(missing.output, /there is no such file/);
  assert.is(motcua(copy, "--trust", join(folder, "nowhere")).code, 2);
  assert.is(motcua().code, 2);
});

const MAIN = `const { main } = await import(${JSON.stringify(new URL("../../src/main.js", import.meta.url).href)}); await main(["node", "motcua", ...process.argv.slice(1)]);`;

test.run();
