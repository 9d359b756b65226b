// What stands on the panels of visit, queue, link and versions?
import type { ConsoleView, HeldReport } from "../ops/console-view.js";
import type { Trouble } from "../ops/status.js";
import { cut, localTime, megabytes, type Row, row, since, windowTop, wrapped } from "./rows.js";
import type { Words } from "./words.js";

export interface Space {
  readonly width: number;
  readonly height: number;
}

const LABEL = 24;
const fact = (label: string, value: string, look?: Row["look"]): Row =>
  row(` ${label.padEnd(LABEL)}${value}`, look);
const EMPTY = row("");

export const visitRows = ({ visit, screen }: ConsoleView, words: Words): readonly Row[] => [
  fact(words.text("visitState"), visit.state),
  fact("", words.text(visit.busy ? "busy" : "idle")),
  fact(
    words.text("page"),
    words.text(screen.connected ? "connected" : "notConnected"),
    screen.connected ? undefined : "alarm",
  ),
  fact("", screen.url),
  EMPTY,
  row(` ${words.text("nothingPersonal")}`),
];

const heldRow = (held: HeldReport, chosen: boolean, words: Words, width: number): Row => {
  const mark = chosen ? "›" : " ";
  const number = String(held.sequence).padEnd(8);
  const state = words.outboxState(held.state).padEnd(17);
  const age = since(held.ageSeconds, words.language).padEnd(9);
  return row(
    cut(`${mark}${number}${state}${age}${held.reason ?? ""}`, width).padEnd(width),
    chosen ? "chosen" : undefined,
  );
};

/** `at`: which of the held rows is chosen. */
export const queueRows = (
  view: ConsoleView,
  at: number,
  words: Words,
  { width, height }: Space,
): readonly Row[] => {
  const { queue, states, held } = view;
  const counts = Object.entries(states)
    .map(([state, count]) => `${words.outboxState(state)} ${count}`)
    .join(" · ");
  const head = [
    ...wrapped(counts === "" ? "0" : counts, width - LABEL - 1, 2).map((line, index) =>
      fact(index === 0 ? words.text("waiting") : "", line),
    ),
    fact(words.text("oldest"), since(queue.oldestAgeSeconds, words.language)),
    fact(words.text("size"), megabytes(queue.bytes)),
    fact(words.text("accepted"), String(queue.accepted)),
    fact(
      words.text("store"),
      `${Math.round(queue.usedFraction * 100)} % (${queue.quota})`,
      queue.quota === "ok" ? undefined : "alarm",
    ),
    ...troubleRows(view, "store", words, width),
    EMPTY,
  ];
  if (held.length === 0) return [...head, row(` ${words.text("noneHeld")}`)];
  const total = (states.quarantined ?? 0) + (states.rejected ?? 0);
  const room = height - head.length - 1;
  const top = windowTop(at, held.length, room);
  return [
    ...head,
    row(
      ` ${words.text("held")}: ${total}   (${words.text("number")}, ${words.text("state")}, ${words.text("reason")})`,
    ),
    ...held.slice(top, top + room).map((each, index) => heldRow(each, top + index === at, words, width)),
  ];
};

const TROUBLE_ROWS = 2;

/** What it is, and what a technician does about it. */
const troubleRows = (
  { troubles }: ConsoleView,
  of: Trouble["of"],
  words: Words,
  width: number,
): readonly Row[] =>
  troubles
    .filter((trouble) => trouble.of === of)
    .flatMap(({ fault, detail, remedy }) =>
      [`${fault}: ${detail}`, remedy[words.language]].flatMap((text) =>
        wrapped(text, width - 1, TROUBLE_ROWS).map((line) => row(` ${line}`, "alarm")),
      ),
    );

export const linkRows = (view: ConsoleView, words: Words, { width }: Space): readonly Row[] => {
  const { link, connection, clock } = view;
  const heard = connection.heardSecondsAgo;
  const trust = clock.trust === "trusted" || clock.trust === "floor" ? clock.trust : "untrusted";
  return [
    fact(
      words.text("linkState"),
      `${link}, ${words.text("since")} ${since(connection.sinceSeconds, words.language)}`,
      link === "up" ? undefined : "alarm",
    ),
    ...troubleRows(view, "link", words, width),
    fact(words.text("broker"), connection.broker ?? words.text("noBroker")),
    fact(words.text("losses"), String(connection.losses)),
    fact(
      words.text("heard"),
      heard === null ? words.text("never") : `${since(heard, words.language)} ${words.text("ago")}`,
    ),
    EMPTY,
    fact(words.text("clock"), localTime(clock.epochMs).slice(0, 16).replace("T", " ")),
    fact("", words.text(trust), trust === "trusted" ? undefined : "alarm"),
  ];
};

const DAY_MS = 24 * 3_600_000;

export const versionRows = (view: ConsoleView, words: Words): readonly Row[] => {
  const { versions, pin, clock } = view;
  const certificates = versions.certificates.flatMap(({ name, serial, untilMs }) => {
    const days = Math.floor((untilMs - clock.epochMs) / DAY_MS);
    const left = days < 0 ? words.text("expired") : `${days} ${words.text("days")}`;
    return [
      fact(
        words.text("certificate"),
        `${name}: ${words.text("until")} ${localTime(untilMs).slice(0, 10)} (${left})`,
        days < 30 ? "alarm" : undefined,
      ),
      fact("", serial),
    ];
  });
  const none = fact(words.text("certificate"), words.text("noCertificate"));
  return [
    fact(
      words.text("program"),
      `motcua ${versions.program}${versions.build === 0 ? "" : ` (build ${versions.build})`}`,
    ),
    ...(versions.update === null ? [] : [fact(words.text("update"), versions.update)]),
    fact("Node", versions.node),
    fact(words.text("board"), versions.board),
    fact(words.text("schema"), String(versions.schema)),
    ...(certificates.length === 0 ? [none] : certificates),
    EMPTY,
    fact(
      words.text("pin"),
      pin.problem ?? (pin.holder === null ? words.text("noPin") : `${words.text("pinOf")} ${pin.holder}`),
      pin.problem === null ? undefined : "alarm",
    ),
  ];
};
