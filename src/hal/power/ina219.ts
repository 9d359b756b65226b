// What do the registers of an INA219 in the mains adapter's line say?
//
// Texas Instruments SBOS448G "INA219": section 8.6, Table 2 (register set), all registers 16 bits, high
// byte first.
import { ImplausibleError, WrongChipError } from "../i2c/chip-errors.js";
import type { I2cWire } from "../i2c/i2c-wire.js";
import { word } from "./max17048.js";

/** Table 1: A1 and A0 to ground. */
export const INA219_ADDRESS = 0x40;

export const INA219_REGISTER = {
  /** See `INA219_POWER_ON`. Bit 15 (RST) sets every register to its power-on value and clears itself. */
  CONFIGURATION: 0x00,
  /** Signed, 10 µV a step. */
  SHUNT_VOLTAGE: 0x01,
  /** Bits 15 … 3: voltage, 4 mV a step; bit 0: overflow (Figure 24). */
  BUS_VOLTAGE: 0x02,
} as const;

/**
 * 32 V range, ±320 mV shunt range, 12 bits, continuous (Figure 19). It is used as it is: a chip whose supply
 * dropped out measures on without a word, and the current comes from the shunt voltage, so that nothing
 * depends on the calibration register, which such a chip forgets.
 */
export const INA219_POWER_ON = 0x399f;
const RESET = Uint8Array.of(INA219_REGISTER.CONFIGURATION, 0x80, 0x00);

/** Section 7.1: the input bears 26 V, whatever the range says. */
const MOST_BUS_VOLTS = 26;
/** ±320 mV at 10 µV a step (PGA ÷8). */
const MOST_SHUNT_STEPS = 32_000;
/** The 0.1 Ω resistor of the common breakout boards. */
export const SHUNT_OHMS = 0.1;
const BUS_VOLTS_PER_STEP = 4e-3;
const SHUNT_VOLTS_PER_STEP = 10e-6;

export interface SupplyReading {
  readonly volts: number;
  /** Out of the adapter; negative: into it. */
  readonly amperes: number;
}

/**
 * Throws `Error` on a short register or when the chip reports an overflow of its own arithmetic,
 * `ImplausibleError` on more than the chip can measure.
 */
export const decodeSupply = (bus: Uint8Array, shunt: Uint8Array): SupplyReading => {
  const busWord = word(bus);
  if ((busWord & 1) === 1) throw new Error("math overflow (OVF) in the current measurement");
  const shuntWord = word(shunt);
  const signed = shuntWord >= 0x8000 ? shuntWord - 0x10000 : shuntWord;
  const volts = (busWord >> 3) * BUS_VOLTS_PER_STEP;
  if (volts > MOST_BUS_VOLTS)
    throw new ImplausibleError(`${volts.toFixed(1)} V at an input for ${MOST_BUS_VOLTS} V`);
  if (Math.abs(signed) > MOST_SHUNT_STEPS)
    throw new ImplausibleError(
      `${(signed * SHUNT_VOLTS_PER_STEP).toFixed(3)} V across the shunt, beyond ±0.32 V`,
    );
  return {
    volts,
    amperes: (signed * SHUNT_VOLTS_PER_STEP) / SHUNT_OHMS,
  };
};

/** The inverse, for the simulated chip. */
export const encodeSupply = (reading: SupplyReading): { bus: Uint8Array; shunt: Uint8Array } => {
  // Bit 1: conversion ready.
  const bus = (Math.round(reading.volts / BUS_VOLTS_PER_STEP) << 3) | 0b10;
  const shunt = Math.round((reading.amperes * SHUNT_OHMS) / SHUNT_VOLTS_PER_STEP) & 0xffff;
  return {
    bus: Uint8Array.of((bus >> 8) & 0xff, bus & 0xff),
    shunt: Uint8Array.of((shunt >> 8) & 0xff, shunt & 0xff),
  };
};

/** The chip has no identity register; what a reset leaves in its configuration is as good. */
export const checkIna219 = async (wire: I2cWire): Promise<void> => {
  await wire.transfer(INA219_ADDRESS, RESET, 0);
  const found = word(await wire.transfer(INA219_ADDRESS, Uint8Array.of(INA219_REGISTER.CONFIGURATION), 2));
  if (found !== INA219_POWER_ON)
    throw new WrongChipError(
      `the chip at 0x40 has configuration 0x${found.toString(16)} after a reset, an INA219 has 0x399f`,
    );
};

export const readIna219 = async (wire: I2cWire): Promise<SupplyReading> =>
  decodeSupply(
    await wire.transfer(INA219_ADDRESS, Uint8Array.of(INA219_REGISTER.BUS_VOLTAGE), 2),
    await wire.transfer(INA219_ADDRESS, Uint8Array.of(INA219_REGISTER.SHUNT_VOLTAGE), 2),
  );
