// Which frame of a preview is worth looking at? (The newest: a person moves on while the models think.)
import type { Frame } from "../hal/camera/camera.js";

export class NewestFrame {
  #frame: Frame | null = null;
  #taken: (() => void) | null = null;

  put(frame: Frame): void {
    this.#frame = frame;
    this.#taken?.();
  }

  async next(): Promise<Frame> {
    for (;;) {
      const frame = this.#frame;
      this.#frame = null;
      if (frame !== null) return frame;
      await new Promise<void>((resolve) => {
        this.#taken = resolve;
      });
    }
  }
}
