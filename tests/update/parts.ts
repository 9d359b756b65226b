// What of an update is the same in every test, and what does one choose?
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { silentLog } from "../../src/core/log.js";
import type { DeviceKey } from "../../src/sync/protocol/keys.js";
import { type Reached, UpdateJournal } from "../../src/update/journal.js";
import type { Running } from "../../src/update/judge.js";
import { Keeper } from "../../src/update/keeper.js";
import type { Proof, Runtime } from "../../src/update/machine.js";
import type { ProveParts } from "../../src/update/prove.js";
import { Rauc } from "../../src/update/rauc.js";
import { testClock } from "../store/fixtures.js";
import { COMPATIBLE } from "./releases.js";

export const RUNNING: Running = {
  ...{ build: 10, compatible: COMPATIBLE, knowsSchema: 2, store: { schema: 2, readableBy: 1 } },
};
export const GOOD_PROOF: Proof = { screen: true, storeProblem: null, printer: true, synced: true };

/** A runtime that says what the test wants. */
export class SaidRuntime implements Runtime {
  proofNow: Proof | null = GOOD_PROOF;
  citizen = false;
  runs = true;
  held = 0;
  letGoes = 0;

  async isRunning(): Promise<boolean> {
    return this.runs;
  }
  async hold(): Promise<void> {
    if (this.citizen) throw new Error("a citizen is at the kiosk");
    this.held += 1;
  }
  async letGo(): Promise<void> {
    this.letGoes += 1;
  }
  async proof(): Promise<Proof | null> {
    return this.proofNow;
  }
}

export interface PlaceOfMachine {
  readonly conf: string;
  readonly bootIdFile: string;
  readonly rebootFile: string;
}

export interface Made {
  readonly parts: ProveParts;
  readonly runtime: SaidRuntime;
  readonly journal: UpdateJournal;
  keeper(): Keeper;
}

export const makeParts = (
  dir: string,
  machine: { readonly conf: string; readonly rebootFile: string; readonly bootId: string },
  key: Pick<DeviceKey, "publicKeyPem">,
  { reached = () => {}, running = RUNNING }: { reached?: Reached; running?: Running } = {},
): Made => {
  const journal = new UpdateJournal(join(dir, "update"), testClock, reached);
  const runtime = new SaidRuntime();
  const installer = new Rauc({ command: "rauc", conf: machine.conf });
  const parts: ProveParts = {
    ...{ journal, installer, runtime, clock: testClock, utcOffsetMinutes: 420 },
    keys: () => [key.publicKeyPem],
    running: () => running,
    hours: { from: "00:00", to: "00:00" },
    bootId: () => machine.bootId,
    reboot: async () => writeFileSync(machine.rebootFile, ""),
    ...{ proveMs: 0, offlineGraceMs: 0, steadyMs: 0, askEveryMs: 10 },
  };
  return {
    ...{ parts, runtime, journal },
    keeper: () =>
      new Keeper({
        ...{ journal, installer, clock: testClock, log: silentLog },
        ...{ keys: parts.keys, running: parts.running },
      }),
  };
};
