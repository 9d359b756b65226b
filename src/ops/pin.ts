// Is this the technician's PIN, and how long must somebody wait who typed a wrong one?
//
// The PIN is kept as an Argon2id hash with the OWASP parameters (Password Storage Cheat Sheet: 19 MiB, 2 passes,
// 1 lane), as a PHC string. A try is counted, durably, before it is known whether it is right: two at the same time
// are two, and neither a restart of the console nor of the kiosk forgives any. The wait is measured on the monotonic
// clock, so that setting the wall clock does not shorten it.
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { argon2id, argon2Verify } from "hash-wasm";
import { z } from "zod";
import type { Clock } from "../core/clock.js";
import { CREDENTIALS, credentialFile, isExposed } from "../store/credentials.js";
import { writeFileDurably } from "../store/durable-file.js";
import type { Store } from "../store/store.js";

const ARGON2 = { parallelism: 1, iterations: 2, memorySize: 19 * 1024, hashLength: 32 } as const;
const SALT_BYTES = 16;
const SHORTEST = 6;
const LONGEST = 12;
const FEWEST_DIGITS = 3;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
const FAILURES_KEY = "console.pinFailures";
const FILE = "pin.json";

export type RefusalCode =
  | "noPin"
  | "wrongPin"
  | "wait"
  | "locked"
  | "weakPin"
  | "badName"
  | "badFile"
  | "sealedPin";

/** The kiosk will not do it; the code is told to the console, which has a sentence for each. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  /** Until the next try is looked at; 0 where waiting changes nothing. */
  readonly waitSeconds: number;

  constructor(code: RefusalCode, message: string, waitSeconds = 0) {
    super(message);
    this.name = "Refusal";
    this.code = code;
    this.waitSeconds = waitSeconds;
  }
}

const stored = z.strictObject({
  v: z.literal(1),
  name: z.string().min(1),
  hash: z.string().startsWith("$argon2id$"),
  setAtMs: z.number(),
});

/** Each digit is the one before plus `step`, modulo ten: 123456, 890123, 987654, 000000, 135791. */
const isRun = (digits: readonly number[]): boolean => {
  const steps = new Set(digits.slice(1).map((digit, at) => (digit - (digits[at] ?? 0) + 10) % 10));
  return steps.size === 1;
};

/** 123123, 121212: made of one block again and again. */
const isRepeated = (pin: string): boolean => `${pin}${pin}`.indexOf(pin, 1) < pin.length;

const HALF = 2;
/** 123321, 112233, 332211. */
const isFolded = (pin: string): boolean => {
  const half = pin.slice(0, pin.length / HALF);
  const mirrored = [...half].reverse().join("") === pin.slice(-half.length);
  const pairs = pin.match(/../g) ?? [];
  const inPairs = pairs.every(([one, other]) => one === other);
  return (
    (mirrored && isRun([...half].map(Number))) || (inPairs && isRun(pairs.map((pair) => Number(pair[0]))))
  );
};

/** Throws `Refusal` "weakPin" with what would be right. */
export const checkNewPin = (pin: string): void => {
  if (!new RegExp(`^[0-9]{${SHORTEST},${LONGEST}}$`).test(pin))
    throw new Refusal("weakPin", `a PIN has ${SHORTEST} to ${LONGEST} digits`);
  const guessed =
    isRun([...pin].map(Number)) || isRepeated(pin) || isFolded(pin) || new Set(pin).size < FEWEST_DIGITS;
  if (guessed) throw new Refusal("weakPin", "this PIN is among the first that anybody tries; choose another");
};

/** Letters, as they stand in the journal: nobody's full name is needed there. */
const INITIALS = /^\p{L}{1,6}$/u;

export interface PinGateParts {
  /** The kiosk's state folder. */
  readonly stateDir: string;
  readonly meta: Store["meta"];
  readonly clock: Clock;
}

export class PinGate {
  readonly #parts: PinGateParts;
  readonly #folder: string;
  #notBeforeMs: number;

  constructor(parts: PinGateParts) {
    this.#parts = parts;
    this.#folder = join(parts.stateDir, "console");
    // What was left of the wait when the runtime ended is not known: it begins anew.
    this.#notBeforeMs = parts.clock.monotonicMs() + this.#waitMs();
  }

  /** Initials of the holder; null: no PIN is set. Throws `Refusal` "badFile". */
  holder(): string | null {
    return this.#read()?.name ?? null;
  }

  /** Resolves with the holder's initials. Throws `Refusal`. */
  async check(pin: string): Promise<string> {
    const found = this.#read();
    if (found === null)
      throw new Refusal("noPin", "no technician PIN is set: motcua console pin set --name AB");
    const { clock, meta } = this.#parts;
    const leftMs = this.#notBeforeMs - clock.monotonicMs();
    if (leftMs > 0) {
      const seconds = Math.ceil(leftMs / 1_000);
      throw new Refusal("wait", `wrong PINs were tried; wait ${seconds} s`, seconds);
    }
    meta.set(FAILURES_KEY, String(this.#failures() + 1));
    this.#notBeforeMs = clock.monotonicMs() + this.#waitMs();
    if (pin === "" || !(await argon2Verify({ password: pin, hash: found.hash }))) {
      const seconds = this.#waitMs() / 1_000;
      throw new Refusal("wrongPin", `wrong PIN; wait ${seconds} s`, seconds);
    }
    meta.set(FAILURES_KEY, "0");
    this.#notBeforeMs = 0;
    return found.name;
  }

  /** `old` is needed where a PIN is set. Throws `Refusal`. */
  async set(name: string, pin: string, old: string | null): Promise<void> {
    if (!INITIALS.test(name)) throw new Refusal("badName", "initials are 1 to 6 letters, e.g. NVA");
    if (credentialFile(CREDENTIALS.pin) !== null)
      throw new Refusal(
        "sealedPin",
        `the PIN comes from systemd's credential ${CREDENTIALS.pin}: seal another`,
      );
    if (this.#read() !== null) await this.check(old ?? "");
    checkNewPin(pin);
    const hash = await argon2id({
      ...ARGON2,
      ...{ password: pin, salt: randomBytes(SALT_BYTES), outputType: "encoded" },
    });
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const file = { v: 1, name, hash, setAtMs: this.#parts.clock.wall().epochMs };
    writeFileDurably(this.#folder, FILE, Buffer.from(`${JSON.stringify(file)}\n`), 0o600);
  }

  #read(): z.output<typeof stored> | null {
    const path = credentialFile(CREDENTIALS.pin) ?? join(this.#folder, FILE);
    if (!existsSync(path)) return null;
    // Six digits do not withstand an offline search: whoever reads the file has the PIN.
    if (isExposed(path))
      throw new Refusal("badFile", `${path} can be read by others: chmod 600, and set another PIN`);
    try {
      return stored.parse(JSON.parse(readFileSync(path, "utf8")));
    } catch {
      throw new Refusal("badFile", `${path} is damaged: remove it and set the PIN anew`);
    }
  }

  #failures(): number {
    const count = Number(this.#parts.meta.get(FAILURES_KEY) ?? 0);
    return Number.isSafeInteger(count) && count > 0 ? count : 0;
  }

  #waitMs(): number {
    const failures = this.#failures();
    return failures === 0 ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
  }
}
