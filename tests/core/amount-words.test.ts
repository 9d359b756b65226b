// Is an amount of money said as people say it?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { amountInFigures, amountInWords } from "../../src/core/amount-words.js";

const SAID: readonly (readonly [amount: number, vi: string, en: string])[] = [
  [0, "không", "zero"],
  [5, "năm", "five"],
  [15, "mười lăm", "fifteen"],
  [21, "hai mươi mốt", "twenty-one"],
  [104, "một trăm linh bốn", "one hundred four"],
  [2_000, "hai nghìn", "two thousand"],
  [7_005, "bảy nghìn không trăm linh năm", "seven thousand five"],
  [15_000, "mười lăm nghìn", "fifteen thousand"],
  [24_500, "hai mươi tư nghìn năm trăm", "twenty-four thousand five hundred"],
  [111_011, "một trăm mười một nghìn không trăm mười một", "one hundred eleven thousand eleven"],
  [200_000, "hai trăm nghìn", "two hundred thousand"],
  [1_000_001, "một triệu không trăm linh một", "one million one"],
  [10_055_000, "mười triệu không trăm năm mươi lăm nghìn", "ten million fifty-five thousand"],
  [2_000_000_000, "hai tỷ", "two billion"],
  [1_000_000_000_010, "một nghìn tỷ không trăm mười", "one trillion ten"],
];

test("figures and words, in both languages", () => {
  for (const [amount, vi, en] of SAID)
    assert.equal(amountInWords(amount), { vi: `${vi} đồng`, en: `${en} đồng` }, String(amount));
  assert.equal(amountInFigures(2_000), { vi: "2.000 đồng", en: "2,000 đồng" });
  assert.equal(amountInFigures(999), { vi: "999 đồng", en: "999 đồng" });
  assert.equal(amountInFigures(12_345_678), { vi: "12.345.678 đồng", en: "12,345,678 đồng" });
});

test("two amounts are never said alike", () => {
  const seen = new Map<string, number>();
  for (let amount = 0; amount < 120_000; amount += 7) {
    const { vi } = amountInWords(amount);
    assert.is(seen.get(vi), undefined, `${amount} and ${seen.get(vi)}: ${vi}`);
    seen.set(vi, amount);
  }
});

test.run();
