// How fast does the fan turn at which temperature?

/** From `celsius` on the fan turns at `percent` of its full speed. */
export interface FanStep {
  /** 20 … 100. */
  readonly celsius: number;
  /** 0 … 100. */
  readonly percent: number;
}

/** A small board throttles at 80 … 85 °C; below 50 °C a hall is quieter without a fan. */
export const DEFAULT_CURVE: readonly FanStep[] = [
  { celsius: 50, percent: 30 },
  { celsius: 60, percent: 50 },
  { celsius: 68, percent: 75 },
  { celsius: 75, percent: 100 },
];

/** A step is left again only so much below where it was entered: a fan that hunts wears out and is heard. */
export const HYSTERESIS_CELSIUS = 4;

/** Temperatures and speeds both rise. Says what is wrong, or null. */
export const curveProblem = (curve: readonly FanStep[]): string | null => {
  if (curve.length === 0 || curve.length > 8) return "has 1 to 8 steps";
  for (const [index, { celsius, percent }] of curve.entries()) {
    const before = curve[index - 1];
    if (!(celsius >= 20 && celsius <= 100)) return "has temperatures from 20 to 100 °C";
    if (!(percent >= 0 && percent <= 100)) return "has speeds from 0 to 100 percent";
    if (before !== undefined && (celsius <= before.celsius || percent < before.percent))
      return "rises from step to step";
  }
  return null;
};

/** The step for `celsius`, seen from the step that holds now; −1 is "below all". */
export const stepFor = (curve: readonly FanStep[], celsius: number, now: number): number => {
  let step = -1;
  for (const [index, { celsius: from }] of curve.entries()) {
    // A step that holds already is left later than it was entered.
    const at = index <= now ? from - HYSTERESIS_CELSIUS : from;
    if (celsius >= at) step = index;
  }
  return step;
};

export const percentAt = (curve: readonly FanStep[], step: number): number => curve[step]?.percent ?? 0;
