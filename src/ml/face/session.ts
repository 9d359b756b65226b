// Is the person before the camera alive, and the one of the portrait? (From frames, by asking for turns of the head.)
//
// What the challenge stops: a printed or shown photograph (a flat face keeps the nose between its ears however it
// is turned), a frozen picture, a recording whose turns are others (one in eight fits by chance), a swap of persons
// on the way. A recording made to measure while it is asked is left to the passive cues and to the officer's eye.
import type { Matcher } from "../models.js";
import type { CoachCode } from "./coaching.js";
import { type Band, bandOf, distanceOf, type FaceMatch, matchOf, meanOf } from "./match.js";

export type Verdict = "pass" | "fail" | "unsure";

export interface FaceResult {
  readonly match: FaceMatch;
  readonly band: Band;
  readonly liveness: Verdict;
  readonly challenge: Verdict;
  readonly passive: Verdict;
}

/** What was seen on one frame. */
export interface Sighting {
  readonly atMs: number;
  /** What would make a portrait of it; "good" when it is one. */
  readonly advice: CoachCode;
  /** `null`: no face. */
  readonly face: {
    readonly yaw: number;
    readonly centreX: number;
    readonly centreY: number;
    readonly width: number;
  } | null;
}

/** What is computed only of frames that the session wants; it takes the longest. */
export interface Proof {
  readonly descriptor: Float32Array;
  /** 0 … 1 of the two passive models. */
  readonly real: number;
  readonly live: number;
}

export interface Progress {
  readonly coach: CoachCode;
  /** 0 … 1. */
  readonly fraction: number;
  readonly result: FaceResult | null;
}

export interface SessionParts {
  readonly reference: Float32Array;
  readonly matcher: Matcher;
  /** Scores from which the passive models mean a living face. */
  readonly realFrom: number;
  readonly liveFrom: number;
  /** −1 right, +1 left: from a generator that nobody can foresee. */
  readonly randomTurn: () => -1 | 1;
}

/** Frames that describe the person; noise of a single one moves the distance by up to 0.1. */
const PORTRAITS = 3;
/** So many more are taken when the first ones do not match: light and expression vary. */
const MOST_PORTRAITS = 6;
const TURNS = 3;
/** In units of the pose's ratio, from the person's own straight look: about 25 degrees. */
const TURNED = 0.4;
const BACK = 0.22;
/** As the coaching's "look straight". */
const STRAIGHT_UP_TO = 0.35;
/** In a row: one frame's landmarks may err. */
const FRAMES_TURNED = 2;
/** Understanding, turning and coming back take an old person 3 to 5 s. */
const TURN_WITHIN_MS = 15_000;
const LOST_MS = 1_500;
/** Between two frames that show a face: a board under load looks every other second, a swap takes longer. */
const LONGEST_GAP_MS = 6_000;
/** Widths of the face that its middle may move from one frame to the next. */
const LARGEST_JUMP = 0.8;
const RESTARTS = 2;
const LARGEST_YAW = 1.5;
/** Below this share of its threshold a passive score speaks against a living face. */
const CLEARLY_NOT = 0.5;

export class FaceSession {
  readonly #parts: SessionParts;
  #proofs: Proof[] = [];
  #afterTurns: Proof[] = [];
  #yaws: number[] = [];
  #turns: readonly (-1 | 1)[] = [];
  #turn = 0;
  #isBack = true;
  #turnSinceMs = 0;
  #rightWay = 0;
  #wrongWay = 0;
  #restarts = 0;
  #last: Sighting | null = null;
  #result: FaceResult | null = null;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** Whether the frame's proof is to be computed and given to `take`. */
  wants({ advice, face }: Sighting): boolean {
    if (this.#result !== null || face === null || advice !== "good") return false;
    return this.#turns.length === 0 || (this.#isBack && this.#isStraight(face.yaw));
  }

  take(seen: Sighting, proof: Proof | null): Progress {
    if (this.#result === null) {
      this.#keepWatch(seen);
      if (this.#turns.length === 0) this.#look(seen, proof);
      else this.#challenge(seen, proof);
    }
    return { coach: this.#coach(seen), fraction: this.#fraction(), result: this.#result };
  }

  get #baseline(): number {
    return this.#yaws.reduce((sum, yaw) => sum + yaw, 0) / Math.max(1, this.#yaws.length);
  }

  #offset(yaw: number): number {
    return Math.max(-LARGEST_YAW, Math.min(LARGEST_YAW, yaw)) - this.#baseline;
  }

  #isStraight(yaw: number): boolean {
    return Math.abs(this.#offset(yaw)) < BACK;
  }

  /** Whoever was described must be the one who turns: a face that is gone or jumps begins again. */
  #keepWatch(seen: Sighting): void {
    const last = this.#last;
    if (seen.face !== null) this.#last = seen;
    if (last === null || last.face === null) return;
    const isGone = seen.atMs - last.atMs > (seen.face === null ? LOST_MS : LONGEST_GAP_MS);
    const jumped =
      seen.face !== null &&
      Math.hypot(seen.face.centreX - last.face.centreX, seen.face.centreY - last.face.centreY) >
        LARGEST_JUMP * Math.max(seen.face.width, last.face.width);
    if (!isGone && !jumped) return;
    if (seen.face === null) this.#last = null;
    if (this.#turns.length > 0) this.#restart();
    else this.#forgetFrames();
  }

  #forgetFrames(): void {
    this.#proofs = [];
    this.#afterTurns = [];
    this.#yaws = [];
    this.#turns = [];
  }

  #restart(): void {
    this.#restarts += 1;
    if (this.#restarts > RESTARTS) this.#finish("unsure");
    else this.#forgetFrames();
  }

  #look({ face, atMs }: Sighting, proof: Proof | null): void {
    if (face === null || proof === null) return;
    this.#proofs.push(proof);
    this.#yaws.push(face.yaw);
    if (this.#proofs.length < PORTRAITS) return;
    if (this.#match() === "same") this.#beginTurns(atMs);
    // No use in asking somebody to turn the head whom an officer will have to look at anyway.
    else if (this.#proofs.length >= MOST_PORTRAITS) this.#finish("unsure");
  }

  #beginTurns(atMs: number): void {
    this.#turns = Array.from({ length: TURNS }, () => this.#parts.randomTurn());
    this.#turn = 0;
    this.#nextTurn(atMs);
  }

  #nextTurn(atMs: number): void {
    this.#isBack = false;
    this.#turnSinceMs = atMs;
    this.#rightWay = 0;
    this.#wrongWay = 0;
  }

  #challenge({ face, advice, atMs }: Sighting, proof: Proof | null): void {
    if (atMs - this.#turnSinceMs > TURN_WITHIN_MS) this.#finish("unsure");
    if (this.#result !== null || face === null || advice === "onePersonOnly") return;
    if (this.#isBack) {
      if (proof === null) return;
      this.#afterTurns.push(proof);
      this.#turn += 1;
      if (this.#turn < TURNS) this.#nextTurn(atMs);
      else this.#finish("pass");
      return;
    }
    const way = this.#turns[this.#turn] ?? 0;
    // Also past what counts as straight: from an askew look, coming to the middle is no turn.
    const offset = Math.abs(face.yaw) >= STRAIGHT_UP_TO ? this.#offset(face.yaw) * way : 0;
    this.#rightWay = offset >= TURNED ? this.#rightWay + 1 : 0;
    this.#wrongWay = offset <= -TURNED ? this.#wrongWay + 1 : 0;
    if (this.#wrongWay >= FRAMES_TURNED) this.#finish("fail");
    else if (this.#rightWay >= FRAMES_TURNED) this.#isBack = true;
  }

  #live(): Float32Array {
    return meanOf(this.#proofs.map(({ descriptor }) => descriptor));
  }

  #distance(): number {
    const { reference, matcher } = this.#parts;
    return this.#proofs.length === 0 ? Number.NaN : distanceOf(this.#live(), reference, matcher.metric);
  }

  #match(): FaceMatch {
    return matchOf(this.#distance(), this.#parts.matcher);
  }

  #passive(): Verdict {
    const { realFrom, liveFrom } = this.#parts;
    const all = [...this.#proofs, ...this.#afterTurns];
    if (all.length < PORTRAITS) return "unsure";
    const mean = (of: (proof: Proof) => number): number =>
      all.reduce((sum, proof) => sum + of(proof), 0) / all.length;
    const [real, live] = [mean((proof) => proof.real) / realFrom, mean((proof) => proof.live) / liveFrom];
    if (real >= 1 && live >= 1) return "pass";
    return real < CLEARLY_NOT || live < CLEARLY_NOT ? "fail" : "unsure";
  }

  /** The one who came back from each turn is the one who was described before the first. */
  #wasSwapped(): boolean {
    const { matcher } = this.#parts;
    const before = this.#live();
    return this.#afterTurns.some(
      ({ descriptor }) => distanceOf(descriptor, before, matcher.metric) > matcher.different.distance,
    );
  }

  #finish(turned: Verdict): void {
    const challenge = turned === "pass" && this.#wasSwapped() ? "fail" : turned;
    const passive = this.#passive();
    const liveness: Verdict =
      challenge === "pass" && passive === "pass"
        ? "pass"
        : challenge === "fail" || passive === "fail"
          ? "fail"
          : "unsure";
    const distance = this.#distance();
    const { matcher } = this.#parts;
    this.#result = {
      match: matchOf(distance, matcher),
      band: bandOf(distance, matcher),
      liveness,
      challenge,
      passive,
    };
    this.#forgetFrames();
  }

  #coach({ advice, face }: Sighting): CoachCode {
    if (this.#result !== null) return "good";
    if (this.#turns.length === 0 || face === null || advice === "onePersonOnly") return advice;
    if (!this.#isBack) return this.#turns[this.#turn] === 1 ? "turnLeft" : "turnRight";
    return this.#isStraight(face.yaw) ? advice : "lookStraight";
  }

  #fraction(): number {
    if (this.#result !== null) return 1;
    const looked = Math.min(PORTRAITS, this.#proofs.length);
    const turned = this.#turns.length === 0 ? 0 : this.#turn * 2 + (this.#isBack ? 1 : 0);
    return (looked + turned) / (PORTRAITS + 2 * TURNS);
  }
}
