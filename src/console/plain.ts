// How does the kiosk's state read as lines, without boxes or colours?
import { PART_NAMES } from "../core/part-names.js";
import type { ConsoleView } from "../ops/console-view.js";
import type { LogLine } from "../ops/log.js";
import type { Readiness } from "../ops/self-test.js";
import type { KioskStatus } from "../ops/status.js";
import { logText } from "./log-rows.js";
import { clean, localTime, megabytes } from "./rows.js";
import type { Language } from "./words.js";

export const PLAIN_SECTIONS = ["status", "devices", "queue", "link", "log", "versions"] as const;
export type PlainSection = (typeof PLAIN_SECTIONS)[number];

const age = (seconds: number | null): string => {
  if (seconds === null) return "–";
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3_600)} h`;
};

const queueLine = ({ queue }: KioskStatus): string =>
  `queue ${queue.queued} waiting (${megabytes(queue.bytes)}), oldest ${age(queue.oldestAgeSeconds)}, ${queue.accepted} accepted, ${queue.quarantined} quarantined, store ${Math.round(queue.usedFraction * 100)} % (${queue.quota})`;

const clockLine = ({ clock }: KioskStatus): string =>
  `clock ${new Date(clock.epochMs).toISOString()} ${clock.trust}`;

const troubleLines = ({ troubles }: Pick<KioskStatus, "troubles">): readonly string[] =>
  troubles.map(({ of, fault, detail, remedy }) => `${of} ${fault}: ${detail} – ${remedy.en}`);

export const plainStatus = (status: KioskStatus): string => {
  const devices = status.devices.map((device) => {
    const what =
      device.fault === null ? device.state : `${device.state} ${device.fault}: ${device.detail ?? ""}`;
    const remedy = device.remedy === null ? "" : ` – ${device.remedy.en}`;
    const unsure = device.presence === "inconclusive" && device.state !== "opening" ? " (no answer)" : "";
    const kept = device.quarantined ? " (in quarantine: restart it or plug it in anew)" : "";
    return `device ${device.device}: ${what}${unsure}${kept}${remedy}`;
  });
  return [
    `kiosk ${status.kioskId}, motcua ${status.version}, up ${age(status.uptimeSeconds)}`,
    `screen ${status.screen.url} ${status.screen.connected ? "connected" : "not connected"}`,
    `visit ${status.visit.state}${status.visit.busy ? " (busy)" : ""}`,
    queueLine(status),
    `link ${status.link}`,
    `key ${status.deviceKey.where}: ${status.deviceKey.fault ?? "ready"}`,
    ...troubleLines(status),
    clockLine(status),
    ...devices,
    ...status.log.slice(-10).map((line) => `log ${logText(line)}`),
    "",
  ].join("\n");
};

const deviceLines = (view: ConsoleView, language: Language): string[] =>
  view.devices.flatMap((device) => {
    const sinceText = age(Math.max(0, (view.monotonicMs - device.sinceMs) / 1_000));
    const name = `${device.device} (${PART_NAMES[device.device][language]})`;
    const unsure = device.presence === "inconclusive" && device.state !== "opening" ? ", no answer" : "";
    const kept = device.quarantined ? ", in quarantine" : "";
    const last = view.lastFaults[device.device];
    const head = `${name}: ${device.state} since ${sinceText}${unsure}${kept}`;
    if (device.fault !== null)
      return [
        head,
        `  fault ${device.fault}: ${device.detail ?? ""}`,
        ...(device.remedy === null ? [] : [`  vi: ${device.remedy.vi}`, `  en: ${device.remedy.en}`]),
      ];
    if (last === undefined) return [head];
    return [
      head,
      `  last fault ${last.fault}, ${age(last.ageSeconds)} ago: ${last.detail}`,
      `  vi: ${last.remedy.vi}`,
      `  en: ${last.remedy.en}`,
    ];
  });

const queueLines = (view: ConsoleView): string[] => [
  queueLine(view),
  ...Object.entries(view.states).map(([state, count]) => `${state} ${count}`),
  ...view.held.map(
    (held) =>
      `number ${held.sequence} ${held.state}, ${age(held.ageSeconds)} old, ${held.attempts} attempts, ${megabytes(held.bytes)}: ${held.reason ?? "no reason given"}`,
  ),
];

const linkLines = (view: ConsoleView): string[] => {
  const { broker, sinceSeconds, losses, heardSecondsAgo } = view.connection;
  return [
    `link ${view.link} since ${age(sinceSeconds)}`,
    ...troubleLines(view),
    `broker ${broker ?? "none set"}`,
    `losses ${losses}`,
    `portal last heard ${heardSecondsAgo === null ? "not since the start" : `${age(heardSecondsAgo)} ago`}`,
    clockLine(view),
  ];
};

const versionLines = ({ versions, pin }: ConsoleView): string[] => [
  `program motcua ${versions.program}`,
  `build ${versions.build}`,
  ...(versions.update === null ? [] : [`update ${versions.update}`]),
  `node ${versions.node}`,
  `board ${versions.board}`,
  `schema ${versions.schema}`,
  ...versions.certificates.map(
    ({ name, serial, untilMs }) => `certificate ${name} ${serial} until ${localTime(untilMs).slice(0, 10)}`,
  ),
  `pin ${pin.problem ?? (pin.holder === null ? "not set" : `set, held by ${pin.holder}`)}`,
];

/** Each line ends with a line feed; nothing that a device or broker said can steer the terminal. */
export const plainLines = (view: ConsoleView, section: PlainSection, language: Language): string => {
  if (section === "status") return plainStatus(view).split("\n").map(clean).join("\n");
  const lines = {
    devices: () => deviceLines(view, language),
    queue: () => queueLines(view),
    link: () => linkLines(view),
    log: () => view.log.map(logText),
    versions: () => versionLines(view),
  }[section]();
  return lines.map((line) => `${clean(line)}\n`).join("");
};

/** The same as data: what a script reads. */
export const plainData = (view: ConsoleView, section: PlainSection): unknown => {
  switch (section) {
    case "status":
      return view;
    case "devices":
      return view.devices.map(({ sinceMs, ...device }) => ({
        ...device,
        sinceSeconds: Math.max(0, Math.round((view.monotonicMs - sinceMs) / 1_000)),
        lastFault: view.lastFaults[device.device] ?? null,
      }));
    case "queue":
      return { ...view.queue, states: view.states, held: view.held };
    case "link":
      return { state: view.link, ...view.connection, clock: view.clock };
    case "log":
      return view.log;
    case "versions":
      return { ...view.versions, pin: view.pin };
  }
};

export const plainTest = ({ results }: Readiness): string =>
  results
    .map(({ part, result, evidence, fault, remedy, lookAt }) => {
      const look = result === "look" && lookAt !== null ? `\n  look: ${lookAt.vi} / ${lookAt.en}` : "";
      const what = remedy === null ? "" : `\n  vi: ${remedy.vi}\n  en: ${remedy.en}`;
      return `${part} ${result}${fault === null ? "" : ` ${fault}`}: ${clean(evidence)}${look}${what}\n`;
    })
    .join("");

/**
 * Lines after the one that was printed last; all of them when the runtime was started anew. Each runtime counts its
 * lines from 1, and a new one may have as many within a second: its line of the same number has another time.
 */
export const newLines = (lines: readonly LogLine[], last: LogLine | undefined): readonly LogLine[] => {
  if (last === undefined) return lines;
  const later = lines.filter(({ serial }) => serial > last.serial);
  const same = lines.find(({ serial }) => serial === last.serial);
  // Without that line either it went out of the tail long ago, or the new runtime has not come so far.
  const isSameRuntime = same === undefined ? later.length === lines.length : same.time === last.time;
  return isSameRuntime ? later : lines;
};
