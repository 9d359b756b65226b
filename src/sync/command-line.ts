// How do commands come in over a link that breaks, and how does the portal hear for certain what became of them?
//
// A report is sent when it is made and again at each connection and each return of the portal, until the portal says
// that it is on record: a PUBACK is the broker's word only.
import { type CommandParts, Commands } from "./commands.js";
import { type CommandReport, type HeardMessage, topics } from "./protocol/messages.js";
import { encode } from "./protocol/validate.js";
import { type OpenWire, PublishRefused } from "./protocol/wire.js";

/** What the house does about commands; left out of a link, none is obeyed. */
export type Obedience = Pick<CommandParts, "keys" | "atRest" | "run">;

export class CommandLine {
  readonly #parts: Omit<CommandParts, "report">;
  readonly #commands: Commands;
  #wire: OpenWire | null = null;
  /** A broker whose rules do not know the topic is not asked again: mosquitto ends the connection each time. */
  #refused = false;

  constructor(parts: Omit<CommandParts, "report">) {
    this.#parts = parts;
    this.#commands = new Commands({ ...parts, report: (report) => this.#send(report) });
  }

  /** Null: the connection is gone. */
  connected(wire: OpenWire | null): void {
    this.#wire = wire;
    this.sendUnheard();
  }

  /** A payload of `…/down/command`. */
  order(payload: Uint8Array, retained: boolean): void {
    if (retained) this.#commands.receiveRetained(payload);
    else this.#commands.receive(payload);
  }

  heard({ id, stage }: HeardMessage): void {
    this.#commands.heard(id, stage);
  }

  sendUnheard(): void {
    for (const report of this.#commands.unheard()) this.#send(report);
  }

  /** Begins nothing more and waits for what is under way. */
  close(): Promise<void> {
    return this.#commands.close();
  }

  #send(report: CommandReport): void {
    if (this.#wire === null || this.#refused) return;
    this.#wire.publish(topics.up(this.#parts.kioskId, "command"), encode(report)).catch((thrown: unknown) => {
      this.#refused ||= thrown instanceof PublishRefused;
      const problem = thrown instanceof Error ? thrown.message : String(thrown);
      this.#parts.log("link.message", { kind: "command", problem });
    });
  }
}
