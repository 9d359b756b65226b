// How does the simulated board's `libcamera-vid` stream pictures on its command line?
//
// A program of its own, as libcamera-still.ts; MJPEG to stdout is what the kiosk uses.
import { setTimeout as sleep } from "node:timers/promises";
import { ask, fail, parseWords, pictureQuestion, printCameras } from "./camera-words.js";

const write = (bytes: Uint8Array): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(bytes, () => resolve());
  });

const stream = async (socketPath: string, values: ReadonlyMap<string, string>): Promise<void> => {
  if (values.get("codec") !== "mjpeg") fail("only the codec mjpeg is simulated");
  if (values.get("output") !== "-") fail("only stdout is simulated");
  const everyMs = 1_000 / Math.max(1, Number(values.get("framerate") ?? 30));
  const endsAtMs = performance.now() + (Number(values.get("timeout") ?? 5_000) || Number.POSITIVE_INFINITY);
  const question = { ...pictureQuestion(values), video: true };
  for (let dueMs = performance.now(); performance.now() < endsAtMs; ) {
    const { head, body } = await ask(socketPath, question);
    const { error, crash } = head;
    if (typeof error === "string") fail(error);
    await write(body);
    if (crash === true) process.kill(process.pid, "SIGSEGV");
    dueMs = Math.max(dueMs + everyMs, performance.now());
    await sleep(dueMs - performance.now());
  }
};

// The runtime went away: as with SIGPIPE, which Node ignores.
process.stdout.on("error", () => process.exit(1));
const [socketPath = "", ...words] = process.argv.slice(2);
const values = parseWords(words);
if (values.has("version")) process.stdout.write("libcamera-vid of the simulated board\n");
else if (values.has("list-cameras")) await printCameras(socketPath);
else await stream(socketPath, values);
