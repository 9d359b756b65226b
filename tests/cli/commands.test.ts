// Does every command explain itself, and does every wrong use end with one line and the right code?
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { runCommand } from "../wire/command.js";

const folder = mkdtempSync(join(tmpdir(), "motcua-cli-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const COMMANDS = [
  ["run"],
  ["rehearse"],
  ["read"],
  ["chip", "read"],
  ["doctor"],
  ["console"],
  ["console", "pin", "set"],
  ["portal"],
  ["portal", "account", "add"],
  ["portal", "account", "reset"],
  ["portal", "move"],
  ["portal", "certificate", "init"],
  ["portal", "certificate", "issue"],
  ["portal", "certificate", "revoke"],
  ["portal", "certificate", "list"],
  ["certificate", "request"],
  ["certificate", "install"],
  ["certificate", "show"],
  ["config", "check"],
  ["model", "list"],
  ["model", "check"],
  ["model", "card"],
  ["model", "measure"],
  ["voice", "list"],
  ["voice", "check"],
  ["voice", "script"],
  ["journal", "verify"],
  ["courier", "export"],
  ["courier", "acknowledge"],
] as const;

for (const command of COMMANDS) {
  test(`${command.join(" ")} --help shows an example and ends with 0`, async () => {
    const { code, stdout } = await runCommand([...command, "--help"]);
    assert.is(code, 0);
    assert.match(stdout, /Example:/);
  });
}

test("unknown command, unknown option and a bad number are wrong use: 2", async () => {
  for (const args of [
    ["fly"],
    ["run", "--fast"],
    ["rehearse", "--visits", "many"],
    ["read"],
    ["chip", "read"],
  ]) {
    const { code, stdout, stderr } = await runCommand(args);
    assert.is(code, 2, args.join(" "));
    assert.is(stdout, "");
    assert.match(stderr, /error:/);
  }
});

test("config check names key, value and remedy, one line a problem", async () => {
  const file = join(folder, "kiosk.toml");
  writeFileSync(file, "[visit]\nidleSeconds = 1\n[screen]\nport = -4\n");
  const { code, stderr } = await runCommand(["config", "check", file]);
  assert.is(code, 1);
  assert.match(stderr, /visit\.idleSeconds = 1: should be seconds without a touch/);
  assert.match(stderr, /screen\.port = -4/);
});

test("a port in use is one clear line", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  try {
    const { code, stdout, stderr } = await runCommand([
      "run",
      "--port",
      String(port),
      "--state",
      join(folder, "busy"),
    ]);
    assert.is(code, 1);
    assert.not.match(stdout, /ready/);
    assert.match(stderr, new RegExp(`${port}.*in use`));
    assert.is(
      stderr
        .trim()
        .split("\n")
        .filter((line) => line.startsWith("motcua:")).length,
      1,
    );
  } finally {
    server.close();
  }
});

test("a folder that can not be written is one clear line", async () => {
  // Root may write anywhere but into a file taken for a folder.
  const file = join(folder, "not-a-folder");
  writeFileSync(file, "");
  const { code, stderr } = await runCommand(["run", "--port", "0", "--state", file]);
  assert.is(code, 1);
  assert.match(stderr, /can not write to .*not-a-folder.*--state/);
});

test("a broken procedure file is refused at start with its path and the rule", async () => {
  const procedures = join(folder, "procedures");
  mkdirSync(procedures);
  writeFileSync(join(procedures, "mine.json"), '{"code": "9.1"}');
  const config = join(folder, "with-procedures.toml");
  writeFileSync(config, `[procedures]\nfolders = ["${procedures}"]\n`);
  const { code, stderr } = await runCommand([
    "run",
    "--port",
    "0",
    "--config",
    config,
    "--state",
    join(folder, "p"),
  ]);
  assert.is(code, 1);
  assert.match(stderr, /mine\.json/);
});

test("the console without a kiosk says how to start one", async () => {
  const { code, stderr } = await runCommand(["console", "--plain", "--state", join(folder, "none")]);
  assert.is(code, 1);
  assert.match(stderr, /no kiosk is running .*npm start/);
});

test("the npx name is the same command", () => {
  assert.match(execFileSync("npx", ["motcua", "--version"], { encoding: "utf8" }), /^\d+\.\d+\.\d+/);
});

test.run();
