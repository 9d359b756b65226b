// Are answers to reset read as PC/SC part 3 writes them, and is the right reader chosen by its name?
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FaultError } from "../../src/core/faults.js";
import { encodeContactlessAtr, parseContactlessAtr } from "../../src/hal/chip-reader/pcsc/atr.js";
import { chooseReader } from "../../src/hal/chip-reader/pcsc/reader-name.js";

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex"));

test("a memory card and an ISO/IEC 14443-4 card, as part 3 shows them", () => {
  // MIFARE Standard 1K, the example of section 3.1.3.2.3.2.
  const memory = parseContactlessAtr(bytes("3B 8F 80 01 80 4F 0C A0 00 00 03 06 03 00 01 00 00 00 00 6A"));
  assert.is(memory?.kind, "memory");
  const isoDep = parseContactlessAtr(bytes("3B 81 80 01 80 80"));
  assert.is(isoDep?.kind, "isoDep");
  assert.equal([...(isoDep?.historicalBytes ?? [])], [0x80]);
  assert.equal(parseContactlessAtr(bytes("3B 80 80 01 01"))?.historicalBytes.length, 0);
});

test("a card with contacts, half an answer and a wrong check byte are not contactless ones", () => {
  for (const hex of ["", "3B", "3B 65 00 00 20 63 CB 68 00", "3B 81 80 01 80", "3B 81 80 01 80 81"]) {
    assert.is(parseContactlessAtr(bytes(hex)), null, hex);
  }
});

test("fuzz: decoding is the inverse of encoding; any bytes are read or refused", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 15 }), (history) => {
      const parsed = parseContactlessAtr(encodeContactlessAtr(history));
      assert.equal([...(parsed?.historicalBytes ?? [])], [...history]);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (any) => {
      for (const atr of [any, Uint8Array.of(0x3b, 0x80 | (any.length & 15), 0x80, 0x01, ...any)]) {
        const parsed = parseContactlessAtr(atr);
        if (parsed === null) continue;
        assert.equal([...encodeContactlessAtr(parsed.historicalBytes)], [...atr]);
      }
    }),
  );
  assert.throws(() => encodeContactlessAtr(new Uint8Array(16)), RangeError);
});

const refused = (names: readonly string[], wanted: string | null): string => {
  try {
    return `chose ${chooseReader(names, wanted)}`;
  } catch (thrown) {
    assert.instance(thrown, FaultError);
    assert.is((thrown as FaultError).code, "chipReader.absent");
    return (thrown as FaultError).detail;
  }
};

test("the only one; the contactless slot of two; by name, by a part of it; what there is when none fits", () => {
  const dual = ["OMNIKEY 5422 Smartcard Reader 00 00", "OMNIKEY 5422CL Smartcard Reader 00 01"];
  const acr = ["ACS ACR1252 Dual Reader [ACR1252 Dual Reader PICC] 00 00", "ACS ACR1252 [SAM] 01 00"];
  assert.is(chooseReader(["Anything 00 00"], null), "Anything 00 00");
  assert.is(chooseReader(acr, null), acr[0]);
  assert.is(chooseReader(dual, "5422CL"), dual[1]);
  assert.is(chooseReader([...dual, "5422CL"], "5422CL"), "5422CL", "a whole name before a part");
  assert.match(refused([], null), /no PC\/SC reader is plugged in/);
  assert.match(refused([], "5422CL"), /no PC\/SC reader is plugged in/);
  assert.match(refused(["A 00", "B 01"], null), /several .*"A 00", "B 01"/);
  assert.match(refused(dual, "OMNIKEY"), /more than one/);
  assert.match(refused(dual, "ACR"), /no PC\/SC reader named "ACR"; there are "OMNIKEY/);
});

test("fuzz: what is chosen is one of those there, and its name holds what was wanted", () => {
  const name = fc.string({ minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 4 }), fc.option(name), (names, wanted) => {
      const said = refused(names, wanted);
      if (!said.startsWith("chose ")) return;
      const chosen = said.slice("chose ".length);
      assert.ok(names.includes(chosen));
      assert.ok(wanted === null || chosen.includes(wanted));
    }),
  );
});

test.run();
