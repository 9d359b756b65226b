// May a memory stick be plugged in now?
//
// USBGuard keeps every stick out (board/usb/rules.conf). A technician who gave the PIN lets them in for some minutes: a
// temporary rule for what comes, and a word for what is there already. Then, or at once when asked, both are taken back.
// A stick with any other interface besides storage never fits.
import { execFile } from "node:child_process";
import type { Clock } from "../core/clock.js";
import type { Log } from "../core/log.js";

/** Runs `usbguard` with these words and gives its stdout; rejects with one line. */
export type UsbguardCommand = (words: readonly string[]) => Promise<string>;

const LIMIT_MS = 15_000;
/** Every interface of the device is mass storage (class 08). */
const STORAGE = "with-interface match-all { 08:*:* }";
const LABEL = "motcua-courier";
export const MOST_GATE_MINUTES = 60;

export const usbguard: UsbguardCommand = (words) =>
  new Promise((resolve, reject) => {
    execFile("usbguard", [...words], { timeout: LIMIT_MS, encoding: "utf8" }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else {
        const { code } = error as NodeJS.ErrnoException;
        const why =
          code === "ENOENT" ? "there is no command usbguard: install it" : stderr.trim().split("\n")[0];
        reject(new Error(`usbguard ${words[0] ?? ""}: ${why || error.message}`));
      }
    });
  });

export interface UsbGateParts {
  readonly run: UsbguardCommand;
  readonly clock: Clock;
  readonly log: Log;
}

export class UsbGate {
  readonly #parts: UsbGateParts;
  #timer: unknown = null;

  constructor(parts: UsbGateParts) {
    this.#parts = parts;
  }

  /** `minutes`: 1 … 60, from now on. Rejects when USBGuard does not do it; then the gate is as it was. */
  async open(minutes: number): Promise<void> {
    if (!Number.isInteger(minutes) || minutes < 1 || minutes > MOST_GATE_MINUTES)
      throw new Error(`sticks are let in for 1 to ${MOST_GATE_MINUTES} minutes, not for ${minutes}`);
    const { run, clock } = this.#parts;
    await this.#removeRules();
    await run(["append-rule", "--temporary", `allow ${STORAGE} label "${LABEL}"`]);
    this.#arm(clock.setTimeout(() => void this.#closeInTime(), minutes * 60_000));
    if (await this.#anyStick()) await run(["allow-device", `match ${STORAGE}`]);
  }

  /** Also what is plugged in is put out: a stick that is written to has been unmounted by its technician. */
  async close(): Promise<void> {
    this.#arm(null);
    await this.#removeRules();
    if (await this.#anyStick()) await this.#parts.run(["block-device", `match ${STORAGE}`]);
  }

  /** Ends the watch, not the gate: the next start closes it. */
  stop(): void {
    this.#arm(null);
  }

  #arm(timer: unknown): void {
    this.#parts.clock.clearTimeout(this.#timer);
    this.#timer = timer;
  }

  async #closeInTime(): Promise<void> {
    try {
      await this.close();
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      this.#parts.log("kiosk.error", { where: "USB gate", message });
      // The daemon may be starting again: its own restart forgets a temporary rule, a blocked stick stays to be blocked.
      this.#arm(this.#parts.clock.setTimeout(() => void this.#closeInTime(), LIMIT_MS));
    }
  }

  async #removeRules(): Promise<void> {
    const rules = await this.#parts.run(["list-rules"]);
    for (const [, id = "", rule = ""] of rules.matchAll(/^(\d+): (.*)$/gm))
      if (rule.includes(`label "${LABEL}"`)) await this.#parts.run(["remove-rule", id]);
  }

  async #anyStick(): Promise<boolean> {
    const devices = await this.#parts.run(["list-devices"]);
    return /with-interface (08:\S+|\{( 08:\S+)+ \})/.test(devices);
  }
}
