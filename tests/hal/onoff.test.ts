// Do lines work through the real onoff and its native epoll, not only through a simulated chip?
//
// A private mount and host-name namespace gets a /sys/class/gpio made of files; see onoff-kernel.ts.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";

const PROGRAM = fileURLToPath(new URL("./onoff-kernel.js", import.meta.url));
const MAKE_GPIO = `
set -e
mount -t tmpfs none /sys/class
mkdir -p /sys/class/gpio/gpiochip504 /sys/class/gpio/gpiochip512
cd /sys/class/gpio
: > export; : > unexport
echo raspberrypi-exp-gpio > gpiochip504/label; echo 504 > gpiochip504/base
echo pinctrl-bcm2711 > gpiochip512/label; echo 512 > gpiochip512/base
for pin in 517 518 529 534; do
  mkdir gpio$pin; for file in value direction edge active_low; do echo 0 > gpio$pin/$file; done
done
echo 0 > /proc/sys/kernel/hostname; mount --bind /proc/sys/kernel/hostname gpio529/value
echo 1 > /proc/sys/kernel/domainname; mount --bind /proc/sys/kernel/domainname gpio534/value
exec "$0" "$@"
`;

const inNamespace = (command: string, ...words: string[]) =>
  spawnSync("unshare", ["-m", "-u", "--propagation", "private", "sh", "-c", command, ...words], {
    encoding: "utf8",
    timeout: 20_000,
  });

const allowed =
  inNamespace("mount -t tmpfs none /sys/class && echo 0 > /proc/sys/kernel/hostname").status === 0;
const kernelTest = allowed ? test : test.skip;
if (!allowed)
  process.stdout.write("skipped: the real onoff needs root and the right to mount (unshare -m -u)\n");

kernelTest("pins are found by label, read, set without a glitch, and their edges arrive", () => {
  const { stdout, stderr, status } = inNamespace(MAKE_GPIO, process.execPath, PROGRAM);
  assert.is(status, 0, stderr);
  assert.equal(JSON.parse(stdout), {
    // The lamp that is lit by a low level starts high.
    directions: ["low", "high"],
    atStart: [false, false],
    lamps: ["1", "0"],
    heard: ["door true", "helpButton true", "door false"],
    health: null,
  });
});

test.run();
