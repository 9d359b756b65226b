// Is the program that was started worth keeping?
//
// A slot counts as good only after it was marked. In the first start of a new program that needs proof: the screen draws,
// the store is whole, the printer is seen (where it was seen before), and the portal was there, or else everything else
// held for the offline grace: a kiosk whose link is down that week must keep a good update. Without proof the machine
// is started again, and the bootloader's counter ends the trial. In every later start the runtime has only to answer:
// a printer that breaks must not bring an old program back.
import { type MachineParts, markGood, type Proof, recover } from "./machine.js";
import type { UpdateState } from "./state.js";

export interface ProveParts extends MachineParts {
  /** As long as there is hope. */
  readonly proveMs: number;
  /** Without a link: everything else must hold so long. */
  readonly offlineGraceMs: number;
  /** What falls over soon after its start has not proven itself: everything must hold so long. */
  readonly steadyMs: number;
  readonly askEveryMs: number;
}

interface Judged {
  readonly lacking: readonly string[];
  /** Only the portal is missing. */
  readonly onlySync: boolean;
}

const judgeProof = (proof: Proof | null, needsPrinter: boolean): Judged => {
  if (proof === null) return { lacking: ["the runtime does not answer"], onlySync: false };
  const lacking = [
    ...(proof.screen ? [] : ["the screen shows nothing"]),
    ...(proof.storeProblem === null ? [] : [`the store is not whole: ${proof.storeProblem}`]),
    ...(proof.printer || !needsPrinter ? [] : ["the printer is not seen, and was before"]),
  ];
  return { lacking, onlySync: lacking.length === 0 && !proof.synced };
};

const ORDINARY = "the runtime answers; the slot is marked good";

/** Asks until all is proven; throws what lacks when the time is over. */
const untilProven = async (parts: ProveParts, needsPrinter: boolean): Promise<readonly string[]> => {
  const { runtime, clock, proveMs, offlineGraceMs, steadyMs, askEveryMs } = parts;
  const startedMs = clock.monotonicMs();
  let holdsSinceMs: number | null = null;
  for (;;) {
    const { lacking, onlySync } = judgeProof(await runtime.proof(), needsPrinter);
    const nowMs = clock.monotonicMs();
    if (lacking.length > 0) holdsSinceMs = null;
    else holdsSinceMs ??= nowMs;
    const held = ["screen", "store", ...(needsPrinter ? ["printer"] : [])];
    const heldMs = holdsSinceMs === null ? -1 : nowMs - holdsSinceMs;
    if (heldMs >= steadyMs && !onlySync) return [...held, "sync"];
    if (heldMs >= Math.max(steadyMs, offlineGraceMs)) return [...held, "offline grace"];
    // The grace may still run out well: only what lacks ends the trial.
    if (lacking.length > 0 && nowMs - startedMs >= proveMs) throw new Error(lacking.join("; "));
    await clock.sleep(askEveryMs);
  }
};

/** Waits until nobody is at the kiosk, however long, and keeps it so. */
const untilAtRest = async ({ runtime, clock, askEveryMs }: ProveParts): Promise<void> => {
  while (await runtime.isRunning()) {
    try {
      await runtime.hold(null);
      return;
    } catch {
      await clock.sleep(askEveryMs);
    }
  }
};

const onTrial = async (parts: ProveParts, state: UpdateState): Promise<string> => {
  const { journal, reboot } = parts;
  const { build } = state;
  if (!state.proven) {
    try {
      const proofs = await untilProven(parts, state.baseline.printer);
      await journal.leave("proving", build, { proofs });
    } catch (thrown) {
      const reason = `build ${build} did not prove itself: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
      await journal.leave("proving", build, { failed: true, reason });
      await untilAtRest(parts);
      await reboot();
      throw new Error(`${reason}; the machine starts again`);
    }
  }
  await journal.step("good", build, {}, () => markGood(parts));
  return `build ${build} has proven itself and is marked good`;
};

/** At each start of the machine. Resolves with a sentence when the running slot is marked; throws one when not. */
export const prove = async (parts: ProveParts): Promise<string> => {
  const state = await recover(parts);
  if (state.step === "proving") return onTrial(parts, state);
  const { runtime } = parts;
  const startedMs = parts.clock.monotonicMs();
  for (let said = await runtime.proof(); ; said = await runtime.proof()) {
    if (said !== null && said.storeProblem === null) break;
    if (parts.clock.monotonicMs() - startedMs >= parts.proveMs)
      throw new Error(judgeProof(said, false).lacking[0] ?? "the runtime does not answer");
    await parts.clock.sleep(parts.askEveryMs);
  }
  await parts.installer.markGood();
  return state.step === "fellBack" ? `${ORDINARY} (after a fall back: ${state.reason})` : ORDINARY;
};
