// What speaks on a board without a loudspeaker?
import type { Speaker } from "./speaker.js";

/** The screen's text is all there is; every sentence is over at once. */
export const silentSpeaker = (): Speaker => ({
  say: async () => {},
  stop: async () => {},
  setVolume: async () => {},
  resetVolume: async () => {},
  health: async () => null,
  close: async () => {},
});
