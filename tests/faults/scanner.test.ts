// Feeder empty, jam, double feed, cover open, stall, unplug, crash, power cut: each by its name, and the papers given back.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FAULTS, type FaultCode } from "../../src/core/faults.js";
import { silentLog } from "../../src/core/log.js";
import { runCommand } from "../../src/hal/process-group.js";
import { openSane } from "../../src/hal/scanner/sane.js";
import type { Scanner, Sheet } from "../../src/hal/scanner/scanner.js";
import { supervise } from "../../src/hal/supervisor.js";
import { clock, processesWith } from "../contract/camera-bench.js";
import { REAL_SCANIMAGE, saneBench, sheetFolders, sheets, simBench } from "../contract/scanner-bench.js";
import { assertFault, eventually } from "../contract/wires.js";

type SimBench = Awaited<ReturnType<typeof simBench>>;

const onSim = async (
  work: (bench: SimBench, scanner: Scanner, got: Sheet[]) => Promise<void>,
  deadlineMs = 8_000,
) => {
  const bench = await simBench();
  const scanner = await openSane({ wiring: bench.wiring({ deadlineMs }), clock });
  const got: Sheet[] = [];
  await work(bench, scanner, got);
  await scanner.close();
  assert.equal(await processesWith(bench.folder), [], "nothing of the command is left");
  assert.equal(await sheetFolders(), [], "no picture is left");
  await bench.close();
};

const scan = (scanner: Scanner, got: Sheet[]) => () => scanner.scan((sheet) => void got.push(sheet));

/** Whatever went wrong with papers in the slot, the citizen is told to take them. */
const saysTakeBack = (code: FaultCode) => {
  assert.match(FAULTS[code].citizen.vi, /[Ll]ấy lại giấy tờ/);
  assert.match(FAULTS[code].citizen.en, /[Tt]ake your papers back/);
};

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
