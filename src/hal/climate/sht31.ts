// How warm and damp is it, by a Sensirion SHT31?
//
// Sensirion "Datasheet SHT3x-DIS", version 7 (December 2022): Table 8 (addresses), Table 9 (single shot
// commands), Table 4 (durations), Tables 14 and 18 (reset, status), section 4.12 with Table 20 (checksum), section 4.13 (conversion).
import type { Clock } from "../../core/clock.js";
import { type Fault, toFault } from "../../core/faults.js";
import { ImplausibleError, WrongChipError } from "../i2c/chip-errors.js";
import type { I2cWire } from "../i2c/i2c-wire.js";
import { withRetries } from "../i2c/retry.js";
import type { Climate, ClimateReading } from "./climate.js";

/** ADDR pin low. */
export const SHT31_ADDRESS = 0x44;
/** High repeatability, no clock stretching: the bus stays free, a read before the end is not acknowledged. */
export const SHT31_MEASURE = Uint8Array.of(0x24, 0x00);
/** 15 ms at most with high repeatability, 15.5 ms below 2.4 V; one more for the timer's grain. */
const MEASURE_MS = 17;
const ANSWER_BYTES = 6;
/** Also switches the chip's heater off, which would warm its own reading. */
export const SHT31_RESET = Uint8Array.of(0x30, 0xa2);
const RESET_MS = 2;
export const SHT31_STATUS = Uint8Array.of(0xf3, 0x2d);
/** Table 18: bits 14, 12, 3 and 2 are always zero. */
const STATUS_RESERVED = 0x500c;
/** Section 2: outside it the sensor is broken, or its supply is. */
const WORKING_CELSIUS = { min: -40, max: 125 };
/** The board throttles when its core is 20 … 25 °C above the cabinet and passes 80 °C. */
const HOT_CELSIUS = 55;

/** Polynomial 0x31, initial 0xFF, not reflected, no final xor: CRC(0xBEEF) = 0x92. */
export const crc8 = (bytes: Uint8Array): number => {
  let crc = 0xff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++)
      crc = (crc & 0x80) === 0 ? (crc << 1) & 0xff : ((crc << 1) ^ 0x31) & 0xff;
  }
  return crc;
};

const checkedWord = (answer: Uint8Array, at: number): number => {
  const [high, low, crc] = answer.subarray(at, at + 3);
  if (high === undefined || low === undefined || crc === undefined)
    throw new Error("the answer is too short");
  if (crc8(Uint8Array.of(high, low)) !== crc)
    throw new Error(`checksum of the ${at === 0 ? "temperature" : "humidity"} is wrong`);
  return (high << 8) | low;
};

/**
 * Six bytes: temperature, its checksum, humidity, its checksum. Throws `Error` on length or checksum,
 * `ImplausibleError` on a temperature that the sensor can not have.
 */
export const decodeClimate = (answer: Uint8Array): ClimateReading => {
  if (answer.length !== ANSWER_BYTES) throw new Error(`an answer of ${answer.length} bytes instead of 6`);
  const celsius = -45 + (175 * checkedWord(answer, 0)) / 0xffff;
  const relativeHumidity = (100 * checkedWord(answer, 3)) / 0xffff;
  if (celsius < WORKING_CELSIUS.min || celsius > WORKING_CELSIUS.max)
    throw new ImplausibleError(`${celsius.toFixed(0)} °C is outside the sensor's own range`);
  return { celsius, relativeHumidity };
};

/** The inverse, for the simulated chip. */
export const encodeClimate = ({ celsius, relativeHumidity }: ClimateReading): Uint8Array => {
  const part = (fraction: number): number[] => {
    const value = Math.round(Math.min(1, Math.max(0, fraction)) * 0xffff);
    const pair = [value >> 8, value & 0xff];
    return [...pair, crc8(Uint8Array.from(pair))];
  };
  return Uint8Array.from([...part((celsius + 45) / 175), ...part(relativeHumidity / 100)]);
};

export interface ClimateOptions {
  readonly wire: I2cWire;
  readonly clock: Clock;
}

/**
 * Throws `WrongChipError` when what answers is no status with its checksum. An INA219 with A1 at its supply
 * sits at the same address.
 */
export const decodeStatus = (answer: Uint8Array): number => {
  const [high = 0, low = 0, crc] = answer;
  const status = (high << 8) | low;
  if (answer.length !== 3 || crc8(Uint8Array.of(high, low)) !== crc || (status & STATUS_RESERVED) !== 0)
    throw new WrongChipError("the chip at 0x44 has no status like an SHT31's");
  return status;
};

/** The inverse, for the simulated chip. */
export const encodeStatus = (status: number): Uint8Array => {
  const pair = Uint8Array.of((status >> 8) & 0xff, status & 0xff);
  return Uint8Array.of(...pair, crc8(pair));
};

/**
 * Throws `FaultError` "climate.absent" when the sensor does not answer, "climate.wrongChip" when another chip
 * does, "climate.implausible" when it reads what can not be. Owns the wire.
 */
export const openClimate = async (options: ClimateOptions): Promise<Climate> => {
  const climate = new Sht31(options);
  try {
    await climate.start();
    await climate.read();
  } catch (thrown) {
    await climate.close();
    throw thrown;
  }
  return climate;
};

class Sht31 implements Climate {
  readonly #wire: I2cWire;
  readonly #clock: Clock;
  /** One measurement at a time: a second command within the first aborts both. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: ClimateOptions) {
    this.#wire = options.wire;
    this.#clock = options.clock;
  }

  async start(): Promise<void> {
    await withRetries(this.#clock, "climate", async () => {
      await this.#wire.transfer(SHT31_ADDRESS, SHT31_RESET, 0);
      await this.#clock.sleep(RESET_MS);
      await this.#wire.transfer(SHT31_ADDRESS, SHT31_STATUS, 0);
      decodeStatus(await this.#wire.transfer(SHT31_ADDRESS, new Uint8Array(), 3));
    });
  }

  read(): Promise<ClimateReading> {
    const reading = this.#turn.then(() =>
      withRetries(this.#clock, "climate", async () => {
        await this.#wire.transfer(SHT31_ADDRESS, SHT31_MEASURE, 0);
        await this.#clock.sleep(MEASURE_MS);
        return decodeClimate(await this.#wire.transfer(SHT31_ADDRESS, new Uint8Array(), ANSWER_BYTES));
      }),
    );
    this.#turn = reading.catch(() => {});
    return reading;
  }

  async health(): Promise<Fault | null> {
    try {
      const { celsius } = await this.read();
      return celsius < HOT_CELSIUS
        ? null
        : { code: "climate.hot", detail: `${celsius.toFixed(0)} °C inside` };
    } catch (thrown) {
      return toFault(thrown, "climate.absent");
    }
  }

  async close(): Promise<void> {
    await this.#wire.close();
  }
}
