// How do the bytes of one wire go on over another one?
import type { BytePort } from "../../src/hal/port/byte-port.js";

/** Both ways, until one of the two is gone; then the other is closed as well. */
export const relay = (one: BytePort, other: BytePort): void => {
  const pass = (from: BytePort, to: BytePort) => {
    // What a wire that is going away no longer takes is lost, as on a cable that is pulled.
    from.onData((chunk) => void to.write(chunk).catch(() => {}));
    from.onClose(() => void to.close());
  };
  pass(one, other);
  pass(other, one);
};
