// After kill -9 at any point, is everything there that the kiosk had said was committed?
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { withFolder } from "../store/fixtures.js";
import { runAndCut } from "./cut-process.js";
import { EnqueueOracle } from "./enqueue-oracle.js";

const CUTS = 24;
/** On a busy machine some cuts come before the first submission: then more are made. */
const MOST_CUTS = 4 * CUTS;
const LOOP = fileURLToPath(new URL("./enqueue-loop.js", import.meta.url));

test(`${CUTS} times kill -9: committed rows, blobs and journal are all there`, () =>
  withFolder(async (dir) => {
    const oracle = new EnqueueOracle();
    const isEnough = (cuts: number): boolean => cuts >= CUTS && oracle.enqueued > CUTS;
    for (let cut = 0; cut < MOST_CUTS && !isEnough(cut); cut += 1) {
      oracle.hear(await runAndCut(LOOP, dir, (cut * 37) % 180));
      oracle.check(dir, cut);
    }
    assert.ok(oracle.enqueued > CUTS, `only ${oracle.enqueued} submissions were made`);
  }));

test.run();
