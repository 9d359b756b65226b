// Is the serial line read at another speed than the scanner sends at, or does the scanner speak another encoding?
//
// A byte whose stop bit is misplaced reads as 0 (termios(3): without PARMRK a framing error gives \0). Measured on
// codes of 20 to 80 bytes over all pairs of common speeds: 10 to 100 % of what is heard are zeros and other
// controls; of text in a wrong encoding, none.

/** Speeds that scanners leave the factory with, most usual first. */
export const COMMON_SPEEDS: readonly number[] = [9_600, 115_200, 57_600, 38_400, 19_200, 4_800, 2_400, 1_200];

export type BurstVerdict =
  | "clean"
  /** Noise, or too little to say. */
  | "noise"
  | "wrongSpeed"
  | "wrongEncoding";

/** Fewer bytes may be a spark on the cable: then the next burst must be garbled too. */
const ENOUGH_BYTES = 6;
const GARBLED_SHARE = 0.1;
/** Of Vietnamese text in a one- or two-byte encoding more than half is plain ASCII. */
const FOREIGN_LETTERS_SHARE = 0.5;

/** TAB, LF, CR, STX, ETX, EOT and the separators FS, GS, RS, US stand in codes. */
const isForeignControl = (byte: number): boolean =>
  byte === 0x7f || (byte < 0x1c && ![0x02, 0x03, 0x04, 0x09, 0x0a, 0x0d].includes(byte));

/** Counts what comes between two silences. */
export class BurstJudge {
  #bytes = 0;
  #controls = 0;
  #high = 0;
  #garbledBefore = false;

  hear(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    for (const byte of chunk) {
      if (isForeignControl(byte)) this.#controls += 1;
      else if (byte >= 0x80) this.#high += 1;
    }
  }

  /** At the silence. `codes`: a good code was in it; `notUtf8`: a line with an end was not UTF-8. */
  verdict({ codes, notUtf8 }: { readonly codes: boolean; readonly notUtf8: boolean }): BurstVerdict {
    const [bytes, controls, high] = [this.#bytes, this.#controls, this.#high];
    this.#bytes = 0;
    this.#controls = 0;
    this.#high = 0;
    if (codes || bytes === 0) {
      this.#garbledBefore = false;
      return "clean";
    }
    if (controls === 0 && notUtf8 && bytes >= ENOUGH_BYTES && high < bytes * FOREIGN_LETTERS_SHARE)
      return "wrongEncoding";
    const garbled = controls >= bytes * GARBLED_SHARE && controls > 0;
    const sure = garbled && (bytes >= ENOUGH_BYTES || this.#garbledBefore);
    // Two bursts of rubbish in a row are no spark, whatever they are made of.
    const again = this.#garbledBefore && high + controls >= bytes * FOREIGN_LETTERS_SHARE;
    this.#garbledBefore = garbled || high >= bytes * FOREIGN_LETTERS_SHARE;
    return sure || again ? "wrongSpeed" : "noise";
  }
}
