// What does the lines driver need of a GPIO chip, or of a wire that stands for one?

/** Electrical level at the pin; what it means is the driver's business. */
export type Level = 0 | 1;

/**
 * The pins of one GPIO chip, by offset. Failure contract: every verb rejects with an `Error` once the
 * chip is gone, and never hangs; after `onGone` has fired no edge follows.
 */
export interface LineBus {
  /** Makes the pin an input that reports both edges; gives the level it has now. */
  claimInput(offset: number): Promise<Level>;
  /** Makes the pin an output that starts at `initial`, without a glitch to the other level. */
  claimOutput(offset: number, initial: Level): Promise<void>;
  read(offset: number): Promise<Level>;
  set(offset: number, level: Level): Promise<void>;
  /** Raw edges of the claimed inputs, bounces included. Returns the unsubscribe. */
  onEdge(listener: (offset: number, level: Level) => void): () => void;
  /** False once the chip is gone or closed. */
  readonly open: boolean;
  /** Lets the pins go; outputs keep their level. Safe to call twice; never throws. */
  close(): Promise<void>;
}
