// How does the console follow the kiosk, and how do keys reach it?
import { Box, Text, useApp } from "ink";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { ConsoleView } from "../ops/console-view.js";
import { askKiosk } from "../ops/control-socket.js";
import { Refusal } from "../ops/pin.js";
import { type Act, type ActResult, SESSION_IDLE_MS, type Unlocked } from "../ops/technician.js";
import { readinessRows } from "./device-rows.js";
import { bodyOf, frame, type Size } from "./frame.js";
import type { Key } from "./keyboard.js";
import { type Row, row, wrapped } from "./rows.js";
import { type Effect, firstUi, step, type Ui } from "./state.js";
import type { Language } from "./words.js";
import { type Words, wordsOf } from "./words.js";

const REFRESH_MS = 1_000;
const ANSWER_MS = 5_000;
/** A self-test that waits for a person and a camera. */
const ACT_MS = 120_000;
/** Keys tell the kiosk that somebody is here, not more often than this. */
const TOUCH_MS = 20_000;

export interface Ends {
  /** Calls back with each key; returns the unsubscribe. */
  keys(press: (key: Key) => void): () => void;
  size(): Size;
  /** Calls back when the size changed; returns the unsubscribe. */
  resized(changed: () => void): () => void;
  redraw(): void;
}

export interface AppProps {
  readonly stateDir: string;
  readonly first: ConsoleView;
  readonly language: Language;
  readonly ends: Ends;
}

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

const refusalText = (refusal: Refusal, language: Language): string => {
  const wait = refusal.waitSeconds > 0 ? ` (${refusal.waitSeconds} s)` : "";
  return `${wordsOf(language).refusal(refusal.code)}${wait}`;
};

/** How a look is drawn where the terminal can; every look can be told from its text alone. */
export const LOOK_ROWS: Readonly<
  Record<NonNullable<Row["look"]>, { inverse?: boolean; bold?: boolean; color?: string }>
> = {
  head: { inverse: true },
  chosen: { inverse: true },
  alarm: { bold: true },
};

const useView = (stateDir: string, first: ConsoleView) => {
  const [seen, setSeen] = useState({ view: first, gone: false });
  useEffect(() => {
    let timer: NodeJS.Timeout | undefined;
    let stopped = false;
    const look = (): void => {
      askKiosk<ConsoleView>(stateDir, { ask: "console" }, ANSWER_MS)
        .then(
          (view) => setSeen({ view, gone: false }),
          () => setSeen(({ view }) => ({ view, gone: true })),
        )
        .finally(() => {
          if (!stopped) timer = setTimeout(look, REFRESH_MS);
        });
    };
    timer = setTimeout(look, REFRESH_MS);
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [stateDir]);
  return seen;
};

const noticeOf = (result: Exclude<ActResult, { act: "test" }>, words: Words): string => {
  if (result.act === "restart") return `${result.device} ${words.text("reopened")}: ${result.state}`;
  if (result.act === "usb") return `${words.text("usb")}: ${result.minutes}`;
  return `${result.requeued} ${words.text("requeued")}`;
};

/** What came of an act, as the console's next state. */
const doneUi = (ui: Ui, result: ActResult, width: number): Ui => {
  const words = wordsOf(ui.language);
  if (result.act === "test")
    return {
      ...ui,
      notice: "",
      mode: { kind: "result", rows: readinessRows(result.readiness, words, width), top: 0 },
    };
  const notice = noticeOf(result, words);
  return { ...ui, notice, mode: { kind: "look" } };
};

/** And of one that failed. The PIN is asked again where it was wrong or is needed anew. */
const failedUi = (ui: Ui, thrown: unknown, wish: Act, width: number): Ui => {
  if (thrown instanceof Refusal) {
    const notice = refusalText(thrown, ui.language);
    const again = thrown.code === "wrongPin" || thrown.code === "wait" || thrown.code === "locked";
    const mode: Ui["mode"] = again ? { kind: "pin", wish, typed: "" } : { kind: "look" };
    return { ...ui, notice, mode, unlocked: false };
  }
  const lines = wrapped(messageOf(thrown), width - 1);
  if (lines.length <= 2) return { ...ui, notice: messageOf(thrown), mode: { kind: "look" } };
  return { ...ui, notice: "", mode: { kind: "result", rows: lines.map((line) => row(` ${line}`)), top: 0 } };
};

interface Session extends Unlocked {
  lastMs: number;
  toldMs: number;
}

/** The session that the PIN opened: asked once, and again when nobody pressed a key for a while. */
const useSession = (stateDir: string) => {
  const session = useRef<Session | null>(null);
  const open = useCallback(
    async (pin: string): Promise<void> => {
      const unlocked = await askKiosk<Unlocked>(stateDir, { ask: "unlock", pin }, ACT_MS);
      const nowMs = performance.now();
      session.current = { ...unlocked, lastMs: nowMs, toldMs: nowMs };
    },
    [stateDir],
  );
  const perform = useCallback(
    (wish: Act): Promise<ActResult> =>
      askKiosk<ActResult>(stateDir, { ask: "act", token: session.current?.token ?? "", wish }, ACT_MS),
    [stateDir],
  );
  const close = useCallback((): void => {
    const { current } = session;
    session.current = null;
    if (current !== null)
      askKiosk(stateDir, { ask: "lock", token: current.token }, ANSWER_MS).catch(() => {});
  }, [stateDir]);
  /** Somebody is here. False when nobody was for too long. */
  const touch = useCallback((): boolean => {
    const { current } = session;
    const nowMs = performance.now();
    if (current === null) return false;
    if (nowMs - current.lastMs >= SESSION_IDLE_MS) {
      session.current = null;
      return false;
    }
    current.lastMs = nowMs;
    if (nowMs - current.toldMs >= TOUCH_MS) {
      current.toldMs = nowMs;
      askKiosk(stateDir, { ask: "touch", token: current.token }, ANSWER_MS).catch(() => {});
    }
    return true;
  }, [stateDir]);
  return useMemo(() => ({ open, perform, close, touch }), [open, perform, close, touch]);
};

const useSize = (ends: Ends): Size => {
  const [size, setSize] = useState(() => ends.size());
  useEffect(() => ends.resized(() => setSize(ends.size())), [ends]);
  return size;
};

export const App = ({ stateDir, first, language, ends }: AppProps) => {
  const { exit } = useApp();
  const { view, gone } = useView(stateDir, first);
  const size = useSize(ends);
  const [ui, setUi] = useState(() => firstUi(language));
  const session = useSession(stateDir);
  const space = bodyOf(size);
  // A key meets what stands at its time, also when several come in one packet.
  const now = useRef({ ui, view, space });
  now.current = { ...now.current, view, space };
  const become = useCallback((next: Ui): void => {
    now.current = { ...now.current, ui: next };
    setUi(next);
  }, []);
  const obey = useCallback(
    (effect: Effect): void => {
      if (effect.do === "quit") exit();
      else if (effect.do === "redraw") ends.redraw();
      else {
        const { wish } = effect;
        const { width } = now.current.space;
        const opened = effect.do === "unlock" ? session.open(effect.pin) : Promise.resolve();
        opened
          .then(() => session.perform(wish))
          .then(
            (result) => become({ ...doneUi(now.current.ui, result, width), unlocked: true }),
            (thrown: unknown) => become(failedUi(now.current.ui, thrown, wish, width)),
          );
      }
    },
    [ends, exit, session, become],
  );
  useEffect(
    () =>
      ends.keys((key) => {
        const unlocked = session.touch();
        const { ui: before, view: sight, space: room } = now.current;
        const { ui: after, effect } = step({ ...before, unlocked }, key, {
          view: sight,
          height: room.height,
        });
        become(after);
        if (effect !== undefined) obey(effect);
      }),
    [ends, session, become, obey],
  );
  useEffect(() => session.close, [session]);
  return (
    <Box flexDirection="column" width={size.columns}>
      {frame(ui, view, gone, size).map(({ text, look }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
        <Text key={index} wrap="truncate" {...(look === undefined ? {} : LOOK_ROWS[look])}>
          {text === "" ? " " : text}
        </Text>
      ))}
    </Box>
  );
};
