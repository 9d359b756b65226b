// In which order do submissions leave, and does anything wait for ever?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { byTurn, type Queued } from "../../src/store/turn.js";

const MINUTE = 60_000;
const KB = 1024;

const order = (queue: readonly (readonly [name: string, atMinute: number, kilobytes: number])[]): string[] =>
  queue
    .map(([name, atMinute, kilobytes], index) => ({
      name,
      sequence: index + 1,
      enqueuedAtMs: atMinute * MINUTE,
      bytes: kilobytes * KB,
    }))
    .sort((a: Queued, b: Queued) => byTurn(a, b))
    .map(({ name }) => name);

test("forms before documents, each in the order they came", () => {
  assert.equal(
    order([
      ["scan", 0, 900],
      ["form a", 1, 2],
      ["scan b", 2, 70],
      ["form b", 30, 60],
    ]),
    ["form a", "form b", "scan", "scan b"],
  );
});

test("a document that waited an hour goes before the forms that came after that hour", () => {
  assert.equal(
    order([
      ["scan", 0, 9_000],
      ["form a", 59, 2],
      ["form b", 61, 2],
    ]),
    ["form a", "scan", "form b"],
  );
});

test("a clock that stands still leaves the order of the numbers", () => {
  assert.equal(
    order([
      ["a", 5, 1],
      ["b", 5, 1],
      ["c", 5, 1],
    ]),
    ["a", "b", "c"],
  );
});

test.run();
