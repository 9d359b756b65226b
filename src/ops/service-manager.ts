// How does the runtime tell systemd that it is ready, what it does and that it lives?
//
// sd_notify(3): lines VARIABLE=VALUE in one datagram to the Unix socket that $NOTIFY_SOCKET names. systemd hears the
// main process alone (NotifyAccess=main), so the runtime of a simulated board speaks through its launcher.
import { getSystemErrorName } from "node:util";
import type unixDatagram from "unix-dgram";
import type { UnixDatagramSocket } from "unix-dgram";

export interface ServiceManager {
  /** Assignments of sd_notify(3), e.g. "READY=1"; all of one call are one message. Never throws. */
  tell(...assignments: readonly string[]): void;
  /** Within this time it wants to hear "WATCHDOG=1" each time anew, milliseconds; null: it does not watch. */
  readonly watchdogMs: number | null;
  /** A connected socket on which another thread may write the same; null: there is none in this process. */
  readonly fd: number | null;
  close(): void;
}

type Datagrams = typeof unixDatagram;

/** unix(7): 108 bytes with the NUL at the end. */
const LONGEST_PATH_BYTES = 107;
/** What unix-dgram calls EAGAIN. */
const QUEUE_FULL = 1;
const LONGEST_STATUS = 300;

const cannot = (address: string, why: string): Error =>
  new Error(`systemd can not be told anything: NOTIFY_SOCKET is "${address}", ${why}`);

/** unix-dgram gives the number alone: ENOENT, there is no such socket; ECONNREFUSED, nobody listens. */
const reasonOf = ({ code }: { readonly code: number }): string =>
  `and it answers ${getSystemErrorName(code)}`;

/** Throws when it is no address that can be spoken to. */
const checked = (address: string): string => {
  if (address.startsWith("@"))
    throw cannot(
      address,
      "an abstract socket, which this program does not speak to (sd_notify(3)); start it with a socket in the file system",
    );
  if (!address.startsWith("/"))
    throw cannot(address, "and sd_notify(3) knows only a path that begins with /");
  if (Buffer.byteLength(address) > LONGEST_PATH_BYTES)
    throw cannot(address, `longer than the ${LONGEST_PATH_BYTES} bytes of unix(7)`);
  return address;
};

/** sd_watchdog_enabled(3): microseconds, and meant for one process. */
const watchdogOf = (env: NodeJS.ProcessEnv, pid: number): number | null => {
  const { WATCHDOG_USEC: microseconds = "", WATCHDOG_PID: meant = "" } = env;
  if (!/^[1-9]\d{0,15}$/.test(microseconds) || (meant !== "" && meant !== String(pid))) return null;
  return Number(microseconds) / 1_000;
};

/** One line each; what a device or a stranger's program said must not become an assignment of its own. */
export const statusLine = (text: string): string =>
  `STATUS=${text.replaceAll(/\s+/g, " ").trim().slice(0, LONGEST_STATUS)}`;

class NotifySocket implements ServiceManager {
  readonly watchdogMs: number | null;
  readonly #datagrams: Datagrams;
  readonly #address: string;
  readonly #socket: UnixDatagramSocket;
  #unsent: Buffer[] = [];
  #closed = false;

  constructor(datagrams: Datagrams, address: string, watchdogMs: number | null) {
    this.#datagrams = datagrams;
    this.#address = address;
    this.watchdogMs = watchdogMs;
    this.#socket = this.#connected();
  }

  get fd(): number | null {
    return this.#closed ? null : this.#socket.fd;
  }

  tell(...assignments: readonly string[]): void {
    if (this.#closed) return;
    this.#unsent.push(Buffer.from(`${assignments.join("\n")}\n`));
    this.#flush();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }

  #flush(): void {
    for (let bytes = this.#unsent.shift(); bytes !== undefined; bytes = this.#unsent.shift()) {
      const error = this.#send(bytes) ?? null;
      if (error === null) continue;
      if (error.code === QUEUE_FULL) {
        this.#unsent.unshift(bytes);
        return;
      }
      // Nothing else can be done: the watchdog is not fed, and whoever it was starts the kiosk anew.
      process.stderr.write(`motcua: ${cannot(this.#address, reasonOf(error)).message}\n`);
    }
  }

  #send(bytes: Buffer): (Error & { code: number }) | null {
    let failed: (Error & { code: number }) | null = null;
    this.#socket.send(bytes, (error) => {
      failed = error ?? null;
    });
    return failed;
  }

  #connected(): UnixDatagramSocket {
    const socket = this.#datagrams.createSocket("unix_dgram");
    let failed: { readonly code: number } | null = null;
    socket.on("error", (error: { readonly code: number }) => {
      failed = error;
    });
    socket.on("writable", () => this.#flush());
    socket.connect(this.#address);
    if (failed === null) return socket;
    socket.close();
    throw cannot(this.#address, reasonOf(failed));
  }
}

/**
 * Null when no service manager asked to be told (no $NOTIFY_SOCKET). Throws one clear line when it did and can not be
 * reached. What it set is taken from `env`: programs that are started from here are not the service.
 */
export const openServiceManager = async (
  env: NodeJS.ProcessEnv,
  pid: number,
): Promise<ServiceManager | null> => {
  const address = env["NOTIFY_SOCKET"] ?? "";
  const watchdogMs = watchdogOf(env, pid);
  for (const name of ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]) delete env[name];
  if (address === "") return null;
  checked(address);
  let datagrams: Datagrams;
  try {
    ({ default: datagrams } = await import("unix-dgram"));
  } catch (thrown) {
    const why = thrown instanceof Error ? (thrown.message.split("\n")[0] ?? "") : String(thrown);
    throw cannot(address, `and the package unix-dgram can not be loaded: ${why}`);
  }
  return new NotifySocket(datagrams, address, watchdogMs);
};
