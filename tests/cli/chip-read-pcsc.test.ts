// Does the technician's command read a card through PC/SC, and name what is missing?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { makeCard } from "../../src/chip/sim/make-card.js";
import { madeUpPerson, mrzExpiry } from "../../src/chip/sim/people.js";
import { toMrzDate } from "../../src/core/dates.js";
import { runCommand } from "../wire/command.js";
import { PcscdBench, pcscdMissing } from "../wire/pcscd.js";

const story = async (): Promise<void> => {
  const bench = await PcscdBench.start();
  try {
    const person = madeUpPerson(64);
    bench.slots[0].layCard(await makeCard(person));
    const key = [
      ...["--document", person.number, "--birth", toMrzDate(person.birthDate), "--expiry", mrzExpiry(person)],
    ];
    const env = { ...bench.env, MOTCUA_SETUP: "done" };
    const read = (reader: string) => runCommand(["chip", "read", "--reader", reader, ...key], { env });
    const done = await read("pcsc:00 00");
    assert.is(done.code, 0, done.stderr);
    assert.match(done.stdout, /^file {5}DG2 /m);
    assert.not.match(done.stdout, new RegExp(person.number));
    const refused = await read("pcsc:");
    assert.is(refused.code, 1);
    assert.match(refused.stderr, /chipReader\.absent: several PC\/SC readers.*board\.chipReader\.port/s);
    assert.not.match(refused.stderr, /\n\s+at /, "no stack trace");
  } finally {
    await bench.close();
  }
};

const missing = pcscdMissing();
if (missing === null) test("a card read, a reader not named", story);
else {
  test.skip(missing, () => {});
  process.stdout.write(`motcua chip read over PC/SC is not tested here: ${missing}\n`);
}
test.run();
