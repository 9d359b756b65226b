// How does a test sit at a terminal in front of the console? (A real PTY by socat, at the speed of its line.)
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { VtScreen } from "./vt-screen.js";

const BIN = fileURLToPath(new URL("../../../src/motcua.mjs", import.meta.url));
/** Ten bits a byte: start, eight, stop. */
const BITS = 10;
const TICK_MS = 50;
/** A machine that is ten times slower still makes it. */
export const PATIENCE_MS = 60_000;

export interface ConsoleWish {
  readonly args: readonly string[];
  readonly columns?: number;
  readonly rows?: number;
  /** Bits a second; without it as fast as it comes. */
  readonly baud?: number;
}

export interface ConsoleSeat {
  readonly screen: VtScreen;
  /** All that was ever sent, as text. */
  readonly sent: () => string;
  readonly bytes: () => number;
  type(keys: string): void;
  resize(columns: number, rows: number): void;
  /** Resolves when the screen shows it. */
  until(shows: RegExp | ((screen: VtScreen) => boolean)): Promise<VtScreen>;
  signal(name: "TERM" | "HUP" | "KILL"): void;
  /** The line is gone, as when a modem drops or a cable is pulled. */
  hangUp(): Promise<void>;
  /** Exit code of the command; and whether the line discipline is as it was before. */
  ended(): Promise<{ readonly code: number; readonly lineAsBefore: boolean }>;
  close(): Promise<void>;
}

/** TIOCSWINSZ with rows and columns in one call, as a terminal does it; stty makes two, and a third size in between. */
const SET_SIZE =
  'open(my $t, "+<", $ARGV[0]) or die; ioctl($t, 0x5414, pack("S4", $ARGV[1], $ARGV[2], 0, 0)) or die;';

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const environment = (): NodeJS.ProcessEnv => {
  const {
    CI: _ci,
    FORCE_COLOR: _colour,
    NO_COLOR: _none,
    COLUMNS: _columns,
    LINES: _lines,
    ...rest
  } = process.env;
  return { ...rest, TERM: "vt220", MOTCUA_SETUP: "done", LC_ALL: "C.UTF-8" };
};

/** Runs `motcua ARGS…` on a PTY of its own, as a login shell would. */
export const sitDown = ({ args, columns = 80, rows = 24, baud }: ConsoleWish): ConsoleSeat => {
  const folder = mkdtempSync(join(tmpdir(), "motcua-seat-"));
  const path = (name: string): string => join(folder, name);
  const command = [process.execPath, BIN, ...args].map(quoted).join(" ");
  writeFileSync(
    path("login.sh"),
    `trap : HUP TERM
stty rows ${rows} cols ${columns}
stty -a > ${path("before")}
tty > ${path("tty")}
sh -c 'echo $$ > ${path("pid")}; exec "$@"' sh ${command}
echo $? > ${path("code.new")}
stty -a > ${path("after")}
mv ${path("code.new")} ${path("code")}
cat
`,
  );
  const socat = spawn("socat", ["STDIO", `EXEC:sh ${path("login.sh")},pty,setsid,ctty,stderr`], {
    env: environment(),
    stdio: ["pipe", "pipe", "inherit"],
  });
  const gone = new Promise<void>((resolve) => socat.once("exit", () => resolve()));
  // A serial line knows no size and says 0 × 0: then it is a VT220's.
  const screen = new VtScreen(columns === 0 ? 80 : columns, rows === 0 ? 24 : rows);
  const decoder = new TextDecoder();
  let sent = "";
  let bytes = 0;
  let broken: unknown = null;
  const receive = (chunk: Buffer): void => {
    bytes += chunk.length;
    const text = decoder.decode(chunk, { stream: true });
    sent += text;
    try {
      screen.feed(text);
    } catch (thrown) {
      broken ??= thrown;
    }
  };
  const perTick = baud === undefined ? undefined : Math.floor((baud / BITS / 1_000) * TICK_MS);
  const line = setInterval(() => {
    if (perTick === undefined) {
      const all = socat.stdout.read() as Buffer | null;
      if (all !== null) receive(all);
      return;
    }
    const some = (socat.stdout.read(perTick) ?? null) as Buffer | null;
    const rest = some ?? (socat.stdout.readableLength > 0 ? (socat.stdout.read() as Buffer | null) : null);
    if (rest !== null) receive(rest);
  }, TICK_MS);
  socat.stdout.on("readable", () => {});
  const waitFor = async <T>(look: () => T | undefined | false, what: () => string): Promise<T> => {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      if (broken !== null) throw broken;
      const found = look();
      if (found !== undefined && found !== false) return found;
      if (performance.now() > end) throw new Error(`never came: ${what()}`);
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
  };
  return {
    screen,
    sent: () => sent,
    bytes: () => bytes,
    type: (keys) => void socat.stdin.write(keys),
    resize: (wide, high) => {
      screen.resize(wide, high);
      const tty = readFileSync(path("tty"), "utf8").trim();
      execFileSync("perl", ["-e", SET_SIZE, tty, String(high), String(wide)]);
    },
    until: (shows) =>
      waitFor(
        () => (shows instanceof RegExp ? shows.test(screen.text) : shows(screen)) && screen,
        () => `${String(shows)} on\n${screen.text}\n${screen.outside}`,
      ),
    signal: (name) => {
      process.kill(Number(readFileSync(path("pid"), "utf8")), `SIG${name}`);
    },
    hangUp: async () => {
      socat.kill("SIGTERM");
      await gone;
    },
    ended: async () => {
      const code = await waitFor(
        () => existsSync(path("code")) && { code: Number(readFileSync(path("code"), "utf8")) },
        () => `the end of the command; it shows\n${screen.text}`,
      );
      const [before, after] = [path("before"), path("after")].map((file) => readFileSync(file, "utf8"));
      return { ...code, lineAsBefore: before === after };
    },
    close: async () => {
      clearInterval(line);
      socat.kill("SIGTERM");
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
