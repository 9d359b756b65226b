// How is a kiosk set up from a file of answers, with nobody there?
//
// TOML or JSON; a key is what the question is called (`motcua setup --help` lists them). A secret is never in the file:
// its key with "File" after it names a file of mode 0600. An answer that nobody asked for is an error before anything is
// done, one that is missing or wrong stops the set-up there, and what was done stays done.
import { readFileSync, statSync } from "node:fs";
import { parse } from "smol-toml";
import type { SetupWords } from "../console/setup-words.js";
import {
  type Asked,
  BadAnswer,
  type Choice,
  type Codes,
  type Heading,
  type Question,
  type Talk,
} from "./talk.js";

/** What may be answered; those of secrets have "File" at the end. */
export const ANSWERS = [
  "language",
  "kiosk.id",
  "kiosk.commune",
  "kiosk.placeVi",
  "kiosk.placeEn",
  "kiosk.authorityPhone",
  "board.name",
  "board.printer",
  "board.printerPort",
  "board.chipReader",
  "board.chipReaderPort",
  "board.codeReader",
  "board.codeReaderPort",
  "network.kind",
  "network.ssid",
  "network.wifiSecretFile",
  "network.apn",
  "network.apnUser",
  "network.apnSecretFile",
  "network.simPinFile",
  "link.url",
  "certificate.present",
  "certificate.send",
  "certificate.requestFile",
  "certificate.receive",
  "certificate.answerFile",
  "certificate.fingerprint",
  "pin.unlockFile",
  "pin.present",
  "pin.name",
  "pin.oldFile",
  "pin.newFile",
  "print.try",
  "print.seen",
  "write.confirm",
] as const;

const SECRET = "File";
const OTHERS = 0o077;

export type Answers = ReadonlyMap<string, string>;

const flat = (tree: unknown, path: readonly string[] = []): readonly (readonly [string, string])[] => {
  if (typeof tree === "object" && tree !== null && !Array.isArray(tree))
    return Object.entries(tree).flatMap(([key, value]) => flat(value, [...path, key]));
  return [[path.join("."), typeof tree === "object" ? JSON.stringify(tree) : String(tree)]];
};

/** Throws `BadAnswer`, or an `Error` that names the file and what is wrong in it. */
export const readAnswers = (file: string): Answers => {
  let tree: unknown;
  try {
    const text = readFileSync(file, "utf8");
    tree = text.trimStart().startsWith("{") ? JSON.parse(text) : parse(text);
  } catch (thrown) {
    const [why = ""] = (thrown instanceof Error ? thrown.message : String(thrown)).split("\n");
    throw new BadAnswer(file, null, `it can not be read: ${why}`);
  }
  const found = flat(tree);
  for (const [key, value] of found)
    if (!ANSWERS.some((known) => known === key))
      throw new BadAnswer(key, value, "no question has this name; motcua setup --help lists them");
  return new Map(found);
};

const secretIn = (key: string, path: string): string => {
  try {
    if ((statSync(path).mode & OTHERS) !== 0) throw new Error("others can read it: chmod 600");
    return readFileSync(path, "utf8").replace(/\r?\n$/, "");
  } catch (thrown) {
    throw new BadAnswer(key, path, thrown instanceof Error ? thrown.message : String(thrown));
  }
};

export class AnswersTalk implements Talk {
  readonly isPatient = false;
  readonly #answers: Answers;
  readonly #say: (line: string) => void;

  /** `say` gets what a person would see. */
  constructor(answers: Answers, say: (line: string) => void) {
    this.#answers = answers;
    this.#say = say;
  }

  speak(_words: SetupWords): void {}

  heading({ place, title }: Heading): void {
    this.#say(`== ${place} ${title}`);
  }

  notice(line: string): void {
    this.#say(line);
  }

  async choose<V extends string>({ key, label, options, otherwise }: Choice<V>): Promise<V> {
    const right = `one of ${options.map(({ value }) => value).join(", ")}`;
    const answer = this.#answers.get(key) ?? otherwise;
    if (answer === undefined) throw new BadAnswer(key, null, `${label} ${right}`);
    const chosen = options.find(({ value }) => value === answer);
    if (chosen === undefined) throw new BadAnswer(key, answer, right);
    this.#say(`${key} = ${answer}`);
    return chosen.value;
  }

  async ask({ key, label, initial, secret = false, wrong }: Question): Promise<string> {
    const name = secret ? `${key}${SECRET}` : key;
    const given = this.#answers.get(name);
    const text =
      given === undefined ? initial : secret ? secretIn(name, given) : given.normalize("NFC").trim();
    const problem = wrong(text);
    if (problem !== null)
      throw new BadAnswer(name, given ?? null, given === undefined ? `${label}: ${problem}` : problem);
    this.#say(secret ? `${key} = *` : `${key} = ${text}`);
    return text;
  }

  async tell(title: string, lines: readonly string[]): Promise<void> {
    for (const line of [title, ...lines]) this.#say(`   ${line}`);
  }

  during<R>(
    what: string,
    work: (cancel: AbortSignal, say: (line: string) => void) => Promise<R>,
  ): Promise<R> {
    this.#say(`   ${what}`);
    return work(new AbortController().signal, (line) => this.#say(`   ${line}`));
  }

  async showCodes({ texts }: Codes): Promise<void> {
    for (const text of texts) this.#say(text);
  }

  async collect({ key }: Asked): Promise<void> {
    throw new BadAnswer(key, null, 'lines can not come from a file of answers: certificate.receive = "file"');
  }

  close(): void {}
}
