// Does udev itself give each device of a kiosk its name, its group and its mode, by the rules of board/udev?
//
// systemd's own engine (`udevadm test`) reads our rules together with the distribution's, on devices of a made-up sysfs,
// in a mount namespace of this test's own. It makes the links and sets the owners for real there; what it would run is
// run by this test.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseConfig } from "../../src/config.js";
import { parseAddress } from "../../src/hal/port/address.js";
import { packageRoot } from "../../src/package-root.js";
import { MadeUpSys } from "./made-up-sys.js";

const MARK = "MOTCUA_PRIVATE_UDEV";
const UDEV = join(packageRoot(), "board", "udev");
const RULES = "/usr/lib/udev/rules.d";
const LIMIT_MS = 240_000;

/** Mounts that nobody outside sees. `$1`: a folder for what was there before; `$2`: the groups' file. */
const PLACE = `
set -e
mkdir "$1/dev" "$1/rules"
mount --rbind /dev "$1/dev"
mount -t tmpfs none /dev
for node in null zero random urandom shm fd stdin stdout stderr; do ln -s "$1/dev/$node" "/dev/$node"; done
cp ${RULES}/*.rules "$1/rules/"
mount --bind "$1/rules" ${RULES}
mount --bind "$2" /etc/group
mount -t tmpfs none /run
mount -t tmpfs none /sys
`;

const missing = (): string | null => {
  if (process.getuid?.() !== 0) return "root (it mounts)";
  if (spawnSync("udevadm", ["--version"]).status !== 0) return "udev";
  const words = ["-m", "--propagation", "private", "mount", "-t", "tmpfs", "none", "/sys"];
  return spawnSync("unshare", words).status === 0 ? null : "the right to mount in a namespace of its own";
};

const shell = (script: string, ...words: string[]): void => {
  const { status, stderr } = spawnSync("sh", ["-c", script, "sh", ...words], { encoding: "utf8" });
  assert.is(status, 0, stderr);
};

/** The distribution's groups with ours added by systemd's own program. */
const groupsFile = (folder: string): string => {
  const etc = join(folder, "root", "etc");
  mkdirSync(etc, { recursive: true });
  for (const name of ["passwd", "group", "shadow", "gshadow"]) copyFileSync(`/etc/${name}`, join(etc, name));
  const words = [`--root=${join(folder, "root")}`, join(UDEV, "motcua-groups.conf")];
  const { status, stderr } = spawnSync("systemd-sysusers", words, { encoding: "utf8" });
  assert.is(status, 0, stderr);
  return join(etc, "group");
};

interface Told {
  readonly said: string;
  /** What udev would run. */
  readonly runs: readonly string[];
}

const hear = (path: string): Told => {
  const { stdout, stderr } = spawnSync("udevadm", ["test", "--action=add", path], {
    encoding: "utf8",
    env: { ...process.env, SYSTEMD_DEVICE_VERIFY_SYSFS: "0", SYSTEMD_LOG_LEVEL: "info" },
  });
  const said = `${stdout}\n${stderr}`;
  assert.not.match(said, /70-motcua\.rules:\d+/, "a line of ours that udev complains about");
  return { said, runs: [...said.matchAll(/^run: '(.*)'$/gm)].map(([, run = ""]) => run) };
};

const groupOf = (path: string): string => {
  const { gid } = statSync(path);
  const line = readFileSync("/etc/group", "utf8")
    .split("\n")
    .find((each) => each.split(":")[2] === String(gid));
  return line?.split(":")[0] ?? String(gid);
};

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

const suite = (folder: string): void => {
  shell(PLACE, folder, groupsFile(folder));
  copyFileSync(join(UDEV, "70-motcua.rules"), join(RULES, "70-motcua.rules"));
  const sys = new MadeUpSys("/sys", "/dev");

  /** The link leads to the node, and the node belongs to the group. */
  const named = (
    node: string,
    path: string,
    { link, group }: { link: string | null; group: string },
  ): void => {
    const { said } = hear(path);
    if (link === null) assert.not.match(said, /\/dev\/motcua\//);
    else assert.is(join("/dev/motcua", readlinkSync(`/dev/motcua/${link}`)), `/dev/${node}`);
    assert.is(groupOf(`/dev/${node}`), group, node);
    assert.is(modeOf(`/dev/${node}`), "660", node);
  };

  const SERIAL = [
    ["printer", "ttyUSB0", "0403", "6001"],
    ["chip-reader", "ttyUSB1", "10c4", "ea60"],
    ["code-reader", "ttyUSB2", "1a86", "7523"],
    ["code-reader", "ttyACM0", "0c2e", "0901"],
  ] as const;
  for (const [index, [link, name, vendor, product]] of SERIAL.entries())
    test(`the ${link} on ${name} has its name on every port, and no modem manager asks it`, () => {
      const port = `1-${index + 1}`;
      const path = sys.serial(name, { vendor, product, port });
      named(name, path, { link, group: "dialout" });
      assert.match(hear(path).said, /ID_MM_DEVICE_IGNORE=1/);
    });

  test("another adapter has no name of ours", () => {
    named("ttyUSB9", sys.serial("ttyUSB9", { vendor: "067b", product: "2303", port: "1-9" }), {
      link: null,
      group: "dialout",
    });
  });

  test("a printer of its own class has its name; another class on the same node has none", () => {
    named("usb/lp0", sys.printer("lp0", { vendor: "04b8", product: "0e15", port: "2-1" }), {
      link: "printer",
      group: "lp",
    });
  });

  test("the scanner that libsane knows has its name", () => {
    named("bus/usb/003/004", sys.usbDevice({ vendor: "04c5", product: "132b", port: "3-1" }, 3, 4), {
      link: "scanner",
      group: "scanner",
    });
  });

  test("cameras have theirs, by the sensor or by the id; a second node of a camera has none", () => {
    const document = { vendor: "0c45", product: "6366", port: "4-1" };
    named("video0", sys.video("video0", 0, document), { link: "camera-document", group: "video" });
    named("video1", sys.video("video1", 1, document), { link: null, group: "video" });
    named("v4l-subdev0", sys.subdevice("v4l-subdev0", "imx477 10-001a"), {
      link: "camera-document",
      group: "video",
    });
    named("v4l-subdev1", sys.subdevice("v4l-subdev1", "imx708_wide 4-001a"), {
      link: "camera-face",
      group: "video",
    });
  });

  test("the jack that tells of its plug has its name; a keyboard has none", () => {
    // Bit 2 of sw: SW_HEADPHONE_INSERT.
    named("input/event3", sys.input("input3", "event3", "vc4-hdmi Headphone Jack", { sw: "4" }), {
      link: "headphones",
      group: "input",
    });
    named("input/event4", sys.input("input4", "event4", "Some Headphone Keyboard", { key: "fffffffe" }), {
      link: null,
      group: "input",
    });
  });

  test("chips and buses belong to their groups, the files of sysfs too", () => {
    named("gpiochip0", sys.node("gpio", "gpiochip0", 254, 0), { link: null, group: "gpio" });
    named("i2c-1", sys.node("i2c-dev", "i2c-1", 89, 1), { link: null, group: "i2c" });
    const path = sys.gpioLine("gpio529");
    for (const run of hear(path).runs) shell(run);
    for (const file of ["direction", "edge", "value", "active_low"]) {
      assert.is(groupOf(join(path, file)), "gpio", file);
      assert.is(modeOf(join(path, file)), "660", file);
    }
    assert.is(groupOf("/sys/class/gpio/export"), "gpio");
    assert.is(modeOf("/sys/class/gpio/export"), "220");
  });

  test("fan and light can be turned by the runtime, and nothing else of theirs", () => {
    const owned = (path: string, file: string, group: string): void => {
      for (const run of hear(path).runs) shell(run);
      assert.is(groupOf(join(path, file)), group, file);
      assert.is(modeOf(join(path, file)), "664", file);
      assert.is(groupOf(join(path, "uevent")), "root");
    };
    owned(sys.files("hwmon", "hwmon2", { name: "pwmfan", pwm1: "255", fan1_input: "0" }), "pwm1", "gpio");
    owned(
      sys.files("thermal", "cooling_device0", { type: "pwm-fan", cur_state: "0", max_state: "4" }),
      "cur_state",
      "gpio",
    );
    owned(
      sys.files("backlight", "10-0045", { brightness: "31", max_brightness: "31" }),
      "brightness",
      "video",
    );
    const other = sys.files("hwmon", "hwmon0", { name: "cpu_thermal", pwm1: "1" });
    assert.equal(
      hear(other).runs.filter((run) => run.includes("pwm1")),
      [],
    );
  });
};

test("kiosk.toml takes the names that the rules give", () => {
  const rules = readFileSync(join(UDEV, "70-motcua.rules"), "utf8");
  const links = new Set([...rules.matchAll(/SYMLINK\+="(motcua\/[\w-]+)"/g)].map(([, link = ""]) => link));
  for (const link of ["printer", "chip-reader", "code-reader", "scanner", "headphones"])
    assert.ok(links.has(`motcua/${link}`), link);
  const toml = `
[board]
kind = "hardware"
printer.port = "serial:/dev/motcua/printer:115200:rtscts"
chipReader.port = "serial:/dev/motcua/chip-reader:115200"
codeReader.port = "serial:/dev/motcua/code-reader:auto"
[board.lines]
offsets = { headphones = 2 }
chips = { headphones = "evdev:/dev/motcua/headphones" }
`;
  const { board } = parseConfig(toml, "kiosk.toml");
  assert.is(board.kind, "hardware");
  if (board.kind !== "hardware") return;
  for (const { port } of [board.printer, board.chipReader, board.codeReader]) {
    const parsed = parseAddress(port.replace(/:auto$/, ""));
    assert.ok("path" in parsed && links.has(parsed.path.replace("/dev/", "")), port);
  }
});

const inside = process.env[MARK];
const lack = inside === undefined ? missing() : null;
if (inside !== undefined) {
  suite(inside);
  test.run();
} else if (lack !== null) {
  process.stdout.write(`skipped: udev on made-up devices needs ${lack}\n`);
  test.skip("udev names the devices", () => {});
  test.run();
} else {
  const folder = mkdtempSync(join(tmpdir(), "motcua-udev-"));
  const { status } = spawnSync(
    "unshare",
    [
      "-m",
      "--propagation",
      "private",
      process.execPath,
      "--enable-source-maps",
      fileURLToPath(import.meta.url),
    ],
    { stdio: "inherit", timeout: LIMIT_MS, killSignal: "SIGKILL", env: { ...process.env, [MARK]: folder } },
  );
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = status ?? 1;
}
