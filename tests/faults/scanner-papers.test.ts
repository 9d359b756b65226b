// The feeder is empty, a sheet jams, two go in at once, the cover is open: each is said, and every original given back.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { clock } from "../contract/camera-bench.js";
import { sheets } from "../contract/scanner-bench.js";
import { assertFault } from "../contract/wires.js";
import { onSim, saysTakeBack, scan } from "./scanner-rig.js";

test("an empty feeder is said, and is no failure of the scanner", () =>
  onSim(async (bench, scanner, got) => {
    await assertFault("scanner.feederEmpty", /out of documents/, scan(scanner, got));
    bench.sim.control.load(await sheets(1));
    assert.is(await scan(scanner, got)(), 1);
  }));

test("a jam at the second sheet: the first was read, the rest can be taken, and after it is freed all goes on", () =>
  onSim(async (bench, scanner, got) => {
    bench.sim.control.load(await sheets(3));
    bench.sim.control.trouble(2, "jam");
    await assertFault("scanner.jam", /jammed after 1 sheets/, scan(scanner, got));
    assert.is(got.length, 1);
    saysTakeBack("scanner.jam");
    assert.equal(bench.sim.control.papers, { feeder: 1, path: 1, out: 1 });
    await assertFault("scanner.jam", /jammed/, scan(scanner, got));
    bench.sim.control.freePath();
    assert.is(bench.sim.control.takePapers(), 3, "every original is given back");
    bench.sim.control.load(await sheets(2));
    assert.is(await scan(scanner, got)(), 2);
  }));

test("two sheets at once are told apart from a jam by the sensor, and pushed out", () =>
  onSim(async (bench, scanner, got) => {
    bench.sim.control.load(await sheets(3));
    bench.sim.control.trouble(1, "doubleFeed");
    await assertFault("scanner.doubleFeed", /first sheet/, scan(scanner, got));
    saysTakeBack("scanner.doubleFeed");
    assert.equal(bench.sim.control.papers, { feeder: 1, path: 0, out: 2 });
    assert.is(bench.sim.control.takePapers(), 3);
  }));

test("an open cover is said by a scan and by the health question, and closed it is well", () =>
  onSim(async (bench, scanner, got) => {
    bench.sim.control.load(await sheets(1));
    bench.sim.control.setCover(true);
    await assertFault("scanner.coverOpen", /cover is open/, scan(scanner, got));
    saysTakeBack("scanner.coverOpen");
    await clock.sleep(4_100);
    assert.is((await scanner.health())?.code, "scanner.coverOpen");
    bench.sim.control.setCover(false);
    assert.is(await scanner.health(), null);
    assert.is(await scan(scanner, got)(), 1);
  }));

test.run();
