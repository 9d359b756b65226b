// What do the bytes of a spoken sentence look like, and how are they made softer?
//
// RIFF WAVE, 16-bit little-endian PCM (Multimedia Programming Interface 1.0, Microsoft/IBM 1991, chapter 3).

const HEADER_BYTES = 44;
const PCM = 1;

/** The samples with a header whose lengths are right: espeak-ng that streams writes 0x7ffff000 for them. */
export const wavOf = (samples: Uint8Array, sampleRateHz: number): Buffer => {
  const head = Buffer.alloc(HEADER_BYTES);
  head.write("RIFF", 0, "latin1");
  head.writeUInt32LE(HEADER_BYTES - 8 + samples.length, 4);
  head.write("WAVEfmt ", 8, "latin1");
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(PCM, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(sampleRateHz, 24);
  head.writeUInt32LE(sampleRateHz * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36, "latin1");
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
};

export interface Sound {
  readonly sampleRateHz: number;
  /** Whole 16-bit samples, one channel. */
  readonly samples: Buffer;
}

/** Null for anything but one channel of 16-bit PCM with at least one sample. */
export const readWav = (wav: Buffer): Sound | null => {
  if (wav.length < HEADER_BYTES || wav.toString("latin1", 0, 4) !== "RIFF") return null;
  if (wav.toString("latin1", 8, 16) !== "WAVEfmt " || wav.toString("latin1", 36, 40) !== "data") return null;
  if (wav.readUInt16LE(20) !== PCM || wav.readUInt16LE(22) !== 1 || wav.readUInt16LE(34) !== 16) return null;
  const sampleRateHz = wav.readUInt32LE(24);
  const samples = wav.subarray(HEADER_BYTES, HEADER_BYTES + 2 * Math.floor((wav.length - HEADER_BYTES) / 2));
  return samples.length === 0 || sampleRateHz < 4_000 || sampleRateHz > 192_000
    ? null
    : { sampleRateHz, samples };
};

/** A copy at `gain` 0 … 1. */
export const softer = ({ sampleRateHz, samples }: Sound, gain: number): Sound => {
  if (gain >= 1) return { sampleRateHz, samples };
  const copy = Buffer.alloc(samples.length);
  for (let at = 0; at < samples.length; at += 2)
    copy.writeInt16LE(Math.round(samples.readInt16LE(at) * gain), at);
  return { sampleRateHz, samples: copy };
};
