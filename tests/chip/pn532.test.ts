// Is a made-up card read whole through the real PN532 driver, and read on when it was lifted or the wire was bad?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { accessKeyFromQr, parseCardQr } from "../../src/chip/card-qr.js";
import { readCard } from "../../src/chip/read-card.js";
import { makeCard, type SimCard } from "../../src/chip/sim/make-card.js";
import { makePki } from "../../src/chip/sim/make-pki.js";
import { cardQrText, madeUpPerson } from "../../src/chip/sim/people.js";
import { SystemClock } from "../../src/core/clock.js";
import { silentLog } from "../../src/core/log.js";
import type { ChipReader } from "../../src/hal/chip-reader/chip-reader.js";
import { openPn532 } from "../../src/hal/chip-reader/pn532/driver.js";
import { i2cPort } from "../../src/hal/chip-reader/pn532/i2c-transport.js";
import { memoryPair } from "../../src/hal/port/memory.js";
import { Pn532I2cFace } from "../../src/hal/sim/pn532-i2c-face.js";
import { type Pn532Quirks, Pn532Sim } from "../../src/hal/sim/pn532-sim.js";

const clock = new SystemClock({ floorMs: 0, synchronised: () => true });
const person = madeUpPerson(64);
const key = accessKeyFromQr(parseCardQr(cardQrText(person)));
const pki = makePki();
const card = await makeCard(person, { pki });

interface Bench {
  readonly reader: ChipReader;
  readonly sim: Pn532Sim;
}

const overMemory = async (): Promise<Bench> => {
  const sim = new Pn532Sim(clock);
  const [near, far] = memoryPair();
  sim.attach(far);
  return { sim, reader: await openPn532({ port: near, clock, log: silentLog }) };
};

const overI2c = async (): Promise<Bench> => {
  const sim = new Pn532Sim(clock);
  const port = i2cPort({ wire: new Pn532I2cFace(sim), clock });
  return { sim, reader: await openPn532({ port, clock, log: silentLog, transport: "i2c" }) };
};

const readOn = async ({ reader, sim }: Bench, chip: SimCard, liftAfter?: number) => {
  const signal = AbortSignal.timeout(20_000);
  sim.control.layCard(chip);
  if (liftAfter !== undefined) sim.control.liftAfter(liftAfter);
  const first = await reader.waitForCard(signal);
  return readCard({
    card: first,
    key,
    trust: { certificates: [pki.cscaCertificate] },
    today: "2026-11-22",
    signal,
    cardAgain: (waiting) => {
      sim.control.layCard(chip);
      return reader.waitForCard(waiting);
    },
  });
};

const expectWhole = (reading: Awaited<ReturnType<typeof readOn>>, what: string) => {
  assert.is(reading.citizen.fullName, person.fullName, what);
  assert.is(reading.checks.find(({ name }) => name === "passiveAuthentication")?.verdict, "passed", what);
};

for (const [name, open] of [["serial", overMemory] as const, ["I2C", overI2c] as const]) {
  test(`${name}: a whole card`, async () => {
    const bench = await open();
    try {
      const before = card.control.apdus;
      const started = performance.now();
      expectWhole(await readOn(bench, card), name);
      const ms = performance.now() - started;
      process.stdout.write(`${name}: ${card.control.apdus - before} APDUs in ${ms.toFixed(0)} ms\n`);
    } finally {
      await bench.reader.close();
    }
  });
}

test("PACE over the wire, with the longest public keys and after a lift", async () => {
  for (const [agreement, mapping, parameterId] of [
    ["ECDH", "GM", 18],
    ["DH", "GM", 0],
    ["ECDH", "IM", 13],
  ] as const) {
    const offers = [{ agreement, mapping, suite: "AES-256", parameterId }] as const;
    const other = await makeCard(person, { pki, pace: { offers } });
    for (const [name, open] of [["serial", overMemory] as const, ["I2C", overI2c] as const]) {
      const bench = await open();
      try {
        const reading = await readOn(bench, other, 30);
        expectWhole(reading, name);
        assert.is(reading.access, "PACE");
        assert.is(reading.downgrade, null);
      } finally {
        await bench.reader.close();
      }
    }
    assert.equal(other.control.authentications, { tried: 4, refused: 0 });
  }
});

test("lifted in the middle and laid down again: read on, with no wrong secret tried", async () => {
  const bench = await overMemory();
  try {
    for (const after of [1, 4, 7, 20, 60]) {
      const before = card.control.apdus;
      expectWhole(await readOn(bench, card, after), `lifted after ${after}`);
      assert.ok(card.control.apdus - before < 90, `${card.control.apdus - before} APDUs`);
    }
    assert.is(card.control.authentications.refused, 0);
  } finally {
    await bench.reader.close();
  }
});

test("answers in small pieces, damaged answers and lost acknowledgements on the wire are survived", async () => {
  const kinds: readonly Partial<Pn532Quirks>[] = [
    { answerChunkBytes: 48 },
    { damageAnswers: 2 },
    { loseAcks: 1 },
    { cardKbit: 106 },
    { refusePsl: true },
  ];
  for (const quirks of kinds) {
    const bench = await overMemory();
    try {
      Object.assign(bench.sim.quirks, quirks);
      expectWhole(await readOn(bench, card), JSON.stringify(quirks));
    } finally {
      await bench.reader.close();
    }
  }
});

test.run();
