// Do all kinds of ports keep their contract against real far ends: sockets, device files, serial lines?
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test } from "uvu";
import * as assert from "uvu/assert";
import { parseAddress } from "../../src/hal/port/address.js";
import { type BytePort, PortClosedError } from "../../src/hal/port/byte-port.js";
import { memoryPair } from "../../src/hal/port/memory.js";
import { openPort } from "../../src/hal/port/open.js";
import { socketPort } from "../../src/hal/port/socket.js";
import { clock, pattern, thrownBy, until } from "../contract/bench.js";
import { openPtyPair } from "./pty.js";

const WRONG: readonly (readonly [address: string, why: RegExp])[] = [
  ["", /unknown kind ""/],
  ["printer", /unknown kind "printer"/],
  ["usb:/dev/usb/lp0", /unknown kind "usb"/],
  ["serial:ttyUSB0", /needs an absolute path/],
  ["serial:", /needs an absolute path/],
  ["serial:/dev/ttyUSB0:12", /speed 12, outside/],
  ["serial:/dev/ttyUSB0:96000000", /speed 96000000, outside/],
  ["serial:/dev/ttyUSB0:rtscts", /needs the speed before/],
  ["tcp:printer.local", /needs a host and a port/],
  ["tcp::9100", /needs a host and a port/],
  ["tcp:host:0", /port number 0, outside/],
  ["tcp:host:65536", /port number 65536, outside/],
  ["tcp:host:9100x", /needs a host and a port/],
  ["unix:relative.sock", /needs an absolute path/],
  ["file:lp0", /needs an absolute path/],
];

for (const [address, why] of WRONG)
  test(`an address that is wrong says so: "${address}"`, async () => {
    const error = (await thrownBy(openPort(address))) as Error;
    assert.match(error.message, why);
    assert.match(error.message, /right is serial:PATH/);
    assert.ok(error.message.includes(`"${address}"`));
  });

test("addresses that are right", () => {
  assert.equal(parseAddress("serial:/dev/ttyS0"), {
    kind: "serial",
    path: "/dev/ttyS0",
    baudRate: null,
    flowControl: "none",
  });
  assert.equal(parseAddress("serial:/dev/ttyS0:19200:xonxoff"), {
    kind: "serial",
    path: "/dev/ttyS0",
    baudRate: 19_200,
    flowControl: "xonxoff",
  });
  const byPath = "/dev/serial/by-path/platform-fd500000.pcie-pci-0000:01:00.0-usb-0:1.2:1.0-port0";
  assert.equal(parseAddress(`serial:${byPath}:115200:rtscts`), {
    kind: "serial",
    path: byPath,
    baudRate: 115_200,
    flowControl: "rtscts",
  });
  assert.equal(parseAddress("tcp:[fe80::1%eth0]:9100"), { kind: "tcp", host: "fe80::1%eth0", port: 9100 });
  assert.equal(parseAddress("tcp:192.0.2.7:9100"), { kind: "tcp", host: "192.0.2.7", port: 9100 });
  assert.equal(parseAddress("file:/dev/usb/lp0"), { kind: "file", path: "/dev/usb/lp0" });
});

test("what can not be opened names the path and the errno", async () => {
  const folder = mkdtempSync(join(tmpdir(), "motcua-ports-"));
  const missing = join(folder, "missing");
  try {
    for (const kind of ["serial", "unix", "file"]) {
      const error = (await thrownBy(openPort(`${kind}:${missing}`))) as Error;
      assert.ok(error.message.includes(missing), error.message);
      assert.match(error.message, /ENOENT/);
    }
    const server = createServer();
    const port = await listen(server, { host: "127.0.0.1", port: 0 });
    await new Promise((resolve) => server.close(resolve));
    const error = (await thrownBy(openPort(`tcp:127.0.0.1:${port}`))) as Error;
    assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${port} can not be opened: ECONNREFUSED`));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

const listen = (server: Server, where: { host: string; port: number } | { path: string }): Promise<number> =>
  new Promise((resolve) => {
    server.listen(where, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });

test.run();

/** The far end is a real one, and it can go away. */
interface Line {
  readonly near: BytePort;
  readonly far: BytePort;
  hangUp(): Promise<void>;
  /** The far end reads no more, so that the wire's buffers fill up. */
  stall(): void;
  close(): Promise<void>;
}

interface Kind {
  readonly name: string;
  open(): Promise<Line>;
}

const withSocket = (
  name: string,
  where: (folder: string) => { host: string; port: number } | { path: string },
): Kind => ({
  name,
  open: async () => {
    const folder = mkdtempSync(join(tmpdir(), "motcua-ports-"));
    const server = createServer();
    const place = where(folder);
    const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
    const port = await listen(server, place);
    const near = await openPort("path" in place ? `unix:${place.path}` : `tcp:127.0.0.1:${port}`);
    const socket = await accepted;
    const close = async () => {
      await near.close();
      socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    };
    return {
      near,
      far: socketPort(socket, "far end"),
      hangUp: async () => {
        socket.destroy();
      },
      stall: () => socket.pause(),
      close,
    };
  },
});

const withPty = (name: string, address: (path: string) => string): Kind => ({
  name,
  open: async () => {
    const pair = await openPtyPair();
    const far = await openPort(`serial:${pair.b}:115200`);
    const near = await openPort(address(pair.a));
    const close = async () => {
      await near.close();
      await far.close();
      await pair.close();
    };
    return { near, far, hangUp: () => pair.close(), stall: () => {}, close };
  },
});

const inMemory: Kind = {
  name: "memory",
  open: async () => {
    const [near, far] = memoryPair();
    return { near, far, hangUp: () => far.close(), stall: () => {}, close: () => near.close() };
  },
};

const KINDS: readonly Kind[] = [
  inMemory,
  withSocket("tcp", () => ({ host: "127.0.0.1", port: 0 })),
  withSocket("unix", (folder) => ({ path: join(folder, "s") })),
  withPty("serial", (path) => `serial:${path}:115200`),
  withPty("file (a device file without poll)", (path) => `file:${path}`),
];

const collect = (port: BytePort): (() => Buffer) => {
  const chunks: Uint8Array[] = [];
  port.onData((chunk) => chunks.push(chunk));
  return () => Buffer.concat(chunks);
};

for (const kind of KINDS) {
  const contract = suite(`port: ${kind.name}`);
  const within = (story: string, body: (line: Line) => Promise<void>) =>
    contract(story, async () => {
      const line = await kind.open();
      try {
        await body(line);
      } finally {
        await line.close();
      }
    });

  within(
    "carries every byte in order, both ways, also writes that were not awaited",
    async ({ near, far }) => {
      const atFar = collect(far);
      const atNear = collect(near);
      const there = pattern(20_000);
      const back = pattern(5_000, 3);
      const writes = [there.slice(0, 1), there.slice(1, 7_001), there.slice(7_001)].map((part) =>
        near.write(part),
      );
      await far.write(back);
      await Promise.all(writes);
      await until("arrived", () => atFar().length === there.length && atNear().length === back.length);
      assert.ok(atFar().equals(there));
      assert.ok(atNear().equals(back));
    },
  );

  within("a buffer that is changed after the call is sent as it was", async ({ near, far }) => {
    const atFar = collect(far);
    const bytes = Uint8Array.of(1, 2, 3);
    const writing = near.write(bytes);
    bytes.fill(9);
    await writing;
    await until("arrived", () => atFar().length === 3);
    assert.equal([...atFar()], [1, 2, 3]);
  });

  within(
    "a close of ours fires once, with null; afterwards writes reject and nothing is heard",
    async (line) => {
      const reasons: (Error | null)[] = [];
      const heard = collect(line.near);
      line.near.onClose((reason) => reasons.push(reason));
      await line.near.close();
      await line.near.close();
      assert.equal(reasons, [null]);
      assert.instance(await thrownBy(line.near.write(Uint8Array.of(1))), PortClosedError);
      await line.far.write(Uint8Array.of(1)).catch(() => {});
      await clock.sleep(50);
      assert.is(heard().length, 0);
      const late: (Error | null)[] = [];
      line.near.onClose((reason) => late.push(reason));
      await until("told at once", () => late.length === 1);
    },
  );

  within("a hang-up of the other end fires once, with a reason, within a second", async (line) => {
    const reasons: (Error | null)[] = [];
    line.near.onClose((reason) => reasons.push(reason));
    // Data on the way at the hang-up is what makes some bindings miss it.
    await line.near.write(pattern(100));
    const started = clock.monotonicMs();
    await line.hangUp();
    // A device file has nothing that tells of a hang-up; the driver's next question meets it.
    if (kind.name.startsWith("file")) await thrownBy(line.near.write(Uint8Array.of(1)));
    await until("told", () => reasons.length > 0, 3_000);
    assert.ok(clock.monotonicMs() - started < 7_500, `${clock.monotonicMs() - started} ms`);
    assert.instance(reasons[0], Error);
    assert.instance(await thrownBy(line.near.write(Uint8Array.of(1))), PortClosedError);
    await clock.sleep(30);
    assert.is(reasons.length, 1);
  });

  if (kind.name !== "memory")
    within("a write that nobody reads does not hang the close, and rejects", async ({ near, stall }) => {
      stall();
      let ended: unknown = null;
      // More than any kernel buffer on the way holds, in writes that are not awaited.
      const part = pattern(65_536);
      for (let i = 0; i < 400; i++)
        near.write(part).then(
          () => {},
          (error: unknown) => {
            ended = error;
          },
        );
      await clock.sleep(200);
      const started = clock.monotonicMs();
      await near.close();
      assert.ok(clock.monotonicMs() - started < 5_000);
      await until("rejected", () => ended !== null);
      assert.instance(ended, PortClosedError);
    });

  contract.run();
}

const hangUps = suite("port: serial, many hang-ups");
hangUps("none of them is missed, whatever was under way", async () => {
  for (let round = 0; round < 4; round++) {
    const pairs = await Promise.all(Array.from({ length: 8 }, openPtyPair));
    const ports = await Promise.all(pairs.map((pair) => openPort(`serial:${pair.a}:115200`)));
    let told = 0;
    for (const port of ports)
      port.onClose(() => {
        told += 1;
      });
    try {
      await Promise.all(
        pairs.map(async (pair, at) => {
          if (at % 2 === 0) void ports[at]?.write(pattern(50_000)).catch(() => {});
          await clock.sleep(at * 7 + round);
          await pair.close();
        }),
      );
      await until("all told", () => told === ports.length, 3_000);
    } finally {
      await Promise.all(ports.map((port) => port.close()));
    }
  }
});
hangUps.run();

const leaks = suite("ports: nothing is left open");
leaks("a hundred opened and closed files leave no descriptor", async () => {
  const pair = await openPtyPair();
  const count = () => readdirSync("/proc/self/fd").length;
  try {
    const before = count();
    for (let i = 0; i < 100; i++) await (await openPort(`file:${pair.a}`)).close();
    assert.ok(count() < before + 20, `${count()} descriptors, ${before} before`);
  } finally {
    await pair.close();
  }
});
leaks.run();
