// Does what operations command at the portal happen at the kiosk, once, and does everybody know for certain?
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Order, signOrder } from "../../src/sync/protocol/command.js";
import { loadDeviceKey, loadOpsKey, OPS_PUBLIC_KEY_FILE } from "../../src/sync/protocol/keys.js";
import { topics } from "../../src/sync/protocol/messages.js";
import { Wire } from "../../src/sync/protocol/wire.js";
import { NAMES } from "../portal/people.js";
import { testClock } from "../store/fixtures.js";
import { Stranger } from "../wire/mosquitto.js";
import { KIOSK, Rig, until } from "./rig.js";

const OBEYING = fileURLToPath(new URL("./obeying-process.js", import.meta.url));
const HOUR = 3_600_000;

interface Given {
  readonly id: string;
  readonly sequence: number;
  readonly askedBy: string;
  readonly stage: string;
  readonly detail: string | null;
  readonly events: readonly { readonly stage: string }[];
}

/** A portal, and a kiosk that can be killed. */
class Ops {
  #kiosk: ChildProcess | null = null;
  constructor(readonly rig: Rig) {}

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    if (this.rig.portal === null) throw new Error("there is no portal");
    return this.rig.portal.fetch(path, init, "operations");
  }

  async startKiosk(): Promise<void> {
    const keys = join(this.rig.portalDir, OPS_PUBLIC_KEY_FILE);
    const child = spawn(process.execPath, [OBEYING, this.rig.dir, this.rig.broker.url, keys], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#kiosk = child;
    await once(child.stdout, "data");
  }

  async killKiosk(): Promise<void> {
    if (this.#kiosk === null || this.#kiosk.exitCode !== null) return;
    const gone = once(this.#kiosk, "exit");
    this.#kiosk.kill("SIGKILL");
    await gone;
  }

  async kioskEnded(): Promise<number | null> {
    if (this.#kiosk?.exitCode === null) await once(this.#kiosk, "exit");
    return this.#kiosk?.exitCode ?? null;
  }

  async give(command: string, device = ""): Promise<Given> {
    const response = await this.fetch(`/api/kiosks/${KIOSK}/commands`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ command, device, minutes: 30 }),
    });
    assert.is(response.status, 200);
    return (await response.json()) as Given;
  }

  async given(id: string): Promise<Given | undefined> {
    const all = (await (await this.fetch(`/api/kiosks/${KIOSK}/commands`)).json()) as Given[];
    return all.find((each) => each.id === id);
  }

  reached(id: string, stage: string): Promise<void> {
    return until(`${stage} is known`, async () => (await this.given(id))?.stage === stage, 30_000);
  }

  done(): string[] {
    const file = join(this.rig.dir, "done.log");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  }
}

const withOps = (act: (ops: Ops) => Promise<void>): Promise<void> =>
  Rig.with(async (rig) => {
    // The kiosk's store is the other process's.
    rig.store.close();
    const ops = new Ops(rig);
    try {
      await rig.startPortal();
      await act(ops);
    } finally {
      await ops.killKiosk();
    }
  });

test("during a visit it waits, also through a restart of the broker, and is then done once; killed in the middle it has failed", () =>
  withOps(async (ops) => {
    const visit = join(ops.rig.dir, "visit");
    writeFileSync(visit, "");
    // Nobody is there yet: it is sent again when the kiosk comes.
    const first = await ops.give("releaseQuarantined");
    await ops.startKiosk();
    await ops.reached(first.id, "received");
    await ops.rig.broker.restart();
    const second = await ops.give("restartDevice", "printer");
    await ops.reached(second.id, "received");
    assert.equal(ops.done(), [], "somebody is at the kiosk");
    rmSync(visit);
    await ops.reached(second.id, "done");
    assert.equal(ops.done(), ["releaseQuarantined", "restartDevice"]);
    const record = await ops.given(first.id);
    assert.is(record?.askedBy, NAMES.operations);
    assert.is(record?.detail, "as told");
    assert.equal(
      record?.events.map(({ stage }) => stage).filter((stage) => stage !== "started"),
      ["sent", "received", "done"],
    );
    const page = await (await ops.fetch(`/fleet/${KIOSK}`)).text();
    assert.match(page, "as told");

    const cut = await ops.give("selfTest");
    await ops.reached(cut.id, "started");
    await ops.killKiosk();
    await ops.startKiosk();
    await ops.reached(cut.id, "failed");
    assert.is((await ops.given(cut.id))?.detail, "interrupted by a restart");

    await ops.rig.portal?.end("SIGKILL");
    await ops.rig.startPortal();
    const last = await ops.give("restartRuntime");
    assert.ok(last.sequence > cut.sequence, "the sequence outlives the portal");
    assert.is(await ops.kioskEnded(), 0);
    await ops.startKiosk();
    await ops.reached(last.id, "done");
    assert.equal(ops.done(), ["releaseQuarantined", "restartDevice", "selfTest", "restartRuntime"]);
  }));

test("forged, retained, for another kiosk, expired, stale: refused at the kiosk, and nothing is done", () =>
  withOps(async (ops) => {
    const { rig } = ops;
    const key = loadOpsKey(rig.portalDir);
    const answers = await Stranger.connect(rig.broker.url, topics.up(KIOSK, "command"));
    const wire = await Wire.connect({
      ...{ url: rig.broker.url, clientId: "stranger", clock: testClock, onMessage: () => undefined },
      ...{ connectTimeoutMs: 5000, publishTimeoutMs: 5000 },
    });
    await ops.startKiosk();
    const good = await ops.give("releaseQuarantined");
    await ops.reached(good.id, "done");
    const now = Math.round(testClock.wall().epochMs);
    const order = (changes: Partial<Order> = {}): Order => ({
      ...{ v: 1, id: randomUUID(), kiosk: KIOSK, sequence: good.sequence + 10 },
      ...{ issuedAtMs: now, expiresAtMs: now + HOUR, command: { name: "restartRuntime" } },
      ...changes,
    });
    const send = (payload: Buffer, retain = false) =>
      wire.publish(topics.down(KIOSK, "command"), payload, { retain });
    const refused = async (given: Order, why: string) => {
      const payload = signOrder(given, key);
      const answer = () =>
        answers.jsonOf(topics.up(KIOSK, "command")).find((report) => report["id"] === given.id);
      // A kiosk that has just started is not connected yet, and nothing waits for it at the broker.
      await until(`refused: ${why}`, async () => {
        if (answer() === undefined) await send(payload);
        await testClock.sleep(200);
        return answer() !== undefined;
      });
      assert.equal(answer(), { v: 1, id: given.id, stage: "refused", detail: why });
    };
    await send(signOrder(order(), loadDeviceKey(join(rig.dir, "keys", "forger.pem"))));
    await send(signOrder(order(), key), true);
    await refused(order({ kiosk: "T02" }), "otherKiosk");
    await refused(order({ issuedAtMs: now - HOUR, expiresAtMs: now - 1 }), "expired");
    await refused(order({ sequence: good.sequence }), "stale");
    // The retained one comes once more, by itself, at the next subscription.
    await ops.killKiosk();
    await ops.startKiosk();
    await refused(order({ sequence: 1 }), "stale");
    assert.equal(ops.done(), ["releaseQuarantined"]);
    wire.drop("the test is over");
    answers.close();
  }));

test.run();
