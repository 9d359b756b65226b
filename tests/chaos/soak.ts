// How is a kiosk, its line, its broker and its portal worn out, from a seed?
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Random, seededRandom } from "../../src/ml/samples/random.js";
import { verifyJournal } from "../../src/store/sqlite-store.js";
import { type PortalEntry, PortalProcess, Rig, until } from "../sync/rig.js";
import { BadLine, FAIR, type Weather } from "./bad-line.js";
import { hearOnlooker, judge, type Seen } from "./oracle.js";
import { WORN } from "./timings.js";

const programOf = (name: string): string => fileURLToPath(new URL(`./${name}.js`, import.meta.url));
/** What waits at the end goes over a fair line; a busy machine takes its time. */
const DRAIN_LIMIT_MS = 240_000;
const MEMORY = "/dev/shm";

export interface SoakOptions {
  readonly seed: number;
  readonly minutes: number;
  /** Empty: in memory where that is another file system than the books', else beside them. */
  readonly oracleFolder: string;
}

export interface SoakReport {
  /** The log as it was written. */
  readonly onlooker: string;
  readonly seen: Seen;
  readonly entries: readonly PortalEntry[];
  readonly receiptAtKiosk: (submission: string) => string | null | undefined;
  readonly problems: readonly string[];
  readonly kills: Readonly<Record<string, number>>;
  readonly weathers: Readonly<Record<string, number>>;
  readonly connections: number;
  readonly carriedBytes: number;
  /** True when the onlooker's log lay on another file system than the books. */
  readonly apart: boolean;
  readonly drainSeconds: number;
}

const weatherOf = (random: Random): readonly [name: string, weather: Weather] => {
  const speed = {
    bytesPerSecond: random.pick([2, 4, 16, 64]) * 1024,
    delayMs: random.between(100, 800),
  };
  const name = random.pick(["slow", "slow", "slow", "fair", "reset", "stalled", "halfOpen", "down"] as const);
  if (name === "fair") return [name, FAIR];
  return [name, { ...speed, state: name === "slow" || name === "reset" ? "open" : name }];
};

/** All that runs; each part can be killed and comes back. */
class World {
  readonly kills = { kiosk: 0, portal: 0, broker: 0 };
  readonly weathers: Record<string, number> = {};
  readonly line: BadLine;
  readonly #rig: Rig;
  readonly #log: string;
  readonly #random: Random;
  #kiosk: ChildProcess | null = null;
  portal: PortalProcess | null = null;

  constructor(rig: Rig, line: BadLine, log: string, random: Random) {
    this.#rig = rig;
    this.line = line;
    this.#log = log;
    this.#random = random;
  }

  startKiosk(): void {
    const seed = this.#random.integer(1, 1_000_000);
    this.#kiosk = spawn(
      process.execPath,
      [
        "--enable-source-maps",
        programOf("kiosk-process"),
        this.#rig.dir,
        this.line.url,
        this.#log,
        String(seed),
      ],
      { stdio: ["ignore", "ignore", "inherit"] },
    );
  }

  async startPortal(): Promise<void> {
    const { portalDir, broker } = this.#rig;
    this.portal = await PortalProcess.start(portalDir, broker.url, 0, programOf("portal-process"));
    // The rig ends it when the test fails.
    this.#rig.portal = this.portal;
  }

  async killKiosk(): Promise<void> {
    const child = this.#kiosk;
    this.#kiosk = null;
    if (child === null) return;
    // One that ended by itself is a fault of its own.
    if (child.exitCode !== null) throw new Error(`the kiosk ended by itself with ${child.exitCode}`);
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }

  async kill(what: keyof World["kills"]): Promise<void> {
    this.kills[what] += 1;
    if (what === "kiosk") {
      await this.killKiosk();
      this.startKiosk();
    } else if (what === "portal") {
      await this.portal?.end("SIGKILL");
      await this.startPortal();
    } else {
      await this.#rig.broker.kill("SIGKILL");
      await this.#rig.broker.restart();
    }
  }

  change(): void {
    const [name, weather] = weatherOf(this.#random);
    this.weathers[name] = (this.weathers[name] ?? 0) + 1;
    this.line.become(weather);
    if (name === "reset") this.line.reset();
  }
}

const wear = async (world: World, random: Random, untilMs: number): Promise<void> => {
  const order = ["kiosk", "portal", "broker"] as const;
  let kills = random.integer(0, 2);
  while (performance.now() < untilMs) {
    await new Promise((resolve) => setTimeout(resolve, random.between(300, 3_000)));
    if (random.next() < 0.6) world.change();
    else {
      await world.kill(order[kills % 3] ?? "kiosk");
      kills += 1;
    }
  }
};

const sumsUp = async (
  rig: Rig,
  world: World,
  log: string,
): Promise<Pick<SoakReport, "onlooker" | "seen" | "entries" | "receiptAtKiosk" | "drainSeconds">> => {
  world.line.become(FAIR);
  await world.killKiosk();
  const chain = verifyJournal(rig.storeDir);
  if (!chain.ok) throw new Error(`the journal is broken at ${chain.brokenAt}: ${chain.reason}`);
  rig.store = rig.openStore();
  rig.startLink(world.line.url, WORN);
  const started = performance.now();
  const { outbox } = rig.store;
  await until(
    "the queue is empty",
    () => outbox.stats().queued === 0 && outbox.stats().quarantined === 0,
    DRAIN_LIMIT_MS,
  );
  const entries = (await world.portal?.submissions()) ?? [];
  const receiptAtKiosk = (id: string) => outbox.status(id)?.receiptNumber;
  await until(
    "every receipt is at the kiosk",
    () => entries.every(({ submission }) => receiptAtKiosk(submission) != null),
    DRAIN_LIMIT_MS,
  ).catch(() => {
    // The oracle says which are not.
  });
  const receipts = new Map(entries.map(({ submission }) => [submission, receiptAtKiosk(submission)]));
  const onlooker = readFileSync(log, "utf8");
  return {
    ...{ onlooker, seen: hearOnlooker(onlooker) },
    entries,
    receiptAtKiosk: (id) => receipts.get(id),
    drainSeconds: (performance.now() - started) / 1000,
  };
};

/** Throws when a part does not come back; what the books have wrong is in the report. */
export const soak = async ({ seed, minutes, oracleFolder }: SoakOptions): Promise<SoakReport> => {
  const place = oracleFolder || (existsSync(MEMORY) ? MEMORY : tmpdir());
  const folder = mkdtempSync(join(place, "motcua-onlooker-"));
  const log = join(folder, "log");
  process.env["MOTCUA_CHAOS_LOG"] = log;
  const random = seededRandom(seed);
  let report: SoakReport | undefined;
  try {
    await Rig.with(async (rig) => {
      // The kiosk runs in its own process; this one only opens the store at the end.
      rig.store.close();
      const line = await BadLine.start(rig.broker.port);
      const world = new World(rig, line, log, random);
      try {
        await world.startPortal();
        world.startKiosk();
        await until(
          "the kiosk works",
          () => existsSync(log) && hearOnlooker(readFileSync(log, "utf8")).enqueued.size > 0,
          60_000,
        );
        await wear(world, random, performance.now() + minutes * 60_000);
        const books = await sumsUp(rig, world, log);
        report = {
          ...books,
          problems: judge(books.seen, books.entries, books.receiptAtKiosk),
          ...{ kills: world.kills, weathers: world.weathers },
          ...{ connections: line.connections, carriedBytes: line.carriedBytes },
          apart: statSync(folder).dev !== statSync(rig.dir).dev,
        };
      } finally {
        await world.killKiosk();
        await rig.link?.close();
        await line.close();
      }
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (report === undefined) throw new Error("the soak has no end");
  return report;
};
