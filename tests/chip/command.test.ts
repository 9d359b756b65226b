// What does a technician see of `motcua chip read`, and is nothing personal among it unasked?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type ChipReadArguments, type ChipReadIo, chipRead } from "../../src/chip/command.js";
import { type MakeCardOptions, makeCard } from "../../src/chip/sim/make-card.js";
import { makePki } from "../../src/chip/sim/make-pki.js";
import { madeUpPerson, mrzExpiry, mrzLines } from "../../src/chip/sim/people.js";
import { toMrzDate } from "../../src/core/dates.js";
import { FaultError } from "../../src/core/faults.js";
import { layDown } from "./loop.js";

const person = madeUpPerson(31);
const pki = makePki();
const mrz = mrzLines(person).join("\n");

const run = async (
  args: Partial<ChipReadArguments>,
  options: MakeCardOptions = {},
  more: Partial<ChipReadIo> = {},
) => {
  const card = await makeCard(person, { pki, ...options });
  const written = { stdout: "", stderr: "", closed: 0, opened: "" };
  const code = await chipRead(
    { reader: "serial:/dev/ttyUSB0:115200", json: false, showPersonal: false, ...args },
    {
      stdout: { write: (text) => (written.stdout += text) },
      stderr: { write: (text) => (written.stderr += text) },
      openReader: (address) => {
        written.opened = address;
        return Promise.resolve({
          waitForCard: () => Promise.resolve(layDown(card)),
          health: () => Promise.resolve(null),
          close: () => {
            written.closed += 1;
            return Promise.resolve();
          },
        });
      },
      trust: { certificates: [pki.cscaCertificate] },
      today: "2026-11-22",
      ...more,
    },
  );
  return { code, ...written };
};

const personal = [
  person.number,
  person.number.slice(3),
  person.fullName,
  person.birthDate,
  toMrzDate(person.birthDate),
  person.placeOfResidence,
  person.fatherName,
];

test("by MRZ: access, files, checks; progress apart; nothing personal", async () => {
  const { code, stdout, stderr, closed, opened } = await run({ mrz });
  assert.is(code, 0, stderr);
  assert.is(opened, "serial:/dev/ttyUSB0:115200");
  assert.is(closed, 1);
  assert.match(stdout, /^access {3}BAC \(no EF\.CardAccess: 6A82 file not found\)$/m);
  assert.match(stdout, /^file {5}DG1 +95 {2}[0-9a-f]{64}$/m);
  assert.match(stdout, /^check {4}passiveAuthentication +passed/m);
  assert.match(stderr, /lay the card on the reader/);
  assert.match(stderr, /hold the card still, 60 %/);
  for (const value of personal) assert.not.ok(`${stdout}${stderr}`.includes(value));
});

test("--json is the only thing on stdout; --show-personal shows the holder", async () => {
  const closedJson = await run({ mrz, json: true });
  const open = JSON.parse(closedJson.stdout) as Record<string, unknown>;
  assert.equal(Object.keys(open), [
    "access",
    "variant",
    "downgrade",
    "files",
    "unread",
    "checks",
    "level",
    "portrait",
    "morePortraits",
  ]);
  const shown = await run({
    document: person.number,
    birth: toMrzDate(person.birthDate),
    expiry: mrzExpiry(person),
    json: true,
    showPersonal: true,
  });
  assert.is(shown.code, 0, shown.stderr);
  assert.ok(shown.stdout.includes(person.fullName));
  assert.match((await run({ mrz, showPersonal: true })).stdout, /^citizen {2}fullName/m);
});

test("PACE, chip and active authentication, what is unread, the level: all in the output, nothing personal", async () => {
  const offers = [{ agreement: "ECDH", mapping: "GM", suite: "AES-128", parameterId: 13 }] as const;
  const activeKey = { key: { kind: "ec", curve: "prime256v1" } } as const;
  const { code, stdout, stderr } = await run({ mrz }, { pace: { offers }, activeKey, details: true });
  assert.is(code, 0, stderr);
  assert.match(stdout, /^access {3}PACE.*brainpoolP256r1/m);
  assert.match(stdout, /^unread {3}DG3 +for terminals with special rights$/m);
  assert.match(stdout, /^check {4}chipAuthentication +passed +ECDH brainpoolP256r1, AES-128/m);
  assert.match(stdout, /^check {4}activeAuthentication +passed +ECDSA prime256v1/m);
  assert.match(stdout, /^file {5}DG11 /m);
  assert.match(stdout, /^level {4}notCloned$/m);
  for (const value of personal) assert.not.ok(`${stdout}${stderr}`.includes(value));
});

test("a copied chip is exit code 1 and named", async () => {
  const chipKeys = [{ domain: "prime256v1", suite: "AES-128", cloned: true }] as const;
  const { code, stdout, stderr } = await run({ mrz }, { chipKeys });
  assert.is(code, 1);
  assert.match(stdout, /chipAuthentication +failed +.*does not have the private key/);
  assert.match(stderr, /failed: chipAuthentication/);
});

test("a failed check is exit code 1 with the output still there", async () => {
  const forge = { "EF.SOD": () => null };
  const { code, stdout, stderr } = await run({ mrz }, { forge });
  assert.is(code, 1);
  assert.match(stdout, /passiveAuthentication +failed/);
  assert.match(stderr, /failed: groupHashes, sodSignature, passiveAuthentication/);
});

test("--can opens by PACE; on a card without it one line says so, and the number is in none", async () => {
  const offers = [{ agreement: "ECDH", mapping: "GM", suite: "AES-128", parameterId: 12 }] as const;
  const { code, stdout, stderr } = await run({ can: "318042" }, { pace: { offers, can: "318042" } });
  assert.is(code, 0, stderr);
  assert.match(stdout, /^access {3}PACE/m);
  const old = await run({ can: "318042" });
  assert.is(old.code, 1);
  assert.match(old.stderr, /card\.wrongKey: the card access number needs PACE: no EF\.CardAccess: 6A82/);
  const wrong = await run({ can: "318043" }, { pace: { offers, can: "318042" } });
  assert.match(wrong.stderr, /card\.wrongKey: PACE refused the CAN: 6300/);
  for (const text of [stdout, stderr, old.stderr, wrong.stderr]) assert.not.ok(text.includes("31804"));
});

test("wrong use is exit code 2, one line, without opening the reader", async () => {
  const cases: readonly (readonly [Partial<ChipReadArguments>, RegExp])[] = [
    [{}, /give one key/],
    [{ mrz, can: "1" }, /give one key/],
    [{ mrz, document: "1" }, /give one key/],
    [{ can: "12345" }, /--can: give the six digits/],
    [{ mrz: "IDVNM" }, /--mrz: MRZ: 5 characters/],
    [{ mrz: mrz.replace(/\d(?=<<\d\n)/, (digit) => String((Number(digit) + 1) % 10)) }, /wrong check digit/],
    [{ document: person.number }, /belong together/],
    [{ document: "12 34", birth: "900101", expiry: "300101" }, /--document/],
    [{ document: person.number, birth: "901301", expiry: "300101" }, /--birth/],
    [{ document: person.number, birth: "900101", expiry: "2030" }, /--expiry/],
  ];
  for (const [args, line] of cases) {
    const { code, stdout, stderr, opened } = await run(args);
    assert.is(code, 2, stderr);
    assert.is(stdout, "");
    assert.is(opened, "");
    assert.match(stderr, line);
    assert.is(stderr.split("\n").length, 2, stderr);
  }
});

test("no reader, a wrong key and Ctrl-C are one line each with what to do", async () => {
  const absent = await run(
    { mrz },
    {},
    {
      openReader: () => Promise.reject(new FaultError("chipReader.absent", "no such port")),
    },
  );
  assert.is(absent.code, 1);
  assert.match(absent.stderr, /serial:\/dev\/ttyUSB0:115200: chipReader\.absent: no such port\. Check /);
  const wrong = await run({ mrz: mrzLines(madeUpPerson(32)).join("") });
  assert.is(wrong.code, 1);
  assert.is(wrong.closed, 1);
  assert.match(wrong.stderr, /card\.wrongKey: BAC refused: 6300/);
  const controller = new AbortController();
  controller.abort(new Error("SIGINT"));
  const stopped = await run({ mrz }, {}, { signal: controller.signal });
  assert.is(stopped.code, 1);
  assert.match(stopped.stderr, /stopped before a card was read/);
});

test.run();
