// When and how is the slot that does not run written, and the machine started into it?
//
// Never while a citizen is there, and by itself only in the kiosk's hours for updates. Before a byte is written the
// release is judged once more against what runs now, the whole bundle is hashed once more, and the runtime lets nobody
// begin a visit. After the reboot prove.ts has the word.

import type { Release } from "../sync/protocol/release.js";
import { bundleProblem } from "./bundle.js";
import { whyNotNow } from "./hours.js";
import { judge } from "./judge.js";
import { type MachineParts, NotNow, recover, releaseOf } from "./machine.js";
import { Staging } from "./staging.js";
import type { UpdateState } from "./state.js";

export interface InstallWish {
  /** A technician says so: the hours do not count. A citizen's presence always does. */
  readonly now: boolean;
}

/** What fails so often is not the power's fault. */
const MOST_FAILURES = 3;
const HOLD_EVERY_MS = 5_000;
const REASON_LENGTH = 180;

const sentence = (thrown: unknown): string =>
  (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, REASON_LENGTH);

const refuse = async ({ journal }: MachineParts, build: number, reason: string): Promise<never> => {
  await journal.step("refused", build, { reason }, () => {
    Staging.clear(journal.dir);
    return { reason };
  });
  throw new Error(reason);
};

const checkDue = (
  { hours, clock, utcOffsetMinutes }: MachineParts,
  release: Release,
  wish: InstallWish,
): void => {
  const why = wish.now ? null : whyNotNow([hours, release.hours], clock.wall(), utcOffsetMinutes);
  if (why !== null) throw new NotNow(why);
};

/** Throws `NotNow` while a citizen is there. Without a runtime nobody can be. */
const hold = async ({ runtime }: MachineParts, fraction: number | null): Promise<void> => {
  if (!(await runtime.isRunning())) return;
  try {
    await runtime.hold(fraction);
  } catch (thrown) {
    throw new NotNow(sentence(thrown));
  }
};

const judgeAgain = async (parts: MachineParts, state: UpdateState, envelope: string): Promise<Release> => {
  const { journal, installer, keys, running, clock } = parts;
  const { goodBuild, build } = state;
  const verdict = judge(Buffer.from(envelope, "base64"), {
    ...{ keys: keys(), running: running(), goodBuild, wall: clock.wall() },
  });
  if (!verdict.may) return refuse(parts, build, verdict.reason);
  const staging = await Staging.open(journal.dir, verdict.release);
  const problem =
    (await staging.problem()) ??
    (await bundleProblem(staging.bundle, verdict.release, installer).catch((thrown: unknown) =>
      sentence(thrown),
    ));
  if (problem === null) return verdict.release;
  // The disk forgot: the runtime fetches it again.
  staging.discard();
  await journal.enter("fetching", build);
  throw new Error(`${problem}: it is fetched again`);
};

/** While `act` works the runtime lets nobody in, however long it takes, and knows how far it is. */
const held = async (
  parts: MachineParts,
  act: (tell: (fraction: number) => void) => Promise<void>,
): Promise<void> => {
  const { clock, runtime } = parts;
  let fraction: number | null = null;
  let timer: unknown;
  const renew = () => {
    // The visit was ended before; a runtime that went away meanwhile lets nobody in.
    void runtime.hold(fraction).catch(() => {});
    timer = clock.setTimeout(renew, HOLD_EVERY_MS);
  };
  renew();
  try {
    await act((now) => {
      fraction = now;
    });
  } finally {
    clock.clearTimeout(timer);
  }
};

const write = async (parts: MachineParts, state: UpdateState, release: Release): Promise<UpdateState> => {
  const { journal, installer, runtime, bootId } = parts;
  const { build } = release;
  const { booted, other } = await installer.slots();
  const baseline = { printer: (await runtime.proof())?.printer ?? false };
  const bundle = (await Staging.open(journal.dir, release)).bundle;
  if (state.step === "waiting" && state.open) await journal.leave("waiting", build);
  try {
    return await journal.step("installing", build, { from: booted, boot: bootId(), baseline }, async () => {
      await held(parts, (tell) => installer.install(bundle, tell));
      const { primary } = await installer.slots();
      if (primary !== null && primary !== other)
        throw new Error(`RAUC wrote slot ${other}, and the bootloader would start ${primary}`);
      return { target: other };
    });
  } catch (thrown) {
    const reason = sentence(thrown);
    const { failures } = await journal.leave("installing", build, { failed: true, reason });
    if (failures >= MOST_FAILURES) return refuse(parts, build, reason);
    await journal.enter("waiting", build);
    throw new Error(reason, { cause: thrown });
  }
};

/**
 * Installs what waits and has the machine rebooted. Resolves when that was told to it; the sentence says what happened.
 * Throws `NotNow` when it is not the time, and one line when it failed.
 */
export const install = async (parts: MachineParts, wish: InstallWish): Promise<string> => {
  const { journal, runtime, bootId, reboot } = parts;
  const state = await recover(parts);
  const isWritten = state.step === "installing" || state.step === "rebooting";
  if (!isWritten && state.step !== "waiting") throw new NotNow("no update waits to be installed");
  const { envelope, build } = state;
  const release = releaseOf(state, parts.keys());
  if (envelope === null || release === null)
    return refuse(parts, build, "no release key that this kiosk knows has signed it");
  checkDue(parts, release, wish);
  await hold(parts, null);
  try {
    if (!isWritten) await write(parts, state, await judgeAgain(parts, state, envelope));
    await journal.enter("rebooting", build, { boot: bootId() });
    await reboot();
  } catch (thrown) {
    await runtime.letGo().catch(() => {});
    throw thrown;
  }
  return `build ${build} (${release.version}) is installed; the machine starts into it`;
};
