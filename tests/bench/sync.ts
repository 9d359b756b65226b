// How much of what the wire can carry reaches the portal's commit, over loopback and over a village's link?
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import mqtt, { type MqttClient } from "mqtt";
import { LINK_TIMINGS } from "../../src/sync/timings.js";
import { allAccepted, Rig, until } from "../sync/rig.js";
import { SlowLine } from "../sync/slow-line.js";
import { type BenchRow, median, row } from "./row.js";

const KB = 1024;
const MB = KB * KB;
const CHUNK_BYTES = 64 * KB;
const PEER_WINDOW = 16;
const ROUNDS = 5;
/** A thick set of papers each. */
const PAGES: readonly number[] = Array.from({ length: 8 }, () => MB);
const SUBMISSIONS = 5;
const ROUND_BYTES = SUBMISSIONS * PAGES.length * MB;
const LIMIT_MS = 120_000;
/** A link that nobody slows down. */
const WIDE_OPEN = 1e12;

/** A bare mqtt.js publisher here and a bare subscriber in a process of its own. */
class BarePair {
  readonly #client: MqttClient;
  readonly #sink: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #sent = 0;

  private constructor(client: MqttClient, sink: ChildProcess, lines: AsyncIterator<string>) {
    this.#client = client;
    this.#sink = sink;
    this.#lines = lines;
  }

  static async open(url: string): Promise<BarePair> {
    const program = fileURLToPath(new URL("./mqtt-sink.js", import.meta.url));
    const sink = spawn(process.execPath, [program, url, "bench/chunk"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    if (sink.stdout === null) throw new Error("the subscriber has no output");
    const lines = createInterface({ input: sink.stdout })[Symbol.asyncIterator]();
    await lines.next();
    return new BarePair(
      await mqtt.connectAsync(url, { protocolVersion: 5, reconnectPeriod: 0 }),
      sink,
      lines,
    );
  }

  /** Milliseconds until the subscriber has heard them all. */
  async carry(bytes: number): Promise<number> {
    const payload = randomBytes(CHUNK_BYTES);
    const count = Math.ceil(bytes / CHUNK_BYTES);
    const started = performance.now();
    const under = new Set<Promise<unknown>>();
    for (let sent = 0; sent < count; sent += 1) {
      if (under.size >= PEER_WINDOW) await Promise.race(under);
      const one = this.#client
        .publishAsync("bench/chunk", payload, { qos: 1 })
        .finally(() => under.delete(one));
      under.add(one);
    }
    this.#sent += count;
    this.#sink.stdin?.write(`count ${this.#sent}\n`);
    await this.#lines.next();
    return performance.now() - started;
  }

  async close(): Promise<void> {
    this.#client.end(true);
    this.#sink.stdin?.end();
    await once(this.#sink, "exit");
  }
}

interface Loopback {
  readonly oursMs: number;
  readonly peerMs: number;
  /** From the kiosk towards the broker, everything counted. */
  readonly wireBytes: number;
}

/** The first round warms both up, and teaches the link its pace. */
const loopback = async (turns: number): Promise<readonly Loopback[]> => {
  const rounds: Loopback[] = [];
  await Rig.with(async (rig) => {
    await rig.startPortal();
    const pair = await BarePair.open(rig.broker.url);
    const line = await SlowLine.start(rig.broker.port, WIDE_OPEN);
    try {
      for (let round = 0; round < turns; round += 1) {
        const peerMs = await pair.carry(ROUND_BYTES);
        for (let k = 0; k < SUBMISSIONS; k += 1) await rig.enqueue(...PAGES);
        const before = line.carriedBytes;
        const link = rig.startLink(round === 0 ? line.url : rig.broker.url, LINK_TIMINGS);
        await until("the link is up", () => link.state === "up", LIMIT_MS);
        const started = performance.now();
        await until("all is accepted", allAccepted(rig, (round + 1) * SUBMISSIONS), LIMIT_MS);
        rounds.push({ oursMs: performance.now() - started, peerMs, wireBytes: line.carriedBytes - before });
        await link.close();
      }
    } finally {
      line.close();
      await pair.close();
    }
  });
  return rounds;
};

const rateOf = (ms: number): number => ROUND_BYTES / MB / (ms / 1000);

/** From an open link to the portal's receipts, hashes checked, seals opened, all on the disk. */
export const syncRow = async (): Promise<BenchRow> => {
  const rounds = (await loopback(ROUNDS + 1)).slice(1);
  return row({
    name: "loopback sync to the portal's receipts",
    ours: median(rounds.map(({ oursMs }) => rateOf(oursMs))),
    peer: median(rounds.map(({ peerMs }) => rateOf(peerMs))),
    peerName: "mqtt.js to mqtt.js, 64 KB, window 16",
    unit: "MB/s",
    ratio: median(rounds.map(({ oursMs, peerMs }) => peerMs / oursMs)),
    better: "higher",
    goal: 0.6,
  });
};

export const syncBytesRow = async (): Promise<BenchRow> => {
  const [first] = await loopback(1);
  return row({
    name: "bytes on the wire",
    ours: first?.wireBytes ?? Number.NaN,
    peer: ROUND_BYTES,
    peerName: "bytes of the pages",
    unit: "bytes",
    better: "lower",
    goal: 1.02,
  });
};

const goodput = async (bytes: number, bytesPerSecond: number): Promise<number> => {
  let tookMs = Number.NaN;
  await Rig.with(async (rig) => {
    await rig.startPortal();
    const line = await SlowLine.start(rig.broker.port, bytesPerSecond);
    try {
      await rig.enqueue(bytes);
      const link = rig.startLink(line.url, LINK_TIMINGS);
      await until("the link is up", () => link.state === "up", LIMIT_MS);
      const started = performance.now();
      await until("the receipt is here", allAccepted(rig, 1), LIMIT_MS);
      tookMs = performance.now() - started;
      await link.close();
    } finally {
      line.close();
    }
  });
  return (bytes * 1000) / tookMs;
};

const goodputRow = async (name: string, bytes: number, bytesPerSecond: number): Promise<BenchRow> =>
  row({
    name,
    ours: (await goodput(bytes, bytesPerSecond)) / KB,
    peer: bytesPerSecond / KB,
    peerName: "what the link carries",
    unit: "KB/s",
    better: "higher",
    goal: 0.9,
  });

export const link64Row = (): Promise<BenchRow> => goodputRow("3 MB over 64 KB/s", 3 * MB, 64 * KB);
export const link4Row = (): Promise<BenchRow> => goodputRow("200 KB over 4 KB/s", 200 * KB, 4 * KB);
