// How do codes, edges and the state of the machine reach the visit?
import type { Clock } from "../core/clock.js";
import { type Fault, toFault } from "../core/faults.js";
import type { CitizenEvent, WorldEvent } from "../flows/events.js";
import type { Board } from "../hal/board.js";
import { onEachOpen } from "../hal/supervisor.js";
import type { Store } from "../store/store.js";

export interface WorldParts {
  readonly board: Board;
  readonly store: Store;
  readonly visit: { send(event: CitizenEvent | WorldEvent): void };
  readonly clock: Clock;
}

const LOOK_EVERY_MS = 5_000;
/** A disk that turned read-only says so only to a writer; one row a minute wears no card out. */
const WRITE_EVERY_LOOKS = 12;
const PROBE_KEY = "world.probe";
/** Below this a long print or a camera burst may brown the board out (board file of the battery). */
const BATTERY_EMPTY = 0.1;

/** What keeps the kiosk from serving anybody, worst first; null when nothing does. */
const standingObstacle = async ({ board, store }: WorldParts, writes: boolean): Promise<Fault | null> => {
  try {
    if (store.quota().level === "refuse") return { code: "store.full", detail: "queue at its quota" };
    if (writes) store.meta.set(PROBE_KEY, "");
  } catch (thrown) {
    return toFault(thrown, "store.unwritable");
  }
  const power = await board.power.use((open) => open.read()).catch(() => null);
  if (power !== null && !power.mains && power.batteryFraction < BATTERY_EMPTY)
    return { code: "power.batteryLow", detail: `battery at ${Math.round(power.batteryFraction * 100)} %` };
  return null;
};

/** Returns the stop. */
export const watchWorld = (parts: WorldParts): (() => void) => {
  const { board, clock, visit } = parts;
  let stopped = false;
  let obstacle: Fault | null = null;
  let looks = 0;
  const look = async (): Promise<void> => {
    const writes = looks % WRITE_EVERY_LOOKS === 0 || obstacle?.code.startsWith("store.") === true;
    looks += 1;
    const now = await standingObstacle(parts, writes);
    if (stopped) return;
    if (now !== null && now.code !== obstacle?.code) visit.send({ type: "OUT_OF_SERVICE", fault: now });
    if (now === null && obstacle !== null) visit.send({ type: "IN_SERVICE" });
    obstacle = now;
    timer = clock.setTimeout(() => void look(), LOOK_EVERY_MS);
  };
  let timer: unknown = null;
  void look();
  const unsubscribe = [
    // Also while it has a fault: an open cabinet door must not make the help button deaf.
    onEachOpen(board.codeReader, (reader) =>
      reader.onCode((text) => visit.send({ type: "CODE_SHOWN", text })),
    ),
    onEachOpen(board.lines, (lines) =>
      lines.onEdge(({ line, value }) => {
        if (line === "presence") visit.send({ type: "PRESENCE", present: value });
        if (line === "helpButton" && value) visit.send({ type: "CALL_OFFICER" });
      }),
    ),
    // Whoever holds a card in front of a dead reader sees nothing happen: the screen says why.
    board.codeReader.watch((status) =>
      visit.send({ type: "CODE_READER", fault: "fault" in status ? status.fault.code : null }),
    ),
  ];
  return () => {
    stopped = true;
    clock.clearTimeout(timer);
    for (const stop of unsubscribe) stop();
  };
};
