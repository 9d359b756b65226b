// How does a technician see and touch a running kiosk over a serial line or SSH?
import { render } from "ink";
import { askKiosk } from "../ops/control-socket.js";
import type { KioskStatus } from "../ops/status.js";
import { Dashboard } from "./dashboard.js";
import { plainStatus } from "./plain.js";

export interface ConsoleOptions {
  readonly stateDir: string;
  readonly plain: boolean;
}

interface Io {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** Exit code 0 when the technician left, 1 when no kiosk runs there. */
export const runConsole = async (options: ConsoleOptions, io: Io): Promise<number> => {
  const first = await askKiosk<KioskStatus>(options.stateDir, { ask: "status" }, 5_000);
  if (options.plain) {
    io.stdout.write(plainStatus(first));
    return 0;
  }
  if (process.stdin.isTTY !== true) {
    io.stderr.write("motcua console: this is no terminal; use --plain for scripts and screen readers\n");
    return 2;
  }
  const screen = render(<Dashboard stateDir={options.stateDir} first={first} />, { exitOnCtrlC: true });
  await screen.waitUntilExit();
  return 0;
};
