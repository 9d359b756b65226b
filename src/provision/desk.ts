// What does a set-up step have at hand?
import { dirname, resolve } from "node:path";
import { parse } from "smol-toml";
import { defaultConfig, type KioskConfig } from "../config.js";
import type { SetupWords } from "../console/setup-words.js";
import type { Language } from "../console/words.js";
import type { Clock } from "../core/clock.js";
import type { Board } from "../hal/board.js";
import type { TestedPart, TestResult } from "../ops/self-test.js";
import { type Draft, draftedConfig, readSettings, withValue } from "./draft.js";
import type { House } from "./house.js";
import type { Nmcli } from "./nmcli.js";
import type { ProgressFile } from "./progress.js";
import type { StepName } from "./step-names.js";
import type { Talk } from "./talk.js";
import type { TomlValue } from "./toml-edit.js";

export interface Places {
  /** Absolute. */
  readonly stateDir: string;
  /** kiosk.toml; may not be there yet. */
  readonly configFile: string;
  /** With the wiring tables of boards. */
  readonly boardFolder: string;
  /** Where the board tells its model; ends with a zero byte. */
  readonly modelFile: string;
  /** Where adapters appear: /dev. */
  readonly devFolder: string;
  /** Where sticks are mounted. */
  readonly mountFolders: readonly string[];
  readonly certificateFolder: string;
  /** PEM of the public half of the key that these settings name; from then on it is the kiosk's. */
  readonly deviceKeyPem: (config: KioskConfig) => string;
  /** The key of the seal on scans; made when there is none. Throws "keys.unusable". */
  readonly sealKey: () => SealOfScans;
}

export interface SealOfScans {
  /** SPKI PEM. */
  readonly publicKeyPem: string;
  /** DER of a PKCS#10 request. */
  request(kioskId: string): Promise<Uint8Array>;
}

/** The devices of the settings as they will be, or the running kiosk's. */
export interface Bench {
  readonly board: Pick<Board, "codeReader"> | null;
  test(part: TestedPart): Promise<TestResult>;
  close(): Promise<void>;
}

/** `print`: false asks the printer how it is, and prints nothing. Throws `ConfigError`, or why a store can not open. */
export type OpenBench = (config: KioskConfig, print: boolean) => Promise<Bench>;

export interface DeskParts {
  readonly talk: Talk;
  readonly words: SetupWords;
  readonly places: Places;
  readonly house: House;
  readonly nmcli: Nmcli;
  readonly clock: Clock;
  readonly progress: ProgressFile;
  readonly openBench: OpenBench;
}

/** What came of a step: one line for the list of steps. */
export interface StepEnd {
  readonly state: "done" | "later";
  readonly said: string;
}

export interface Step {
  /** Throws `Back`, `Leave`, `BadAnswer`; anything else is told and the step is not done. */
  run(desk: Desk): Promise<StepEnd>;
}

const treeOf = (toml: string): unknown => {
  try {
    return parse(toml);
  } catch {
    return {};
  }
};

export class Desk {
  readonly talk: Talk;
  readonly words: SetupWords;
  readonly places: Places;
  readonly house: House;
  readonly nmcli: Nmcli;
  readonly clock: Clock;
  readonly openBench: OpenBench;
  readonly progress: ProgressFile;

  constructor({ progress, ...parts }: DeskParts) {
    this.talk = parts.talk;
    this.words = parts.words;
    this.places = parts.places;
    this.house = parts.house;
    this.nmcli = parts.nmcli;
    this.clock = parts.clock;
    this.openBench = parts.openBench;
    this.progress = progress;
  }

  get language(): Language {
    return this.words.language;
  }

  get draft(): Draft {
    return this.progress.now.draft;
  }

  /** The settings as they will be. Throws `ConfigError`, `NotEditable`. */
  config(): KioskConfig {
    return draftedConfig(this.places.configFile, this.draft);
  }

  /** Kept at once, written into the settings by the last step. */
  set(key: string, value: TomlValue): void {
    this.progress.change({ draft: withValue(this.draft, key, value) });
  }

  setBoard(toml: string): void {
    this.progress.change({ draft: { ...this.draft, board: toml } });
  }

  /** It was done, and what it did no longer holds. */
  reopen(step: StepName): void {
    const { [step]: _done, ...steps } = this.progress.now.steps;
    this.progress.change({ steps });
  }

  kept(key: string): string {
    return this.progress.now.kept[key] ?? "";
  }

  keep(key: string, value: string): void {
    this.progress.change({ kept: { ...this.progress.now.kept, [key]: value } });
  }

  /** As the kiosk would read it now; empty where there is no file. */
  settingsText(): string {
    return readSettings(this.places.configFile);
  }

  /** Of a text setting: as it will be, as it is, or as it is when nothing is set. */
  value(key: string): string {
    const own = this.draft.values[key];
    if (typeof own === "string") return own;
    for (const tree of [treeOf(this.settingsText()), defaultConfig()]) {
      const found = key
        .split(".")
        .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], tree);
      if (typeof found === "string") return found;
    }
    return "";
  }

  /** Absolute; a relative path in the settings is taken from their folder. */
  path(key: string): string {
    const value = this.value(key);
    return value === "" ? "" : resolve(dirname(this.places.configFile), value);
  }
}
