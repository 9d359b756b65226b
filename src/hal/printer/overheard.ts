// What is at the far end of the wire, when it does not answer as a printer does?
import type { CauseKind } from "../../core/causes.js";
import type { Answer } from "./answers.js";
import { DLE, EOT } from "./commands.js";

/** So many bytes that answer nothing mean a wrong line speed. */
const NOISE_BYTES = 3;
/** Less may be noise by chance, which seldom stays within the printable characters. */
const TEXT_BYTES = 6;
const TEXT_SHARE = 0.9;

export interface Verdict {
  readonly kind: CauseKind;
  /** Only counts: what a scanner says may be a person's data. */
  readonly detail: string;
}

const isText = (byte: number): boolean =>
  (byte >= 0x20 && byte <= 0x7e) || byte === 0x0d || byte === 0x0a || byte === 0x09;

/** Counts what is heard since it last forgot; keeps none of it. */
export class Overheard {
  #bytes = 0;
  #text = 0;
  #noise = 0;
  #echoes = 0;
  /** How much of a question of ours was just heard. */
  #echoing = 0;

  forget(): void {
    this.#bytes = 0;
    this.#text = 0;
    this.#noise = 0;
    this.#echoes = 0;
    this.#echoing = 0;
  }

  hear(chunk: Uint8Array): void {
    for (const byte of chunk) {
      this.#bytes += 1;
      if (isText(byte)) this.#text += 1;
      // DLE EOT n: a printer never says that, its EOT's bit 2 is never set behind a DLE.
      if (this.#echoing === 1 && byte === EOT) this.#echoing = 2;
      else {
        if (this.#echoing === 2 && byte >= 1 && byte <= 4) this.#echoes += 1;
        this.#echoing = byte === DLE ? 1 : 0;
      }
    }
  }

  understood(answer: Answer): void {
    // A byte read at a wrong speed is often 0, which has the form of an answer to GS r; nobody asks that often.
    if (answer.kind === "noise" || answer.kind === "transmitted") this.#noise += 1;
  }

  /** Null when nothing was heard, or nothing that speaks against a printer. */
  verdict(): Verdict | null {
    if (this.#echoes > 0)
      return {
        kind: "wrongDevice",
        detail: "what is sent comes back: a modem, a console, or RX joined to TX",
      };
    if (this.#text >= TEXT_BYTES && this.#text >= TEXT_SHARE * this.#bytes)
      return { kind: "wrongDevice", detail: `${this.#bytes} bytes of text: a scanner or a modem` };
    if (this.#noise >= NOISE_BYTES)
      return { kind: "wrongSpeed", detail: "only noise came back: wrong serial speed?" };
    return null;
  }
}
