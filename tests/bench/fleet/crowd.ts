// How does the bench lead its processes of simulated kiosks, and what has it heard from them?
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Figures, KiosksStart, Order } from "./messages.js";

const PROGRAM = fileURLToPath(new URL("./kiosks-process.js", import.meta.url));
const STOP_MS = 60_000;

interface Member {
  readonly child: ChildProcess;
  readonly kiosks: number;
  up: number;
  enqueued: number;
  residentBytes: number;
}

export class Crowd {
  readonly #members: Member[] = [];
  /** Since the last `forget`; epoch milliseconds. */
  tries: number[] = [];
  cameUp: number[] = [];
  receipts: { readonly atMs: number; readonly tookMs: number }[] = [];

  /** Each with its part of the kiosks. */
  constructor(starts: readonly KiosksStart[]) {
    for (const start of starts) {
      const child = fork(PROGRAM, { serialization: "advanced" });
      const member: Member = { child, kiosks: start.kiosks.length, up: 0, enqueued: 0, residentBytes: 0 };
      child.on("message", (figures) => this.#hear(member, figures as Figures));
      this.#members.push(member);
      child.send({ type: "start", start } satisfies Order);
    }
  }

  get size(): number {
    return this.#members.reduce((sum, { kiosks }) => sum + kiosks, 0);
  }

  get up(): number {
    return this.#members.reduce((sum, { up }) => sum + up, 0);
  }

  get enqueued(): number {
    return this.#members.reduce((sum, { enqueued }) => sum + enqueued, 0);
  }

  get residentBytes(): number {
    return this.#members.reduce((sum, { residentBytes }) => sum + residentBytes, 0);
  }

  get pids(): readonly number[] {
    return this.#members.flatMap(({ child }) => child.pid ?? []);
  }

  /** Throws when one of the processes has ended: nothing that is waited for would come. */
  check(): void {
    for (const { child } of this.#members)
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`a process of kiosks ended with ${child.exitCode ?? child.signalCode}`);
  }

  forget(): void {
    this.tries = [];
    this.cameUp = [];
    this.receipts = [];
  }

  enqueueEach(each: number): void {
    this.#say({ type: "enqueue", each });
  }

  stream(count: number, atOnce: number, untilMs: number): void {
    const parts = this.#members.length;
    for (const [place, { child }] of this.#members.entries())
      child.send({
        ...{ type: "stream", untilMs },
        count: Math.floor(count / parts) + (place < count % parts ? 1 : 0),
        atOnce: Math.ceil(atOnce / parts),
      } satisfies Order);
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#members.map(async ({ child }) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const kill = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
        const gone = once(child, "exit");
        child.send({ type: "stop" } satisfies Order);
        await gone;
        clearTimeout(kill);
      }),
    );
  }

  #say(order: Order): void {
    for (const { child } of this.#members) child.send(order);
  }

  #hear(member: Member, { up, enqueued, residentBytes, tries, cameUp, receipts }: Figures): void {
    Object.assign(member, { up, enqueued, residentBytes });
    for (const at of tries) this.tries.push(at);
    for (const at of cameUp) this.cameUp.push(at);
    for (const receipt of receipts) this.receipts.push(receipt);
  }
}
