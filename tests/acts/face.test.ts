// How does a person before the face camera become the holder of the card, and what stays behind? (Nothing.)
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { verifyFace } from "../../src/acts/face.js";
import { SystemClock } from "../../src/core/clock.js";
import { FaultError } from "../../src/core/faults.js";
import { silentLog } from "../../src/core/log.js";
import { Pii } from "../../src/core/pii.js";
import type { CardPortrait } from "../../src/flows/citizen.js";
import type { FaceCoach } from "../../src/flows/events.js";
import type { Camera, PreviewOptions } from "../../src/hal/camera/camera.js";
import { supervise } from "../../src/hal/supervisor.js";
import { frameOf, PEOPLE, type Scene } from "../ml/face-scenes.js";
import { faultOf, untilNoProcess, workProcesses } from "../ml/reader-rig.js";

const clock = new SystemClock({ floorMs: 0, synchronised: () => false });

const opened: ReturnType<typeof supervise<Camera>>[] = [];

/** A person of the camera's has all the time that a busy machine takes: eight of its seconds are one of theirs. */
const takenAt = (): number => clock.monotonicMs() / 8;

/** Shows what `scene` says now, frame by frame, as long as it is watched. */
const cameraOf = (scene: (frame: number) => Promise<Buffer>) => {
  let watching = 0;
  const camera: Camera = {
    still: async () => ({ jpeg: await scene(0), takenAtMs: takenAt() }),
    preview: async (watcher, _options: PreviewOptions, signal) => {
      watching += 1;
      try {
        for (let frame = 1; !signal.aborted; frame += 1) {
          const jpeg = await scene(frame);
          if (!signal.aborted) watcher({ jpeg, takenAtMs: takenAt() });
          await sleep(60, undefined, { signal }).catch(() => undefined);
        }
      } finally {
        watching -= 1;
      }
    },
    health: async () => null,
    close: async () => {},
  };
  const supervised = supervise<Camera>({
    part: "faceCamera",
    absentFault: "faceCamera.absent",
    open: async () => camera,
    clock,
    log: silentLog,
    healthEveryMs: 60_000,
  });
  opened.push(supervised);
  return { supervised, isWatched: () => watching > 0 };
};

const portraitOf = async (who: keyof typeof PEOPLE): Promise<Pii<CardPortrait>> =>
  new Pii({ format: "jpeg", bytes: await frameOf(PEOPLE[who], { size: 0.5, seed: 99 }) });

const until = async (what: string, holds: () => boolean): Promise<void> => {
  const end = performance.now() + 30_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited in vain for: ${what}`);
    await sleep(20);
  }
};

const assertNothingLeft = async (isWatched: () => boolean): Promise<void> => {
  await until("the preview ends", () => !isWatched());
  await untilNoProcess();
  assert.equal(workProcesses(), []);
};

test("the person turns as asked: same and alive, in words without numbers, and nothing is left", async () => {
  let coach: FaceCoach = "centre";
  const { supervised, isWatched } = cameraOf((frame) => {
    const turn = coach === "turnLeft" ? 0.9 : coach === "turnRight" ? -0.9 : 0;
    return frameOf(PEOPLE.a, { turn, seed: frame } satisfies Scene);
  });
  const fractions: number[] = [];
  const outcome = await verifyFace(
    { camera: supervised },
    await portraitOf("a"),
    (now, fraction) => {
      coach = now;
      fractions.push(fraction);
    },
    new AbortController().signal,
  );
  assert.is(outcome.match, "same");
  assert.ok(outcome.live);
  assert.is(outcome.evidence, "face: same (band strong), liveness: pass (challenge pass, passive pass)");
  assert.ok(fractions.every((fraction, k) => fraction >= (fractions[k - 1] ?? 0)));
  await assertNothingLeft(isWatched);
});

test("another person than the card's is told as such, without a number", async () => {
  const { supervised, isWatched } = cameraOf((frame) => frameOf(PEOPLE.c, { seed: frame }));
  const outcome = await verifyFace(
    { camera: supervised },
    await portraitOf("a"),
    () => {},
    new AbortController().signal,
  );
  assert.is(outcome.match, "different");
  assert.not.ok(outcome.live);
  assert.not.match(outcome.evidence, /\d/);
  await assertNothingLeft(isWatched);
});

test("leaving the step ends camera and process in the middle", async () => {
  const { supervised, isWatched } = cameraOf((frame) => frameOf(PEOPLE.a, { seed: frame }));
  const leave = new AbortController();
  const reason = new Error("the visit left this step");
  const verifying = verifyFace(
    { camera: supervised },
    await portraitOf("a"),
    (_, fraction) => {
      if (fraction > 0) leave.abort(reason);
    },
    leave.signal,
  );
  await verifying.then(
    () => assert.unreachable(),
    (error: unknown) => assert.is(error, reason),
  );
  await assertNothingLeft(isWatched);
});

test("a chip's picture that does not decode, and a camera that is not there, are faults", async () => {
  const { supervised } = cameraOf((frame) => frameOf(PEOPLE.a, { seed: frame }));
  const signal = new AbortController().signal;
  const broken = new Pii<CardPortrait>({ format: "jpeg", bytes: new Uint8Array([0xff, 0xd8, 0xff, 1]) });
  const noPicture = await faultOf(verifyFace({ camera: supervised }, broken, () => {}, signal));
  assert.is(noPicture.code, "face.noPortrait");
  await supervised.close();
  const absent = supervise<Camera>({
    part: "faceCamera",
    absentFault: "faceCamera.absent",
    open: () => Promise.reject(new FaultError("faceCamera.absent", "no such camera")),
    clock,
    log: silentLog,
    healthEveryMs: 60_000,
  });
  const noCamera = await faultOf(verifyFace({ camera: absent }, await portraitOf("a"), () => {}, signal));
  assert.is(noCamera.code, "faceCamera.absent");
  await absent.close();
  await assertNothingLeft(() => false);
});

test.after.each(async () => {
  for (const camera of opened.splice(0)) await camera.close();
});

test.run();
