// How does the simulated board's `scanimage` behave on its command line?
//
// A program of its own, as libcamera-still.ts; words, messages and exit codes are those of sane-utils 1.1.1.
import { renameSync, writeFileSync } from "node:fs";
import { connect } from "node:net";

/** SANE's status values and words (SANE standard, 4.2.7 and 4.3.9). */
const STATUS: Readonly<Record<string, readonly [code: number, words: string]>> = {
  busy: [3, "Device busy"],
  invalid: [4, "Invalid argument"],
  jammed: [6, "Document feeder jammed"],
  noDocs: [7, "Document feeder out of documents"],
  coverOpen: [8, "Scanner cover is open"],
  gone: [9, "Error during device I/O"],
};

const OPTIONS = `
All options specific to device \`simulated:feeder':
  Scan Mode:
    --source ADF Front|ADF Duplex [ADF Front]
        Selects the scan source (such as a document-feeder).
    --mode Gray|Color [Gray]
        Selects the scan mode (e.g., lineart, monochrome, or color).
    --resolution 50..600dpi (in steps of 1) [300]
        Sets the resolution of the scanned image.
  Geometry:
    -x 0..215.872mm (in steps of 0.0211639) [210]
        Width of scan-area.
    -y 0..355.6mm (in steps of 0.0211639) [297]
        Height of scan-area.
  Advanced:
    --df-action Default|Continue|Stop [Default]
        Action following double feed error
    --eject
        Eject the sheet in the ADF
  Sensors:
`;

const say = (text: string) => process.stderr.write(text);
const end = (code: number, text = ""): never => {
  if (text !== "") say(`scanimage: ${text}\n`);
  process.exit(code);
};

interface Answer {
  readonly head: Record<string, unknown>;
  readonly body: Buffer;
}

const ask = (socketPath: string, question: object): Promise<Answer> =>
  new Promise((resolve) => {
    const socket = connect(socketPath, () => socket.write(`${JSON.stringify(question)}\n`));
    let all = Buffer.alloc(0);
    const gone = () => resolve({ head: { status: "gone" }, body: Buffer.alloc(0) });
    socket.on("error", gone);
    socket.on("close", gone);
    socket.on("data", (chunk: Buffer) => {
      all = Buffer.concat([all, chunk]);
      const newline = all.indexOf(0x0a);
      if (newline < 0) return;
      const head = JSON.parse(all.toString("utf8", 0, newline)) as Record<string, unknown>;
      const { bytes = 0 } = head;
      if (all.length - newline - 1 < Number(bytes)) return;
      resolve({ head, body: all.subarray(newline + 1) });
      socket.destroy();
    });
  });

interface Words {
  readonly values: ReadonlyMap<string, string>;
  readonly device: string;
}

const KNOWN =
  "device-name format batch batch-count source mode resolution df-action formatted-device-list x y".split(
    " ",
  );
const FLAGS = "batch-print progress dont-scan eject all-options list-devices".split(" ");

const parse = (words: readonly string[]): Words => {
  const values = new Map<string, string>();
  for (let at = 0; at < words.length; at++) {
    const [, name = "", , inline] = /^--?([a-z-]+)(=([\s\S]*))?$/.exec(words[at] ?? "") ?? [];
    if (FLAGS.includes(name)) values.set(name, "");
    else if (KNOWN.includes(name)) values.set(name, inline ?? words[++at] ?? "");
    else end(1, `unrecognized option '${words[at]}'`);
  }
  return { values, device: values.get("device-name") ?? "" };
};

const list = async (socketPath: string, format: string): Promise<void> => {
  const { head } = await ask(socketPath, { list: true });
  const { scanners } = head;
  for (const name of Array.isArray(scanners) ? (scanners as string[]) : [])
    process.stdout.write(
      format.replace(/%[dvmtin]/g, (field) =>
        field === "%n"
          ? "\n"
          : ({ "%d": name, "%v": "Simulated", "%m": "Sheet feeder", "%t": "sheetfed scanner" }[field] ?? "0"),
      ),
    );
};

const printOptions = async (socketPath: string): Promise<void> => {
  const { head } = await ask(socketPath, { options: true });
  const { sensors = {} } = head;
  const rows = Object.entries(sensors as Record<string, boolean>).map(
    ([name, on]) => `    --${name}[=(yes|no)] [${on ? "yes" : "no"}] [hardware]\n        ${name}\n`,
  );
  process.stdout.write(OPTIONS + rows.join(""));
};

const scan = async (socketPath: string, { values }: Words): Promise<void> => {
  const path = (page: number) => (values.get("batch") ?? "out%d.png").replace("%d", String(page));
  const most = Number(values.get("batch-count") ?? Number.POSITIVE_INFINITY);
  const dpi = Number(values.get("resolution") ?? 300);
  let sheets = 0;
  const stop = (code: number, words: string): never => {
    if (words !== "") say(`scanimage: sane_start: ${words}\n`);
    say(`Batch terminated, ${sheets} pages scanned\n`);
    process.exit(code);
  };
  while (sheets < most) {
    const page = sheets + 1;
    say(`Scanning page ${page}\n`);
    const { head, body } = await ask(socketPath, { feed: true, dpi });
    const status = String(head["status"] ?? "");
    if (status === "crash") process.kill(process.pid, "SIGABRT");
    const [code, words] = STATUS[status] ?? [0, ""];
    // scanimage ends a batch of at least one page with success when the feeder is empty.
    if (code !== 0) stop(status === "noDocs" && sheets > 0 ? 0 : code, words);
    say("Progress: 50.0%\rProgress: 100.0%\r");
    writeFileSync(`${path(page)}.part`, body);
    renameSync(`${path(page)}.part`, path(page));
    say(`Scanned page ${page}. (scanner status = 5)\n`);
    process.stdout.write(`${path(page)}\n`);
    sheets = page;
  }
  await ask(socketPath, { cancel: true });
  stop(0, "");
};

const [socketPath = "", ...rest] = process.argv.slice(2);
const words = parse(rest);
let signals = 0;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGPIPE"] as const)
  process.on(signal, () => {
    signals += 1;
    if (signals > 1) process.exit(0);
    say(`scanimage: received signal 2\nscanimage: trying to stop scanner\n`);
    // sane_cancel: the sheet in the path is pushed out.
    void ask(socketPath, { cancel: true }).then(() => end(2, "sane_read: Operation was canceled"));
  });
const format = words.values.get("formatted-device-list");
if (format !== undefined) {
  await list(socketPath, format);
} else {
  const { head } = await ask(socketPath, { list: true });
  const { scanners } = head;
  if (!Array.isArray(scanners) || !scanners.includes(words.device))
    end(1, `open of device ${words.device} failed: Invalid argument`);
  if (words.values.has("all-options")) await printOptions(socketPath);
  else if (words.values.has("eject")) {
    const { head: done } = await ask(socketPath, { eject: true });
    const [code, why] = STATUS[String(done["status"])] ?? [0, ""];
    end(code, code === 0 ? "" : `setting of option --eject failed (${why})`);
  } else if (!words.values.has("dont-scan")) await scan(socketPath, words);
}
