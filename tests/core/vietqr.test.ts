// Is a payment's QR text what EMVCo and NAPAS say, to the sign, and is anything else refused?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { checksum, openObjects, PaymentCodeError, readObjects, sealObjects } from "../../src/core/emv-qr.js";
import { readTransfer, type Transfer, writeTransfer } from "../../src/core/vietqr.js";

/** EMVCo's own example (specification 1.1, annex A) has Chinese in it: the checksum is of the UTF-8 bytes. */
const EMVCO =
  "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN" +
  "5914BEST TRANSPORT6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***" +
  "0708A60086670902ME91320016A0112233449988770708123456786304A13A";
/** NAPAS's example of a transfer with an amount, a bill's number and a purpose. */
const NAPAS =
  "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA530370454061800005802VN" +
  "62340107NPS68690819thanh toan don hang63042E2E";

const FEE: Transfer = {
  bankBin: "970403",
  account: "0011012345678",
  service: "QRIBFTTA",
  amountVnd: 15_000,
  reference: "MCK7P2W9X4TR",
  purpose: "MCK7P2W9X4TR LE PHI",
};

/** Small, and the same in every run. */
const dice = (seed: number) => (below: number) => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  return Math.floor((seed / 0x1_0000_0000) * below);
};

const refused = (text: string, why: string): void => {
  try {
    readTransfer(text);
  } catch (thrown) {
    assert.instance(thrown, PaymentCodeError, `${why}: ${text}`);
    return;
  }
  assert.unreachable(`${why}: ${text}`);
};

test("the checksum is the standard's, by its check value and by two published codes", () => {
  assert.is(checksum("123456789"), "29B1");
  for (const code of [EMVCO, NAPAS]) assert.is(checksum(code.slice(0, -4)), code.slice(-4));
});

test("NAPAS's example is read to its last field, and is not one of ours", () => {
  const objects = openObjects(NAPAS);
  assert.is(objects.get("54"), "180000");
  assert.equal(
    [...readObjects(objects.get("62") ?? "", "62")],
    [
      ["01", "NPS6869"],
      ["08", "thanh toan don hang"],
    ],
  );
  refused(NAPAS, "another profile's fields");
});

test("a fee is written field by field", () => {
  assert.is(
    writeTransfer(FEE),
    "000201" +
      "010212" +
      "38570010A000000727" +
      "01270006970403" +
      "01130011012345678" +
      "0208QRIBFTTA" +
      "5303704" +
      "540515000" +
      "5802VN" +
      "62390512MCK7P2W9X4TR0819MCK7P2W9X4TR LE PHI" +
      "6304" +
      checksum(writeTransfer(FEE).slice(0, -4)),
  );
  assert.equal(readTransfer(writeTransfer(FEE)), FEE);
});

test("what no code can hold is refused before it is shown", () => {
  const wrong: readonly Partial<Transfer>[] = [
    { bankBin: "97040" },
    { bankBin: "97040x" },
    { account: "" },
    { account: "0".repeat(20) },
    { account: "00 11" },
    { amountVnd: 0 },
    { amountVnd: -1 },
    { amountVnd: 1.5 },
    { amountVnd: 1e13 },
    { amountVnd: Number.NaN },
    { reference: "mc1" },
    { reference: "X".repeat(26) },
    { purpose: "LE PHI" },
    { purpose: `${FEE.reference} lệ phí` },
    { purpose: `${FEE.reference} ${"X".repeat(20)}` },
  ];
  for (const change of wrong)
    assert.throws(
      () => writeTransfer({ ...FEE, ...change }),
      (thrown: unknown) => thrown instanceof PaymentCodeError,
      JSON.stringify(change),
    );
});

test("a code that is right in itself and asks for something else is refused", () => {
  const objects = [...openObjects(writeTransfer(FEE))].filter(([id]) => id !== "63");
  const resealed = (
    change: (list: (readonly [string, string])[]) => readonly (readonly [string, string])[],
  ) => sealObjects(change([...objects]).map(([id, value]) => ({ id, value })));
  const replace = (id: string, value: string) =>
    resealed((list) => list.map((each) => (each[0] === id ? [id, value] : each)));
  assert.equal(readTransfer(resealed((list) => list)), FEE);
  refused(replace("00", "02"), "another format");
  refused(replace("01", "11"), "one for the wall");
  refused(replace("53", "840"), "dollars");
  refused(replace("54", "15000.50"), "a part of a đồng");
  refused(replace("54", "015000"), "an amount with a nought before it");
  refused(replace("58", "LA"), "another country");
  refused(replace("62", "0503ABC"), "no purpose");
  refused(replace("62", "0503ABC0802XY"), "a purpose without the reference");
  refused(replace("38", "0010A0000007270208QRIBFTTA"), "no account");
  refused(
    resealed((list) => [...list, ["59", "SOMEBODY"]]),
    "a name beside",
  );
  refused(
    resealed((list) => list.filter(([id]) => id !== "54")),
    "no amount",
  );
  refused(
    resealed((list) => [...list].reverse()),
    "another order",
  );
  assert.throws(() => sealObjects([{ id: "59", value: "Nguyễn" }]), /ASCII/);
});

test("10,000 transfers come back as they went", () => {
  const roll = dice(20261123);
  const signs = (alphabet: string, length: number) =>
    Array.from({ length }, () => alphabet[roll(alphabet.length)]).join("");
  for (let run = 0; run < 10_000; run += 1) {
    const reference = signs("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 1 + roll(20));
    const transfer: Transfer = {
      bankBin: signs("0123456789", 6),
      account: signs("0123456789ABCXYZ", 1 + roll(19)),
      service: roll(2) === 0 ? "QRIBFTTA" : "QRIBFTTC",
      amountVnd: 1 + roll(2 ** 31) * roll(4_000),
      reference,
      purpose:
        roll(2) === 0 ? reference : `${reference} ${signs("ABC xyz0", roll(24 - reference.length + 1))}`,
    };
    assert.equal(readTransfer(writeTransfer(transfer)), transfer);
  }
});

test("no sign of it can change, go or come without being found; rubbish is refused and breaks nothing", () => {
  const roll = dice(7);
  const code = writeTransfer(FEE);
  for (let at = 0; at < code.length; at += 1) {
    const other = String.fromCharCode(33 + ((code.charCodeAt(at) - 33 + 1 + roll(92)) % 94));
    if (other !== code[at]) refused(code.slice(0, at) + other + code.slice(at + 1), `changed at ${at}`);
    refused(code.slice(0, at) + code.slice(at + 1), `gone at ${at}`);
    refused(`${code.slice(0, at)}0${code.slice(at)}`, `one more at ${at}`);
    refused(code.slice(0, at), `cut at ${at}`);
  }
  for (let run = 0; run < 5_000; run += 1) {
    const rubbish = Array.from({ length: roll(160) }, () => String.fromCharCode(roll(0x250))).join("");
    const summed = `${rubbish}6304`;
    refused(rubbish, "rubbish");
    refused(summed + checksum(summed), "rubbish with its checksum");
  }
});

test.run();
