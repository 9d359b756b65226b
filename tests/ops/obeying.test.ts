// Who closes the kiosk and who opens it again, and does a command wait for the citizen who stands there?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type House, Obeying, Service } from "../../src/acts/obeying.js";
import { silentLog } from "../../src/core/log.js";
import type { Visit } from "../../src/flows/run-visit.js";
import { openStore } from "../../src/store/sqlite-store.js";
import type { Store } from "../../src/store/store.js";
import { testClock, withFolder } from "../store/fixtures.js";

type Sent = Parameters<Visit["send"]>[0];

const withStore = (act: (store: Store) => void | Promise<void>) =>
  withFolder(async (dir) => {
    const store = openStore({ dir, clock: testClock, log: silentLog });
    try {
      await act(store);
    } finally {
      store.close();
    }
  });

const seen = (sent: readonly Sent[]): string | undefined => {
  const last = sent.at(-1);
  return last?.type === "OUT_OF_SERVICE" ? last.fault.code : last?.type;
};

test("it serves when neither the machine nor operations close it; what operations said outlives a restart", () =>
  withStore((store) => {
    const sent: Sent[] = [];
    const visit = { send: (event: Sent) => void sent.push(event) };
    const service = new Service(visit, store);
    assert.equal(sent, []);
    service.close(true);
    assert.is(seen(sent), "runtime.closed");
    service.send({ type: "OUT_OF_SERVICE", fault: { code: "power.batteryLow", detail: "" } });
    assert.is(seen(sent), "power.batteryLow");
    service.send({ type: "IN_SERVICE" });
    assert.is(seen(sent), "runtime.closed", "the battery is well, operations have not opened it");
    sent.length = 0;
    const next = new Service(visit, store);
    assert.is(seen(sent), "runtime.closed");
    next.close(false);
    assert.is(seen(sent), "IN_SERVICE");
    next.send({ type: "PRESENCE", present: true });
    assert.is(sent.at(-1)?.type, "PRESENCE");
  }));

test("a quiet moment is when the house stands and nobody is in it; a wait that is given up leaves nothing behind", async () => {
  let open = true;
  const watchers = new Set<(view: never) => void>();
  const visit = {
    get state() {
      return { name: "attract", busy: false, open, unansweredPrints: [] };
    },
    watch: (watcher: (view: never) => void) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
  const obeying = new Obeying();
  const rest = obeying.atRest(new AbortController().signal);
  let rested = false;
  void rest.then(() => {
    rested = true;
  });
  obeying.begin({ visit } as unknown as House);
  const given = new AbortController();
  const other = obeying.atRest(given.signal);
  await testClock.sleep(10);
  assert.is(rested, false);
  given.abort(new Error("expired"));
  await other.then(
    () => assert.unreachable(),
    (thrown: Error) => assert.is(thrown.message, "expired"),
  );
  open = false;
  for (const watcher of watchers) watcher(undefined as never);
  await rest;
  assert.is(watchers.size, 0);
});

test.run();
