// What becomes of a page when its process dies, when nobody wants it any more, and when the visit is over?
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { laneCount } from "../../src/ml/paper-reader.js";
import { renderSamplePaper } from "../../src/ml/samples/render.js";
import { faultOf, newReader, untilNoProcess, workProcesses } from "./reader-rig.js";

const image = await renderSamplePaper("birthCertificate", 11, { camera: false });

test("a process that crashes fails its page; the next page is read by a fresh one", async () => {
  const reader = newReader();
  try {
    for (const stage of ["decoding", "reading"] as const) {
      let crashed = false;
      const fault = await faultOf(
        reader.read({
          image,
          onProgress: (now, fraction) => {
            if (crashed || now !== stage || (stage === "reading" && fraction < 0.2)) return;
            crashed = true;
            // What a decoder does that reads where it must not.
            for (const pid of workProcesses()) process.kill(pid, "SIGSEGV");
          },
        }),
      );
      assert.ok(crashed);
      assert.is(fault.code, "paper.unreadable");
      assert.match(fault.detail, /reading process ended with SIGSEGV/);
    }
    assert.is((await reader.read({ image })).paperClass, "birthCertificate", "after two crashes");
  } finally {
    await reader.close();
  }
});

test("a page that is cancelled ends at once, and so does what waits behind it", async () => {
  const reader = newReader();
  try {
    for (const stage of ["decoding", "reading"] as const) {
      const cancel = new AbortController();
      const reason = new Error("the citizen left");
      let cancelledAt = 0;
      const started = reader.read({
        image,
        signal: cancel.signal,
        onProgress: (now, fraction) => {
          if (now !== stage || (stage === "reading" && fraction === 0) || cancelledAt > 0) return;
          cancelledAt = performance.now();
          setTimeout(() => cancel.abort(reason), 30);
        },
      });
      const queued = reader.read({ image, signal: cancel.signal });
      const [first, second] = await Promise.allSettled([started, queued]);
      assert.ok(performance.now() - cancelledAt < 10_000);
      assert.is(first.status === "rejected" && first.reason, reason);
      assert.is(second.status === "rejected" && second.reason, reason);
    }
    assert.is((await reader.read({ image })).paperClass, "birthCertificate");
  } finally {
    await reader.close();
  }
});

test("forget ends the processes that saw pictures: at once when idle, with the page when busy", async () => {
  const reader = newReader();
  try {
    const reading = reader.read({ image });
    await sleep(200);
    await reader.forget();
    assert.is((await reading).paperClass, "birthCertificate", "a page under way is not lost");
    await untilNoProcess();
    assert.equal(workProcesses(), []);
    await reader.read({ image });
    assert.is(workProcesses().length, 1);
    await reader.forget();
    await untilNoProcess();
    assert.equal(workProcesses(), []);
  } finally {
    await reader.close();
  }
});

const megabytes = (pid: number | "self", key: "VmRSS" | "VmHWM"): number =>
  Number(new RegExp(`${key}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1_024;

test("the runtime does not grow by what it has read, and the process that reads stays small", async () => {
  const reader = newReader();
  try {
    await reader.read({ image });
    const before = megabytes("self", "VmRSS");
    await reader.read({ image });
    assert.ok(megabytes("self", "VmRSS") - before < 30, "runtime");
    const [pid = 0] = workProcesses();
    assert.ok(megabytes(pid, "VmHWM") < 350, `${megabytes(pid, "VmHWM").toFixed(0)} MB`);
  } finally {
    await reader.close();
  }
});

test("a reader that is closed refuses, also what was waiting", async () => {
  const reader = newReader();
  const reading = faultOf(reader.read({ image }));
  const waiting = faultOf(reader.read({ image }));
  await sleep(100);
  await reader.close();
  assert.is((await reading).code, "paper.unreadable");
  assert.is((await waiting).code, "runtime.internal");
  assert.is((await faultOf(reader.read({ image }))).code, "runtime.internal");
  await untilNoProcess();
  assert.equal(workProcesses(), []);
});

test("a small board reads one page at a time, and no board gives all its cores to reading", () => {
  const gigabytes = (count: number): number => count * 2 ** 30;
  assert.is(laneCount(0, 4, gigabytes(0.9)), 1, "sold as 1 GB");
  assert.is(laneCount(0, 4, gigabytes(0.4)), 1, "never none");
  assert.is(laneCount(0, 4, gigabytes(1.8)), 2, "sold as 2 GB");
  assert.is(laneCount(0, 2, gigabytes(16)), 1, "two cores");
  assert.is(laneCount(0, 16, gigabytes(64)), 2);
  assert.is(laneCount(5, 1, gigabytes(1)), 5, "the operator decides");
});

test.run();
