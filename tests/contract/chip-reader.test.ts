// Does the chip reader do what its interface says, on every wire?
import { suite, type Test } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import type { ChipReader } from "../../src/hal/chip-reader/chip-reader.js";
import { openPcsc } from "../../src/hal/chip-reader/pcsc/driver.js";
import { openPn532 } from "../../src/hal/chip-reader/pn532/driver.js";
import { i2cPort } from "../../src/hal/chip-reader/pn532/i2c-transport.js";
import type { CardFarEnd } from "../../src/hal/sim/far-ends.js";
import { Pn532I2cFace } from "../../src/hal/sim/pn532-i2c-face.js";
import { Pn532Sim } from "../../src/hal/sim/pn532-sim.js";
import { PcscdBench, pcscdMissing } from "../wire/pcscd.js";
import type { VpcdSlot } from "../wire/vpcd.js";
import {
  cardA,
  cardB,
  clock,
  faultOf,
  memoryWire,
  pattern,
  ptyWire,
  type TestWire,
  thrownBy,
  until,
} from "./bench.js";

/** What a person does to the world at the far end, whatever the reader is. */
interface Far {
  layCard(card: CardFarEnd): void;
  liftCard(): void;
  liftAfter(apdus: number): void;
  /** Chip time of the card for each APDU. */
  setCardMs(ms: number): void;
  setMemoryCard(on: boolean): void;
  /** The card has power. */
  fieldOn(): boolean;
}

interface Subject {
  readonly reader: ChipReader;
  readonly far: Far;
  close(): Promise<void>;
}

interface Pn532Subject extends Subject {
  readonly sim: Pn532Sim;
}

interface Place<S extends Subject = Subject> {
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

const farOf = (sim: Pn532Sim): Far => ({
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

const PN532 = { shortestCommand: 0, shortestAnswer: 0, countsActivations: true } as const;

const overSerial = (name: string, makeWire: () => Promise<TestWire>): Place<Pn532Subject> => ({
  ...PN532,
  name,
  lengthStep: 1,
  open: async () => {
    const wire = await makeWire();
    const sim = new Pn532Sim(clock);
    const [near, far] = await wire.open();
    sim.attach(far);
    const reader = await openPn532({ port: near, clock, log: silentLog });
    const close = async () => {
      await reader.close();
      await wire.close();
    };
    return { reader, sim, far: farOf(sim), close };
  },
});

const overI2c: Place<Pn532Subject> = {
  ...PN532,
  name: "I2C",
  lengthStep: 29,
  open: async () => {
    const sim = new Pn532Sim(clock);
    const port = i2cPort({ wire: new Pn532I2cFace(sim), clock });
    const reader = await openPn532({ port, clock, log: silentLog, transport: "i2c" });
    return { reader, sim, far: farOf(sim), close: () => reader.close() };
  },
};

const farSlot = (slot: VpcdSlot): Far => ({
  layCard: (card) => slot.layCard(card),
  liftCard: () => slot.liftCard(),
  liftAfter: (apdus) => slot.liftAfter(apdus),
  setCardMs: (ms) => {
    slot.quirks.cardMs = ms;
  },
  setMemoryCard: (on) => {
    slot.quirks.memoryCard = on;
  },
  fieldOn: () => slot.powered,
});

/** The driver on the machine's own PC/SC service, with a card that a program plays behind a slot of it. */
const overPcsc = (bench: () => PcscdBench): Place => ({
  name: "PC/SC through a real pcscd",
  lengthStep: 29,
  shortestCommand: 4,
  shortestAnswer: 2,
  countsActivations: false,
  open: async () => {
    const { names, slots, env } = bench();
    const slot = slots[1];
    slot.reset();
    const reader = await openPcsc({ clock, log: silentLog, reader: names[1], env });
    const close = async () => {
      slot.liftCard();
      await reader.close();
    };
    return { reader, far: farSlot(slot), close };
  },
});

const PN532_PLACES: readonly Place<Pn532Subject>[] = [
  overSerial("sim over a memory wire", async () => memoryWire()),
  overSerial("sim over a real PTY", () => ptyWire(115_200)),
  overI2c,
];

const forever = () => new AbortController().signal;

type Within<S extends Subject> = (name: string, body: (subject: S) => Promise<void>) => void;

const withinOf =
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
const contract = (within: Within<Subject>, place: Place): void => {
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
const pn532Contract = (within: Within<Pn532Subject>): void => {
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

for (const place of PN532_PLACES) {
  const test = suite(`chip reader: ${place.name}`);
  contract(withinOf(test, place), place);
  pn532Contract(withinOf(test, place));
  test.run();
}

const missing = pcscdMissing();
const pcsc = suite("chip reader: PC/SC through a real pcscd");
if (missing === null) {
  let bench: PcscdBench | null = null;
  pcsc.before(async () => {
    bench = await PcscdBench.start();
  });
  pcsc.after(async () => {
    await bench?.close();
  });
  const place = overPcsc(() => {
    if (bench === null) throw new Error("no service");
    return bench;
  });
  contract(withinOf(pcsc, place), place);
} else {
  pcsc.skip(missing, () => {});
  process.stdout.write(`chip reader: PC/SC is not tested here: ${missing}\n`);
}
pcsc.run();

// What only a serial line has: a bit rate.
const rate = suite("chip reader: bit rate of the line");

rate("is raised to 921600, kept over a restart of the kiosk, and given back by a power cut", async () => {
  const wire = memoryWire();
  const sim = new Pn532Sim(clock);
  for (const cut of [false, false, true, false]) {
    if (cut) {
      sim.control.setPlugged(false);
      sim.control.setPlugged(true);
      assert.is(sim.baudRate, 115_200);
    }
    const [near, far] = await wire.open();
    sim.attach(far);
    const reader = await openPn532({ port: near, clock, log: silentLog });
    assert.is(sim.baudRate, 921_600);
    sim.control.layCard(cardA());
    assert.is((await reader.waitForCard(forever())).type, "A");
    await reader.close();
  }
});

rate("stays where it is when the chip refuses", async () => {
  const sim = new Pn532Sim(clock);
  sim.quirks.refuseFastBaud = true;
  const [near, far] = await memoryWire().open();
  sim.attach(far);
  const reader = await openPn532({ port: near, clock, log: silentLog });
  assert.is(sim.baudRate, 115_200);
  assert.is(await reader.health(), null);
  await reader.close();
});

rate.run();

const silence = suite("chip reader: nobody there");
silence(
  "an open on a dead line ends with chipReader.silent, in bounded time, and lets the port go",
  async () => {
    const [near, far] = await memoryWire().open();
    let closed = false;
    far.onClose(() => {
      closed = true;
    });
    const started = clock.monotonicMs();
    assert.is(await faultOf(openPn532({ port: near, clock, log: silentLog })), "chipReader.silent");
    assert.ok(clock.monotonicMs() - started < 15_000);
    await until("port closed", () => closed);
  },
);
silence("an open that is given up ends at once and lets the port go", async () => {
  const [near, far] = await memoryWire().open();
  let closed = false;
  far.onClose(() => {
    closed = true;
  });
  const leave = new AbortController();
  const opening = thrownBy(openPn532({ port: near, clock, log: silentLog }, leave.signal));
  await clock.sleep(100);
  const reason = new Error("the kiosk stops");
  leave.abort(reason);
  const aborted = clock.monotonicMs();
  assert.is(await opening, reason);
  assert.ok(clock.monotonicMs() - aborted < 2_000);
  await until("port closed", () => closed);
});
silence.run();
