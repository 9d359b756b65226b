// How is a serial line opened as a byte port? (the real `serialport` package)
import { SerialPort } from "serialport";
import { type BytePort, PortClosedError } from "../../src/hal/port/byte-port.js";

export const openSerialBytePort = (path: string, baudRate: number): Promise<BytePort> =>
  new Promise((resolve, reject) => {
    const serial = new SerialPort({ path, baudRate, autoOpen: false, lock: false });
    serial.open((error) => {
      if (error === null || error === undefined) resolve(wrap(serial));
      else reject(error);
    });
  });

const settle = (resolve: () => void, reject: (error: Error) => void) => (error: Error | null | undefined) => {
  if (error === null || error === undefined) resolve();
  else reject(new PortClosedError(error.message));
};

const wrap = (serial: SerialPort): BytePort => {
  const closers = new Set<(reason: Error | null) => void>();
  let ended = false;
  const end = (reason: Error | null) => {
    if (ended) return;
    ended = true;
    clearInterval(liveness);
    for (const listener of [...closers]) listener(reason);
  };
  // A PTY that hangs up can make the binding read 0 bytes for ever instead of closing. Asking for the modem
  // lines disturbs nothing (a new bit rate would throw buffered bytes away): EIO is a line that is gone,
  // ENOTTY a PTY that lives.
  const liveness = setInterval(() => {
    if (!serial.isOpen) return;
    serial.get((error) => {
      if (error?.message.includes("Input/output error") !== true || ended) return;
      end(error);
      if (serial.isOpen) serial.close(() => {});
    });
  }, 250);
  serial.on("close", (error: Error | null) => end(error));
  serial.on("error", () => {});
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        if (ended || !serial.isOpen) reject(new PortClosedError("wire is closed"));
        else serial.write(bytes, settle(resolve, reject));
      }),
    onData: (listener) => {
      const onData = (chunk: Buffer) => listener(new Uint8Array(chunk));
      serial.on("data", onData);
      return () => serial.off("data", onData);
    },
    onClose: (listener) => {
      closers.add(listener);
      return () => closers.delete(listener);
    },
    setBaudRate: (baudRate) =>
      new Promise((resolve, reject) => {
        if (ended || !serial.isOpen) reject(new PortClosedError("wire is closed"));
        else serial.update({ baudRate }, settle(resolve, reject));
      }),
    close: () =>
      new Promise((resolve) => {
        if (!serial.isOpen) {
          end(null);
          resolve();
          return;
        }
        serial.close(() => {
          end(null);
          resolve();
        });
      }),
  };
};
