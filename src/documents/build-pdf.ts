// How do placed pages become one PDF/A-2b file?
//
// ISO 19005-2: an sRGB output intent (6.2.3), embedded fonts (6.2.11), XMP (6.6), annotations that carry their own
// looks (6.3), no encryption and an ID (6.1.3). JPEGs go in byte for byte.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { notoSansFile } from "../ml/glyphs.js";
import { type PlacedPage, pictureContent, wordsContent } from "./page-content.js";
import { dict, name, type PdfDict, type PdfRef, PdfStream, PdfString, type PdfValue } from "./pdf/objects.js";
import { sRgbProfile } from "./pdf/srgb.js";
import { deflated, TextFont } from "./pdf/text-font.js";
import { TrueTypeFont } from "./pdf/true-type.js";
import { PdfWriter } from "./pdf/write.js";
import { appearance, type Drawn, stampAnnotation } from "./stamp.js";

export const openTextFont = (): TextFont =>
  new TextFont(new TrueTypeFont(readFileSync(notoSansFile("regular"))), "NotoSans-Regular");

export interface BuiltPage {
  readonly placed: PlacedPage;
  /** Operators behind picture and words; "" for none. */
  readonly band: string;
  readonly notice: Drawn | null;
}

export interface BuildOrder {
  readonly pages: readonly BuiltPage[];
  readonly font: TextFont;
  readonly xmp: Uint8Array;
  /** What makes this file another than any other (submission, time). */
  readonly identity: string;
}

const outputIntent = (writer: PdfWriter): PdfValue =>
  dict({
    Type: name("OutputIntent"),
    S: name("GTS_PDFA1"),
    OutputConditionIdentifier: new PdfString(Buffer.from("sRGB", "latin1")),
    Info: new PdfString(Buffer.from("sRGB IEC61966-2.1", "latin1")),
    DestOutputProfile: writer.add(deflated(sRgbProfile(), { N: 3 })),
  });

const picture = ({ page, head }: PlacedPage): PdfStream =>
  new PdfStream(
    dict({
      Type: name("XObject"),
      Subtype: name("Image"),
      Width: head.widthPx,
      Height: head.heightPx,
      ColorSpace: name(head.components === 1 ? "DeviceGray" : "DeviceRGB"),
      BitsPerComponent: 8,
      Filter: name("DCTDecode"),
    }),
    page.jpeg,
  );

interface Shared {
  readonly writer: PdfWriter;
  readonly parent: PdfRef;
  readonly font: TextFont;
  readonly fontRef: PdfRef;
}

/** What has to wait until the font, which comes last, has its number. */
interface Begun {
  readonly built: BuiltPage;
  readonly ref: PdfRef;
  readonly content: PdfRef;
  readonly image: PdfRef;
}

const beginPage = (built: BuiltPage, { writer, font }: Shared): Begun => {
  const parts = [pictureContent(built.placed), wordsContent(built.placed, font), built.band];
  const content = parts.filter((part) => part !== "").join("\n");
  return {
    built,
    ref: writer.reserve(),
    content: writer.add(deflated(Buffer.from(content, "latin1"))),
    image: writer.add(picture(built.placed)),
  };
};

const annotations = ({ built, ref }: Begun, pageNumber: number, { writer, fontRef }: Shared): PdfRef => {
  const { notice, placed } = built;
  if (notice === null || placed.notice === null) return writer.add([]);
  const form = writer.add(appearance(notice.content, placed.notice, fontRef));
  const box = { rect: placed.notice, page: ref, pageNumber };
  // An object of its own, so that a signature's field can be added without touching the page.
  return writer.add([writer.add(stampAnnotation(notice, box, form))]);
};

const endPage = (begun: Begun, index: number, shared: Shared): PdfRef => {
  const { size, picture: trim } = begun.built.placed;
  const page = dict({
    Type: name("Page"),
    Parent: shared.parent,
    MediaBox: [0, 0, size.width, size.height],
    TrimBox: [...trim],
    Resources: dict({
      XObject: dict({ Im1: begun.image }),
      Font: dict({ F1: shared.fontRef }),
    }),
    Contents: begun.content,
    Annots: annotations(begun, index + 1, shared),
  });
  return shared.writer.add(page, begun.ref);
};

/** The bytes are the same for the same order. */
export const buildPdf = ({ pages, font, xmp, identity }: BuildOrder): Uint8Array => {
  const writer = new PdfWriter();
  const parent = writer.reserve();
  const fontRef = writer.reserve();
  const shared: Shared = { writer, parent, font, fontRef };
  const begun = pages.map((built) => beginPage(built, shared));
  const kids = begun.map((page, index) => endPage(page, index, shared));
  font.embed(writer, fontRef);
  writer.add(dict({ Type: name("Pages"), Kids: kids, Count: kids.length }), parent);
  const metadata = new PdfStream(dict({ Type: name("Metadata"), Subtype: name("XML") }), xmp);
  const catalog: PdfDict = dict({
    Type: name("Catalog"),
    Pages: parent,
    Metadata: writer.add(metadata),
    OutputIntents: [outputIntent(writer)],
    Lang: new PdfString(Buffer.from("vi-VN", "latin1")),
    ViewerPreferences: dict({ DisplayDocTitle: true }),
  });
  const id = new PdfString(createHash("sha256").update(identity).digest().subarray(0, 16));
  return writer.end({ root: writer.add(catalog), id: [id, id] });
};
