// Which steps has a set-up, in their order? (Loads nothing: `--help` needs the names alone.)

export const STEPS = [
  "place",
  "board",
  "network",
  "portal",
  "certificate",
  "pin",
  "devices",
  "print",
  "write",
] as const;
export type StepName = (typeof STEPS)[number];
