// The command is root's, the state folder the runtime's: can its owner lead root astray, and can it go on with what root wrote?
import { spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { packageRoot } from "../../src/package-root.js";
import { loadDeviceKey } from "../../src/sync/protocol/keys.js";
import { Machine } from "./machine.js";
import { anImage, envelopeOf, hasRauc } from "./releases.js";

/** "nobody". */
const OWNER = 65_534;

const motcua = (args: readonly string[]): Promise<{ readonly code: number | null; readonly said: string }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [join(packageRoot(), "src", "motcua.mjs"), "update", ...args], {
      env: { ...process.env, MOTCUA_SETUP: "done" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        said += chunk.toString();
      });
    child.once("close", (code) => resolve({ code, said }));
  });

test("root's command writes as the folder's owner, and a link in it leads to nothing of root's", async () => {
  if (!hasRauc() || process.getuid?.() !== 0) {
    process.stdout.write("skipped: root, rauc and mksquashfs are needed\n");
    return;
  }
  const dir = mkdtempSync(join(tmpdir(), "motcua-owner-"));
  try {
    chmodSync(dir, 0o755);
    await Machine.with(dir, async (machine) => {
      const state = join(dir, "var");
      mkdirSync(state);
      chownSync(state, OWNER, OWNER);
      const key = loadDeviceKey(join(dir, "release.pem"));
      writeFileSync(join(dir, "release.pub.pem"), key.publicKeyPem);
      const config = join(dir, "kiosk.toml");
      const reboot = `["touch", "${machine.rebootFile}"]`;
      writeFileSync(
        config,
        `[update]\nkeys = ["release.pub.pem"]\nfrom = "00:00"\nto = "00:00"\nraucConfig = "${machine.conf}"\nreboot = ${reboot}\n`,
      );
      const bundle = machine.signer.bundle("owner", 11, anImage());
      writeFileSync(`${bundle}.release`, envelopeOf(bundle, 11, key));
      const place = ["--state", state, "--config", config];
      const done = await motcua(["install", "--from", bundle, ...place]);
      assert.match(done.said, /build 11 \(0\.11\.0\) is installed/);
      assert.is(done.code, 0);
      assert.ok(machine.rebootAsked, "the reboot is root's");
      const folder = join(state, "update");
      for (const name of readdirSync(folder)) {
        const { uid, gid, mode } = statSync(join(folder, name));
        // RAUC itself makes the bundle that it installs root's; the runtime can still read and remove it.
        if (name.endsWith(".raucb")) assert.equal([gid, mode & 0o777], [OWNER, 0o640], name);
        else assert.is(uid, OWNER, name);
      }

      // The owner turns against root.
      const precious = join(dir, "precious");
      writeFileSync(precious, "root's own\n", { mode: 0o600 });
      rmSync(join(folder, "update.journal"));
      symlinkSync(precious, join(folder, "update.journal"));
      const led = await motcua(["install", "--from", bundle, ...place]);
      assert.is(led.code, 1, led.said);
      assert.is(readFileSync(precious, "utf8"), "root's own\n");
      assert.is(statSync(precious).uid, 0);
      assert.ok(existsSync(precious));
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test.run();
