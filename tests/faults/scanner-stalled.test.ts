// The scanner stops in the middle, the citizen leaves, the power goes: the sheet in the path is pushed out.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import { runCommand } from "../../src/hal/process-group.js";
import { openSane } from "../../src/hal/scanner/sane.js";
import type { Scanner, Sheet } from "../../src/hal/scanner/scanner.js";
import { supervise } from "../../src/hal/supervisor.js";
import { clock, processesWith } from "../contract/camera-bench.js";
import { sheets, simBench } from "../contract/scanner-bench.js";
import { assertFault, eventually } from "../contract/wires.js";
import { onSim, saysTakeBack, scan } from "./scanner-rig.js";

test("a stall in the middle: stopped, pushed out, reopened by the supervisor; the sheets before stay", async () => {
  const bench = await simBench();
  const scanner = supervise<Scanner>({
    part: "scanner",
    absentFault: "scanner.absent",
    open: (signal) => openSane({ wiring: bench.wiring({ deadlineMs: 1_500 }), clock }, signal),
    clock,
    log: silentLog,
    healthEveryMs: 60_000,
    retryFirstMs: 20,
  });
  const states: string[] = [];
  scanner.watch(({ state }) => states.push(state));
  bench.sim.control.load(await sheets(3));
  bench.sim.control.trouble(2, "stall");
  const got: Sheet[] = [];
  await assertFault("scanner.stalled", /no sign of life for 1500 ms after 1 sheets/, () =>
    scanner.use((device) => scan(device, got)()),
  );
  saysTakeBack("scanner.stalled");
  assert.is(got.length, 1);
  assert.equal(bench.sim.control.papers, { feeder: 1, path: 0, out: 2 });
  await eventually("reopened", () => states.filter((state) => state === "ready").length === 2, 20_000);
  assert.is(await scanner.use((device) => scan(device, got)()), 1);
  await scanner.close();
  assert.equal(await processesWith(bench.folder), []);
  await bench.close();
});

test("leaving in the middle stops the motor and gives the sheet back", () =>
  onSim(async (bench, scanner, got) => {
    bench.sim.control.load(await sheets(4));
    const leave = new AbortController();
    const reason = new Error("the citizen left");
    const scanning = scanner.scan((sheet) => {
      got.push(sheet);
      leave.abort(reason);
    }, leave.signal);
    assert.is(await scanning.catch((thrown: unknown) => thrown), reason);
    assert.is(bench.sim.control.papers.path, 0);
    assert.is(bench.sim.control.takePapers(), 4);
  }));

test("a sheet that lay in the path when the power went is pushed out by the next opening", async () => {
  const bench = await simBench();
  bench.sim.control.load(await sheets(2));
  bench.sim.control.trouble(1, "stall");
  // The runtime of before, of which nothing is left to clear up.
  const { commandDir } = bench.wiring();
  const before = runCommand({
    command: "scanimage",
    commandDir,
    words: ["--device-name=simulated:feeder", `--batch=${bench.folder}/%d.png`],
  });
  await eventually("a sheet is in the path", () => bench.sim.control.papers.path === 1, 20_000);
  before.kill("SIGKILL");
  await before.ended;
  assert.equal(bench.sim.control.papers, { feeder: 1, path: 1, out: 0 });
  const after = await openSane({ wiring: bench.wiring(), clock });
  assert.equal(bench.sim.control.papers, { feeder: 1, path: 0, out: 1 });
  await after.close();
  await bench.close();
});

test.run();
