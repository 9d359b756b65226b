// How does a technician see and touch a running kiosk over a serial line or SSH?
import { render } from "ink";
import type { ConsoleView } from "../ops/console-view.js";
import { askKiosk } from "../ops/control-socket.js";
import { App, type Ends } from "./app.js";
import { Keyboard } from "./keyboard.js";
import { Terminal } from "./terminal.js";
import type { Language } from "./words.js";

export interface ConsoleOptions {
  readonly stateDir: string;
  readonly language: Language;
}

export interface ConsoleIo {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** As shells tell a death by signal: 128 + 15. */
const TERMINATED = 143;

const endsOf = (stdin: NodeJS.ReadStream, terminal: Terminal): Ends => ({
  keys: (press) => {
    const keyboard = new Keyboard(press);
    const feed = (text: string): void => keyboard.feed(text);
    stdin.setEncoding("utf8");
    stdin.setRawMode(true);
    stdin.on("data", feed);
    stdin.resume();
    return () => {
      keyboard.close();
      stdin.off("data", feed);
      stdin.setRawMode(false);
      stdin.pause();
    };
  },
  size: () => ({ columns: terminal.columns, rows: terminal.rows }),
  resized: (changed) => {
    terminal.on("sized", changed);
    return () => terminal.off("sized", changed);
  },
  redraw: () => terminal.redraw(),
});

/** Exit code 0 when the technician left, 2 without a terminal, 143 after SIGTERM; throws when no kiosk runs there. */
export const runConsole = async (
  { stateDir, language }: ConsoleOptions,
  { stdin, stdout, stderr }: ConsoleIo,
): Promise<number> => {
  if (stdin.isTTY !== true || stdout.isTTY !== true) {
    stderr.write("motcua console: this is no terminal; use --plain for scripts and screen readers\n");
    return 2;
  }
  const first = await askKiosk<ConsoleView>(stateDir, { ask: "console" }, 5_000);
  const terminal = new Terminal(stdout);
  const leave = (): void => terminal.leave();
  // Before the first frame: a Ctrl-C that comes with it must find a program that puts the screen back.
  stdin.setRawMode(true);
  terminal.enter();
  // Also when something throws: a technician must not be left with a dead screen.
  process.once("exit", leave);
  const app = <App {...{ stateDir, first, language }} ends={endsOf(stdin, terminal)} />;
  const screen = render(app, {
    stdout: terminal as unknown as NodeJS.WriteStream,
    stdin,
    // Whole frames, at once: terminal.ts draws what changed of them.
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
    isScreenReaderEnabled: false,
  });
  let code = 0;
  const terminated = (): void => {
    code = TERMINATED;
    screen.unmount();
  };
  let hungUp = false;
  const hangUp = (): void => {
    hungUp = true;
    terminal.abandon();
    screen.unmount();
  };
  process.once("SIGTERM", terminated);
  process.once("SIGHUP", hangUp);
  // A shell that lives on may keep the signal for itself: then the line says it, by its end or EIO.
  for (const stream of [stdin, stdout]) stream.on("error", hangUp);
  stdin.once("end", hangUp);
  try {
    await screen.waitUntilExit();
  } finally {
    process.off("SIGTERM", terminated);
    leave();
  }
  if (hungUp) dieOfHangUp();
  return code;
};

/** Node puts the terminal back at a usual end and aborts when it is gone; the signal's own way out does not. */
const dieOfHangUp = (): void => {
  process.removeAllListeners("SIGHUP");
  process.kill(process.pid, "SIGHUP");
};
