// How is a person at a page told, in a sentence, that it does not go?
import type { Bilingual } from "../core/faults.js";

/** Expected and harmless: a number that is taken, a form half filled. Shown as it is. */
export class DeskError extends Error {
  override readonly name = "DeskError";

  /** `status` is the HTTP status of the page that shows it. */
  constructor(
    readonly status: number,
    readonly sentence: Bilingual,
  ) {
    super(sentence.en);
  }
}
