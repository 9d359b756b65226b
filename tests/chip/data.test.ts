// Are the MRZ, the twelve digits, the age rule and the QR read as the facts say?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { expiryByAge, expiryCandidates } from "../../src/chip/age-rule.js";
import { accessKeyFromQr, parseCardQr } from "../../src/chip/card-qr.js";
import { parseDg2 } from "../../src/chip/lds/dg2.js";
import { parseDg13 } from "../../src/chip/lds/dg13.js";
import { writeDg2 } from "../../src/chip/sim/files.js";
import { cardQrText, madeUpPerson, mrzExpiry, mrzLines } from "../../src/chip/sim/people.js";
import { writeTlv } from "../../src/chip/tlv.js";
import { contradictions, parseCitizenNumber } from "../../src/core/citizen-number.js";
import { addYears, parseMrzDate, parsePrintedDate } from "../../src/core/dates.js";
import { FaultError } from "../../src/core/faults.js";
import { checkDigit, parseMrz, transliterate } from "../../src/core/mrz.js";

test("TD1, TD2 and TD3 specimens of Doc 9303 are read with every check digit holding", () => {
  const td1 = parseMrz(
    "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<",
  );
  assert.equal(td1.failedChecks, []);
  assert.is(td1.documentNumber, "D23145890");
  assert.is(td1.surname, "ERIKSSON");
  assert.is(td1.givenNames, "ANNA MARIA");
  assert.is(td1.citizenNumber, null);
  const long = parseMrz(
    "I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nSTEVENSON<<PETER<JOHN<<<<<<<<<",
  );
  assert.equal(long.failedChecks, []);
  assert.is(long.documentNumber, "D23145890734");
  const td2 = parseMrz("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6");
  assert.equal(td2.failedChecks, []);
  assert.is(td2.format, "TD2");
  assert.is(td2.expiryDate, "120415");
  const td3 = parseMrz(
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
  );
  assert.equal(td3.failedChecks, []);
  assert.is(td3.documentNumber, "L898902C3");
  assert.equal(td3.optional, ["ZE184226B"]);
});

test("the Vietnamese TD1: twelve digits behind the nine, each with its check digit", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const person = madeUpPerson(seed);
    const lines = mrzLines(person);
    assert.equal(
      lines.map((line) => line.length),
      [30, 30, 30],
    );
    const mrz = parseMrz(lines.join("\n"));
    assert.equal(mrz.failedChecks, [], lines.join("\n"));
    assert.is(mrz.citizenNumber, person.number);
    assert.is(mrz.documentNumber, person.number.slice(3));
    assert.is(mrz.expiryDate, mrzExpiry(person));
  }
});

test("any one changed digit of a Vietnamese MRZ is noticed", () => {
  const joined = mrzLines(madeUpPerson(12)).join("");
  for (let at = 5; at < 60; at += 1) {
    if (!/\d/.test(joined[at] ?? "")) continue;
    const changed = `${joined.slice(0, at)}${(Number(joined[at]) + 1) % 10}${joined.slice(at + 1)}`;
    assert.ok(parseMrz(changed).failedChecks.length > 0, `position ${at}`);
  }
});

test("nine digits that are not the end of the twelve are noticed, each check digit being right", () => {
  const [one, two, three] = mrzLines(madeUpPerson(13));
  const swapped = `IDVNM123456789${checkDigit("123456789")}${one.slice(15)}`;
  const body = two.slice(0, 29);
  const composite = checkDigit(swapped.slice(5) + body.slice(0, 7) + body.slice(8, 15) + body.slice(18));
  assert.equal(parseMrz(swapped + body + composite + three).failedChecks, ["citizen number"]);
});

test("check digits of 9303-3 and names in the letters of the MRZ", () => {
  assert.is(checkDigit("520727"), "3");
  assert.is(checkDigit("D23145890"), "7");
  assert.is(transliterate("Đỗ Thị Ưởng H'Mông"), "DO THI UONG H MONG");
});

test("the twelve digits against birth date, sex and place", () => {
  const number = parseCitizenNumber("049302999901");
  assert.equal(number, { provinceCode: "049", province: "Quảng Nam", sex: "Nữ", birthYear: 2002 });
  if (number === null) throw new Error("not parsed");
  assert.equal(contradictions(number, { birthDate: "2002-05-06", sex: "Nữ" }), []);
  assert.equal(contradictions(number, { birthDate: "1902-05-06", sex: "Nam" }), [
    "year of birth differs",
    "sex differs",
  ]);
  assert.is(parseCitizenNumber("04930299990"), null);
  const nowhere = parseCitizenNumber("003302999901");
  assert.equal(nowhere && contradictions(nowhere, { birthDate: "2002-05-06", sex: null }), [
    "no province has its code",
  ]);
  const abroad = parseCitizenNumber("118302999901");
  assert.equal(abroad && contradictions(abroad, { birthDate: "2002-05-06", sex: "Nữ" }), []);
});

test("the age rule of article 21, with its two years before each age", () => {
  const birth = "1990-06-15";
  assert.is(expiryByAge(birth, "2021-03-01"), "2030-06-15");
  assert.is(expiryByAge(birth, "2028-06-14"), "2030-06-15", "the day before the two years");
  assert.is(expiryByAge(birth, "2028-06-15"), "2050-06-15", "the first day of the two years");
  assert.is(expiryByAge(birth, "2030-06-15"), "2050-06-15", "on the birthday");
  assert.is(expiryByAge("1964-01-01", "2022-01-01"), "", "at 58 the card has no expiry");
  assert.is(expiryByAge("2015-01-01", "2024-08-01"), "2029-01-01", "children until 14");
  assert.is(expiryByAge("2011-01-01", "2024-08-01"), "2036-01-01", "from 12 until 25");
});

test("two candidates at most, the second only in real doubt", () => {
  assert.equal(expiryCandidates("1990-06-15", "2021-03-01"), ["300615"]);
  assert.equal(expiryCandidates("1990-06-15", "2029-03-01"), ["500615", "300615"]);
  assert.equal(expiryCandidates("1963-02-03", "2021-06-01"), ["991231", "230203"]);
  assert.equal(expiryCandidates("1950-02-03", "2021-06-01"), ["991231"]);
  assert.equal(expiryCandidates("2000-02-29", "2021-06-01"), ["250228", "250301"]);
  assert.throws(() => expiryCandidates("2000-02-30", "2021-06-01"), /card\.unreadable/);
  assert.throws(() => expiryCandidates("2000-02-20", "1999-06-01"), /card\.unreadable/);
});

test("dates: only days that exist; the century of an MRZ date by its limit", () => {
  assert.is(parsePrintedDate("29/02/2023"), null);
  assert.is(parsePrintedDate("29/02/2024"), "2024-02-29");
  assert.is(parseMrzDate("991231", "2026-11-22"), "1999-12-31");
  assert.is(parseMrzDate("991231", "2099-12-31"), "2099-12-31");
  assert.is(parseMrzDate("000229", "2099-12-31"), "2000-02-29");
  assert.is(parseMrzDate("<<<<<<", "2099-12-31"), null);
  assert.is(addYears("2004-02-29", 25), "2029-02-28");
});

test("the QR gives the claim and the key; extra fields are left alone", () => {
  const person = madeUpPerson(21);
  const text = cardQrText(person);
  const qr = parseCardQr(text);
  assert.is(qr.fullName, person.fullName);
  assert.is(qr.address, person.placeOfResidence);
  assert.equal(parseCardQr(`${text}|more|of|2024`), qr);
  assert.equal(parseCardQr(`\uFEFF${text}\r\n`.replace("\uFEFF", "")), qr);
  assert.equal(parseCardQr(text.normalize("NFD")), qr, "decomposed text is composed");
  const key = accessKeyFromQr(qr);
  assert.ok(key.expiryDates.includes(mrzExpiry(person)));
  assert.is(key.birthDate, person.birthDate.slice(2).replaceAll("-", ""));
});

test("what is no card's QR is refused with the field and never its value", () => {
  const good = cardQrText(madeUpPerson(22)).split("|");
  const change = (index: number, value: string) =>
    good.map((field, at) => (at === index ? value : field)).join("|");
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /1 fields/],
    ["https://example.org/", /1 fields/],
    [good.slice(0, 6).join("|"), /6 fields/],
    [change(0, "12345678901X"), /first field/],
    [change(1, "12345"), /second field/],
    [change(2, "  "), /third field/],
    [change(3, "31022000"), /fourth field/],
    [change(4, "Male"), /fifth field/],
    [change(6, "00000000"), /seventh field/],
    [change(6, "01011900"), /issued before birth/],
    ["x".repeat(5000), /more than a QR holds/],
  ];
  for (const [text, detail] of cases) {
    try {
      parseCardQr(text);
      assert.unreachable(text);
    } catch (error) {
      assert.instance(error, FaultError);
      assert.match(String(error), /^FaultError: card\.badQr: /);
      assert.match(String(error), detail);
    }
  }
});

const utf8 = (text: string) => writeTlv(0x0c, new TextEncoder().encode(text));
const field = (index: number, ...values: readonly Uint8Array[]) =>
  writeTlv(0x30, writeTlv(0x02, Uint8Array.of(index)), ...values);

test("DG13: unknown indices are kept, an empty spouse is no error, the old number may stand at 16", () => {
  const file = writeTlv(
    0x6d,
    writeTlv(
      0x30,
      writeTlv(0x02, Uint8Array.of(0)),
      writeTlv(
        0x31,
        field(1, utf8("049302999901")),
        field(2, utf8("Đỗ Thị Ánh".normalize("NFD"))),
        field(9, utf8("Thôn Tre Xanh ".repeat(20))),
        field(12, utf8("Không thời hạn")),
        Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x0e),
        field(16, utf8("990000001")),
        field(23, utf8("something new"), writeTlv(0x30, utf8("and more"))),
      ),
    ),
  );
  const dg13 = parseDg13(file);
  assert.is(dg13.fields.fullName, "Đỗ Thị Ánh");
  assert.is(dg13.fields.oldNumber, "990000001");
  assert.is(dg13.fields.spouseName, undefined);
  assert.is(dg13.fields.expiryDate, undefined);
  assert.ok(dg13.withoutExpiry);
  assert.ok((dg13.fields.placeOfResidence ?? "").length > 127);
  assert.equal([...dg13.unknown], [[23, ["something new", "and more"]]]);
});

test("DG2: the image's own first bytes decide between JPEG and JPEG 2000", () => {
  const starts: readonly (readonly [format: string, start: readonly number[]])[] = [
    ["jpeg", [0xff, 0xd8, 0xff, 0xe0]],
    ["jpeg2000", [0, 0, 0, 0x0c, 0x6a, 0x50, 0x20, 0x20]],
    ["jpeg2000", [0xff, 0x4f, 0xff, 0x51]],
  ];
  for (const [format, start] of starts) {
    const image = Uint8Array.from([...start, ...new Array<number>(200).fill(7)]);
    const portrait = parseDg2(writeDg2(image));
    assert.is(portrait.format, format);
    assert.ok(Buffer.from(portrait.bytes).equals(Buffer.from(image)));
    assert.equal([portrait.header.widthPixels, portrait.header.heightPixels], [413, 531]);
  }
  const gif = new TextEncoder().encode("GIF89a and more");
  assert.throws(() => parseDg2(writeDg2(gif)), /neither JPEG nor JPEG 2000/);
});

test.run();
