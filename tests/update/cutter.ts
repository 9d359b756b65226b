// How is the power cut at one point of an update, and how does it go on afterwards?
//
// A real process is killed at each point of its journal (before a step, after its work, after its end is noted), the
// disk's power is cut (ext4's shutdown), and the machine starts again, with the real RAUC and a bootloader that counts.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import { install } from "../../src/update/install.js";
import { UpdateJournal } from "../../src/update/journal.js";
import type { Keeper } from "../../src/update/keeper.js";
import type { Proof } from "../../src/update/machine.js";
import { prove } from "../../src/update/prove.js";
import type { Step, UpdateState } from "../../src/update/state.js";
import { Ext4Disk } from "../power/ext4-disk.js";
import { testClock } from "../store/fixtures.js";
import { Machine } from "./machine.js";
import { type Made, makeParts, RUNNING } from "./parts.js";
import { anImage, envelopeOf, hasRauc, releaseKey } from "./releases.js";

const SCRIPT = fileURLToPath(new URL("./update-process.js", import.meta.url));
export const MOST_STARTS = 12;

export const BAD_PROOF: Proof = { screen: false, storeProblem: null, printer: true, synced: true };

export interface Run {
  readonly killed: string | null;
  readonly status: number | null;
  readonly said: string;
}

/** Updates one after the other on one machine: from A to B, from B to A, … */
export class Cutter {
  readonly machine: Machine;
  readonly #at: string;
  readonly #disk: Ext4Disk | null;
  readonly #key: ReturnType<typeof releaseKey>;
  #build = 10;
  #bundle = "";

  constructor(machine: Machine, at: string, disk: Ext4Disk | null) {
    this.machine = machine;
    this.#at = at;
    this.#disk = disk;
    this.#key = releaseKey(at);
    writeFileSync(join(at, "release.pub.pem"), this.#key.publicKeyPem);
    mkdirSync(this.dir, { recursive: true });
  }

  get dir(): string {
    return join(this.#disk?.folder ?? this.#at, "state");
  }

  get state(): UpdateState {
    return new UpdateJournal(join(this.dir, "update"), testClock).state();
  }

  made(build: number): Made {
    const { machine } = this;
    return makeParts(this.dir, machine, this.#key, { running: { ...RUNNING, build: build - 1 } });
  }

  /** The technician plugs the stick in once more. */
  async bring(keeper: Keeper): Promise<void> {
    await keeper.idle();
    await keeper.takeFile(this.#bundle, readFileSync(`${this.#bundle}.release`));
  }

  next(): { readonly bundle: string; readonly image: Buffer; readonly build: number } {
    this.#build += 1;
    const image = anImage(200_000);
    const bundle = this.machine.signer.bundle("next", this.#build, image);
    this.#bundle = bundle;
    writeFileSync(`${bundle}.release`, envelopeOf(bundle, this.#build, this.#key));
    return { bundle, image, build: this.#build };
  }

  run(act: "go" | "prove" | "fail", killAt: number, bundle: string, build: number): Run {
    const args = [SCRIPT, this.dir, this.machine.dir, act, String(killAt), bundle, String(build)];
    const { status, signal, stdout, stderr } = spawnSync(
      process.execPath,
      [...args, join(this.#at, "release.pub.pem")],
      { encoding: "utf8", env: { ...process.env, DBUS_SYSTEM_BUS_ADDRESS: this.machine.busAddress } },
    );
    return { killed: signal === "SIGKILL" ? stdout.trim() : null, status, said: stderr.trim() };
  }

  /** Everything that was not flushed is gone, and the machine starts again. */
  async cut(): Promise<string> {
    this.#disk?.cutPower();
    this.#disk?.restart();
    return this.machine.boot();
  }
}

export const withCutter = async (act: (cutter: Cutter) => Promise<void>): Promise<void> => {
  if (!hasRauc()) {
    process.stdout.write(
      "skipped: rauc and mksquashfs are not installed (apt install rauc squashfs-tools)\n",
    );
    return;
  }
  const at = mkdtempSync(join(tmpdir(), "motcua-cuts-"));
  const disk = Ext4Disk.make(join(at, "disk"), 256);
  if (disk === null)
    process.stdout.write("no disk image can be mounted here: processes are killed, disks are not cut\n");
  try {
    await Machine.with(at, (machine) => act(new Cutter(machine, at, disk)));
  } finally {
    disk?.unmount();
    rmSync(at, { recursive: true, force: true });
  }
};

/** From wherever it is to an end, as the units of a kiosk would start it: at each start the proof, then the timer. */
export const toItsEnd = async (cutter: Cutter, act: "prove" | "fail", build: number): Promise<void> => {
  for (let starts = 0; starts < MOST_STARTS; starts += 1) {
    const { parts, keeper, journal, runtime } = cutter.made(build);
    if (act === "fail") runtime.proofNow = BAD_PROOF;
    const said = await prove(parts).catch((thrown: Error) => thrown.message);
    const { step, open, build: at } = journal.state();
    if ((step === "good" || step === "fellBack") && !open && at === build) return;
    if (!cutter.machine.rebootAsked) {
      if (step !== "waiting" && step !== "installing" && step !== "rebooting") await cutter.bring(keeper());
      await install(parts, { now: true }).catch((thrown: Error) => {
        throw new Error(`${thrown.message} (${said}; was at ${step})`);
      });
    }
    await cutter.machine.boot();
  }
  throw new Error(`no end after ${MOST_STARTS} starts: ${JSON.stringify(cutter.state)}`);
};

export const isGood = (cutter: Cutter, build: number, image: Buffer, what: string): void => {
  const { step, goodBuild } = cutter.state;
  assert.equal([step, goodBuild], ["good", build], what);
  const { booted } = cutter.machine;
  assert.ok(
    cutter.machine.slot(booted).subarray(0, image.length).equals(image),
    `${what}: the new program runs`,
  );
  assert.is(cutter.machine.marked.at(-1), booted, what);
  assert.is(cutter.machine.left(booted), 3, `${what}: the bootloader counts no more`);
  const left = readdirSync(join(cutter.dir, "update"));
  assert.not.ok(
    left.some((name) => /\.(raucb|part)$/.test(name)),
    `${what}: ${left.join(" ")}`,
  );
};

export const stepsOf = (points: readonly string[]): ReadonlySet<string> =>
  new Set(points.map((point) => point.split(" ").at(-1) as Step));

/** One update, up to the start of the new program. */
export const started = async (cutter: Cutter): Promise<ReturnType<Cutter["next"]>> => {
  const next = cutter.next();
  const { parts, keeper } = cutter.made(next.build);
  await cutter.bring(keeper());
  await install(parts, { now: true });
  await cutter.machine.boot();
  return next;
};
