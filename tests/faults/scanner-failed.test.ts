// The scanner is unplugged, sends half a picture, crashes or is held by another: absent or failed, by SANE's own words.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openSane } from "../../src/hal/scanner/sane.js";
import { clock, processesWith } from "../contract/camera-bench.js";
import { REAL_SCANIMAGE, saneBench, sheets } from "../contract/scanner-bench.js";
import { assertFault } from "../contract/wires.js";
import { onSim, saysTakeBack, scan } from "./scanner-rig.js";

test("unplugged: absent when opening and in the middle; the fault lists what there is", () =>
  onSim(async (bench, scanner, got) => {
    bench.sim.control.load(await sheets(2));
    bench.sim.control.setPlugged(false);
    await assertFault("scanner.absent", /open of device simulated:feeder failed/, scan(scanner, got));
    await assertFault("scanner.absent", /no scanner "simulated" \(it lists: none\)/, () =>
      openSane({ wiring: bench.wiring(), clock }),
    );
    saysTakeBack("scanner.absent");
    bench.sim.control.setPlugged(true);
    assert.is(await scan(scanner, got)(), 2);
  }));

test("half a picture, a crash and a busy scanner are failures by name; the next scan runs", () =>
  onSim(async (bench, scanner, got) => {
    for (const [kind, detail] of [
      ["half", /broken picture of \d+ bytes/],
      ["crash", /SIGABRT|code/],
      ["busy", /Device busy/],
    ] as const) {
      bench.sim.control.load(await sheets(1));
      bench.sim.control.trouble(1, kind);
      await assertFault("scanner.failed", detail, scan(scanner, got));
      bench.sim.control.takePapers();
    }
    saysTakeBack("scanner.failed");
    bench.sim.control.load(await sheets(1));
    bench.sim.control.trouble(1, "slow");
    assert.is(await scan(scanner, got)(), 1);
  }));

if (REAL_SCANIMAGE === null) process.stdout.write("skipped: faults of SANE's test backend (no scanimage)\n");
else
  test("each status of SANE itself, through the real scanimage, has its name", async () => {
    const bench = await saneBench();
    const scanner = await openSane({ wiring: bench.wiring(), clock });
    for (const [status, code] of [
      ["JAMMED", "scanner.jam"],
      ["NO_DOCS", "scanner.feederEmpty"],
      ["COVER_OPEN", "scanner.coverOpen"],
      ["IO_ERROR", "scanner.failed"],
      ["ACCESS_DENIED", "scanner.failed"],
      ["DEVICE_BUSY", "scanner.failed"],
      // The real command aborts at this one: no picture was begun (libpng).
      ["EOF", "scanner.failed"],
      ["CANCELLED", "scanner.failed"],
    ] as const) {
      await bench.answer(`--read-return-value SANE_STATUS_${status}`);
      await assertFault(code, /./, () => scanner.scan(() => assert.unreachable("no sheet came whole")));
    }
    await bench.answer("");
    assert.is(await scanner.scan(() => {}), 10);
    await bench.answer("--read-delay=yes --read-delay-duration=200000 --read-limit=yes --read-limit-size=16");
    const slow = await openSane({ wiring: bench.wiring({ deadlineMs: 60_000 }), clock });
    const leave = new AbortController();
    const began = clock.monotonicMs();
    const reason = new Error("left");
    const scanning = slow.scan(() => {}, leave.signal).catch((thrown: unknown) => thrown);
    await clock.sleep(1_000);
    leave.abort(reason);
    assert.is(await scanning, reason, "the real scanner is cancelled in the middle of a sheet");
    assert.ok(clock.monotonicMs() - began < 20_000);
    await slow.close();
    await scanner.close();
    assert.equal(await processesWith(bench.folder), []);
    await bench.close();
  });

test.run();
