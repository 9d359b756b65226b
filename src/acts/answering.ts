// What is asked of each part of the runtime before the watchdog is fed?
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { open } from "node:fs/promises";
import type { Clock } from "../core/clock.js";
import { FaultError } from "../core/faults.js";
import type { Visit } from "../flows/run-visit.js";
import type { Board } from "../hal/board.js";
import { type StartedWork, WORK_STARTED } from "../ml/work-process.js";
import { type Health, type HealthOptions, type HealthPart, startHealth } from "../ops/health.js";
import { DEVICE_NAMES, type KioskStatus } from "../ops/status.js";
import type { Store } from "../store/store.js";

export interface AnsweringParts {
  readonly visit: Pick<Visit, "answers">;
  readonly store: Pick<Store, "meta">;
  /** The disk under the store is asked as well. */
  readonly storeFolder: string;
  readonly board: Board;
  readonly clock: Clock;
}

/** A busy machine's timers are late; a keeper that hangs is later than this. */
const SUPERVISOR_LATE_MS = 20_000;
const PROBE_KEY = "health.probe";

const visitPart = ({ visit }: AnsweringParts): HealthPart => ({
  name: "visit",
  ask: () => {
    if (!visit.answers()) throw new Error("its statechart takes no events");
  },
});

/**
 * Reads through SQLite, then has the disk confirm what it was given: fdatasync(2) without changes writes nothing, and
 * still waits for the device. On a thread of libuv: the runtime goes on while a disk hangs. The folder and not the
 * database, whose locks of fcntl(2) would all be gone with the first descriptor of it that is closed.
 */
const storePart = ({ store, storeFolder }: AnsweringParts): HealthPart => {
  let underWay: Promise<void> | null = null;
  const disk = async (): Promise<void> => {
    const folder = await open(storeFolder, "r");
    try {
      await folder.datasync();
    } finally {
      await folder.close();
    }
  };
  return {
    name: "store",
    ask: async () => {
      try {
        store.meta.get(PROBE_KEY);
        // One that hangs holds one thread, not another one each round.
        underWay ??= disk().finally(() => {
          underWay = null;
        });
        await underWay;
      } catch (thrown) {
        // It answered. What is wrong with it stands on the screen and at operations (acts/world.ts).
        if (!(thrown instanceof FaultError) && (thrown as NodeJS.ErrnoException).code === undefined)
          throw thrown;
      }
    },
  };
};

const supervisorParts = ({ board, clock }: AnsweringParts): readonly HealthPart[] =>
  DEVICE_NAMES.map((name) => ({
    name: `supervisor of ${name}`,
    ask: () => {
      const lateMs = clock.monotonicMs() - (board[name].dueMs ?? Number.POSITIVE_INFINITY);
      if (lateMs > SUPERVISOR_LATE_MS) throw new Error(`late by ${Math.round(lateMs / 1_000)} s`);
    },
  }));

/** Worker processes as they are at the moment: at rest there are none, and none can hang. */
class Workers {
  #works: readonly StartedWork[] = [];

  constructor() {
    subscribe(WORK_STARTED, this.#onStarted);
  }

  parts(): readonly HealthPart[] {
    this.#works = this.#works.filter(({ ended }) => !ended);
    return this.#works.map((work) => ({ name: work.name, ask: (signal) => work.answers(signal) }));
  }

  close(): void {
    unsubscribe(WORK_STARTED, this.#onStarted);
  }

  readonly #onStarted = (work: unknown): void => {
    this.#works = [...this.#works.filter(({ ended }) => !ended), work as StartedWork];
  };
}

/** One line for `systemctl status`, without a word about the citizen. */
const summaryOf = ({ visit, queue, link, screen, devices }: KioskStatus): string => {
  const faults = devices.flatMap(({ fault, inGrace }) => (fault === null || inGrace ? [] : [fault]));
  return [
    `visit ${visit.state}`,
    `${queue.queued} queued`,
    `link ${link}`,
    `screen ${screen.connected ? "connected" : "not connected"}`,
    faults.length === 0 ? "all devices ready" : faults.join(" "),
  ].join(", ");
};

export const startAnswering = (
  parts: AnsweringParts & { readonly status: () => KioskStatus },
  options: Omit<HealthOptions, "parts" | "summary">,
): Health => {
  const workers = new Workers();
  const fixed = [visitPart(parts), storePart(parts), ...supervisorParts(parts)];
  const health = startHealth({
    ...options,
    parts: () => [...fixed, ...workers.parts()],
    summary: () => summaryOf(parts.status()),
  });
  return {
    ready: () => health.ready(),
    stopping: async () => {
      workers.close();
      await health.stopping();
    },
  };
};
