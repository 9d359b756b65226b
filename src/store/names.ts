// Who waits here, when neither the row nor the record of a submission is left to say so?
//
// One line for each that came and one for each that the portal has; no more than the names, so that whoever is
// lost can be told. Not flushed, as the witness is not: it is for the damage that no power cut does.
import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { placeFile } from "./durable-file.js";

const FILE = "names";
const LINE = /^([+-]) ([0-9a-f-]{36}) (\S*) ([0-9a-f]{8})$/;

const lineOf = (sign: "+" | "-", submission: string, slipNumber: string): string => {
  const text = `${sign} ${submission} ${slipNumber.replace(/\s/g, "_")}`;
  return `${text} ${createHash("sha256").update(text).digest("hex").slice(0, 8)}\n`;
};

/** By submission, with the slip's number; a line that was changed says nothing. */
export const readNames = (dir: string): ReadonlyMap<string, string> => {
  const path = join(dir, FILE);
  const waiting = new Map<string, string>();
  if (!existsSync(path)) return waiting;
  for (const line of readFileSync(path, "latin1").split("\n")) {
    const [, sign, submission = "", slipNumber = ""] = LINE.exec(line) ?? [];
    if (sign === undefined || lineOf(sign === "+" ? "+" : "-", submission, slipNumber) !== `${line}\n`)
      continue;
    if (sign === "+") waiting.set(submission, slipNumber);
    else waiting.delete(submission);
  }
  return waiting;
};

/** Only those that wait; the names of the others go. */
export const rewriteNames = (
  dir: string,
  waiting: readonly { readonly submissionId: string; readonly slipNumber: string }[],
): void => {
  const lines = waiting.map(({ submissionId, slipNumber }) => lineOf("+", submissionId, slipNumber));
  placeFile(dir, FILE, Buffer.from(lines.join("")));
};

export class Names {
  readonly #path: string;
  #file: number | null = null;

  constructor(dir: string) {
    this.#path = join(dir, FILE);
  }

  came(submission: string, slipNumber: string): void {
    this.#write(lineOf("+", submission, slipNumber));
  }

  settled(submission: string): void {
    this.#write(lineOf("-", submission, ""));
  }

  /** The next line goes into the file that has the name then. */
  close(): void {
    const file = this.#file;
    this.#file = null;
    try {
      if (file !== null) closeSync(file);
    } catch {
      // The disk under it is gone.
    }
  }

  /** A line that can not be written is no fault: the row and the record are there. */
  #write(line: string): void {
    try {
      this.#file ??= openSync(this.#path, "a", 0o600);
      writeSync(this.#file, line, null, "latin1");
    } catch {
      this.close();
    }
  }
}
