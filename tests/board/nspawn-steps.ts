// Which steps has the story of the package on a Debian, and which of them can be asked for alone?

/** Two package files for the story, the older first: `FILE:FILE`. Given from outside, they are not built. */
export const DEBS = "MOTCUA_BOARD_DEBS";

export type StepWord =
  | "install"
  | "visit"
  | "watchdog"
  | "cut-at-slip"
  | "cut-at-receipt"
  | "read-only"
  | "upgrade"
  | "remove"
  | "purge";

export interface Step {
  /** As on the command line: `npm run test:board -- nspawn watchdog`. */
  readonly word: StepWord;
  readonly promise: string;
  /** What each other step stands on: it is always done. */
  readonly isGround?: true;
}

export const STEPS: readonly Step[] = [
  {
    word: "install",
    promise: "apt installs it: user, data folder, settings, unit, and a first screen on a simulated board",
    isGround: true,
  },
  {
    word: "visit",
    promise: "a visit completes with the drivers of real hardware, and arrives at the portal",
    isGround: true,
  },
  {
    word: "watchdog",
    promise: "a runtime that stands still is killed by the watchdog and started anew; what waited is sent",
  },
  {
    word: "cut-at-slip",
    promise: "the power goes when the number has just been told: it is kept, one slip comes out, it is sent",
  },
  {
    word: "cut-at-receipt",
    promise: "the power goes when all is sent and the receipt is on its way: the portal has it once",
  },
  {
    word: "read-only",
    promise: "with a root that is only read it boots, sends what waited, and serves",
  },
  {
    word: "upgrade",
    promise: "an upgrade keeps settings and data, and who waited is sent by the new version",
  },
  {
    word: "remove",
    promise:
      "removed and purged, the data of whoever waits stays, with a sentence; installed again, it is sent",
  },
  {
    word: "purge",
    promise: "remove keeps the data where nobody waits, too; purge then takes it",
  },
];
