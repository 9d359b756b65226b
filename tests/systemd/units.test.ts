// Does systemd take the units as they are shipped, and does the serial console run as nobody who matters?
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { packageRoot } from "../../src/package-root.js";
import { withFolder } from "../store/fixtures.js";

const FOLDER = join(packageRoot(), "systemd");
const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;

/** On the line that most boards have; the node of this machine may be elsewhere. */
const placed = (dir: string, name: string): string => {
  const file = join(dir, name.replace("@.", "@ttyAMA0."));
  writeFileSync(file, readFileSync(join(FOLDER, name), "utf8").replaceAll("/usr/bin/node", process.execPath));
  return file;
};

const analysed = (args: readonly string[]): string => {
  const { stdout, stderr } = spawnSync("systemd-analyze", [...args], { encoding: "utf8" });
  return `${stdout}${stderr}`;
};

test("systemd says nothing against any unit", () =>
  withFolder(async (dir) => {
    if (!hasSystemd) {
      process.stdout.write("skipped: systemd-analyze is not installed\n");
      return;
    }
    const names = readdirSync(FOLDER).filter((name) => name.endsWith(".service"));
    assert.ok(names.includes("motcua-console@.service"));
    // It ends with 0 on keys that it does not know: only silence is right.
    for (const name of names) assert.is(analysed(["verify", "--man=no", placed(dir, name)]), "", name);
    const wrong = join(dir, "wrong.service");
    writeFileSync(wrong, "[Service]\nExecStart=/bin/true\nNoSuchKey=1\n");
    assert.match(analysed(["verify", "--man=no", wrong]), /NoSuchKey/);
    const console = placed(dir, "motcua-console@.service");
    execFileSync("systemd-analyze", ["security", "--offline=true", "--threshold=30", console], {
      stdio: "pipe",
    });
  }));

test("the serial console takes the login's place, as the kiosk's own user and without a network", () => {
  const unit = readFileSync(join(FOLDER, "motcua-console@.service"), "utf8");
  for (const line of [
    "User=motcua",
    "Conflicts=serial-getty@%i.service",
    "TTYPath=/dev/%I",
    "StandardInput=tty",
    "PrivateNetwork=yes",
    "NoNewPrivileges=yes",
    "Restart=always",
  ])
    assert.ok(unit.includes(`\n${line}\n`), line);
  assert.match(unit, /stty -F \/dev\/%I 115200 /);
  assert.match(unit, /ExecStart=.*motcua\.mjs console --state \/var\/lib\/motcua\n/);
});

test.run();
