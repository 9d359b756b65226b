// What does the kiosk really do when operations command it, and when is it a quiet moment?
import type { Clock } from "../core/clock.js";
import type { WorldEvent } from "../flows/events.js";
import type { Visit } from "../flows/run-visit.js";
import type { Board, DeviceName } from "../hal/board.js";
import { type Readiness, TESTED_PARTS, type TestedPart } from "../ops/self-test.js";
import { DEVICE_NAMES, reading, reportDevices } from "../ops/status.js";
import type { Store } from "../store/store.js";
import type { KioskCommand } from "../sync/protocol/command.js";
import { testWithFaces } from "./testing.js";

/** The house that obeys; it stands some seconds after the link. */
export interface House {
  readonly board: Board;
  readonly store: Store;
  readonly visit: Pick<Visit, "state" | "watch">;
  readonly service: Service;
  readonly clock: Clock;
  readonly kioskId: string;
  /** Ends the runtime in order; whatever supervises the process starts it again. */
  readonly restart: () => void;
}

type Hold = Extract<WorldEvent, { type: "OUT_OF_SERVICE" }>;

const CLOSED_KEY = "service.closed";

/**
 * Three may close the kiosk: the state of the machine (battery, disk), operations, and an update that is being
 * installed. It serves when none does.
 * What operations said outlives a restart.
 */
export class Service {
  readonly #visit: Pick<Visit, "send">;
  readonly #store: Pick<Store, "meta">;
  #obstacle: Hold | null = null;
  #hold: Hold | null = null;

  constructor(visit: Pick<Visit, "send">, store: Pick<Store, "meta">) {
    this.#visit = visit;
    this.#store = store;
    if (this.closed) this.#tell();
  }

  get closed(): boolean {
    return this.#store.meta.get(CLOSED_KEY) === "yes";
  }

  /** What the watch over the machine says goes through here; everything else straight to the visit. */
  send(event: Parameters<Visit["send"]>[0]): void {
    if (event.type === "OUT_OF_SERVICE") this.#obstacle = event;
    else if (event.type === "IN_SERVICE") this.#obstacle = null;
    else {
      this.#visit.send(event);
      return;
    }
    this.#tell();
  }

  /** While a new program is written nobody begins a visit; `null`: that is over. */
  hold(fault: Hold | null): void {
    this.#hold = fault;
    this.#tell();
  }

  close(on: boolean): void {
    this.#store.meta.set(CLOSED_KEY, on ? "yes" : "no");
    this.#tell();
  }

  #tell(): void {
    if (this.#hold !== null) this.#visit.send(this.#hold);
    else if (this.#obstacle !== null) this.#visit.send(this.#obstacle);
    else if (this.closed)
      this.#visit.send({
        type: "OUT_OF_SERVICE",
        fault: { code: "runtime.closed", detail: "closed by operations" },
      });
    else this.#visit.send({ type: "IN_SERVICE" });
  }
}

const isDevice = (name: string): name is DeviceName => (DEVICE_NAMES as readonly string[]).includes(name);
const isPart = (name: string): name is TestedPart => (TESTED_PARTS as readonly string[]).includes(name);

const readinessSentence = ({ canServe, results }: Readiness): string => {
  const count = (wanted: string) => results.filter(({ result }) => result === wanted).length;
  const failed = results.filter(({ result }) => result === "failed");
  const names = failed.map(({ part, fault }) => `${part} (${fault ?? "?"})`).join(", ");
  const sums = `${count("passed")} passed, ${count("look")} to be looked at, ${count("notWired")} not fitted`;
  return `${canServe ? "can serve" : "can NOT serve"}: ${sums}${failed.length === 0 ? "" : `, failed: ${names}`}`;
};

export class Obeying {
  readonly #house: Promise<House>;
  readonly #moveIn: (house: House) => void;

  constructor() {
    let moveIn: (house: House) => void = () => {};
    this.#house = new Promise((resolve) => {
      moveIn = resolve;
    });
    this.#moveIn = moveIn;
  }

  /** Commands that came before are done now. */
  begin(house: House): void {
    this.#moveIn(house);
  }

  /** Resolves when the kiosk stands and nobody uses it; rejects with the signal. */
  readonly atRest = async (signal: AbortSignal): Promise<void> => {
    const { visit } = await this.#house;
    await new Promise<void>((resolve, reject) => {
      const finish = (act: () => void) => {
        forget();
        signal.removeEventListener("abort", onAbort);
        act();
      };
      const onAbort = () => finish(() => reject(signal.reason as Error));
      const look = () => {
        if (!visit.state.open && !visit.state.busy) finish(resolve);
      };
      const forget = visit.watch(look);
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted) onAbort();
      else look();
    });
  };

  /** Says in a sentence what came of it. */
  readonly run = async (command: KioskCommand, signal: AbortSignal): Promise<string> => {
    const house = await this.#house;
    switch (command.name) {
      case "restartDevice":
        return this.#restartDevice(house, command.device);
      case "selfTest":
        return this.#selfTest(house, command.device);
      case "releaseQuarantined":
        return `${house.store.outbox.releaseQuarantined()} released`;
      case "outOfService":
        house.service.close(command.on);
        return command.on ? "closed" : "serves again";
      case "restartRuntime":
        return new Promise((_, reject) => {
          // The next start says that it is done.
          signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
          house.restart();
        });
    }
  };

  async #restartDevice({ board }: House, device: string): Promise<string> {
    if (!isDevice(device)) throw new Error(`there is no device "${device}"`);
    await board[device].restart("asked for by operations");
    const report = reportDevices(board).find((each) => each.device === device);
    return report === undefined ? "opened anew" : `opened anew: ${reading(report)}`;
  }

  async #selfTest({ board, store, clock, kioskId }: House, part: string | undefined): Promise<string> {
    if (part !== undefined && !isPart(part)) throw new Error(`there is no part "${part}"`);
    const parts = { board, store, clock, kioskId, printing: null };
    return readinessSentence(await testWithFaces(parts, part === undefined ? {} : { part }));
  }
}
