// Which pages of a long job were read before it broke off?
//
// One line of JSON a page, on disk before the next is begun: after Ctrl-C, a crash or a power cut the same command
// goes on behind the last whole line. The file holds what was read from people's papers: only its owner may read
// it, and it goes when the job is done.
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { resolve } from "node:path";
import type { ReadPage } from "../reader.js";

const HEAD = { motcua: "read", version: 1 } as const;
const OWNER_ONLY = 0o600;

interface Entry {
  readonly file: string;
  /** A file that has changed since is read again. */
  readonly size: number;
  readonly mtimeMs: number;
  readonly page: number;
  /** Base64; null when nobody wanted pictures. */
  readonly jpeg: string | null;
  readonly read: Omit<ReadPage, "jpeg">;
}

/** Bytes of the job file, [from, to). */
type Place = readonly [from: number, to: number];

const CHUNK_BYTES = 1 << 20;
const LINE_END = 10;

const keyOf = (file: string, page: number): string => `${resolve(file)}\0${page}`;

const parse = (line: string): Partial<Entry & typeof HEAD> | null => {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
};

const readPlace = (file: number, [from, to]: Place): string => {
  const bytes = Buffer.alloc(to - from);
  let got = 0;
  for (let more = 1; more > 0 && got < bytes.length; got += more)
    more = readSync(file, bytes, got, bytes.length - got, from + got);
  return bytes.toString("utf8", 0, got);
};

/** Whole lines only: behind the last of them is what was being written when the power went. */
const linesOf = (file: number): readonly Place[] => {
  const lines: Place[] = [];
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let begun = 0;
  for (let at = 0, got = 1; got > 0; at += got) {
    got = readSync(file, chunk, 0, CHUNK_BYTES, at);
    const part = chunk.subarray(0, got);
    for (let end = part.indexOf(LINE_END); end >= 0; end = part.indexOf(LINE_END, end + 1)) {
      lines.push([begun, at + end]);
      begun = at + end + 1;
    }
  }
  return lines;
};

export class JobFile {
  readonly #path: string;
  readonly #file: number;
  readonly #withPictures: boolean;
  /** The pages themselves stay on disk. */
  readonly #done = new Map<string, Place>();

  /**
   * `withPictures`: pages are kept with theirs, and those that were kept without are read again. Throws `Error`
   * with one sentence for a file that is no job's, and the system's for one that can not be opened.
   */
  constructor(path: string, withPictures: boolean) {
    this.#path = path;
    this.#withPictures = withPictures;
    this.#file = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND, OWNER_ONLY);
    const [head, ...pages] = linesOf(this.#file);
    if (head === undefined && fstatSync(this.#file).size === 0) {
      this.#append(`${JSON.stringify(HEAD)}\n`);
      return;
    }
    const { motcua, version } = (head === undefined ? null : parse(readPlace(this.#file, head))) ?? {};
    if (motcua !== HEAD.motcua || version !== HEAD.version) {
      closeSync(this.#file);
      throw new Error(`${path} is no file of \`motcua read --resume\`; name another`);
    }
    for (const place of pages) {
      const { file, page } = parse(readPlace(this.#file, place)) ?? {};
      if (file !== undefined && page !== undefined) this.#done.set(keyOf(file, page), place);
    }
    ftruncateSync(this.#file, (pages.at(-1) ?? head ?? [0, -1])[1] + 1);
  }

  /** How many pages were read when it was opened. */
  get pages(): number {
    return this.#done.size;
  }

  /** The page as it was read before; its picture is empty when none was kept. Null when it has to be read. */
  find(file: string, page: number): ReadPage | null {
    const place = this.#done.get(keyOf(file, page));
    const now = statSync(file, { throwIfNoEntry: false });
    if (place === undefined || now === undefined) return null;
    const { size, mtimeMs, jpeg, read } = parse(readPlace(this.#file, place)) ?? {};
    if (read === undefined || size !== now.size || mtimeMs !== now.mtimeMs) return null;
    if (this.#withPictures && jpeg === null) return null;
    return { ...read, jpeg: new Uint8Array(Buffer.from(jpeg ?? "", "base64")) };
  }

  /** On disk when this returns. */
  add(file: string, page: number, { jpeg, ...read }: ReadPage): void {
    const { size, mtimeMs } = statSync(file);
    const picture = this.#withPictures ? Buffer.from(jpeg).toString("base64") : null;
    const entry: Entry = { file, size, mtimeMs, page, jpeg: picture, read };
    this.#append(`${JSON.stringify(entry)}\n`);
  }

  #append(line: string): void {
    const bytes = Buffer.from(line);
    for (let from = 0; from < bytes.length; ) from += writeSync(this.#file, bytes, from);
    fsyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }

  /** The job is done. */
  remove(): void {
    this.close();
    rmSync(this.#path, { force: true });
  }
}
