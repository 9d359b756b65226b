// When the power goes at any point of a trial, does the machine end with the program that proved itself, or the one before?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { prove } from "../../src/update/prove.js";
import { BAD_PROOF, isGood, started, stepsOf, toItsEnd, withCutter } from "./cutter.js";

test("the power goes at each point of the proof: the program is proven in the next start", () =>
  withCutter(async (cutter) => {
    const points: string[] = [];
    for (let killAt = 1; ; killAt += 1) {
      const { bundle, image, build } = await started(cutter);
      const { killed } = cutter.run("prove", killAt, bundle, build);
      if (killed !== null) {
        points.push(killed);
        await cutter.cut();
      }
      await toItsEnd(cutter, "prove", build);
      isGood(cutter, build, image, killed ?? "not cut");
      if (killed === null) break;
    }
    const steps = stepsOf(points);
    for (const step of ["rebooting", "proving", "good"]) assert.ok(steps.has(step), `${step} was cut`);
    process.stdout.write(`${points.length} cuts: ${points.join(", ")}\n`);
  }));

test("the power goes at each point of a trial that fails: the program before runs, and says why", () =>
  withCutter(async (cutter) => {
    const points: string[] = [];
    /** Starts of the new program before the cut: the last one is the old program's. */
    for (const startsBefore of [0, 3])
      for (let killAt = 1; ; killAt += 1) {
        const before = cutter.machine.booted;
        const { bundle, image, build } = await started(cutter);
        for (let starts = 0; starts < startsBefore; starts += 1) {
          const { parts, runtime } = cutter.made(build);
          runtime.proofNow = BAD_PROOF;
          await prove(parts).then(
            () => assert.unreachable("it proves nothing"),
            () => {},
          );
          await cutter.machine.boot();
        }
        const { killed } = cutter.run("fail", killAt, bundle, build);
        if (killed !== null) {
          points.push(killed);
          await cutter.cut();
        }
        await toItsEnd(cutter, "fail", build);
        assert.is(cutter.machine.booted, before);
        assert.not.ok(cutter.machine.slot(before).subarray(0, image.length).equals(image));
        assert.match(
          cutter.state.reason ?? "",
          /did not prove itself: the screen shows nothing|did not come up/,
        );
        assert.is(cutter.state.goodBuild, 0);
        if (killed === null) break;
      }
    for (const step of ["proving", "fellBack"]) assert.ok(stepsOf(points).has(step), points.join(", "));
    process.stdout.write(`${points.length} cuts: ${points.join(", ")}\n`);
  }));

test.run();
