// How does an operator's list of communes come into a kiosk, whole or not at all?
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { COMMUNES_FILE, COMMUNES_FOLDER, type CsvProblem, readCommunes } from "./procedures/communes.js";
import { writeFileDurably } from "./store/durable-file.js";

export interface DataImport {
  readonly file: string;
  readonly state: string;
  readonly json: boolean;
}

interface Output {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

const DONE = 0;
const REFUSED = 1;

const lineOf = (file: string, { line, column, value, remedy }: CsvProblem): string => {
  const what = column === "" ? "" : `${column} ${value === "" ? "is empty" : `= "${value}"`}: `;
  return `${file}:${line}: ${what}${remedy}\n`;
};

/** The old list serves until the new one is whole on the disk; a running kiosk takes it up by itself. */
export const importCommunes = ({ file, state, json }: DataImport, io: Output): number => {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException;
    throw new Error(`${file} can not be read: ${code === "ENOENT" ? "no such file" : message}`, {
      cause: thrown,
    });
  }
  const read = readCommunes(bytes);
  if (!read.ok) {
    if (json) io.stdout.write(`${JSON.stringify({ ok: false, problems: read.problems })}\n`);
    else for (const problem of read.problems) io.stderr.write(lineOf(file, problem));
    io.stderr.write(
      `motcua: nothing was imported; ${read.problems.length} to mend, the list of before stays\n`,
    );
    return REFUSED;
  }
  const folder = join(state, COMMUNES_FOLDER);
  mkdirSync(folder, { recursive: true });
  const { communes } = read;
  writeFileDurably(folder, COMMUNES_FILE, Buffer.from(`${JSON.stringify({ communes })}\n`), 0o644);
  const provinces = new Set(communes.map(({ province }) => province)).size;
  io.stdout.write(
    json
      ? `${JSON.stringify({ ok: true, communes: communes.length, provinces })}\n`
      : `${communes.length} communes of ${provinces} provinces imported\n`,
  );
  return DONE;
};
