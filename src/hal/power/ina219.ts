// What do the registers of an INA219 in the mains adapter's line say?
//
// Texas Instruments SBOS448G "INA219": section 8.6, Table 2 (register set), all registers 16 bits, high
// byte first.
import type { I2cWire } from "../i2c/i2c-wire.js";
import { word } from "./max17048.js";

/** Table 1: A1 and A0 to ground. */
export const INA219_ADDRESS = 0x40;

export const INA219_REGISTER = {
  /** Power-on value 0x399F: 32 V range, ±320 mV shunt range, continuous. */
  CONFIGURATION: 0x00,
  /** Signed, 10 µV a step. */
  SHUNT_VOLTAGE: 0x01,
  /** Bits 15 … 3: voltage, 4 mV a step; bit 0: overflow (Figure 24). */
  BUS_VOLTAGE: 0x02,
} as const;

/** The 0.1 Ω resistor of the common breakout boards. */
export const SHUNT_OHMS = 0.1;
const BUS_VOLTS_PER_STEP = 4e-3;
const SHUNT_VOLTS_PER_STEP = 10e-6;

export interface SupplyReading {
  readonly volts: number;
  /** Out of the adapter; negative: into it. */
  readonly amperes: number;
}

/** Throws `Error` on a short register or when the chip reports an overflow of its own arithmetic. */
export const decodeSupply = (bus: Uint8Array, shunt: Uint8Array): SupplyReading => {
  const busWord = word(bus);
  if ((busWord & 1) === 1) throw new Error("math overflow (OVF) in the current measurement");
  const shuntWord = word(shunt);
  const signed = shuntWord >= 0x8000 ? shuntWord - 0x10000 : shuntWord;
  return {
    volts: (busWord >> 3) * BUS_VOLTS_PER_STEP,
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

export const readIna219 = async (wire: I2cWire): Promise<SupplyReading> =>
  decodeSupply(
    await wire.transfer(INA219_ADDRESS, Uint8Array.of(INA219_REGISTER.BUS_VOLTAGE), 2),
    await wire.transfer(INA219_ADDRESS, Uint8Array.of(INA219_REGISTER.SHUNT_VOLTAGE), 2),
  );
