// A path is wrong, forbidden, taken, or leads to something else: the technician reads which, and what to do.
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type CauseKind, causeIn } from "../../src/core/causes.js";
import { type Fault, technicianRemedy } from "../../src/core/faults.js";
import { silentLog } from "../../src/core/log.js";
import type { Device } from "../../src/hal/device.js";
import { openPort } from "../../src/hal/port/open.js";
import { supervise } from "../../src/hal/supervisor.js";
import { clock, until } from "../contract/bench.js";
import { openPtyPair } from "../wire/pty.js";

/** What the supervisor of a device at this address says to the technician. */
const faultAt = async (address: string): Promise<Fault> => {
  const device = supervise<Device>({
    part: "codeReader",
    absentFault: "codeReader.absent",
    open: async () => {
      const port = await openPort(address);
      return { health: async () => null, close: () => port.close() };
    },
    clock,
    log: silentLog,
    healthEveryMs: 1_000,
  });
  await until(`${address} is settled`, () => device.status.state !== "opening", 15_000);
  const { status } = device;
  await device.close();
  if (status.state !== "absent") throw new Error(`${address} was opened`);
  return status.fault;
};

const assertCause = async (address: string, kind: CauseKind, remedy: RegExp): Promise<void> => {
  const fault = await faultAt(address);
  assert.is(fault.code, "codeReader.absent");
  assert.is(fault.why?.kind, kind, fault.detail);
  const { vi, en } = technicianRemedy(fault);
  assert.match(en, remedy);
  assert.not.equal(vi, en);
};

const withFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "motcua-paths-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

test("a path that is not there, a folder, a plain file, a device of another kind, a loop of links", () =>
  withFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    mkdirSync(at("folder"));
    writeFileSync(at("file"), "printed into a file");
    symlinkSync(at("loop"), at("loop"));
    for (const kind of ["serial", "file"]) {
      await assertCause(`${kind}:${at("missing")}`, "missing", /There is no .*board\.codeReader\.port/);
      await assertCause(`${kind}:${at("folder")}`, "directory", /is a directory/);
      await assertCause(`${kind}:${at("file")}`, "notADevice", /not the kind of device/);
      await assertCause(`${kind}:${at("loop")}`, "badAddress", /not written right/);
    }
    await assertCause("serial:/dev/null", "notADevice", /not the kind of device/);
    await assertCause(`unix:${at("missing")}`, "missing", /There is no/);
  }));

test("an address that is not one, a speed that is none, a USB device that is not there", async () => {
  await assertCause("serial:ttyUSB0", "badAddress", /The address "serial:ttyUSB0"/);
  await assertCause("serial:/dev/null:12", "badAddress", /as the detail says/);
  await assertCause("serial:usb=dead:beef", "missing", /There is no usb=dead:beef/);
});

test("a line that another process holds", async () => {
  const pair = await openPtyPair();
  const script = `const { SerialPort } = require("serialport");
    new SerialPort({ path: ${JSON.stringify(pair.a)}, baudRate: 9600 }, () => process.stdout.write("held"));
    setTimeout(() => {}, 60_000);`;
  const holder = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = new Promise((resolve) => holder.once("exit", resolve));
  try {
    await new Promise((resolve) => holder.stdout.once("data", resolve));
    await assertCause(`serial:${pair.a}`, "busy", /Another program holds .*fuser -v/);
  } finally {
    holder.kill("SIGKILL");
    await exited;
    await pair.close();
  }
});

test("a network printer that is off, and one whose name nobody knows", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await new Promise((resolve) => server.close(resolve));
  await assertCause(`tcp:127.0.0.1:${port}`, "refused", /refuses the connection/);
  await assertCause("tcp:printer.invalid:9100", "unreachable", /can not be reached/);
});

/** Root may open everything, so another user tries. */
const triedAsNobody = async (address: string): Promise<unknown> => {
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid?.(65_534);
  try {
    return await openPort(address).then(
      () => "opened",
      (error: unknown) => causeIn(error),
    );
  } finally {
    if (root) process.seteuid?.(0);
  }
};

test("a line and a printer that this user may not open", async () => {
  const pair = await openPtyPair();
  const folder = mkdtempSync(join(tmpdir(), "motcua-denied-"));
  try {
    chmodSync(folder, 0o755);
    const file = join(folder, "lp0");
    writeFileSync(file, "");
    for (const [kind, path] of [
      ["serial", pair.a],
      ["file", file],
    ] as const) {
      chmodSync(path, 0o000);
      assert.equal(await triedAsNobody(`${kind}:${path}`), { kind: "denied", at: path });
    }
    const why = { kind: "denied", at: "/dev/usb/lp0" } as const;
    assert.match(technicianRemedy({ code: "printer.absent", why }).en, /usermod -aG lp motcua/);
    assert.match(technicianRemedy({ code: "printer.absent", why }).vi, /usermod -aG lp motcua/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await pair.close();
  }
});

test.run();
