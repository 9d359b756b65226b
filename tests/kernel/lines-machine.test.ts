// Do lines work on a real GPIO kernel, over sysfs and over the character device? (Only with MOTCUA_LONG=1.)
//
// QEMU without KVM boots Debian's kernel with its gpio-sim driver in about 25 s. Making the machine fetches
// 300 MB of Debian packages the first time, into var/, and installs nothing.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { packageRoot } from "../../src/package-root.js";

const MACHINE = join(packageRoot(), "var", "test-kernel", "machine");
const SCRIPTS = join(packageRoot(), "tests", "kernel", "machine");
const MAKE_WITHIN_MS = 300_000;
const RUN_WITHIN_MS = 150_000;

const run = (command: string, words: readonly string[], timeout: number, env = process.env): string => {
  const { status, stdout, stderr } = spawnSync(command, [...words], { encoding: "utf8", timeout, env });
  if (status !== 0) throw new Error(`${command} ${words[0]}: ${stderr.slice(-2_000)}`);
  return stdout;
};

const boot = (): string => {
  if (!existsSync(join(MACHINE, "made"))) run(join(SCRIPTS, "make.sh"), [MACHINE], MAKE_WITHIN_MS);
  run(join(SCRIPTS, "pack.sh"), [MACHINE, packageRoot(), process.execPath], 60_000);
  const root = join(MACHINE, "root");
  const libraries = ["usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu"].map((path) => join(root, path));
  const words = [
    ["-L", join(root, "usr/share/qemu"), "-L", join(root, "usr/share/seabios")],
    ["-M", "q35", "-cpu", "max", "-m", "1024", "-display", "none", "-no-reboot", "-serial", "stdio"],
    ["-kernel", join(MACHINE, "vmlinuz"), "-initrd", join(MACHINE, "disk.gz"), "-net", "none"],
    ["-append", "console=ttyS0 quiet panic=-1 rdinit=/init"],
  ].flat();
  return run(join(root, "usr/bin/qemu-system-x86_64"), words, RUN_WITHIN_MS, {
    ...process.env,
    LD_LIBRARY_PATH: libraries.join(":"),
  });
};

const seen = {
  dark: ["0", "1"],
  lit: ["1", "0"],
  heard: ["door true", "helpButton true", "door false"],
  health: null,
  reopened: "0",
};

if (process.env["MOTCUA_LONG"] === "1") {
  const said = boot();
  for (const name of ["sysfs", "cdev"])
    test(`${name}: levels, lamps without a flash, edges, a held pin, a second opening`, () => {
      const [, json = "null"] =
        new RegExp(`^RESULT ${name} (.*)$`, "m").exec(said.replaceAll("\r", "")) ?? [];
      const { held, unknown, ...rest } = JSON.parse(json) as Record<string, unknown>;
      assert.equal(rest, seen, said.slice(-2_000));
      assert.match(String(held), /pin 17.*EBUSY/);
      assert.match(String(unknown), /no GPIO chip is labelled "nope"; there are: gpio0, gpio3/);
    });
} else {
  process.stdout.write(
    "skipped: lines on a real GPIO kernel in QEMU; MOTCUA_LONG=1 runs it (300 MB, minutes)\n",
  );
  test("the scripts that make the machine are here", () => {
    for (const name of ["make.sh", "pack.sh", "init", "insmod.c"]) assert.ok(existsSync(join(SCRIPTS, name)));
  });
  test.skip("lines on a real GPIO kernel", () => {});
}

test.run();
