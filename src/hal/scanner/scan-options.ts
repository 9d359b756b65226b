// Which options does a SANE backend offer, what do its sensors say, and which words set it up for feeding sheets?

/** One option as `scanimage --all-options` prints it. */
export interface ScanOption {
  /** Values of a list; for "1..1200dpi" the two ends. Empty for a flag or a button. */
  readonly choices: readonly string[];
  readonly isRange: boolean;
  readonly isSwitch: boolean;
  /** The present value; null when the option is inactive or has none. */
  readonly value: string | null;
  readonly active: boolean;
}

export type ScanOptions = ReadonlyMap<string, ScanOption>;

const MOST_OPTIONS = 500;
const LONGEST_LINE = 4_000;
/** "    --source Flatbed|ADF [Flatbed]", "    -x 0..200mm (in steps of 1) [80]", "    --cover-open[=(yes|no)] [no] [hardware]". */
const NAME = /^ {4}--?([A-Za-z][A-Za-z0-9-]{0,60})(\[=\((?:auto\|)?yes\|no\)\])?(?= |$)/;
const UNIT = /(?:pel|bit|mm|dpi|%|us)$/;

/** Reads the listing; descriptions and group titles are passed over. */
export const parseScanOptions = (printed: string): ScanOptions => {
  const options = new Map<string, ScanOption>();
  for (const line of printed.split("\n")) {
    if (line.length > LONGEST_LINE || options.size >= MOST_OPTIONS) continue;
    const [head = "", name, flag] = NAME.exec(line) ?? [];
    if (name === undefined) continue;
    options.set(name, parseOption(line.slice(head.length).trim(), flag !== undefined));
  }
  return options;
};

const parseOption = (rest: string, isSwitch: boolean): ScanOption => {
  const opens = rest.indexOf("[");
  const values = (opens < 0 ? rest : rest.slice(0, opens)).replace(/\(in steps of [^)]*\)/, "").trim();
  const told = opens < 0 ? null : rest.slice(opens + 1, Math.max(opens + 1, rest.indexOf("]", opens)));
  const active = told !== "inactive";
  const range = /^(-?[0-9.]+?)\.\.(-?[0-9.]+)/.exec(values);
  const choices =
    range === null ? values.split("|").filter((value) => value !== "") : [range[1] ?? "", range[2] ?? ""];
  return {
    choices: choices.map((value, at) => (at === choices.length - 1 ? value.replace(/,\.\.\.$/, "") : value)),
    isRange: range !== null,
    isSwitch,
    value: active ? told : null,
    active,
  };
};

/** A sensor that is on now, e.g. "cover-open", "double-feed", "page-loaded". */
export const sensorIsOn = (options: ScanOptions, name: string): boolean => options.get(name)?.value === "yes";

/** A4; what a backend can not do it cuts to its own limits. */
const SHEET_MM = { x: 210, y: 297 } as const;

export interface ScanSetup {
  readonly words: readonly string[];
  readonly dpi: number;
}

export interface ScanWish {
  readonly dpi: number;
  readonly mode: "color" | "gray";
}

/** Only options that this backend has; a name or value of its own is passed on as it told it. */
export const setupFor = (options: ScanOptions, wish: ScanWish): ScanSetup => {
  const words: string[] = [];
  const set = (name: string, value: string | undefined) => {
    if (value !== undefined && options.get(name)?.active === true) words.push(`--${name}=${value}`);
  };
  const choice = (name: string, ...patterns: readonly RegExp[]) => {
    const offered = options.get(name)?.choices ?? [];
    for (const pattern of patterns) {
      const found = offered.find((value) => pattern.test(value));
      if (found !== undefined) return found;
    }
    return undefined;
  };
  // "ADF Front", "ADF Duplex": the front, one picture a sheet.
  set("source", choice("source", /^(?=.*(ADF|feeder))(?!.*(duplex|back))/i, /ADF|feeder/i));
  set("mode", wish.mode === "color" ? choice("mode", /colou?r/i) : choice("mode", /gr[ae]y/i));
  const dpi = nearest(options.get("resolution"), wish.dpi);
  set("resolution", options.has("resolution") ? String(dpi) : undefined);
  // Two sheets at once, by the ultrasonic sensor: stop, and say so.
  set("df-action", choice("df-action", /stop/i));
  if (options.get("df-thickness")?.isSwitch === true) set("df-thickness", "yes");
  for (const [name, side] of [
    ["page-width", "x"],
    ["page-height", "y"],
  ] as const)
    set(name, options.has(name) ? String(nearest(options.get(name), SHEET_MM[side])) : undefined);
  for (const side of ["x", "y"] as const)
    if (options.get(side)?.active === true)
      words.push(`-${side}`, String(nearest(options.get(side), SHEET_MM[side])));
  return { words, dpi };
};

/** The allowed value next to the wanted one. */
const nearest = (option: ScanOption | undefined, wanted: number): number => {
  const numbers = (option?.choices ?? [])
    .map((value) => Number(value.replace(UNIT, "")))
    .filter(Number.isFinite);
  const [first = wanted, last = wanted] = numbers;
  if (option?.isRange === true) return Math.min(Math.max(wanted, first), last);
  return numbers.reduce(
    (best, value) => (Math.abs(value - wanted) < Math.abs(best - wanted) ? value : best),
    first,
  );
};
