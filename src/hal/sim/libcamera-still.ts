// How does the simulated board's `libcamera-still` behave on its command line?
//
// A program of its own, started by a script of that name in the board's folder; the first argument is the
// camera wire. It starts for every picture, so it imports nothing but Node.
import { writeFileSync } from "node:fs";
import { connect } from "node:net";

interface Options {
  readonly values: ReadonlyMap<string, string>;
}

/** Options of libcamera-apps that take a value; their short forms as in `libcamera-still --help`. */
const VALUED = ["camera", "width", "height", "output", "timeout", "quality", "encoding", "rotation"];
const FLAGS = ["nopreview", "immediate", "list-cameras", "version", "hflip", "vflip"];
const SHORT: Readonly<Record<string, string>> = {
  o: "output",
  n: "nopreview",
  t: "timeout",
  q: "quality",
  e: "encoding",
};

const fail = (message: string): never => {
  process.stderr.write(`ERROR: *** ${message} ***\n`);
  process.exit(255);
};

const parse = (words: readonly string[]): Options => {
  const values = new Map<string, string>();
  for (let at = 0; at < words.length; at++) {
    const [, dashes = "", spelled = "", , inline] = /^(--?)([A-Za-z-]+)(=(.*))?$/.exec(words[at] ?? "") ?? [];
    const name = dashes === "-" ? (SHORT[spelled] ?? "") : spelled;
    if (FLAGS.includes(name)) values.set(name, "");
    else if (VALUED.includes(name)) values.set(name, inline ?? words[++at] ?? fail(`${name} needs a value`));
    else fail(`unrecognised option '${words[at]}'`);
  }
  return { values };
};

/** Sends one question, gives the head line and what follows it. */
const ask = (
  socketPath: string,
  question: object,
): Promise<{ head: Record<string, unknown>; body: Buffer }> =>
  new Promise((resolve) => {
    const socket = connect(socketPath, () => socket.write(`${JSON.stringify(question)}\n`));
    const chunks: Buffer[] = [];
    let head: Record<string, unknown> | null = null;
    let missing = Number.POSITIVE_INFINITY;
    socket.on("error", () => fail("no cameras available"));
    socket.on("close", () => fail("the camera went away"));
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      missing -= chunk.length;
      if (head === null) {
        const all = Buffer.concat(chunks.splice(0));
        const end = all.indexOf(0x0a);
        if (end < 0) return void chunks.push(all);
        head = JSON.parse(all.toString("utf8", 0, end)) as Record<string, unknown>;
        chunks.push(all.subarray(end + 1));
        const { bytes } = head;
        missing = (typeof bytes === "number" ? bytes : 0) - (all.length - end - 1);
      }
      if (missing > 0) return;
      socket.removeAllListeners("close");
      socket.destroy();
      resolve({ head, body: Buffer.concat(chunks) });
    });
  });

const list = async (socketPath: string): Promise<void> => {
  const { head } = await ask(socketPath, { list: true });
  const { cameras: found } = head;
  const cameras = Array.isArray(found) ? (found as { number: number; name: string }[]) : [];
  if (cameras.length === 0) {
    process.stdout.write("No cameras available!\n");
    return;
  }
  const rows = cameras.map(
    ({ number, name }) => `${number} : simulated [4056x3040 12-bit] (/simulated/${name})`,
  );
  process.stdout.write(`Available cameras\n-----------------\n${rows.join("\n")}\n`);
};

const still = async (socketPath: string, { values }: Options): Promise<void> => {
  const output = values.get("output") ?? fail("no output file");
  const number = (name: string, otherwise: number) => Number(values.get(name) ?? otherwise);
  const question = {
    camera: number("camera", 0),
    width: number("width", 4056),
    height: number("height", 3040),
  };
  const { head, body } = await ask(socketPath, question);
  const { error } = head;
  if (typeof error === "string") fail(error);
  writeFileSync(output === "-" ? 1 : output, body);
};

const [socketPath = "", ...words] = process.argv.slice(2);
const options = parse(words);
if (options.values.has("version")) process.stdout.write("libcamera-still of the simulated board\n");
else if (options.values.has("list-cameras")) await list(socketPath);
else await still(socketPath, options);
