// What do the commands that change slots need, and where do they go on after a power cut?
import type { Clock } from "../core/clock.js";
import { openRelease, type Release } from "../sync/protocol/release.js";
import type { Hours } from "./hours.js";
import type { UpdateJournal } from "./journal.js";
import type { Running } from "./judge.js";
import type { Installer } from "./rauc.js";
import { Staging } from "./staging.js";
import type { UpdateState } from "./state.js";

/** What the runtime says of itself for the proof of a program. */
export interface Proof {
  /** The browser draws and answers. */
  readonly screen: boolean;
  /** Null: opened, its journal's chain holds, nothing was damaged since the start. */
  readonly storeProblem: string | null;
  /** It answers, with paper or without. */
  readonly printer: boolean;
  /** The portal was there over the link since the start. */
  readonly synced: boolean;
}

/** The runtime of this kiosk, over its control socket. */
export interface Runtime {
  isRunning(): Promise<boolean>;
  /**
   * Nobody may begin a visit from now on, for some minutes; asked again it goes on. Throws in one line while a citizen is
   * there. `fraction`: how far the installation is.
   */
  hold(fraction: number | null): Promise<void>;
  letGo(): Promise<void>;
  /** Null: it does not answer. */
  proof(): Promise<Proof | null>;
}

export interface MachineParts {
  readonly journal: UpdateJournal;
  readonly installer: Installer;
  readonly runtime: Runtime;
  readonly keys: () => readonly string[];
  readonly running: () => Running;
  /** The kiosk's own hours for updates. */
  readonly hours: Hours;
  readonly utcOffsetMinutes: number;
  /** The kernel's id of this boot. */
  readonly bootId: () => string;
  /** Resolves when the machine was told to reboot. */
  readonly reboot: () => Promise<void>;
  readonly clock: Clock;
}

/** A step was ended for a reason that is told; the exit code says so. */
export class NotNow extends Error {
  override readonly name = "NotNow";
}

export const releaseOf = ({ envelope }: UpdateState, keys: readonly string[]): Release | null => {
  const opened = envelope === null ? null : openRelease(Buffer.from(envelope, "base64"), keys);
  return opened?.ok === true ? opened.release : null;
};

const GONE_BACK =
  "the bootloader went back to the old program: the new one did not come up, or was not marked good";

/** The old program runs again: it says why, and what lies here goes. */
const fellBack = async ({ journal }: MachineParts, state: UpdateState): Promise<UpdateState> => {
  const reason =
    state.step === "proving" || state.step === "fellBack" ? (state.reason ?? GONE_BACK) : GONE_BACK;
  return journal.step("fellBack", state.build, { reason }, () => {
    Staging.clear(journal.dir);
    return { reason };
  });
};

/** The machine was started since: which slot did the bootloader choose? */
const afterReboot = async (parts: MachineParts, state: UpdateState, booted: string): Promise<UpdateState> => {
  const { journal, bootId } = parts;
  const at = state.step === "rebooting" && state.open ? await journal.leave("rebooting", state.build) : state;
  if (booted === at.from) return fellBack(parts, at);
  return journal.enter("proving", at.build, { boot: bootId() });
};

const atInstalling = async (parts: MachineParts, state: UpdateState): Promise<UpdateState> => {
  const { journal, installer, bootId } = parts;
  const { booted } = await installer.slots();
  if (state.open && booted === state.from) {
    const reason = "it was interrupted, and begins anew";
    await journal.leave("installing", state.build, { failed: true, interrupted: true, reason });
    return journal.enter("waiting", state.build);
  }
  // RAUC had finished, and the power went before it was noted: the new program runs.
  if (state.open) await journal.leave("installing", state.build, { target: booted });
  else if (state.target === null) return journal.enter("waiting", state.build);
  else if (state.boot === bootId()) return state;
  await journal.enter("rebooting", state.build);
  return afterReboot(parts, await journal.leave("rebooting", state.build), booted);
};

const atProving = async (parts: MachineParts, state: UpdateState): Promise<UpdateState> => {
  const { journal, installer, bootId } = parts;
  const { booted } = await installer.slots();
  if (booted === state.from) return fellBack(parts, state);
  return state.proven ? state : journal.enter("proving", state.build, { boot: bootId() });
};

/** Also long after: a slot that was good may die. */
const atGood = async (parts: MachineParts, state: UpdateState): Promise<UpdateState> => {
  const { booted } = await parts.installer.slots();
  if (booted === state.from) return fellBack(parts, state);
  return state.open ? parts.journal.leave("good", state.build, await markGood(parts)) : state;
};

/**
 * Brings the journal to where the machine really is: which slot runs says more than what was noted before the power went.
 * Called first by every command. Begins nothing that could disturb anybody.
 */
export const recover = async (parts: MachineParts): Promise<UpdateState> => {
  const state = parts.journal.state();
  switch (state.step) {
    case "installing":
      return atInstalling(parts, state);
    case "rebooting": {
      if (state.open && state.boot === parts.bootId()) return state;
      return afterReboot(parts, state, (await parts.installer.slots()).booted);
    }
    case "proving":
      return atProving(parts, state);
    case "good":
      return atGood(parts, state);
    case "fellBack":
      return state.open ? fellBack(parts, state) : state;
    default:
      return state;
  }
};

/** Repeatable: the slot is marked, and the bundle is needed no more. */
export const markGood = async ({ journal, installer }: MachineParts): Promise<Record<string, never>> => {
  await installer.markGood();
  Staging.clear(journal.dir);
  return {};
};
