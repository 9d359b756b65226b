// Do the rules hold when anything happens in any order: help, officer, presence and service included?
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { EVENTS, type Happening, outcomes } from "./walk.js";
import { Watched } from "./watched.js";

/** What happens next: an event, an outcome of whatever is waiting for one, or time going by. */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("event" as const), which: fc.nat(EVENTS.length - 1) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("outcome" as const), which: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("time" as const),
      which: fc.constantFrom(1_000, 7_000, 46_000, 95_000),
    }),
  },
);

const happeningFor = (kiosk: Watched, which: number): Happening | undefined => {
  const waiting = kiosk.effects.calls.filter((call) => !call.settled && call.signal?.aborted !== true);
  const call = waiting[which % Math.max(1, waiting.length)];
  const possible = call === undefined ? [] : outcomes(call.name);
  return possible[which % Math.max(1, possible.length)];
};

test("400 random visits of up to 120 steps", async () => {
  const screens = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120, size: "max" }), async (steps) => {
      const kiosk = new Watched();
      for (const { kind, which } of steps) {
        const event = EVENTS[which];
        const happening = kind === "outcome" ? happeningFor(kiosk, which) : undefined;
        if (kind === "event" && event !== undefined) await kiosk.happen({ kind: "event", event });
        else if (happening !== undefined) await kiosk.happen(happening);
        else if (kind === "time") {
          await kiosk.wait(which);
          kiosk.look(`${which} ms`);
        }
        screens.add(kiosk.view.screen.name);
      }
      kiosk.send({ type: "IN_SERVICE" });
      await kiosk.wait(15 * 60_000);
      kiosk.look("a long time");
      assert.is(kiosk.view.screen.name, "attract");
      assert.is(kiosk.clock.pending, 0);
    }),
    { numRuns: 400, seed: 20_260_302 },
  );
  assert.ok(screens.size >= 10, [...screens].join());
});

test.run();
