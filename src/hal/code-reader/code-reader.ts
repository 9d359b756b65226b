// What can any bar-code and QR scanner do?
import type { Device } from "../device.js";

export interface CodeReader extends Device {
  /** One call a whole code, framing removed, UTF-8 decoded (NFC). Returns the unsubscribe. */
  onCode(listener: (text: string) => void): () => void;
}
