// Does the package do what apt and whoever runs the kiosk expect: install, upgrade, leave the data, take it when asked?
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { until } from "./nspawn-machine.js";
import {
  allArrived,
  queued,
  queueIsEmpty,
  type Scene,
  serving,
  versionThatRuns,
  visited,
} from "./nspawn-scene.js";

/** "0.1.0~test1" of the package 0.1.0~test1-1. */
const versionOf = (deb: string): string => {
  const { stdout } = spawnSync("dpkg-deb", ["--field", deb, "Version"], { encoding: "utf8" });
  return stdout.trim().replace(/-[^-]*$/, "");
};

const install = ({ machine }: Scene, deb: string): string =>
  machine.do("apt-get", "install", "-y", "--no-install-recommends", deb);

const storeOf = ({ disk }: Scene): string => join(disk.folder, "store", "motcua.db");

export const installed = async (scene: Scene): Promise<void> => {
  const { machine, debs, say } = scene;
  const [first] = debs;
  const said = install(scene, first);
  assert.match(said, /set this kiosk up with/);
  assert.match(machine.ask("id", "motcua"), /uid=\d+\(motcua\)/);
  assert.is(machine.unit("motcua", "UnitFileState"), "enabled");
  assert.is(machine.ask("dpkg", "--verify", "motcua"), "");
  assert.is(machine.ask("motcua", "--version"), versionOf(first));
  assert.match(await serving(scene), /page-token/);
  await until(
    () => (machine.unit("motcua", "ActiveState") === "active" ? true : null),
    () => "the service does not become active",
  );
  const exposure = machine.ask("systemd-analyze", "security", "motcua.service", "--no-pager");
  say(`systemd-analyze security: ${exposure.split("\n").at(-1)}`);
};

export const upgraded = async (scene: Scene): Promise<void> => {
  const { machine, world, debs, say } = scene;
  const [, second] = debs;
  world.link.cut();
  await visited(scene);
  const from = versionThatRuns(scene);
  const settings = machine.ask("cat", "/etc/motcua/kiosk.toml");
  const before = machine.unit("motcua", "MainPID");
  const started = performance.now();
  install(scene, second);
  const seconds = (performance.now() - started) / 1_000;
  assert.is(machine.ask("motcua", "--version"), versionOf(second));
  assert.is(machine.ask("cat", "/etc/motcua/kiosk.toml"), settings, "nothing asked, nothing changed");
  assert.match(settings, /kind = "hardware"/);
  await serving(scene);
  await until(
    () => (machine.unit("motcua", "ActiveState") === "active" ? true : null),
    () => "the service does not become active",
  );
  assert.is.not(machine.unit("motcua", "MainPID"), before);
  assert.is(versionThatRuns(scene), versionOf(second));
  assert.is.not(from, versionOf(second));
  say(`apt took ${seconds.toFixed(1)} s; ${from} ran, ${versionOf(second)} runs`);
  assert.is(queued(scene), 1);
  world.link.restore();
  await allArrived(scene);
  await queueIsEmpty(scene);
};

export const removedWhileOneWaits = async (scene: Scene): Promise<void> => {
  const { machine, world, disk, debs, say } = scene;
  world.link.cut();
  await visited(scene);
  assert.is(queued(scene), 1);
  const kiosk = machine.ask("cat", "/etc/motcua/kiosk.toml");
  const removed = machine.do("apt-get", "remove", "-y", "motcua");
  assert.match(removed, /holds 1 application of citizens that the portal has not confirmed. It stays there/);
  assert.not(existsSync(machine.path("opt/motcua/package.json")));
  assert.ok(existsSync(storeOf(scene)));
  const purged = machine.do("apt-get", "purge", "-y", "motcua");
  assert.match(purged, /was not removed, because applications of citizens may wait/);
  assert.ok(existsSync(storeOf(scene)));
  say(`removed and purged: ${readdirSync(disk.folder).length} names are still in the data's folder`);
  // A rehearsal would hand them to a portal that can not open them.
  assert.match(install(scene, debs[1]), /The kiosk is not started, because .* names no real devices/);
  assert.is(machine.unit("motcua", "ActiveState"), "inactive");
  writeFileSync(machine.path("etc/motcua/kiosk.toml"), `${kiosk}\n`);
  machine.do("dpkg-reconfigure", "motcua");
  world.link.restore();
  await serving(scene);
  await allArrived(scene);
  await queueIsEmpty(scene);
};

export const removedWhileNobodyWaits = async (scene: Scene): Promise<void> => {
  const { machine, disk, told, say } = scene;
  await queueIsEmpty(scene);
  const logBytes = statSync(join(disk.folder, "log", "kiosk.log")).size;
  const removed = machine.do("apt-get", "remove", "-y", "motcua");
  assert.match(removed, /the data is kept in \/var\/lib\/motcua/);
  assert.not(removed.includes("applications of citizens"));
  assert.ok(existsSync(storeOf(scene)));
  machine.do("apt-get", "purge", "-y", "motcua");
  assert.equal(readdirSync(disk.folder), []);
  assert.is(machine.ask("dpkg", "-L", "motcua"), "");
  const left = machine
    .ask(
      "sh",
      "-c",
      "ls -d /opt/motcua /etc/motcua /usr/bin/motcua /usr/lib/systemd/system/motcua* 2>/dev/null",
    )
    .split("\n")
    .filter((name) => name !== "");
  assert.equal(left, []);
  say(`nothing is left; ${told.size} citizens were served, and the kiosk's own log held ${logBytes} bytes`);
  await machine.powerOff();
};
