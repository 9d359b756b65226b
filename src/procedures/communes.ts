// Which communes does an operator's CSV name, and what is wrong with one that can not be taken?
//
// RFC 4180 with a header row; a spreadsheet that separates by semicolons will do as well. Nothing of a file with
// a fault is taken: half a list would hide the other half.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Commune, PLACES } from "../core/places.js";

export const COMMUNES_FOLDER = "places";
export const COMMUNES_FILE = "communes.json";
export const COLUMNS = ["province_code", "commune_code", "commune_name"] as const;
const KINDS = ["Xã ", "Phường ", "Đặc khu "] as const;
const LONGEST_NAME = 80;
/** The whole country is some 3,300 communes and 150 kB. */
export const LARGEST_CSV_BYTES = 4 * 1_048_576;

/** One thing wrong, for a human; `line` from 1, as an editor counts. */
export interface CsvProblem {
  readonly line: number;
  readonly column: string;
  readonly value: string;
  readonly remedy: string;
}

export type ReadCommunes =
  | { readonly ok: true; readonly communes: readonly Commune[] }
  | { readonly ok: false; readonly problems: readonly CsvProblem[] };

interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/** RFC 4180: quotes doubled inside quotes, line ends inside them too. */
const rowsOf = (text: string, separator: string): readonly Row[] => {
  const rows: Row[] = [];
  let cells: string[] = [];
  let cell = "";
  let quoted = false;
  let line = 1;
  let begun = 1;
  const endRow = () => {
    rows.push({ line: begun, cells: [...cells, cell] });
    cells = [];
    cell = "";
  };
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === "\n") line += 1;
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (sign === '"' && cell === "") quoted = true;
    else if (sign === separator) {
      cells.push(cell);
      cell = "";
    } else if (sign === "\n") {
      endRow();
      begun = line;
    } else if (sign !== "\r") cell += sign;
  }
  if (cell !== "" || cells.length > 0) endRow();
  return rows.filter((row) => row.cells.some((each) => each.trim() !== ""));
};

const decode = (bytes: Uint8Array): string | null => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).normalize("NFC");
  } catch {
    return null;
  }
};

const headerProblems = (header: Row | undefined): readonly CsvProblem[] => {
  const names = header?.cells.map((cell) => cell.trim().toLowerCase()) ?? [];
  if (header === undefined)
    return [
      {
        line: 1,
        column: "",
        value: "",
        remedy: `the file is empty; its first line should be ${COLUMNS.join(",")}`,
      },
    ];
  return COLUMNS.filter((column) => !names.includes(column)).map((column) => ({
    line: header.line,
    column,
    value: header.cells.join(","),
    remedy: `the column is missing; the first line should be ${COLUMNS.join(",")}`,
  }));
};

/** Official lists write "xã Bắc Sơn" here and there. */
const withKind = (name: string): string => {
  const kind = KINDS.find((each) => name.toLowerCase().startsWith(each.toLowerCase()));
  return kind === undefined ? name : kind + name.slice(kind.length);
};

const nameRemedy = (name: string): string | null => {
  if (name === "") return "should be the commune's name, e.g. Xã Bình Phú";
  if (name.length > LONGEST_NAME) return `should be at most ${LONGEST_NAME} letters`;
  if (name.includes(",")) return "should be a name without a comma";
  if (!KINDS.some((kind) => name.startsWith(kind)))
    return "should begin with Xã, Phường or Đặc khu, e.g. Xã Bình Phú (districts and towns ended in July 2025)";
  return null;
};

/** The provinces' codes are looked up, never guessed from a name. */
const rowProblems = (line: number, commune: Commune): readonly CsvProblem[] => {
  const { province, code, name } = commune;
  const remedies: readonly (readonly [string, string, string | null])[] = [
    [
      "province_code",
      province,
      PLACES.some((place) => place.code === province)
        ? null
        : "should be the two-digit code of one of the 34 provinces, e.g. 48 for Thành phố Đà Nẵng",
    ],
    [
      "commune_code",
      code,
      /^\d{5}$/.test(code) ? null : "should be five digits, with leading zeros, e.g. 00004",
    ],
    ["commune_name", name, nameRemedy(name)],
  ];
  return remedies.flatMap(([column, value, remedy]) =>
    remedy === null ? [] : [{ line, column, value: value.slice(0, LONGEST_NAME), remedy }],
  );
};

const readRows = (header: Row, rows: readonly Row[]): ReadCommunes => {
  const names = header.cells.map((cell) => cell.trim().toLowerCase());
  const seen = new Map<string, number>();
  const communes: Commune[] = [];
  const problems: CsvProblem[] = [];
  for (const { line, cells } of rows) {
    if (cells.length !== names.length) {
      const remedy = `should have ${names.length} cells like the first line, and has ${cells.length}`;
      problems.push({ line, column: "", value: cells.join(",").slice(0, LONGEST_NAME), remedy });
      continue;
    }
    const [province = "", code = "", name = ""] = COLUMNS.map(
      (column) => cells[names.indexOf(column)]?.trim() ?? "",
    );
    const commune: Commune = { province, code, name: withKind(name.replace(/\s+/g, " ")) };
    const found = rowProblems(line, commune);
    const first = seen.get(code);
    problems.push(...found);
    if (first !== undefined && found.length === 0)
      problems.push({
        line,
        column: "commune_code",
        value: code,
        remedy: `should be unique; line ${first} has it too`,
      });
    seen.set(code, first ?? line);
    communes.push(commune);
  }
  if (problems.length === 0 && communes.length === 0)
    problems.push({
      line: header.line,
      column: "",
      value: "",
      remedy: "there is no commune below the first line",
    });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, communes };
};

/** Every problem of the file at once; its order is the file's. Never throws. */
export const readCommunes = (bytes: Uint8Array): ReadCommunes => {
  const whole = (remedy: string): ReadCommunes => ({
    ok: false,
    problems: [{ line: 1, column: "", value: "", remedy }],
  });
  if (bytes.length > LARGEST_CSV_BYTES)
    return whole(`the file should be at most ${LARGEST_CSV_BYTES / 1_048_576} MiB`);
  const text = decode(bytes);
  if (text === null) return whole("the file should be UTF-8: save it as “CSV UTF-8”");
  const [firstLine = ""] = text.split("\n");
  const rows = rowsOf(text, !firstLine.includes(",") && firstLine.includes(";") ? ";" : ",");
  const [header, ...rest] = rows;
  const problems = headerProblems(header);
  if (header === undefined || problems.length > 0) return { ok: false, problems };
  return readRows(header, rest);
};

/** The imported communes of a state folder; looks at the file again when it has changed. */
export class CommuneList {
  readonly #file: string;
  #stamp = "";
  #byProvince: ReadonlyMap<string, readonly Commune[]> = new Map();

  constructor(stateDir: string) {
    this.#file = join(stateDir, COMMUNES_FOLDER, COMMUNES_FILE);
  }

  /** Empty when nothing was imported for this province: the commune is typed then. */
  of(province: string): readonly Commune[] {
    this.#refresh();
    return this.#byProvince.get(province) ?? [];
  }

  #refresh(): void {
    try {
      const { mtimeMs, size, ino } = statSync(this.#file);
      const stamp = `${ino} ${size} ${mtimeMs}`;
      if (stamp === this.#stamp) return;
      const { communes } = JSON.parse(readFileSync(this.#file, "utf8")) as {
        readonly communes: readonly Commune[];
      };
      const grouped = new Map<string, Commune[]>();
      for (const commune of communes)
        grouped.set(commune.province, [...(grouped.get(commune.province) ?? []), commune]);
      this.#byProvince = grouped;
      this.#stamp = stamp;
    } catch {
      // No list, or none that can be read: a name that is typed will do.
      this.#byProvince = new Map();
      this.#stamp = "";
    }
  }
}
