// What the PC/SC binding says or does on machines that are not here: a USB reader pulled, a card askew, a service that refuses, a crash.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import type { ChipReader } from "../../src/hal/chip-reader/chip-reader.js";
import { openPcsc } from "../../src/hal/chip-reader/pcsc/driver.js";
import { supervise } from "../../src/hal/supervisor.js";
import { clock, until } from "../contract/bench.js";
import { assertFault } from "../contract/wires.js";
import { forever } from "./reader-bench.js";

const folder = mkdtempSync(join(tmpdir(), "motcua-binding-"));
let scripts = 0;

/** The environment in which our PC/SC process finds `context` instead of the package's Context class. */
const withBinding = (context: string): NodeJS.ProcessEnv => {
  scripts += 1;
  const path = join(folder, `binding-${scripts}.cjs`);
  writeFileSync(
    path,
    `const m = require("node:module"); const load = m._load;
const constants = { SCARD_SHARE_EXCLUSIVE: 1, SCARD_PROTOCOL_T1: 2, SCARD_UNPOWER_CARD: 2 };
const binding = { ...constants, Context: ${context} };
m._load = (name, ...rest) => (name === "smartcard" ? binding : load(name, ...rest));`,
  );
  return { NODE_OPTIONS: `--require ${path}` };
};

const open = (env: NodeJS.ProcessEnv): Promise<ChipReader> =>
  openPcsc({ clock, log: silentLog, reader: null, env });

/** A context with one reader whose state is `state`; its card is `connect`'s. */
const oneReader = (state: string, connect = "async () => { throw new Error('Card is unresponsive'); }") =>
  `class { constructor() { this.waits = 0; this.connects = 0; }
  listReaders() { return [{ name: "R 00 00", connect: ${connect} }]; }
  async waitForChange([known]) {
    this.waits += 1;
    const state = ${state};
    if (state === known.state) await new Promise((resolve) => { this.wake = resolve; });
    return [{ state }];
  }
  cancel() { this.wake?.(); } }`;

const PRESENT = "0x20022";
const EMPTY = "0x10012";
/** SCARD_STATE_UNKNOWN and UNAVAILABLE, with CHANGED. */
const PULLED = "0x000e";

test("a USB reader that is pulled while we wait is absent", async () => {
  const reader = await open(withBinding(oneReader(`this.waits === 1 ? ${EMPTY} : ${PULLED}`)));
  await assertFault("chipReader.absent", /unplugged/, () => reader.waitForCard(forever()));
  await reader.close();
});

test("a card that does not start, tried a few times, is unreadable, and the reader is well", async () => {
  const reader = await open(withBinding(oneReader(PRESENT)));
  const started = clock.monotonicMs();
  await assertFault("card.unreadable", /does not start/, () => reader.waitForCard(forever()));
  assert.ok(clock.monotonicMs() - started < 10_000);
  assert.is(await reader.health(), null);
  await reader.close();
});

test("a card that starts at the third try is read", async () => {
  const connect = `async () => {
    globalThis.tries = (globalThis.tries ?? 0) + 1;
    if (globalThis.tries < 3) throw new Error("Card was removed");
    return {
      atr: Buffer.from([0x3b, 0x80, 0x80, 0x01, 0x01]),
      transmit: async (apdu) => Buffer.from(apdu[0] === 0xff ? [0x6a, 0x81] : [1, 2, 0x90, 0]),
      reconnect: async () => 2, disconnect: () => {},
    };
  }`;
  const reader = await open(withBinding(oneReader(PRESENT, connect)));
  const card = await reader.waitForCard(forever());
  assert.is(card.uid.length, 0, "a reader that can not tell the identifier");
  assert.equal([...(await card.transceive(Uint8Array.of(0, 0xa4, 4, 0)))], [1, 2, 0x90, 0]);
  await reader.close();
});

test("a service that does not let this user in is absent, with the reason", async () => {
  const refusing = `class { constructor() { throw new Error("Unknown PC/SC error"); } }`;
  await assertFault("chipReader.absent", /refuses.*polkit/, () => open(withBinding(refusing)));
});

test("a binding that crashes takes its process along and nothing else; the supervisor starts another", async () => {
  const env = withBinding(oneReader(`process.kill(process.pid, "SIGSEGV")`));
  let opened = 0;
  const reader = supervise<ChipReader>({
    part: "chipReader",
    absentFault: "chipReader.absent",
    open: (signal) => {
      opened += 1;
      return openPcsc({ clock, log: silentLog, reader: null, env }, signal);
    },
    clock,
    log: silentLog,
    healthEveryMs: 100,
    retryFirstMs: 50,
    retryCapMs: 200,
  });
  try {
    await assertFault("chipReader.failed", /process ended \(SIGSEGV\)/, () =>
      reader.use((device) => device.waitForCard(forever())),
    );
    await until("another process", () => opened >= 2 && reader.status.state === "ready", 15_000);
  } finally {
    await reader.close();
  }
});

test("a reader that says garbage for a name or an answer is refused, not believed", async () => {
  const reader = await open(
    withBinding(
      oneReader(
        PRESENT,
        `async () => ({
    atr: null, reconnect: async () => 2, disconnect: () => { throw new Error("Invalid handle"); },
    transmit: async (apdu) => Buffer.from(apdu[0] === 0xff ? [0x90, 0x00] : []),
  })`,
      ),
    ),
  );
  const card = await reader.waitForCard(forever());
  assert.is(card.uid.length, 0);
  await assertFault("card.lost", /without a status word/, () => card.transceive(Uint8Array.of(0, 1, 2, 3)));
  await reader.close();
});

test.after(() => rmSync(folder, { recursive: true, force: true }));
test.run();
