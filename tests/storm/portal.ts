// What does the portal, the real one without its pages and its process, hold at the end of a storm?
import { join } from "node:path";
import { silentLog } from "../../src/core/log.js";
import { OFFICE_HOURS } from "../../src/portal/appointments.js";
import { Enrolment } from "../../src/portal/enrolment.js";
import { holdings, makeIntake } from "../../src/portal/holdings.js";
import { PORTAL_MIGRATIONS } from "../../src/portal/migrations.js";
import type { Application } from "../../src/portal/register.js";
import { openDatabase } from "../../src/store/database.js";
import { parseTopic, topics } from "../../src/sync/protocol/messages.js";
import { decode, encode } from "../../src/sync/protocol/validate.js";
import type { MemoryBroker } from "./broker.js";

export interface StormPortal {
  applications(): readonly Application[];
  /** Off: it hears nothing, as when its process is gone; its last will said so. */
  setOn(on: boolean): void;
  close(): void;
}

export const startStormPortal = (dir: string, broker: MemoryBroker): StormPortal => {
  const { clock } = broker;
  const { db } = openDatabase(join(dir, "portal.db"), PORTAL_MIGRATIONS);
  // A storm lasts days of simulated time: nobody waits for a free slot.
  const hours = { ...OFFICE_HOURS, capacity: 1_000 };
  const held = holdings(db, { dir, clock, hours, settings: {} });
  const { register } = held;
  let on = true;
  const intake = makeIntake(
    held,
    { dir, clock, log: silentLog },
    {
      enrolment: new Enrolment(dir, db, clock),
      // Nobody confirms by phone in a storm.
      codes: { settle: () => {} },
      send: (kiosk, kind, message) =>
        void clock.setTimeout(
          () => on && broker.spread(topics.down(kiosk, kind), encode(message)),
          broker.latencyMs,
        ),
    },
  );
  const tell = () =>
    broker.spread(topics.portal, encode({ v: 1, online: on, atMs: clock.wall().epochMs }), { retain: true });
  broker.listen(topics.everyUp, (topic, payload, properties) => {
    if (!on) return;
    intake.receive(topic, payload, properties);
    void clock.during(intake.idle());
  });
  broker.listen(topics.everyState, (topic, payload) => {
    const state = decode("state", payload);
    const kiosk = parseTopic(topic)?.kiosk;
    if (on && state.ok && state.value.online && kiosk !== undefined) intake.resend(kiosk);
  });
  tell();
  return {
    applications: () => register.all(),
    setOn: (now) => {
      on = now;
      tell();
    },
    close: () => db.close(),
  };
};
