// What do the registers of a MAX17048 battery gauge say?
//
// Maxim 19-6171 "MAX17048/MAX17049": Table 2 (register summary), all registers 16 bits, high byte first.
import { ImplausibleError, WrongChipError } from "../i2c/chip-errors.js";
import type { I2cWire } from "../i2c/i2c-wire.js";

/** 0x6C as the datasheet writes it, read/write bit included ("Slave Address"). */
export const MAX17048_ADDRESS = 0x36;

export const MAX17048_REGISTER = {
  /** Cell voltage, 78.125 µV a step. */
  VCELL: 0x02,
  /** State of charge, 1/256 % a step; may pass 100 %. */
  SOC: 0x04,
  /** 0x001_: tells this gauge from another chip at its address. */
  VERSION: 0x08,
} as const;

const VOLTS_PER_STEP = 78.125e-6;
const STEPS_PER_PERCENT = 256;
/** A lithium cell outside this is no cell: a floating or shorted sense pin. */
const CELL_VOLTS = { min: 2.0, max: 5.0 };
/** The model overshoots a little on a warm, full cell; further it is lost or another chip speaks. */
const MOST_PERCENT = 120;

export interface BatteryReading {
  /** 0 … 1. */
  readonly fraction: number;
  readonly volts: number;
}

/** `register` as read, two bytes. Throws `Error` on another length. */
export const word = (register: Uint8Array): number => {
  const [high, low] = register;
  if (register.length !== 2 || high === undefined || low === undefined)
    throw new Error(`a register of ${register.length} bytes instead of 2`);
  return (high << 8) | low;
};

/** Throws `ImplausibleError` when voltage or charge are none that a cell has, `Error` on a short register. */
export const decodeBattery = (vcell: Uint8Array, soc: Uint8Array): BatteryReading => {
  const volts = word(vcell) * VOLTS_PER_STEP;
  if (volts < CELL_VOLTS.min || volts > CELL_VOLTS.max)
    throw new ImplausibleError(
      `cell voltage ${volts.toFixed(2)} V is outside ${CELL_VOLTS.min} … ${CELL_VOLTS.max} V`,
    );
  const percent = word(soc) / STEPS_PER_PERCENT;
  if (percent > MOST_PERCENT) throw new ImplausibleError(`a cell that is ${percent.toFixed(0)} % full`);
  return { fraction: Math.min(1, percent / 100), volts };
};

/** The gauge's answer to "how full?"; the inverse of `decodeBattery`, for the simulated chip. */
export const encodeBattery = (reading: BatteryReading): { vcell: Uint8Array; soc: Uint8Array } => ({
  vcell: bytes(Math.round(reading.volts / VOLTS_PER_STEP)),
  soc: bytes(Math.round(reading.fraction * 100 * STEPS_PER_PERCENT)),
});

const bytes = (value: number): Uint8Array => Uint8Array.of((value >> 8) & 0xff, value & 0xff);

/** Throws `WrongChipError` when the chip there is no MAX17048. */
export const checkMax17048 = async (wire: I2cWire): Promise<void> => {
  const version = word(await wire.transfer(MAX17048_ADDRESS, Uint8Array.of(MAX17048_REGISTER.VERSION), 2));
  if ((version & 0xfff0) !== 0x0010)
    throw new WrongChipError(`the chip at 0x36 has version 0x${version.toString(16)}, a MAX17048 has 0x001_`);
};

export const readMax17048 = async (wire: I2cWire): Promise<BatteryReading> =>
  decodeBattery(
    await wire.transfer(MAX17048_ADDRESS, Uint8Array.of(MAX17048_REGISTER.VCELL), 2),
    await wire.transfer(MAX17048_ADDRESS, Uint8Array.of(MAX17048_REGISTER.SOC), 2),
  );
