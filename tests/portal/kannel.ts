// What is at the other end when the portal sends SMS: a real Kannel (bearerbox, smsbox) and its fake operator
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { until } from "../sync/rig.js";

const BEARERBOX = "/usr/sbin/bearerbox";
const SMSBOX = "/usr/sbin/smsbox";
const OPERATOR = "/usr/lib/kannel/test/fakesmsc";

export const hasKannel = [BEARERBOX, SMSBOX, OPERATOR].every((file) => existsSync(file));
export const PASSWORD = "gateway-password-Zq7";

export interface Received {
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

/** PEM files of what the gateway shows to the portal. */
export interface KannelTls {
  readonly certificateFile: string;
  readonly keyFile: string;
}

const tlsOf = (tls: KannelTls | undefined) =>
  tls === undefined
    ? { core: "", smsbox: "" }
    : {
        core: `ssl-server-cert-file = ${tls.certificateFile}\nssl-server-key-file = ${tls.keyFile}\n`,
        smsbox: "sendsms-port-ssl = yes\n",
      };

const settingsOf = (
  [admin, box, operator, sendsms]: readonly number[],
  { core, smsbox }: ReturnType<typeof tlsOf>,
): string => `group = core
admin-port = ${admin}
admin-interface = 127.0.0.1
admin-password = none
smsbox-port = ${box}
box-allow-ip = 127.0.0.1
dlr-storage = internal
${core}
group = smsc
smsc = fake
smsc-id = operator
host = 127.0.0.1
port = ${operator}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = ${box}
sendsms-port = ${sendsms}
sendsms-interface = 127.0.0.1
${smsbox}
group = sendsms-user
username = portal
password = ${PASSWORD}
max-messages = 1
`;

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    const end = (up: boolean) => {
      socket.destroy();
      resolve(up);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });

const GOT = /Got message \d+: <(\S+) (\S+) text (.*)>$/;

export class Kannel {
  readonly received: Received[] = [];
  readonly url: string;
  readonly #operatorPort: number;
  readonly #boxes: ChildProcess[] = [];
  #operator: ChildProcess | null = null;

  private constructor(scheme: "http" | "https", sendsms: number, operator: number) {
    this.url = `${scheme}://127.0.0.1:${sendsms}/cgi-bin/sendsms`;
    this.#operatorPort = operator;
  }

  static async with(dir: string, act: (kannel: Kannel) => Promise<void>, tls?: KannelTls): Promise<void> {
    const folder = join(dir, "kannel");
    mkdirSync(folder);
    const ports = await Promise.all([1, 2, 3, 4].map(freePort));
    const [admin = 0, , operator = 0, sendsms = 0] = ports;
    const file = join(folder, "kannel.conf");
    writeFileSync(file, settingsOf(ports, tlsOf(tls)));
    const kannel = new Kannel(tls === undefined ? "http" : "https", sendsms, operator);
    try {
      kannel.#run(BEARERBOX, [file], folder);
      await until("bearerbox is up", () => kannel.#answers(`http://127.0.0.1:${admin}/status`), 60_000);
      kannel.#run(SMSBOX, [file], folder);
      // Over TLS a plain question is hung up on: that it listens is enough.
      await until(
        "smsbox is up",
        () => (tls === undefined ? kannel.#answers(kannel.url) : listens(sendsms)),
        60_000,
      );
      await kannel.operatorUp();
      await act(kannel);
    } finally {
      await kannel.#close();
    }
  }

  /** The operator's end comes on the line: until then messages are queued. */
  async operatorUp(): Promise<void> {
    const port = String(this.#operatorPort);
    const child = spawn(OPERATOR, ["-H", "127.0.0.1", "-r", port, "-m", "0", "1 2 text nop"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#operator = child;
    let isOn = false;
    createInterface({ input: child.stderr }).on("line", (line) => {
      isOn ||= line.includes("Connecting to");
      const [, from, to, text] = GOT.exec(line) ?? [];
      if (from !== undefined && to !== undefined && text !== undefined)
        this.received.push({ from, to, text });
    });
    await until("the operator is on the line", () => isOn, 60_000);
  }

  /** The code of the newest message to this number. */
  codeTo(phone: string): string {
    const text = this.received.filter(({ to }) => to === phone).at(-1)?.text ?? "";
    return /\b\d{6}\b/.exec(text)?.[0] ?? "";
  }

  #run(program: string, args: readonly string[], cwd: string): void {
    this.#boxes.push(spawn(program, args, { cwd, stdio: "ignore" }));
  }

  async #answers(url: string): Promise<boolean> {
    return fetch(url).then(
      (answer) => answer.status > 0,
      () => false,
    );
  }

  async #close(): Promise<void> {
    const [bearerbox, ...others] = this.#boxes;
    for (const child of [this.#operator, ...others, bearerbox]) {
      if (child === null || child === undefined || child.exitCode !== null || child.signalCode !== null)
        continue;
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await gone;
    }
  }
}
