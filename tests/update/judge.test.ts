// Which releases does a kiosk refuse, with which sentence, and when is it the hour?
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { WallTime } from "../../src/core/clock.js";
import { openRelease, type Release, signRelease } from "../../src/sync/protocol/release.js";
import { isWithin, whyNotNow } from "../../src/update/hours.js";
import { judge } from "../../src/update/judge.js";
import { RUNNING } from "./parts.js";
import { releaseOfBytes } from "./releases.js";

const newKey = () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  return {
    publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
    sign: (bytes: Uint8Array) => new Uint8Array(sign(null, bytes, privateKey)),
  };
};
const key = newKey();
const NOW: WallTime = { epochMs: 1_800_000_000_000, trust: "trusted" };
const bytes = randomBytes(100_000);
const envelope = (build: number, other: Partial<Release> = {}, by = key): Buffer =>
  signRelease(releaseOfBytes(bytes, build, other), by);

const verdict = (
  signed: Uint8Array,
  { goodBuild = 0, running = RUNNING, wall = NOW } = {},
): string | null => {
  const said = judge(signed, { keys: [key.publicKeyPem], running, goodBuild, wall });
  return said.may ? null : said.reason;
};

test("signed by a known key, for this machine, newer, readable: it may", () => {
  assert.is(verdict(envelope(11)), null);
});

test("another key, a changed byte, no manifest at all: not believed", () => {
  assert.match(verdict(envelope(11, {}, newKey())) ?? "", /no release key that this kiosk knows/);
  assert.match(verdict(randomBytes(200)) ?? "", /no release of this program/);
  const signed = envelope(11);
  // Also the spare bits of the last letters.
  let believed = 0;
  for (let at = 0; at < signed.length; at += 1) {
    const changed = Buffer.from(signed);
    changed[at] = (changed[at] ?? 0) ^ 4;
    if (verdict(changed) === null) believed += 1;
  }
  assert.is(believed, 0);
});

test("a signature for something else of this key is none for a release", () => {
  const inner = Buffer.from(JSON.stringify(releaseOfBytes(bytes, 11)));
  const signature = Buffer.from(key.sign(Buffer.concat([Buffer.from("motcua command v1\0"), inner])));
  const forged = { v: 1, release: inner.toString("base64"), signature: signature.toString("base64") };
  assert.equal(openRelease(Buffer.from(JSON.stringify(forged)), [key.publicKeyPem]), {
    ok: false,
    problem: "unsigned",
  });
});

test("older or the same: refused, by what runs and by what ever was good; a signed way back holds for its time", () => {
  assert.match(verdict(envelope(9)) ?? "", /build 9 is older than 10, and nobody signed the way back/);
  assert.match(verdict(envelope(10)) ?? "", /runs here already/);
  assert.match(verdict(envelope(11), { goodBuild: 12 }) ?? "", /older than 12/);
  const back = (fromBuild: number, untilMs: number) => envelope(9, { allowance: { fromBuild, untilMs } });
  assert.is(verdict(back(10, NOW.epochMs + 1)), null);
  assert.match(verdict(back(10, NOW.epochMs)) ?? "", /for a time that is over/);
  assert.match(verdict(back(9, NOW.epochMs + 1)) ?? "", /may replace builds up to 9/);
  const unsure: WallTime = { ...NOW, trust: "untrusted" };
  assert.match(verdict(back(10, NOW.epochMs + 1), { wall: unsure }) ?? "", /the clock is not set/);
});

test("another machine's: refused", () => {
  assert.match(
    verdict(envelope(11, { compatible: "motcua-rpi4" })) ?? "",
    /it is for "motcua-rpi4", and this is/,
  );
});

test("schemas: both programs must be able to read what the other leaves behind", () => {
  const at = (schema: number, readableBy: number) => envelope(11, { store: { schema, readableBy } });
  assert.is(verdict(at(3, 2)), null);
  assert.is(verdict(at(3, 1)), null);
  assert.match(verdict(at(3, 3)) ?? "", /it could not be gone back to/);
  // A program that knows less than the store has, and was not promised to be able to read it.
  const running = { ...RUNNING, store: { schema: 2, readableBy: 2 } };
  assert.match(verdict(at(1, 1), { running }) ?? "", /could not read the store of schema 2/);
  assert.is(verdict(at(1, 1)), null);
});

test("hours: over midnight, at the edges, the whole day, and never by a clock that nobody set", () => {
  const night = { from: "22:00", to: "05:00" };
  const at = (time: string) => Date.parse(`2026-11-23T${time}:00+07:00`);
  const within = (time: string, hours = night) => isWithin(hours, at(time), 420);
  assert.equal(
    ["21:59", "22:00", "23:59", "00:00", "04:59", "05:00", "12:00"].map((time) => within(time)),
    [false, true, true, true, true, false, false],
  );
  assert.is(within("12:00", { from: "00:00", to: "00:00" }), true);
  assert.is(within("12:30", { from: "12:00", to: "13:00" }), true);
  const wall = (time: string, trust: WallTime["trust"] = "trusted") => ({ epochMs: at(time), trust });
  assert.is(whyNotNow([night, null], wall("23:00"), 420), null);
  assert.match(
    whyNotNow([night, { from: "01:00", to: "03:00" }], wall("23:00"), 420) ?? "",
    /between 01:00 and 03:00/,
  );
  assert.match(whyNotNow([night], wall("23:00", "untrusted"), 420) ?? "", /the clock is not set/);
  assert.is(whyNotNow([null], wall("23:00", "floor"), 420), null);
});

test.run();
