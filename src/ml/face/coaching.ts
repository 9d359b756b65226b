// What should the person before the camera do, so that the next frame is a good one? (One thing at a time.)

export const COACH_CODES = [
  "centre",
  "comeCloser",
  "stepBack",
  "tooDark",
  "turnToLight",
  "lookStraight",
  "holdStill",
  "onePersonOnly",
  "turnLeft",
  "turnRight",
  "good",
] as const;
/** Left and right are the person's own. */
export type CoachCode = (typeof COACH_CODES)[number];
