// Does a real reader with a real card, in a person's hand, do what the interface says?
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { encodeCommand, INS } from "../../src/chip/apdu.js";
import { LDS1_AID } from "../../src/chip/lds/files.js";
import { silentLog } from "../../src/core/log.js";
import type { Card, ChipReader } from "../../src/hal/chip-reader/chip-reader.js";
import { openReaderAt } from "../../src/hal/open-reader.js";
import { clock, faultOf } from "./bench.js";

const HAND_MS = 60_000;
const LIFT_TRIES = 2_000;
const SELECT_LDS = encodeCommand({ cla: 0, ins: INS.select, p1: 4, p2: 0x0c, data: LDS1_AID });

/** What stands behind `--bench`, or null. */
export const benchAddress = (argv: readonly string[]): string | null => {
  const at = argv.indexOf("--bench");
  return at < 0 ? null : (argv[at + 1] ?? null);
};

const ask = (what: string): void => {
  process.stdout.write(`\n>>> ${what} (${HAND_MS / 1000} s)\n`);
};

const wait = (reader: ChipReader): Promise<Card> => reader.waitForCard(AbortSignal.timeout(HAND_MS));

const requireApplication = async (card: Card): Promise<void> => {
  const answer = Buffer.from(await card.transceive(SELECT_LDS)).toString("hex");
  assert.is(answer, "9000", "SELECT of the eMRTD application");
};

/** Nothing of the card is printed but its type. */
export const hardwareSuite = (address: string): void => {
  const test = suite(`chip reader: ${address}`);
  let reader: ChipReader;
  test.before(async () => {
    reader = await openReaderAt(address, { clock, log: silentLog });
  });
  test.after(async () => {
    await reader?.close();
  });

  test("is well, finds the card, talks to it, and lets it go", async () => {
    assert.is(await reader.health(), null);
    ask("lay a citizen card on the reader and leave it there");
    for (const round of ["first", "anew, not lifted"]) {
      const card = await wait(reader);
      await requireApplication(card);
      process.stdout.write(`${round}: type ${card.type}\n`);
      await card.release();
    }
  });

  test("a card that is lifted is lost, the reader is well, and the card is found when it is back", async () => {
    const card = await wait(reader);
    ask("lift the card");
    let lost = "";
    for (let tries = 0; tries < LIFT_TRIES && lost === ""; tries++) {
      try {
        await card.transceive(SELECT_LDS);
        await clock.sleep(20);
      } catch {
        lost = await faultOf(card.transceive(SELECT_LDS));
      }
    }
    assert.is(lost, "card.lost");
    assert.is(await reader.health(), null);
    ask("lay it back");
    await requireApplication(await wait(reader));
  });

  test.run();
};
