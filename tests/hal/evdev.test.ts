// Does a jack that the kernel reports as an input device read as a line, and as "out" whenever nobody knows?
import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openLines } from "../../src/hal/lines/driver.js";
import { openLineBus } from "../../src/hal/lines/open-bus.js";
import { clock, until } from "../contract/bench.js";

const folder = mkdtempSync(join(tmpdir(), "motcua-evdev-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const SW_HEADPHONE_INSERT = 2;
const SW_LID = 0;
const EV_SYN = 0;
const EV_KEY = 1;
const EV_SW = 5;
const SYN_DROPPED = 3;

/** `struct input_event` of a 64-bit kernel. */
const event = (type: number, code: number, value: number): Buffer => {
  const bytes = Buffer.alloc(24);
  bytes.writeBigInt64LE(1_700_000_000n, 0);
  bytes.writeUInt16LE(type, 16);
  bytes.writeUInt16LE(code, 18);
  bytes.writeInt32LE(value, 20);
  return bytes;
};

/** A pipe stands for the device: it is read the same way, and its writer can go. */
const jackAt = (path: string) => {
  execFileSync("mkfifo", [path]);
  const file = openSync(path, constants.O_RDWR);
  return {
    tell: (...events: readonly Buffer[]) => writeSync(file, Buffer.concat(events)),
    close: () => closeSync(file),
  };
};

const wiring = (path: string) => ({
  bus: "gpio-sysfs",
  chip: "none",
  chips: { headphones: `evdev:${path}` },
  offsets: { headphones: SW_HEADPHONE_INSERT },
});

test("plugs are edges; keys, other switches and half events are nothing; lost events count as out", async () => {
  const path = join(folder, "jack");
  const jack = jackAt(path);
  const { bus, offsets } = await openLineBus(wiring(path), clock);
  const lines = await openLines({ bus, offsets, activeLow: [], debounceMs: 5, clock });
  const edges: string[] = [];
  lines.onEdge(({ line, value }) => edges.push(`${line} ${value}`));
  try {
    assert.is(await lines.read("headphones"), false, "until it says something it is out");
    jack.tell(event(EV_KEY, SW_HEADPHONE_INSERT, 1), event(EV_SW, SW_LID, 1), event(EV_SYN, 0, 0));
    await clock.sleep(120);
    assert.equal(edges, []);
    jack.tell(event(EV_SW, SW_HEADPHONE_INSERT, 1), event(EV_SYN, 0, 0));
    await until("in", () => edges.length === 1);
    assert.is(await lines.read("headphones"), true);
    jack.tell(event(EV_SYN, SYN_DROPPED, 0));
    await until("out", () => edges.length === 2);
    assert.equal(edges, ["headphones true", "headphones false"]);
    assert.is(await lines.health(), null);
  } finally {
    await lines.close();
    jack.close();
  }
});

test("a device that is not there is named with its path, and an input device has no outputs", async () => {
  const missing = join(folder, "nothing");
  const failed = await openLineBus(wiring(missing), clock).then(
    () => "opened",
    (error: Error) => error.message,
  );
  assert.ok(failed.includes(missing), failed);
  const path = join(folder, "other");
  const jack = jackAt(path);
  const { bus, offsets } = await openLineBus(
    { ...wiring(path), chips: { buzzer: `evdev:${path}` }, offsets: { buzzer: 1 } },
    clock,
  );
  const opened = await openLines({ bus, offsets, activeLow: [], debounceMs: 5, clock }).then(
    () => "opened",
    (error: Error) => error.message,
  );
  assert.match(opened, /no outputs/);
  jack.close();
});

test.run();
