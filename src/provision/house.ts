// Who writes the set-up into the kiosk's journal and checks its PIN: the runtime that runs, or the set-up itself?
//
// One process alone writes to a store. A runtime that runs is asked over its control socket; without one the store is
// opened for each act and closed again, so that a kiosk can start at any time.
import { existsSync, lchownSync, lstatSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../core/clock.js";
import { silentLog } from "../core/log.js";
import type { ConsoleView } from "../ops/console-view.js";
import { askKiosk, isKioskRunning } from "../ops/control-socket.js";
import { PinGate, Refusal } from "../ops/pin.js";
import type { Unlocked } from "../ops/technician.js";
import { openStore } from "../store/sqlite-store.js";
import type { Journal, Store } from "../store/store.js";

const ANSWER_MS = 10_000;
/** A PIN is looked at after up to a minute of hashing on a slow board under load. */
const PIN_MS = 60_000;

export interface House {
  readonly isRunning: boolean;
  /** Of the running kiosk; null: none runs. */
  view(): Promise<ConsoleView | null>;
  /** Initials of who holds the PIN; null: none is set. Throws `Refusal` "badFile". */
  holder(): Promise<string | null>;
  /** Throws `Refusal`. */
  unlock(pin: string): Promise<void>;
  /** Throws `Refusal`. `old`: where a PIN is set. */
  setPin(name: string, pin: string, old: string | null): Promise<void>;
  /** Does `work` between an intent and an outcome in the journal; throws what it threw. */
  noted<R>(step: string, work: () => Promise<R>, said: (result: R) => string): Promise<R>;
}

const sentence = (thrown: unknown): string =>
  (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, 200);

const runningHouse = (stateDir: string): House => {
  let token: string | null = null;
  const view = (): Promise<ConsoleView> => askKiosk<ConsoleView>(stateDir, { ask: "console" }, ANSWER_MS);
  const unlock = async (pin: string): Promise<void> => {
    ({ token } = await askKiosk<Unlocked>(stateDir, { ask: "unlock", pin }, PIN_MS));
  };
  return {
    isRunning: true,
    view,
    holder: async () => (await view()).pin.holder,
    unlock,
    setPin: async (name, pin, old) => {
      await askKiosk(stateDir, { ask: "setPin", name, pin, old }, PIN_MS);
      // A change of PIN ends every session, also this one.
      await unlock(pin);
    },
    noted: async (step, work, said) => {
      const { id } = await askKiosk<{ id: number }>(stateDir, { ask: "setUpBegin", token, step }, ANSWER_MS);
      const end = (done: boolean, detail: string): Promise<unknown> =>
        askKiosk(stateDir, { ask: "setUpEnd", id, done, detail: detail.slice(0, 400) }, ANSWER_MS);
      try {
        const result = await work();
        await end(true, said(result));
        return result;
      } catch (thrown) {
        await end(false, sentence(thrown)).catch(() => {});
        throw thrown;
      }
    },
  };
};

const onStore = <R>(stateDir: string, clock: Clock, act: (store: Store) => R): R => {
  const dir = join(stateDir, "store");
  mkdirSync(dir, { recursive: true });
  const store = openStore({ dir, clock, log: silentLog });
  try {
    return act(store);
  } finally {
    store.close();
    giveToOwner(stateDir);
  }
};

/** What a set-up that was killed left open: whether it was over is not known. */
const settle = (journal: Journal): void => {
  for (const { id } of journal.open("console"))
    journal.outcome(id, "failed", "the set-up ended before the outcome was written");
};

const restingHouse = (stateDir: string, clock: Clock): House => {
  // The gate lives as long as the set-up: a wait after a wrong PIN is not forgiven by the next act.
  const meta: Store["meta"] = {
    get: (key) => onStore(stateDir, clock, (store) => store.meta.get(key)),
    set: (key, value) => onStore(stateDir, clock, (store) => store.meta.set(key, value)),
  };
  const gate = new PinGate({ stateDir, meta, clock });
  let who = "";
  let isSettled = false;
  const between = async <R>(
    subject: string,
    data: { readonly act: string; readonly who: string },
    { work, said }: { readonly work: () => Promise<R>; readonly said: (result: R) => string },
  ): Promise<R> => {
    const id = await onStore(stateDir, clock, ({ journal }) => {
      if (!isSettled) settle(journal);
      isSettled = true;
      return journal.intent("console", subject, data);
    });
    const end = (outcome: "done" | "failed", detail: string): void =>
      onStore(stateDir, clock, ({ journal }) => journal.outcome(id, outcome, detail.slice(0, 200)));
    try {
      const result = await work();
      end("done", said(result));
      return result;
    } catch (thrown) {
      end("failed", sentence(thrown));
      throw thrown;
    }
  };
  return {
    isRunning: false,
    view: async () => null,
    holder: async () => gate.holder(),
    unlock: async (pin) => {
      try {
        who = await gate.check(pin);
      } catch (thrown) {
        if (thrown instanceof Refusal && thrown.code === "wrongPin")
          onStore(stateDir, clock, ({ journal }) => journal.note("console.refused", "pin", {}));
        throw thrown;
      }
    },
    setPin: async (name, pin, old) => {
      const work = (): Promise<void> => gate.set(name, pin, old);
      await between("pin", { act: "setPin", who: name }, { work, said: () => "" });
      who = name;
    },
    noted: (step, work, said) => between(step, { act: "setUp", who }, { work, said }),
  };
};

export const openHouse = async (stateDir: string, clock: Clock): Promise<House> =>
  (await isKioskRunning(stateDir)) ? runningHouse(stateDir) : restingHouse(stateDir, clock);

/** What the set-up makes in the state folder. */
const MADE_HERE = ["setup", "console", "certificates", "keys", "store", "trust", "doctor"] as const;

const give = (path: string, uid: number, gid: number): void => {
  const entry = lstatSync(path);
  if (entry.uid !== uid) lchownSync(path, uid, gid);
  if (entry.isDirectory()) for (const name of readdirSync(path)) give(join(path, name), uid, gid);
};

/** nmcli and /etc want root, the kiosk runs as its own user: what root made there becomes that user's. */
export const giveToOwner = (stateDir: string): void => {
  if (process.geteuid?.() !== 0 || !existsSync(stateDir)) return;
  const { uid, gid } = statSync(stateDir);
  if (uid === 0) return;
  for (const name of MADE_HERE) if (existsSync(join(stateDir, name))) give(join(stateDir, name), uid, gid);
};
