// After confirmation, is anything personal in the clear on any disk or on the wire?
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Stranger } from "../wire/mosquitto.js";
import { contentOf, Rig, SENTINEL, until } from "./rig.js";

/** Files under `dir` that hold the sentinel as UTF-8, UTF-16 or base64 at any of its three alignments. */
const filesWithSentinel = (dir: string): string[] => {
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.from(`${"x".repeat(shift)}${SENTINEL}`)
      .toString("base64")
      .slice(shift === 0 ? 0 : 4, -4),
  );
  const needles = [
    Buffer.from(SENTINEL),
    Buffer.from(SENTINEL, "utf16le"),
    ...base64.map((text) => Buffer.from(text)),
  ];
  return readdirSync(dir, { recursive: true, encoding: "utf8" }).filter((name) => {
    const path = join(dir, name);
    if (!statSync(path).isFile()) return false;
    const bytes = readFileSync(path);
    return needles.some((needle) => bytes.includes(needle));
  });
};

test("sentinels: not in database, WAL, blobs, journal, broker store, portal store, nor on the wire", () =>
  Rig.with(async (rig) => {
    const stranger = await Stranger.connect(rig.broker.url, "#");
    assert.ok(JSON.stringify(contentOf(1)).includes(SENTINEL), "the content carries the sentinel");
    await rig.enqueue();
    await rig.enqueue(30_000);
    assert.equal(filesWithSentinel(rig.dir), [], "while it waits");
    const portal = await rig.startPortal();
    rig.startLink();
    await until("both are accepted", () => rig.store.outbox.stats().accepted === 2);
    const page = await (await portal.fetch("/applications/1")).text();
    assert.match(page, SENTINEL, "the officer reads it");
    await rig.broker.kill("SIGTERM");
    assert.equal(filesWithSentinel(rig.dir), [], "after it was taken in and read");
    assert.ok(stranger.heard.length > 8, "the wire was heard");
    assert.is(
      stranger.heard.some((one) => one.payload.includes(SENTINEL)),
      false,
    );
    for (const [name, text] of [
      ["plain", SENTINEL],
      ["base64", Buffer.from(`ab${SENTINEL}`).toString("base64")],
    ] as const) {
      writeFileSync(join(rig.dir, name), text);
      assert.equal(
        filesWithSentinel(rig.dir).at(-1) ?? filesWithSentinel(rig.dir)[0],
        name,
        "the search can find",
      );
      writeFileSync(join(rig.dir, name), "");
    }
    stranger.close();
  }));

test.run();
