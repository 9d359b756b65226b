// What does a hand do at the simulated scanner's slot?
import type { SimControl } from "../hal/sim/far-ends.js";
import type { DockSample, DockState, SlotAct } from "./world.js";

export interface SlotHandParts {
  readonly control: Pick<SimControl, "scanner">;
  readonly samples: readonly (DockSample & { readonly render: () => Promise<Uint8Array> })[];
}

export class SlotHand {
  readonly #parts: SlotHandParts;
  #cover = false;

  constructor(parts: SlotHandParts) {
    this.#parts = parts;
  }

  async act(act: SlotAct): Promise<void> {
    const { scanner } = this.#parts.control;
    switch (act.act) {
      case "loadSheet": {
        const sample = this.#parts.samples.find(({ id }) => id === act.sample);
        if (sample === undefined) throw new Error(`no sample paper ${act.sample}`);
        scanner.load([await sample.render()]);
        return;
      }
      case "takeSheets":
        scanner.takePapers();
        return;
      case "sheetTrouble":
        scanner.trouble(1, act.kind);
        return;
      case "slotCover":
        this.#cover = act.open;
        scanner.setCover(act.open);
        return;
      case "freeSlot":
        scanner.freePath();
        return;
    }
  }

  state(): NonNullable<DockState["slot"]> {
    return { ...this.#parts.control.scanner.papers, cover: this.#cover };
  }
}
