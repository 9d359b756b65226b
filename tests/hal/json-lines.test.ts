// Do questions over a JSON wire find their answers, whatever the wire does to the bytes?
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { TimeoutError } from "../../src/core/clock.js";
import { PortClosedError } from "../../src/hal/port/byte-port.js";
import { JsonLineSplitter, JsonLines, JsonRequests } from "../../src/hal/port/json-lines.js";
import { memoryPair } from "../../src/hal/port/memory.js";
import { systemClock } from "../contract/wires.js";

const clock = systemClock();
const thrownBy = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (thrown: unknown) => thrown,
  );

test("messages come out whole and in order however the bytes are cut", () => {
  fc.assert(
    fc.property(
      fc.array(fc.dictionary(fc.string(), fc.jsonValue())),
      fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
      (sent, cuts) => {
        const bytes = Buffer.from(sent.map((message) => `${JSON.stringify(message)}\n`).join(""));
        const splitter = new JsonLineSplitter();
        const heard: unknown[] = [];
        for (let at = 0; at < bytes.length; ) {
          const length = cuts.next().value ?? 1;
          heard.push(...splitter.push(bytes.subarray(at, at + length)));
          at += length;
        }
        assert.is(JSON.stringify(heard), JSON.stringify(sent));
      },
    ),
  );
});

test("whatever comes in, the splitter gives objects or an error", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array()), (chunks) => {
      const splitter = new JsonLineSplitter();
      try {
        for (const chunk of chunks)
          for (const message of splitter.push(chunk)) assert.type(message, "object");
      } catch (thrown) {
        assert.match(String(thrown), /a line is/);
      }
    }),
  );
});

test("answers find their questions in any order; what has no number is an event", async () => {
  const [near, far] = memoryPair();
  const events: unknown[] = [];
  const requests = new JsonRequests(near, clock, (event) => events.push(event));
  const waiting: number[] = [];
  const other = new JsonLines(far, ({ id }) => {
    waiting.push(Number(id));
    if (waiting.length < 3) return;
    void other.send({ edge: 1 });
    for (const answered of waiting.reverse()) void other.send({ id: answered, twice: answered * 2 });
  });
  const answers = await Promise.all([1, 2, 3].map((n) => requests.request("n", { n }, 500)));
  assert.equal(
    answers.map(({ id, twice }) => [id, twice]),
    [
      [1, 2],
      [2, 4],
      [3, 6],
    ],
  );
  assert.equal(events, [{ edge: 1 }]);
  await requests.close();
});

test("no answer is a time-out that names the question; its late answer meets nobody", async () => {
  const [near, far] = memoryPair();
  const requests = new JsonRequests(near, clock, () => assert.unreachable("a late answer is no event"));
  const other = new JsonLines(far, ({ id }) => {
    setTimeout(() => other.send({ id }).catch(() => {}), 40);
  });
  const thrown = await thrownBy(requests.request("the level of the tea", {}, 15));
  assert.instance(thrown, TimeoutError);
  assert.match(String(thrown), /level of the tea/);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await requests.close();
});

test("a wire that goes down ends every open question, and later ones at once", async () => {
  const [near, far] = memoryPair();
  const requests = new JsonRequests(near, clock, () => {});
  const open = [1, 2].map((n) => thrownBy(requests.request("n", { n }, 5_000)));
  await far.close();
  for (const thrown of await Promise.all(open)) assert.instance(thrown, PortClosedError);
  assert.instance(await thrownBy(requests.request("n", {}, 5_000)), PortClosedError);
  assert.is(requests.closed, true);
});

test("a peer that speaks something else is hung up on", async () => {
  const [near, far] = memoryPair();
  const requests = new JsonRequests(near, clock, () => {});
  const asked = thrownBy(requests.request("n", {}, 5_000));
  await far.write(Buffer.from("HTTP/1.1 400 Bad Request\r\n"));
  assert.instance(await asked, PortClosedError);
});

test.run();
