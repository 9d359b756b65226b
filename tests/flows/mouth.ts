// How is a visit listened to, without a loudspeaker?
import { type Speaking, spokenVisit, startSpeaking } from "../../src/acts/speaking.js";
import { FaultError } from "../../src/core/faults.js";
import { silentLog } from "../../src/core/log.js";
import type { CitizenEvent } from "../../src/flows/events.js";
import { CITIZEN_EVENTS } from "../../src/flows/parts/beside.js";
import { createVisit, type Visit } from "../../src/flows/run-visit.js";
import type { Speaker } from "../../src/hal/speaker/speaker.js";
import { supervise } from "../../src/hal/supervisor.js";
import type { ScreenVisit } from "../../src/screen/page-link.js";
import { clock, until } from "../contract/bench.js";
import { ScriptedEffects } from "./house.js";
import { SimulatedClock } from "./simulated-clock.js";
import { small } from "./small-catalogue.js";

/** Says nothing aloud; notes what it is told and speaks until it is cut. */
export class Mouth implements Speaker {
  readonly said: string[] = [];
  readonly paces: (string | undefined)[] = [];
  readonly volumes: number[] = [];
  cuts = 0;
  resets = 0;
  broken = false;
  /** Sentences end by themselves at once, or only when cut. */
  longWinded = false;
  #end: () => void = () => {};
  async say(text: string, _language: "vi" | "en", options?: { readonly pace?: string }): Promise<void> {
    this.paces.push(options?.pace);
    this.#end();
    if (this.broken) throw new FaultError("speaker.absent", "no device");
    this.said.push(text);
    if (this.longWinded)
      await new Promise<void>((resolve) => {
        this.#end = resolve;
      });
  }
  async stop(): Promise<void> {
    this.cuts += 1;
    this.#end();
  }
  async setVolume(volume: number): Promise<void> {
    this.volumes.push(volume);
  }
  async resetVolume(): Promise<void> {
    this.resets += 1;
  }
  async health(): Promise<null> {
    return null;
  }
  async close(): Promise<void> {
    this.#end();
  }
}

export interface Told {
  readonly visit: Visit;
  readonly mouth: Mouth;
  readonly speaking: Speaking;
  /** As the page sends. */
  readonly press: (event: Parameters<Visit["send"]>[0]) => void;
  readonly effects: ScriptedEffects;
  readonly clock: SimulatedClock;
  /** As the page sees it. */
  readonly screen: ScreenVisit;
}

export const inVisit = async (
  mode: "on" | "asked" | "off",
  work: (told: Told) => Promise<void>,
): Promise<void> => {
  const mouth = new Mouth();
  const speaker = supervise<Speaker>({
    part: "speaker",
    absentFault: "speaker.absent",
    open: async () => mouth,
    clock,
    log: silentLog,
    healthEveryMs: 60_000,
  });
  await until("the speaker is ready", () => speaker.status.state === "ready");
  const effects = new ScriptedEffects();
  const time = new SimulatedClock();
  const visit = createVisit({
    effects,
    catalogue: small,
    clock: time,
    log: silentLog,
    speech: mode,
  });
  const speaking = startSpeaking({ speaker, visit, clock, mode });
  const screen = spokenVisit(visit, speaking);
  const press: Told["press"] = (event) => {
    screen.touched?.();
    if (event.type in CITIZEN_EVENTS) screen.send(event as CitizenEvent);
    else visit.send(event);
  };
  try {
    await work({ visit, mouth, speaking, press, effects, clock: time, screen });
  } finally {
    speaking.close();
    visit.close();
    await speaker.close();
  }
};
