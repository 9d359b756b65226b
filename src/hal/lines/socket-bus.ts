// How are the pins of a simulated GPIO chip claimed, read and set over a wire?
//
// Requests {id, op, offset, level?}, answers {id, level?} or {id, error}, edges {edge: offset, level}.
import type { Clock } from "../../core/clock.js";
import type { BytePort } from "../port/byte-port.js";
import { type JsonObject, JsonRequests } from "../port/json-lines.js";
import type { Level, LineBus } from "./line-bus.js";

/** A pin answers in microseconds; a second means that the other end is stuck. */
const ANSWER_WITHIN_MS = 1_000;

export const socketLineBus = (port: BytePort, clock: Clock): LineBus => new SocketBus(port, clock);

class SocketBus implements LineBus {
  readonly #requests: JsonRequests;
  readonly #listeners = new Set<(offset: number, level: Level) => void>();

  constructor(port: BytePort, clock: Clock) {
    this.#requests = new JsonRequests(port, clock, (event) => this.#onEvent(event));
  }

  get open(): boolean {
    return !this.#requests.closed;
  }

  async claimInput(offset: number): Promise<Level> {
    return levelOf(await this.#ask("input", offset));
  }

  async claimOutput(offset: number, initial: Level): Promise<void> {
    await this.#ask("output", offset, initial);
  }

  async read(offset: number): Promise<Level> {
    return levelOf(await this.#ask("read", offset));
  }

  async set(offset: number, level: Level): Promise<void> {
    await this.#ask("set", offset, level);
  }

  onEdge(listener: (offset: number, level: Level) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    await this.#requests.close();
  }

  async #ask(op: string, offset: number, level?: Level): Promise<JsonObject> {
    const body = level === undefined ? { op, offset } : { op, offset, level };
    const answer = await this.#requests.request(`${op} of pin ${offset}`, body, ANSWER_WITHIN_MS);
    const { error } = answer;
    if (typeof error === "string") throw new Error(`${op} of pin ${offset}: ${error}`);
    return answer;
  }

  #onEvent(event: JsonObject): void {
    const { edge: offset, level } = event;
    if (typeof offset !== "number" || (level !== 0 && level !== 1)) return;
    for (const listener of [...this.#listeners]) listener(offset, level);
  }
}

const levelOf = ({ level }: JsonObject): Level => {
  if (level !== 0 && level !== 1) throw new Error("an answer without a level");
  return level;
};
