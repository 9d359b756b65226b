// How do the pins of several GPIO chips look like those of one?
import type { Level, LineBus } from "./line-bus.js";

/** More than any chip has (a Rockchip bank 32, an RP1 54, an x86 one 360). */
const PINS_A_CHIP = 4_096;

/** The number under which `offset` of the `chip`-th bus is claimed, read and set. */
export const pinOf = (chip: number, offset: number): number => chip * PINS_A_CHIP + offset;

/** Closes all of `buses` when it is closed, and counts as gone when one of them is. */
export const manyChips = (buses: readonly LineBus[]): LineBus => new ManyChips(buses);

class ManyChips implements LineBus {
  readonly #buses: readonly LineBus[];

  constructor(buses: readonly LineBus[]) {
    this.#buses = buses;
  }

  get open(): boolean {
    return this.#buses.every((bus) => bus.open);
  }

  async claimInput(pin: number): Promise<Level> {
    return this.#bus(pin).claimInput(pin % PINS_A_CHIP);
  }

  async claimOutput(pin: number, initial: Level): Promise<void> {
    await this.#bus(pin).claimOutput(pin % PINS_A_CHIP, initial);
  }

  async read(pin: number): Promise<Level> {
    return this.#bus(pin).read(pin % PINS_A_CHIP);
  }

  async set(pin: number, level: Level): Promise<void> {
    await this.#bus(pin).set(pin % PINS_A_CHIP, level);
  }

  onEdge(listener: (pin: number, level: Level) => void): () => void {
    const ends = this.#buses.map((bus, chip) =>
      bus.onEdge((offset, level) => listener(pinOf(chip, offset), level)),
    );
    return () => {
      for (const end of ends) end();
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.#buses.map((bus) => bus.close()));
  }

  #bus(pin: number): LineBus {
    const bus = this.#buses[Math.floor(pin / PINS_A_CHIP)];
    if (bus === undefined) throw new Error(`pin ${pin} is on no chip`);
    return bus;
  }
}
