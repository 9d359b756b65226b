// How does a self-test get its paper and the model that counts faces, and no longer than it needs them?
import type { Clock } from "../core/clock.js";
import type { Board } from "../hal/board.js";
import { testSlip } from "../hal/printer/test-slip.js";
import { createFaceWatcher } from "../ml/face/face-watcher.js";
import { type Readiness, type SelfTestWish, selfTest } from "../ops/self-test.js";
import type { Store } from "../store/store.js";
import type { Printing } from "./printing.js";

export interface TestingParts {
  readonly board: Board;
  readonly store: Store;
  readonly clock: Clock;
  readonly kioskId: string;
  /** `null`: nothing is printed. */
  readonly printing: Printing | null;
}

/** The face process starts with the first look and ends with the test. */
export const testWithFaces = async (parts: TestingParts, wish: SelfTestWish = {}): Promise<Readiness> => {
  const { board, store, clock, kioskId, printing } = parts;
  const watcher = createFaceWatcher();
  // Made once: the slip and its picture in the report are of the same minute.
  const atMs = clock.wall().epochMs;
  try {
    return await selfTest(
      {
        board,
        store,
        clock,
        look: (jpeg) => watcher.look(jpeg),
        testPage: (widthDots) => testSlip(widthDots, { kioskId, atMs }),
        printTest: printing === null ? null : (page) => printing.printTest(page),
      },
      wish,
    );
  } finally {
    await watcher.close();
  }
};
