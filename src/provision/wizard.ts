// In which order are the steps of the set-up done, and what happens to one that is broken off?
//
// INVARIANTS. Every answer is durable before the next question. A step stands in the journal before and after it. A step
// that fails says why and can be done again; none of them undoes another.
import type { SetupWords } from "../console/setup-words.js";
import type { Language } from "../console/words.js";
import { Refusal } from "../ops/pin.js";
import { Desk, type DeskParts, type Step, type StepEnd } from "./desk.js";
import { giveToOwner } from "./house.js";
import { isWhole, type Progress } from "./progress.js";
import { STEPS, type StepName } from "./step-names.js";
import { board } from "./steps/board.js";
import { certificate } from "./steps/certificate.js";
import { devices } from "./steps/devices.js";
import { network } from "./steps/network.js";
import { pin } from "./steps/pin.js";
import { place } from "./steps/place.js";
import { portal } from "./steps/portal.js";
import { print } from "./steps/print.js";
import { write } from "./steps/write.js";
import { Back, isMove } from "./talk.js";

const WORK: Readonly<Record<StepName, Step>> = {
  ...{ place, board, network, portal, certificate, pin, devices, print, write },
};

export interface WizardOptions extends Omit<DeskParts, "words"> {
  readonly words: (language: Language) => SetupWords;
  /** Null: asked for, where it was not yet. */
  readonly language: Language | null;
  /** Only this one, and the writing of what it changed. */
  readonly only: StepName | null;
  /** From MOTCUA_PIN_FILE; null: asked for. */
  readonly pin: string | null;
}

export interface Outcome {
  readonly whole: boolean;
  readonly progress: Progress;
}

const askLanguage = ({ talk, words }: WizardOptions): Promise<Language> =>
  talk.choose<Language>({
    ...{ key: "language", label: words("vi").text("language") },
    options: [
      { value: "vi", label: "Tiếng Việt" },
      { value: "en", label: "English" },
    ],
    ...{ initial: "vi", otherwise: "vi" },
  });

const TRIES = 3;

/** Throws `Refusal` when a right PIN did not come. */
const admit = async ({ house, talk, pin: given }: WizardOptions, words: SetupWords): Promise<void> => {
  if ((await house.holder()) === null) return;
  for (let attempt = 1; ; attempt += 1) {
    const typed =
      given ??
      (await talk.ask({
        ...{ key: "pin.unlock", label: words.text("pinToGoOn"), initial: "", secret: true, longest: 12 },
        wrong: (text) => (/^[0-9]{6,12}$/.test(text) ? null : words.refusal("wrongPin")),
      }));
    try {
      await talk.during(words.text("checking", "PIN"), () => house.unlock(typed));
      return;
    } catch (thrown) {
      if (!(thrown instanceof Refusal) || given !== null || attempt === TRIES) throw thrown;
      await talk.tell(words.refusal(thrown.code), thrown.waitSeconds > 0 ? [`${thrown.waitSeconds} s`] : []);
    }
  }
};

/** Five minutes without a step, and the running kiosk wants the PIN again. */
const isLocked = (thrown: unknown): boolean => thrown instanceof Refusal && thrown.code === "locked";

/** Null: it was told why not, and nobody wants to go on with it now. */
const doStep = async (desk: Desk, name: StepName): Promise<StepEnd | null> => {
  const { talk, words, house, progress, places } = desk;
  talk.heading({
    place: `${STEPS.indexOf(name) + 1}/${STEPS.length}`,
    ...{ title: words.step(name), kiosk: desk.value("kiosk.id") },
  });
  try {
    const end = await house.noted(
      `setup ${name}`,
      () => WORK[name].run(desk),
      ({ state, said }) => `${state}: ${said}`,
    );
    progress.change({ steps: { ...progress.now.steps, [name]: end } });
    return end;
  } catch (thrown) {
    if (isMove(thrown) || isLocked(thrown)) throw thrown;
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    const end: StepEnd = { state: "later", said: why.split("\n")[0] ?? "" };
    progress.change({ steps: { ...progress.now.steps, [name]: end } });
    await talk.tell(words.text("failed"), why.split("\n"));
    return talk.isPatient ? null : end;
  } finally {
    giveToOwner(places.stateDir);
  }
};

const LEAVE = "leave";

const overview = async ({ talk, words, progress }: Desk): Promise<StepName | null> => {
  const { steps } = progress.now;
  talk.heading({ place: "", title: words.text("steps"), kiosk: "" });
  const next = STEPS.find((name) => steps[name]?.state !== "done") ?? "write";
  const chosen = await talk.choose({
    ...{ key: "steps", label: words.text("steps"), initial: isWhole(progress.now) ? LEAVE : next },
    options: [
      ...STEPS.map((name) => ({
        value: name,
        label: `${words.mark(steps[name]?.state)} ${words.step(name)}: ${steps[name]?.said ?? words.text("notThere")}`,
      })),
      { value: LEAVE, label: words.text("finish") } as const,
    ],
  });
  return chosen === LEAVE ? null : chosen;
};

/** The first that was not come to; null: each was, so that the list is shown. */
const firstOpen = ({ progress }: Desk): StepName | null =>
  STEPS.find((name) => progress.now.steps[name] === undefined) ?? null;

/** What a change brought is written only when it is asked for; the list offers it next. */
const afterStep = (desk: Desk, name: StepName, wasWritten: boolean): void => {
  if (name === "write" || !wasWritten) return;
  const { write: _written, ...steps } = desk.progress.now.steps;
  desk.progress.change({ steps });
};

const walk = async (desk: Desk, admitAgain: () => Promise<void>): Promise<void> => {
  let next = firstOpen(desk);
  // Who chose a step from the list comes back to the list.
  let isInOrder = true;
  for (;;) {
    try {
      if (next === null) {
        isInOrder = false;
        next = await overview(desk);
      }
      if (next === null) return;
      const wasWritten = desk.progress.now.steps.write !== undefined;
      const end = await doStep(desk, next);
      if (end !== null) afterStep(desk, next, wasWritten);
      next = end !== null && isInOrder ? firstOpen(desk) : null;
      if (next === null && isWhole(desk.progress.now)) return;
    } catch (thrown) {
      if (isLocked(thrown)) {
        await admitAgain();
        continue;
      }
      // Escape on the list itself stays on the list.
      if (!(thrown instanceof Back)) throw thrown;
      next = null;
    }
  }
};

/** Throws `Leave`, `Refusal` and `BadAnswer`. */
export const runWizard = async (options: WizardOptions): Promise<Outcome> => {
  const { progress, talk, language, only, places } = options;
  const wasBegun = Object.keys(progress.now.steps).length > 0;
  const chosen = language ?? progress.now.language ?? (await askLanguage(options));
  const words = options.words(chosen);
  talk.speak(words);
  if (progress.now.language !== chosen) progress.change({ language: chosen });
  giveToOwner(places.stateDir);
  await admit(options, words);
  const desk = new Desk({ ...options, words });
  if (only !== null) {
    await doStep(desk, only);
    if (only !== "write") await doStep(desk, "write");
  } else if (talk.isPatient) {
    if (wasBegun && !isWhole(progress.now)) talk.notice(words.text("resumed"));
    await walk(desk, () => admit(options, words));
  } else for (const name of STEPS) await doStep(desk, name);
  return { whole: isWhole(progress.now), progress: progress.now };
};
