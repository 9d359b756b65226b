// What goes wrong in a rehearsal, at which screen, and when does it go right again?
import type { View } from "../../flows/view.js";
import type { Stack } from "../stack.js";
import type { Random } from "./random.js";

interface Trouble {
  readonly name: string;
  begin(stack: Stack, random: Random): void;
  /** Puts the world right again; null when it rights itself. */
  readonly end: ((stack: Stack) => void) | null;
}

/** One or more for every wire of the board, and the link. */
const TROUBLES: readonly Trouble[] = [
  {
    name: "paper out",
    begin: ({ control }) => control.printer.setPaper("out"),
    end: ({ control }) => control.printer.setPaper("enough"),
  },
  {
    name: "paper out in the middle",
    begin: ({ control }, random) =>
      control.printer.afterRows(random.between(1, 500), () => control.printer.setPaper("out")),
    end: ({ control }) => control.printer.setPaper("enough"),
  },
  {
    name: "jam",
    begin: ({ control }) => control.printer.jam(true),
    end: ({ control }) => control.printer.jam(false),
  },
  {
    name: "cover open",
    begin: ({ control }) => control.printer.setCover(true),
    end: ({ control }) => control.printer.setCover(false),
  },
  {
    name: "head hot",
    begin: ({ control }) => control.printer.overheat(true),
    end: ({ control }) => control.printer.overheat(false),
  },
  {
    name: "printer unplugged in the middle",
    begin: ({ control }, random) =>
      control.printer.afterRows(random.between(1, 500), () => control.printer.setPlugged(false)),
    end: ({ control }) => control.printer.setPlugged(true),
  },
  {
    name: "card lifted",
    begin: ({ control }, random) => control.chipReader.liftAfter(random.between(1, 80)),
    end: null,
  },
  {
    name: "card reader unplugged",
    begin: ({ control }) => control.chipReader.setPlugged(false),
    end: ({ control }) => control.chipReader.setPlugged(true),
  },
  {
    name: "noise on the card reader",
    begin: ({ control }, random) =>
      control.chipReader.injectGarbage(
        Uint8Array.from({ length: random.between(1, 40) }, () => random.between(0, 256)),
      ),
    end: null,
  },
  {
    name: "noise on the code reader",
    begin: ({ control }, random) =>
      control.codeReader.injectGarbage(
        Uint8Array.from({ length: random.between(1, 40) }, () => random.between(0, 256)),
      ),
    end: null,
  },
  { name: "camera stalled", begin: ({ control }) => control.cameras.stall("document"), end: null },
  {
    name: "camera unplugged",
    begin: ({ control }) => control.cameras.setPlugged("document", false),
    end: ({ control }) => control.cameras.setPlugged("document", true),
  },
  {
    name: "sheet jams",
    begin: ({ control }) => control.scanner.trouble(1, "jam"),
    end: null,
  },
  {
    name: "two sheets at once",
    begin: ({ control }) => control.scanner.trouble(1, "doubleFeed"),
    end: null,
  },
  {
    name: "scanner unplugged",
    begin: ({ control }) => control.scanner.setPlugged(false),
    end: ({ control }) => control.scanner.setPlugged(true),
  },
  {
    name: "sensors silent",
    begin: ({ control }) => control.power.setAnswering(false),
    end: ({ control }) => control.power.setAnswering(true),
  },
  { name: "link cut", begin: ({ link }) => link.cut(), end: ({ link }) => link.restore() },
];

const SCREENS = [
  "identify",
  "form",
  "papers",
  "check",
  "confirm",
  "submitting",
  "slip",
] as const satisfies readonly View["screen"]["name"][];
const CUTS = ["runtime", "portal", "broker"] as const;

export interface PlannedTrouble {
  readonly at: (typeof SCREENS)[number];
  readonly what: string;
  readonly begin: () => void;
  readonly end: (() => void) | null;
  readonly lastsMs: number;
}

export interface PlannedCut {
  readonly at: (typeof SCREENS)[number];
  readonly what: (typeof CUTS)[number];
  readonly afterMs: number;
}

export const planTrouble = (stack: Stack, random: Random): PlannedTrouble => {
  const trouble = random.pick(TROUBLES);
  return {
    at: random.pick(SCREENS),
    what: trouble.name,
    begin: () => trouble.begin(stack, random),
    end: trouble.end === null ? null : () => trouble.end?.(stack),
    lastsMs: random.between(200, 4_000),
  };
};

/** Two cuts in three take the runtime: it is what stands in the village hall. */
export const planCut = (random: Random): PlannedCut => ({
  at: random.pick(SCREENS),
  what: random.chance(2 / 3) ? "runtime" : random.pick(CUTS),
  afterMs: random.between(0, 400),
});

/** Puts the whole board right, so that one visit's trouble does not colour the next one's count. */
export const makeWhole = (stack: Stack): void => {
  for (const { end } of TROUBLES) end?.(stack);
};
