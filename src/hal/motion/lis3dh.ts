// What do the registers of an LIS3DH say, and how is it told to remember a blow?
//
// STMicroelectronics DS6839 (DocID17530) "LIS3DH": Table 4 (sensitivity), section 6.1.1 (I2C), section 8
// (registers). High-resolution mode, ±2 g: 12 bits, left-justified in 16, low byte first, 1 mg a step.
import { ImplausibleError, WrongChipError } from "../i2c/chip-errors.js";
import type { I2cWire } from "../i2c/i2c-wire.js";
import type { Acceleration } from "./motion.js";

/** SDO/SA0 to ground; the breakouts that pull it up are at 0x19. */
export const LIS3DH_ADDRESS = 0x18;
export const LIS3DH_ID = 0x33;

export const LIS3DH_REGISTER = {
  WHO_AM_I: 0x0f,
  CTRL_REG1: 0x20,
  CTRL_REG2: 0x21,
  CTRL_REG3: 0x22,
  CTRL_REG4: 0x23,
  CTRL_REG5: 0x24,
  OUT_X_L: 0x28,
  INT1_CFG: 0x30,
  INT1_SRC: 0x31,
  INT1_THS: 0x32,
  INT1_DURATION: 0x33,
} as const;

/** Section 6.1.1: the top bit of the sub-address makes the chip step on by itself. */
const AUTO_INCREMENT = 0x80;
const G_PER_STEP = 1e-3;
/** Half a g beyond gravity: a fist, a crowbar or a fall, not a door that closes or a lorry that passes. */
const KNOCK_G = 0.5;
/** INT1_THS at ±2 g: 16 mg a step. */
const THRESHOLD_G_PER_STEP = 16e-3;
/** Interrupt active, in INT1_SRC. */
const IA = 0x40;
/** At rest within the tolerance of the part (Table 4: ±40 mg offset), knocked up to twice that and more. */
const LEAST_G = 0.2;

/** In this order: the threshold first, so that enabling does not remember a blow that never was. */
export const LIS3DH_SETUP: readonly (readonly [register: number, value: number])[] = [
  // 100 Hz, all three axes.
  [LIS3DH_REGISTER.CTRL_REG1, 0x57],
  // BDU (both bytes of one sample), ±2 g, HR.
  [LIS3DH_REGISTER.CTRL_REG4, 0x88],
  // The high-pass filter takes gravity away before interrupt 1 looks.
  [LIS3DH_REGISTER.CTRL_REG2, 0x01],
  // Interrupt 1 also to its pin, for a board that wires it.
  [LIS3DH_REGISTER.CTRL_REG3, 0x40],
  // LIR_INT1: remembered until INT1_SRC is read.
  [LIS3DH_REGISTER.CTRL_REG5, 0x08],
  [LIS3DH_REGISTER.INT1_THS, Math.round(KNOCK_G / THRESHOLD_G_PER_STEP)],
  [LIS3DH_REGISTER.INT1_DURATION, 0],
  // XH or YH or ZH: any axis above the threshold.
  [LIS3DH_REGISTER.INT1_CFG, 0x2a],
];

/** Six bytes from OUT_X_L. Throws `Error` on another length, `ImplausibleError` on what no cabinet feels. */
export const decodeAcceleration = (answer: Uint8Array): Acceleration => {
  if (answer.length !== 6) throw new Error(`an answer of ${answer.length} bytes instead of 6`);
  const view = new DataView(answer.buffer, answer.byteOffset, 6);
  const axis = (at: number) => (view.getInt16(at, true) >> 4) * G_PER_STEP;
  const acceleration = { x: axis(0), y: axis(2), z: axis(4) };
  const g = magnitude(acceleration);
  if (g < LEAST_G) throw new ImplausibleError(`${g.toFixed(2)} g: nothing in a room weighs that little`);
  return acceleration;
};

/** The inverse, for the simulated chip. */
export const encodeAcceleration = ({ x, y, z }: Acceleration): Uint8Array => {
  const bytes = new Uint8Array(6);
  const view = new DataView(bytes.buffer);
  for (const [at, g] of [x, y, z].entries()) {
    const steps = Math.min(2047, Math.max(-2048, Math.round(g / G_PER_STEP)));
    view.setInt16(2 * at, steps << 4, true);
  }
  return bytes;
};

export const magnitude = ({ x, y, z }: Acceleration): number => Math.hypot(x, y, z);

/** The angle between two directions of "down": 0 … 180°. */
export const angleDegrees = (a: Acceleration, b: Acceleration): number => {
  const cosine = (a.x * b.x + a.y * b.y + a.z * b.z) / (magnitude(a) * magnitude(b));
  return (Math.acos(Math.min(1, Math.max(-1, cosine))) * 180) / Math.PI;
};

/** Throws `WrongChipError` when something else answers there, `Error` of the wire. */
export const setUpLis3dh = async (wire: I2cWire): Promise<void> => {
  const [id] = await wire.transfer(LIS3DH_ADDRESS, Uint8Array.of(LIS3DH_REGISTER.WHO_AM_I), 1);
  if (id !== LIS3DH_ID)
    throw new WrongChipError(`the chip at 0x18 says it is 0x${id?.toString(16)}, an LIS3DH says 0x33`);
  for (const [register, value] of LIS3DH_SETUP)
    await wire.transfer(LIS3DH_ADDRESS, Uint8Array.of(register, value), 0);
  // What it remembers of the time before is not ours.
  await readKnock(wire);
};

export const readAcceleration = async (wire: I2cWire): Promise<Acceleration> => {
  const from = Uint8Array.of(LIS3DH_REGISTER.OUT_X_L | AUTO_INCREMENT);
  return decodeAcceleration(await wire.transfer(LIS3DH_ADDRESS, from, 6));
};

/** Whether there was a blow since the last question. */
export const readKnock = async (wire: I2cWire): Promise<boolean> => {
  const [source = 0] = await wire.transfer(LIS3DH_ADDRESS, Uint8Array.of(LIS3DH_REGISTER.INT1_SRC), 1);
  return (source & IA) !== 0;
};

/** A chip that lost its supply for a moment forgets its set-up. Throws `Error` then, so that it is set up anew. */
export const checkSetUp = async (wire: I2cWire): Promise<void> => {
  const [rate] = await wire.transfer(LIS3DH_ADDRESS, Uint8Array.of(LIS3DH_REGISTER.CTRL_REG1), 1);
  if (rate !== LIS3DH_SETUP[0]?.[1]) throw new Error("the chip lost its settings: its supply dropped out");
};
