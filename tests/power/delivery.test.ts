// Kiosk, portal and broker are killed in turn while a kiosk works: does the log of an onlooker agree with the portal?
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { verifyJournal } from "../../src/store/sqlite-store.js";
import { Rig, until } from "../sync/rig.js";

const LOOP = fileURLToPath(new URL("./kiosk-process.js", import.meta.url));
const KILLS = 9;

test(`${KILLS} kills of kiosk, portal and broker: every id once, hashes and receipts equal`, () =>
  Rig.with(async (rig) => {
    // The kiosk runs in its own process; this one only opens the store at the end.
    rig.store.close();
    let portal = await rig.startPortal();
    const enqueued = new Map<string, readonly string[]>();
    const receipts = new Map<string, string>();
    const start = () => {
      const child = spawn(process.execPath, ["--enable-source-maps", LOOP, rig.dir, rig.broker.url], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let rest = "";
      child.stdout.on("data", (chunk: Buffer) => {
        const lines = (rest + chunk.toString()).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          const [word, id = "", value = ""] = line.split(" ");
          if (word === "enqueued") enqueued.set(id, value.split(","));
          else assert.is(receipts.get(id) ?? value, value, "a receipt changed");
          if (word === "receipt") receipts.set(id, value);
        }
      });
      const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
      return {
        kill: async () => {
          child.kill("SIGKILL");
          await ended;
        },
      };
    };
    let kiosk = start();
    for (let kill = 0; kill < KILLS; kill += 1) {
      const before = enqueued.size;
      await until("the kiosk works", () => enqueued.size >= before + 2 + (kill % 4));
      if (kill % 3 === 0) {
        await kiosk.kill();
        kiosk = start();
      } else if (kill % 3 === 1) {
        await portal.end("SIGKILL");
        portal = await rig.startPortal();
      } else {
        await rig.broker.kill("SIGKILL");
        await rig.broker.restart();
      }
    }
    await kiosk.kill();
    assert.is(verifyJournal(rig.storeDir).ok, true);
    rig.store = rig.openStore();
    for (const id of enqueued.keys()) assert.ok(rig.store.outbox.state(id) !== undefined, `${id} is lost`);
    rig.startLink();
    await until("the queue is empty", () => rig.store.outbox.stats().queued === 0);
    const entries = await portal.submissions();
    assert.is(new Set(entries.map((entry) => entry.submission)).size, entries.length, "one is doubled");
    // What was enqueued in the very moment of a kill may have arrived without having been said.
    assert.ok(entries.length <= enqueued.size + Math.ceil(KILLS / 3) + 1);
    for (const [id, hashes] of enqueued) {
      const entry = entries.find((found) => found.submission === id);
      assert.equal(entry?.sha256, hashes, `${id} at the portal`);
      assert.is(rig.store.outbox.status(id)?.receiptNumber, entry?.receipt);
    }
    for (const [id, receipt] of receipts)
      assert.is(entries.find((entry) => entry.submission === id)?.receipt, receipt);
    assert.ok(receipts.size > 0, "nothing was ever received before the end");
  }));

test.run();
