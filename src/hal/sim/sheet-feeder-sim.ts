// What does the sheet-fed scanner of the simulated board do with the papers in its slot?
//
// One question a connection, a line of JSON: {"list":true}, {"options":true}, {"feed":true,"dpi":N},
// {"cancel":true} or {"eject":true}. Answer: a line {"scanners":[…]}, {"sensors":{…}}, {"status":"…"} or
// {"bytes":N}, the last followed by N bytes of PNG. Papers are in the feeder, in the path or out again; none is
// ever lost.
import sharp from "sharp";
import type { BytePort } from "../port/byte-port.js";
import { JsonLines, type JsonObject } from "../port/json-lines.js";
import type { SheetTrouble, SimControl } from "./far-ends.js";

const INCH_MM = 25.4;
const A4_MM = { width: 210, height: 297 } as const;
const LARGEST_DPI = 600;
/** A sheet goes through in half a second: fast, so that rehearsals are. */
const SHEET_MS = 150;
const SLOW_MS = 1_500;

export class SheetFeederSim {
  #feeder: Uint8Array[] = [];
  #path: Uint8Array[] = [];
  #out: Uint8Array[] = [];
  #coverOpen = false;
  #plugged = true;
  /** What keeps the path from moving until somebody opens it. */
  #stuck: "jam" | "doubleFeed" | null = null;
  readonly #troubles = new Map<number, SheetTrouble>();
  #fed = 0;
  readonly #listeners = new Set<() => void>();

  readonly control: SimControl["scanner"];

  constructor() {
    const papers = () => ({
      feeder: this.#feeder.length,
      path: this.#path.length,
      out: this.#out.length,
    });
    this.control = {
      load: (sheets) => {
        this.#feeder.push(...sheets);
        this.#moved();
      },
      takePapers: () => {
        // What is jammed between the rollers can not be pulled out.
        const taken = this.#feeder.length + this.#out.length;
        this.#feeder = [];
        this.#out = [];
        this.#moved();
        return taken;
      },
      freePath: () => {
        this.#stuck = null;
        this.#push();
      },
      trouble: (sheet, kind) => {
        this.#troubles.set(this.#fed + sheet, kind);
      },
      setCover: (open) => {
        this.#coverOpen = open;
      },
      setPlugged: (plugged) => {
        this.#plugged = plugged;
      },
      get papers() {
        return papers();
      },
      onPapers: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
  }

  attach(port: BytePort): void {
    const lines = new JsonLines(port, (request) => {
      this.#serve(port, lines, request).catch(() => port.close());
    });
  }

  async #serve(port: BytePort, lines: JsonLines, request: JsonObject): Promise<void> {
    const { list, options, feed, cancel, eject, dpi } = request;
    if (list === true) return lines.send({ scanners: this.#plugged ? ["simulated:feeder"] : [] });
    if (!this.#plugged) return lines.send({ status: "gone" });
    if (options === true)
      return lines.send({
        sensors: {
          "page-loaded": this.#feeder.length > 0,
          "cover-open": this.#coverOpen,
          "double-feed": this.#stuck === "doubleFeed",
        },
      });
    if (cancel === true || eject === true) {
      this.#push();
      return lines.send({ status: this.#stuck === null ? "good" : "jammed" });
    }
    if (feed === true && typeof dpi === "number") return this.#feed(port, lines, dpi);
    return lines.send({ status: "invalid" });
  }

  /** The rollers turn; what is stuck stays. */
  #push(): void {
    if (this.#stuck === "jam") return;
    this.#stuck = null;
    this.#out.push(...this.#path.splice(0));
    this.#moved();
  }

  #moved(): void {
    for (const listener of this.#listeners) listener();
  }

  async #feed(port: BytePort, lines: JsonLines, dpi: number): Promise<void> {
    if (this.#coverOpen) return lines.send({ status: "coverOpen" });
    if (this.#stuck !== null) return lines.send({ status: "jammed" });
    this.#push();
    const sheet = this.#feeder.shift();
    if (sheet === undefined) return lines.send({ status: "noDocs" });
    this.#path.push(sheet);
    this.#moved();
    this.#fed += 1;
    const trouble = this.#troubles.get(this.#fed) ?? null;
    this.#troubles.delete(this.#fed);
    await new Promise((resolve) => setTimeout(resolve, trouble === "slow" ? SLOW_MS : SHEET_MS));
    switch (trouble) {
      case "jam":
        this.#stuck = "jam";
        return lines.send({ status: "jammed" });
      case "doubleFeed":
        this.#stuck = "doubleFeed";
        this.#path.push(...this.#feeder.splice(0, 1));
        this.#moved();
        return lines.send({ status: "jammed" });
      case "stall":
        return;
      case "busy":
        return lines.send({ status: "busy" });
      case "crash":
        return lines.send({ status: "crash" });
      default: {
        const png = await scanned(sheet, dpi);
        const sent = trouble === "half" ? png.subarray(0, png.length >> 1) : png;
        this.#push();
        await lines.send({ bytes: sent.length });
        await port.write(sent);
      }
    }
  }
}

/** White paper where nothing is; a picture that can not be read is a blank sheet. */
const scanned = async (sheet: Uint8Array, dpi: number): Promise<Uint8Array> => {
  const dots = (mm: number) => Math.max(1, Math.round((mm / INCH_MM) * Math.min(dpi, LARGEST_DPI)));
  const size = { width: dots(A4_MM.width), height: dots(A4_MM.height) };
  const page = sharp(sheet)
    .rotate()
    .flatten({ background: "#ffffff" })
    .resize({ ...size, fit: "contain", background: "#ffffff" });
  const png = await page
    .png({ compressionLevel: 2 })
    .toBuffer()
    .catch(() =>
      sharp({ create: { ...size, channels: 3, background: "#ffffff" } })
        .png()
        .toBuffer(),
    );
  return new Uint8Array(png);
};
