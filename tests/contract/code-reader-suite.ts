// What must every code reader do, whatever it reads with?
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { CodeReader } from "../../src/hal/code-reader/code-reader.js";
import { clock, until } from "./bench.js";

export interface ReaderSubject {
  readonly reader: CodeReader;
  /** A person holds this code up until the next one, or until `hide`. */
  readonly show: (text: string) => Promise<void>;
  readonly hide: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Made up: province, date and names belong to nobody. */
export const CARD = "001099000001|010000001|Nguyễn Văn Thử|01011999|Nam|Thôn Ví Dụ, Xã Mẫu|01012024";
const WITHIN_MS = 30_000;

export const codeReaderContract = (name: string, make: () => Promise<ReaderSubject>): void => {
  const contract = suite(`any code reader: ${name}`);
  const within = (title: string, body: (subject: ReaderSubject, codes: string[]) => Promise<void>) =>
    contract(title, async () => {
      const subject = await make();
      const codes: string[] = [];
      subject.reader.onCode((text) => codes.push(text));
      try {
        await body(subject, codes);
      } finally {
        await subject.reader.close();
        await subject.close();
      }
    });

  within("gives each code shown, once, in order", async ({ reader, show }, codes) => {
    for (const [at, text] of [CARD, "MC1:K01-000123", "https://example.vn/?a=1"].entries()) {
      await show(text);
      await until(text, () => codes.length === at + 1, WITHIN_MS);
    }
    await clock.sleep(100);
    assert.equal(codes, [CARD, "MC1:K01-000123", "https://example.vn/?a=1"]);
    assert.is(await reader.health(), null);
  });

  within("gives decomposed Vietnamese as composed", async ({ show }, codes) => {
    await show(CARD.normalize("NFD"));
    await until("the code", () => codes.length === 1, WITHIN_MS);
    assert.is(codes[0], CARD);
  });

  within(
    "stops calling who unsubscribed, and a listener's mistake stops nobody",
    async ({ reader, show, hide }, codes) => {
      const other: string[] = [];
      reader.onCode(() => {
        throw new Error("a screen's mistake");
      });
      const off = reader.onCode((text) => other.push(text));
      await show("first 1");
      await until("both", () => other.length === 1 && codes.length === 1, WITHIN_MS);
      off();
      off();
      await hide();
      await show("second 2");
      await until("one", () => codes.length === 2, WITHIN_MS);
      assert.equal(other, ["first 1"]);
    },
  );

  within(
    "close is safe twice; after it nothing is delivered and health says so",
    async ({ reader, show }, codes) => {
      await reader.close();
      await reader.close();
      await show(CARD);
      await clock.sleep(100);
      assert.equal(codes, []);
      assert.is((await reader.health())?.code, "codeReader.absent");
    },
  );

  contract.run();
};
