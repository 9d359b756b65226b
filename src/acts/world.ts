// How do codes, edges and the state of the machine reach the visit?
import type { Clock } from "../core/clock.js";
import { type Fault, toFault } from "../core/faults.js";
import type { EarKey } from "../flows/protocol.js";
import type { Visit } from "../flows/run-visit.js";
import type { Board } from "../hal/board.js";
import type { CodeReader } from "../hal/code-reader/code-reader.js";
import type { InputLine, KeyLine, Lines } from "../hal/lines/lines.js";
import { onEachOpen } from "../hal/supervisor.js";
import type { Store } from "../store/store.js";
import type { Speaking } from "./speaking.js";

export interface WorldParts {
  readonly board: Board;
  readonly store: Store;
  readonly visit: Pick<Visit, "send" | "state" | "watch">;
  readonly clock: Clock;
  /** Looked at: a token may have been pulled out. */
  readonly deviceKey?: { look(): Fault | null };
  readonly speaking?: Pick<Speaking, "someoneCame" | "headphones" | "key">;
}

const LOOK_EVERY_MS = 5_000;
/** A disk that turned read-only says so only to a writer: a block every two minutes (store/disk-look.ts). */
const BLOCK_EVERY_LOOKS = 24;
/** An hour. That SQLite itself still gets a row through costs the card twice as much. */
const ROW_EVERY_LOOKS = 720;
const PROBE_KEY = "world.probe";
/** Below this a long print or a camera burst may brown the board out (board file of the battery). */
const BATTERY_EMPTY = 0.1;

type Writes = "nothing" | "block" | "row";

/** The first look has it all; a disk in trouble is believed again only when all of it went through. */
const writesOf = (looks: number, obstacle: Fault | null): Writes => {
  if (looks % ROW_EVERY_LOOKS === 0 || obstacle?.code.startsWith("store.") === true) return "row";
  return looks % BLOCK_EVERY_LOOKS === 0 ? "block" : "nothing";
};

/** What keeps the kiosk from serving anybody, worst first; null when nothing does. */
const standingObstacle = async (
  { board, store, clock, deviceKey }: WorldParts,
  writes: Writes,
): Promise<Fault | null> => {
  try {
    if (store.quota().level === "refuse") return { code: "store.full", detail: "queue at its quota" };
    if (writes !== "nothing") store.tryDisk();
    // Another value each time: SQLite leaves a page alone that would stay as it is, and asks no disk.
    if (writes === "row") store.meta.set(PROBE_KEY, String(clock.wall().epochMs));
  } catch (thrown) {
    return toFault(thrown, "store.unwritable");
  }
  const keyTrouble = deviceKey?.look() ?? null;
  if (keyTrouble !== null) return keyTrouble;
  // Told from the first edge on, while the hold time runs (acts/power-loss.ts).
  if (await board.lines.use((lines) => lines.read("powerLost")).catch(() => false))
    return { code: "power.failing", detail: "the line powerLost is on" };
  const power = await board.power.use((open) => open.read()).catch(() => null);
  if (power !== null && !power.mains && power.batteryFraction < BATTERY_EMPTY)
    return { code: "power.batteryLow", detail: `battery at ${Math.round(power.batteryFraction * 100)} %` };
  return null;
};

/** Steps in which a code may be shown; elsewhere a camera that reads codes has its rest. */
const WANTS_CODES = /^(identify|lookup|papers\.stored)\b/;

/** Passes codes on; listens to a reader that watches only in steps that want codes. Returns the stop. */
const passCodes = (reader: CodeReader, visit: WorldParts["visit"]): (() => void) => {
  const listen = () => reader.onCode((text) => visit.send({ type: "CODE_SHOWN", text }));
  if (!reader.watches) return listen();
  let unlisten: (() => void) | null = null;
  const follow = () => {
    const wanted = WANTS_CODES.test(visit.state.name);
    if (wanted) unlisten ??= listen();
    else {
      unlisten?.();
      unlisten = null;
    }
  };
  const unwatch = visit.watch(follow);
  follow();
  return () => {
    unwatch();
    unlisten?.();
  };
};

const KEYS: Readonly<Record<KeyLine, EarKey>> = {
  keyPrevious: "previous",
  keyNext: "next",
  keySelect: "select",
  keyRepeat: "repeat",
  keyVolume: "volume",
  keyPace: "pace",
};

const isKey = (line: InputLine): line is KeyLine => Object.hasOwn(KEYS, line);

/** Tells each change once; out until somebody says otherwise. The visit first: whoever speaks asks it. */
const headphonesTo = ({ visit, speaking }: WorldParts): ((isIn: boolean, how?: "found") => void) => {
  let told = false;
  return (isIn, how) => {
    if (isIn === told) return;
    told = isIn;
    visit.send({ type: "HEADPHONES", in: isIn });
    speaking?.headphones(isIn, how);
  };
};

interface EdgeListeners {
  readonly headphones: (isIn: boolean, how?: "found") => void;
  readonly powerLost: () => void;
}

const passEdges = (lines: Lines, { visit, speaking }: WorldParts, tell: EdgeListeners): (() => void) => {
  const stop = lines.onEdge(({ line, value }) => {
    if (line === "presence" && value) speaking?.someoneCame();
    if (line === "presence") visit.send({ type: "PRESENCE", present: value });
    if (line === "helpButton" && value) visit.send({ type: "CALL_OFFICER" });
    if (line === "headphones") tell.headphones(value);
    if (line === "powerLost") tell.powerLost();
    if (isKey(line) && value) speaking?.key(KEYS[line]);
  });
  lines
    .read("headphones")
    .then((isIn) => tell.headphones(isIn, "found"))
    .catch(() => {});
  return stop;
};

/** Returns the stop. */
export const watchWorld = (parts: WorldParts): (() => void) => {
  const { board, clock, visit } = parts;
  let stopped = false;
  let obstacle: Fault | null = null;
  let looks = 0;
  let timer: unknown = null;
  // One look at a time: an edge may ask for one while another waits for a slow gauge.
  let round = 0;
  const look = async (): Promise<void> => {
    clock.clearTimeout(timer);
    const mine = ++round;
    const now = await standingObstacle(parts, writesOf(looks++, obstacle));
    if (stopped || mine !== round) return;
    if (now !== null && now.code !== obstacle?.code) visit.send({ type: "OUT_OF_SERVICE", fault: now });
    if (now === null && obstacle !== null) visit.send({ type: "IN_SERVICE" });
    obstacle = now;
    timer = clock.setTimeout(() => void look(), LOOK_EVERY_MS);
  };
  void look();
  const headphones = headphonesTo(parts);
  const unsubscribe = [
    onEachOpen(board.codeReader, (reader) => passCodes(reader, visit)),
    // Also while it has a fault: an open cabinet door must not make the help button deaf.
    onEachOpen(board.lines, (lines) => passEdges(lines, parts, { headphones, powerLost: () => void look() })),
    // Nobody can say any more whether they are in: then what is personal is not spoken.
    board.lines.watch(({ state }) => {
      if (state !== "ready" && state !== "faulted") headphones(false);
    }),
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
