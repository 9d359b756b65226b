// How does the escpos package encode for us? (It has no types, opens devices itself and reads no status: it
// writes commands into a buffer. Dots go past it, see `rasterImage`.)
import { createRequire } from "node:module";

interface EscposPrinter {
  hardware(command: "init"): this;
  raw(bytes: Buffer): this;
  flush(): this;
}

interface EscposModule {
  readonly Printer: new (
    adapter: { write(bytes: Buffer, done?: () => void): void },
    options: Record<string, never>,
  ) => EscposPrinter;
}

/** Encodes in the order of the calls; `take` gives the bytes and starts afresh. */
export class EscposEncoder {
  readonly #printer: EscposPrinter;
  #taken: Uint8Array = new Uint8Array(0);

  constructor() {
    const { Printer } = createRequire(import.meta.url)("escpos") as EscposModule;
    const adapter = {
      write: (bytes: Buffer) => {
        this.#taken = new Uint8Array(bytes);
      },
    };
    this.#printer = new Printer(adapter, {});
  }

  initialise(): this {
    this.#printer.hardware("init");
    return this;
  }

  /** A command that the package lacks. */
  raw(bytes: Uint8Array): this {
    this.#printer.raw(Buffer.from(bytes));
    return this;
  }

  take(): Uint8Array {
    this.#printer.flush();
    const taken = this.#taken;
    this.#taken = new Uint8Array(0);
    return taken;
  }
}
