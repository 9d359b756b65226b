// How does the simulated board's `libcamera-still` behave on its command line?
//
// A program of its own, started by a script of that name in the board's folder; the first argument is the
// camera wire.
import { writeFileSync } from "node:fs";
import { ask, fail, parseWords, pictureQuestion, printCameras } from "./camera-words.js";

const still = async (socketPath: string, values: ReadonlyMap<string, string>): Promise<void> => {
  const output = values.get("output") ?? fail("no output file");
  const { head, body } = await ask(socketPath, pictureQuestion(values));
  const { error, metadata } = head;
  if (typeof error === "string") fail(error);
  writeFileSync(output === "-" ? 1 : output, body);
  const told = values.get("metadata");
  if (told !== undefined) writeFileSync(told, JSON.stringify(metadata, null, 4));
};

const [socketPath = "", ...words] = process.argv.slice(2);
const values = parseWords(words);
if (values.has("version")) process.stdout.write("libcamera-still of the simulated board\n");
else if (values.has("list-cameras")) await printCameras(socketPath);
else await still(socketPath, values);
