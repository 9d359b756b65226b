// The reader behind PC/SC goes wrong: no package, no service, no reader, the wrong one, a service that hangs, a card lifted.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { accessKeyFromQr, parseCardQr } from "../../src/chip/card-qr.js";
import { readCard } from "../../src/chip/read-card.js";
import { makeCard } from "../../src/chip/sim/make-card.js";
import { makePki } from "../../src/chip/sim/make-pki.js";
import { cardQrText, madeUpPerson } from "../../src/chip/sim/people.js";
import { silentLog } from "../../src/core/log.js";
import type { Card, ChipReader } from "../../src/hal/chip-reader/chip-reader.js";
import { openPcsc } from "../../src/hal/chip-reader/pcsc/driver.js";
import { openReaderAt } from "../../src/hal/open-reader.js";
import { supervise } from "../../src/hal/supervisor.js";
import { clock, thrownBy, until } from "../contract/bench.js";
import { assertFault } from "../contract/wires.js";
import { PcscdBench, pcscdMissing } from "../wire/pcscd.js";
import { fileCard, forever, isBlock, readBlock } from "./reader-bench.js";

const open = (env: NodeJS.ProcessEnv, reader: string | null = null): Promise<ChipReader> =>
  openPcsc({ clock, log: silentLog, reader, env });

/** Ends the reader whatever `body` does. */
const using = async <T>(reader: ChipReader, body: (reader: ChipReader) => Promise<T>): Promise<T> => {
  try {
    return await body(reader);
  } finally {
    await reader.close();
  }
};

const absent = suite("PC/SC: nothing to talk to");

absent("a kiosk without the optional package says so", async () => {
  const folder = mkdtempSync(join(tmpdir(), "motcua-no-package-"));
  try {
    const hook = join(folder, "hook.cjs");
    writeFileSync(
      hook,
      `const m = require("node:module"); const find = m._resolveFilename;
m._resolveFilename = (name, ...rest) => {
  if (name === "smartcard") throw new Error("Cannot find module 'smartcard'");
  return find(name, ...rest);
};`,
    );
    await assertFault("chipReader.absent", /not built in.*smartcard/, () =>
      open({ NODE_OPTIONS: `--require ${hook}` }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

absent("a machine without the service says so, also through the board's address", async () => {
  const nowhere = join(tmpdir(), "motcua-no-such-folder", "pcscd.comm");
  await assertFault("chipReader.absent", /no PC\/SC service/, () => open({ PCSCLITE_CSOCK_NAME: nowhere }));
  const before = process.env["PCSCLITE_CSOCK_NAME"];
  process.env["PCSCLITE_CSOCK_NAME"] = nowhere;
  try {
    await assertFault("chipReader.absent", /no PC\/SC service/, () =>
      openReaderAt("pcsc:", { clock, log: silentLog }),
    );
  } finally {
    if (before === undefined) delete process.env["PCSCLITE_CSOCK_NAME"];
    else process.env["PCSCLITE_CSOCK_NAME"] = before;
  }
});

absent("an opening that is given up leaves no process behind", async () => {
  const leave = new AbortController();
  const opening = thrownBy(openPcsc({ clock, log: silentLog, reader: null }, leave.signal));
  const reason = new Error("the kiosk stops");
  leave.abort(reason);
  assert.is(await opening, reason);
});

absent.run();

const missing = pcscdMissing();
const story = suite("PC/SC: a real service");
if (missing !== null) {
  story.skip(missing, () => {});
  process.stdout.write(`PC/SC is not tested here: ${missing}\n`);
}

/** A story with a service of its own. */
const told = (name: string, body: (bench: PcscdBench) => Promise<void>) => {
  if (missing !== null) return;
  story(name, async () => {
    const bench = await PcscdBench.start();
    try {
      await body(bench);
    } finally {
      await bench.close();
    }
  });
};

told(
  "two readers: told by name or by a part of it; without one it is said which there are",
  async (bench) => {
    const { env, names, slots } = bench;
    await assertFault("chipReader.absent", /several PC\/SC readers.*00 00.*00 01/, () => open(env));
    await assertFault("chipReader.absent", /no PC\/SC reader named "Other"; there are .*00 00/, () =>
      open(env, "Other"),
    );
    await assertFault("chipReader.absent", /more than one/, () => open(env, "Kiosk Test"));
    const marked = [fileCard(), fileCard()];
    slots[0].layCard(marked[0] ?? fileCard());
    slots[1].layCard(marked[1] ?? fileCard());
    for (const [at, wanted] of [names[0], "00 01"].entries()) {
      await using(await open(env, wanted), async (reader) => {
        const card = await reader.waitForCard(forever());
        assert.ok(isBlock(await readBlock(card, 3), 3));
        assert.is(marked[at]?.heard.length, 1);
        assert.is(marked[1 - at]?.heard.length, at === 0 ? 0 : 1);
      });
    }
  },
);

told("a card that another program holds is said, not waited for", async ({ env, names, slots }) => {
  slots[0].layCard(fileCard());
  await using(await open(env, names[0]), async (first) => {
    await first.waitForCard(forever());
    await using(await open(env, names[0]), async (second) => {
      await assertFault("chipReader.failed", /another program/, () => second.waitForCard(forever()));
    });
  });
});

told(
  "service killed, reader pulled, put back: the supervisor says each and brings it back",
  async (bench) => {
    const details: string[] = [];
    const reader = supervise<ChipReader>({
      part: "chipReader",
      absentFault: "chipReader.absent",
      open: (signal) => openPcsc({ clock, log: silentLog, reader: bench.names[1], env: bench.env }, signal),
      clock,
      log: silentLog,
      healthEveryMs: 200,
      retryFirstMs: 50,
      retryCapMs: 200,
    });
    reader.watch((status) => {
      if (status.state === "absent") details.push(status.fault.detail);
    });
    try {
      const waiting = thrownBy(reader.use((device) => device.waitForCard(forever())));
      await until("ready", () => reader.status.state === "ready", 10_000);
      await clock.sleep(300);
      await bench.killService();
      assert.match(String(await waiting), /chipReader.absent: no PC\/SC service/);
      await until("absent", () => reader.status.state === "absent");
      await bench.setPlugged(false);
      await until("no reader", () => details.some((detail) => /no PC\/SC reader is plugged in/.test(detail)));
      await bench.setPlugged(true);
      await until("ready again", () => reader.status.state === "ready", 10_000);
      bench.slots[1].layCard(fileCard());
      const card = await reader.use((device) => device.waitForCard(forever()));
      assert.ok(isBlock(await readBlock(card, 7), 7));
    } finally {
      await reader.close();
    }
  },
);

told(
  "a service that hangs is silent after a bound, and the kiosk is not held up meanwhile",
  async (bench) => {
    const reader = await open(bench.env, bench.names[0]);
    process.kill(bench.pid, "SIGSTOP");
    try {
      let ticks = 0;
      const ticking = setInterval(() => {
        ticks += 1;
      }, 20);
      const fault = await reader.health();
      clearInterval(ticking);
      assert.is(fault?.code, "chipReader.silent");
      assert.ok(ticks > 50, `${ticks} ticks while it hung`);
      await assertFault("chipReader.silent", /no answer/, () => reader.waitForCard(forever()));
      await reader.close();
    } finally {
      process.kill(bench.pid, "SIGCONT");
    }
  },
);

told(
  "a card that takes an APDU and leaves without an answer is lost; the next one is read",
  async (bench) => {
    const [slot] = bench.slots;
    await using(await open(bench.env, bench.names[0]), async (reader) => {
      slot.layCard(fileCard());
      const card = await reader.waitForCard(forever());
      slot.quirks.mute = true;
      const reading = thrownBy(readBlock(card, 0));
      await clock.sleep(200);
      slot.liftCard();
      assert.match(String(await reading), /card\.lost/);
      assert.is(await reader.health(), null);
      slot.quirks.mute = false;
      slot.layCard(fileCard());
      assert.ok(isBlock(await readBlock(await reader.waitForCard(forever()), 1), 1));
    });
  },
);

told("a whole citizen card is read, lifted in the middle, laid back and read on", async (bench) => {
  const [slot] = bench.slots;
  const person = madeUpPerson(64);
  const pki = makePki();
  const chip = await makeCard(person, { pki });
  await using(await open(bench.env, bench.names[0]), async (reader) => {
    slot.layCard(chip);
    const card: Card = await reader.waitForCard(forever());
    slot.liftAfter(25);
    let lifted = 0;
    const reading = await readCard({
      card,
      key: accessKeyFromQr(parseCardQr(cardQrText(person))),
      trust: { certificates: [pki.cscaCertificate] },
      today: "2026-11-22",
      cardAgain: (signal) => {
        lifted += 1;
        slot.layCard(chip);
        return reader.waitForCard(signal);
      },
    });
    assert.is(lifted, 1);
    assert.is(reading.citizen.fullName, person.fullName);
    const passive = reading.checks.find(({ name }) => name === "passiveAuthentication");
    assert.is(passive?.verdict, "passed");
    assert.is(chip.control.authentications.refused, 0);
  });
});

story.run();
