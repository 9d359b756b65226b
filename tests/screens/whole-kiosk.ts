// How does a test meet the whole simulated kiosk: the program as `npm start` runs it, and a browser in front of it?
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCommand } from "../wire/command.js";
import { type Chromium, openChromium } from "./stage.js";

export interface WholeKiosk {
  readonly screenUrl: string;
  readonly dockUrl: string;
  readonly chromium: Chromium;
  end(): Promise<void>;
}

/** `settings` of kiosk.toml; without the portal. */
export const startWholeKiosk = async (settings = ""): Promise<WholeKiosk> => {
  const folder = mkdtempSync(join(tmpdir(), "motcua-whole-"));
  const state = join(folder, "var");
  mkdirSync(state);
  if (settings !== "") writeFileSync(join(state, "kiosk.toml"), settings);
  const kiosk = startCommand(["run", "--port", "0", "--state", state, "--no-portal"]);
  const stdout = await kiosk.until(/^ready$/m, 120_000);
  const chromium = await openChromium();
  return {
    screenUrl: /^screen (http\S+)$/m.exec(stdout)?.[1] ?? "",
    dockUrl: /^dock (http\S+)$/m.exec(stdout)?.[1] ?? "",
    chromium,
    end: async () => {
      await chromium.end();
      kiosk.child.kill("SIGTERM");
      await kiosk.ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
