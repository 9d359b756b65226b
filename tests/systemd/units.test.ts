// Does systemd take the units as they are shipped, how much can each still do, and is what the issue asks for in them?
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { packageRoot } from "../../src/package-root.js";
import { withFolder } from "../store/fixtures.js";

const FOLDER = join(packageRoot(), "systemd");
const UNIT = /\.(service|socket|timer|path|mount|target)$/;
const units = readdirSync(FOLDER).filter((name) => UNIT.test(name));
const services = units.filter((name) => name.endsWith(".service"));

/** Exposure of `systemd-analyze security`, 0 (can do nothing) to 10. Each is what was reached, and a little. */
const MOST_EXPOSED: Readonly<Record<string, number>> = {
  "motcua.service": 2.0,
  "motcua-screen.service": 2.5,
  "motcua-first-boot.service": 3.0,
  "motcua-clock-floor.service": 2.0,
  "motcua-console@.service": 1.5,
  "motcua-screen-ask@.service": 1.0,
  "motcua-mark-good.service": 1.5,
  "motcua-update.service": 1.5,
};

const analysed = (args: readonly string[], dir: string): string => {
  const { stdout, stderr, error } = spawnSync("systemd-analyze", [...args], {
    encoding: "utf8",
    // Units of this folder come before the machine's.
    env: { ...process.env, SYSTEMD_UNIT_PATH: `${dir}:` },
  });
  if (error !== undefined) throw error;
  return `${stdout}${stderr}`;
};

/** As they lie on an installed kiosk, which this machine is not: programs that are here take the place of its own. */
const install = (dir: string): void => {
  for (const name of units) {
    const text = readFileSync(join(FOLDER, name), "utf8")
      .replaceAll("/usr/bin/node", process.execPath)
      .replaceAll("=/opt/motcua/", `=${packageRoot()}/`);
    writeFileSync(join(dir, name), text);
  }
};

/** Of a template: the line that most boards have. */
const instance = (name: string): string =>
  name.replace("console@.", "console@ttyAMA0.").replace("ask@.", "ask@1.");

const named = (dir: string, name: string): string => {
  const file = join(dir, instance(name));
  if (!existsSync(file)) copyFileSync(join(dir, name), file);
  return file;
};

test("systemd says nothing against any unit", () =>
  withFolder(async (dir) => {
    install(dir);
    // It ends with 0 on keys that it does not know: only silence is right.
    for (const name of units) assert.is(analysed(["verify", "--man=no", named(dir, name)], dir), "", name);
    const wrong = join(dir, "wrong.service");
    writeFileSync(wrong, "[Service]\nExecStart=/bin/true\nNoSuchKey=1\n");
    assert.match(analysed(["verify", "--man=no", wrong], dir), /NoSuchKey/);
  }));

test("every service can do little beside its work", () =>
  withFolder(async (dir) => {
    install(dir);
    assert.equal(Object.keys(MOST_EXPOSED).sort(), [...services].sort());
    for (const name of services) {
      const said = analysed(["security", "--offline=true", "--no-pager", named(dir, name)], dir);
      const exposure = Number(/exposure level for \S+: ([\d.]+)/.exec(said)?.[1] ?? Number.NaN);
      process.stdout.write(`exposure of ${name}: ${exposure}\n`);
      assert.ok(exposure <= (MOST_EXPOSED[name] ?? 0), `${name}: ${exposure}`);
    }
  }));

const lines = (name: string): readonly string[] => readFileSync(join(FOLDER, name), "utf8").split("\n");

const has = (name: string, ...wanted: readonly string[]): void => {
  for (const line of wanted) assert.ok(lines(name).includes(line), `${name}: ${line}`);
};

test("the runtime is watched, comes back, and keeps plain pictures off every disk", () => {
  has(
    "motcua.service",
    ...["Type=notify", "NotifyAccess=main", "WatchdogSec=60", "Restart=always", "User=motcua"],
    ...["DevicePolicy=closed", "CapabilityBoundingSet=", "NoNewPrivileges=yes", "ProtectSystem=strict"],
    // Without these a paper could reach a disk: by a temporary file, by swapping, by a dump of memory.
    "TemporaryFileSystem=/tmp:rw,nosuid,nodev,noexec,mode=1777 /var/tmp:rw,nosuid,nodev,noexec,mode=1777",
    ...["Environment=TMPDIR=/tmp", "MemorySwapMax=0", "LimitCORE=0"],
  );
  for (const key of ["StartLimitIntervalSec=", "StartLimitBurst="])
    assert.ok(
      lines("motcua.service").some((line) => line.startsWith(key)),
      key,
    );
  const devices = lines("motcua.service").filter((line) => line.startsWith("DeviceAllow="));
  for (const name of ["gpiochip", "i2c", "ttyUSB", "video4linux", "usb", "input", "alsa"])
    assert.ok(
      devices.some((line) => line.startsWith(`DeviceAllow=char-${name} `)),
      name,
    );
});

test("only the runtime starts the screen, and the screen reaches nothing but this machine", () => {
  has(
    "motcua-screen.service",
    "Restart=no",
    "User=motcua-screen",
    "IPAddressDeny=any",
    "IPAddressAllow=localhost",
  );
  assert.not.ok(lines("motcua-screen.service").includes("[Install]"));
  has("motcua-screen-ask.socket", "SocketUser=motcua", "SocketMode=0600", "Accept=yes");
});

test("an update is asked for at night only, and a missed night is not made up for by day", () => {
  has("motcua-update.timer", "Persistent=no");
  const calendar = lines("motcua-update.timer").find((line) => line.startsWith("OnCalendar=")) ?? "";
  const { stdout, status } = spawnSync(
    "systemd-analyze",
    ["calendar", "--iterations=12", calendar.replace("OnCalendar=", "")],
    { encoding: "utf8", env: { ...process.env, TZ: "Asia/Ho_Chi_Minh", LC_ALL: "C" } },
  );
  assert.is(status, 0, stdout);
  const hours = [...stdout.matchAll(/\d{4}-\d\d-\d\d (\d\d):\d\d:\d\d \+07/g)].map(([, hour]) =>
    Number(hour),
  );
  assert.ok(hours.length >= 12, stdout);
  // With the random delay of 50 minutes: from ten in the evening until four in the morning.
  for (const hour of hours) assert.ok(hour >= 22 || hour < 4, `${hour} h`);
});

test("what needs RAUC does nothing on a machine without it", () => {
  for (const name of ["motcua-mark-good.service", "motcua-update.service", "motcua-update.timer"])
    has(name, "ConditionPathExists=/usr/bin/rauc");
});

test("the serial console takes the login's place, as the kiosk's own user and without a network", () => {
  has(
    "motcua-console@.service",
    ...["User=motcua", "Conflicts=serial-getty@%i.service", "TTYPath=/dev/%I", "StandardInput=tty"],
    ...["PrivateNetwork=yes", "NoNewPrivileges=yes", "Restart=always"],
  );
  const unit = readFileSync(join(FOLDER, "motcua-console@.service"), "utf8");
  assert.match(unit, /stty -F \/dev\/%I 115200 /);
  assert.match(unit, /ExecStart=.*motcua\.mjs console --state \/var\/lib\/motcua\n/);
});

test("users, folders and limits of the journal are understood", () =>
  withFolder(async (dir) => {
    mkdirSync(join(dir, "etc"), { recursive: true });
    for (const name of ["passwd", "group", "shadow", "gshadow"])
      if (existsSync(`/etc/${name}`)) cpSync(`/etc/${name}`, join(dir, "etc", name));
    const sysusers = spawnSync("systemd-sysusers", ["--root", dir, join(FOLDER, "motcua.sysusers.conf")], {
      encoding: "utf8",
    });
    assert.is(sysusers.status, 0, sysusers.stderr);
    const users = readFileSync(join(dir, "etc", "passwd"), "utf8");
    assert.match(users, /^motcua:.*:\/var\/lib\/motcua:\/usr\/sbin\/nologin$/m);
    assert.match(users, /^motcua-screen:/m);
    const groups = readFileSync(join(dir, "etc", "group"), "utf8");
    const wanted = lines("motcua.service").find((line) => line.startsWith("SupplementaryGroups=")) ?? "";
    // A group that is not there keeps the unit from starting.
    for (const group of wanted.replace("SupplementaryGroups=", "").split(" "))
      assert.match(groups, new RegExp(`^${group}:`, "m"));
    const tmpfiles = spawnSync(
      "systemd-tmpfiles",
      ["--root", dir, "--create", join(FOLDER, "motcua.tmpfiles.conf")],
      { encoding: "utf8" },
    );
    assert.is(`${tmpfiles.status}${tmpfiles.stderr}`, "0");
    assert.ok(existsSync(join(dir, "var", "lib", "motcua")));
    for (const name of ["motcua.journald.conf", "motcua.coredump.conf"])
      for (const line of lines(name)) assert.match(line, /^(#.*|\[(Journal|Coredump)\]|[A-Z]\w+=\S+|)$/);
  }));

test.run();
