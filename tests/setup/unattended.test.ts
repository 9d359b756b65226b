// Can a kiosk be set up line by line or with nobody there, and does every wrong answer say what would be right?
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadConfig } from "../../src/config.js";
import { withFolder } from "../store/fixtures.js";

const BIN = fileURLToPath(new URL("../../../src/motcua.mjs", import.meta.url));
const PIN = "482915";

interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const setUp = (
  dir: string,
  args: readonly string[],
  input = "",
  env: NodeJS.ProcessEnv = {},
): Promise<Said> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [BIN, "setup", "--state", join(dir, "var"), ...args], {
      env: {
        ...process.env,
        MOTCUA_SETUP: "done",
        PATH: "/nonexistent",
        MOTCUA_MACHINE_ROOT: join(dir, "machine"),
        ...env,
      },
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on("close", (code) => {
      assert.not.match(stdout + stderr, PIN);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: none may come
      assert.not.match(stdout + stderr, /\x1b/);
      resolve({ code, stdout, stderr });
    });
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });

const ANSWERS = `language = "vi"
[kiosk]
id = "BP07"
commune = "Binh Phu"
placeEn = "Binh Phu house"
[board]
name = "simulated"
[network]
kind = "leave"
[link]
url = ""
[certificate]
send = "codes"
receive = "later"
[pin]
name = "NVA"
newFile = "PINFILE"
[print]
try = "later"
`;

const answersIn = (dir: string, change: (toml: string) => string = (toml) => toml): string => {
  const pin = join(dir, "pin");
  writeFileSync(pin, `${PIN}\n`, { mode: 0o600 });
  const file = join(dir, "answers.toml");
  writeFileSync(file, change(ANSWERS.replace("PINFILE", pin)));
  return file;
};

const importCommunes = (dir: string): void => {
  mkdirSync(join(dir, "var", "places"), { recursive: true });
  const communes = [
    { province: "48", code: "20707", name: "Xã Bình Phú" },
    { province: "01", code: "00004", name: "Phường Ba Đình" },
  ];
  writeFileSync(join(dir, "var", "places", "communes.json"), JSON.stringify({ communes }));
};

test("a file of answers sets a kiosk up as far as it goes, and the report says what is still open", () =>
  withFolder(async (dir) => {
    importCommunes(dir);
    const { code, stdout } = await setUp(dir, ["--answers", answersIn(dir), "--json"]);
    const report = JSON.parse(stdout) as {
      ok: boolean;
      steps: Record<string, { state: string }>;
      problem: unknown;
    };
    assert.equal([code, report.ok, report.problem], [1, false, null]);
    const states = Object.entries(report.steps).map(([name, { state }]) => `${name} ${state}`);
    assert.equal(states.slice(0, 6), [
      "place done",
      "board done",
      "network done",
      "portal later",
      "certificate later",
      "pin done",
    ]);
    assert.is(loadConfig(join(dir, "var", "kiosk.toml")).kiosk.placeVi, "Xã Bình Phú, Đà Nẵng");
    assert.match(readFileSync(join(dir, "var", "console", "pin.json"), "utf8"), /\$argon2id\$/);
    // From now on the PIN is needed, and a wrong one is refused before anything changes.
    writeFileSync(join(dir, "wrong"), "999999", { mode: 0o600 });
    const refused = await setUp(dir, ["--answers", answersIn(dir), "--json"], "", {
      MOTCUA_PIN_FILE: join(dir, "wrong"),
    });
    assert.is(refused.code, 3);
    assert.is((JSON.parse(refused.stdout) as { problem: { code: string } }).problem.code, "wrongPin");
  }));

test("a wrong, a missing and an unknown answer are named with what would be right: 2", () =>
  withFolder(async (dir) => {
    importCommunes(dir);
    for (const [change, says] of [
      [(toml: string) => toml.replace("BP07", "bp 07"), /kiosk\.id = "bp 07": 2 đến 12 chữ hoa/],
      [(toml: string) => toml.replace('Binh Phu"', 'Atlantis"'), /kiosk\.commune = "Atlantis"/],
      [
        (toml: string) => toml.replace("simulated", "toaster"),
        /board\.name = "toaster": one of .*raspberry-pi-4/,
      ],
      [(toml: string) => toml.replace('kind = "leave"', ""), /network\.kind is missing/],
      [
        (toml: string) => toml.replace("[print]", "[print]\ncolour = true"),
        /print\.colour = "true": no question/,
      ],
      [(toml: string) => `${toml}[`, /can not be read/],
    ] as const) {
      const { code, stderr } = await setUp(dir, ["--answers", answersIn(dir, change)]);
      assert.is(code, 2, stderr);
      assert.match(stderr, says);
      assert.is(existsSync(join(dir, "var", "kiosk.toml")), false);
    }
    for (const args of [["--json"], ["--answers", "/nonexistent"], [], ["--step", "tea"]])
      assert.is((await setUp(dir, args)).code, 2, args.join(" "));
  }));

test("line by line: numbers, what stands in brackets, and back to the list; what was answered is there the next time", () =>
  withFolder(async (dir) => {
    const first = await setUp(dir, ["--plain"], "2\nx\nBP07\n\nMarket\nback\nquit\n");
    assert.is(first.code, 1);
    for (const line of [
      "1. Tiếng Việt",
      "== 1/9 Kiosk and place ==",
      "! 2 to 12 capital letters and digits, e.g. VH01",
      "1. [ ] Kiosk and place: not done",
    ])
      assert.ok(first.stdout.includes(line), `${line}\n${first.stdout}`);
    const again = await setUp(dir, ["--plain"], "");
    assert.match(again.stdout, /Kiosk id \[BP07\]: /);
    assert.not.match(again.stdout, /Tiếng Việt/);
    assert.is(again.code, 1);
  }));

test.run();
