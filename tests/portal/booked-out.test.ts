// Is an office that is booked out for weeks not asked day by day for each receipt, and is a freed slot still found?
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { PortalDb } from "../../src/portal/db/portal-db.js";
import { Register } from "../../src/portal/register.js";
import { newLookupCode } from "../../src/sync/protocol/lookup-code.js";
import { testClock } from "../store/fixtures.js";
import { takeApplication, withHeld } from "./holdings.js";

const HOURS = { slots: ["08:00", "14:00"], capacity: 1, holidays: [] };
const DAYS = 15;

/** Counts how often the slots of a day are asked for. */
const counting = (db: PortalDb) => {
  const counts = { days: 0 };
  const counted: PortalDb = {
    get open() {
      return db.open;
    },
    transaction: (act) => db.transaction(act),
    close: () => db.close(),
    prepare: (sql) => {
      const statement = db.prepare(sql);
      if (!sql.includes("appointment BETWEEN")) return statement;
      const all: typeof statement.all = (...values) => {
        counts.days += 1;
        return statement.all(...values);
      };
      return new Proxy(statement, {
        get: (target, name) => (name === "all" ? all : Reflect.get(target, name)),
      });
    },
  };
  return { db: counted, counts };
};

test("each receipt looks at the day that is filling up, not at all that are full", () =>
  withHeld(async (held) => {
    const { db, counts } = counting(held.db);
    const register = new Register(db, { clock: testClock, hours: HOURS, agencyCode: "000" });
    const take = () => takeApplication({ ...held, register }, newLookupCode());
    const given = Array.from({ length: DAYS * 2 }, take);
    const slots = given.map(({ appointment }) => appointment ?? "");
    assert.is(new Set(slots).size, slots.length, "no slot twice");
    assert.equal(slots, [...slots].sort(), "the first that is free");
    assert.ok(counts.days <= DAYS * 4, `${counts.days} days were looked at for ${slots.length} receipts`);

    const [first] = given;
    if (first === undefined) throw new Error("nothing was taken");
    register.decide(first.id, "answer", { note: "", appointment: "2099-01-05T08:00", by: "mai" });
    assert.is(take().appointment, first.appointment, "what an officer frees is given away next");
  }));

test.run();
