// Which sequences of looks pass the challenge, and which do not? (The rules alone, without models.)
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { CoachCode } from "../../src/ml/face/coaching.js";
import { bandOf, distanceOf, matchOf, meanOf } from "../../src/ml/face/match.js";
import { FaceSession, type Progress, type Proof, type Sighting } from "../../src/ml/face/session.js";
import { OWN_MANIFEST, readModel } from "../../src/ml/models.js";

const { matcher } = readModel("face-recognition", OWN_MANIFEST);
if (matcher === undefined) throw new Error("the manifest has no matcher");

const at = (distance: number): Float32Array => Float32Array.of(distance, 0, 0);
const proofAt = (distance: number, living = 0.9): Proof => ({
  descriptor: at(distance),
  real: living,
  live: living,
});

const session = (turns: readonly (-1 | 1)[] = [1, -1, 1]): FaceSession => {
  const left = [...turns];
  return new FaceSession({
    reference: at(0),
    matcher,
    realFrom: 0.4,
    liveFrom: 0.5,
    randomTurn: () => left.shift() ?? 1,
  });
};

interface Look {
  readonly yaw: number;
  readonly advice?: CoachCode;
  readonly proof?: Proof;
  readonly centreX?: number;
  readonly face?: boolean;
}

const STEP_MS = 300;

/** Gives looks until there is a result; what the session says decides the next look. */
const run = (
  tested: FaceSession,
  next: (coach: CoachCode, frame: number) => Look,
  frames = 200,
): Progress => {
  let progress: Progress = { coach: "good", fraction: 0, result: null };
  for (let frame = 0; frame < frames && progress.result === null; frame += 1) {
    const {
      yaw,
      advice = Math.abs(yaw) > 0.35 ? "lookStraight" : "good",
      ...more
    } = next(progress.coach, frame);
    const { proof = proofAt(0.3), centreX = 400, face = true } = more;
    const seen: Sighting = {
      atMs: frame * STEP_MS,
      advice: face ? advice : "centre",
      face: face ? { yaw, centreX, centreY: 300, width: 300 } : null,
    };
    progress = tested.take(seen, tested.wants(seen) ? proof : null);
  }
  return progress;
};

const obeys = (coach: CoachCode): number =>
  coach === "turnLeft" ? 0.7 : coach === "turnRight" ? -0.7 : 0.05;

test("who looks, turns as asked and comes back is the living holder", () => {
  for (const turns of [
    [1, 1, 1],
    [-1, 1, -1],
    [-1, -1, 1],
  ] as const) {
    const { result, fraction } = run(session(turns), (coach) => ({ yaw: obeys(coach) }));
    assert.equal(result, {
      match: "same",
      band: "strong",
      liveness: "pass",
      challenge: "pass",
      passive: "pass",
    });
    assert.is(fraction, 1);
  }
});

test("a photograph that trembles, tilts and is moved about does not pass, and nobody is accused", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -0.25, max: 0.25, noNaN: true }), { minLength: 80, maxLength: 80 }),
      (jitter) => {
        const { result } = run(session(), (_, frame) => ({
          yaw: jitter[frame % 80] ?? 0,
          centreX: 400 + (frame % 9),
        }));
        assert.is(result?.liveness, "unsure");
        assert.is(result?.challenge, "unsure");
      },
    ),
    { numRuns: 50 },
  );
});

test("a recording whose turns are not the asked ones fails", () => {
  const recording = [0, 0, 0, 0, 0.7, 0.7, 0.7, 0, 0, 0];
  const { result } = run(session([-1, 1, 1]), (_, frame) => ({
    yaw: recording[frame % recording.length] ?? 0,
  }));
  assert.equal([result?.challenge, result?.liveness, result?.match], ["fail", "fail", "same"]);
});

test("one frame of wrong landmarks neither passes nor fails a turn", () => {
  const { result } = run(session([1, 1, 1]), (coach, frame) => ({
    yaw: frame % 4 === 3 ? -16 : obeys(coach),
  }));
  assert.is(result?.challenge, "pass");
  const spikes = run(session([1, 1, 1]), (_, frame) => ({ yaw: frame % 3 === 2 ? 16 : 0 }));
  assert.is(spikes.result?.challenge, "unsure");
});

test("another face after the first turn fails, however alike its turns are", () => {
  let turned = false;
  const { result } = run(session(), (coach) => {
    turned ||= coach === "turnLeft" || coach === "turnRight";
    return { yaw: obeys(coach), proof: proofAt(turned ? 1.2 : 0.2) };
  });
  assert.equal([result?.challenge, result?.liveness], ["fail", "fail"]);
});

test("a face that jumps or goes away begins again; who never stays gets no pass", () => {
  const { result } = run(session(), (coach, frame) => ({
    yaw: obeys(coach),
    centreX: frame % 5 === 4 ? 900 : 400,
  }));
  assert.is(result?.challenge ?? "unsure", "unsure");
  const gone = run(session(), (coach, frame) => ({ yaw: obeys(coach), face: frame % 14 < 7 }));
  assert.is.not(gone.result?.challenge, "pass");
});

test("a slow board, which looks every other second, is no reason to begin again", () => {
  const tested = session();
  let coach: CoachCode = "good";
  let challenge: string | undefined;
  for (let frame = 0; frame < 16 && challenge === undefined; frame += 1) {
    const yaw = obeys(coach);
    const seen: Sighting = {
      atMs: frame * 2_000,
      advice: Math.abs(yaw) > 0.35 ? "lookStraight" : "good",
      face: { yaw, centreX: 400, centreY: 300, width: 300 },
    };
    const progress = tested.take(seen, tested.wants(seen) ? proofAt(0.2) : null);
    coach = progress.coach;
    challenge = progress.result?.challenge;
  }
  assert.is(challenge, "pass");
});

test("who does not match is not asked to turn; in between nobody decides", () => {
  const coaches: CoachCode[] = [];
  const other = run(session(), (coach) => {
    coaches.push(coach);
    return { yaw: 0, proof: proofAt(0.9) };
  });
  assert.equal(
    [other.result?.match, other.result?.band, other.result?.liveness],
    ["different", "none", "unsure"],
  );
  assert.not.ok(coaches.some((coach) => coach.startsWith("turnL") || coach.startsWith("turnR")));
  const between = run(session(), () => ({ yaw: 0, proof: proofAt(0.55) }));
  assert.equal([between.result?.match, between.result?.band], ["unsure", "weak"]);
});

test("passive cues alone can keep from passing, never pass alone", () => {
  const flat = run(session(), (coach) => ({ yaw: obeys(coach), proof: proofAt(0.2, 0.05) }));
  assert.equal([flat.result?.passive, flat.result?.liveness], ["fail", "fail"]);
  const doubtful = run(session(), (coach) => ({ yaw: obeys(coach), proof: proofAt(0.2, 0.3) }));
  assert.equal([doubtful.result?.passive, doubtful.result?.liveness], ["unsure", "unsure"]);
  const still = run(session(), () => ({ yaw: 0, proof: proofAt(0.2, 1) }));
  assert.equal([still.result?.passive, still.result?.liveness], ["pass", "unsure"]);
});

test("no sequence of looks whatsoever passes without the asked turns", () => {
  const look = fc.record({
    yaw: fc.double({ min: -2, max: 2 }),
    face: fc.boolean(),
    centreX: fc.integer({ min: 0, max: 960 }),
    advice: fc.constantFrom<CoachCode>("good", "lookStraight", "onePersonOnly"),
  });
  fc.assert(
    fc.property(fc.array(look, { maxLength: 60 }), (looks) => {
      // Turns to the left are asked for; looks to the left are taken out.
      const given = looks.map((each) => ({ ...each, yaw: each.yaw > 0.3 ? 0.3 : each.yaw }));
      const tested = session([1, 1, 1]);
      const { result } = run(tested, (_, frame) => given[frame] ?? { yaw: 0 }, given.length);
      if (result === null) return;
      assert.is.not(result.challenge, "pass");
    }),
    { numRuns: 300 },
  );
});

test("distances become three answers; what is no number is unsure", () => {
  const answers = [0, 0.5, 0.55, 0.6, 0.61, Number.NaN].map((d) =>
    [matchOf(d, matcher), bandOf(d, matcher)].join(" "),
  );
  assert.equal(answers, [
    "same strong",
    "same fair",
    "unsure weak",
    "unsure weak",
    "different none",
    "unsure weak",
  ]);
  assert.ok(matcher.same.falseMatchRate < 0.001 && matcher.same.source.length > 40);
  assert.is(distanceOf(at(3), Float32Array.of(0, 4, 0), "euclidean"), 5);
  assert.is(distanceOf(at(3), Float32Array.of(0, 4, 0), "cosine"), 1);
  assert.ok(Number.isNaN(distanceOf(at(3), new Float32Array(2), "euclidean")));
  assert.equal([...meanOf([at(1), at(3)])], [2, 0, 0]);
});

test.run();
