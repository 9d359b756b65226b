// What runs in the process that alone talks to PC/SC?
//
// Calls of PC/SC block, some of them for ever when its service is stuck, and the native binding makes half of
// them on the thread that asks. Here that thread is nobody else's: the kiosk ends this process and starts anew.
import { createRequire } from "node:module";
import {
  CANCEL,
  type Numbered,
  type PcscAnswer,
  type PcscErrorKind,
  type PcscReply,
  type PcscRequest,
} from "./protocol.js";

// The part of the package that is used. Its own types can not be: it is optional, and this compiles without it.
interface NativeCard {
  readonly atr: Uint8Array | null;
  transmit(command: Buffer, options: { readonly maxRecvLength: number }): Promise<Uint8Array>;
  disconnect(disposition: number): void;
  reconnect(shareMode: number, protocol: number, initialization: number): Promise<number>;
}
interface NativeReader {
  readonly name: string;
  connect(shareMode: number, protocol: number): Promise<NativeCard>;
}
interface NativeContext {
  listReaders(): NativeReader[];
  waitForChange(
    readers: readonly { readonly name: string; readonly state: number }[],
    timeoutMs: number,
  ): Promise<readonly { readonly state: number }[] | null>;
  cancel(): void;
}
interface Package {
  readonly Context: new () => NativeContext;
  readonly SCARD_SHARE_EXCLUSIVE: number;
  readonly SCARD_PROTOCOL_T1: number;
  readonly SCARD_UNPOWER_CARD: number;
}

/** A short answer is 258 bytes; a card that says more is heard out, and judged elsewhere. */
const ANSWER_BYTES = 4_096;

/** The binding gives texts without codes. */
const KINDS: readonly (readonly [text: string, kind: PcscErrorKind])[] = [
  ["PC/SC service", "noService"],
  ["No readers available", "noReader"],
  ["Unknown reader", "noReader"],
  ["Reader unavailable", "noReader"],
  ["Sharing violation", "inUse"],
  ["Card was removed", "cardGone"],
  ["Card was reset", "cardGone"],
  ["Card is unpowered", "cardGone"],
  ["No smart card present", "cardGone"],
  ["Card is unresponsive", "cardMute"],
  ["Card is not supported", "cardMute"],
  ["Invalid ATR", "cardMute"],
  ["Protocol mismatch", "cardMute"],
];

const kindOf = (message: string): PcscErrorKind =>
  KINDS.find(([text]) => message.includes(text))?.[1] ?? "failed";

class MissingPackageError extends Error {}

const load = (): Package => {
  try {
    return createRequire(import.meta.url)("smartcard") as Package;
  } catch (thrown) {
    const [firstLine = ""] = (thrown instanceof Error ? thrown.message : String(thrown)).split("\n");
    throw new MissingPackageError(firstLine);
  }
};

class PcscHost {
  #package: Package | null = null;
  #context: NativeContext | null = null;
  #card: NativeCard | null = null;

  perform(request: PcscRequest): Promise<PcscAnswer> {
    switch (request.verb) {
      case "readers":
        return Promise.resolve(
          this.#open()
            .context.listReaders()
            .map(({ name }) => name),
        );
      case "wait":
        return this.#wait(request.reader, request.state, request.withinMs);
      case "connect":
        return this.#connect(request.reader, request.reset);
      case "transmit":
        return this.#transmit(request.apdu);
      case "disconnect":
        return Promise.resolve(this.#disconnect());
    }
  }

  cancel(): void {
    try {
      this.#context?.cancel();
    } catch {
      // Nothing was waiting.
    }
  }

  #open(): { readonly native: Package; readonly context: NativeContext } {
    this.#package ??= load();
    this.#context ??= new this.#package.Context();
    return { native: this.#package, context: this.#context };
  }

  async #wait(name: string, state: number, withinMs: number): Promise<number> {
    const changes = await this.#open().context.waitForChange([{ name, state }], withinMs);
    // Cancelled, or the time is over: nothing has changed.
    return changes?.[0]?.state ?? state;
  }

  async #connect(name: string, reset: boolean): Promise<Uint8Array> {
    this.#disconnect();
    const { native, context } = this.#open();
    const reader = context.listReaders().find((one) => one.name === name);
    if (reader === undefined) throw new Error("Unknown reader");
    const card = await reader.connect(native.SCARD_SHARE_EXCLUSIVE, native.SCARD_PROTOCOL_T1);
    this.#card = card;
    if (reset) {
      await card.reconnect(native.SCARD_SHARE_EXCLUSIVE, native.SCARD_PROTOCOL_T1, native.SCARD_UNPOWER_CARD);
    }
    return card.atr ?? new Uint8Array();
  }

  async #transmit(apdu: Uint8Array): Promise<Uint8Array> {
    if (this.#card === null) throw new Error("No smart card present");
    return await this.#card.transmit(Buffer.from(apdu), { maxRecvLength: ANSWER_BYTES });
  }

  #disconnect(): null {
    const card = this.#card;
    this.#card = null;
    try {
      if (card !== null && this.#package !== null) card.disconnect(this.#package.SCARD_UNPOWER_CARD);
    } catch {
      // It is gone, or its reader is.
    }
    return null;
  }
}

const answerTo = async (host: PcscHost, { id, request }: Numbered): Promise<PcscReply> => {
  try {
    return { id, answer: await host.perform(request) };
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    return { id, error: thrown instanceof MissingPackageError ? "noPackage" : kindOf(detail), detail };
  }
};

const serve = (): void => {
  const host = new PcscHost();
  let turn: Promise<void> = Promise.resolve();
  process.on("message", (message: Numbered | typeof CANCEL) => {
    if (message === CANCEL) {
      host.cancel();
      return;
    }
    turn = turn.then(async () => {
      const reply = await answerTo(host, message);
      if (process.connected) process.send?.(reply);
    });
  });
  // The kiosk closed the reader, or died. An orderly exit would wait for a call that blocks.
  process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
};

serve();
