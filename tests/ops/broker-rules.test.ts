// With the broker's rules as we give them out: does all that a kiosk needs go through, and nothing of another's?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import { startLink } from "../../src/sync/link.js";
import { testClock } from "../store/fixtures.js";
import { allAccepted, KIOSK, PortalProcess, QUICK, Rig, until } from "../sync/rig.js";
import { brokerRules, canHaveRules, urlAs } from "../wire/broker-rules.js";
import { Stranger } from "../wire/mosquitto.js";

const USERS = [KIOSK, "T02", "portal"];

if (canHaveRules)
  test("submission, figures, faults and commands go through; another kiosk neither hears nor speaks for it", () =>
    Rig.with(
      async (rig) => {
        const as = (user: string) => urlAs(user, rig.broker.url);
        const nosy = await Stranger.connect(as("T02"), "motcua/#");
        const portal = await PortalProcess.start(rig.portalDir, as("portal"));
        rig.portal = portal;
        const done: string[] = [];
        rig.link = startLink({
          ...{ store: rig.store, kioskId: KIOSK, url: as(KIOSK), clock: testClock, log: silentLog },
          ...{ timings: QUICK, telemetry: () => ({}), figures: async () => ({ visits: 5 }) },
          devices: {
            now: () => [{ device: "printer", fault: "printer.paperOut", sinceMs: 0 }],
            watch: () => () => undefined,
          },
          obedience: {
            keys: () => [],
            atRest: async () => undefined,
            run: async ({ name }) => {
              done.push(name);
              return "";
            },
          },
        });
        await rig.enqueue(20_000);
        await until("it is accepted", allAccepted(rig, 1));
        const metrics = async () => (await fetch(`${portal.url}/metrics`)).text();
        await until("figures came", async () =>
          (await metrics()).includes(`motcua_kiosk_visits_total{kiosk="${KIOSK}"} 5`),
        );
        assert.match(await metrics(), 'fault="printer.paperOut"');
        const given = await portal.fetch(
          `/api/kiosks/${KIOSK}/commands`,
          {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify({ command: "releaseQuarantined", minutes: 5 }),
          },
          "operations",
        );
        assert.is(given.status, 200);
        // It has come, and without a key in its list the kiosk does not obey.
        await until("the command came", () => {
          const chain = rig.store.journal.verify();
          return chain.ok && chain.rows > 0;
        });
        assert.equal(done, []);
        assert.equal(
          [...new Set(nosy.heard.map(({ topic }) => topic))],
          ["motcua/1/portal/state"],
          "of others it hears only that the portal is there",
        );
        const before = await metrics();
        await nosy
          .say(`motcua/1/${KIOSK}/state`, JSON.stringify({ v: 1, online: false, atMs: 1 }))
          .catch(() => {});
        await testClock.sleep(500);
        assert.match(before, `motcua_kiosk_up{kiosk="${KIOSK}"} 1`);
        assert.match(await metrics(), `motcua_kiosk_up{kiosk="${KIOSK}"} 1`);
        nosy.close();
      },
      (dir) => brokerRules(dir, USERS),
    ));

test.run();
