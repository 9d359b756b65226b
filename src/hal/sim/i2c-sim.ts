// Which chips hang on the simulated I2C bus, and what do they answer?
import {
  encodeClimate,
  encodeStatus,
  SHT31_ADDRESS,
  SHT31_MEASURE,
  SHT31_RESET,
  SHT31_STATUS,
} from "../climate/sht31.js";
import { encodeAcceleration, LIS3DH_ADDRESS, LIS3DH_ID, LIS3DH_REGISTER } from "../motion/lis3dh.js";
import type { BytePort } from "../port/byte-port.js";
import { JsonLines, type JsonObject } from "../port/json-lines.js";
import { encodeSupply, INA219_ADDRESS, INA219_POWER_ON, INA219_REGISTER } from "../power/ina219.js";
import { encodeBattery, MAX17048_ADDRESS, MAX17048_REGISTER } from "../power/max17048.js";
import type { SimControl } from "./far-ends.js";

/** One chip. `null` is a missing acknowledge. */
export interface I2cChip {
  readonly address: number;
  transfer(write: Uint8Array, readLength: number): Promise<Uint8Array | null> | Uint8Array | null;
}

/** A bus with any chips on it. */
export class I2cBusSim {
  readonly #chips: ReadonlyMap<number, I2cChip>;

  constructor(chips: readonly I2cChip[]) {
    this.#chips = new Map(chips.map((chip) => [chip.address, chip]));
  }

  attach(port: BytePort): void {
    // One transfer at a time: the bus has one clock line.
    let turn: Promise<void> = Promise.resolve();
    const lines = new JsonLines(port, (request) => {
      turn = turn.then(async () => lines.send(await this.#answer(request))).catch(() => {});
    });
  }

  /** One transfer; `null` when no chip there acknowledges. */
  async transfer(address: number, write: Uint8Array, readLength: number): Promise<Uint8Array | null> {
    return (await this.#chips.get(address)?.transfer(write, readLength)) ?? null;
  }

  async #answer({ id, address, write, read }: JsonObject): Promise<JsonObject> {
    const wellFormed =
      typeof address === "number" &&
      typeof write === "string" &&
      /^([0-9a-f]{2})*$/.test(write) &&
      typeof read === "number" &&
      Number.isInteger(read) &&
      read >= 0 &&
      read <= 8192;
    if (!wellFormed) return { id, nack: true };
    const data = await this.transfer(address, new Uint8Array(Buffer.from(write, "hex")), read);
    return data === null ? { id, nack: true } : { id, data: Buffer.from(data).toString("hex") };
  }
}

/** Registers of 16 bits behind a pointer that the last write set. */
class RegisterChip implements I2cChip {
  readonly address: number;
  readonly #read: (register: number) => Uint8Array | null;
  #pointer = 0;

  constructor(address: number, read: (register: number) => Uint8Array | null) {
    this.address = address;
    this.#read = read;
  }

  transfer(write: Uint8Array, readLength: number): Uint8Array | null {
    this.#pointer = write[0] ?? this.#pointer;
    const register = this.#read(this.#pointer);
    if (register === null) return null;
    // Reading on past the register gives the released bus: all ones.
    return Uint8Array.from({ length: readLength }, (_, at) => register[at] ?? 0xff);
  }
}

/** The adapter's line, the cell and its gauge. */
export class PowerSim {
  #mains = true;
  #fraction = 1;
  #answering = true;

  get chips(): readonly I2cChip[] {
    return [
      new RegisterChip(MAX17048_ADDRESS, (register) => (this.#answering ? this.#gauge(register) : null)),
      new RegisterChip(INA219_ADDRESS, (register) => (this.#answering ? this.#supply(register) : null)),
    ];
  }

  readonly control: SimControl["power"] = {
    setMains: (on) => {
      this.#mains = on;
    },
    setBattery: (fraction) => {
      this.#fraction = Math.min(1, Math.max(0, fraction));
    },
    setAnswering: (on) => {
      this.#answering = on;
    },
  };

  #gauge(register: number): Uint8Array {
    // A lithium cell from empty (3.3 V) to full (4.2 V), straightened.
    const { vcell, soc } = encodeBattery({ fraction: this.#fraction, volts: 3.3 + 0.9 * this.#fraction });
    if (register === MAX17048_REGISTER.VCELL) return vcell;
    if (register === MAX17048_REGISTER.SOC) return soc;
    return register === MAX17048_REGISTER.VERSION ? Uint8Array.of(0x00, 0x12) : Uint8Array.of(0, 0);
  }

  #supply(register: number): Uint8Array {
    const { bus, shunt } = encodeSupply(
      this.#mains ? { volts: 12.1, amperes: 0.8 } : { volts: 0, amperes: 0 },
    );
    if (register === INA219_REGISTER.BUS_VOLTAGE) return bus;
    if (register === INA219_REGISTER.SHUNT_VOLTAGE) return shunt;
    return register === INA219_REGISTER.CONFIGURATION
      ? Uint8Array.of(INA219_POWER_ON >> 8, INA219_POWER_ON & 0xff)
      : Uint8Array.of(0, 0);
  }
}

/** The sensor in the cabinet: measures on command, does not acknowledge a read before it has measured. */
export class ClimateSim {
  #celsius = 31;
  #humidity = 62;
  #answering = true;
  #corrupt = 0;
  #measured: Uint8Array | null = null;

  get chips(): readonly I2cChip[] {
    return [{ address: SHT31_ADDRESS, transfer: (write, length) => this.#transfer(write, length) }];
  }

  readonly control: SimControl["climate"] = {
    set: (celsius, relativeHumidity) => {
      this.#celsius = celsius;
      this.#humidity = relativeHumidity;
    },
    setAnswering: (on) => {
      this.#answering = on;
    },
    corrupt: (times) => {
      this.#corrupt = times;
    },
  };

  #transfer(write: Uint8Array, readLength: number): Uint8Array | null {
    if (!this.#answering) return null;
    if (write.length > 0 && !this.#command(write)) return null;
    if (readLength === 0) return new Uint8Array();
    const answer = this.#measured?.slice(0, readLength) ?? null;
    this.#measured = null;
    if (answer !== null && this.#corrupt > 0) {
      this.#corrupt -= 1;
      answer[1] = (answer[1] ?? 0) ^ 0x10;
    }
    return answer;
  }

  /** False: a command that the chip does not know is not acknowledged. */
  #command(command: Uint8Array): boolean {
    const is = (known: Uint8Array) => Buffer.compare(command, known) === 0;
    if (is(SHT31_MEASURE))
      this.#measured = encodeClimate({ celsius: this.#celsius, relativeHumidity: this.#humidity });
    else if (is(SHT31_STATUS))
      // A reset was seen (bit 4), no alert is pending.
      this.#measured = encodeStatus(0x0010);
    else if (is(SHT31_RESET)) this.#measured = null;
    else return false;
    return true;
  }
}

/** The accelerometer on the cabinet's back wall, z axis up while the cabinet stands. */
export class MotionSim {
  #registers = powerOnRegisters();
  #tiltDegrees = 0;
  #answering = true;

  get chips(): readonly I2cChip[] {
    return [{ address: LIS3DH_ADDRESS, transfer: (write, length) => this.#transfer(write, length) }];
  }

  readonly control: SimControl["motion"] = {
    knock: (g) => {
      const threshold = (this.#registers[LIS3DH_REGISTER.INT1_THS] ?? 0) * 16e-3;
      const enabled =
        this.#registers[LIS3DH_REGISTER.INT1_CFG] !== 0 &&
        this.#registers[LIS3DH_REGISTER.CTRL_REG1] !== 0x07;
      // IA, XH: remembered until it is read (LIR_INT1).
      if (enabled && g > threshold) this.#registers[LIS3DH_REGISTER.INT1_SRC] = 0x42;
    },
    tilt: (degrees) => {
      this.#tiltDegrees = degrees;
    },
    setAnswering: (on) => {
      this.#answering = on;
    },
    brownOut: () => {
      this.#registers = powerOnRegisters();
    },
  };

  #transfer(write: Uint8Array, readLength: number): Uint8Array | null {
    const [subAddress, ...values] = write;
    if (!this.#answering || subAddress === undefined) return null;
    const step = subAddress >= 0x80 ? 1 : 0;
    const first = subAddress & 0x7f;
    for (const [at, value] of values.entries()) this.#registers[(first + at * step) & 0x7f] = value;
    return Uint8Array.from({ length: readLength }, (_, at) => this.#read((first + at * step) & 0x7f));
  }

  #read(register: number): number {
    const at = register - LIS3DH_REGISTER.OUT_X_L;
    if (at >= 0 && at < 6) return this.#sample()[at] ?? 0;
    const value = this.#registers[register] ?? 0;
    if (register === LIS3DH_REGISTER.INT1_SRC) this.#registers[register] = 0;
    return value;
  }

  /** Zeros while powered down, as the chip holds them. */
  #sample(): Uint8Array {
    if (this.#registers[LIS3DH_REGISTER.CTRL_REG1] === 0x07) return new Uint8Array(6);
    const angle = (this.#tiltDegrees * Math.PI) / 180;
    return encodeAcceleration({ x: Math.sin(angle), y: 0.01, z: Math.cos(angle) });
  }
}

/** Table 17: powered down, axes enabled; everything else that matters here zero. */
const powerOnRegisters = (): Uint8Array => {
  const registers = new Uint8Array(128);
  registers[LIS3DH_REGISTER.WHO_AM_I] = LIS3DH_ID;
  registers[LIS3DH_REGISTER.CTRL_REG1] = 0x07;
  return registers;
};
