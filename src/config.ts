// What may be set on a kiosk, what holds when nothing is set, and what is wrong with a given kiosk.toml?
import { readFileSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { parse, TomlError } from "smol-toml";
import { z } from "zod";
import type { BoardWiring } from "./hal/board.js";
import { SUFFIXES } from "./hal/code-reader/line-framing.js";
import { curveProblem, DEFAULT_CURVE } from "./hal/fan/curve.js";
import {
  DEFAULT_GROUPS,
  DEFAULT_SERVICES,
  GROUPS_RIGHT,
  PLACE,
  PREFIX,
  queueGroups,
  queueServices,
  SERVICES_RIGHT,
} from "./queue-config.js";

/** One setting: what would be right is part of it, so that every error can say so. */
const setting = <T>(right: string, schema: z.ZodType<T>, fallback: T) =>
  z
    .unknown()
    .transform((value, context): T => {
      const result = schema.safeParse(value);
      if (result.success) return result.data;
      context.addIssue({ code: "custom", message: right, input: value });
      return z.NEVER;
    })
    .prefault(fallback);

const required = <T>(right: string, schema: z.ZodType<T>) =>
  z.unknown().transform((value, context): T => {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    context.addIssue({ code: "custom", message: right, input: value });
    return z.NEVER;
  });

/** A table whose keys are all known; absent means all its defaults. */
const table = <S extends z.ZodRawShape>(shape: S) => z.strictObject(shape).prefault({} as never);

const text = (max: number) => z.string().min(1).max(max);
const port = (fallback: number) =>
  setting(
    "a TCP port: a whole number from 0 to 65535 (0: any free one)",
    z.int().min(0).max(65_535),
    fallback,
  );
const PORT_ADDRESS =
  'a port such as "serial:/dev/serial/by-id/…:115200", "tcp:192.0.2.7:9100", "file:/dev/usb/lp0" or "i2c:1"';
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const portAddress = required(PORT_ADDRESS, z.string().regex(/^(serial|tcp|unix|file|i2c):.+$/));

const readerAddress = required(
  'a reader such as "serial:/dev/serial/by-id/…", "i2c:1", "pcsc:" or "pcsc:READER NAME"',
  z.string().regex(/^((serial|tcp|unix|file|i2c):.+|pcsc:.*)$/),
);

const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d$/;
const percent = (when: string, least: number, fallback: number) =>
  setting(`the screen's light ${when} in percent, ${least} to 100`, z.int().min(least).max(100), fallback);

/** No bars, no questions, no way out by a gesture. */
const KIOSK_FLAGS = [
  "--kiosk",
  "--no-first-run",
  "--noerrdialogs",
  "--disable-session-crashed-bubble",
  "--disable-infobars",
  "--disable-pinch",
  "--overscroll-history-navigation=0",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const camera = (part: string) =>
  table({
    camera: setting(
      `the ${part} camera's id in \`libcamera-still --list-cameras\`, or a part of it that no other has (or, with one camera, its number 0 to 7)`,
      z.union([z.int().min(0).max(7), z.string().min(1).max(200)]),
      0,
    ),
    commandDir: setting("a folder that holds libcamera-still, or empty", z.string().max(200), ""),
    widthPx: setting("picture width in pixels, 320 to 9152", z.int().min(320).max(9152), 4056),
    heightPx: setting("picture height in pixels, 240 to 6944", z.int().min(240).max(6944), 3040),
    deadlineMs: setting("milliseconds, 500 to 60000", z.int().min(500).max(60_000), 8_000),
  });

const hardwareBoard = z.strictObject({
  kind: z.literal("hardware"),
  printer: z.strictObject({
    port: portAddress,
    widthDots: setting(
      "384 (58 mm paper) or 576 (80 mm paper)",
      z.union([z.literal(384), z.literal(576)]),
      576,
    ),
    model: setting('"epson" (answers process ids) or "generic"', z.enum(["epson", "generic"]), "generic"),
  }),
  chipReader: z.strictObject({ port: readerAddress }),
  codeReader: z.strictObject({
    port: required(
      `${PORT_ADDRESS}, "serial:PATH:auto" (the speed is found), "camera:document" or "camera:face"`,
      z.string().regex(/^((serial|tcp|unix|file):.+|camera:(document|face))$/),
    ),
    prefix: setting("what the scanner sends before each code, or empty", z.string().max(20), ""),
    suffix: setting(`how a code ends: ${SUFFIXES.join(", ")}`, z.enum(SUFFIXES), "auto"),
    fallback: setting(
      'the camera that reads codes while the scanner is absent: "camera:document", "camera:face" or empty',
      z.string().regex(/^(camera:(document|face))?$/),
      "",
    ),
  }),
  documentCamera: camera("document"),
  faceCamera: camera("face"),
  scanner: table({
    device: setting(
      '"none", a scanner\'s name in `scanimage -L` or a part of it that no other has, or "usb:VVVV:PPPP"',
      text(200),
      "none",
    ),
    commandDir: setting("a folder that holds scanimage, or empty", z.string().max(200), ""),
    dpi: setting("dots per inch, 75 to 600", z.int().min(75).max(600), 300),
    mode: setting('"color" or "gray"', z.enum(["color", "gray"]), "color"),
    maxSheets: setting("sheets in one batch, 1 to 100", z.int().min(1).max(100), 20),
    deadlineMs: setting(
      "milliseconds without progress, 1000 to 120000",
      z.int().min(1000).max(120_000),
      30_000,
    ),
  }),
  lines: table({
    bus: setting(
      '"gpio" (what the kernel has), "gpio-sysfs", "gpio-cdev", or "unix:PATH" for a simulated board',
      z.string().regex(/^(gpio|gpio-sysfs|gpio-cdev|unix:.+)$/),
      "gpio",
    ),
    chip: setting('the GPIO chip\'s label, e.g. "pinctrl-bcm2711"', text(80), "pinctrl-bcm2711"),
    chips: setting(
      'line names with the label of their chip, where it is another one, or "evdev:PATH" for a switch of an input device',
      z.record(z.string(), text(200)),
      {},
    ),
    offsets: setting(
      "line names with their offset on the chip (−1: not wired)",
      z.record(z.string(), z.int().min(-1).max(1023)),
      {},
    ),
    activeLow: setting("a list of line names", z.array(text(40)), []),
    debounceMs: setting("milliseconds, 0 to 1000", z.int().min(0).max(1000), 30),
  }),
  i2c: table({ bus: setting('an I2C bus number such as "1"', z.string().regex(/^(\d{1,3}|unix:.+)$/), "1") }),
  motion: table({
    sensor: setting('"lis3dh" or "none" (not fitted)', z.enum(["lis3dh", "none"]), "none"),
  }),
  fan: table({
    device: setting(
      '"none", "hwmon:NAME", "cooling:TYPE" or "watch:NAME" (the kernel turns it; a fan that stands is told)',
      z.string().regex(/^(none|(hwmon|cooling|watch):[\w.-]{1,60})$/),
      "none",
    ),
    zone: setting(
      'the type of a thermal zone as in /sys/class/thermal/*/type, e.g. "cpu-thermal"',
      z.string().regex(/^[\w.-]{1,60}$/),
      "cpu-thermal",
    ),
    curve: setting(
      "a list of 1 to 8 tables { celsius = 20 to 100, percent = 0 to 100 }, both rising",
      z
        .array(z.strictObject({ celsius: z.number(), percent: z.number() }))
        .refine((curve) => curveProblem(curve) === null),
      [...DEFAULT_CURVE],
    ),
  }),
  backlight: table({
    device: setting(
      '"none", "auto" (there is one alone) or a name below /sys/class/backlight',
      z.string().regex(/^[\w.:-]{1,80}$/),
      "none",
    ),
  }),
  speaker: table({
    player: setting('"espeak-ng" or "none"', z.enum(["espeak-ng", "none"]), "espeak-ng"),
    command: setting(
      'a player with aplay\'s arguments: a name on PATH or an absolute path, e.g. "aplay"',
      z.string().regex(/^(\/[\w./+-]{1,200}|[\w.+][\w.+-]{0,40})$/),
      "aplay",
    ),
    device: setting(
      'a sound device as `aplay -L` names it, e.g. "plughw:CARD=Device,DEV=0", or empty',
      z.string().regex(/^([A-Za-z][\w:,=.-]{0,80})?$/),
      "",
    ),
    volume: setting("loudness at the start of each visit, 0 to 1", z.number().min(0).max(1), 0.7),
  }),
});

const simulatedBoard = z.strictObject({
  kind: z.literal("simulated"),
  paper: setting("384 (58 mm paper) or 576 (80 mm paper)", z.union([z.literal(384), z.literal(576)]), 576),
  model: setting('"epson" or "generic"', z.enum(["epson", "generic"]), "epson"),
  scanner: setting("true (a sheet-fed scanner is fitted) or false", z.boolean(), true),
  speaker: setting(
    "true (what it says is shown at the dock) or false (it does not speak)",
    z.boolean(),
    false,
  ),
});

const UNUSED = "or empty for a key file";
const deviceKey = z
  .strictObject({
    module: setting(
      `path of the PKCS #11 library of the token that holds this kiosk's key, ${UNUSED}`,
      z.string().max(300),
      "",
    ),
    token: setting(`the token's label, at most 32 bytes, ${UNUSED}`, z.string().max(32), ""),
    label: setting("the key's label on the token, 1 to 100 letters", text(100), "device"),
    pinFile: setting(
      `path of a file (mode 600) with the token's PIN in one line, ${UNUSED}`,
      z.string().max(300),
      "",
    ),
  })
  .superRefine((key, context) => {
    const given = (["module", "token", "pinFile"] as const).filter((name) => key[name] !== "");
    if (given.length === 0) return;
    for (const name of ["module", "token", "pinFile"] as const)
      if (key[name] === "")
        context.addIssue({
          code: "custom",
          path: [name],
          message: `set, since ${given.join(" and ")} is: a key on a token needs all three`,
          input: "",
        });
  })
  .prefault({});

const schema = z.strictObject({
  kiosk: table({
    id: setting(
      '2 to 12 capital letters and digits, e.g. "VH01"',
      z.string().regex(/^[A-Z0-9]{2,12}$/),
      "VH01",
    ),
    placeVi: setting("the place's name in Vietnamese, at most 60 letters", text(60), "Nhà văn hóa thôn"),
    placeEn: setting("the place's name in English, at most 60 letters", text(60), "Village cultural centre"),
    authorityPhone: setting("a phone number, or empty", z.string().regex(/^[0-9 +.()-]{0,24}$/), ""),
    utcOffsetMinutes: setting(
      "minutes east of Greenwich, −720 to 840 (Việt Nam: 420)",
      z.int().min(-720).max(840),
      420,
    ),
  }),
  screen: table({
    host: setting('a loopback address: "127.0.0.1" or "::1"', z.enum(["127.0.0.1", "::1"]), "127.0.0.1"),
    port: port(8800),
    browser: setting(
      "a Chromium that the runtime starts and watches: a name on PATH or an absolute path; empty: somebody else's job",
      z.string().regex(/^(\/[\w./+-]{1,200}|[\w.+][\w.+-]{0,40})?$/),
      "",
    ),
    browserFlags: setting(
      "a list of its command-line flags",
      z.array(z.string().regex(/^--[\w-]+(=.*)?$/)).max(40),
      KIOSK_FLAGS,
    ),
  }),
  dock: table({ port: port(8801) }),
  portal: table({
    port: port(8802),
    publicKeys: setting(
      "path of the portal's public key file, or empty for the local portal",
      z.string(),
      "",
    ),
    sealChain: setting(
      "path of the PEM certificates of this kiosk's seal, or empty for the local portal's",
      z.string(),
      "",
    ),
  }),
  deviceKey,
  store: table({
    quotaMegabytes: setting(
      "megabytes that the queue may take, 50 to 1000000",
      z.int().min(50).max(1_000_000),
      2_000,
    ),
  }),
  link: table({
    url: setting(
      'the broker, e.g. "mqtts://broker.example:8883", or empty for the local one',
      z.string().regex(/^$|^mqtts?:\/\/.+$/),
      "",
    ),
    authority: setting(
      "path of the PEM certificates that the broker's must come from, or empty for those that every browser knows",
      z.string().max(300),
      "",
    ),
    receiptWaitMs: setting(
      "milliseconds that a citizen waits for the portal's answer, 0 to 30000",
      z.int().min(0).max(30_000),
      6_000,
    ),
  }),
  commands: table({
    keys: setting(
      "a list of PEM files with the public keys that may command this kiosk; empty: none may",
      z.array(text(300)).max(8),
      [],
    ),
  }),
  update: table({
    keys: setting(
      "a list of PEM files with the public keys that sign releases; empty: no release is believed",
      z.array(text(300)).max(8),
      [],
    ),
    from: setting('local time from which an update may be installed, e.g. "22:00"', clockTime, "22:00"),
    to: setting(
      'local time until which it may, e.g. "05:00"; the same as `from`: at any time',
      clockTime,
      "05:00",
    ),
    kilobytesPerSecond: setting(
      "the most that an update takes of the link, 1 to 100000",
      z.int().min(1).max(100_000),
      64,
    ),
    rauc: setting(
      'RAUC: a name on PATH or an absolute path, e.g. "rauc"',
      z.string().regex(/^(\/[\w./+-]{1,200}|[\w.+][\w.+-]{0,40})$/),
      "rauc",
    ),
    raucConfig: setting("path of RAUC's system.conf", text(300), "/etc/rauc/system.conf"),
    reboot: setting(
      'the command that starts the machine anew, word by word, e.g. ["systemctl", "reboot"]',
      z.array(text(300)).min(1).max(8),
      ["systemctl", "reboot"],
    ),
    proveMinutes: setting(
      "minutes in which a new program must prove itself, 1 to 120",
      z.int().min(1).max(120),
      15,
    ),
    offlineGraceMinutes: setting(
      "minutes after which all other proofs are enough without a link, 1 to 120",
      z.int().min(1).max(120),
      10,
    ),
  }),
  identity: table({
    trustFolder: setting(
      "a folder of country-signing certificates, or empty for <state>/csca",
      z.string(),
      "",
    ),
  }),
  procedures: table({
    folders: setting(
      "a list of folders with procedure files, besides the built-in ones",
      z.array(text(300)),
      [],
    ),
    offered: setting("a list of procedure codes; empty: all", z.array(text(40)), []),
  }),
  queue: table({
    place: setting(
      "the place whose counters call the numbers: letters, digits and dashes, the same for all its kiosks; empty: this kiosk alone",
      z.string().regex(PLACE),
      "",
    ),
    prefix: setting(
      "up to 2 capital letters before each number, another for each kiosk of a place, or empty",
      z.string().regex(PREFIX),
      "",
    ),
    services: setting(SERVICES_RIGHT, queueServices, [...DEFAULT_SERVICES]),
    groups: setting(GROUPS_RIGHT, queueGroups, [...DEFAULT_GROUPS]),
  }),
  reading: table({
    maxMegapixels: setting("megapixels, 1 to 90", z.number().min(1).max(90), 50),
    workers: setting(
      "worker threads for reading paper, 1 to 8; 0: chosen from cores and memory",
      z.int().min(0).max(8),
      0,
    ),
    models: setting(
      "a file: the list of models for reading, such as /etc/motcua/models.json; empty: the program's own",
      z.string(),
      "",
    ),
  }),
  visit: table({
    confirmBySms: setting(
      '"off" (the code stands on the screen) or "offered" (it goes to the phone of the form, where portal and link can)',
      z.enum(["off", "offered"]),
      "off",
    ),
    idleSeconds: setting(
      "seconds without a touch before the warning, 15 to 600",
      z.int().min(15).max(600),
      45,
    ),
    voices: setting(
      "a folder of recorded voices with a folder a language in it, or empty for <state>/voices",
      z.string().max(300),
      "",
    ),
    speech: setting(
      '"on" (every screen is spoken until it is muted), "asked" (once somebody asks for it) or "off"',
      z.enum(["on", "asked", "off"]),
      "on",
    ),
  }),
  light: table({
    inUsePercent: percent("while somebody is there", 20, 100),
    idlePercent: percent("while nobody is", 5, 60),
    nightPercent: percent("at night while nobody is", 1, 15),
    nightFrom: setting('a time of day such as "21:00"', z.string().regex(TIME_OF_DAY), "21:00"),
    nightTo: setting(
      'a time of day such as "05:30"; the same as nightFrom: there is no night',
      z.string().regex(TIME_OF_DAY),
      "05:30",
    ),
    idleSeconds: setting("seconds without anybody, 10 to 3600", z.int().min(10).max(3600), 120),
  }),
  usb: table({
    guard: setting(
      '"usbguard" (memory sticks are kept out until a technician lets them in) or "none"',
      z.enum(["usbguard", "none"]),
      "none",
    ),
  }),
  power: table({
    holdSeconds: setting(
      "seconds from the UPS's word that mains is gone to switching off, 5 to 3600: less than its cell lasts",
      z.int().min(5).max(3600),
      60,
    ),
    offCommand: setting(
      'a list: the command that switches the machine off, a name on PATH or an absolute path, and its arguments, e.g. ["systemctl", "poweroff"]',
      z
        .array(z.string().min(1).max(200))
        .min(1)
        .max(8)
        .refine(([name = ""]) => /^(\/[\w./+-]+|[\w+][\w.+-]*)$/.test(name)),
      ["systemctl", "poweroff"],
    ),
  }),
  log: table({
    level: setting('"debug", "info", "warn" or "error"', z.enum(["debug", "info", "warn", "error"]), "info"),
  }),
  board: z
    .discriminatedUnion("kind", [simulatedBoard, hardwareBoard], {
      error: 'kind must be "simulated" or "hardware"',
    })
    .prefault({ kind: "simulated" }),
});

export type KioskConfig = z.output<typeof schema>;
export type HardwareBoard = Extract<KioskConfig["board"], { kind: "hardware" }>;

/** One thing wrong in a file, for a human. */
export interface ConfigProblem {
  readonly key: string;
  readonly value: string;
  readonly remedy: string;
}

export class ConfigError extends Error {
  override readonly name = "ConfigError";
  constructor(
    readonly file: string,
    readonly problems: readonly ConfigProblem[],
  ) {
    super(
      problems
        .map(({ key, value, remedy }) => `${file}: ${key === "" ? "" : `${key} = ${value}: `}${remedy}`)
        .join("\n"),
    );
  }
}

const shown = (value: unknown): string => {
  const json = value === undefined ? "(missing)" : JSON.stringify(value);
  return json.length > 80 ? `${json.slice(0, 77)}…` : json;
};

const valueAt = (root: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    root,
  );

const problemsOf = (error: z.ZodError, raw: unknown): readonly ConfigProblem[] =>
  error.issues.flatMap((issue): ConfigProblem[] => {
    const key = issue.path.map(String).join(".");
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((unknown) => ({
        key: key === "" ? unknown : `${key}.${unknown}`,
        value: shown(valueAt(raw, [...issue.path, unknown])),
        remedy:
          "no such setting; remove it or correct its name (`motcua config check --help` shows where the list is)",
      }));
    }
    const remedy =
      issue.code === "custom" ? `should be ${issue.message}` : `should be right: ${issue.message}`;
    return [{ key, value: shown(valueAt(raw, issue.path)), remedy }];
  });

/** Reads TOML text into a whole configuration, or throws `ConfigError` with every problem at once. */
export const parseConfig = (toml: string, file: string): KioskConfig => {
  let raw: unknown;
  try {
    raw = parse(toml);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = error.message.split("\n")[0] ?? "not TOML";
    throw new ConfigError(file, [
      { key: "", value: "", remedy: `line ${error.line}, column ${error.column}: ${reason}` },
    ]);
  }
  const result = schema.safeParse(raw);
  if (!result.success) throw new ConfigError(file, problemsOf(result.error, raw));
  return result.data;
};

/** Reads a file; relative paths inside it are taken from the file's own folder. */
export const loadConfig = (file: string): KioskConfig => {
  let toml: string;
  try {
    toml = readFileSync(file, "utf8");
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === "ENOENT" ? "no such file" : (error as Error).message;
    throw new ConfigError(file, [
      { key: "", value: "", remedy: `can not be read: ${reason}; give another with --config` },
    ]);
  }
  const config = parseConfig(toml, file);
  const from = dirname(resolve(file));
  const absolute = (path: string) => (path === "" || isAbsolute(path) ? path : join(from, path));
  return {
    ...config,
    portal: {
      ...config.portal,
      publicKeys: absolute(config.portal.publicKeys),
      sealChain: absolute(config.portal.sealChain),
    },
    deviceKey: {
      ...config.deviceKey,
      module: absolute(config.deviceKey.module),
      pinFile: absolute(config.deviceKey.pinFile),
    },
    link: { ...config.link, authority: absolute(config.link.authority) },
    commands: { keys: config.commands.keys.map(absolute) },
    update: { ...config.update, keys: config.update.keys.map(absolute) },
    identity: { trustFolder: absolute(config.identity.trustFolder) },
    reading: { ...config.reading, models: absolute(config.reading.models) },
    visit: { ...config.visit, voices: absolute(config.visit.voices) },
    procedures: { ...config.procedures, folders: config.procedures.folders.map(absolute) },
  };
};

/** Of the day, for a time that was checked. */
const minutesOf = (time: string): number => {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return 60 * hours + minutes;
};

export const lightTimes = ({ light }: KioskConfig) => ({
  inUsePercent: light.inUsePercent,
  idlePercent: light.idlePercent,
  nightPercent: light.nightPercent,
  nightFromMinutes: minutesOf(light.nightFrom),
  nightToMinutes: minutesOf(light.nightTo),
  idleAfterMs: light.idleSeconds * 1_000,
});

export const voicesFolder = ({ visit }: KioskConfig, stateDir: string): string =>
  visit.voices || join(stateDir, "voices");

export const defaultConfig = (): KioskConfig => parseConfig("", "defaults");

/** The wiring of a hardware board as the HAL takes it. */
export const wiringOf = ({ kind: _kind, ...wiring }: HardwareBoard): BoardWiring => wiring;
