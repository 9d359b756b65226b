// How was a picture exposed, as libcamera's metadata file tells?
import type { Exposure } from "./camera.js";

const LONGEST_TEXT = 100_000;

const isPositive = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value) && value > 0;

/** Four digits are finer than any sensor's gain steps, and never an exponent on a command line. */
const rounded = (value: number): number => Math.max(0.001, Math.round(value * 10_000) / 10_000);

/** Names are those of libcamera's controls. Null when anything is missing or can not be: then nothing is locked. */
export const exposureOf = (json: string): Exposure | null => {
  if (json.length > LONGEST_TEXT) return null;
  let read: unknown;
  try {
    read = JSON.parse(json);
  } catch {
    return null;
  }
  if (typeof read !== "object" || read === null) return null;
  const { ExposureTime, AnalogueGain, DigitalGain, ColourGains } = read as Record<string, unknown> & {
    ExposureTime?: unknown;
    AnalogueGain?: unknown;
    DigitalGain?: unknown;
    ColourGains?: unknown;
  };
  const digital = isPositive(DigitalGain) ? DigitalGain : 1;
  const [red, blue] = Array.isArray(ColourGains) ? (ColourGains as unknown[]) : [];
  if (!isPositive(ExposureTime) || !isPositive(AnalogueGain) || !isPositive(red) || !isPositive(blue))
    return null;
  const exposure: Exposure = {
    shutterUs: Math.max(1, Math.round(ExposureTime)),
    gain: rounded(AnalogueGain * digital),
    colourGains: [rounded(red), rounded(blue)],
  };
  const gains = [exposure.gain, ...exposure.colourGains];
  return exposure.shutterUs <= 700_000_000 && gains.every((gain) => gain <= 256) ? exposure : null;
};
