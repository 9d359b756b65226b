// What do the books have to say, given what an onlooker saw being promised?
//
// The onlooker's log is append-only and on another file system than the books where there is one. Each line is
// flushed before the program that writes it goes on. Lines of the kiosk: "sealed" before a submission is handed
// to the store, "enqueued" after the store has taken it, "receipt" when one is stored. Of the portal: "taken".
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";

export class OnlookerLog {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, "a", 0o600);
  }

  write(...words: readonly (string | number)[]): void {
    writeSync(this.#file, `${words.join(" ")}\n`);
    fsyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** One submission as the portal's books have it. */
export interface Entry {
  readonly submission: string;
  readonly slipNumber: string;
  readonly sha256: readonly string[];
  readonly receipt: string;
}

export interface Seen {
  /** By submission: its slip number and its documents' hashes. */
  readonly sealed: ReadonlyMap<string, { readonly slipNumber: string; readonly hashes: string }>;
  readonly enqueued: ReadonlySet<string>;
  readonly receipts: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
}

/** `text`: the whole log. A line that a kill cut short is the last of its process and says nothing. */
export const hearOnlooker = (text: string): Seen => {
  const sealed = new Map<string, { slipNumber: string; hashes: string }>();
  const enqueued = new Set<string>();
  const receipts = new Map<string, string>();
  const taken = new Set<string>();
  const problems: string[] = [];
  const hear = (who: string, id: string, receipt: string): void => {
    const known = receipts.get(id) ?? receipt;
    if (known !== receipt) problems.push(`${id}: the ${who} says receipt ${receipt}, before it was ${known}`);
    receipts.set(id, known);
  };
  for (const line of text.split("\n")) {
    const [word, id = "", value = "", more = ""] = line.split(" ");
    if (word === "sealed") sealed.set(id, { slipNumber: value, hashes: more });
    if (word === "enqueued") enqueued.add(id);
    if (word === "receipt") hear("kiosk", id, value);
    if (word !== "taken") continue;
    if (taken.has(id)) problems.push(`${id}: the portal took it in twice`);
    taken.add(id);
    hear("portal", id, value);
  }
  return { sealed, enqueued, receipts, problems };
};

const doubled = (what: string, values: readonly string[]): readonly string[] => {
  const seen = new Set<string>();
  return values
    .filter((value) => seen.size === seen.add(value).size)
    .map((value) => `${value}: ${what} twice`);
};

/** Every id once, hashes equal, receipts equal; each sentence is one thing that is not so. */
export const judge = (
  seen: Seen,
  entries: readonly Entry[],
  receiptAtKiosk: (submission: string) => string | null | undefined,
): readonly string[] => {
  const problems = [
    ...seen.problems,
    ...doubled(
      "in the portal's books",
      entries.map(({ submission }) => submission),
    ),
    ...doubled(
      "slip number",
      entries.map(({ slipNumber }) => slipNumber),
    ),
    ...doubled(
      "receipt",
      entries.map(({ receipt }) => receipt),
    ),
  ];
  const booked = new Map(entries.map((entry) => [entry.submission, entry]));
  for (const id of seen.enqueued) if (!booked.has(id)) problems.push(`${id}: was enqueued and is lost`);
  for (const [id, { sha256, slipNumber, receipt }] of booked) {
    const made = seen.sealed.get(id);
    if (made === undefined) problems.push(`${id}: nobody sealed it`);
    else if (made.hashes !== sha256.join(",")) problems.push(`${id}: other hashes than when it was sealed`);
    else if (made.slipNumber !== slipNumber) problems.push(`${id}: another slip number`);
    const said = seen.receipts.get(id);
    if (said !== undefined && said !== receipt)
      problems.push(`${id}: receipt ${receipt}, and ${said} was said`);
    if (receiptAtKiosk(id) !== receipt)
      problems.push(`${id}: the kiosk has receipt ${receiptAtKiosk(id) ?? "none"}, the portal ${receipt}`);
  }
  return problems;
};
