// How do the simulated board's camera commands read their command line and ask the camera wire?
//
// They start for every picture, so they import nothing but Node.
import { connect } from "node:net";

/** Options of libcamera-apps that take a value; their short forms as in `libcamera-still --help`. */
const VALUED = [
  ..."camera width height output timeout quality encoding rotation metadata shutter gain awbgains".split(" "),
  ..."framerate codec".split(" "),
];
const FLAGS = ["nopreview", "immediate", "list-cameras", "version", "hflip", "vflip", "flush"];
const SHORT: Readonly<Record<string, string>> = {
  o: "output",
  n: "nopreview",
  t: "timeout",
  q: "quality",
  e: "encoding",
};

export const fail = (message: string): never => {
  process.stderr.write(`ERROR: *** ${message} ***\n`);
  process.exit(255);
};

export const parseWords = (words: readonly string[]): ReadonlyMap<string, string> => {
  const values = new Map<string, string>();
  for (let at = 0; at < words.length; at++) {
    const [, dashes = "", spelled = "", , inline] = /^(--?)([A-Za-z-]+)(=(.*))?$/.exec(words[at] ?? "") ?? [];
    const name = dashes === "-" ? (SHORT[spelled] ?? "") : spelled;
    if (FLAGS.includes(name)) values.set(name, "");
    else if (VALUED.includes(name)) values.set(name, inline ?? words[++at] ?? fail(`${name} needs a value`));
    else fail(`unrecognised option '${words[at]}'`);
  }
  return values;
};

export interface Answer {
  readonly head: Record<string, unknown>;
  readonly body: Buffer;
}

/** Sends one question, gives the head line and what follows it. */
export const ask = (socketPath: string, question: object): Promise<Answer> =>
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

/** `libcamera-still --list-cameras`, laid out as libcamera-apps does. */
export const printCameras = async (socketPath: string): Promise<void> => {
  const { head } = await ask(socketPath, { list: true });
  const { cameras: found } = head;
  const cameras = Array.isArray(found) ? (found as { number: number; model: string; id: string }[]) : [];
  if (cameras.length === 0) {
    process.stdout.write("No cameras available!\n");
    return;
  }
  const rows = cameras.map(
    ({ number, model, id }) =>
      `${number} : ${model} [4056x3040 12-bit RGGB] (${id})\n` +
      "    Modes: 'SRGGB10_CSI2P' : 1332x990 [120.05 fps - (696, 528)/2664x1980 crop]\n" +
      "           'SRGGB12_CSI2P' : 4056x3040 [10.00 fps - (0, 0)/4056x3040 crop]\n",
  );
  process.stdout.write(`Available cameras\n-----------------\n${rows.join("")}`);
};

/** A picture's question, as the words give it. */
export const pictureQuestion = (values: ReadonlyMap<string, string>): Record<string, unknown> => {
  const number = (name: string, otherwise: number) => Number(values.get(name) ?? otherwise);
  return {
    camera: number("camera", 0),
    width: number("width", 4056),
    height: number("height", 3040),
    ...(values.has("shutter") ? { shutter: number("shutter", 0) } : {}),
    ...(values.has("gain") ? { gain: number("gain", 1) } : {}),
    ...(values.has("awbgains") ? { awbgains: values.get("awbgains")?.split(",").map(Number) } : {}),
  };
};
