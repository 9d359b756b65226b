// What becomes of a row of visits while everything goes wrong, and what of it is not as it must be?
import { Random } from "../../src/dock/rehearsal/random.js";
import type { ScriptedFault } from "../../src/hal/sim/fault-storm.js";
import { DEVICE_NAMES } from "../../src/ops/status.js";
import { FAULTS_BY_NAME, makeWhole } from "./faults.js";
import { judge } from "./oracle.js";
import { Person, type Told } from "./person.js";
import { planVisit, type VisitPlan } from "./plan.js";
import { type Deck, World } from "./world.js";

export interface VisitRecord {
  readonly plan: VisitPlan;
  readonly told: Told;
  readonly finished: boolean;
  readonly trail: readonly string[];
  /** Names of the faults that happened. */
  readonly happened: readonly string[];
  readonly seconds: number;
}

export interface ChunkReport {
  readonly records: readonly VisitRecord[];
  /** What must not be; empty is good. Each begins with the visit's number. */
  readonly problems: readonly string[];
  readonly submissions: number;
  readonly slips: number;
  readonly simulatedSeconds: number;
}

/** A person who is still there after this hangs. */
const VISIT_LIMIT_MS = 45 * 60_000;
/** Idle warning, countdown, a doubt that nobody answers, and a device under way. */
const REST_LIMIT_MS = 15 * 60_000;
/** Supervisors reopen within their cap of 5 s; a camera is asked every two minutes. */
const WHOLE_LIMIT_MS = 5 * 60_000;

/** What happens to a visit by the script, from the moment at which its step is reached. */
class Script {
  readonly happened: string[] = [];
  readonly #world: World;
  readonly #timers: unknown[] = [];
  #waiting: readonly ScriptedFault[];

  constructor(world: World, faults: readonly ScriptedFault[]) {
    this.#world = world;
    this.#waiting = faults;
  }

  watch(): void {
    const step = this.#world.kiosk?.visit.state.name;
    if (step === undefined || this.#waiting.length === 0) return;
    const due = this.#waiting.filter(({ atStep }) => step.startsWith(atStep));
    if (due.length === 0) return;
    this.#waiting = this.#waiting.filter((fault) => !due.includes(fault));
    for (const fault of due) this.#later(fault.afterMs, () => this.#begin(fault));
  }

  #begin({ name, lastsMs, seed }: ScriptedFault): void {
    const fault = FAULTS_BY_NAME.get(name);
    if (fault === undefined) throw new Error(`no fault ${name}`);
    this.happened.push(name);
    fault.begin(this.#world, new Random(seed));
    const { end } = fault;
    if (end !== null) this.#later(lastsMs, () => end(this.#world));
  }

  #later(ms: number, act: () => void): void {
    this.#timers.push(this.#world.clock.setTimeout(act, ms));
  }

  end(): void {
    for (const timer of this.#timers) this.#world.clock.clearTimeout(timer);
    this.#waiting = [];
  }
}

const nobodyHere = (world: World): boolean => {
  const kiosk = world.kiosk;
  return (
    kiosk !== null &&
    kiosk.view.screen.name === "attract" &&
    !kiosk.visit.state.open &&
    !kiosk.visit.state.busy
  );
};

const notReady = (world: World): string =>
  DEVICE_NAMES.map((device) => [device, world.kiosk?.board[device].status] as const)
    .filter(([, status]) => status?.state !== "ready")
    .map(([device, status]) => `${device} ${JSON.stringify(status)}`)
    .join(", ");

/** Garbled bytes look like a wrong speed until a good code comes: a technician shows one. */
const scanGoodCode = async (world: World): Promise<void> => {
  const onlyReader = () =>
    DEVICE_NAMES.every(
      (device) => device === "codeReader" || world.on.board[device].status.state === "ready",
    ) && ["ready", "faulted"].includes(world.on.board.codeReader.status.state);
  await world.clock.run(onlyReader, WHOLE_LIMIT_MS);
  if (world.on.board.codeReader.status.state === "faulted")
    world.board.control.codeReader.show("a good code");
};

const strangePaper = ({ board, slips }: World): number =>
  board.control.printer.slips.filter((slip) => slip.complete && slips.numberOn(slip) === null).length;

const oneVisit = async (
  world: World,
  plan: VisitPlan,
  problem: (text: string) => void,
): Promise<VisitRecord> => {
  const startedMs = world.clock.monotonicMs();
  const script = new Script(world, plan.faults);
  const person = new Person(world, new Random(plan.seed), {
    ...plan,
    holder: world.holder(plan.holder),
    lookupCode: "MC1:00000000000000000000000000",
  });
  const watch = (done: () => boolean) => () => {
    script.watch();
    return done();
  };
  const before = world.errors.length;
  const strangeBefore = strangePaper(world);
  person.arrive();
  if (
    !(await world.clock.run(
      watch(() => person.gone),
      VISIT_LIMIT_MS,
    ))
  )
    problem(`the person is still there: ${world.kiosk?.visit.state.name ?? "dark"}`);
  person.leave();
  if (
    !(await world.clock.run(
      watch(() => nobodyHere(world)),
      REST_LIMIT_MS,
    ))
  )
    problem(`no first screen again: ${world.kiosk?.visit.state.name ?? "dark"}`);
  script.end();
  if (world.kiosk === null) world.powerUp();
  makeWhole(world);
  await scanGoodCode(world);
  if (!(await world.clock.run(() => world.on.whole, WHOLE_LIMIT_MS)))
    problem(`not whole again: ${notReady(world)} link ${world.on.link.state} ${world.on.visit.state.name}`);
  for (const error of world.errors.slice(before)) problem(`program error ${error}`);
  if (strangePaper(world) > strangeBefore) problem("a whole piece of paper shows what nobody printed");
  return {
    plan,
    told: person.told,
    finished: person.finished,
    trail: person.trail,
    happened: script.happened,
    seconds: (world.clock.monotonicMs() - startedMs) / 1_000,
  };
};

export interface ChunkOptions {
  readonly deck: Deck;
  readonly seed: number;
  readonly plans: readonly VisitPlan[];
}

/** One kiosk's life over some visits, and the judgement over it. */
export const runVisits = async ({ deck, seed, plans }: ChunkOptions): Promise<ChunkReport> => {
  const jitter = new Random(seed);
  // Every third kiosk has a clone's printer, which confirms nothing.
  const model = Math.floor((plans[0]?.index ?? 0) / CHUNK) % 3 === 2 ? "generic" : "epson";
  const world = new World({ deck, model, random: () => jitter.next() });
  const problems: string[] = [];
  const records: VisitRecord[] = [];
  try {
    world.powerUp();
    if (!(await world.settle())) problems.push(`start: ${notReady(world)}`);
    for (const plan of plans) {
      const problem = (text: string) => problems.push(`visit ${plan.index}: ${text}`);
      records.push(await oneVisit(world, plan, problem));
    }
    const { submissions, slips } = await judge(world, records, model, (text) => problems.push(text));
    return { records, problems, submissions, slips, simulatedSeconds: world.clock.monotonicMs() / 1_000 };
  } finally {
    await world.close().catch((error: unknown) => problems.push(`end: ${String(error)}`));
  }
};

/** Visits of one kiosk; then a new one begins, so that a failure is replayed within seconds. */
export const CHUNK = 25;

export const plansOf = (seed: number, from: number, to: number): readonly VisitPlan[] =>
  Array.from({ length: to - from }, (_, at) => planVisit(seed, from + at));

/** Leaves out one fault after the other as long as something stays wrong. Bounded by the number of faults. */
export const shrink = async (deck: Deck, seed: number, plan: VisitPlan): Promise<VisitPlan> => {
  let least = plan;
  for (const fault of plan.faults) {
    const without = { ...least, faults: least.faults.filter((other) => other !== fault) };
    const { problems } = await runVisits({ deck, seed, plans: [without] });
    if (problems.length > 0) least = without;
  }
  return least;
};
