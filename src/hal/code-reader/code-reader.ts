// What can any bar-code and QR scanner do?
import type { Device } from "../device.js";

export interface CodeReader extends Device {
  /**
   * True for one that works only while somebody listens (a camera that streams and decodes): listen no longer than
   * a code is wanted.
   */
  readonly watches: boolean;
  /** One call a whole code, framing removed, UTF-8 decoded (NFC). Returns the unsubscribe. */
  onCode(listener: (text: string) => void): () => void;
}
