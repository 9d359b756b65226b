// Where does a PIN come from that must stand on no command line?
//
// A file named by MOTCUA_PIN_FILE, a prompt without echo, or the lines of standard input. Never an argument or a
// variable's value: both can be read by others on the machine.
import { readFileSync, statSync } from "node:fs";
import { createInterface } from "node:readline";
import { type Key, Keyboard } from "./keyboard.js";

export const PIN_FILE_VARIABLE = "MOTCUA_PIN_FILE";

/** Null: none is named. Throws when it can be read by others. */
export const pinFromFile = (env: NodeJS.ProcessEnv): string | null => {
  const path = env[PIN_FILE_VARIABLE];
  if (path === undefined || path === "") return null;
  if ((statSync(path).mode & 0o077) !== 0) throw new Error(`${path} can be read by others: chmod 600`);
  return readFileSync(path, "utf8").trim();
};

/** Asks on the terminal; null when the technician gave up (Escape, Ctrl-C). */
const ask = (
  stdin: NodeJS.ReadStream,
  out: NodeJS.WritableStream,
  question: string,
): Promise<string | null> =>
  new Promise((resolve) => {
    let typed = "";
    const finish = (answer: string | null): void => {
      keyboard.close();
      stdin.off("data", feed);
      stdin.setRawMode(false);
      stdin.pause();
      out.write("\n");
      resolve(answer);
    };
    const keyboard = new Keyboard((key: Key) => {
      if (key === "enter") finish(typed);
      else if (key === "escape" || key === "interrupt") finish(null);
      else if (key === "backspace") typed = typed.slice(0, -1);
      else if (typeof key !== "string") typed += key.char;
    });
    const feed = (text: string): void => keyboard.feed(text);
    out.write(`${question}: `);
    stdin.setEncoding("utf8");
    stdin.setRawMode(true);
    stdin.on("data", feed);
    stdin.resume();
  });

/** One answer for each question, in their order; null when the technician gave up or the input ended. */
export const askSecrets = async (
  questions: readonly string[],
  stdin: NodeJS.ReadStream,
  out: NodeJS.WritableStream,
): Promise<readonly string[] | null> => {
  const answers: string[] = [];
  if (stdin.isTTY === true) {
    for (const question of questions) {
      const answer = await ask(stdin, out, question);
      if (answer === null) return null;
      answers.push(answer);
    }
    return answers;
  }
  for await (const line of createInterface({ input: stdin })) {
    answers.push(line.trim());
    if (answers.length === questions.length) break;
  }
  return answers.length === questions.length ? answers : null;
};
