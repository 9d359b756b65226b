// What is a machine with two slots, a bootloader that counts, and the real RAUC, when all of it is files?
//
// The RAUC service runs on a bus of its own with a custom bootloader backend: a shell script over a folder. "Booting" is
// what U-Boot's script does: the first slot of the order with attempts left, and one attempt less.
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Rauc, RaucError, type Slots } from "../../src/update/rauc.js";
import { BundleSigner, COMPATIBLE } from "./releases.js";

const SLOT_BYTES = 1_048_576;
const ATTEMPTS = 3;
const WAIT_MS = 60_000;

const HANDLER = `#!/bin/sh
# RAUC's custom bootloader backend (RAUC 1.8, "Custom" in its integration chapter) over a folder.
D="$(dirname "$0")/boot"
case "$1" in
get-primary) cat "$D/primary";;
set-primary) echo "$2" > "$D/primary"; echo ${ATTEMPTS} > "$D/left.$2"; echo good > "$D/state.$2";;
get-state) cat "$D/state.$2";;
set-state) echo "$3" > "$D/state.$2"; if [ "$3" = good ]; then echo ${ATTEMPTS} > "$D/left.$2"; echo "$2" >> "$D/marked"; fi;;
*) exit 1;;
esac
`;

const conf = (dir: string, keyring: string, formats: string): string => `[system]
compatible=${COMPATIBLE}
bootloader=custom
bundle-formats=${formats}
mountprefix=${dir}/mnt
statusfile=${dir}/status.raucs
[handlers]
bootloader-custom-backend=${dir}/bootloader.sh
[keyring]
path=${keyring}
[slot.rootfs.0]
device=${dir}/slot-a
type=raw
bootname=A
[slot.rootfs.1]
device=${dir}/slot-b
type=raw
bootname=B
`;

const bus = (
  dir: string,
): string => `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path=${dir}/bus</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/><allow user="*"/></policy></busconfig>
`;

const end = async (child: ChildProcess | null): Promise<void> => {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
};

const until = async (what: string, check: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = performance.now() + WAIT_MS;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

export class Machine {
  readonly dir: string;
  readonly signer: BundleSigner;
  readonly #rauc: Rauc;
  #bus: ChildProcess | null = null;
  #service: ChildProcess | null = null;
  #booted = "A";

  private constructor(dir: string) {
    this.dir = dir;
    this.signer = new BundleSigner(join(dir, "signer"));
    this.#rauc = new Rauc({ command: "rauc", conf: this.conf });
  }

  static async with(dir: string, act: (machine: Machine) => Promise<void>, formats = "plain"): Promise<void> {
    const machine = new Machine(join(dir, "machine"));
    try {
      await machine.#build(formats);
      await act(machine);
    } finally {
      await end(machine.#service);
      await end(machine.#bus);
    }
  }

  get conf(): string {
    return join(this.dir, "system.conf");
  }

  get booted(): string {
    return this.#booted;
  }

  get installer(): Rauc {
    return this.#rauc;
  }

  /** What a process needs in its environment to reach RAUC here. */
  get busAddress(): string {
    return `unix:path=${join(this.dir, "bus")}`;
  }

  get bootId(): string {
    return readFileSync(this.bootIdFile, "utf8");
  }

  get bootIdFile(): string {
    return join(this.dir, "boot_id");
  }

  /** There: something asked for a reboot since the last start. */
  get rebootFile(): string {
    return join(this.dir, "reboot-asked");
  }

  get rebootAsked(): boolean {
    return existsSync(this.rebootFile);
  }

  slot(bootname: string): Buffer {
    return readFileSync(join(this.dir, bootname === "A" ? "slot-a" : "slot-b"));
  }

  left(bootname: string): number {
    return Number(readFileSync(join(this.dir, "boot", `left.${bootname}`), "utf8"));
  }

  /** Slots that were marked good, in order. */
  get marked(): readonly string[] {
    const file = join(this.dir, "boot", "marked");
    return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
  }

  slots(): Promise<Slots> {
    return this.#rauc.slots();
  }

  /** The power comes back, or the reboot happens. */
  async boot(): Promise<string> {
    await end(this.#service);
    rmSync(this.rebootFile, { force: true });
    writeFileSync(this.bootIdFile, randomUUID());
    const primary = readFileSync(join(this.dir, "boot", "primary"), "utf8").trim();
    const order = primary === "B" ? ["B", "A"] : ["A", "B"];
    const chosen = order.find((slot) => this.left(slot) > 0) ?? "A";
    writeFileSync(join(this.dir, "boot", `left.${chosen}`), String(this.left(chosen) - 1));
    this.#booted = chosen;
    this.#service = spawn("rauc", ["--conf", this.conf, `--override-boot-slot=${chosen}`, "service"], {
      stdio: "ignore",
      env: { ...process.env, DBUS_SYSTEM_BUS_ADDRESS: this.busAddress },
    });
    await until("RAUC's service answers", async () => {
      try {
        return (await this.slots()).booted === chosen;
      } catch (thrown) {
        if (thrown instanceof RaucError) return false;
        throw thrown;
      }
    });
    return chosen;
  }

  async #build(formats: string): Promise<void> {
    mkdirSync(join(this.dir, "boot"), { recursive: true });
    mkdirSync(join(this.dir, "mnt"));
    for (const slot of ["slot-a", "slot-b"]) {
      writeFileSync(join(this.dir, slot), "");
      truncateSync(join(this.dir, slot), SLOT_BYTES);
    }
    writeFileSync(join(this.dir, "boot", "primary"), "A");
    for (const name of ["A", "B"]) {
      writeFileSync(join(this.dir, "boot", `left.${name}`), String(ATTEMPTS));
      writeFileSync(join(this.dir, "boot", `state.${name}`), "good");
    }
    writeFileSync(join(this.dir, "bootloader.sh"), HANDLER);
    chmodSync(join(this.dir, "bootloader.sh"), 0o755);
    writeFileSync(this.conf, conf(this.dir, this.signer.keyring, formats));
    writeFileSync(join(this.dir, "bus.conf"), bus(this.dir));
    this.#bus = spawn("dbus-daemon", ["--config-file", join(this.dir, "bus.conf"), "--nofork"], {
      stdio: "ignore",
    });
    await until("the bus is there", () => existsSync(join(this.dir, "bus")));
    // Read by GLib in every rauc that is started from this process.
    process.env["DBUS_SYSTEM_BUS_ADDRESS"] = this.busAddress;
    await this.boot();
  }
}
