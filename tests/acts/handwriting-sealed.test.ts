// Does a correction of what was read from handwriting leave the kiosk by no other way than inside the sealed submission?
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { makeSealer } from "../../src/acts/sealing.js";
import { submit } from "../../src/acts/submitting.js";
import type { Log } from "../../src/core/log.js";
import { Pii } from "../../src/core/pii.js";
import type { Slip, Submission } from "../../src/flows/effects.js";
import { openStore } from "../../src/store/sqlite-store.js";
import { parseContent } from "../../src/sync/protocol/content.js";
import { loadDeviceKey, loadPortalKeys, PORTAL_PUBLIC_KEYS_FILE } from "../../src/sync/protocol/keys.js";
import { open } from "../../src/sync/protocol/seal.js";
import { fieldOf, identityOf, pageOf, theCitizen } from "../flows/house.js";
import { offered } from "../flows/offered.js";
import { testClock, withFolder } from "../store/fixtures.js";

/** What the machine read, and what the citizen made of it. */
const READ = "Quách Thị Xuyến Chỉ";
const TYPED = "Quách Thị Xuyến Chi";
const BOX = { x: 5, y: 6, w: 70, h: 8 };

const submission = (): Submission => ({
  id: randomUUID(),
  procedureCode: "1.004873",
  language: "vi",
  identity: identityOf("genuine"),
  form: new Pii({ fullName: theCitizen.fullName }),
  papers: [
    {
      paperId: "birthCertificate",
      pages: [pageOf([fieldOf("motherName", READ, { source: "hand", confidence: 0.97, box: BOX })])],
      corrected: new Pii({ motherName: TYPED }),
      stored: null,
    },
  ],
  feeVnd: 0,
  confirmation: { method: "codeOnScreen", at: 1_000 },
});

const filesBelow = (path: string): readonly string[] =>
  readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const child = join(path, entry.name);
    return entry.isDirectory() ? filesBelow(child) : [child];
  });

const isIn = (bytes: Uint8Array, word: string): boolean =>
  ["utf8", "utf16le"].some((encoding) =>
    Buffer.from(bytes).includes(Buffer.from(word, encoding as "utf8")),
  ) ||
  Buffer.from(bytes).includes(
    JSON.stringify(word)
      .replaceAll(/[^ -~]/g, escaped)
      .slice(1, -1),
  );

const escaped = (letter: string): string => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;

test("the portal's key opens the correction and what was read before it; no file, log line or slip holds either", () =>
  withFolder(async (dir) => {
    const said: string[] = [];
    const log: Log = (...line) => void said.push(JSON.stringify(line));
    const store = openStore({ dir: join(dir, "store"), clock: testClock, log });
    const portal = join(dir, "portal");
    const [key] = loadPortalKeys(portal);
    const publicKeysFile = join(portal, PORTAL_PUBLIC_KEYS_FILE);
    const slips: Slip[] = [];
    const confirmed = submission();
    await submit(
      {
        ...{ store, kioskId: "T01", utcOffsetMinutes: 420, receiptWaitMs: 1, scanning: null },
        clock: testClock,
        seal: makeSealer({
          device: loadDeviceKey(join(dir, "device.pem")),
          kioskId: "T01",
          publicKeysFile,
          clock: testClock,
        }),
        procedure: (code: string) => offered.find(code),
        receipt: async () => null,
        keepSlip: (slip: Slip) => void slips.push(slip),
        keptSlip: () => null,
      },
      confirmed,
      new AbortController().signal,
    );
    const [row] = store.outbox.pending(1);
    const form = row?.documents.find(({ index }) => index === 0);
    if (key === undefined || form === undefined) throw new Error("nothing was sealed");
    const sealed = store.outbox.readDocument(form.sha256, 0, form.length);
    const plain = await open(sealed, key, { kiosk: "T01", submission: confirmed.id, index: 0 });
    const [paper] = parseContent(plain)?.papers ?? [];
    assert.equal(
      paper?.fields.map(({ value, source, correction }) => [value, source, correction]),
      [[TYPED, "typed", { from: READ, by: "citizen" }]],
    );
    assert.ok(isIn(plain, TYPED) && isIn(plain, READ), "the search finds what is there");
    const files = filesBelow(dir);
    assert.ok(files.length > 3);
    for (const file of files)
      for (const word of [TYPED, READ])
        assert.not.ok(isIn(readFileSync(file), word), `${word} is in ${file}`);
    for (const word of [TYPED, READ])
      for (const text of [...said, JSON.stringify(slips), JSON.stringify(confirmed)])
        assert.not.ok(text.includes(word), text);
    store.close();
  }));

test.run();
