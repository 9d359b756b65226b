// Who has the screen's own unit started, and started anew when its page froze, died or went white?
//
// Where systemd runs compositor and browser (systemd/motcua-screen.service), the runtime asks for it by one word over a
// socket that only its user can open (systemd/motcua-screen-ask.socket), and lays down the address of the page where the
// unit finds it. Nothing else starts or restarts that unit: the runtime alone hears whether the page lives.
import { chmodSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import type { Browser, ScreenParts } from "./browser.js";
import { Deaths, Waits } from "./patience.js";

export interface ScreenUnit {
  /** Where one word is taken: "start" or "restart". */
  readonly askSocket: string;
  /** Where the unit reads the page's address. */
  readonly urlFile: string;
}

/** Null where no unit of systemd's is the screen. The variables are set by systemd/motcua.service. */
export const screenUnitOf = (env: NodeJS.ProcessEnv): ScreenUnit | null => {
  const { MOTCUA_SCREEN_ASK: askSocket = "", MOTCUA_SCREEN_URL_FILE: urlFile = "" } = env;
  return askSocket === "" || urlFile === "" ? null : { askSocket, urlFile };
};

/** A busy board takes 30 s from compositor and browser to the page's socket. */
const PAGE_WITHIN_MS = 60_000;
const ANSWER_WITHIN_MS = 15_000;

/** Resolves with the unit's one-line answer; rejects when nobody takes the word. */
const ask = (path: string, word: "start" | "restart"): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(path);
    socket.setEncoding("utf8");
    socket.setTimeout(ANSWER_WITHIN_MS, () =>
      socket.destroy(new Error(`no answer within ${ANSWER_WITHIN_MS / 1_000} s`)),
    );
    socket.on("connect", () => socket.write(`${word}\n`));
    socket.on("data", (text: string) => {
      answer = (answer + text).slice(0, 300);
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(answer.trim()));
  });

class AskedUnit implements Browser {
  /** It is systemd that knows it. */
  readonly pid = null;
  readonly #options: ScreenParts & ScreenUnit;
  readonly #waits = new Waits();
  readonly #deaths: Deaths;
  #timer: unknown = null;
  #closed = false;

  constructor(options: ScreenParts & ScreenUnit) {
    this.#options = options;
    this.#deaths = new Deaths(options.endVisit);
    options.screen.onHeartbeatLost((loss) => this.#lost(`the page is ${loss}`));
    void this.#ask("start");
  }

  /** The page stays: it says that the kiosk will be back, which a dark screen does not. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#options.clock.clearTimeout(this.#timer);
  }

  #lost(why: string): void {
    if (this.#closed) return;
    const { clock, log } = this.#options;
    log("screen.state", { state: "unitLost", detail: why });
    const now = clock.monotonicMs();
    this.#deaths.count(now);
    this.#later(this.#waits.next(now), () => void this.#ask("restart"));
  }

  async #ask(word: "start" | "restart"): Promise<void> {
    const { askSocket, urlFile, screen, clock, log } = this.#options;
    this.#waits.begun(clock.monotonicMs());
    try {
      writeFileSync(urlFile, `${screen.url}\n`);
      // The screen's user is another one, whatever this process's mask is.
      chmodSync(urlFile, 0o644);
      log("screen.state", { state: "unitAsked", detail: `${word}: ${await ask(askSocket, word)}` });
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      log("screen.state", { state: "unitAsked", detail: `${word}: failed: ${why}` });
    }
    this.#later(PAGE_WITHIN_MS, () => {
      if (!screen.connected) this.#lost(`no page after ${PAGE_WITHIN_MS / 1_000} s`);
    });
  }

  #later(ms: number, act: () => void): void {
    const { clock } = this.#options;
    clock.clearTimeout(this.#timer);
    if (!this.#closed) this.#timer = clock.setTimeout(act, ms);
  }
}

/** Never throws: a kiosk whose screen does not come up says so in its log, and asks again. */
export const startScreenUnit = (options: ScreenParts & ScreenUnit): Browser => new AskedUnit(options);
