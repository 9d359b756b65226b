// How does a printer confirm that everything sent so far is done?
import type { Answer } from "./answers.js";
import { requestProcessId, TRANSMIT_PAPER_STATUS } from "./commands.js";
import type { PrinterLink } from "./link.js";

export interface Fence {
  /** "processId": on paper. "idle": processed, without an error since. */
  readonly kind: "processId" | "idle";
  /** True once the answer came; false when it did not within `ms`. May be asked again. */
  passed(ms: number): Promise<boolean>;
  cancel(): void;
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Asks for the confirmation; `id` names it where the model has process ids. */
export const startFence = async (
  link: PrinterLink,
  model: "epson" | "generic",
  id: Uint8Array,
): Promise<Fence> => {
  const strong = model === "epson";
  const accepts = (answer: Answer): boolean =>
    strong ? answer.kind === "processId" && same(answer.id, id) : answer.kind === "transmitted";
  const expectation = link.expect(accepts);
  try {
    await link.send(strong ? requestProcessId(id) : TRANSMIT_PAPER_STATUS);
  } catch (error) {
    expectation.cancel();
    throw error;
  }
  return {
    kind: strong ? "processId" : "idle",
    passed: async (ms) => (await link.within(expectation, ms)) !== null,
    cancel: () => expectation.cancel(),
  };
};
