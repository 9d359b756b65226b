// Does the package do on a Debian of its own what the kiosk promises: serve, come back, lose nothing, leave the data?
//
// One story in order, each test on what the one before it left. The machine is a container whose PID 1 is systemd; its
// kernel is this machine's, so no driver and no hardware watchdog is proven here.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { packageRoot } from "../../src/package-root.js";
import { Ext4Disk } from "../power/ext4-disk.js";
import { GROUND, Machine, prepareGround, until } from "./nspawn-machine.js";
import { World } from "./nspawn-world.js";

const WORLD = "/srv/world";
const DATA_MEGABYTES = 512;
/** The package is built twice; the second is the upgrade. */
const VERSIONS = ["0.1.0~test1", "0.1.0~test2"] as const;
/** Or two that are there already, the older first: `FILE:FILE`. */
const GIVEN = process.env["MOTCUA_BOARD_DEBS"]?.split(":");

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const builtDeb = (version: string): string => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(packageRoot(), "board", "debian", "build.mjs"),
      "--version",
      version,
      "--compress",
      "gzip",
      "--out",
      "/srv/debs",
    ],
    { encoding: "utf8", env: { ...process.env, MOTCUA_SETUP: "done" } },
  );
  if (status !== 0) throw new Error(stderr);
  say(stderr.trim());
  return stdout.trim();
};

/** "0.1.0~test1" of the package 0.1.0~test1-1. */
const versionOf = (deb: string): string => {
  const { stdout } = spawnSync("dpkg-deb", ["--field", deb, "Version"], { encoding: "utf8" });
  return stdout.trim().replace(/-[^-]*$/, "");
};

/** Each step stands on what the one before it left: after a failure the rest says nothing. */
const inOrder = () => {
  let failed = false;
  return (name: string, act: () => Promise<void>): void => {
    test(name, async () => {
      assert.not(failed, "not tried: a step before it failed");
      failed = true;
      const started = performance.now();
      await act().catch((thrown: unknown) => {
        say(
          `  failed after ${Math.round((performance.now() - started) / 1_000)} s: ${name}\n${String(thrown)}`,
        );
        throw thrown;
      });
      failed = false;
      say(`  ${Math.round((performance.now() - started) / 1_000)} s: ${name}`);
    });
  };
};

interface Scene {
  readonly machine: Machine;
  readonly world: World;
  readonly disk: Ext4Disk;
  /** Slip numbers that citizens were told, and that must be at the portal once each in the end. */
  readonly told: Set<string>;
}

const journal = ({ machine }: Scene): string =>
  machine.ask("journalctl", "-u", "motcua", "-n", "40", "--no-pager", "-o", "cat");

const serving = (scene: Scene): Promise<string> =>
  until(
    () => scene.world.page(),
    () =>
      `no screen answers; ${scene.machine.ask("systemctl", "status", "motcua", "--no-pager")}\n${journal(scene)}`,
  );

/** The kiosk's own count, by the installed command and the control socket. */
const queued = ({ machine }: Scene): number => {
  const words = ["console", "--plain", "queue", "--json", "--state", "/var/lib/motcua"];
  return (JSON.parse(machine.do("runuser", "-u", "motcua", "--", "motcua", ...words)) as { queued: number })
    .queued;
};

const visited = async (scene: Scene): Promise<string> => {
  await serving(scene);
  const seen = await scene.world.visit();
  assert.is(seen.outcome, "finished", `${seen.hang ?? ""}\n${journal(scene)}`);
  assert.is(seen.printedCodes.filter((code) => code === seen.lookupCode).length, 1, "one whole slip");
  const [number] = seen.told;
  if (number === undefined) throw new Error("no slip number was told");
  scene.told.add(number);
  return number;
};

/** Everything that citizens were told is at the portal, each once. */
const allArrived = async ({ world, told }: Scene): Promise<void> => {
  const numbers = await until(
    async () => {
      const rows = (await world.rows()).map(({ slipNumber }) => slipNumber);
      return [...told].every((number) => rows.includes(number)) ? rows : null;
    },
    () => `not all of ${[...told].join(", ")} are at the portal`,
  );
  assert.equal([...numbers].sort(), [...told].sort());
};

const install = (scene: Scene, deb: string): string =>
  scene.machine.do("apt-get", "install", "-y", "--no-install-recommends", deb);

const story = async (scene: Scene, debs: readonly string[]): Promise<void> => {
  const { machine, world, disk, told } = scene;
  const [first = "", second = ""] = debs;
  const step = inOrder();

  step(
    "apt installs it: user, data folder, settings, unit, and a first screen on a simulated board",
    async () => {
      const said = install(scene, first);
      assert.match(said, /set this kiosk up with/);
      assert.match(machine.ask("id", "motcua"), /uid=\d+\(motcua\)/);
      assert.is(machine.unit("motcua", "ActiveState"), "active");
      assert.is(machine.unit("motcua", "UnitFileState"), "enabled");
      assert.is(machine.ask("dpkg", "--verify", "motcua"), "");
      assert.is(machine.ask("motcua", "--version"), versionOf(first));
      assert.match(await serving(scene), /page-token/);
      say(
        `systemd-analyze security: ${machine.ask("systemd-analyze", "security", "motcua.service", "--no-pager").split("\n").at(-1)}`,
      );
    },
  );

  step("a visit completes with the drivers of real hardware, and arrives at the portal", async () => {
    machine.do("systemctl", "stop", "motcua");
    await world.enrol(disk.folder);
    writeFileSync(machine.path("etc/motcua/kiosk.toml"), world.kioskToml());
    machine.do("systemctl", "start", "motcua");
    await visited(scene);
    await allArrived(scene);
  });

  step(
    "a runtime that stands still is killed by the watchdog and started anew; what waited is sent",
    async () => {
      world.link.cut();
      await visited(scene);
      assert.is(queued(scene), 1);
      const before = machine.unit("motcua", "MainPID");
      const started = performance.now();
      machine.do("kill", "-STOP", before);
      await until(
        () => {
          const now = machine.unit("motcua", "MainPID");
          return now !== before && now !== "0" && machine.unit("motcua", "ActiveState") === "active"
            ? true
            : null;
        },
        () => `it was not started anew: ${machine.ask("systemctl", "status", "motcua", "--no-pager")}`,
        600_000,
      );
      say(
        `watchdog: ${Math.round((performance.now() - started) / 1_000)} s from kill -STOP to a new runtime`,
      );
      assert.match(
        machine.ask("journalctl", "-u", "motcua", "--no-pager", "-o", "cat"),
        /[Ww]atchdog timeout/,
      );
      await serving(scene);
      assert.is(queued(scene), 1);
      world.link.restore();
      await allArrived(scene);
    },
  );

  step(
    "power cut with an application waiting, then a root that is only read: it boots, serves and sends",
    async () => {
      world.link.cut();
      await visited(scene);
      disk.cutPower();
      await machine.cut();
      disk.restart();
      say(
        `boot with a read-only root: ${(await machine.boot({ data: disk.folder, readOnly: true })).toFixed(1)} s`,
      );
      assert.match(machine.ask("sh", "-c", "touch /opt/motcua/x 2>&1"), /Read-only file system/);
      await serving(scene);
      assert.is(queued(scene), 1);
      world.link.restore();
      await allArrived(scene);
      await visited(scene);
      await allArrived(scene);
      await machine.powerOff();
    },
  );

  step("an upgrade keeps settings and data, and who waited is sent by the new version", async () => {
    await machine.boot({ data: disk.folder });
    world.link.cut();
    await visited(scene);
    install(scene, second);
    assert.is(machine.ask("motcua", "--version"), versionOf(second));
    assert.match(machine.ask("cat", "/etc/motcua/kiosk.toml"), /kind = "hardware"/);
    await serving(scene);
    assert.is(queued(scene), 1);
  });

  step(
    "removed and purged, the data of whoever waits stays, with a sentence; installed again, it is sent",
    async () => {
      const removed = machine.do("apt-get", "remove", "-y", "motcua");
      assert.match(
        removed,
        /holds 1 application of citizens that the portal has not confirmed. It stays there/,
      );
      assert.not(existsSync(machine.path("opt/motcua/package.json")));
      assert.ok(existsSync(join(disk.folder, "store", "motcua.db")));
      const kiosk = machine.ask("cat", "/etc/motcua/kiosk.toml");
      assert.match(
        machine.do("apt-get", "purge", "-y", "motcua"),
        /was not removed, because applications of citizens may wait/,
      );
      assert.ok(existsSync(join(disk.folder, "store", "motcua.db")));
      // A rehearsal would hand them to a portal that can not open them.
      assert.match(install(scene, second), /The kiosk is not started, because .* names no real devices/);
      assert.is(machine.unit("motcua", "ActiveState"), "inactive");
      writeFileSync(machine.path("etc/motcua/kiosk.toml"), `${kiosk}\n`);
      machine.do("dpkg-reconfigure", "motcua");
      world.link.restore();
      await serving(scene);
      await allArrived(scene);
      await until(
        () => (queued(scene) === 0 ? true : null),
        () => `the kiosk still counts ${queued(scene)}`,
      );
    },
  );

  step("remove keeps the data where nobody waits, too; purge then takes it", async () => {
    assert.match(machine.do("apt-get", "remove", "-y", "motcua"), /the data is kept in \/var\/lib\/motcua/);
    assert.ok(existsSync(join(disk.folder, "store", "motcua.db")));
    machine.do("apt-get", "purge", "-y", "motcua");
    assert.equal(readdirSync(disk.folder), []);
    assert.is(told.size, 5);
    await machine.powerOff();
  });
};

const stage = async (base: string): Promise<void> => {
  prepareGround();
  const debs = GIVEN ?? VERSIONS.map(builtDeb);
  const disk = Ext4Disk.make("/srv/data", DATA_MEGABYTES);
  if (disk === null) throw new Error("no disk image can be mounted here: loop devices are needed");
  const world = await World.start(WORLD);
  for (const deb of debs) cpSync(deb, join(WORLD, basename(deb)));
  const machine = new Machine(base, "/srv/machine", WORLD);
  say(`boot: ${(await machine.boot({ data: disk.folder })).toFixed(1)} s`);
  await story(
    { machine, world, disk, told: new Set() },
    debs.map((deb) => join(WORLD, basename(deb))),
  );
  test.after(async () => {
    await machine.cut();
    await world.close();
    disk.unmount();
  });
  test.run();
};

const base = process.env[GROUND];
if (base === undefined)
  throw new Error("it runs in namespaces of its own: node dist/tests/board/run.js nspawn");
await stage(base);
