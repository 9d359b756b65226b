// Who sets a kiosk up in the tests: a technician at a PTY, over a cabinet of simulated wires that real drivers open?
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "smol-toml";
import { createSimBoard, type SimBoard } from "../../src/hal/sim/sim-board.js";
import { type ConsoleSeat, type ConsoleWish, sitDown } from "../console/console-pty.js";
import { boardInToml } from "../wire/board-toml.js";
import { type NmcliPeer, placeNmcli } from "./nmcli-peer.js";

const QUIET_MS = 120;
export const ENTER = "\r";
export const DOWN = "\x1b[B";
export const ESCAPE = "\x1b";
export const PIN = "482915";
export const WIFI = { ssid: "UBND xã Bình Phú", signal: 71, security: "WPA2", psk: "mat khau 2026" } as const;

export interface Cabinet {
  readonly folder: string;
  readonly stateDir: string;
  /** With a hand-written comment, and the cabinet's wiring. */
  readonly configFile: string;
  readonly board: SimBoard;
  readonly nmcli: NmcliPeer;
  sit(wish?: Partial<ConsoleWish>): ConsoleSeat;
  close(): Promise<void>;
}

/** Set-up and kiosk find no kiosk there, no key, no certificate, and a settings file of somebody's hand. */
export const standCabinet = async (): Promise<Cabinet> => {
  const folder = mkdtempSync(join(tmpdir(), "motcua-setup-"));
  const stateDir = join(folder, "var");
  const configFile = join(folder, "etc", "kiosk.toml");
  const board = await createSimBoard({ dir: join(folder, "wires"), widthDots: 576, model: "epson" });
  mkdirSync(join(folder, "etc"));
  const wiring = { board: boardInToml(board.wiring) };
  writeFileSync(
    configFile,
    `# The one at the market.\n[visit]\nspeech = "asked" # quiet there\n\n${stringify(wiring)}`,
  );
  const nmcli = placeNmcli(join(folder, "bin"), { networks: [WIFI] });
  const before = process.env["PATH"];
  process.env["PATH"] = nmcli.path;
  process.env["MOTCUA_MACHINE_ROOT"] = join(folder, "machine");
  return {
    ...{ folder, stateDir, configFile, board, nmcli },
    sit: (wish = {}) =>
      sitDown({ args: ["setup", "--state", stateDir, "--config", configFile, "--lang", "en"], ...wish }),
    close: async () => {
      process.env["PATH"] = before;
      delete process.env["MOTCUA_MACHINE_ROOT"];
      await board.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
};

/** Waits for a page and answers it; the page is gone when the next one is waited for. */
export const answer = async (seat: ConsoleSeat, shows: RegExp, keys: string): Promise<string> => {
  await seat.until(shows);
  // The rest of the frame is under way: it is whole when nothing more comes.
  for (let before = -1; before !== seat.bytes(); ) {
    before = seat.bytes();
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  }
  const { text } = seat.screen;
  seat.type(keys);
  return text;
};
