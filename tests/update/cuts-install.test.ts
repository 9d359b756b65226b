// When the power goes at any point of bringing and installing a new program, is it done again, and does it end well?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isGood, stepsOf, toItsEnd, withCutter } from "./cutter.js";

test("the power goes at each point of bringing and installing: it is done again, and ends well", () =>
  withCutter(async (cutter) => {
    const points: string[] = [];
    for (let killAt = 1; ; killAt += 1) {
      const { bundle, image, build } = cutter.next();
      const { killed, said } = cutter.run("go", killAt, bundle, build);
      if (killed === null) {
        assert.ok(cutter.machine.rebootAsked, said);
        await cutter.machine.boot();
      } else {
        points.push(killed);
        await cutter.cut();
      }
      await toItsEnd(cutter, "prove", build);
      isGood(cutter, build, image, killed ?? "not cut");
      if (killed === null) break;
    }
    const steps = stepsOf(points);
    for (const step of ["offered", "fetching", "staged", "waiting", "installing", "rebooting"])
      assert.ok(steps.has(step), `${step} was cut: ${points.join(", ")}`);
    process.stdout.write(`${points.length} cuts: ${points.join(", ")}\n`);
  }));

test.run();
