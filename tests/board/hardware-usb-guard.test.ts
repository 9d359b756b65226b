// Which USB devices does USBGuard itself let in by the rules of board/usb, and who may open the gate for a stick?
//
// The real daemon decides on devices of a made-up sysfs with real descriptors, in a mount namespace of this test's own, and
// writes `authorized` and `remove` as it would for the kernel.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { parse } from "smol-toml";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { actOf } from "../../src/console/plain-command.js";
import { silentLog } from "../../src/core/log.js";
import { PinGate, type Refusal } from "../../src/ops/pin.js";
import { Technician } from "../../src/ops/technician.js";
import { UsbGate, usbguard } from "../../src/ops/usb-gate.js";
import { packageRoot } from "../../src/package-root.js";
import { openStore } from "../../src/store/sqlite-store.js";
import { SimulatedClock } from "../flows/simulated-clock.js";
import { testClock } from "../store/fixtures.js";
import { MadeUpSys, type UsbId, type UsbInterface } from "./made-up-sys.js";

const MARK = "MOTCUA_PRIVATE_USB";
const PIN = "482915";
const ROOM = join(packageRoot(), "board", "usb");
const LIMIT_MS = 240_000;
const READY_MS = 60_000;
/** The daemon is spoken to by abstract sockets, which belong to the network: another daemon must not answer. */
const ALONE = ["-n", "-m", "--propagation", "private"] as const;

const runs = (command: string, ...words: string[]): boolean =>
  spawnSync(command, words, { stdio: "ignore" }).status === 0;

const missing = (): string | null => {
  if (!runs("usbguard", "--version") && !runs("usbguard-rule-parser", "--help")) return "usbguard";
  if (process.getuid?.() !== 0) return "root (it mounts)";
  return runs("unshare", ...ALONE, "mount", "-t", "tmpfs", "none", "/sys")
    ? null
    : "the right to mount in a namespace of its own";
};

type Verdict = "in" | "waits" | "thrown off";
interface Guarded extends UsbId {
  readonly name: string;
  readonly serial?: string;
  readonly interfaces: readonly UsbInterface[];
  readonly verdict: Verdict;
}

const VENDOR: UsbInterface = [0xff, 0xff, 0xff];
const KEYBOARD: UsbInterface = [3, 1, 1];
const STORAGE: UsbInterface = [8, 6, 0x50];
const device = (
  name: string,
  id: string,
  interfaces: readonly UsbInterface[],
  verdict: Verdict,
): Omit<Guarded, "port"> => {
  const [vendor = "", product = ""] = id.split(":");
  return { name, vendor, product, interfaces, verdict };
};

const DEVICES: readonly Guarded[] = [
  device("FT232R USB UART", "0403:6001", [VENDOR], "in"),
  device("CP2102", "10c4:ea60", [[0xff, 0, 0]], "in"),
  device("USB Serial", "1a86:7523", [[0xff, 1, 2]], "in"),
  device(
    "Honeywell scanner",
    "0c2e:0901",
    [
      [2, 2, 1],
      [10, 0, 0],
    ],
    "in",
  ),
  device("TM-T20", "04b8:0e15", [[7, 1, 2]], "in"),
  device("ACR1252", "072f:223b", [[11, 0, 0]], "in"),
  device(
    "UVC camera with microphone",
    "0c45:6366",
    [
      [14, 1, 0],
      [14, 2, 0],
      [1, 1, 0],
      [1, 2, 0],
    ],
    "in",
  ),
  device(
    "Sound stick",
    "0d8c:0102",
    [
      [1, 1, 0],
      [1, 2, 0],
    ],
    "in",
  ),
  device("Hub", "05e3:0608", [[9, 0, 0]], "in"),
  device("fi-800R", "04c5:132b", [VENDOR], "in"),
  device("ILITEK touch", "222a:0001", [[3, 0, 0]], "in"),
  // BadUSB: a keyboard, alone, behind another part's id, and beside storage.
  device("Keyboard", "1c4f:0002", [KEYBOARD, [3, 0, 0]], "thrown off"),
  device("FT232R USB UART", "0403:6001", [VENDOR, KEYBOARD], "thrown off"),
  device("ILITEK touch", "222a:0001", [KEYBOARD], "thrown off"),
  device("Stick that types", "0951:1666", [STORAGE, KEYBOARD], "thrown off"),
  device("Camera that types", "0c45:6366", [[14, 1, 0], KEYBOARD], "thrown off"),
  device(
    "Network stick",
    "0bda:8153",
    [
      [2, 6, 0],
      [10, 0, 0],
    ],
    "thrown off",
  ),
  device("Bluetooth", "0a12:0001", [[0xe0, 1, 1]], "thrown off"),
  device("Stick", "0951:1666", [STORAGE], "waits"),
  device("Unknown", "dead:beef", [VENDOR], "waits"),
].map((each, index) => ({ ...each, port: `1-${index + 1}` }));

const verdictAt = (path: string): Verdict => {
  const say = (file: string): string => readFileSync(join(path, file), "utf8").trim();
  if (say("remove") === "1") return "thrown off";
  return say("authorized") === "1" ? "in" : "waits";
};

/** The daemon with the product's own settings and rules; only their folders are this test's. */
const configure = (folder: string): string => {
  const etc = join(folder, "etc");
  mkdirSync(join(etc, "rules.d"), { recursive: true });
  mkdirSync(join(etc, "IPCAccessControl.d"));
  mkdirSync(join(folder, "log"));
  copyFileSync(join(ROOM, "rules.conf"), join(etc, "rules.d", "50-motcua.conf"));
  writeFileSync(join(etc, "rules.conf"), "");
  copyFileSync(join(ROOM, "motcua.access"), join(etc, "IPCAccessControl.d", "motcua"));
  const file = join(etc, "usbguard-daemon.conf");
  const text = readFileSync(join(ROOM, "usbguard-daemon.conf"), "utf8");
  writeFileSync(
    file,
    text.replaceAll("/etc/usbguard", etc).replaceAll("/var/log/usbguard", join(folder, "log")),
  );
  for (const name of [
    "rules.conf",
    "rules.d/50-motcua.conf",
    "IPCAccessControl.d/motcua",
    "usbguard-daemon.conf",
  ])
    chmodSync(join(etc, name), 0o600);
  return file;
};

const startDaemon = async (config: string): Promise<{ child: ChildProcess; said: () => string }> => {
  const child = spawn("setpriv", ["--pdeathsig", "KILL", "usbguard-daemon", "-k", "-c", config], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000);
    });
  const endMs = performance.now() + READY_MS;
  for (;;) {
    // One that asks too early waits for ever.
    const { stdout } = spawnSync("usbguard", ["list-devices"], { encoding: "utf8", timeout: 5_000 });
    // The root hub and every device: all are decided.
    if ((stdout ?? "").trim().split("\n").length > DEVICES.length) return { child, said: () => said };
    if (child.exitCode !== null || performance.now() > endMs) throw new Error(`usbguard-daemon: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
};

const suite = async (folder: string): Promise<void> => {
  const mounted = spawnSync("mount", ["-t", "tmpfs", "none", "/sys"], { encoding: "utf8" });
  assert.is(mounted.status, 0, mounted.stderr);
  const sys = new MadeUpSys("/sys");
  sys.guarded({ vendor: "1d6b", product: "0002", port: "usb1", name: "EHCI", serial: "0000:00:14.0" }, [
    [9, 0, 0],
  ]);
  const paths = DEVICES.map((each) => sys.guarded(each, each.interfaces));
  const { child, said } = await startDaemon(configure(folder));
  const at = (name: string): string => paths[DEVICES.findIndex((each) => each.name === name)] ?? "";

  for (const [index, { name, vendor, product, interfaces, verdict }] of DEVICES.entries())
    test(`${name} (${vendor}:${product}, ${interfaces.map(([code]) => code.toString(16)).join(" ")}): ${verdict}`, () =>
      assert.is(verdictAt(paths[index] ?? ""), verdict, said()));

  test("whatever types beside what it claims to be is thrown off, and no keyboard is let in", () => {
    const typing = DEVICES.flatMap(({ interfaces }, index) =>
      interfaces.includes(KEYBOARD) ? [verdictAt(paths[index] ?? "")] : [],
    );
    assert.equal(typing, new Array(5).fill("thrown off"));
  });

  const verdicts = () => paths.map(verdictAt);
  const clock = new SimulatedClock();
  const gate = new UsbGate({ run: usbguard, clock, log: silentLog });
  const labels = () =>
    spawnSync("usbguard", ["list-rules"], { encoding: "utf8", timeout: 30_000 }).stdout.match(
      /motcua-courier/g,
    );

  test("a technician lets a stick in for ten minutes, and only sticks; then it is put out by itself", async () => {
    const before = verdicts();
    await gate.open(10);
    assert.is(verdictAt(at("Stick")), "in");
    assert.is(labels()?.length, 1);
    assert.equal(
      verdicts().filter((verdict, index) => verdict !== before[index]),
      ["in"],
    );
    await gate.open(10);
    assert.is(labels()?.length, 1, "opened twice is one rule");
    clock.advance(10 * 60_000);
    const endMs = performance.now() + READY_MS;
    while (verdictAt(at("Stick")) !== "waits" && performance.now() < endMs)
      await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(verdicts(), before);
    assert.is(labels(), null);
  });

  test("without the PIN nobody opens the gate; with it the journal says who did, and for how long", async () => {
    const store = openStore({ dir: join(folder, "store"), clock: testClock, log: silentLog });
    try {
      const pins = new PinGate({ stateDir: folder, meta: store.meta, clock: testClock });
      await pins.set("NVA", PIN, null);
      const technician = new Technician({
        ...{ gate: pins, journal: store.journal, clock: testClock },
        restart: async () => "ready",
        test: async () => ({ canServe: true, results: [] }),
        requeue: () => 0,
        usb: (minutes) => (minutes === 0 ? gate.close() : gate.open(minutes)),
      });
      let refused = "";
      await technician.perform("no session", { act: "usb", minutes: 5 }).catch((thrown: Refusal) => {
        refused = thrown.code;
      });
      assert.is(refused, "locked");
      assert.is(verdictAt(at("Stick")), "waits");
      const { token } = await technician.unlock(PIN);
      assert.equal(await technician.perform(token, { act: "usb", minutes: 5 }), { act: "usb", minutes: 5 });
      assert.is(verdictAt(at("Stick")), "in");
      await technician.perform(token, { act: "usb", minutes: 0 });
      assert.is(verdictAt(at("Stick")), "waits");
      assert.equal(store.journal.open("console"), []);
      assert.ok(store.journal.verify().ok);
      const db = new Database(join(folder, "store", "motcua.db"), { readonly: true });
      const rows = db
        .prepare("SELECT data FROM journal WHERE kind = 'console' OR entry = 'outcome' ORDER BY id")
        .pluck()
        .all() as string[];
      db.close();
      assert.match(rows.join("\n"), /"act":"usb","who":"NVA"[\s\S]*let in for 5 min[\s\S]*kept out/);
    } finally {
      store.close();
    }
  });

  test("what a runtime left open that ended is closed by the next", async () => {
    const before = verdicts();
    await gate.open(60);
    gate.stop();
    await new UsbGate({ run: usbguard, clock, log: silentLog }).close();
    assert.equal(verdicts(), before);
    assert.is(labels(), null);
  });

  test("no time, too long a time, and a daemon that is gone are told in a line", async () => {
    const refused = async (minutes: number): Promise<string> =>
      gate.open(minutes).then(
        () => "it was not refused",
        (thrown: Error) => thrown.message,
      );
    assert.match(await refused(0), /1 to 60 minutes/);
    assert.match(await refused(61), /1 to 60 minutes/);
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("close", resolve));
    assert.match(await refused(5), /^usbguard list-rules: .+/);
    assert.is(clock.pending, 0);
  });
  test.run();
};

test("every rule is one that USBGuard's own parser takes", () => {
  if (!runs("usbguard-rule-parser", "--help")) return;
  const { status, stdout, stderr } = spawnSync("usbguard-rule-parser", ["-f", join(ROOM, "rules.conf")], {
    encoding: "utf8",
  });
  assert.is(status, 0, stderr);
  const rules = readFileSync(join(ROOM, "rules.conf"), "utf8").match(/^(allow|reject|block)\b.*$/gm) ?? [];
  assert.is((stdout.match(/^OUTPUT: (allow|reject|block)/gm) ?? []).length, rules.length);
  assert.ok(rules.length > 10);
});

test("the console's words for it are minutes or off, and nothing else", () => {
  assert.equal(actOf("usb", "10"), { act: "usb", minutes: 10 });
  assert.equal(actOf("usb", "60"), { act: "usb", minutes: 60 });
  assert.equal(actOf("usb", "off"), { act: "usb", minutes: 0 });
  for (const wrong of ["0", "61", "-1", "1.5", "on", undefined]) assert.is(actOf("usb", wrong), null);
});

test("every serial adapter of the board files is let in by its id", () => {
  const rules = readFileSync(join(ROOM, "rules.conf"), "utf8");
  const udev = readFileSync(join(packageRoot(), "board", "udev", "70-motcua.rules"), "utf8");
  const ids = [
    ...udev.matchAll(
      /idVendor\}=="([0-9a-f]{4})", ATTRS\{idProduct\}=="([0-9a-f]{4})", SYMLINK\+="motcua\/(?!camera)/g,
    ),
  ];
  assert.is(ids.length, 3);
  for (const [, vendor, product] of ids)
    assert.ok(rules.includes(`allow id ${vendor}:${product} `), `${vendor}:${product}`);
  // The names in the board files are those that udev gives to these adapters.
  const { board } = parse(
    readFileSync(join(packageRoot(), "board", "raspberry-pi-4.toml"), "utf8"),
  ) as unknown as {
    board: Record<"printer" | "chipReader" | "codeReader", { port: string }>;
  };
  assert.match(board.printer.port, /FT232R/);
  assert.match(board.chipReader.port, /CP2102/);
  assert.match(board.codeReader.port, /1a86/);
});

const inside = process.env[MARK];
const lack = inside === undefined ? missing() : null;
if (inside !== undefined) await suite(inside);
else if (lack !== null) {
  process.stdout.write(`skipped: USBGuard on made-up devices needs ${lack}\n`);
  test.skip("USBGuard decides on made-up devices", () => {});
  test.run();
} else {
  const folder = mkdtempSync(join(tmpdir(), "motcua-usb-"));
  const words = [process.execPath, "--enable-source-maps", fileURLToPath(import.meta.url)];
  const { status } = spawnSync("unshare", [...ALONE, ...words], {
    ...{ stdio: "inherit", timeout: LIMIT_MS, killSignal: "SIGKILL" },
    env: { ...process.env, [MARK]: folder },
  });
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = status ?? 1;
}
