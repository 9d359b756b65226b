// How do the sums come into a spreadsheet?
import { type Faces, facesCount, meanOfFaces } from "./ratings.js";
import type { FeeDay, Figures, PortalStatistics } from "./statistics.js";

/** Without it a spreadsheet takes UTF-8 for something else. */
const BYTE_ORDER_MARK = "\uFEFF";

/** RFC 4180, section 2. What begins like a formula is told to be text: a title comes from a kiosk. */
const cell = (value: string | number | null): string => {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
};

const COLUMNS = [
  ...["group", "code", "title", "taken", "open", "overdue", "ready", "refused", "late", "medianDays"],
  ...["face1", "face2", "face3", "face4", "face5", "rated", "meanFace"],
];

const rounded = (value: number | null): number | null =>
  value === null ? null : Math.round(value * 100) / 100;

const cells = (group: string, code: string, title: string, figures: Figures) => [
  ...[group, code, title, figures.taken, figures.open, figures.overdue, figures.ready, figures.refused],
  ...[figures.late, rounded(figures.medianDays), ...figures.faces, facesCount(figures.faces)],
  rounded(meanOfFaces(figures.faces)),
];

/** One line a day on which a fee was paid. */
export const feesCsv = (days: readonly FeeDay[]): string =>
  BYTE_ORDER_MARK +
  [
    ["day", "transfers", "transferredVnd", "atDesk", "atDeskVnd"],
    ...days.map((each) => [each.day, each.transfers, each.transferredVnd, each.atDesk, each.atDeskVnd]),
  ]
    .map((line) => `${line.map(cell).join(",")}\r\n`)
    .join("");

/** One line a procedure and a kiosk, after one for all. */
/** After the result: faces alone, by whole months. */
const faceCells = (group: string, code: string, title: string, faces: Faces) => [
  ...[group, code, title, null, null, null, null, null, null, null, ...faces, facesCount(faces)],
  rounded(meanOfFaces(faces)),
];

const resultCells = ({ procedures, results }: PortalStatistics) => [
  faceCells("allResults", "", "", results.all),
  ...results.procedures.map(({ code, faces }) =>
    faceCells("procedureResults", code, titleOf(procedures, code), faces),
  ),
  ...(facesCount(results.others) === 0 ? [] : [faceCells("otherResults", "", "", results.others)]),
];

export const titleOf = (procedures: PortalStatistics["procedures"], code: string): string =>
  procedures.find((each) => each.code === code)?.title ?? code;

export const statisticsCsv = (statistics: PortalStatistics): string =>
  BYTE_ORDER_MARK +
  [
    COLUMNS,
    cells("all", "", "", statistics.all),
    ...statistics.procedures.map((each) => cells("procedure", each.code, each.title, each)),
    ...statistics.kiosks.map((each) => cells("kiosk", each.kiosk, "", each)),
    ...resultCells(statistics),
  ]
    .map((line) => `${line.map(cell).join(",")}\r\n`)
    .join("");
