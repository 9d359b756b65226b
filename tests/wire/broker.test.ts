// Does the laptop's broker start, restart on its port, and leave nothing behind?
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { startMosquitto } from "../../src/dock/broker.js";
import { withFolder } from "../store/fixtures.js";
import { Stranger } from "./mosquitto.js";

const BROKER = fileURLToPath(new URL("../../src/dock/broker.js", import.meta.url));

/** A zombie that nobody reaped has no command line any more. */
const isAlive = (pid: number): boolean => {
  const commandLine = `/proc/${pid}/cmdline`;
  return existsSync(commandLine) && readFileSync(commandLine).length > 0;
};

test("a retained message outlives a restart; the port stays; close ends the process", () =>
  withFolder(async (dir) => {
    const broker = await startMosquitto({ dir });
    const stranger = await Stranger.connect(broker.url, "none");
    await stranger.say("a/b", "kept");
    stranger.close();
    const { url, pid } = broker;
    await broker.restart();
    assert.is(broker.url, url);
    assert.is.not(broker.pid, pid);
    assert.is(isAlive(pid), false);
    await broker.close();
    assert.is(isAlive(broker.pid), false);
  }));

test("a taken port is a line that says so", () =>
  withFolder(async (dir) => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await startMosquitto({ dir, port }).then(
      () => assert.unreachable(),
      (thrown: Error) => assert.match(thrown.message, `port ${port} is in use`),
    );
    server.close();
  }));

test("the broker that a killed launcher left is ended by the next start", () =>
  withFolder(async (dir) => {
    const script = `import(${JSON.stringify(BROKER)}).then(async (m) => {
      const broker = await m.startMosquitto({ dir: ${JSON.stringify(join(dir, "b"))} });
      process.stdout.write(String(broker.pid));
      setInterval(() => {}, 1000);
    });`;
    const launcher = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [said] = (await once(launcher.stdout, "data")) as [Buffer];
    launcher.kill("SIGKILL");
    await once(launcher, "exit");
    const orphan = Number(said.toString());
    assert.is(isAlive(orphan), true);
    const broker = await startMosquitto({ dir: join(dir, "b") });
    assert.is(isAlive(orphan), false);
    await broker.close();
  }));

test.run();
