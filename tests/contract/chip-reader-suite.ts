// What does every chip reader do, whatever is between it and the kiosk? (Run by each place that has one.)
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import type { ChipReader } from "../../src/hal/chip-reader/chip-reader.js";
import type { CardFarEnd } from "../../src/hal/sim/far-ends.js";
import type { Pn532Sim } from "../../src/hal/sim/pn532-sim.js";
import { cardA, cardB, clock, faultOf, pattern, thrownBy, until } from "./bench.js";

/** What a person does to the world at the far end, whatever the reader is. */
export interface Far {
  layCard(card: CardFarEnd): void;
  liftCard(): void;
  liftAfter(apdus: number): void;
  /** Chip time of the card for each APDU. */
  setCardMs(ms: number): void;
  setMemoryCard(on: boolean): void;
  /** The card has power. */
  fieldOn(): boolean;
}

export interface Subject {
  readonly reader: ChipReader;
  readonly far: Far;
  close(): Promise<void>;
}

export interface Pn532Subject extends Subject {
  readonly sim: Pn532Sim;
}

export interface Place<S extends Subject = Subject> {
  readonly name: string;
  open(): Promise<S>;
  /** Between two lengths of APDUs tried: a slow wire takes fewer. */
  readonly lengthStep: number;
  /** What lies below is the reader's own business: no APDU is that short. */
  readonly shortestCommand: number;
  readonly shortestAnswer: number;
  /** Each wait is one activation. PC/SC powers a card when it comes, to learn its answer to reset. */
  readonly countsActivations: boolean;
}

export const farOf = (sim: Pn532Sim): Far => ({
  layCard: (card) => sim.control.layCard(card),
  liftCard: () => sim.control.liftCard(),
  liftAfter: (apdus) => sim.control.liftAfter(apdus),
  setCardMs: (ms) => {
    sim.quirks.cardMs = ms;
  },
  setMemoryCard: (on) => {
    sim.quirks.memoryCard = on;
  },
  fieldOn: () => sim.fieldOn,
});

/** What all places of a PN532 share. */
export const PN532_PLACE = { shortestCommand: 0, shortestAnswer: 0, countsActivations: true } as const;

export const forever = () => new AbortController().signal;

export type Within<S extends Subject> = (name: string, body: (subject: S) => Promise<void>) => void;

export const withinOf =
  <S extends Subject>(test: Test, place: Place<S>): Within<S> =>
  (name, body) =>
    test(name, async () => {
      const subject = await place.open();
      try {
        await body(subject);
      } finally {
        await subject.close();
      }
    });

/** What every reader does. */
export const contract = (within: Within<Subject>, place: Place): void => {
  within(
    "finds a type A card and a type B card, at 424 kbit/s where the card can",
    async ({ reader, far }) => {
      for (const card of [cardA(), cardB()]) {
        far.layCard(card);
        const found = await reader.waitForCard(forever());
        assert.is(found.type, card.type);
        assert.equal([...found.uid], [...card.uid]);
        if (place.countsActivations) assert.is(card.resets, 1);
        assert.equal([...(await found.transceive(pattern(20)))], [...pattern(20)]);
        await found.release();
        await until("the field is off", () => !far.fieldOn());
        far.liftCard();
      }
    },
  );

  within("waits for the card that comes later", async ({ reader, far }) => {
    const waiting = reader.waitForCard(forever());
    await clock.sleep(200);
    far.layCard(cardB());
    assert.is((await waiting).type, "B");
  });

  within("carries APDUs of every length up to 261 bytes, there and back", async ({ reader, far }) => {
    let answer = new Uint8Array(0);
    const card = cardA(() => answer);
    far.layCard(card);
    const found = await reader.waitForCard(forever());
    for (let length = place.shortestCommand; length <= 261; length += place.lengthStep) {
      answer = new Uint8Array(pattern(Math.max(261 - length, place.shortestAnswer), length));
      const got = await found.transceive(pattern(length, 3));
      assert.equal(
        Buffer.from(got).toString("hex"),
        Buffer.from(answer).toString("hex"),
        `answer to ${length}`,
      );
      assert.equal(card.heard.at(-1)?.length, length);
      assert.equal(
        Buffer.from(card.heard.at(-1) ?? []).toString("hex"),
        Buffer.from(pattern(length, 3)).toString("hex"),
      );
    }
  });

  within("gives two callers their own answers, one after the other", async ({ reader, far }) => {
    far.setCardMs(5);
    far.layCard(cardA((command) => pattern(200, command[0] ?? 0)));
    const found = await reader.waitForCard(forever());
    const answers = await Promise.all(
      [1, 2, 3].map((seed) => found.transceive(Uint8Array.of(seed, 0, 0, 0))),
    );
    assert.equal(
      answers.map((answer) => [...answer]),
      [1, 2, 3].map((seed) => [...pattern(200, seed)]),
    );
  });

  within("stops polling and its field within 200 ms of an abort", async ({ reader, far }) => {
    for (const afterMs of [0, 3, 40, 90, 150]) {
      const leave = new AbortController();
      const waiting = thrownBy(reader.waitForCard(leave.signal));
      await clock.sleep(afterMs);
      const reason = new Error("the citizen went back");
      leave.abort(reason);
      const aborted = clock.monotonicMs();
      assert.is(await waiting, reason);
      assert.ok(clock.monotonicMs() - aborted < 2_000, `${clock.monotonicMs() - aborted} ms`);
      await until("the field is off", () => !far.fieldOn());
    }
    far.layCard(cardA());
    assert.is((await reader.waitForCard(forever())).type, "A", "and it still works");
  });

  within(
    "an aborted APDU is over at once, and the next card gets its own answers",
    async ({ reader, far }) => {
      far.setCardMs(300);
      far.layCard(cardA((command) => command));
      const found = await reader.waitForCard(forever());
      const leave = new AbortController();
      const first = thrownBy(found.transceive(Uint8Array.of(1, 1, 1, 1), leave.signal));
      await clock.sleep(50);
      leave.abort(new Error("idle"));
      assert.is(((await first) as Error).message, "idle");
      assert.is(await faultOf(found.transceive(Uint8Array.of(2, 2, 2, 2))), "card.lost");
      far.setCardMs(0);
      const again = await reader.waitForCard(forever());
      assert.equal([...(await again.transceive(Uint8Array.of(3, 3, 3, 3)))], [3, 3, 3, 3]);
    },
  );

  within("a card that left is card.lost; its reader stays healthy", async ({ reader, far }) => {
    const card = cardA();
    far.layCard(card);
    const found = await reader.waitForCard(forever());
    far.liftAfter(2);
    await found.transceive(pattern(4));
    await found.transceive(pattern(4));
    assert.is(await faultOf(found.transceive(pattern(4))), "card.lost");
    assert.is(await reader.health(), null);
    await found.release();
    far.layCard(card);
    const before = card.resets;
    const again = await reader.waitForCard(forever());
    assert.ok(card.resets > before, "it was activated anew");
    assert.equal([...(await again.transceive(pattern(9)))], [...pattern(9)]);
    assert.is(await faultOf(found.transceive(pattern(4))), "card.lost", "the old object stays lost");
  });

  within("a new wait activates a card that was never released anew", async ({ reader, far }) => {
    const card = cardA();
    far.layCard(card);
    await reader.waitForCard(forever());
    const before = card.resets;
    const second = await reader.waitForCard(forever());
    assert.ok(card.resets > before);
    assert.equal([...(await second.transceive(pattern(4)))], [...pattern(4)]);
  });

  within(
    "a memory card is told from a citizen card, and does not keep the field on",
    async ({ reader, far }) => {
      far.setMemoryCard(true);
      far.layCard(cardA());
      assert.is(await faultOf(reader.waitForCard(forever())), "card.notCitizen");
      await until("the field is off", () => !far.fieldOn());
    },
  );

  within("health is null while polling; close ends it and is safe twice", async ({ reader, far }) => {
    const leave = new AbortController();
    const waiting = thrownBy(reader.waitForCard(leave.signal));
    await clock.sleep(50);
    assert.is(await reader.health(), null);
    leave.abort(new Error("enough"));
    await waiting;
    far.layCard(cardA());
    const found = await reader.waitForCard(forever());
    far.liftCard();
    const polling = faultOf(reader.waitForCard(forever()));
    await clock.sleep(50);
    await reader.close();
    await reader.close();
    assert.is(await polling, "chipReader.absent");
    assert.is(await faultOf(found.transceive(pattern(4))), "card.lost");
    assert.is((await reader.health())?.code, "chipReader.absent");
  });
};

/** What only a PN532 does. */
export const pn532Contract = (within: Within<Pn532Subject>): void => {
  within("puts together an answer that the chip gives in parts", async ({ reader, sim }) => {
    sim.quirks.answerChunkBytes = 100;
    sim.control.layCard(cardA(() => pattern(258)));
    const found = await reader.waitForCard(forever());
    assert.equal([...(await found.transceive(pattern(5)))], [...pattern(258)]);
  });

  within("keeps the parts of two callers' answers apart", async ({ reader, sim }) => {
    sim.quirks.cardMs = 5;
    sim.quirks.answerChunkBytes = 40;
    sim.control.layCard(cardA((command) => pattern(200, command[0] ?? 0)));
    const found = await reader.waitForCard(forever());
    const ask = (seed: number) => found.transceive(Uint8Array.of(seed, 0, 0, 0));
    const answers = await Promise.all([1, 2, 3].map(ask));
    assert.equal(
      answers.map((answer) => [...answer]),
      [1, 2, 3].map((seed) => [...pattern(200, seed)]),
    );
  });

  within("stays at 106 kbit/s with a card that refuses or does not offer 424", async ({ reader, sim }) => {
    sim.quirks.refusePsl = true;
    const card = cardA();
    sim.control.layCard(card);
    const found = await reader.waitForCard(forever());
    assert.is(card.resets, 2, "activated again after the refused PPS");
    assert.equal([...(await found.transceive(pattern(4)))], [...pattern(4)]);
    sim.quirks.cardKbit = 106;
    const plain = cardA();
    sim.control.layCard(plain);
    await reader.waitForCard(forever());
    assert.is(plain.resets, 1, "not even asked");
  });
};
