// Do the device key and the PIN come from what systemd unsealed, and does nothing of them lie on the disk then?
import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { deviceKeyFile } from "../../src/acts/device-key.js";
import { PinGate } from "../../src/ops/pin.js";
import { packageRoot } from "../../src/package-root.js";
import { CREDENTIALS, credentialFile, isExposed } from "../../src/store/credentials.js";
import { loadDeviceKey } from "../../src/sync/protocol/keys.js";
import { testClock } from "../store/fixtures.js";

const PIN = "580213";

const withFolder = async (work: (folder: string) => Promise<void> | void): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "motcua-secrets-"));
  const before = process.env["CREDENTIALS_DIRECTORY"];
  try {
    await work(folder);
  } finally {
    if (before === undefined) delete process.env["CREDENTIALS_DIRECTORY"];
    else process.env["CREDENTIALS_DIRECTORY"] = before;
    rmSync(folder, { recursive: true, force: true });
  }
};

/** As systemd lays them out: 0440 where the file system has access control lists, 0400 where not. */
const handOver = (folder: string, name: string, text: string | Buffer, mode = 0o440): string => {
  const place = join(folder, "credentials");
  mkdirSync(place, { recursive: true });
  const path = join(place, name);
  writeFileSync(path, text, { mode: 0o600 });
  chmodSync(path, mode);
  process.env["CREDENTIALS_DIRECTORY"] = place;
  return path;
};

const freshKey = (): string =>
  generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();

const gateOf = (folder: string): PinGate => {
  const values = new Map<string, string>();
  const meta = {
    get: (key: string) => values.get(key),
    set: (key: string, value: string) => void values.set(key, value),
  };
  return new PinGate({ stateDir: join(folder, "state"), meta, clock: testClock });
};

test("a device key that was handed over is the one that signs, and none is made in the state folder", () =>
  withFolder((folder) => {
    const state = join(folder, "state");
    for (const mode of [0o400, 0o440]) {
      const path = handOver(folder, CREDENTIALS.deviceKey, freshKey(), mode);
      assert.is(deviceKeyFile(state), path);
      assert.match(loadDeviceKey(deviceKeyFile(state)).publicKeyPem, /BEGIN PUBLIC KEY/);
      assert.not.ok(existsSync(join(state, "keys", "device.pem")));
      rmSync(path);
    }
    assert.is(deviceKeyFile(state), join(state, "keys", "device.pem"));
  }));

test("one that everybody may read is refused, handed over or not", () =>
  withFolder((folder) => {
    const path = handOver(folder, CREDENTIALS.deviceKey, freshKey(), 0o444);
    assert.throws(() => loadDeviceKey(path), /lets others read a private key/);
    const own = join(folder, "device.pem");
    writeFileSync(own, freshKey());
    chmodSync(own, 0o440);
    assert.ok(isExposed(own), "a group is others, outside the credentials' folder");
    assert.throws(() => loadDeviceKey(own), /lets others read a private key/);
  }));

test("a PIN that was handed over opens; it is not changed here, and its file stays where it was", () =>
  withFolder(async (folder) => {
    await gateOf(folder).set("NVA", PIN, null);
    const file = join(folder, "state", "console", "pin.json");
    const sealed = readFileSync(file);
    rmSync(file);
    handOver(folder, CREDENTIALS.pin, sealed);
    const gate = gateOf(folder);
    assert.is(gate.holder(), "NVA");
    assert.is(await gate.check(PIN), "NVA");
    let code = "";
    await gate.set("NVB", "730916", PIN).catch((thrown: { code: string }) => {
      code = thrown.code;
    });
    assert.is(code, "sealedPin");
    assert.not.ok(existsSync(file));
  }));

test("a folder that is not absolute or holds something else is no credential", () => {
  const of = (folder: string) => credentialFile(CREDENTIALS.pin, { CREDENTIALS_DIRECTORY: folder });
  assert.is(of("relative"), null);
  assert.is(of("/nonexistent"), null);
  assert.is(credentialFile(CREDENTIALS.pin, {}), null);
});

const SEAL = `
set -e
mount -t tmpfs none /var/lib/systemd
systemd-creds --with-key=host encrypt --name=${CREDENTIALS.deviceKey} "$1/plain" "$1/sealed"
systemd-creds --name=${CREDENTIALS.deviceKey} decrypt "$1/sealed" "$1/opened"
! systemd-creds --name=motcua.other decrypt "$1/sealed" "$1/wrong-name" 2>/dev/null
umount /var/lib/systemd
mount -t tmpfs none /var/lib/systemd
systemd-creds setup >/dev/null
! systemd-creds --name=${CREDENTIALS.deviceKey} decrypt "$1/sealed" "$1/other-machine" 2>/dev/null
`;

const cannotSeal = (): string | null => {
  if (spawnSync("systemd-creds", ["--version"]).status !== 0) return "systemd-creds";
  const words = ["-m", "--propagation", "private", "mount", "-t", "tmpfs", "none", "/var/lib/systemd"];
  return spawnSync("unshare", words).status === 0 ? null : "root and a mount namespace of its own";
};
const lack = cannotSeal();
if (lack === null)
  test("sealed by systemd-creds the key opens on this machine under its own name, and nowhere else", () =>
    withFolder((folder) => {
      const key = freshKey();
      writeFileSync(join(folder, "plain"), key, { mode: 0o600 });
      const { status, stderr } = spawnSync(
        "unshare",
        ["-m", "--propagation", "private", "sh", "-c", SEAL, "sh", folder],
        { encoding: "utf8" },
      );
      assert.is(status, 0, stderr);
      assert.not.match(readFileSync(join(folder, "sealed"), "utf8"), /PRIVATE KEY/);
      const opened = readFileSync(join(folder, "opened"));
      const path = handOver(folder, CREDENTIALS.deviceKey, opened);
      assert.is(readFileSync(path, "utf8"), key);
      assert.match(loadDeviceKey(deviceKeyFile(folder)).publicKeyPem, /BEGIN PUBLIC KEY/);
    }));
else {
  process.stdout.write(`skipped: sealing needs ${lack}\n`);
  test.skip("sealed by systemd-creds", () => {});
}

test("polkit lets the runtime's user switch the machine off, and nothing else", () => {
  type Rule = (action: { id: string }, subject: { user: string }) => string | undefined;
  const rules: Rule[] = [];
  const text = readFileSync(join(packageRoot(), "board", "polkit", "50-motcua.rules"), "utf8");
  const polkit = { addRule: (rule: Rule) => rules.push(rule), Result: { YES: "yes" } };
  runInNewContext(text, { polkit });
  // Duktape, Debian's engine of polkit, has no arrow functions and no const.
  assert.not.match(text.replace(/^\/\/.*$/gm, ""), /=>|\bconst\b|\blet\b/);
  const [rule] = rules;
  assert.is(rules.length, 1);
  const asked = (id: string, user: string) => rule?.({ id }, { user });
  assert.is(asked("org.freedesktop.login1.power-off", "motcua"), "yes");
  assert.is(asked("org.freedesktop.login1.power-off", "motcua-console"), undefined);
  for (const id of ["reboot", "power-off-multiple-sessions", "power-off-ignore-inhibit", "halt", "suspend"])
    assert.is(asked(`org.freedesktop.login1.${id}`, "motcua"), undefined, id);
  assert.is(asked("org.freedesktop.systemd1.manage-units", "motcua"), undefined);
});

test.run();
