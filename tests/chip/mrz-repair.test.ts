// Do check digits choose the right letters, and is a wrong key rather refused than tried?
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type LetterGuess, repairMrz, type ZoneGuesses } from "../../src/chip/mrz-repair.js";
import { madeUpPerson, mrzLines } from "../../src/chip/sim/people.js";
import { zoneKey } from "../../src/chip/zone-key.js";

const sure = (character: string): readonly LetterGuess[] => [{ character, score: 0.95 }];
const certain = (rows: readonly string[]): ZoneGuesses => rows.map((row) => [...row].map(sure));

/** The reader prefers `wrong` at that place by `lead`. */
const misread = (
  zone: ZoneGuesses,
  { row, place, wrong, lead }: { row: number; place: number; wrong: string; lead: number },
): ZoneGuesses =>
  zone.map((places, r) =>
    places.map((guesses, p) =>
      r === row && p === place
        ? [
            { character: wrong, score: 0.9 },
            ...guesses.map(({ character }) => ({ character, score: 0.9 - lead })),
          ]
        : guesses,
    ),
  );

const keyOf = (seed: number) => {
  const rows = mrzLines(madeUpPerson(seed));
  return {
    documentNumber: rows[0].slice(15, 27),
    birthDate: rows[1].slice(0, 6),
    expiryDates: [rows[1].slice(8, 14)],
  };
};

test("what holds is taken as it is", () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    const found = repairMrz(certain(mrzLines(madeUpPerson(seed))));
    assert.is(found?.repairs, 0);
    assert.equal(zoneKey(certain(mrzLines(madeUpPerson(seed))))?.key, keyOf(seed));
  }
});

test("letters where only digits stand are not even considered", () => {
  const zone = misread(certain(mrzLines(madeUpPerson(4))), { row: 1, place: 2, wrong: "O", lead: 0.4 });
  assert.equal(zoneKey(zone)?.key, keyOf(4));
});

test("one, two and three misread digits: the true key or none, and nearly always the true one", () => {
  let tried = 0;
  let found = 0;
  const place = fc.record({
    row: fc.constantFrom(0, 1),
    place: fc.integer({ min: 5, max: 29 }),
    wrong: fc.constantFrom(..."0123456789"),
    lead: fc.double({ min: 0.005, max: 0.12, noNaN: true }),
  });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.array(place, { minLength: 1, maxLength: 3 }),
      (seed, places) => {
        const rows = mrzLines(madeUpPerson(seed));
        const digits = places.filter(({ row, place }) => /\d/.test(rows[row]?.[place] ?? ""));
        if (digits.length === 0) return;
        const zone = digits.reduce<ZoneGuesses>((before, one) => misread(before, one), certain(rows));
        const key = zoneKey(zone)?.key;
        tried += 1;
        if (key === undefined) return;
        found += 1;
        assert.equal(key, keyOf(seed));
      },
    ),
    { numRuns: 600, seed: 7 },
  );
  assert.ok(found / tried > 0.9, `${found} of ${tried}`);
});

test("any guesses at all end in an answer or in none, in bounded time", () => {
  const guess = fc.record({
    character: fc.constantFrom(..."ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<"),
    score: fc.double({ min: -1, max: 1, noNaN: true }),
  });
  const zone = fc.array(fc.array(fc.array(guess, { maxLength: 12 }), { minLength: 0, maxLength: 46 }), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(zone, (rows) => {
      repairMrz(rows);
    }),
    { numRuns: 200 },
  );
  const full = fc.array(
    fc.array(fc.array(guess, { minLength: 2, maxLength: 8 }), { minLength: 30, maxLength: 30 }),
    {
      minLength: 3,
      maxLength: 3,
    },
  );
  fc.assert(
    fc.property(full, (rows) => {
      repairMrz(rows);
    }),
    { numRuns: 20 },
  );
});

test.run();
