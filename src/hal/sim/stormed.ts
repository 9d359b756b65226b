// Where does a storm of faults act on the board?
import type { SimControl } from "./far-ends.js";
import type { Pn532Quirks } from "./pn532-sim.js";
import type { SoundTrouble } from "./sound-sim.js";
import type { WireTrouble } from "./wire-trouble.js";

/** The hands at the far ends and the bytes between. */
export interface Stormed {
  readonly control: SimControl;
  readonly sound: { trouble: SoundTrouble };
  readonly trouble: Readonly<
    Record<"printer" | "chip-reader" | "code-reader" | "lines" | "i2c", WireTrouble>
  >;
  readonly parts: {
    readonly chipReader: { readonly quirks: Pn532Quirks };
    readonly printer: { dropTriggers(): void };
  };
}
