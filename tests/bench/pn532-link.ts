// How many bytes and round trips does the host's link to the PN532 take for one file, against the least there can be?
//
// The least, by hand (UM0701-02 6.2.1; Doc 9303-11 9.8): a file of 15,083 bytes in chunks of C takes ⌈15,083 / C⌉
// secured READ BINARY of 19 bytes (header 4, Lc 1, DO 97 3, DO 8E 10, Le 1). The answer to n bytes has a DO 87
// of n padded to whole blocks (8) behind a byte 01, a DO 99 (4), a DO 8E (10) and SW1 SW2 (2). InDataExchange
// adds D4 40 Tg to the command and D5 41 status to the answer; a frame adds preamble, start code, LEN, LCS, DCS
// and postamble (7, or 10 when longer than 255); the chip's ACK is 6 bytes. Before the first, one
// InListPassiveTarget and one InPSL are unavoidable.
// Ours is counted on the wire of the real driver: from the wait for the card, which lies there, to its
// release; access to the card is not counted on either side.
import { randomBytes } from "node:crypto";
import { accessKeyFromQr, parseCardQr } from "../../src/chip/card-qr.js";
import { FileReader } from "../../src/chip/lds/file-reader.js";
import { DG2 } from "../../src/chip/lds/files.js";
import { CardSession } from "../../src/chip/session.js";
import { makeCard } from "../../src/chip/sim/make-card.js";
import { cardQrText, madeUpPerson } from "../../src/chip/sim/people.js";
import { writeTlv } from "../../src/chip/tlv.js";
import { SystemClock } from "../../src/core/clock.js";
import { silentLog } from "../../src/core/log.js";
import { openPn532 } from "../../src/hal/chip-reader/pn532/driver.js";
import { FrameDecoder } from "../../src/hal/chip-reader/pn532/frame.js";
import type { BytePort } from "../../src/hal/port/byte-port.js";
import { memoryPair } from "../../src/hal/port/memory.js";
import { Pn532Sim } from "../../src/hal/sim/pn532-sim.js";
import { type BenchRow, row } from "./row.js";

const GOAL = 1.05;
const FILE_BYTES = 15_083;
/** What the three bytes and the tag of the file's own header take. */
const HEADER_BYTES = 4;

interface Traffic {
  readonly bytes: number;
  readonly roundTrips: number;
}

const LONGEST_NORMAL_FRAME = 255;
const frameBytes = (data: number): number => data + (data > LONGEST_NORMAL_FRAME ? 10 : 7);
const ACK_BYTES = 6;
const commandBytes = (data: number, answer: number): number =>
  frameBytes(data) + ACK_BYTES + frameBytes(answer);

/** D4 4A 02 00; the answer of a card with a 4-byte identifier and a 6-byte answer to select. */
const LIST_BYTES = commandBytes(4, 2 + 1 + 1 + 2 + 1 + 1 + 4 + 6);
/** D4 4E 01 02 02; D5 4F status. */
const PSL_BYTES = commandBytes(5, 3);
const READ_BINARY_BYTES = 19;

const securedAnswerBytes = (plain: number): number => {
  const padded = (Math.floor(plain / 8) + 1) * 8;
  const value = padded + 1;
  return 1 + (value < 0x80 ? 1 : 2) + value + 4 + 10 + 2;
};

const least = (chunkBytes: number): Traffic => {
  let bytes = LIST_BYTES + PSL_BYTES;
  let roundTrips = 2;
  for (let left = FILE_BYTES; left > 0; left -= chunkBytes) {
    bytes += commandBytes(3 + READ_BINARY_BYTES, 3 + securedAnswerBytes(Math.min(left, chunkBytes)));
    roundTrips += 1;
  }
  return { bytes, roundTrips };
};

/** Counts what passes while it is on; a round trip is a command of ours. */
class Meter implements BytePort {
  readonly #port: BytePort;
  readonly #commands = new FrameDecoder();
  #bytes = 0;
  #roundTrips = 0;
  on = false;

  constructor(port: BytePort) {
    this.#port = port;
    port.onData((chunk) => {
      if (this.on) this.#bytes += chunk.length;
    });
  }

  get traffic(): Traffic {
    return { bytes: this.#bytes, roundTrips: this.#roundTrips };
  }

  write(bytes: Uint8Array): Promise<void> {
    const commands = this.#commands.push(bytes).filter(({ kind }) => kind === "data");
    if (this.on) {
      this.#bytes += bytes.length;
      this.#roundTrips += commands.length;
    }
    return this.#port.write(bytes);
  }

  onData(listener: (chunk: Uint8Array) => void): () => void {
    return this.#port.onData(listener);
  }

  onClose(listener: (reason: Error | null) => void): () => void {
    return this.#port.onClose(listener);
  }

  setBaudRate(baudRate: number): Promise<void> {
    return this.#port.setBaudRate(baudRate);
  }

  close(): Promise<void> {
    return this.#port.close();
  }
}

/** With the chunk that fits when secure messaging is AES: for 15,083 bytes both ciphers pad it alike. */
class ChunkedSession extends CardSession {
  readonly #chunkBytes: number;

  constructor(options: ConstructorParameters<typeof CardSession>[0], chunkBytes: number) {
    super(options);
    this.#chunkBytes = chunkBytes;
  }

  override get maxReadBytes(): number {
    return this.#chunkBytes;
  }
}

const measure = async (chunkBytes: number): Promise<Traffic> => {
  const clock = new SystemClock({ floorMs: 0, synchronised: () => true });
  const person = madeUpPerson(64);
  const file = writeTlv(DG2.tag, randomBytes(FILE_BYTES - HEADER_BYTES));
  const chip = await makeCard(person, { misprint: { DG2: () => file } });
  const sim = new Pn532Sim(clock);
  const [near, far] = memoryPair();
  sim.attach(far);
  const meter = new Meter(near);
  const reader = await openPn532({ port: meter, clock, log: silentLog });
  try {
    sim.control.layCard(chip);
    meter.on = true;
    const card = await reader.waitForCard(AbortSignal.timeout(10_000));
    meter.on = false;
    const key = accessKeyFromQr(parseCardQr(cardQrText(person)));
    const session = new ChunkedSession({ card, key, random: (count) => randomBytes(count) }, chunkBytes);
    await session.ensureOpen();
    meter.on = true;
    const outcome = await new FileReader(session, () => {}).read(DG2);
    await card.release();
    meter.on = false;
    if (outcome.state !== "read" || Buffer.compare(outcome.bytes, file) !== 0) throw new Error("read wrong");
    return meter.traffic;
  } finally {
    await reader.close();
  }
};

const rowOf = async (chunkBytes: number, unit: keyof Traffic, unitName: string): Promise<BenchRow> => {
  const ours = await measure(chunkBytes);
  return row({
    name: `PN532 link, 15 kB by ${chunkBytes}: ${unitName}`,
    ours: ours[unit],
    peer: least(chunkBytes)[unit],
    peerName: "least by the frames and secure messaging",
    unit: unitName,
    better: "lower",
    goal: GOAL,
  });
};

/** 223: the most that fits an answer under AES. 231: under 3DES. */
export const pn532BytesRow = (): Promise<BenchRow> => rowOf(223, "bytes", "bytes");
export const pn532TripsRow = (): Promise<BenchRow> => rowOf(223, "roundTrips", "trips");
export const pn532TdesBytesRow = (): Promise<BenchRow> => rowOf(231, "bytes", "bytes");
export const pn532TdesTripsRow = (): Promise<BenchRow> => rowOf(231, "roundTrips", "trips");
