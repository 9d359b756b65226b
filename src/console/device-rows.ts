// What stands on the panel of devices?
import { PART_NAMES } from "../core/part-names.js";
import type { ConsoleView } from "../ops/console-view.js";
import type { Readiness } from "../ops/self-test.js";
import type { DeviceReport } from "../ops/status.js";
import type { Space } from "./panels.js";
import { cut, type Row, row, since, wrapped } from "./rows.js";
import type { Words } from "./words.js";

const NAME = 26;
const STATE = 11;
const AGE = 9;
/** 80 × 24 leaves five rows below the devices: one for what was seen, two for each language. */
const DETAIL_ROWS = 1;
const REMEDY_ROWS = 2;

const whatOf = (view: ConsoleView, device: DeviceReport, words: Words): string => {
  const notes = [
    ...(device.presence === "inconclusive" && device.state !== "opening" ? [words.text("noAnswer")] : []),
    ...(device.quarantined ? [words.text("kept")] : []),
  ];
  const last = view.lastFaults[device.device];
  if (device.fault !== null) return [device.fault, ...notes].join(", ");
  if (last === undefined) return notes.join(", ");
  return [
    `(${words.text("last")} ${last.fault}, ${since(last.ageSeconds, words.language)} ${words.text("ago")})`,
    ...notes,
  ].join(" ");
};

const deviceRow = (
  view: ConsoleView,
  device: DeviceReport,
  chosen: boolean,
  words: Words,
  width: number,
): Row => {
  const name = words.of(PART_NAMES[device.device]).padEnd(NAME);
  const state = words.deviceState(device.state).padEnd(STATE);
  const age = since(Math.max(0, (view.monotonicMs - device.sinceMs) / 1_000), words.language).padEnd(AGE);
  const text = cut(`${chosen ? "›" : " "}${name}${state}${age}${whatOf(view, device, words)}`, width);
  if (chosen) return row(text.padEnd(width), "chosen");
  return row(text, device.state === "faulted" || device.state === "absent" ? "alarm" : undefined);
};

const remedyRows = (
  view: ConsoleView,
  device: DeviceReport | undefined,
  words: Words,
  width: number,
): Row[] => {
  const last = device === undefined ? undefined : view.lastFaults[device.device];
  const { detail, remedy } = device?.remedy == null ? (last ?? { detail: "", remedy: null }) : device;
  if (remedy === null) return [row(` ${words.text("noFault")}`)];
  const lines = [
    ...wrapped(detail ?? "", width - 1, DETAIL_ROWS),
    ...wrapped(`vi: ${remedy.vi}`, width - 1, REMEDY_ROWS),
    ...wrapped(`en: ${remedy.en}`, width - 1, REMEDY_ROWS),
  ];
  return lines.map((line) => row(` ${line}`));
};

/** As many as the height leaves room for above what is said of the chosen one, which is among them. */
const shown = (devices: readonly DeviceReport[], at: number, height: number) => {
  const room = Math.max(1, height - 1 - DETAIL_ROWS - 2 * REMEDY_ROWS);
  const top = Math.max(0, Math.min(at - room + 1, devices.length - room));
  return devices.map((device, index) => ({ device, index })).slice(top, top + room);
};

/** `at`: which device is chosen. */
export const deviceRows = (
  view: ConsoleView,
  at: number,
  words: Words,
  { width, height }: Space,
): readonly Row[] =>
  [
    row(
      ` ${words.text("device").padEnd(NAME)}${words.text("state").padEnd(STATE)}${words.text("since").padEnd(AGE)}${words.text("fault")}`,
    ),
    ...shown(view.devices, at, height).map(({ device, index }) =>
      deviceRow(view, device, index === at, words, width),
    ),
    ...remedyRows(view, view.devices[at], words, width),
  ].slice(0, height);

export const readinessRows = ({ results }: Readiness, words: Words, width: number): readonly Row[] =>
  results.flatMap(({ part, result, evidence, fault, remedy, lookAt }) => {
    const head = `${words.of(PART_NAMES[part])}: ${words.result(result)}${fault === null ? "" : ` ${fault}`}`;
    const notes = [
      evidence,
      ...(result === "look" && lookAt !== null ? [words.of(lookAt)] : []),
      ...(remedy === null ? [] : [`vi: ${remedy.vi}`, `en: ${remedy.en}`]),
    ];
    return [
      row(` ${head}`, result === "failed" ? "alarm" : undefined),
      ...notes.flatMap((note) => wrapped(note, width - 3).map((line) => row(`   ${line}`))),
    ];
  });
