// How does a release that was offered become a whole, checked bundle that waits for its hour?
//
// In the runtime, while it serves. It takes what the portal offers or a stick brings, gives the link the next slice to
// ask for, and stops at "waiting": slots are written by `motcua update install` (install.ts), out of hours and by who
// may. Both write one journal, and whichever is cut goes on at its next start.
import { statSync } from "node:fs";
import { basename, join } from "node:path";
import type { Clock } from "../core/clock.js";
import type { Log } from "../core/log.js";
import { openRelease, peekRelease, type Release } from "../sync/protocol/release.js";
import { bundleProblem } from "./bundle.js";
import { OutOfTurn, type UpdateJournal } from "./journal.js";
import { judge, type Running } from "./judge.js";
import type { Installer } from "./rauc.js";
import { Staging, StagingError } from "./staging.js";
import { isCommitted, isOver, type Step, type UpdateState } from "./state.js";

export interface KeeperParts {
  readonly journal: UpdateJournal;
  readonly installer: Pick<Installer, "inspect">;
  /** PEM of the release keys, read anew each time; none: no release is believed. */
  readonly keys: () => readonly string[];
  readonly running: () => Running;
  readonly clock: Clock;
  readonly log: Log;
}

export interface UpdateStatus {
  /** Build that runs; 0: none is known. */
  readonly runs: number;
  readonly step: Step | null;
  /** The step is under way. */
  readonly open: boolean;
  readonly build: number | null;
  readonly version: string | null;
  /** Of the step, 0 to 1, where it can be told. */
  readonly fraction: number | null;
  readonly reason: string | null;
  readonly sinceMs: number;
  readonly wallTrust: string;
}

/** A piece that was wrong so often in a row will not become right: whoever sends it has another file. */
const MOST_WRONG = 5;
/** Somebody may have made room on the disk, or mended the portal's file. */
const TRY_AGAIN_MS = 10 * 60_000;
const REASON_LENGTH = 180;
const FETCHED: ReadonlySet<Step | null> = new Set(["offered", "fetching", "staged"]);

const sentence = (thrown: unknown): string =>
  (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, REASON_LENGTH);

export class Keeper {
  readonly #parts: KeeperParts;
  readonly #listeners = new Set<() => void>();
  #state: UpdateState;
  #staging: Staging | null = null;
  #release: Release | null = null;
  #wrong = 0;
  /** Why nothing is asked for although something is missing. */
  #hindered: string | null = null;
  #hinderedAtMs = 0;
  #shared: number | null = null;
  #work: Promise<void> = Promise.resolve();
  #readAtMs = -1;

  /** Goes on with what was under way. */
  constructor(parts: KeeperParts) {
    this.#parts = parts;
    this.#state = parts.journal.state();
    this.#do(() => this.#goOn());
  }

  /** What the portal offers: the signed envelope, or null: nothing is offered to this kiosk. */
  offered(envelope: Uint8Array | null): void {
    this.#do(() => (envelope === null ? this.#withdraw() : this.#take(envelope, "link")));
  }

  /**
   * Takes a bundle that lies on a stick, with its manifest beside it. Resolves when it waits to be installed; throws one
   * line when it may not be taken or is not whole.
   */
  async takeFile(bundle: string, envelope: Uint8Array): Promise<void> {
    const opened = openRelease(envelope, this.#parts.keys());
    if (!opened.ok) throw new StagingError("no release key that this kiosk knows has signed it");
    await this.#alone(async () => {
      await this.#take(envelope, "stick");
      this.#read();
      const staging = this.#staging;
      if (this.#state.step === "refused" && this.#state.build === opened.release.build)
        throw new StagingError(this.#state.reason ?? "it was refused");
      if (this.#release?.sha256 !== opened.release.sha256)
        throw new StagingError("another update is under way");
      if (staging !== null && !staging.isFinished) {
        staging.forgetComing();
        staging.checkRoom();
        await staging.copyFrom(bundle);
      }
      await this.#goOn();
      if (this.#state.step === "refused")
        throw new StagingError(this.#state.reason ?? `${basename(bundle)} was refused`);
    });
  }

  /** The next slice to ask the portal for; null: nothing, now. */
  wanted(most: number): { readonly bundle: string; readonly from: number; readonly length: number } | null {
    const staging = this.#staging;
    if (staging === null || this.#release === null || this.#state.step !== "fetching") return null;
    if (this.#state.source !== "link" || this.#hindered !== null) return null;
    const slice = staging.wanted(most);
    return slice && { bundle: this.#release.sha256, ...slice };
  }

  /** A slice came. Never throws: a disk that is full or fails hinders, and is told. */
  part(bundle: string, from: number, bytes: Uint8Array): void {
    const staging = this.#staging;
    if (staging === null || bundle !== this.#release?.sha256 || this.#state.step !== "fetching") return;
    try {
      const result = staging.put(from, bytes);
      if (result === "wrong") this.#wrongPiece(from);
      if (result !== "piece") return;
      this.#wrong = 0;
      this.#changed();
      if (staging.wanted(1) === null) this.#do(() => this.#goOn());
    } catch (thrown) {
      this.#hinder(sentence(thrown));
    }
  }

  /** A new connection: what hindered may have gone, and a half piece begins anew. */
  again(): void {
    this.#staging?.forgetComing();
    if (this.#hindered === null) return;
    this.#hindered = null;
    this.#wrong = 0;
    this.#do(() => this.#goOn());
  }

  /** How far the installation is, told by the command that does it. */
  installing(fraction: number | null): void {
    this.#shared = fraction;
    this.#changed();
  }

  status(): UpdateStatus {
    this.#read();
    const { step, open, reason, sinceMs, trust, build, envelope } = this.#state;
    const release = envelope === null ? undefined : peekRelease(Buffer.from(envelope, "base64"));
    const fetched =
      this.#staging === null || release === undefined ? null : this.#staging.bytes / release.bytes;
    return {
      ...{ runs: this.#parts.running().build, step, open, sinceMs, wallTrust: trust },
      build: step === null ? null : build,
      version: release?.version ?? null,
      fraction: step === "fetching" ? fetched : step === "installing" && open ? this.#shared : null,
      reason: this.#hindered ?? reason,
    };
  }

  /** Calls back when there is more to tell; returns the unsubscribe. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Looks whether a command of `motcua update` has written something, and whether what hindered may be over. */
  look(): void {
    if (this.#hindered !== null && this.#parts.clock.monotonicMs() - this.#hinderedAtMs >= TRY_AGAIN_MS)
      this.again();
    const before = this.#state.seq;
    this.#read();
    if (this.#state.seq !== before) this.#changed();
  }

  /** Resolves when everything that was begun has its end. */
  async idle(): Promise<void> {
    await this.#work.catch(() => {});
  }

  async #take(envelope: Uint8Array, source: "link" | "stick"): Promise<void> {
    const { journal, keys, running, clock } = this.#parts;
    this.#read();
    const encoded = Buffer.from(envelope).toString("base64");
    const same = peekRelease(envelope)?.sha256;
    const now =
      this.#state.envelope === null ? undefined : peekRelease(Buffer.from(this.#state.envelope, "base64"));
    // Offered again at each birth: what is under way goes on, and what failed here is not tried again by itself.
    if (same !== undefined && same === now?.sha256 && !(source === "stick" && isOver(this.#state))) {
      await this.#goOn();
      return;
    }
    if (isCommitted(this.#state)) return;
    const verdict = judge(envelope, {
      ...{ keys: keys(), running: running(), goodBuild: this.#state.goodBuild, wall: clock.wall() },
    });
    if (verdict.release === null) {
      // Whoever can write to the broker could end a good update with a bad one.
      this.#parts.log("update.step", {
        step: "notBelieved",
        build: 0,
        detail: verdict.may ? "" : verdict.reason,
      });
      return;
    }
    if (
      !verdict.may &&
      verdict.release.build <= Math.max(running().build, this.#state.goodBuild) &&
      !isOver(this.#state)
    )
      return;
    const { build } = verdict.release;
    // The whole fleet is offered what a part of it runs already: nothing to tell.
    if (build === running().build) return;
    await journal.step("offered", build, { envelope: encoded, source }, () => ({}));
    this.#read();
    if (verdict.may) await this.#goOn();
    else await this.#refuse(verdict.reason);
  }

  async #withdraw(): Promise<void> {
    this.#read();
    const { step, source, build } = this.#state;
    if (isOver(this.#state) || isCommitted(this.#state) || step === null || source === "stick") return;
    await this.#parts.journal.step("withdrawn", build, {}, () => {
      Staging.clear(this.#parts.journal.dir);
      this.#forget();
      return { reason: "the portal offers it no more" };
    });
    this.#changed();
  }

  /** From wherever it is to "waiting", or to what is still missing. */
  async #goOn(): Promise<void> {
    this.#read();
    const { journal } = this.#parts;
    const { step, build, envelope } = this.#state;
    if (!FETCHED.has(step) || envelope === null) return;
    const opened = openRelease(Buffer.from(envelope, "base64"), this.#parts.keys());
    if (!opened.ok) return this.#refuse("no release key that this kiosk knows has signed it");
    this.#release = opened.release;
    if (this.#staging === null || basename(this.#staging.bundle, ".raucb") !== opened.release.sha256)
      this.#staging = await Staging.open(journal.dir, opened.release);
    if (step === "offered") {
      if (this.#state.open) await journal.leave("offered", build);
      await journal.enter("fetching", build);
    } else if (step === "fetching" && !this.#state.open) await this.#stage(this.#staging, opened.release);
    this.#read();
    if (this.#state.step === "fetching") await this.#fetchOrStage(this.#staging, opened.release);
    else if (this.#state.step === "staged") await this.#stage(this.#staging, opened.release);
    this.#changed();
  }

  async #fetchOrStage(staging: Staging, release: Release): Promise<void> {
    if (staging.wanted(1) !== null) {
      try {
        staging.checkRoom();
      } catch (thrown) {
        this.#hinder(sentence(thrown));
      }
      return;
    }
    if (this.#state.open) await this.#parts.journal.leave("fetching", release.build);
    await this.#stage(staging, release);
  }

  async #stage(staging: Staging, release: Release): Promise<void> {
    const { journal, installer } = this.#parts;
    const { build } = release;
    try {
      const isStaged = this.#state.step === "staged" && !this.#state.open;
      if (!isStaged)
        await journal.step("staged", build, {}, async () => {
          await staging.finish();
          const problem = await bundleProblem(staging.bundle, release, installer);
          if (problem !== null) throw new StagingError(problem);
          return {};
        });
      await journal.enter("waiting", build);
    } catch (thrown) {
      if (thrown instanceof OutOfTurn) return;
      // Signed pieces that make a wrong bundle, or one that RAUC does not believe: no other fetch would be better.
      await this.#refuse(sentence(thrown));
    }
    this.#read();
  }

  async #refuse(reason: string): Promise<void> {
    await this.#parts.journal.step("refused", this.#state.build, { reason }, () => {
      Staging.clear(this.#parts.journal.dir);
      this.#forget();
      return { reason };
    });
    this.#read();
    this.#changed();
  }

  #forget(): void {
    this.#staging = null;
    this.#release = null;
    this.#hindered = null;
    this.#wrong = 0;
  }

  #wrongPiece(from: number): void {
    this.#wrong += 1;
    if (this.#wrong >= MOST_WRONG)
      this.#hinder(`the piece at byte ${from} came ${this.#wrong} times, and never as it was signed`);
  }

  #hinder(reason: string): void {
    if (this.#hindered === reason) return;
    this.#hindered = reason;
    this.#hinderedAtMs = this.#parts.clock.monotonicMs();
    this.#parts.log("update.step", { step: "hindered", build: this.#state.build, detail: reason });
    this.#changed();
  }

  /** Reads the journal when its file changed: commands write it, too. */
  #read(): void {
    const path = join(this.#parts.journal.dir, "update.journal");
    const mtimeMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (mtimeMs === this.#readAtMs) return;
    this.#readAtMs = mtimeMs;
    this.#state = this.#parts.journal.state();
    if (isOver(this.#state) || isCommitted(this.#state)) this.#forget();
  }

  #changed(): void {
    this.#read();
    for (const listener of this.#listeners) listener();
  }

  /** One thing after the other; a failure is told, and the occasion comes again. */
  #do(act: () => Promise<void>): void {
    void this.#alone(act).catch((thrown: unknown) => {
      this.#hinder(sentence(thrown));
    });
  }

  #alone(act: () => Promise<void>): Promise<void> {
    const done = this.#work.catch(() => {}).then(act);
    this.#work = done;
    return done;
  }
}
