// Which pages are meant by the files and folders on a command line?
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { FaultError, toFault } from "../../core/faults.js";
import { fileKind, type PageSource } from "../page-source.js";

/** No picture of 50 megapixels, and hardly a PDF of 100 pages, is larger, save by mistake. */
const MAX_FILE_BYTES = 300_000_000;
const PAPER_NAME = /\.(jpe?g|png|webp|tiff?|avif|gif|pdf)$/i;

export interface InputPage {
  readonly file: string;
  /** From 1. */
  readonly page: number;
  readonly pages: number;
  /** An image file. */
  picture(signal: AbortSignal): Promise<Uint8Array>;
}

export interface InputFailure {
  readonly file: string;
  /** `null`: the whole file. */
  readonly page: number | null;
  readonly error: { readonly code: string; readonly detail: string };
}

/** What kept a file, or a page of it, from being read. */
export const failureOf = (file: string, page: number | null, thrown: unknown): InputFailure => {
  const { code = "" } = thrown as NodeJS.ErrnoException;
  if (thrown instanceof Error && "syscall" in thrown) {
    const detail = code === "ENOENT" ? "there is no such file" : `the file can not be read (${code})`;
    return { file, page, error: { code: "paper.unreadable", detail } };
  }
  const fault = toFault(thrown, "paper.unreadable");
  return { file, page, error: { code: fault.code, detail: fault.detail } };
};

/**
 * Folders give their images and PDFs, sorted by name; with `recursive` those of their folders too, links to
 * folders excepted. A name that is nothing is kept: its reading says so.
 */
export const expandFiles = (names: readonly string[], recursive: boolean): readonly string[] => {
  const inFolder = (folder: string): readonly string[] =>
    readdirSync(folder, { withFileTypes: true })
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return recursive ? inFolder(path) : [];
        return PAPER_NAME.test(entry.name) ? [path] : [];
      });
  return names.flatMap((name) => {
    const isFolder = statSync(name, { throwIfNoEntry: false })?.isDirectory() ?? false;
    return isFolder ? inFolder(name) : [name];
  });
};

const checkSize = (file: string): void => {
  if (statSync(file).size > MAX_FILE_BYTES)
    throw new FaultError("paper.tooLarge", `the file is larger than ${MAX_FILE_BYTES / 1e6} MB`);
};

export interface InputOptions {
  readonly source: PageSource;
  /** A PDF or TIFF of more pages is not read at all: nobody notices which are missing. */
  readonly mostPages: number;
  readonly signal: AbortSignal;
}

const countPages = async (
  file: string,
  kind: "pdf" | "tiff",
  { source, mostPages, signal }: InputOptions,
): Promise<number> => {
  const count = await source.count(file, kind, signal);
  if (count > mostPages)
    throw new FaultError(
      "paper.tooLarge",
      `the ${kind.toUpperCase()} has ${count} pages, more than the ${mostPages} allowed; --pages ${count} reads it`,
    );
  return count;
};

/** Page after page, each file opened when its turn comes. */
export async function* inputPages(
  files: readonly string[],
  options: InputOptions,
): AsyncGenerator<InputPage | InputFailure> {
  const { source, signal } = options;
  for (const file of files) {
    try {
      const kind = fileKind(file);
      checkSize(file);
      const pages = kind === "picture" ? 1 : await countPages(file, kind, options);
      if (kind === "picture" || (kind === "tiff" && pages === 1)) {
        yield { file, page: 1, pages: 1, picture: async () => new Uint8Array(readFileSync(file)) };
        continue;
      }
      for (let page = 1; page <= pages; page += 1)
        yield { file, page, pages, picture: (stop) => source.picture(file, kind, page - 1, stop) };
    } catch (error) {
      if (signal.aborted) throw error;
      yield failureOf(file, null, error);
    }
  }
}
