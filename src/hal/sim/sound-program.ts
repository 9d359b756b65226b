// How do the simulated board's `espeak-ng` and `aplay` behave on their command lines?
//
// A program of its own, as libcamera-still.ts; the first argument is the sound wire, the second which of the two it is.
// What is played lasts as long as its samples do, and who kills the command cuts it.
import { connect } from "node:net";
import { readWav, wavOf } from "../speaker/wav.js";

const fail = (words: string): never => {
  process.stderr.write(`${words}\n`);
  process.exit(1);
};

const stdin = async (): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const ask = (socketPath: string, question: object): Promise<Record<string, unknown>> =>
  new Promise((resolve) => {
    const socket = connect(socketPath);
    let heard = "";
    socket.on("connect", () => socket.write(`${JSON.stringify(question)}\n`));
    socket.on("error", () => fail("error: no sound device"));
    socket.on("close", () => fail("error: the sound device is gone"));
    socket.on("data", (chunk) => {
      heard += chunk.toString("utf8");
      if (!heard.includes("\n")) return;
      socket.removeAllListeners("close");
      socket.destroy();
      resolve(JSON.parse(heard) as Record<string, unknown>);
    });
  });

const speak = async (socketPath: string, words: readonly string[]): Promise<void> => {
  const language = words[words.indexOf("-v") + 1] === "vi" ? "vi" : "en";
  const answer = await ask(socketPath, { text: (await stdin()).toString("utf8"), language });
  const { samples, rateHz } = answer;
  if (typeof samples !== "number" || typeof rateHz !== "number") return fail("error: no voice");
  process.stdout.write(wavOf(Buffer.alloc(2 * samples), rateHz));
};

const play = async (socketPath: string): Promise<void> => {
  const sound = readWav(await stdin());
  if (sound === null) return fail("aplay: playback:2756: unknown file format error");
  const question = { samples: sound.samples.length / 2, rateHz: sound.sampleRateHz };
  const { complaint } = await ask(socketPath, question);
  if (typeof complaint === "string") fail(complaint);
};

const [socketPath = "", program, ...words] = process.argv.slice(2);
if (program === "aplay") await play(socketPath);
else await speak(socketPath, words);
