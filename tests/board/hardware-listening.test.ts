// Which doors does a kiosk open to the network? (None: it calls out, and listens on loopback alone.)
//
// Read from the kernel's own tables, /proc/net/tcp, tcp6, udp, udp6 and raw (proc(5)), for every process that the kiosk
// started.
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { defaultConfig } from "../../src/config.js";
import { Stack } from "../../src/dock/stack.js";
import { createSimBoard } from "../../src/hal/sim/sim-board.js";
import { hardwareToml, startHardwareKiosk } from "../power/hardware-kiosk.js";

const test = suite("listening");
const LISTEN = "0A";
/** A datagram socket that has no peer takes from anybody. */
const UNCONNECTED = "07";
const TABLES = ["tcp", "tcp6", "udp", "udp6", "raw", "raw6"] as const;

interface Door {
  readonly table: string;
  /** As the kernel writes it: IPv4 in the machine's own order of bytes. */
  readonly address: string;
  readonly port: number;
  readonly inode: string;
}

const doors = (): readonly Door[] =>
  TABLES.flatMap((table) => {
    const rows = readFileSync(`/proc/net/${table}`, "utf8").trim().split("\n").slice(1);
    return rows.flatMap((row) => {
      const [, local = "", , state = "", , , , , , inode = ""] = row.trim().split(/\s+/);
      if (state !== (table.startsWith("tcp") ? LISTEN : UNCONNECTED)) return [];
      const [address = "", port = "0"] = local.split(":");
      return [{ table, address, port: Number.parseInt(port, 16), inode }];
    });
  });

/** 127.0.0.0/8, ::1, and 127.0.0.0/8 within IPv6. */
const isLoopback = (address: string): boolean =>
  /^[0-9A-F]{6}7F$/.test(address) ||
  address === "00000000000000000000000001000000" ||
  /^0000000000000000FFFF0000[0-9A-F]{6}7F$/.test(address);

const childrenOf = (root: number): readonly number[] => {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((each) => /^\d+$/.test(each)))
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      // The name is in brackets and may hold anything.
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // It ended in between.
    }
  const found = [root];
  for (let at = 0; at < found.length; at += 1)
    for (const [pid, parent] of parents) if (parent === found[at]) found.push(pid);
  return found;
};

const socketsOf = (pid: number): readonly string[] => {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
};

const doorsOf = (root: number): readonly Door[] => {
  const own = new Set(childrenOf(root).flatMap(socketsOf));
  return doors().filter(({ inode }) => own.has(inode));
};

const shown = ({ table, address, port }: Door): string => `${table} ${address}:${port}`;

const withFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "mt-net-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

test("this test sees a door that is open to everybody", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
  const { port } = server.address() as { port: number };
  const found = doorsOf(process.pid).filter((door) => door.port === port);
  assert.is(found.length, 1);
  assert.not.ok(isLoopback(found[0]?.address ?? ""));
  await new Promise((resolve) => server.close(resolve));
});

test("a kiosk on a board file listens for its own screen on loopback, and for nobody else", () =>
  withFolder(async (folder) => {
    const board = await createSimBoard({ dir: join(folder, "w"), widthDots: 576, model: "epson" });
    const { child, said } = await startHardwareKiosk(folder, hardwareToml(board, ""));
    try {
      const found = doorsOf(child.pid ?? -1);
      const screen = Number(/^screen http:\/\/127\.0\.0\.1:(\d+)\//m.exec(said())?.[1]);
      assert.equal(
        found.map(({ table, port }) => `${table} ${port}`),
        [`tcp ${screen}`],
        found.map(shown).join(", "),
      );
      assert.ok(found.every(({ address }) => isLoopback(address)));
    } finally {
      child.kill("SIGKILL");
      await board.close();
    }
  }));

test("the laptop's whole stack, broker and portal with it, listens on loopback alone", () =>
  withFolder(async (folder) => {
    const stack = await Stack.start({
      ...{ config: defaultConfig(), stateDir: folder, screenPort: 0, portalPort: 0, withPortal: true },
    });
    try {
      const found = doorsOf(process.pid);
      assert.ok(found.length >= 3, "screen, portal and broker at least");
      assert.equal(found.filter(({ address }) => !isLoopback(address)).map(shown), []);
    } finally {
      await stack.stop();
    }
  }));

test.run();
