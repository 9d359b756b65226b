// Which rules of PDF/A-2b (ISO 19005-2) does a file break, as far as they can be checked without veraPDF?
//
// Objects are read by qpdf, the font by fontkit: not by what wrote them. Clauses that concern what these files never
// hold (forms' scripts, embedded files, optional content, …) are checked as "it is not there".
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonDict = { readonly [key: string]: Json };

interface QpdfObject {
  readonly value?: Json;
  readonly stream?: { readonly dict: JsonDict };
}

const isDict = (value: Json | undefined): value is JsonDict =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export class PdfA {
  readonly #file: string;
  readonly #bytes: Buffer;
  readonly #objects: Readonly<Record<string, QpdfObject>>;
  readonly broken: string[] = [];

  constructor(file: string, bytes: Uint8Array) {
    this.#file = file;
    this.#bytes = Buffer.from(bytes);
    const text = execFileSync("qpdf", ["--json=2", "--json-stream-data=none", "--json-key=qpdf", file], {
      maxBuffer: 1e9,
      encoding: "utf8",
    });
    this.#objects = (JSON.parse(text) as { qpdf: [unknown, Record<string, QpdfObject>] }).qpdf[1];
  }

  #rule(clause: string, holds: boolean, what: string): void {
    if (!holds) this.broken.push(`${clause}: ${what}`);
  }

  #get(value: Json | undefined): Json | undefined {
    if (typeof value !== "string" || !/^\d+ \d+ R$/.test(value)) return value;
    const found = this.#objects[`obj:${value}`];
    return found?.stream?.dict ?? found?.value;
  }

  #dict(value: Json | undefined): JsonDict {
    const found = this.#get(value);
    return isDict(found) ? found : {};
  }

  #data(ref: Json | undefined): Buffer {
    const number = String(ref).split(" ")[0];
    return execFileSync("qpdf", [`--show-object=${number}`, "--filtered-stream-data", this.#file], {
      maxBuffer: 1e9,
    });
  }

  #every(): readonly (readonly [string, JsonDict, boolean])[] {
    const found: [string, JsonDict, boolean][] = [];
    for (const [key, { value, stream }] of Object.entries(this.#objects))
      if (stream !== undefined) found.push([key, stream.dict, true]);
      else if (isDict(value)) found.push([key, value, false]);
    return found;
  }

  check(): readonly string[] {
    this.#structure();
    this.#objectsAsSuch();
    const catalog = this.#dict(this.#dict(this.#objects["trailer"]?.value)["/Root"]);
    this.#catalog(catalog);
    for (const page of this.#every().filter(([, dict]) => dict["/Type"] === "/Page")) this.#page(page[1]);
    this.#metadata(catalog);
    return this.broken;
  }

  /** 6.1: header, trailer, tables, objects, streams, as bytes. */
  #structure(): void {
    const text = this.#bytes.toString("latin1");
    this.#rule("6.1.2", /^%PDF-1\.[0-7]\n%[\x80-\xff]{4}/.test(text), "header and its comment");
    const trailer = this.#dict(this.#objects["trailer"]?.value);
    this.#rule("6.1.3", Array.isArray(trailer["/ID"]) && trailer["/ID"].length === 2, "no ID");
    this.#rule("6.1.3", !text.includes("/Encrypt"), "encrypted");
    this.#rule("6.1.3", /%%EOF\r?\n?$/.test(text), "something follows %%EOF");
    for (const [, table = ""] of text.matchAll(/\nxref\n([\s\S]*?)trailer\n/g))
      this.#rule("6.1.4", /^(\d+ \d+\n(\d{10} \d{5} [nf] \n)+)+$/.test(table), "cross-reference table");
    const starts = [...text.matchAll(/\n(\d+ \d+ obj)(.)/gs)];
    this.#rule(
      "6.1.9",
      starts.every(([, , after]) => after === "\n"),
      "no line end behind obj",
    );
    this.#rule(
      "6.1.9",
      starts.length === [...text.matchAll(/\nendobj\n/g)].length,
      "endobj on no line of its own",
    );
    for (const match of text.matchAll(/\/Length (\d+)[^>]*>>\nstream(\r?\n)/g)) {
      const at = (match.index ?? 0) + match[0].length + Number(match[1]);
      this.#rule("6.1.7.1", /^\r?\nendstream\n/.test(text.slice(at, at + 14)), "a stream's length");
    }
    this.#rule("6.1.13", Object.keys(this.#objects).length < 8_388_607, "too many objects");
  }

  /** 6.1.6–6.1.13, 6.2.8–6.2.10, 6.5, 6.8, 6.9: what must not stand anywhere. */
  #objectsAsSuch(): void {
    const never: Readonly<Record<string, readonly string[]>> = {
      "6.1.7.1": ["/FFilter", "/FDecodeParms"],
      "6.2.8": ["/OPI", "/Alternates"],
      "6.2.9": ["/PS", "/Ref"],
      "6.2.10": ["/SMask", "/Group"],
      "6.4.1": ["/XFA"],
      "6.5": ["/AA", "/OpenAction", "/JS", "/JavaScript"],
      "6.8": ["/EmbeddedFiles", "/EF", "/AF"],
      "6.9": ["/OCProperties", "/OC"],
      "6.10": ["/AlternatePresentations", "/PresSteps"],
      "6.11": ["/Requirements"],
    };
    for (const [key, dict, isStream] of this.#every()) {
      for (const [clause, names] of Object.entries(never))
        for (const name of names) this.#rule(clause, !(name in dict), `${key} has ${name}`);
      this.#rule("6.1.7.1", !(isStream && "/F" in dict), `${key}: a stream outside the file`);
      const filters = [dict["/Filter"] ?? []].flat();
      this.#rule("6.1.7.2", !filters.includes("/LZWDecode") && !filters.includes("/Crypt"), `${key}: filter`);
      for (const name of Object.keys(dict))
        this.#rule("6.1.8", /^\/[!-~]{1,127}$/.test(name), `${key}: name ${name}`);
      if (dict["/Subtype"] === "/Image") {
        this.#rule("6.2.8", dict["/Interpolate"] !== true, "an image is interpolated");
        this.#rule(
          "6.2.4.3",
          ["/DeviceRGB", "/DeviceGray"].includes(String(dict["/ColorSpace"])),
          "an image's colours",
        );
      }
      if (dict["/Type"] === "/Font") this.#font(key, dict);
      if (dict["/Type"] === "/Sig") this.#signature(dict);
      if (dict["/Type"] === "/Annot") this.#annotation(key, dict);
    }
  }

  /** 6.2.11: embedded, with widths as in the program, and no code that shows glyph 0. */
  #font(key: string, font: JsonDict): void {
    if (font["/Subtype"] !== "/Type0") {
      this.#rule("6.2.11.3", font["/Subtype"] === "/CIDFontType2", `${key}: a simple font`);
      return;
    }
    this.#rule("6.2.11.7", "/ToUnicode" in font, `${key}: no ToUnicode`);
    const descendants = this.#get(font["/DescendantFonts"]);
    const descendant = this.#dict(Array.isArray(descendants) ? (descendants[0] as Json) : undefined);
    const descriptor = this.#dict(descendant["/FontDescriptor"]);
    this.#rule("6.2.11.3.2", "/CIDToGIDMap" in descendant, `${key}: no CIDToGIDMap`);
    this.#rule("6.2.11.4.1", "/FontFile2" in descriptor, `${key}: not embedded`);
    this.#rule("6.2.11.2", font["/BaseFont"] === descriptor["/FontName"], `${key}: names differ`);
    if (!("/CIDToGIDMap" in descendant) || !("/FontFile2" in descriptor)) return;
    const map = this.#data(descendant["/CIDToGIDMap"]);
    const fontkit = require("@pdf-lib/fontkit") as {
      create(bytes: Uint8Array): {
        readonly unitsPerEm: number;
        getGlyph(glyph: number): {
          readonly advanceWidth: number;
          readonly path: { readonly commands: unknown[] };
        };
      };
    };
    const program = fontkit.create(this.#data(descriptor["/FontFile2"]));
    const [first, widths] = this.#get(descendant["/W"]) as [number, number[]];
    for (const [index, width] of widths.entries()) {
      const glyph = map.readUInt16BE(2 * (first + index));
      this.#rule("6.2.11.8", glyph !== 0, `${key}: code ${first + index} shows .notdef`);
      const own = program.getGlyph(glyph);
      this.#rule(
        "6.2.11.5",
        Math.abs(own.advanceWidth * (1_000 / program.unitsPerEm) - width) <= 1,
        `${key}: width`,
      );
      this.#rule("6.2.11.4.1", Array.isArray(own.path.commands), `${key}: a glyph can not be drawn`);
    }
  }

  /** 6.3.1–6.3.3, 6.4.1. */
  #annotation(key: string, annotation: JsonDict): void {
    this.#rule("6.3.1", ["/Stamp", "/Widget"].includes(String(annotation["/Subtype"])), `${key}: kind`);
    const flags = Number(annotation["/F"] ?? 0);
    // Print set; Invisible, Hidden, NoView and ToggleNoView clear.
    this.#rule("6.3.2", (flags & 4) !== 0 && (flags & (1 | 2 | 32 | 256)) === 0, `${key}: flags`);
    const rect = annotation["/Rect"] as readonly number[];
    const hasArea = rect[0] !== rect[2] || rect[1] !== rect[3];
    const looks = this.#dict(annotation["/AP"]);
    this.#rule(
      "6.3.3",
      !hasArea || (Object.keys(looks).join() === "/N" && "/BBox" in this.#dict(looks["/N"])),
      `${key}: looks`,
    );
    this.#rule("6.4.1", !("/A" in annotation), `${key}: an action`);
    if (hasArea)
      this.#content(
        this.#data(looks["/N"]).toString("latin1"),
        this.#dict(this.#dict(looks["/N"])["/Resources"]),
      );
  }

  /** 6.4.3. */
  #signature(signature: JsonDict): void {
    const range = signature["/ByteRange"] as readonly number[];
    const [start = -1, first = 0, second = 0, length = 0] = range;
    this.#rule("6.4.3", start === 0 && second + length <= this.#bytes.length, "byte range");
    this.#rule(
      "6.4.3",
      this.#bytes[first] === 0x3c && this.#bytes[second - 1] === 0x3e,
      "byte range leaves out more",
    );
    this.#rule(
      "6.4.3",
      this.#bytes.subarray(second + length - 6, second + length).toString() === "%%EOF\n",
      "revision",
    );
    this.#rule("6.1.13", (second - first) / 2 <= 32_767, "a string is too long");
  }

  /** 6.2.2: known operators, named resources that are there, no device colour that the intent does not cover. */
  #content(content: string, resources: JsonDict): void {
    const known = new Set("q Q cm re f S w m l rg RG BT ET Tf Td Tm Tj Tr Tz Do".split(" "));
    let open = 0;
    let deepest = 0;
    for (const token of content.replaceAll(/<[0-9a-f]*>/g, " ").split(/\s+/)) {
      if (token === "" || /^[-+.\d]+$/.test(token)) continue;
      if (token.startsWith("/")) {
        const all = { ...this.#dict(resources["/Font"]), ...this.#dict(resources["/XObject"]) };
        this.#rule("6.2.2", token in all, `${token} is in no resources`);
        continue;
      }
      this.#rule("6.2.2", known.has(token), `operator ${token}`);
      open += token === "q" ? 1 : token === "Q" ? -1 : 0;
      deepest = Math.max(deepest, open);
    }
    this.#rule("6.1.13", deepest <= 28 && open === 0, "q and Q");
  }

  #page(page: JsonDict): void {
    const box = page["/MediaBox"] as readonly number[];
    const sides = [(box[2] ?? 0) - (box[0] ?? 0), (box[3] ?? 0) - (box[1] ?? 0)];
    this.#rule(
      "6.1.13",
      sides.every((side) => side >= 3 && side <= 14_400),
      "a page's size",
    );
    this.#rule("6.2.2", "/Resources" in page, "a page without resources of its own");
    this.#content(this.#data(page["/Contents"]).toString("latin1"), this.#dict(page["/Resources"]));
  }

  #catalog(catalog: JsonDict): void {
    this.#rule("6.1.12", !("/Perms" in catalog), "permissions");
    const intents = (catalog["/OutputIntents"] ?? []) as readonly Json[];
    const intent = this.#dict(intents[0]);
    this.#rule("6.2.3", intents.length === 1 && intent["/S"] === "/GTS_PDFA1", "output intent");
    const profile = this.#data(intent["/DestOutputProfile"]);
    this.#rule(
      "6.2.3",
      profile.readUInt32BE(0) === profile.length && profile.toString("latin1", 36, 40) === "acsp",
      "profile",
    );
    this.#rule(
      "6.2.3",
      profile.toString("latin1", 12, 20) === "mntrRGB " && (profile[8] ?? 9) <= 4,
      "profile's kind",
    );
    this.#rule("6.2.3", this.#dict(intent["/DestOutputProfile"])["/N"] === 3, "profile's components");
    const form = this.#dict(catalog["/AcroForm"]);
    this.#rule("6.4.1", form["/NeedAppearances"] !== true, "NeedAppearances");
  }

  /** 6.6: one packet, well-formed, with every property of a namespace that is not XMP's own declared. */
  #metadata(catalog: JsonDict): void {
    const dict = this.#dict(catalog["/Metadata"]);
    this.#rule("6.6.2.1", dict["/Type"] === "/Metadata" && dict["/Subtype"] === "/XML", "no metadata");
    const xmp = this.#data(catalog["/Metadata"]).toString("utf8");
    this.#rule(
      "6.6.2.1",
      /^<\?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"\?>/.test(xmp),
      "packet header",
    );
    this.#rule("6.6.2.1", isWellFormed(xmp), "XMP is not well-formed");
    this.#rule(
      "6.6.4",
      /<pdfaid:part>2</.test(xmp) && /<pdfaid:conformance>B</.test(xmp),
      "no claim of PDF/A-2b",
    );
    this.#rule(
      "6.6.2.1",
      /<dc:title>/.test(xmp) && /<xmp:CreateDate>[\dT:+-]{25}</.test(xmp),
      "title or date",
    );
    for (const [, key] of xmp.matchAll(/<motcua:(\w+)>/g))
      this.#rule(
        "6.6.2.3",
        xmp.includes(`<pdfaProperty:name>${key}</pdfaProperty:name>`),
        `${key} is not declared`,
      );
    const used = [...xmp.matchAll(/<\/?([a-z]\w*):/gi)].map(([, prefix]) => prefix);
    for (const prefix of new Set(used))
      this.#rule("6.6.2.1", xmp.includes(`xmlns:${prefix}=`), `${prefix} has no namespace`);
  }
}

const isWellFormed = (xml: string): boolean => {
  const open: string[] = [];
  for (const [, closing, tag = "", self] of xml.matchAll(/<(\/?)([\w:]+)[^<>]*?(\/?)>/g)) {
    if (self === "/") continue;
    if (closing === "") open.push(tag);
    else if (open.pop() !== tag) return false;
  }
  return open.length === 0 && !/&(?!(amp|lt|gt|quot|apos);)/.test(xml);
};
