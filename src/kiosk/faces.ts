// Through what does a citizen meet the visit: the page, the voice, the visit for trying out, the browser?
import { join } from "node:path";
import { qrPicture } from "../acts/paying.js";
import { type Speaking, spokenVisit, startSpeaking } from "../acts/speaking.js";
import type { SpeechMode } from "../flows/context.js";
import { PRACTICE_CODE, withPractice } from "../flows/practice.js";
import type { Visit } from "../flows/run-visit.js";
import { CommuneList } from "../procedures/communes.js";
import { startBrowser } from "../screen/browser.js";
import { screenUnitOf, startScreenUnit } from "../screen/screen-unit.js";
import { type ScreenOptions, type ScreenServer, startScreen } from "../screen/server.js";
import type { Ground } from "./ground.js";

export interface FacesParts {
  readonly visit: Visit;
  readonly speech: SpeechMode;
  readonly images: ScreenOptions["images"];
}

export interface Faces {
  readonly screen: ScreenServer;
  readonly speaking: Speaking;
  /** Nothing is spoken and tried any more; the page still stands. */
  rest(): void;
  close(): Promise<void>;
}

/** Whoever keeps the browser running: this process, the unit of the screen, or somebody else. */
const keepBrowser = (
  { config, stateDir, clock, log }: Ground,
  watched: { readonly screen: ScreenServer; readonly endVisit: () => void },
): { close(): Promise<void> } | null => {
  const parts = { ...watched, clock, log };
  const { browser, browserFlags } = config.screen;
  if (browser !== "")
    return startBrowser({
      ...parts,
      command: browser,
      flags: browserFlags,
      profileDir: join(stateDir, "browser"),
    });
  const unit = screenUnitOf(process.env);
  return unit && startScreenUnit({ ...parts, ...unit });
};

export const showFaces = async (ground: Ground, { visit, speech, images }: FacesParts): Promise<Faces> => {
  const { config, stateDir, catalogue, board, clock, log } = ground;
  // What is tried is before the visit, for the screen and the voice alone: nothing else hears of it.
  const payCode = await qrPicture(PRACTICE_CODE);
  const tried = withPractice({ visit, catalogue, clock, speech, payCode });
  const communes = new CommuneList(stateDir);
  const speaking = startSpeaking({
    speaker: board.speaker,
    visit: tried,
    clock,
    mode: speech,
    communes: (province) => communes.of(province),
  });
  const screen = await startScreen({
    host: "127.0.0.1",
    port: config.screen.port,
    visit: spokenVisit(tried, speaking),
    images,
    communes,
    clock,
    log,
  });
  const browser = keepBrowser(ground, { screen, endVisit: () => tried.send({ type: "CANCEL" }) });
  return {
    screen,
    speaking,
    rest: () => {
      speaking.close();
      tried.close();
    },
    close: async () => {
      await browser?.close();
      await screen.close();
    },
  };
};
