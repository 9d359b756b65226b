// Does the chip reader do what its interface says, on every wire?
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import type { ChipReader } from "../../src/hal/chip-reader/chip-reader.js";
import { openPn532 } from "../../src/hal/chip-reader/pn532/driver.js";
import { i2cPort } from "../../src/hal/chip-reader/pn532/i2c-transport.js";
import { Pn532I2cFace } from "../../src/hal/sim/pn532-i2c-face.js";
import { Pn532Sim } from "../../src/hal/sim/pn532-sim.js";
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

interface Subject {
  readonly reader: ChipReader;
  readonly sim: Pn532Sim;
  close(): Promise<void>;
}

interface Place {
  readonly name: string;
  open(): Promise<Subject>;
}

const overSerial = (name: string, makeWire: () => Promise<TestWire>): Place => ({
  name,
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
    return { reader, sim, close };
  },
});

const overI2c: Place = {
  name: "I2C",
  open: async () => {
    const sim = new Pn532Sim(clock);
    const port = i2cPort({ wire: new Pn532I2cFace(sim), clock });
    const reader = await openPn532({ port, clock, log: silentLog, transport: "i2c" });
    return { reader, sim, close: () => reader.close() };
  },
};

const PLACES: readonly Place[] = [
  overSerial("sim over a memory wire", async () => memoryWire()),
  overSerial("sim over a real PTY", () => ptyWire(115_200)),
  overI2c,
];

const forever = () => new AbortController().signal;

for (const place of PLACES) {
  const test = suite<Subject>(`chip reader: ${place.name}`);
  const within = (name: string, body: (subject: Subject) => Promise<void>) =>
    test(name, async () => {
      const subject = await place.open();
      try {
        await body(subject);
      } finally {
        await subject.close();
      }
    });

  within(
    "finds a type A card and a type B card, at 424 kbit/s where the card can",
    async ({ reader, sim }) => {
      for (const card of [cardA(), cardB()]) {
        sim.control.layCard(card);
        const found = await reader.waitForCard(forever());
        assert.is(found.type, card.type);
        assert.equal([...found.uid], [...card.uid]);
        assert.is(card.resets, 1);
        assert.equal([...(await found.transceive(pattern(20)))], [...pattern(20)]);
        await found.release();
        assert.not.ok(sim.fieldOn, "the field is off after release");
        sim.control.liftCard();
      }
    },
  );

  within("waits for the card that comes later", async ({ reader, sim }) => {
    const waiting = reader.waitForCard(forever());
    await clock.sleep(200);
    sim.control.layCard(cardB());
    assert.is((await waiting).type, "B");
  });

  within("carries APDUs of 0 to 261 bytes, there and back", async ({ reader, sim }) => {
    let answer = new Uint8Array(0);
    const card = cardA(() => answer);
    sim.control.layCard(card);
    const found = await reader.waitForCard(forever());
    const step = place.name === "I2C" ? 29 : 1;
    for (let length = 0; length <= 261; length += step) {
      answer = new Uint8Array(pattern(261 - length, length));
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

  within("puts together an answer that the chip gives in parts", async ({ reader, sim }) => {
    sim.quirks.answerChunkBytes = 100;
    sim.control.layCard(cardA(() => pattern(258)));
    const found = await reader.waitForCard(forever());
    assert.equal([...(await found.transceive(pattern(5)))], [...pattern(258)]);
  });

  within("gives two callers their own answers, one after the other", async ({ reader, sim }) => {
    sim.quirks.cardMs = 5;
    sim.quirks.answerChunkBytes = 40;
    sim.control.layCard(cardA((command) => pattern(200, command[0] ?? 0)));
    const found = await reader.waitForCard(forever());
    const answers = await Promise.all(
      [1, 2, 3].map((seed) => found.transceive(Uint8Array.of(seed, 0, 0, 0))),
    );
    assert.equal(
      answers.map((answer) => [...answer]),
      [1, 2, 3].map((seed) => [...pattern(200, seed)]),
    );
  });

  within("stops polling and its field within 200 ms of an abort", async ({ reader, sim }) => {
    for (const afterMs of [0, 3, 40, 90, 150]) {
      const leave = new AbortController();
      const waiting = thrownBy(reader.waitForCard(leave.signal));
      await clock.sleep(afterMs);
      const reason = new Error("the citizen went back");
      leave.abort(reason);
      const aborted = clock.monotonicMs();
      assert.is(await waiting, reason);
      assert.ok(clock.monotonicMs() - aborted < 2_000, `${clock.monotonicMs() - aborted} ms`);
      assert.not.ok(sim.fieldOn);
    }
    sim.control.layCard(cardA());
    assert.is((await reader.waitForCard(forever())).type, "A", "and it still works");
  });

  within(
    "an aborted APDU is over at once, and the next card gets its own answers",
    async ({ reader, sim }) => {
      sim.quirks.cardMs = 300;
      sim.control.layCard(cardA((command) => command));
      const found = await reader.waitForCard(forever());
      const leave = new AbortController();
      const first = thrownBy(found.transceive(Uint8Array.of(1, 1, 1, 1), leave.signal));
      await clock.sleep(50);
      leave.abort(new Error("idle"));
      assert.is(((await first) as Error).message, "idle");
      assert.is(await faultOf(found.transceive(Uint8Array.of(2, 2, 2, 2))), "card.lost");
      sim.quirks.cardMs = 0;
      const again = await reader.waitForCard(forever());
      assert.equal([...(await again.transceive(Uint8Array.of(3, 3, 3, 3)))], [3, 3, 3, 3]);
    },
  );

  within("a card that left is card.lost; its reader stays healthy", async ({ reader, sim }) => {
    const card = cardA();
    sim.control.layCard(card);
    const found = await reader.waitForCard(forever());
    sim.control.liftAfter(2);
    await found.transceive(pattern(4));
    await found.transceive(pattern(4));
    assert.is(await faultOf(found.transceive(pattern(4))), "card.lost");
    assert.is(await reader.health(), null);
    await found.release();
    sim.control.layCard(card);
    const again = await reader.waitForCard(forever());
    assert.is(card.resets, 2, "it was activated anew");
    assert.equal([...(await again.transceive(pattern(9)))], [...pattern(9)]);
    assert.is(await faultOf(found.transceive(pattern(4))), "card.lost", "the old object stays lost");
  });

  within("a new wait activates a card that was never released anew", async ({ reader, sim }) => {
    const card = cardA();
    sim.control.layCard(card);
    await reader.waitForCard(forever());
    const second = await reader.waitForCard(forever());
    assert.is(card.resets, 2);
    assert.equal([...(await second.transceive(pattern(4)))], [...pattern(4)]);
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

  within(
    "a memory card is told from a citizen card, and does not keep the field on",
    async ({ reader, sim }) => {
      sim.quirks.memoryCard = true;
      sim.control.layCard(cardA());
      assert.is(await faultOf(reader.waitForCard(forever())), "card.notCitizen");
      assert.not.ok(sim.fieldOn);
    },
  );

  within("health is null while polling; close ends it and is safe twice", async ({ reader, sim }) => {
    const leave = new AbortController();
    const waiting = thrownBy(reader.waitForCard(leave.signal));
    await clock.sleep(50);
    assert.is(await reader.health(), null);
    leave.abort(new Error("enough"));
    await waiting;
    sim.control.layCard(cardA());
    const found = await reader.waitForCard(forever());
    sim.control.liftCard();
    const polling = faultOf(reader.waitForCard(forever()));
    await clock.sleep(50);
    await reader.close();
    await reader.close();
    assert.is(await polling, "chipReader.absent");
    assert.is(await faultOf(found.transceive(pattern(4))), "card.lost");
    assert.is((await reader.health())?.code, "chipReader.absent");
  });

  test.run();
}

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
