// What does the kiosk say to the portal about a phone, and what does it keep of it?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type PhoneCodeParts, sendCode, tryCode } from "../../src/acts/phone-codes.js";
import { FaultError } from "../../src/core/faults.js";
import { Pii } from "../../src/core/pii.js";
import { loadPortalKeys } from "../../src/sync/protocol/keys.js";
import type { CodeMessage, CodeWish } from "../../src/sync/protocol/messages.js";
import { openQuestion } from "../../src/sync/protocol/seal.js";
import { decode, encode } from "../../src/sync/protocol/validate.js";
import { withFolder } from "../portal/holdings.js";

const PHONE = "+84912345678";
const CODE = "482913";
const NOTHING_SAID = { triesLeft: null, secondsLeft: null };

interface World {
  readonly parts: PhoneCodeParts;
  readonly asked: CodeWish[];
  readonly kept: unknown[];
  readonly opened: (wish: CodeWish) => Promise<string>;
}

const withWorld = (
  answer: (wish: CodeWish) => Promise<Omit<CodeMessage, "v" | "id">>,
  act: (world: World) => Promise<void>,
): Promise<void> =>
  withFolder(async (dir) => {
    const [key] = loadPortalKeys(dir);
    if (key === undefined) throw new Error("no key");
    const asked: CodeWish[] = [];
    const kept: unknown[] = [];
    const keep = (...of: unknown[]) => kept.push(of);
    const parts = {
      link: {
        state: "up",
        askCode: async (wish: CodeWish) => {
          asked.push(wish);
          return { v: 1, id: wish.id, ...(await answer(wish)) };
        },
      },
      store: { journal: { note: keep } },
      ...{ kioskId: "T01", portalKey: () => key, log: keep },
    } as unknown as PhoneCodeParts;
    const opened = ({ id, asks, reference, sealed }: CodeWish) =>
      openQuestion(Buffer.from(sealed, "base64"), key, { kiosk: "T01", id, asks, reference });
    await act({ parts, asked, kept, opened });
  });

const life = () => new AbortController().signal;

test("number and code go sealed, each as part of its own question, and nothing of them is noted", () =>
  withWorld(
    async ({ asks }) =>
      asks === "send"
        ? { result: "sent", triesLeft: 5, secondsLeft: 300 }
        : { ...NOTHING_SAID, result: "right" },
    async ({ parts, asked, kept, opened }) => {
      const sent = await sendCode(parts, new Pii(PHONE), life());
      if (sent.kind !== "sent") throw new Error(sent.why);
      assert.is(sent.secondsLeft, 300);
      const { reference } = sent;
      assert.equal(await tryCode(parts, { reference, code: new Pii(CODE) }, life()), { kind: "right" });
      const [send, tried] = asked;
      if (send === undefined || tried === undefined) throw new Error("not asked");
      assert.equal([send.reference, tried.reference], [send.id, send.id]);
      assert.equal([await opened(send), await opened(tried)], [PHONE, CODE]);
      for (const wish of asked) assert.ok(decode("codeWish", encode(wish)).ok, "as the contract says");
      const told = JSON.stringify([asked, kept]);
      for (const secret of [PHONE, "912345678", CODE]) assert.not.ok(told.includes(secret), secret);
      assert.is(kept.length, 4, "journalled before and after");
    },
  ));

test("each answer of the portal becomes one word, and no answer is “offline”", async () => {
  const words = {
    noGateway: "noGateway",
    tooMany: "tooMany",
    badNumber: "badNumber",
    gatewayDown: "gatewayDown",
    expired: "expired",
    unknownKiosk: "noGateway",
    badQuestion: "noGateway",
  } as const;
  for (const [result, why] of Object.entries(words) as [keyof typeof words, string][])
    await withWorld(
      async () => ({ ...NOTHING_SAID, result }),
      async ({ parts }) => assert.equal(await sendCode(parts, new Pii(PHONE), life()), { kind: "no", why }),
    );
  await withWorld(
    async () => ({ result: "wrong", triesLeft: 2, secondsLeft: 10 }),
    async ({ parts }) => {
      const tried = await tryCode(parts, { reference: "r", code: new Pii(CODE) }, life());
      assert.equal(tried, { kind: "wrong", triesLeft: 2 });
    },
  );
  const offline = { kind: "no", why: "offline" } as const;
  await withWorld(
    async () => {
      throw new FaultError("link.down", "no answer");
    },
    async ({ parts, asked }) => {
      assert.equal(await sendCode(parts, new Pii(PHONE), life()), offline);
      const down = { ...parts, link: { ...parts.link, state: "down" } } as PhoneCodeParts;
      assert.equal(await sendCode(down, new Pii(PHONE), life()), offline);
      assert.is(asked.length, 1, "without a link nothing is asked");
    },
  );
});

test("a visit that left takes its question along", () =>
  withWorld(
    async () => {
      throw new Error("stopped");
    },
    async ({ parts }) => {
      const gone = new AbortController();
      gone.abort(new Error("the visit left"));
      const why = await sendCode(parts, new Pii(PHONE), gone.signal).catch((thrown: unknown) =>
        String(thrown),
      );
      assert.is(why, "Error: the visit left");
    },
  ));

test.run();
