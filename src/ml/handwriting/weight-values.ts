// Which numbers lie where in a weight file whose header is known?
import { FaultError } from "../../core/faults.js";
import type { Header, TensorPlace } from "./weights.js";

export interface WeightFile {
  readonly header: Header;
  readonly bytes: Uint8Array;
  /** Where the weights begin. */
  readonly first: number;
  /** The tensor's numbers, row by row. Throws "model.unusable" for one that is no number. */
  values(place: TensorPlace): Float32Array;
}

/** IEEE 754 binary16. */
const halfToNumber = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
};

export const sizeOf = ({ shape }: TensorPlace): number => shape.reduce((product, side) => product * side, 1);

/** `header` was checked against `bytes` (weights.ts). */
export const weightFile = (header: Header, bytes: Uint8Array, first: number): WeightFile => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    header,
    bytes,
    first,
    values: (place) => {
      const values = new Float32Array(sizeOf(place));
      for (let i = 0; i < values.length; i += 1) {
        const value = halfToNumber(view.getUint16(first + place.offset + 2 * i, true));
        if (!Number.isFinite(value))
          throw new FaultError("model.unusable", "the handwriting network has a weight that is no number");
        values[i] = value;
      }
      return values;
    },
  };
};
