// What does the paper of the simulated printer look like, and when does a piece of it come off?
import type { DotBitmap } from "../printer/printer.js";
import type { PrintedSlip } from "./far-ends.js";

/** From the burning line to the knife: 12 mm at 8 dots a millimetre. The paper between them is the next slip's top. */
export const HEAD_TO_KNIFE_ROWS = 96;

/** Without a cut for this long (25 m) nobody looks at the paper any more. */
const LONGEST_PIECE_ROWS = 200_000;
/** Moving them all up for each row would take a second a metre. */
const FORGOTTEN_ROWS = 20_000;

const isBlack = (row: Uint8Array): boolean => row.some((byte) => byte !== 0);

export class PaperRoll {
  readonly slips: PrintedSlip[] = [];
  readonly #widthDots: number;
  readonly #rowBytes: number;
  readonly #listeners = new Set<(slip: PrintedSlip) => void>();
  #rows: Uint8Array[] = [];
  #serial = 0;
  #damaged = false;

  constructor(widthDots: number) {
    this.#widthDots = widthDots;
    this.#rowBytes = Math.ceil(widthDots / 8);
    this.#thread();
  }

  onSlip(listener: (slip: PrintedSlip) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  burn(row: Uint8Array): void {
    const whole = new Uint8Array(this.#rowBytes);
    whole.set(row.subarray(0, this.#rowBytes));
    this.#rows.push(whole);
    if (this.#rows.length > LONGEST_PIECE_ROWS) this.#rows.splice(0, FORGOTTEN_ROWS);
  }

  feed(rows: number): void {
    const white = new Uint8Array(0);
    for (let i = 0; i < rows; i++) this.burn(white);
  }

  /** Something went away before the cut: the slip that hangs there is not whole. */
  markDamaged(): void {
    if (this.#rows.some(isBlack)) this.#damaged = true;
  }

  /** The knife comes down; what lies between head and knife stays. */
  cut(): void {
    const at = this.#rows.length - HEAD_TO_KNIFE_ROWS;
    const slip = this.#rows.slice(0, at);
    this.#rows = this.#rows.slice(at);
    this.#drop(slip, !this.#damaged);
    this.#damaged = this.#rows.some(isBlack);
  }

  /** The end of the roll passes the head and the last piece falls out uncut; a page goes on on the next roll. */
  runOut(): void {
    const midPage = this.#rows.some(isBlack);
    this.#drop(this.#rows, false);
    this.#thread();
    this.#damaged = midPage;
  }

  #thread(): void {
    this.#rows = [];
    this.#damaged = false;
    this.feed(HEAD_TO_KNIFE_ROWS);
  }

  /** A scrap without a single dot is no slip: nobody would pick it up. */
  #drop(rows: readonly Uint8Array[], complete: boolean): void {
    if (!rows.some(isBlack)) return;
    const bits = new Uint8Array(rows.length * this.#rowBytes);
    rows.forEach((row, index) => {
      bits.set(row, index * this.#rowBytes);
    });
    const page: DotBitmap = { widthDots: this.#widthDots, heightDots: rows.length, bits };
    this.#serial += 1;
    const slip: PrintedSlip = { serial: this.#serial, page, complete };
    this.slips.push(slip);
    for (const listener of [...this.#listeners]) listener(slip);
  }
}
