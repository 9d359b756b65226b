// What is at the other end when the portal sends mail: a real SMTP server that does what a test wants of it?
import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from "smtp-server";
import type { TestTls } from "./tls.js";

export interface Letter {
  readonly messageId: string;
  readonly to: readonly string[];
  readonly raw: string;
  readonly secure: boolean;
  readonly user: string | undefined;
}

/** What happens to the next letters, one each; after the last: taken. */
export type Mood =
  | "take"
  /** After the whole letter came: 4xx or 5xx. */
  | { readonly refuse: number; readonly words: string }
  /** At the RCPT command. */
  | { readonly refuseAddress: number; readonly words: string }
  /** The letter is in the box, and the sender does not hear of it. */
  | { readonly takeAnd: () => Promise<void> }
  /** The connection ends in the middle of the letter. */
  | "drop";

const refusal = (code: number, words: string): Error =>
  Object.assign(new Error(words), { responseCode: code });

const readAll = async (stream: SMTPServerDataStream): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
};

export class MailServer {
  /** Everything that was acknowledged, or would have been. */
  readonly letters: Letter[] = [];
  readonly moods: Mood[] = [];
  /** Connections that got as far as an address. */
  attempts = 0;
  readonly #server: SMTPServer;

  private constructor(
    tls: TestTls | null,
    login: { readonly user: string; readonly password: string } | null,
  ) {
    this.#server = new SMTPServer({
      ...(tls === null ? { hideSTARTTLS: true } : { key: tls.key, cert: tls.cert }),
      ...(login === null ? { authOptional: true } : {}),
      logger: false,
      disableReverseLookup: true,
      onAuth: ({ username, password }, _session, done) =>
        login !== null && username === login.user && password === login.password
          ? done(null, { user: username })
          : done(refusal(535, "5.7.8 wrong login")),
      onRcptTo: (_address, _session, done) => {
        this.attempts += 1;
        const mood = this.moods[0];
        if (typeof mood !== "object" || !("refuseAddress" in mood)) return done();
        this.moods.shift();
        return done(refusal(mood.refuseAddress, mood.words));
      },
      onData: (stream, session, done) => void this.#data(stream, session, done),
    });
    this.#server.on("error", () => {});
  }

  static async start(options: {
    readonly tls?: TestTls;
    readonly login?: { readonly user: string; readonly password: string };
  }): Promise<MailServer> {
    const made = new MailServer(options.tls ?? null, options.login ?? null);
    await new Promise<void>((resolve) => made.#server.listen(0, "127.0.0.1", resolve));
    return made;
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  /** As a mailbox that keeps one letter of each Message-ID. */
  get inBox(): number {
    return new Set(this.letters.map(({ messageId }) => messageId)).size;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #data(
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    done: (error?: Error | null) => void,
  ): Promise<void> {
    const mood = this.moods.shift() ?? "take";
    if (mood === "drop") {
      for (const connection of this.#server.connections)
        (connection as unknown as { _socket: { destroy(): void } })._socket.destroy();
      return;
    }
    const raw = await readAll(stream);
    if (typeof mood === "object" && "refuse" in mood) {
      done(refusal(mood.refuse, mood.words));
      return;
    }
    this.letters.push({
      messageId: /^message-id:\s*(\S+)/im.exec(raw)?.[1] ?? "",
      to: session.envelope.rcptTo.map(({ address }) => address),
      ...{ raw, secure: session.secure, user: session.user as string | undefined },
    });
    if (typeof mood === "object" && "takeAnd" in mood) await mood.takeAnd();
    done();
  }
}
