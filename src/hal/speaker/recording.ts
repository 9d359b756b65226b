// Is this file a sentence that somebody read aloud, and what are its samples?
//
// RIFF WAVE as recorders write it: chunks in any order, one or two channels of 16-bit PCM (Multimedia Programming
// Interface 1.0, Microsoft/IBM 1991, chapter 3).
import type { Sound } from "./wav.js";

export type Recording =
  | { readonly ok: true; readonly sound: Sound; readonly seconds: number }
  /** `why`: for a person who will record it anew. */
  | { readonly ok: false; readonly why: string };

/** A minute is longer than any sentence; it is 5 MB at most. */
export const LARGEST_RECORDING_BYTES = 12 * 1_048_576;
const SHORTEST_SECONDS = 0.2;
const LONGEST_SECONDS = 60;
const LOWEST_RATE_HZ = 8_000;
const HIGHEST_RATE_HZ = 48_000;
const PCM = 1;
/** WAVE_FORMAT_EXTENSIBLE: the kind of samples stands in the first two bytes of its GUID. */
const EXTENSIBLE = 0xfffe;
const EXTENSIBLE_KIND_AT = 24;
/** Of 32768: below it nothing is heard. */
const SILENT_BELOW = 300;

const CONVERT = "convert it with: ffmpeg -i IN -ac 1 -ar 22050 -c:a pcm_s16le OUT.wav";

const refused = (why: string): Recording => ({ ok: false, why });

const kindOf = (bytes: Buffer): string | null => {
  const head = bytes.toString("latin1", 0, 4);
  if (head === "OggS") return "Ogg";
  if (head === "fLaC") return "FLAC";
  if (head.startsWith("ID3") || (bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe0) === 0xe0)) return "MP3";
  return bytes.toString("latin1", 4, 8) === "ftyp" ? "MPEG-4" : null;
};

interface Chunks {
  readonly format: Buffer | null;
  readonly data: Buffer | null;
  readonly cut: boolean;
}

const chunksOf = (bytes: Buffer): Chunks => {
  let format: Buffer | null = null;
  let data: Buffer | null = null;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = bytes.toString("latin1", at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    const body = bytes.subarray(at + 8, at + 8 + length);
    if (name === "fmt ") format = body;
    if (name === "data") {
      data = body;
      if (body.length < length) return { format, data, cut: true };
    }
    // Chunks begin at even places.
    at += 8 + length + (length % 2);
  }
  return { format, data, cut: false };
};

const mono = (samples: Buffer, channels: number): Buffer => {
  if (channels === 1) return samples.subarray(0, samples.length - (samples.length % 2));
  const frames = Math.floor(samples.length / 4);
  const mixed = Buffer.alloc(2 * frames);
  for (let frame = 0; frame < frames; frame++)
    mixed.writeInt16LE(
      Math.round((samples.readInt16LE(4 * frame) + samples.readInt16LE(4 * frame + 2)) / 2),
      2 * frame,
    );
  return mixed;
};

const loudest = (samples: Buffer): number => {
  let peak = 0;
  for (let at = 0; at + 1 < samples.length; at += 2) peak = Math.max(peak, Math.abs(samples.readInt16LE(at)));
  return peak;
};

export const readRecording = (bytes: Buffer): Recording => {
  const other = kindOf(bytes);
  if (other !== null) return refused(`it is ${other}, not WAVE; ${CONVERT}`);
  if (bytes.toString("latin1", 0, 4) !== "RIFF" || bytes.toString("latin1", 8, 12) !== "WAVE")
    return refused(`it is no WAVE file; ${CONVERT}`);
  const { format, data, cut } = chunksOf(bytes);
  if (format === null || format.length < 16 || data === null)
    return refused("its WAVE is damaged; record it anew");
  if (cut) return refused("it is cut off: its header promises more; copy it again");
  const kind = format.readUInt16LE(0);
  const isPcm =
    kind === PCM ||
    (kind === EXTENSIBLE &&
      format.length > EXTENSIBLE_KIND_AT + 1 &&
      format.readUInt16LE(EXTENSIBLE_KIND_AT) === PCM);
  const channels = format.readUInt16LE(2);
  const rateHz = format.readUInt32LE(4);
  const bits = format.readUInt16LE(14);
  if (!isPcm || bits !== 16) return refused(`its samples are not 16-bit PCM; ${CONVERT}`);
  if (channels !== 1 && channels !== 2) return refused(`it has ${channels} channels; one or two are played`);
  if (rateHz < LOWEST_RATE_HZ || rateHz > HIGHEST_RATE_HZ)
    return refused(`it has ${rateHz} samples a second; 8000 to 48000 are played`);
  const samples = mono(data, channels);
  const seconds = samples.length / 2 / rateHz;
  if (seconds < SHORTEST_SECONDS) return refused("it is shorter than a word");
  if (seconds > LONGEST_SECONDS) return refused("it is longer than a minute");
  if (loudest(samples) < SILENT_BELOW) return refused("nothing is heard on it");
  return { ok: true, sound: { sampleRateHz: rateHz, samples }, seconds };
};
